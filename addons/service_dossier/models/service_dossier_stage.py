"""Stages of a dossier and the moves between them."""

from odoo import fields, models

from ..const import STAGE_KINDS


class ServiceDossierStage(models.Model):
    """A stage; ``kind`` ties it to behaviour, ``next_ids`` is the flow."""

    _name = "service.dossier.stage"
    _description = "Dossier Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        STAGE_KINDS,
        string="Meaning",
        required=True,
        default="draft",
        help="What this stage means to the program: a service request is accepted where the meaning is 'Finished', "
        "the configurator is open where it is 'Service request'.",
    )
    fold = fields.Boolean(string="Folded in Kanban")
    description = fields.Text(translate=True, help="Shown to the customer on the portal.")
    next_ids = fields.Many2many(
        "service.dossier.stage",
        "service_dossier_stage_next_rel",
        "stage_id",
        "next_id",
        string="May Move To",
        help="Leave empty to allow a move to any stage.",
    )

    def _allows(self, target):
        """Return whether a dossier may go from this stage to ``target``."""
        return not self or self == target or not self.next_ids or target in self.next_ids
