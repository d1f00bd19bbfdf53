"""Packing slip printed."""

from ..changes import Change
from .base import Rule, compare_entries


class Slip(Rule):
    """The delivery slip of an order was printed; taking that back is not possible."""

    code = "slip"
    sequence = 20
    facts = {"slips": {}}
    topics = {"slip": ("slips",)}
    growing = ("slips",)
    icon = "fa-file-text-o"

    def label(self, env):
        return env._("Packing slip printed")

    def help(self, env):
        return env._("When the delivery slip of an order is printed.")

    def topic_label(self, env, topic):
        return env._("Packing slip")

    def gather(self, batch):
        for order_id, deliveries in batch.deliveries.items():
            for picking_id, name, printed, _tracking in deliveries:
                if printed:
                    batch.facts[order_id]["slips"][str(picking_id)] = name

    def compare(self, told, now, comparison):
        return compare_entries(told, now, "slips", "slip")

    def links(self, env, change):
        return {"picking_id": int(change.key or 0)}

    def sentence(self, event, old, new):
        return event.env._("The packing slip %(number)s is printed", number=new)

    def rank(self, event):
        return 130

    def headline(self, order, event):
        return event.env._("Your order is being prepared")

    def example(self, order):
        picking = order.picking_ids[:1]
        return [Change("slip", key=str(picking.id or ""), new=picking.name or "WH/OUT/00001", rule=self.code)]
