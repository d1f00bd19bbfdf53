import contextlib
import tempfile
from pathlib import Path

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import config

from ..engine import ahead

#: What hangs on these is evidence once it was sent: originals, watermarked PDFs, certificates.
EVIDENCE = ("online.proof.file", "online.proof.revision")


class IrAttachment(models.Model):
    """Originals and pictures of pages, as files on the disk."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        """:raises UserError: for what would pass for the evidence of a proof"""
        attachments = super().create(vals_list)
        attachments._check_no_evidence()
        return attachments

    def write(self, vals):
        """:raises UserError: for what a customer was shown or got as evidence, and for what would pass for it"""
        self._check_no_evidence()
        result = super().write(vals)
        if {"res_model", "res_id", "res_field"} & vals.keys():
            self._check_no_evidence()
        return result

    def unlink(self):
        """:raises UserError: for what a customer was shown or got as evidence"""
        self._check_no_evidence()
        return super().unlink()

    def _check_no_evidence(self):
        """Leave what was sent to the methods of the proof, which work as superuser; nobody else alters it."""
        if self.env.su:
            return
        for attachment in self.sudo():  # whose it is; the rights of the caller are asked beside this
            if attachment.res_model not in EVIDENCE:
                continue
            record = self.env[attachment.res_model].sudo().browse(attachment.res_id).exists()
            revision = record.revision_id if attachment.res_model == "online.proof.file" else record
            if attachment.res_field or revision.state not in (False, "draft"):
                raise UserError(
                    self.env._("%(name)s belongs to a proof and is kept as evidence.", name=attachment.name)
                )

    @contextlib.contextmanager
    def _proof_path(self):
        """Yield the path of a readable file with this attachment's content.

        The file in the filestore itself where there is one, so that big files are not copied.
        """
        self.ensure_one()
        if self.store_fname:
            yield self._full_path(self.store_fname)
            return
        with tempfile.NamedTemporaryFile(prefix="online_proof_") as file:
            file.write(self.raw or b"")
            file.flush()
            yield file.name

    def _proof_folder_ahead(self):
        """Return the folder in which the pages of this file are drawn before somebody asks for them.

        Its name says which file, of which content: it is outside of the database, and older or newer than that.
        """
        self.ensure_one()
        return self._proof_folders_ahead() / f"{self.id}-{self.checksum}"

    def _proof_folders_ahead(self):
        return Path(config["data_dir"], "online_proof", self.env.cr.dbname)

    @api.autovacuum
    def _gc_proof_folders_ahead(self):
        """Delete the pages that nobody came for: of an upload that was undone, of a file deleted at once."""
        ahead.clear(self._proof_folders_ahead())

    @api.model
    def _same_content(self, bin_data, filepath):
        """Clear away half a file that a full disk or a killed process left under the name of the whole one.

        Odoo would take it for another file with the same checksum and refuse the whole one for
        good: pages are rendered again after a crash, byte by byte the same.
        """
        if super()._same_content(bin_data, filepath):
            return True
        path = Path(filepath)
        if path.stat().st_size >= len(bin_data) or not bin_data.startswith(path.read_bytes()):
            return False
        path.unlink(missing_ok=True)
        return True
