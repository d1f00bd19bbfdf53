import contextlib
import tempfile

from odoo import models


class IrAttachment(models.Model):
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
