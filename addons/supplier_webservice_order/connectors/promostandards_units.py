"""Units as PromoStandards calls them."""

from .base import Part

#: our units as the standard calls them; it has no others
UNITS = {"": "EA", "C62": "EA", "H87": "EA", "DZN": "DZ", "BX": "BX", "XBX": "BX", "CA": "CA", "XCS": "CA", "KT": "KT",
         "PK": "PK", "XPK": "PK", "PR": "PR", "RL": "RL", "XRO": "RL", "SET": "ST", "MIL": "TH"}  # fmt: skip
STANDARD_UNITS = {*UNITS.values(), "SL"}


def unit_code(part: Part) -> str:
    """Return the unit of a part as the standard calls it; a connection's own code may be one of the standard's.

    :raises ValueError: for a unit that the standard does not know: metres are no pieces
    """
    code = part.unit if part.unit in STANDARD_UNITS else UNITS.get(part.unit)
    if not code:
        raise ValueError(f"{part.number}: PromoStandards has no unit {part.unit}")
    return code
