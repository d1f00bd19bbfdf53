"""The shape of a finding."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .shapes import Finding, Place

ERROR, WARNING, INFO = "error", "warning", "info"


def finding(code: str, severity: str, page: int = 0, box: Place | None = None, **values: object) -> Finding:
    """Return a finding; ``page`` 0 means the whole file, ``box`` is the place as fractions of the page."""
    values = {name: value if _is_finite(value) else 0 for name, value in values.items()}
    return {"code": code, "severity": severity, "page": page, "box": box, "values": values}


def _is_finite(value: object) -> bool:
    return not isinstance(value, float) or math.isfinite(value)
