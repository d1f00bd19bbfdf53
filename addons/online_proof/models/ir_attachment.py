import contextlib
import tempfile
from pathlib import Path

from odoo import api, models


class IrAttachment(models.Model):
    """Originals and pictures of pages, as files on the disk."""

    _inherit = "ir.attachment"

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
