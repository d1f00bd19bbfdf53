from odoo import api, fields, models

from ..const import FINDINGS


class OnlineProofFinding(models.Model):
    """One thing that the preflight found in a file."""

    _name = "online.proof.finding"
    _description = "Preflight Finding"
    _inherit = ["online.proof.guarded"]
    _order = "severity_rank, page, id"

    file_id = fields.Many2one("online.proof.file", required=True, ondelete="cascade", index=True)
    revision_id = fields.Many2one(related="file_id.revision_id", store=True, index=True)
    company_id = fields.Many2one(related="file_id.company_id", store=True, index="btree_not_null")
    code = fields.Char(required=True)
    severity = fields.Selection([("error", "Error"), ("warning", "Warning"), ("info", "Note")], required=True)
    severity_rank = fields.Integer(compute="_compute_severity_rank", store=True)
    page = fields.Integer(help="0: the whole file.")
    values = fields.Json()
    message = fields.Char(compute="_compute_message")

    @api.depends("severity")
    def _compute_severity_rank(self):
        ranks = {"error": 0, "warning": 1, "info": 2}
        for found in self:
            found.severity_rank = ranks.get(found.severity, 3)

    @api.depends("code", "values")
    @api.depends_context("lang")
    def _compute_message(self):
        for found in self:
            text = FINDINGS.get(found.code)
            found.message = str(self.env._(text)) % (found.values or {}) if text else found.code
