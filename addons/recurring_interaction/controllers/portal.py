from odoo import http
from odoo.addons.base_safeguard.http import plain_text
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.exceptions import UserError
from odoo.http import request
from werkzeug.exceptions import NotFound


class SubscriptionPortal(CustomerPortal):
    """The contracts of the logged-in customer's own company."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "subscription_count" in counters:
            values["subscription_count"] = len(self._subscriptions())
        return values

    def _subscriptions(self):
        return request.env["recurring.invoice"]._subscriptions_of(request.env.user.partner_id)

    def _subscription(self, subscription_id):
        """:raises NotFound: for anything but a contract of the customer, alike"""
        found_sudo = self._subscriptions().filtered(lambda item: item.id == subscription_id)
        if not found_sudo:
            raise NotFound
        return found_sudo

    @http.route(
        ["/my/subscriptions", "/my/subscriptions/page/<int:page>"],
        type="http", auth="user", website=True, methods=["GET"],
    )  # fmt: skip
    def my_subscriptions(self, page=1, **kwargs):
        """List the customer's contracts with their next dates."""
        found_sudo = self._subscriptions()
        pager = portal_pager("/my/subscriptions", len(found_sudo), page=page, step=self._items_per_page)
        shown_sudo = found_sudo[pager["offset"] : pager["offset"] + self._items_per_page]
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="subscription",
            subscriptions=shown_sudo._prepare_subscription_rows(request.env.user.partner_id),
            pager=pager,
        )
        return request.render("recurring_interaction.portal_my_subscriptions", values)

    @http.route("/my/subscriptions/<int:subscription_id>", type="http", auth="user", website=True, methods=["GET"])
    def my_subscription(self, subscription_id, **kwargs):
        """Show one contract: next date, amount, what was invoiced, and what the customer may ask for."""
        subscription_sudo = self._subscription(subscription_id)
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="subscription",
            subscription=subscription_sudo._prepare_subscription_values(request.env.user.partner_id),
        )
        return request.render("recurring_interaction.portal_my_subscription", values)

    @http.route(
        "/my/subscriptions/<int:subscription_id>/cancel", type="http", auth="user", website=True, methods=["POST"]
    )
    def my_subscription_cancel(self, subscription_id, reason="", **kwargs):
        """Tell the responsible that the customer wants to end the contract."""
        subscription_sudo = self._subscription(subscription_id)
        try:
            subscription_sudo._ask_to_cancel(request.env.user.partner_id, plain_text(reason))
        except UserError:
            # not offered, or asked twice: the page shows how it stands
            request.env.cr.rollback()
        return request.redirect(f"/my/subscriptions/{subscription_id}")
