"""Which of a supplier's offers for one part is meant: no ORM and no network."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from .connectors.base import PIECES, Asked, Offer


@dataclass(frozen=True)
class Chosen:
    """One offer for a part, and how many there were to choose from.

    ``other_unit`` is the unit of an offer whose price is for something else than one of what is to be ordered.
    """

    offer: Offer
    count: int = 1
    other_unit: str = ""


def choose_offers(offers: Iterable[Offer], parts: Iterable[Asked], units: Mapping[str, str]) -> dict[str, Chosen]:
    """Return what a supplier asks for each part, by its number.

    It is the offer in the unit and for the quantity that is wanted; of several the one with enough in stock, the
    cheapest, the earliest. A price for another unit is none.

    :param units: the code of the unit that is to be ordered, by part number
    """
    by_number: dict[str, list[Offer]] = {}
    for offer in offers:
        by_number.setdefault(offer.number, []).append(offer)
    wanted = dict(parts)
    return {
        number: _choose(found, wanted.get(number, Decimal(1)), units.get(number, ""))
        for number, found in by_number.items()
    }


def _choose(offers: list[Offer], quantity: Decimal, unit: str) -> Chosen:
    def rank(offer: Offer) -> tuple[bool, bool, bool, bool, Decimal, bool, str]:
        return (
            _is_other_unit(offer, unit),
            offer.least is not None and offer.least > quantity,
            offer.available < quantity,
            offer.price is None,
            offer.price or Decimal(0),
            offer.available_on is None,
            offer.available_on.isoformat() if offer.available_on else "",
        )

    best = min(offers, key=rank)
    if _is_other_unit(best, unit):
        return Chosen(replace(best, price=None), len(offers), best.unit)
    return Chosen(best, len(offers))


def _is_other_unit(offer: Offer, unit: str) -> bool:
    same = PIECES if unit in PIECES else {unit}
    return bool(unit and offer.unit) and offer.unit not in same
