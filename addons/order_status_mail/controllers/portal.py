"""Pages of customers with a login."""

from odoo import http
from odoo.addons.sale.controllers.portal import CustomerPortal
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from ..rules import rules_of


def preference_values(partner, website):
    """Return what the preferences page shows: a row per rule of the website that is switched on."""
    # the caller has checked whose choice this is; customers have no access to the model
    refused = request.env["order.status.preference"].sudo()._opted_out(partner, website)
    return {
        "rows": [
            {
                "code": rule.code,
                "label": rule.label(request.env),
                "mandatory": website._status_mail_mandatory(rule.code),
                "wanted": website._status_mail_mandatory(rule.code)
                or (partner.id, website.id, rule.code) not in refused,
            }
            for rule in rules_of(request.env)
            if website._status_mail_enabled(rule.code)
        ]
    }


def save_preferences(partner, website, form):
    """Keep what a preferences form says; rules that it did not offer stay as they are."""
    # the caller has checked whose choice this is; customers have no access to the model
    preferences_sudo = request.env["order.status.preference"].sudo()
    refused = {rule for _partner, _website, rule in preferences_sudo._opted_out(partner, website)}
    codes = [rule.code for rule in rules_of(request.env)]
    offered = {code for code in codes if website._status_mail_enabled(code)}
    wanted = {code for code in codes if (f"rule_{code}" in form if code in offered else code not in refused)}
    preferences_sudo._choose(partner, website, wanted)


class StatusPortal(CustomerPortal):
    """Timeline of an order and choice of mails, under ``/my``."""

    @http.route("/my/orders/<int:order_id>/timeline", type="http", auth="public", website=True)
    def portal_order_timeline(self, order_id, access_token=None, **_kw):
        """Show what happened to an order."""
        try:
            order_sudo = self._document_check_access("sale.order", order_id, access_token=access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        values = {
            "sale_order": order_sudo,
            "snapshot": order_sudo._get_status_snapshot(),
            "page": request.env["order.status.page"]._values(order_sudo),
            "timeline": request.env["order.status.event"]._timeline(order_sudo),
            "page_name": "order",
            "order_url": order_sudo.get_portal_url() if access_token else f"/my/orders/{order_sudo.id}",
            "preferences_url": "/my/status-mails",
        }
        return request.render("order_status_mail.portal_timeline_page", values)

    @http.route("/my/status-mails", type="http", auth="user", website=True, methods=["GET", "POST"])
    def portal_status_preferences(self, saved=None, **post):
        """Let a customer choose which status mails to get."""
        # customers may know which mails there are
        partner, website_sudo = request.env.user.partner_id, request.website.sudo()
        if request.httprequest.method == "POST":
            save_preferences(partner, website_sudo, post)
            return request.redirect("/my/status-mails?saved=1")
        values = {
            **self._prepare_portal_layout_values(),
            **preference_values(partner, website_sudo),
            "page_name": "status_mails",
            "saved": saved,
            "form_url": "/my/status-mails",
        }
        return request.render("order_status_mail.portal_preferences_page", values)
