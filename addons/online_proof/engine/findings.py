"""The shape of a finding."""

ERROR, WARNING, INFO = "error", "warning", "info"


def finding(code, severity, page=0, box=None, **values):
    """Return a finding; ``page`` 0 means the whole file, ``box`` is the place as fractions of the page."""
    return {"code": code, "severity": severity, "page": page, "box": box, "values": values}
