"""Printing a delivery slip writes when it was printed."""

from odoo import http
from odoo.addons.web.controllers.report import ReportController

from ..models.ir_actions_report import SLIPS


class SlipReportController(ReportController):
    """Serves delivery slips on a read/write cursor, everything else as before."""

    def _is_readonly(self, _rule, args):
        return args.get("reportname") not in SLIPS

    @http.route(readonly=_is_readonly)
    def report_routes(self, reportname, docids=None, converter=None, **data):
        """Serve a report; see the overridden method."""
        return super().report_routes(reportname, docids=docids, converter=converter, **data)
