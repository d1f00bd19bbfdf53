"""Packing slip printed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..changes import Change
from .base import Rule, compare_entries

if TYPE_CHECKING:
    from ..batch import Batch
    from ..changes import Comparison
    from ..facts import Facts


class Slip(Rule):
    """The delivery slip of an order was printed; taking that back is not possible."""

    code = "slip"
    sequence = 20
    facts = {"slips": {}}
    topics = {"slip": ("slips",)}
    growing = ("slips",)
    icon = "fa-file-text-o"

    def label(self, env: Any) -> str:
        return env._("Packing slip printed")

    def help(self, env: Any) -> str:
        return env._("When the delivery slip of an order is printed.")

    def topic_label(self, env: Any, topic: str) -> str:
        return env._("Packing slip")

    def gather(self, batch: Batch) -> None:
        for order_id, deliveries in batch.deliveries.items():
            for picking_id, name, printed, _tracking in deliveries:
                if printed:
                    batch.facts[order_id]["slips"][str(picking_id)] = name

    def compare(self, told: Facts, now: Facts, comparison: Comparison) -> Iterator[Change]:
        return compare_entries(told, now, "slips", "slip")

    def links(self, env: Any, change: Change) -> dict[str, Any]:
        return {"picking_id": int(change.key or 0)}

    def sentence(self, event: Any, old: str, new: str) -> str:
        return event.env._("The packing slip %(number)s is printed", number=new)

    def rank(self, event: Any) -> int:
        return 130

    def headline(self, order: Any, event: Any) -> str:
        return event.env._("Your order is being prepared")

    def example(self, order: Any) -> list[Change]:
        picking = order.picking_ids[:1]
        return [Change("slip", key=str(picking.id or ""), new=picking.name or "WH/OUT/00001", rule=self.code)]
