from markupsafe import Markup
from odoo import api, fields, models

from ..const import FINDINGS, MENDS


class OnlineProofFinding(models.Model):
    """One thing that the preflight found in a file."""

    _name = "online.proof.finding"
    _description = "Preflight Finding"
    _inherit = ["online.proof.guarded"]
    _order = "severity_rank, page, id"
    _rec_name = "code"

    file_id = fields.Many2one("online.proof.file", required=True, ondelete="cascade", index=True)
    revision_id = fields.Many2one(related="file_id.revision_id", store=True, index=True)
    company_id = fields.Many2one(related="file_id.company_id", store=True, index="btree_not_null")
    code = fields.Char(required=True)
    severity = fields.Selection([("error", "Error"), ("warning", "Warning"), ("info", "Note")], required=True)
    severity_rank = fields.Integer(compute="_compute_severity_rank", store=True)
    page = fields.Integer(help="0: the whole file.")
    box = fields.Json(help="The place as fractions of the page: left, top, right, bottom.")
    values = fields.Json()
    other_picture = fields.Binary(attachment=True, help="The page as a second, independent renderer draws it.")
    place = fields.Html(compute="_compute_place", sanitize=False, string="Where It Is")
    message = fields.Text(compute="_compute_message")
    is_mendable = fields.Boolean(compute="_compute_is_mendable")

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

    @api.depends("code", "file_id.kind", "file_id.revision_id.state")
    def _compute_is_mendable(self):
        for found in self:
            file = found.file_id
            found.is_mendable = found.code in MENDS and file.kind == "pdf" and file.revision_id.state == "draft"

    @api.depends("page", "box")
    def _compute_place(self):
        for found in self:
            page = found.file_id.page_ids.filtered(lambda page, number=found.page: page.frame + 1 == number)[:1]
            found.place = found._render_place(page) if page.state == "ready" else False

    def _render_place(self, page):
        """Return the page's picture with the place marked."""
        source = f"/proof/staff/{self.revision_id.proof_id.id}/page/{page.id}/preview"
        frame = Markup('<div class="o_proof_place"><img src="%s" alt=""/>%s</div>')
        boxes = (self.values or {}).get("places") or ([self.box] if self.box else [])
        marks = [Markup('<span style="%s"></span>') % self._style_of(box) for box in boxes]
        return frame % (source, Markup("").join(marks))

    @staticmethod
    def _style_of(box):
        left, top, right, bottom = (min(max(float(value), 0.0), 1.0) * 100 for value in box)
        return f"left: {left:.2f}%; top: {top:.2f}%; width: {right - left:.2f}%; height: {bottom - top:.2f}%"

    def action_mend(self):
        """Open the window that mends the file, with what takes this finding away."""
        self.ensure_one()
        return self.file_id._get_mend_action(self)

    def action_show(self):
        """Show where it is, on the page."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preflight"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
