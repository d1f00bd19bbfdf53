"""Order picked."""

from ..changes import Change
from .base import Rule


class Picked(Rule):
    """The box Picked of an order was ticked; that it is taken back, and set again, is not told."""

    code = "picked"
    sequence = 30
    facts = {"picked": False}
    topics = {"picked": ("picked",)}
    watches = {"sale.order": ("status_picked",)}
    icon = "fa-archive"

    def label(self, env):
        return env._("Order picked")

    def help(self, env):
        return env._("When the box Picked of an order is ticked.")

    def topic_label(self, env, topic):
        return env._("Picked")

    def gather(self, batch):
        for order in batch.orders:
            batch.facts[order.id]["picked"] = order.status_picked

    def compare(self, told, now, comparison):
        if now["picked"] and not told["picked"]:
            yield Change("picked", new=True)

    def advance(self, told, now, changes):
        return {"picked": told["picked"] or now["picked"]}

    def sentence(self, event, old, new):
        return event.env._("Your order is picked")

    def rank(self, event):
        return 120

    def headline(self, order, event):
        return event.env._("Your order is being packed")

    def example(self, order):
        return [Change("picked", new=True, rule=self.code)]
