"""Goods received."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..changes import Change
from .lines import QuantityRule

if TYPE_CHECKING:
    from ..batch import Batch
    from ..facts import Facts


class Received(QuantityRule):
    """Goods that an order waits for came in: the marks of ``order.status.supply`` say it.

    Its facts are how much is ``waiting``: what was sent on in the meantime is told by that.
    """

    code = "stock"
    sequence = 70
    facts = {"waiting": {}}
    topics = {"stock": ("waiting",)}
    marked = ("stock",)
    icon = "fa-inbox"

    def label(self, env: Any) -> str:
        return env._("Goods received")

    def help(self, env: Any) -> str:
        return env._("When goods an order waits for are back in stock.")

    def topic_label(self, env: Any, topic: str) -> str:
        return env._("Received for you")

    def gather(self, batch: Batch) -> None:
        for line in batch.lines:
            if quantity := batch.to_come(line):
                batch.facts[line.order_id.id]["waiting"][str(line.id)] = quantity

    def uses_mark(self, mark: Mapping[str, Any]) -> bool:
        return bool(mark["line_id"])

    def read_marks(self, marks: Iterable[Mapping[str, Any]], told: Facts, now: Facts) -> Iterator[Change]:
        arrived: dict[int, float] = defaultdict(float)
        for mark in filter(self.uses_mark, marks):
            arrived[mark["line_id"]] += float(mark["quantity"])
        # what came in before and reached nobody
        for key, quantity in told.values.get("arrived", {}).items():
            arrived[int(key)] += quantity
        for line_id, quantity in arrived.items():
            if waiting := now["waiting"].get(str(line_id)):
                yield Change("stock", key=str(line_id), old=0.0, new=min(quantity, waiting))

    def sentence(self, event: Any, old: str, new: str) -> str:
        return event.env._("Back in stock, received for you: %(new)s", new=new)

    def rank(self, event: Any) -> int:
        return 70

    def headline(self, order: Any, event: Any) -> str:
        return event.env._("Goods for your order have arrived")
