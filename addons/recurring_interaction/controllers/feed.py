from odoo import http
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
        return request.make_response(
            feeds_sudo._calendar_of(user),
            headers=[
                ("Content-Type", "text/calendar; charset=utf-8"),
                ("Content-Disposition", 'inline; filename="interactions.ics"'),
                ("Cache-Control", "private, no-store"),
                ("X-Robots-Tag", "noindex"),
            ],
        )
