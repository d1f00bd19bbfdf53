"""What the links in a status mail open; the visitor needs no login."""

from odoo import http
from odoo.addons.base_safeguard.http import private_response
from odoo.http import request
from werkzeug.exceptions import NotFound

from .portal import preference_values, save_preferences

_BASE = "/order-status/<int:order_id>/<string:token>"


class StatusLinks(http.Controller):
    """Every route checks the key of that order's mails, which opens nothing else."""

    def _snapshot(self, order_id, token):
        snapshot_sudo = request.env["order.status.snapshot"]._find_by_token(order_id, token)
        if not snapshot_sudo:
            raise NotFound
        return snapshot_sudo

    @http.route(_BASE, type="http", auth="public", website=True, sitemap=False)
    def status_timeline(self, order_id, token, **_kw):
        """Show what happened to an order."""
        snapshot_sudo = self._snapshot(order_id, token)
        order_sudo = snapshot_sudo.order_id
        owner = not request.env.user._is_public() and order_sudo.with_user(request.env.user).has_access("read")
        values = {
            "sale_order": order_sudo,
            "snapshot": snapshot_sudo,
            "page": request.env["order.status.page"]._values(order_sudo),
            "timeline": request.env["order.status.event"]._timeline(order_sudo),
            "page_name": "order",
            "order_url": f"/my/orders/{order_sudo.id}" if owner else "",
            "preferences_url": f"{request.httprequest.path}/preferences",
        }
        return private_response(request.render("order_status_mail.portal_timeline_page", values))

    @http.route(
        f"{_BASE}/preferences", type="http", auth="public", website=True, sitemap=False, methods=["GET", "POST"]
    )
    def status_preferences(self, order_id, token, saved=None, **post):
        """Let the customer of an order choose which mails to get."""
        order_sudo = self._snapshot(order_id, token).order_id
        path = request.httprequest.path
        if request.httprequest.method == "POST":
            save_preferences(order_sudo.partner_id, order_sudo.website_id, post)
            return request.redirect(f"{path}?saved=1")
        values = {
            **preference_values(order_sudo.partner_id, order_sudo.website_id),
            "saved": saved,
            "form_url": path,
            "timeline_url": path.rpartition("/")[0],
        }
        return private_response(request.render("order_status_mail.portal_preferences_page", values))

    @http.route(f"{_BASE}/unsubscribe", type="http", auth="public", website=True, sitemap=False, methods=["GET"])
    def status_unsubscribe_page(self, order_id, token, **_kw):
        """Send people to the preferences; opening a link changes nothing (mail scanners open every link)."""
        self._snapshot(order_id, token)
        return request.redirect(request.httprequest.path.replace("/unsubscribe", "/preferences"))

    @http.route(
        f"{_BASE}/unsubscribe",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["POST"],
        csrf=False,  # RFC 8058: the mail program posts without a session; the key authenticates
        save_session=False,
    )
    def status_unsubscribe(self, order_id, token, **_kw):
        """Stop all mails that can be stopped: the mail program's unsubscribe button (RFC 8058)."""
        order_sudo = self._snapshot(order_id, token).order_id
        # the key is that of this customer's mails
        preferences_sudo = request.env["order.status.preference"].sudo()
        preferences_sudo._choose(order_sudo.partner_id, order_sudo.website_id, wanted=set(), source="one_click")
        return private_response(request.make_response("", headers=[("Content-Type", "text/plain")]))

    @http.route(f"{_BASE}/picture/<int:line_id>", type="http", auth="public", sitemap=False)
    def status_picture(self, order_id, token, line_id, **_kw):
        """Serve the picture of an ordered product, also of one that is not published any more."""
        order_sudo = self._snapshot(order_id, token).order_id
        line_sudo = order_sudo.order_line.filtered(lambda line: line.id == line_id)
        if not line_sudo:
            raise NotFound
        stream = request.env["ir.binary"]._get_image_stream_from(
            line_sudo.product_id, "image_128", width=128, height=128
        )
        return private_response(stream.get_response(), embed=True, max_age=3600)
