"""Delivered quantities changed, and what will not be delivered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..batch import is_carried_out
from ..changes import Change
from ..goods import EPSILON
from .lines import QuantityRule

if TYPE_CHECKING:
    from ..batch import Batch
    from ..changes import Comparison
    from ..facts import Facts


class Delivered(QuantityRule):
    """How much of each line is delivered (less than before is a return), and how much nobody brings any more.

    What is ``short`` is told with the delivery that closes the line, else after the grace time: deliveries that are
    cancelled are often made anew.
    """

    code = "delivered"
    sequence = 50
    facts = {"delivered": {}, "short": {}, "returned": {}}
    topics = {"delivered": ("delivered", "returned"), "short": ("short",)}
    revocable = {"short": "short"}
    # what is computed marks its order itself; services are typed in
    watches = {"sale.order.line": ("qty_delivered",)}
    icon = "fa-cube"

    def label(self, env: Any) -> str:
        return env._("Delivered quantities changed")

    def help(self, env: Any) -> str:
        return env._("When goods are delivered, or come back.")

    def topic_label(self, env: Any, topic: str) -> str:
        return env._("Delivered quantity") if topic == "delivered" else env._("Not delivered")

    def gather(self, batch: Batch) -> None:
        for line in batch.lines:
            facts, key = batch.facts[line.order_id.id], str(line.id)
            facts["delivered"][key] = line.qty_delivered
            if short := batch.short(line):
                facts["short"][key] = short
            if returned := batch.goods[line.id].returned if line.id in batch.goods else 0.0:
                facts["returned"][key] = returned

    def compare(self, told: Facts, now: Facts, comparison: Comparison) -> Iterator[Change]:
        for key, quantity in now["delivered"].items():
            old = told["delivered"].get(key, 0.0)
            if abs(quantity - old) > EPSILON:
                yield Change("delivered", key=key, old=old, new=quantity)
        held = set(self.missing(told, now)) - comparison.gone
        for key in now["delivered"]:
            old, short = told["short"].get(key, 0.0), now["short"].get(key, 0.0)
            if abs(short - old) > EPSILON and ("short", key) not in held:
                yield Change("short", key=key, old=old, new=short)

    def missing(self, told: Facts, now: Facts) -> Iterator[tuple[str, str]]:
        for key, short in now["short"].items():
            closed = abs(now["delivered"][key] - told["delivered"].get(key, 0.0)) > EPSILON
            if short > told["short"].get(key, 0.0) + EPSILON and not closed:
                yield "short", key

    def sentence(self, event: Any, old: str, new: str) -> str:
        if event.topic == "short":
            if float(event.new_value or 0):
                return event.env._("Will not be delivered: %(quantity)s", quantity=new)
            return event.env._("Will be delivered after all: %(quantity)s", quantity=old)
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
        if event.topic == "short":
            return 45
        return 30 if self._is_return(event) else 40

    def headline(self, order: Any, event: Any) -> str:
        if event.topic == "delivered" and self._is_return(event):
            return event.env._("Your return has arrived")
        if event.topic == "short" and not float(event.new_value or 0):
            return event.env._("The rest of your order comes after all")
        counts = self._pieces(order)
        if counts["done"] >= counts["all"]:
            return (
                event.env._("Your order is delivered") if self.goods(order) else event.env._("Your order is completed")
            )
        if counts["started"] and not counts["done"]:
            # half of a line counts for none; "0 of 1 delivered" would be untrue
            return event.env._("Part of your order is delivered")
        if not counts["short"]:
            if not counts["open"]:
                return event.env._("%(done)s of %(all)s delivered", **counts)
            return event.env._("%(done)s of %(all)s delivered, %(open)s to come", **counts)
        if counts["open"]:
            return event.env._("%(done)s of %(all)s delivered, %(open)s to come, %(short)s will not come", **counts)
        if counts["done"]:
            return event.env._("%(done)s of %(all)s delivered, %(short)s will not come", **counts)
        if counts["back"]:
            return event.env._("The rest of your order will not come")
        return event.env._("Your order will not be delivered")

    def _pieces(self, order: Any) -> dict[str, int]:
        """Return how many pieces are delivered, of how many, and how many come, will not come, or came back.

        Lines, where units differ; ``started`` are those of which a part is delivered. Too many of one line make up for
        nothing of another. Where nothing travels, services count.
        """
        lines = self.goods(order) or order.order_line.filtered(lambda line: line.product_id and is_carried_out(line))
        lines = lines.filtered(lambda line: line.product_uom_qty > 0)
        # as the customer is told: whoever causes a mail need not see it
        told = order.sudo().status_snapshot_ids.facts or {}
        rows = []
        for line in lines:
            short, back = (told.get(fact, {}).get(str(line.id), 0.0) for fact in ("short", "returned"))
            done = min(max(line.qty_delivered, 0.0), line.product_uom_qty)
            # what came back to be refunded does not come again
            open_ = max(line.product_uom_qty - done - short - back, 0.0)
            counts = {"done": done, "all": line.product_uom_qty, "open": open_, "short": short, "back": back}
            rows.append({**counts, "started": float(EPSILON < done < line.product_uom_qty)})
        if len(lines.product_uom_id) > 1 or any(number != int(number) for row in rows for number in row.values()):
            rows = [_of_one(row) for row in rows]
        names = ("done", "all", "open", "short", "back", "started")
        return {name: int(sum(row[name] for row in rows)) for name in names}


def _of_one(row: dict[str, float]) -> dict[str, float]:
    """Return the counts of a line that is counted as one: it is what is still to happen to it."""
    state = next((name for name in ("open", "short", "back") if row[name] > EPSILON), "done")
    state = "done" if row["done"] >= row["all"] else state
    return {**{name: float(name in ("all", state)) for name in row}, "started": row["started"]}
