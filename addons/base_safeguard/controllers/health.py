from odoo import http
from odoo.http import request
from werkzeug.exceptions import Forbidden

from ..health import CRITICAL, ORDER, prometheus, worst
from ..http import private_response

_ROUTE = {"type": "http", "auth": "bearer", "methods": ["GET"], "save_session": False, "readonly": True}


class HealthController(http.Controller):
    """Health for people (a page) and for monitoring (JSON and Prometheus' text, with an administrator's API key)."""

    def _get_checks(self):
        if not request.env.user.has_group("base.group_system"):
            raise Forbidden
        # sudo: administrators may see all of it, and the figures are of all companies
        return request.env["health.monitor"].sudo()._get_checks()

    @http.route("/safeguard/health", **_ROUTE)
    def health_page(self, **_query):
        """Show every figure, the worst first."""
        checks = self._get_checks()
        values = {"checks": sorted(checks, key=lambda check: -ORDER.index(check.state)), "state": worst(checks)}
        return private_response(request.render("base_safeguard.health_page", values))

    @http.route("/safeguard/health.json", **_ROUTE)
    def health_json(self, **_query):
        """Answer 200 where nothing is broken, 503 otherwise, with all figures."""
        checks = self._get_checks()
        state = worst(checks)
        content = {"state": state, "checks": [check.as_dict() for check in checks]}
        return private_response(request.make_json_response(content, status=503 if state == CRITICAL else 200))

    @http.route("/safeguard/metrics", **_ROUTE)
    def health_metrics(self, **_query):
        """Answer in Prometheus' text format."""
        headers = [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")]
        return private_response(request.make_response(prometheus(self._get_checks()), headers))
