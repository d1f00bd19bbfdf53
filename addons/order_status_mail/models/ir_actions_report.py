from odoo import models

#: Reports that are the packing slip of a delivery.
SLIPS = ("stock.report_deliveryslip",)


class IrActionsReport(models.Model):
    """Printing a delivery slip is an event that customers may be told."""

    _inherit = "ir.actions.report"

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        result = super()._render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
        # a customer who opens the slip on the portal has not packed anything
        if res_ids and self.env.user._is_internal() and not self.env.context.get("order_status_not_printed"):
            report = self._get_report(report_ref)
            if report.report_name in SLIPS:
                ids = [res_ids] if isinstance(res_ids, int) else res_ids
                # a person who may print a delivery need not be allowed to change it
                self.env["stock.picking"].sudo().browse(ids)._record_slip_printed()
        return result
