"""Choosing the dossier of a mail from the queue."""

from odoo import api, fields, models


class ServiceDossierPlace(models.TransientModel):
    """Attach an unplaced mail to a dossier."""

    _name = "service.dossier.place"
    _inherit = ["record.window.mixin"]
    _description = "Attach an Unplaced Mail"

    unplaced_id = fields.Many2one("service.dossier.unplaced", string="Mail", required=True, readonly=True)
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    dossier_id = fields.Many2one("service.dossier", required=True, domain="[('company_id', '=', company_id)]")
    parent_id = fields.Many2one(
        "service.dossier.message",
        string="Answers the Message",
        compute="_compute_parent_id",
        compute_sudo=False,
        readonly=False,
        store=True,
        domain="[('dossier_id', '=', dossier_id)]",
        help="Left empty, the mail begins a conversation that the customer and the manufacturer read.",
    )

    @api.depends("unplaced_id")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.unplaced_id.company_id

    @api.depends("dossier_id")
    def _compute_parent_id(self):
        for wizard in self:
            # what is computed nobody named: the window asks for it here
            parent = wizard.unplaced_id.parent_id._filtered_access("read")
            wizard.parent_id = parent if parent.dossier_id == wizard.dossier_id else False

    def action_attach(self):
        """Attach the mail."""
        self.ensure_one()
        self.unplaced_id._check_handling()
        self.unplaced_id._attach(self.dossier_id, self.parent_id)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
