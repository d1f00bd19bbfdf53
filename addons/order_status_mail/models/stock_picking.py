from odoo import api, fields, models


class StockPicking(models.Model):
    """Knows when its packing slip was printed; marks its web order."""

    _inherit = "stock.picking"

    slip_printed_on = fields.Datetime("Delivery Slip Printed", copy=False, readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        pickings = super().create(vals_list)
        tracked = pickings.filtered("carrier_tracking_ref")
        self.env["order.status.touch"]._mark("picking", tracked.ids)
        return pickings

    def write(self, vals):
        changed = self.browse()
        if "carrier_tracking_ref" in vals:
            new = vals["carrier_tracking_ref"] or ""
            changed = self.filtered(lambda picking: (picking.carrier_tracking_ref or "") != new)
        result = super().write(vals)
        self.env["order.status.touch"]._mark("picking", changed.ids, "tracking")
        return result

    def _action_done(self):
        result = super()._action_done()
        self._tick_picked("done")
        return result

    def _attach_sign(self):
        # the slip is kept with the signature here, not printed
        return super(StockPicking, self.with_context(order_status_not_printed=True))._attach_sign()

    def _record_slip_printed(self):
        """Note that the packing slip was printed; the first time counts."""
        printed = self.filtered(lambda picking: not picking.slip_printed_on)
        if printed:
            printed.write({"slip_printed_on": fields.Datetime.now()})
            self.env["order.status.touch"]._mark("picking", printed.ids)
        self._tick_picked("slip")

    def _tick_picked(self, occasion):
        deliveries = self.filtered(
            lambda picking: (
                picking.location_dest_id.usage == "customer" and picking.company_id.status_mail_picked_when == occasion
            )
        )
        # warehouse staff need no right to change sales orders for this
        orders_sudo = deliveries.sudo().sale_id.filtered(lambda order: not order.status_picked)
        if orders_sudo:
            orders_sudo.status_picked = True
