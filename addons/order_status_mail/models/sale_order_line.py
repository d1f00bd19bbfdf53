from odoo import fields, models


class SaleOrderLine(models.Model):
    """Marks the order when quantities or dates of its lines move."""

    _inherit = "sale.order.line"

    status_expected_date = fields.Date(
        "Expected Delivery",
        copy=False,
        help="When this line is expected at the customer's. Empty: the order's delivery date, "
        "else the date of the purchase order that brings the goods.",
    )

    def write(self, vals):
        changed = self.browse()
        if "status_expected_date" in vals:
            new = fields.Date.to_date(vals["status_expected_date"])
            changed = self.filtered(lambda line: (line.status_expected_date or None) != new)
        result = super().write(vals)
        self.env["order.status.touch"]._mark("line", changed.ids, "date")
        return result

    def _compute_qty_delivered(self):
        result = super()._compute_qty_delivered()
        self._mark_status_touched()
        return result

    def _inverse_qty_delivered(self):
        result = super()._inverse_qty_delivered()
        self._mark_status_touched()
        return result

    def _mark_status_touched(self):
        lines = self.filtered(lambda line: isinstance(line.id, int) and line.state in ("sale", "cancel"))
        self.env["order.status.touch"]._mark("line", lines.ids)
