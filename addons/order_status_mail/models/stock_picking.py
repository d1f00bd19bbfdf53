from odoo import api, fields, models

from ..parcels import parcel_links, split_numbers


class StockPicking(models.Model):
    """Knows when its packing slip was printed; marks its web order."""

    _name = "stock.picking"
    _inherit = ["stock.picking", "order.status.watched"]
    _status_source = "picking"

    date_slip_printed = fields.Datetime("Delivery Slip Printed", copy=False, readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        pickings = super().create(vals_list)
        tracked = pickings.filtered("carrier_tracking_ref")
        self.env["order.status.mark"]._mark("picking", tracked.ids)
        return pickings

    def _action_done(self):
        result = super()._action_done()
        self._tick_picked("done")
        self._tick_picked("pick")
        return result

    def _attach_sign(self):
        # the slip is kept with the signature here, not printed
        return super(StockPicking, self.with_context(order_status_not_printed=True))._attach_sign()

    def _status_tracking_links(self):
        """Return ``{tracking number: address of the carrier's page}`` of this delivery's parcels."""
        template = self.carrier_id.tracking_url if "tracking_url" in self.carrier_id._fields else ""
        numbers = split_numbers(self.carrier_tracking_ref)
        return parcel_links(numbers, template, self.carrier_tracking_url)

    def _record_slip_printed(self):
        """Note that the packing slip was printed; the first time counts."""
        printed = self.filtered(lambda picking: not picking.date_slip_printed)
        if printed:
            printed.write({"date_slip_printed": fields.Datetime.now()})
            self.env["order.status.mark"]._mark("picking", printed.ids)
        self._tick_picked("slip")

    def _tick_picked(self, occasion):
        # warehouse staff need no right to change sales orders, nor to set up warehouses, for this
        pickings_sudo = self.sudo().filtered(
            lambda picking: picking._status_picked_when() == occasion and picking._is_status_step(occasion)
        )
        orders_sudo = pickings_sudo._status_orders().filtered(lambda order: not order.status_picked)
        if occasion == "pick":
            orders_sudo = orders_sudo.filtered(lambda order: order._status_all_picked())
        if orders_sudo:
            orders_sudo.status_picked = True

    def _status_picked_when(self):
        warehouse = self.picking_type_id.warehouse_id
        return warehouse.status_mail_picked_when or self.company_id.status_mail_picked_when

    def _is_status_step(self, occasion):
        """Return whether this transfer is one whose slip or validation may tick Picked."""
        if occasion == "pick":
            warehouse = self.picking_type_id.warehouse_id
            # where goods are delivered in one step, taking them from the shelves is that step
            first = warehouse.pick_type_id if warehouse.delivery_steps != "ship_only" else warehouse.out_type_id
            return self.picking_type_id == first
        return self.location_dest_id.usage == "customer" or (occasion == "slip" and self._is_outgoing_step())

    def _is_outgoing_step(self):
        warehouse = self.picking_type_id.warehouse_id
        return self.picking_type_id in warehouse.pick_type_id + warehouse.pack_type_id + warehouse.out_type_id

    def _status_orders(self):
        """Return the sales orders that these transfers serve, directly or along the chain of moves."""
        moves, orders = self.move_ids, self.sale_id
        for _step in range(4):
            orders |= moves.sale_line_id.order_id
            moves = moves.move_dest_ids
        return orders
