from odoo import fields, models


class SaleOrderLine(models.Model):
    """Marks the order when quantities or dates of its lines move."""

    _name = "sale.order.line"
    _inherit = ["sale.order.line", "order.status.watched"]
    _status_source = "line"

    status_expected_date = fields.Date(
        "Expected Delivery",
        copy=False,
        help="When this line is expected at the customer's. Empty: the order's delivery date, "
        "else the date of the purchase order that brings the goods.",
    )

    def _compute_qty_delivered(self):
        result = super()._compute_qty_delivered()
        self._mark_status_changed()
        return result

    def _mark_status_changed(self):
        lines = self.filtered(lambda line: isinstance(line.id, int) and line.state in ("sale", "cancel"))
        self.env["order.status.mark"]._mark("line", lines.ids)
