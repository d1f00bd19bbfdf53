"""Tracking number entered."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..changes import Change
from ..parcels import split_numbers
from .base import Rule

if TYPE_CHECKING:
    from ..batch import Batch
    from ..changes import Comparison
    from ..facts import Facts


class Tracking(Rule):
    """The tracking numbers of deliveries: entered, changed, or taken back for longer than the grace time."""

    code = "tracking"
    sequence = 40
    facts = {"tracking": {}}
    topics = {"tracking": ("tracking",)}
    revocable = {"tracking": "tracking"}
    watches = {"stock.picking": ("carrier_tracking_ref",)}
    icon = "fa-truck"

    def label(self, env: Any) -> str:
        return env._("Tracking number entered")

    def help(self, env: Any) -> str:
        return env._("When a tracking number is entered on a delivery, or changed.")

    def topic_label(self, env: Any, topic: str) -> str:
        return env._("Tracking number")

    def gather(self, batch: Batch) -> None:
        for order_id, deliveries in batch.deliveries.items():
            for picking_id, _name, _printed, tracking in deliveries:
                if tracking:
                    batch.facts[order_id]["tracking"][str(picking_id)] = tracking

    def compare(self, told: Facts, now: Facts, comparison: Comparison) -> Iterator[Change]:
        # customers know numbers, not on which delivery order they stand
        known, valid = _numbers(told["tracking"]), _numbers(now["tracking"])
        for key in {**told["tracking"], **now["tracking"]}:
            added = _listed(now["tracking"].get(key), known)
            ended = _listed(told["tracking"].get(key), valid)
            is_gone = key in now["tracking"] or ("tracking", key) in comparison.gone
            if added or (ended and is_gone):
                yield Change("tracking", key=key, old=ended, new=added)

    def missing(self, told: Facts, now: Facts) -> Iterator[tuple[str, str]]:
        valid = _numbers(now["tracking"])
        for fact, key in super().missing(told, now):
            if _listed(told[fact][key], valid):
                yield fact, key

    def links(self, env: Any, change: Change) -> dict[str, Any]:
        if not change.key:
            return {}
        picking = env["stock.picking"].browse(int(change.key))
        # what was taken back may be deleted, too
        return {"picking_id": (picking if change.new else picking.exists()).id}

    def sentence(self, event: Any, old: str, new: str) -> str:
        # customers know the carrier, not the delivery order
        carrier = event.picking_id.sudo().carrier_id.name
        if not new:
            return event.env._("Tracking number %(number)s is no longer valid", number=old)
        if old:
            return event.env._("Tracking number %(new)s instead of %(old)s", old=old, new=new)
        if carrier:
            return event.env._("On its way with %(carrier)s: %(number)s", carrier=carrier, number=new)
        return event.env._("Tracking number: %(number)s", number=new)

    def rank(self, event: Any) -> int:
        return 50

    def headline(self, order: Any, event: Any) -> str:
        carrier = event.picking_id.sudo().carrier_id.name  # customers know who brings it, not the delivery order
        if carrier and event.new_value:
            return event.env._("On its way with %(carrier)s", carrier=carrier)
        return event.env._("On its way") if event.new_value else event.env._("News about your parcel")

    def parcels(self, event: Any) -> list[dict[str, str]]:
        if not event.new_value:
            return []
        # portal customers and guests may see where their parcel is, not the delivery order itself
        picking_sudo = event.picking_id.sudo()
        links = picking_sudo._status_tracking_links() if picking_sudo.carrier_tracking_ref else {}
        return [
            {
                "number": number,
                "carrier": picking_sudo.carrier_id.name or "",
                "url": links.get(number, ""),
                # the sentence has the number: what follows is something to do
                "label": event.env._("Follow parcel %(number)s", number=number),
            }
            for number in split_numbers(event.new_value)
        ]

    def example(self, order: Any) -> list[Change]:
        picking = order.picking_ids[:1]
        number = picking.carrier_tracking_ref or "TRACK-1234"
        return [Change("tracking", key=str(picking.id or ""), new=number, rule=self.code)]


def _numbers(tracking: Mapping[str, str]) -> set[str]:
    """Return all numbers of the deliveries of an order."""
    return {number for text in tracking.values() for number in split_numbers(text)}


def _listed(text: str | None, others: Container[str]) -> str | None:
    """Return the numbers of a field that are not among ``others``, or None."""
    return ", ".join(number for number in split_numbers(text) if number not in others) or None
