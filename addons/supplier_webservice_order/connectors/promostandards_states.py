"""What the states of PromoStandards' Order Status mean, however a supplier writes them."""

import re
from typing import Any

from .base import ACCEPTED, ACKNOWLEDGED, CONFIRMED, LINE_REJECTED, PENDING, REJECTED

#: the order's state by that of the supplier, and the line's
STATES = {
    "received": (ACKNOWLEDGED, PENDING),
    **dict.fromkeys(
        (
            "confirmed",
            "preproduction",
            "inproduction",
            "instorage",
            "partiallyshipped",
            "partialshipment",
            "shipped",
            "complete",
        ),
        (ACCEPTED, CONFIRMED),
    ),
    **dict.fromkeys(("canceled", "cancelled"), (REJECTED, LINE_REJECTED)),
}


def _plain(row: Any) -> str:
    # the standard has partiallyShipped; large suppliers write Partially Shipped, or as in version 1 Order Confirmed
    return re.sub(r"[\W_]", "", row.status or "").lower().removeprefix("order")


def find_state(row: Any) -> tuple[str, str]:
    """Return what an order's or a line's state means for both; one that the standard does not know proves nothing."""
    return STATES.get(_plain(row), (ACKNOWLEDGED, PENDING))


def own_word(row: Any) -> str:
    """Return a state that the standard does not know, to be read by a person, or nothing."""
    return "" if _plain(row) in STATES else row.status or ""


def is_shipped(row: Any) -> bool:
    """Return whether all of it has left the supplier."""
    return _plain(row) in ("shipped", "complete")
