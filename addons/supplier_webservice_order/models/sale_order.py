from odoo import fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """The job file: where parts are ordered from."""

    _inherit = "sale.order"

    vehicle_vin = fields.Char("VIN", help="Chassis number of the vehicle; goes to the supplier with the order.")
    vehicle_plate = fields.Char("License Plate")
    exchange_count = fields.Integer(
        "Supplier Exchanges",
        compute="_compute_exchange_count",
        groups="supplier_webservice_order.group_supplier_webservice_order_user",
    )

    def _compute_exchange_count(self):
        for order in self:
            purchases = order._get_purchase_orders()
            order.exchange_count = self.env["supplier.exchange"].search_count([("purchase_id", "in", purchases.ids)])

    def action_order_parts(self):
        """Open the window in which parts of the file are ordered."""
        self.ensure_one()
        if self.state == "cancel":
            raise UserError(self.env._("%(file)s is cancelled.", file=self.name))
        if not self._get_orderable_lines():
            raise UserError(self.env._("This file has no parts yet. Add products first."))
        wizard = self.env["supplier.order.wizard"]._create_for(self)
        action = self.env["ir.actions.act_window"]._for_xml_id("supplier_webservice_order.supplier_order_wizard_action")
        return {**action, "res_id": wizard.id}

    def action_view_exchanges(self):
        """Open the messages about the file's orders."""
        action = self.env["ir.actions.act_window"]._for_xml_id("supplier_webservice_order.supplier_exchange_action")
        return {
            **action,
            "domain": [("purchase_id", "in", self._get_purchase_orders().ids)],
            "context": {"create": False},
        }

    def _get_orderable_lines(self):
        """Return the lines with parts that can be bought."""
        return self.order_line.filtered(
            lambda line: not line.display_type and line.product_id.purchase_ok and not line.is_downpayment
        )
