"""What an invoice or a credit note says about money. Plain Python, no ORM."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Invoice:
    """A posted invoice or credit note of an order; ``credited`` is what other such documents settle of it."""

    order_id: int
    move_id: int
    name: str
    move_type: str
    payment_state: str
    currency_id: int
    total: float
    residual: float
    credited: float

    @property
    def is_bill(self) -> bool:
        """Whether the customer has to pay this."""
        return self.move_type == "out_invoice"

    @property
    def is_settled(self) -> bool:
        """Whether nothing of it is open, by money or by a credit note."""
        return self.payment_state in ("paid", "in_payment", "reversed") or not self.total

    @property
    def money(self) -> float:
        """How much money moved for it; what a credit note settles is no money."""
        settled = self.total if self.is_settled else self.total - self.residual
        return max(round(float(settled) - float(self.credited), 6), 0.0)

    @property
    def has_payment(self) -> bool:
        """Whether the customer paid something."""
        return self.is_bill and self.money > 0

    @property
    def is_open(self) -> bool:
        """Whether the customer has to pay something still."""
        return self.is_bill and not self.is_settled

    @property
    def gives_money_back(self) -> bool:
        """Whether money went back to the customer."""
        return self.move_type == "out_refund" and self.money > 0
