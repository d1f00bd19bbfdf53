"""One small file per way of talking to suppliers, see ``base.Connector``. No Odoo in here."""
