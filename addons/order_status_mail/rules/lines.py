"""What the rules about goods have in common."""

from typing import Any, Literal

from ..changes import Change
from .base import Rule


class LineRule(Rule):
    """A rule whose changes are about order lines: their key is the line's id."""

    def links(self, env: Any, change: Change) -> dict[str, Any]:
        line = env["sale.order.line"].browse(int(change.key) if change.key else False)
        return {"line_id": line.id, "product_id": line.product_id.id}

    def goods(self, order: Any) -> Any:
        """Return the lines whose goods travel."""
        return order.order_line.filtered(lambda line: line.product_id.type == "consu" and not line.is_delivery)

    def example(self, order: Any) -> list[Change]:
        topic = next(iter(self.topics))
        return [
            Change(topic, key=str(line.id), old=0.0, new=line.product_uom_qty, rule=self.code)
            for line in self.goods(order)
        ]


class QuantityRule(LineRule):
    """Its values are quantities of the line."""

    def format(self, event: Any, value: str | Literal[False]) -> str:
        return event.env["order.status.words"]._quantity(event.line_id, value)
