"""One small file per way of talking to suppliers, see ``base.Connector``.

The files are imported by the addon's ``__init__``, after the models that they extend.
"""
