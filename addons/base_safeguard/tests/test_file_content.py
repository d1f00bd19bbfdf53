import base64
import hashlib
import io
import re
from pathlib import Path
from unittest.mock import patch

from odoo.tests import TransactionCase, new_test_user, tagged

from ..file_content import PIECE, FileContent


@tagged("post_install", "-at_install")
class TestFileContent(TransactionCase):
    """Large uploads go from file to file, and are the same attachment as their bytes would be."""

    def attach(self, content, **values):
        return self.env["ir.attachment"].create({"name": "plan.pdf", "raw": content, **values})

    def content(self, data):
        return FileContent(io.BytesIO(data))

    def test_reads_as_bytes_do(self):
        """Length, slices, beginnings and digests are those of the bytes; a piece overlaps the next one."""
        data = b"%PDF" + bytes(range(256)) * 5000
        content = self.content(data)
        self.assertEqual((len(content), bool(content), bool(self.content(b""))), (len(data), True, False))
        for part in (slice(None, 4), slice(10, 20), slice(-5, None), slice(len(data) - 3, len(data) + 9), slice(9, 3)):
            self.assertEqual(content[part], data[part])
        self.assertTrue(content.startswith(b"%PDF") and content.startswith((b"MZ", b"%P")))
        self.assertFalse(content.startswith((b"MZ", b"\x7fELF")))
        self.assertEqual(content.digest("sha256"), hashlib.sha256(data).hexdigest())
        self.assertEqual(b"".join(content.pieces()), data)
        self.assertEqual([len(piece) for piece in content.pieces(7)], [PIECE + 7, len(data) - PIECE])

    def test_found_across_pieces(self):
        """What lies across the border of two pieces is found in the first of them."""
        data = bytes(PIECE - 3) + b"secret" + bytes(PIECE)
        found = [bool(re.search(b"secret", piece)) for piece in self.content(data).pieces(overlap=6)]
        self.assertEqual(found, [True, False, False])

    def test_same_attachment(self):
        """Odoo's own fields are those of the same bytes, whose file in the filestore is shared."""
        data = b"%PDF-1.7\n" + bytes(range(256)) * 9000
        attachment = self.attach(self.content(data))
        self.assertEqual(attachment.raw, data)
        self.assertEqual(base64.b64decode(attachment.datas), data)
        self.assertEqual((attachment.file_size, attachment.mimetype), (len(data), "application/pdf"))
        by_bytes = self.attach(data)
        self.assertEqual(
            (by_bytes.checksum, by_bytes.store_fname, by_bytes.file_size),
            (attachment.checksum, attachment.store_fname, attachment.file_size),
        )
        again = self.attach(self.content(data))
        self.assertEqual((again.raw, again.store_fname), (data, attachment.store_fname))

    def test_type_by_content(self):
        """Without a telling name the type is in the first bytes; a page does not run, a picture is not decoded."""
        self.assertEqual(self.attach(self.content(b"%PDF-1.7"), name="x").mimetype, "application/pdf")
        clerk = new_test_user(self.env, "file_content_clerk", groups="base.group_user")
        page = self.env["ir.attachment"].with_user(clerk).create({"name": "x.html", "raw": self.content(b"<html>")})
        self.assertEqual(page.mimetype, "text/plain")
        broken = self.attach(self.content(b"\x89PNG\r\n\x1a\n" + bytes(50)), name="x.png")
        self.assertEqual((broken.mimetype, broken.file_size), ("image/png", 58))

    def test_kept_in_the_database(self):
        """Where attachments are kept in the database, so are these."""
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        attachment = self.attach(self.content(b"%PDF in the database"))
        self.assertEqual((attachment.raw, attachment.store_fname), (b"%PDF in the database", False))

    def test_nothing_half(self):
        """A stream that breaks off leaves no file under the name of the whole one."""

        content = self.content(b"half a file, 2026-11-29")
        checksum = content.digest("sha1")

        def pieces():
            yield b"half a file"
            raise OSError("The connection is gone")

        with (
            patch.object(content, "digest", lambda algorithm: checksum),
            patch.object(content, "pieces", pieces),
            self.assertRaises(OSError),
        ):
            self.attach(content)
        path = self.env["ir.attachment"]._full_path(f"{checksum[:2]}/{checksum}")
        self.assertFalse(list(Path(path).parent.glob(f"{checksum}*")))
