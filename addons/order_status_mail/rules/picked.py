"""Order picked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ..changes import Change
from .base import Rule

if TYPE_CHECKING:
    from ..batch import Batch
    from ..changes import Comparison
    from ..facts import Facts


class Picked(Rule):
    """The box Picked of an order was ticked; that it is taken back, and set again, is not told."""

    code = "picked"
    sequence = 30
    facts = {"picked": False}
    topics = {"picked": ("picked",)}
    watches = {"sale.order": ("status_picked",)}
    icon = "fa-archive"

    def label(self, env: Any) -> str:
        return env._("Order picked")

    def help(self, env: Any) -> str:
        return env._("When the box Picked of an order is ticked.")

    def topic_label(self, env: Any, topic: str) -> str:
        return env._("Picked")

    def gather(self, batch: Batch) -> None:
        for order in batch.orders:
            batch.facts[order.id]["picked"] = order.status_picked

    def compare(self, told: Facts, now: Facts, comparison: Comparison) -> Iterator[Change]:
        if now["picked"] and not told["picked"]:
            yield Change("picked", new=True)

    def advance(self, told: Facts, now: Facts, changes: Iterable[Change]) -> dict[str, Any]:
        return {"picked": told["picked"] or now["picked"]}

    def sentence(self, event: Any, old: str, new: str) -> str:
        return event.env._("Your order is picked")

    def rank(self, event: Any) -> int:
        return 120

    def headline(self, order: Any, event: Any) -> str:
        return event.env._("Your order is being packed")

    def example(self, order: Any) -> list[Change]:
        return [Change("picked", new=True, rule=self.code)]
