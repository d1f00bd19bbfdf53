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
            parent = wizard.unplaced_id.parent_id
            wizard.parent_id = parent if parent.dossier_id == wizard.dossier_id else False

    @api.model_create_multi
    def create(self, vals_list):
        """Point only at what one may read."""
        wizards = super().create(vals_list)
        wizards._check_links()
        return wizards

    def write(self, vals):
        """Point only at what one may read."""
        result = super().write(vals)
        self._check_links()
        return result

    def _check_links(self):
        """:raises AccessError: where the mail, the dossier or the answered message is out of the user's reach"""
        for records in (self.unplaced_id, self.dossier_id, self.parent_id):
            records.check_access("read")

    def action_attach(self):
        """Attach the mail."""
        self.ensure_one()
        self.unplaced_id._check_handling()
        self._check_links()
        self.unplaced_id._attach(self.dossier_id, self.parent_id)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
