"""Delivered quantities changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..changes import Change
from .lines import QuantityRule

if TYPE_CHECKING:
    from ..batch import Batch
    from ..changes import Comparison
    from ..facts import Facts


class Delivered(QuantityRule):
    """How much of each line is delivered; less than before is a return."""

    code = "delivered"
    sequence = 50
    facts = {"delivered": {}}
    topics = {"delivered": ("delivered",)}
    # what is computed marks its order itself; services are typed in
    watches = {"sale.order.line": ("qty_delivered",)}
    icon = "fa-cube"

    def label(self, env: Any) -> str:
        return env._("Delivered quantities changed")

    def help(self, env: Any) -> str:
        return env._("When goods are delivered, or come back.")

    def topic_label(self, env: Any, topic: str) -> str:
        return env._("Delivered quantity")

    def gather(self, batch: Batch) -> None:
        for line in batch.lines:
            batch.facts[line.order_id.id]["delivered"][str(line.id)] = line.qty_delivered

    def compare(self, told: Facts, now: Facts, comparison: Comparison) -> Iterator[Change]:
        for key, quantity in now["delivered"].items():
            old = told["delivered"].get(key, 0.0)
            if abs(quantity - old) > 1e-6:
                yield Change("delivered", key=key, old=old, new=quantity)

    def sentence(self, event: Any, old: str, new: str) -> str:
        if self._is_return(event):
            return event.env._("Returned; delivered now: %(new)s instead of %(old)s", old=old, new=new)
        if not float(event.old_value or 0):
            return event.env._("Delivered: %(new)s", new=new)
        return event.env._("Delivered: %(new)s (before: %(old)s)", old=old, new=new)

    def _is_return(self, event: Any) -> bool:
        # hours that were typed wrongly come back from nowhere
        is_goods = event.product_id.type != "service"
        return is_goods and float(event.new_value or 0) < float(event.old_value or 0)

    def rank(self, event: Any) -> int:
        return 30 if self._is_return(event) else 40

    def headline(self, order: Any, event: Any) -> str:
        if self._is_return(event):
            return event.env._("Your return has arrived")
        done, wanted = self._pieces(order)
        if done >= wanted:
            return event.env._("Your order is delivered")
        return event.env._("%(done)s of %(all)s delivered, %(open)s to come", done=done, all=wanted, open=wanted - done)

    def _pieces(self, order: Any) -> tuple[int, int]:
        """Return how many of how many pieces are delivered; of lines, where the units differ.

        Too many of one line make up for nothing of another. Where nothing travels, services count.
        """
        lines = self.goods(order) or order.order_line.filtered(lambda line: line.product_id and not line.is_delivery)
        whole = all(line.qty_delivered == int(line.qty_delivered) for line in lines)
        if len(lines.product_uom_id) == 1 and whole:
            done = sum(min(max(line.qty_delivered, 0), line.product_uom_qty) for line in lines)
            return int(done), int(sum(lines.mapped("product_uom_qty")))
        return len(lines.filtered(lambda line: line.qty_delivered >= line.product_uom_qty)), len(lines)
