"""What the sandbox supplier sells. Parts that are not listed are confirmed as ordered."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Article:
    """A part with its purchase price, what is in stock and what became of it."""

    price: Decimal
    stock: int = 20
    superseded_by: str = ""
    discontinued: bool = False
    lead_days: int = 0


def _article(price, **values):
    return Article(Decimal(price), **values)


#: the first supplier's numbers: one part superseded, one price 18 % over what the demo data expects
CATALOGUE = {
    "HM-51117-A": _article("185.00", stock=4),
    "HM-51131-A": _article("62.50", stock=0, superseded_by="HM-51131-B"),
    "HM-51131-B": _article("62.50", stock=12),
    "HM-63117-L": _article("283.20", stock=2),
    "HM-41617-C": _article("310.00", stock=1),
    "HM-51767-R": _article("94.00", stock=0, lead_days=9),
    "HM-66209-S": _article("38.90", stock=60),
    "HM-00815-X": _article("12.00", stock=0, discontinued=True),
    # the second supplier's numbers for the same parts
    "511.17.01": _article("179.00", stock=7),
    "511.31.02": _article("66.00", stock=3),
    "631.17.01": _article("262.00", stock=5),
    "416.17.09": _article("329.00", stock=0, lead_days=4),
    "517.67.03": _article("89.50", stock=8),
    "662.09.05": _article("41.20", stock=10),
}
