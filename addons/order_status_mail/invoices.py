"""What an invoice or a credit note says about money. Plain Python, no ORM."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Invoice:
    """A posted invoice or credit note, as far as it is for an order.

    ``credited`` is what other such documents settle of it, ``loose`` what payments without a journal entry pay,
    ``online`` what the order's own transactions pay; ``share`` is the part of the document that is for the order.
    """

    order_id: int
    move_id: int
    name: str
    move_type: str
    payment_state: str
    currency_id: int
    total: float
    residual: float
    credited: float = 0.0
    loose: float = 0.0
    online: float = 0.0
    share: float = 1.0

    @property
    def is_bill(self) -> bool:
        """Whether the customer has to pay this."""
        return self.move_type == "out_invoice"

    @property
    def is_settled(self) -> bool:
        """Whether nothing of it is open, by money or by a credit note."""
        return not self.total or self._settled >= self.total

    @property
    def money(self) -> float:
        """How much money moved for it; what a credit note settles is no money."""
        return max(round(self._settled - self.credited, 6), 0.0)

    @property
    def _settled(self) -> float:
        if self.payment_state in ("paid", "reversed"):
            return self.total
        if self.payment_state == "in_payment" and self.residual == self.total:
            # payments that have no journal entry reconcile nothing
            return min(self.loose, self.total) or self.total
        return self.total if self.payment_state == "in_payment" else self.total - self.residual

    @property
    def money_beside(self) -> float:
        """How much money moved for the order's part of it beside the order's own transactions."""
        return max(round((self.money - self.online) * self.share, 6), 0.0)

    @property
    def has_payment(self) -> bool:
        """Whether the customer paid something."""
        return self.is_bill and self.money > 0

    @property
    def is_open(self) -> bool:
        """Whether the customer has to pay something still."""
        return self.is_bill and not self.is_settled
