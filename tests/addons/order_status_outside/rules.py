"""Two rules that order_status_mail knows nothing of: one with a field that it watches, one that waits for a day."""

from datetime import datetime, timedelta

from odoo.addons.order_status_mail.changes import Change
from odoo.addons.order_status_mail.rules import Rule
from odoo.addons.order_status_mail.rules.base import compare_entries

REVIEW_DAYS = 14


class ReadyForPickup(Rule):
    """A delivery waits for its customer in the shop."""

    code = "pickup"
    sequence = 45
    facts = {"pickups": {}}
    topics = {"pickup": ("pickups",)}
    growing = ("pickups",)
    watches = {"stock.picking": ("is_ready_for_pickup",)}
    icon = "fa-shopping-bag"

    def label(self, env):
        return env._("Ready for pick-up")

    def gather(self, batch):
        rows = batch.rows(
            "SELECT sale_id, id, name FROM stock_picking WHERE sale_id = ANY(%(ids)s) AND is_ready_for_pickup",
            ids=batch.orders.ids,
        )
        for order_id, picking_id, name in rows:
            batch.facts[order_id]["pickups"][str(picking_id)] = name

    def compare(self, told, now, comparison):
        return compare_entries(told, now, "pickups", "pickup")

    def links(self, env, change):
        return {"picking_id": int(change.key)}

    def sentence(self, event, old, new):
        return event.env._("Delivery %(number)s is ready: you can come for it", number=new)

    def example(self, order):
        picking = order.picking_ids[:1]
        return [Change("pickup", key=str(picking.id or ""), new=picking.name or "WH/OUT/00001", rule=self.code)]


class ReviewPurchase(Rule):
    """Two weeks after everything was delivered the customer is asked what it is like."""

    code = "review"
    sequence = 90
    facts = {"review_on": "", "is_review_due": False}
    topics = {"review": ("is_review_due",)}
    icon = "fa-star-o"

    def label(self, env):
        return env._("Review your purchase")

    def gather(self, batch):
        rows = batch.rows(
            """
            SELECT sale_id, MAX(date_done) FROM stock_picking WHERE sale_id = ANY(%(ids)s)
             GROUP BY sale_id HAVING BOOL_AND(state IN ('done', 'cancel'))
            """,
            ids=batch.orders.ids,
        )
        for order_id, moment in rows:
            if moment:
                day = moment + timedelta(days=REVIEW_DAYS)
                batch.facts[order_id].update(review_on=day.isoformat(), is_review_due=day <= datetime.now())

    def compare(self, told, now, comparison):
        if now["is_review_due"] and not told["is_review_due"]:
            yield Change("review", new=now["review_on"][:10])

    def next_look(self, facts, moment):
        """Return the day, while it is to come."""
        day = facts["review_on"] and datetime.fromisoformat(facts["review_on"])
        return day if day and day > moment else None

    def sentence(self, event, old, new):
        return event.env._("How do you like what you bought? We are glad about every review.")
