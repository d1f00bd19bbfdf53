"""The shape of a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .shapes import Finding, Place

ERROR, WARNING, INFO = "error", "warning", "info"


def finding(code: str, severity: str, page: int = 0, box: Place | None = None, **values: object) -> Finding:
    """Return a finding; ``page`` 0 means the whole file, ``box`` is the place as fractions of the page."""
    return {"code": code, "severity": severity, "page": page, "box": box, "values": values}
