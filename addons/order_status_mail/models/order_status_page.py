"""What the customer's page of an order says on top: where it is, when it comes, with which parcel."""

from odoo import api, fields, models
from odoo.tools import format_date

from ..parcels import split_numbers

#: The way of an order: code, icon, and the states in which it is there.
STEPS = (
    ("ordered", "fa-shopping-cart", ("open", "confirmed")),
    ("prepared", "fa-archive", ("prepared",)),
    ("shipped", "fa-truck", ("shipped", "partial", "returned_open")),
    ("delivered", "fa-home", ("delivered", "short", "partly_returned", "returned")),
)
#: The way of an order that its customer fetches from the shop.
FETCHED_STEPS = (
    STEPS[0],
    ("prepared", "fa-archive", (*STEPS[1][2], *STEPS[2][2])),
    ("fetched", "fa-shopping-bag", STEPS[3][2]),
)
#: The way of an order of which nothing travels.
SERVICE_STEPS = (
    ("ordered", "fa-shopping-cart", ("open", "confirmed")),
    ("done", "fa-check", ("done",)),
)


class OrderStatusPage(models.AbstractModel):
    """The page as parcel services have it: the date first, then the steps, the parcels, and the history."""

    _name = "order.status.page"
    _description = "Page of a Web Order"

    @api.model
    def _values(self, order):
        """Return what stands above the history of ``order``; the caller has checked that the visitor may see it.

        :returns: dict with ``title``, ``ordered``, ``now``, ``expected``, ``steps`` (dicts with ``label``, ``icon``
            and ``state``: done, now or next) and ``parcels`` (see ``rules.Rule.parcels``)
        """
        # what was told is no secret from who may see the order
        snapshot_sudo = order.sudo().status_snapshot_ids
        day = format_date(self.env, order._status_day(order.date_order))
        return {
            "title": self.env._("Order %(order)s", order=order.name),
            "ordered": self.env._("Ordered on %(date)s", date=day),
            "now": self._next_step(order, snapshot_sudo.status),
            "expected": self._expected(order, snapshot_sudo),
            "steps": self._steps(order, snapshot_sudo.status),
            "parcels": self._parcels(snapshot_sudo),
        }

    def _next_step(self, order, status):
        """Return where the order is and what comes next, in one sentence."""
        if status == "confirmed" and self._is_service(order):
            return self.env._("Your order is confirmed; next, we carry it out.")
        if self._is_fetched(order) and status in ("prepared", "delivered"):
            return {
                "prepared": self.env._("Your order is being prepared; next, you can collect it."),
                "delivered": self.env._("You have collected your order."),
            }[status]
        return {
            "open": self.env._("Your order is not confirmed yet."),
            "confirmed": self.env._("Your order is confirmed; next, it is prepared for you."),
            "prepared": self.env._("Your order is being prepared; next, it is sent to you."),
            "partial": self.env._("Part of your order is delivered; the rest follows."),
            "shipped": self.env._("Your order is on its way to you."),
            "delivered": self.env._("Your order is delivered."),
            "short": self.env._("What we could send is delivered; the rest will not come."),
            "dropped": self.env._("Your order will not be delivered."),
            "partly_returned": self.env._("Part of your order came back to us."),
            "returned_open": self.env._("Part of your order came back to us; the rest follows."),
            "returned": self.env._("Your order came back to us."),
            "done": self.env._("Your order is completed."),
            "cancelled": self.env._("Your order is cancelled."),
        }.get(status, "")

    def _expected(self, order, snapshot):
        """Return when the last of what is still to come is expected, as the customer was told; else nothing.

        A day that has passed is no promise any more.
        """
        facts = snapshot.facts or {}
        known = facts.get("expected", {})
        waiting = facts.get("waiting", known)
        days = [day for line_id, day in known.items() if day and waiting.get(line_id)]
        today = order._status_day(fields.Datetime.now()).isoformat()
        if not days or max(days) < today or order.state != "sale":
            return ""
        return self.env._("Expected on %(date)s", date=format_date(self.env, max(days), date_format="full"))

    def _steps(self, order, status):
        if status in ("cancelled", "dropped") or not status:
            return []
        steps = FETCHED_STEPS if self._is_fetched(order) else STEPS
        steps = SERVICE_STEPS if self._is_service(order) else steps
        here = next((number for number, step in enumerate(steps) if status in step[2]), 0)
        labels = {
            "ordered": self.env._("Ordered"),
            "prepared": self.env._("Being prepared"),
            "shipped": self.env._("On its way"),
            "delivered": self.env._("Returned") if status == "returned" else self.env._("Delivered"),
            "fetched": self.env._("Returned") if status == "returned" else self.env._("Collected"),
            "done": self.env._("Completed"),
        }
        states = {-1: "done", 0: "now", 1: "next"}
        return [
            {"label": labels[code], "icon": icon, "state": states[(number > here) - (number < here)]}
            for number, (code, icon, _states) in enumerate(steps)
        ]

    def _is_service(self, order):
        """Return whether nothing of the order travels."""
        return all(line.product_id.type != "consu" for line in order.order_line)

    def _is_fetched(self, order):
        """Return whether the customer collects the order: nothing is sent."""
        # a kind of carrier that the addon website_sale_collect adds
        return order.carrier_id.delivery_type == "in_store"

    def _parcels(self, snapshot):
        """Return the parcels that the customer was told of."""
        told = (snapshot.facts or {}).get("tracking", {})
        parcels = []
        # customers may see where their parcels are, not the deliveries themselves
        pickings_sudo = self.env["stock.picking"].sudo()
        for picking in pickings_sudo.browse(map(int, told)).exists():
            links = picking._status_tracking_links()
            parcels += [
                {"number": number, "carrier": picking.carrier_id.name or "", "url": links.get(number, "")}
                for number in split_numbers(told[str(picking.id)])
            ]
        return parcels
