from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import MENDS


class OnlineProofMend(models.TransientModel):
    """A simple mend of a file before it is sent; the original is kept."""

    _name = "online.proof.mend"
    _inherit = ["record.window.mixin"]
    _description = "Mend a File"

    file_id = fields.Many2one("online.proof.file", required=True, readonly=True, ondelete="cascade")
    kind = fields.Selection(
        [
            ("trim", "Set the trim size of the product"),
            ("bleed", "Add bleed by mirroring the edges"),
            ("rotate", "Turn the pages"),
            ("press", "Convert RGB to the inks of the press"),
        ],
        string="Mend",
        required=True,
        default="trim",
    )
    angle = fields.Selection(
        [("90", "To the right"), ("180", "Upside down"), ("270", "To the left")], string="Turn", default="90"
    )
    product_format = fields.Char(compute="_compute_product_format")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        # sudo: a code is all that is read; the file is checked by the window
        found = self.env["online.proof.finding"].sudo().browse(self.env.context.get("online_proof_finding_id", []))
        if "kind" in fields and found.exists() and found.code in MENDS:
            values["kind"] = MENDS[found.code]
        return values

    @api.depends("file_id")
    def _compute_product_format(self):
        for wizard in self:
            expected = wizard.file_id._get_expected()
            known = expected.get("width_mm") and expected.get("height_mm")
            wizard.product_format = known and self.env._(
                "%(width)s x %(height)s mm, %(bleed)s mm of bleed",
                width=expected["width_mm"],
                height=expected["height_mm"],
                bleed=expected["bleed_mm"],
            )

    def action_mend(self):
        """Put the mended file in the place of the file.

        :raises UserError: if it cannot be mended, or was sent already
        """
        self.ensure_one()
        if not self.file_id:
            raise UserError(self.env._("The file is not there any more."))
        revision = self.file_id.revision_id
        self.file_id._mend(self.kind, int(self.angle or 0))
        return revision.get_formview_action()
