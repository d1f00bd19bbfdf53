import hashlib

from odoo import http
from odoo.addons.base_safeguard.http import private_response
from odoo.http import request
from werkzeug.exceptions import NotFound


class FeedController(http.Controller):
    """The calendar feed that phones and mail programs subscribe to."""

    @http.route(
        "/recurring_interaction/feed/<string:token>.ics", type="http", auth="public", methods=["GET"], sitemap=False
    )
    def feed(self, token):
        """Answer with the interactions of the token's user; a wrong token is a page that does not exist."""
        feeds_sudo = request.env["recurring.feed"].sudo()  # the token is the right
        user = feeds_sudo._user_of_token(token)
        if not user:
            raise NotFound
        content = feeds_sudo._calendar_of(user)
        response = request.make_response(
            content,
            headers=[
                ("Content-Type", "text/calendar; charset=utf-8"),
                ("Content-Disposition", 'inline; filename="interactions.ics"'),
            ],
        )
        private_response(response)
        # kept by the calendar program, asked for again each time: nothing is sent when nothing has changed
        response.headers["Cache-Control"] = "private, no-cache"
        response.set_etag(hashlib.sha256(content).hexdigest()[:32])
        return response.make_conditional(request.httprequest)
