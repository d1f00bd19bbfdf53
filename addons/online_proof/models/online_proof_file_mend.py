import contextlib

from odoo import fields, models
from odoo.exceptions import UserError

from ..engine import client
from ..engine.errors import FileRefusedError
from .online_proof_file import refusal_text


class OnlineProofFile(models.Model):
    """Simple mends of a file before it is sent: the mended one takes its place, the original is kept."""

    _inherit = "online.proof.file"

    original_attachment_id = fields.Many2one(
        "ir.attachment",
        string="Before Mending",
        readonly=True,
        index="btree_not_null",
        help="The file as it was uploaded, where it was mended since.",
    )

    def action_mend(self):
        """Open the window that mends the file."""
        self.ensure_one()
        return self._get_mend_action()

    def action_download_original(self):
        """Download the file as it was uploaded."""
        self.ensure_one()
        self.check_access("read")
        url = f"/web/content/{self.original_attachment_id.id}?download=1"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

    def _check_again(self):
        """Check files that were not sent with the rules as they are now: of the product, the profile, the press."""
        self.check_access("write")
        self._check_editable()
        self.filtered(lambda file: file.state == "ready").sudo()._run_preflight()  # findings are made by methods only

    def _get_mend_action(self, finding=None):
        """Return the action of the window, which proposes what takes a finding away."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mend a File"),
            "res_model": "online.proof.mend",
            "view_mode": "form",
            "target": "new",
            "context": {"default_file_id": self.id, "online_proof_finding_id": finding.id if finding else False},
        }

    def _get_expected(self):
        """Return what the product of the file asks for: ``width_mm``, ``height_mm``, ``bleed_mm``, ``pages``."""
        product = self.sale_line_id.product_template_id
        return product._get_proof_format() if product else {}

    def _mend(self, kind, angle=0):
        """Put a mended file in the place of this one and check it again; returns it.

        :raises UserError: if it was sent, is no PDF or cannot be mended
        """
        self.ensure_one()
        self.check_access("write")
        self._check_editable()
        if self.kind != "pdf":
            raise UserError(self.env._("Only PDF files can be mended here."))
        expected = {"width_mm": 0, "height_mm": 0, "bleed_mm": 0, **self._get_expected()}
        file_sudo = self.sudo()  # files and originals are changed by methods only
        original = file_sudo.original_attachment_id or file_sudo.attachment_id
        with contextlib.ExitStack() as stack:
            path = stack.enter_context(file_sudo.attachment_id._proof_path())
            press = stack.enter_context(file_sudo._press_path())
            target = stack.enter_context(client.work_folder()) / "mended.pdf"
            try:
                client.mend(path, kind, target, expected=expected, angle=angle, press=press)
                mended = file_sudo._take_in(
                    file_sudo.revision_id, self.name, target.read_bytes(), line=file_sudo.sale_line_id
                )
            except FileRefusedError as error:
                raise UserError(refusal_text(self.env, error.code, error.values)) from error
        mended.original_attachment_id = original
        mended.with_context(proof_natural_order=True).sequence = self.sequence
        original.res_id = mended.id
        done = dict(self.env["online.proof.mend"]._fields["kind"]._description_selection(self.env))[kind]
        self.proof_id._note(self.env._("%(file)s was mended: %(mend)s.", file=self.name, mend=done))
        file_sudo.unlink()
        self.env.ref("online_proof.ir_cron_prepare").sudo()._trigger()
        return mended
