"""Hand dossiers over to another customer."""

from odoo import fields, models


class ServiceDossierTransfer(models.TransientModel):
    """Choose the customer that takes the dossiers over."""

    _name = "service.dossier.transfer"
    _inherit = ["record.window.mixin"]
    _description = "Transfer Dossiers"

    dossier_ids = fields.Many2many(
        "service.dossier", string="Dossiers", required=True, default=lambda self: self.env.context.get("active_ids")
    )
    partner_id = fields.Many2one("res.partner", string="New Customer", required=True)
    with_warranties = fields.Boolean(string="Warranties Too", default=True)

    def action_transfer(self):
        """Transfer and close."""
        self.ensure_one()
        self.dossier_ids._transfer(self.partner_id, with_warranties=self.with_warranties)
        return {"type": "ir.actions.act_window_close"}
