import errno
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.online_proof_file import OnlineProofFile
from .common import ProofCase, make_pdf


@tagged("post_install", "-at_install")
class TestFullDisk(ProofCase):
    """A filestore that is full for an hour, and what it leaves behind."""

    def _run(self, error):
        """Run the scheduled action while files cannot be written or read; return the file."""
        file = self.upload(("a.pdf", make_pdf(2)), ready=False).file_ids
        self.let_only_wait(file)
        with (
            self.enter_registry_test_mode(),
            patch.object(OnlineProofFile, "_prepare_file", side_effect=error),
            mute_logger("odoo.addons.online_proof.models.online_proof_file"),
        ):
            self.env.ref("online_proof.ir_cron_prepare").method_direct_trigger()
        file.invalidate_recordset()
        return file

    def test_waits_while_the_disk_is_full(self):
        """OP3: a full disk does not make pages undisplayable; the next run prepares them."""
        file = self._run(OSError(errno.ENOSPC, "No space left on device"))
        self.assertEqual(file.state, "preparing")
        self.assertFalse(file.finding_ids)
        with self.enter_registry_test_mode():
            self.env.ref("online_proof.ir_cron_prepare").method_direct_trigger()
        file.invalidate_recordset()
        self.assertEqual((file.state, set(file.page_ids.mapped("state"))), ("ready", {"ready"}))

    @mute_logger("odoo.sql_db")
    def test_gives_up_on_a_missing_file(self):
        """OP3: a file that is gone is reported on the proof and does not come up again."""
        file = self._run(FileNotFoundError(errno.ENOENT, "No such file"))
        self.assertEqual(file.state, "ready")
        self.assertEqual(file.finding_ids.mapped("code"), ["page_not_shown"])

    def test_half_a_file_is_replaced(self):
        """OP3: what a full disk or a killed process left of a picture does not keep the whole one out."""
        content = b"a picture of some page " * 1000
        attachments = self.env["ir.attachment"]
        path = Path(attachments._get_path(content, attachments._compute_checksum(content))[1])
        self.addCleanup(path.unlink, missing_ok=True)
        path.write_bytes(content[:5000])
        attachment = attachments.create({"name": "page", "raw": content})
        self.assertEqual(attachment.raw, content)
        self.assertEqual(path.read_bytes(), content)

    def test_another_file_is_not_replaced(self):
        """OP3: a file with other content under the same name is left alone, as Odoo does it."""
        content = b"a picture of another page " * 1000
        attachments = self.env["ir.attachment"]
        path = Path(attachments._get_path(content, attachments._compute_checksum(content))[1])
        self.addCleanup(path.unlink, missing_ok=True)
        path.write_bytes(b"something else")
        with self.assertRaises(UserError):
            attachments.create({"name": "page", "raw": content})
        self.assertEqual(path.read_bytes(), b"something else")
