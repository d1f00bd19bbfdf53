"""Hand warranties over to another customer."""

from odoo import fields, models


class ServiceWarrantyTransfer(models.TransientModel):
    """Choose the customer that takes the warranties over."""

    _name = "service.warranty.transfer"
    _inherit = ["record.window.mixin"]
    _description = "Transfer Warranties"

    warranty_ids = fields.Many2many(
        "service.warranty", string="Warranties", required=True, default=lambda self: self.env.context.get("active_ids")
    )
    partner_id = fields.Many2one("res.partner", string="New Customer", required=True)

    def action_transfer(self):
        """Transfer and close."""
        self.ensure_one()
        self.warranty_ids._transfer(self.partner_id)
        return {"type": "ir.actions.act_window_close"}
