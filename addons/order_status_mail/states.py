"""Where an order is, in words that customers know. Plain Python, no ORM: one table."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """What became of an order line; of kits, ``returned`` counts parts."""

    ordered: float
    delivered: float
    returned: float = 0.0
    is_goods: bool = True
    short: float = 0.0
    open: float = 0.0

    @property
    def is_awaited(self) -> bool:
        """Return whether something is still to come: on its way, or neither delivered, given back, nor given up."""
        return self.open > 0 or max(self.delivered, 0.0) + self.returned + self.short < self.ordered


@dataclass(frozen=True)
class Standing:
    """What is known of an order."""

    state: str = "sale"
    lines: tuple[Line, ...] = ()
    has_tracking: bool = False
    is_prepared: bool = False
    is_paid: bool = False
    is_invoiced: bool = False

    @property
    def goods(self) -> tuple[Line, ...]:
        """Return the lines that travel; where there are none, all."""
        return tuple(line for line in self.lines if line.is_goods) or self.lines

    @property
    def is_service(self) -> bool:
        """Return whether nothing of this order travels."""
        return not any(line.is_goods for line in self.lines)

    @property
    def delivered(self) -> float:
        """Return how much was delivered and not given back."""
        return sum(max(line.delivered, 0.0) for line in self.goods)

    @property
    def is_complete(self) -> bool:
        """Return whether everything was delivered that is to be."""
        return bool(self.goods) and all(line.delivered + line.short >= line.ordered for line in self.goods)

    @property
    def is_short(self) -> bool:
        """Return whether something will not come."""
        return any(line.short > 0 for line in self.goods)

    @property
    def has_returns(self) -> bool:
        """Return whether something came back."""
        return any(line.returned > 0 for line in self.goods)

    @property
    def is_back(self) -> bool:
        """Return whether everything came back, and nothing is still to come."""
        return self.has_returns and all(
            line.delivered <= 0 and line.returned + line.short >= line.ordered and not line.open for line in self.goods
        )

    @property
    def is_awaited(self) -> bool:
        """Return whether something is still to come."""
        return any(line.is_awaited for line in self.goods)


#: The first state whose condition holds.
STATES: tuple[tuple[str, Callable[[Standing], bool]], ...] = (
    ("cancelled", lambda order: order.state == "cancel"),
    ("open", lambda order: order.state != "sale"),
    ("done", lambda order: order.is_service and (order.is_complete or (order.is_invoiced and order.is_paid))),
    ("delivered", lambda order: order.is_complete and not order.is_short and not order.is_service),
    ("short", lambda order: order.is_complete and order.delivered > 0 and not order.is_service),
    ("dropped", lambda order: order.is_complete and not order.is_service),
    ("returned", lambda order: order.is_back),
    ("partly_returned", lambda order: order.has_returns and not order.is_awaited),
    ("returned_open", lambda order: order.has_returns),
    ("partial", lambda order: order.delivered > 0),
    ("shipped", lambda order: order.has_tracking),
    ("prepared", lambda order: order.is_prepared),
    ("confirmed", lambda order: True),
)


def state_of(standing: Standing) -> str:
    """Return the code of the state that an order is in."""
    return next(code for code, holds in STATES if holds(standing))
