import io

from odoo.http import Response
from odoo.tests import BaseCase
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import NotFound

from ..http import plain_text, plain_texts, private_response, read_id, read_number, stored_upload


class TestStrangersInput(BaseCase):
    """PR5: anything may stand in the place of an id, a number or a text."""

    def test_ids(self):
        """PR5: an id, nothing, or a page that does not exist."""
        self.assertEqual([read_id(value) for value in ("7", 7, 2**31 - 1, "", None)], [7, 7, 2**31 - 1, None, None])
        odd = (
            "-1",
            "7.0",
            "7e3",
            " 7",
            "\u0667",
            "\u00b2",
            2**31,
            "9" * 400,
            True,
            1.5,
            [7],
            {"id": 7},
            b"7",
            "7\0",
            -3,
        )
        for value in odd:
            with self.assertRaises(NotFound, msg=repr(value)):
                read_id(value)

    def test_numbers(self):
        """PR5: finite numbers within their bounds, else the default."""
        self.assertEqual([read_number(value, 0, 1) for value in ("0.25", 1, 0)], [0.25, 1, 0])
        for odd in ("nan", "inf", "-inf", "1e999", "2", -1, True, None, [], {}, "", "0x1", "1" * 100, "½"):
            self.assertEqual(read_number(odd, 0, 1, default=-5), -5, repr(odd))

    def test_texts(self):
        """PR5: PostgreSQL takes no NUL and no lone surrogates; files and lists are no texts."""
        self.assertEqual(plain_text("a\0b\udce4"), "ab?")
        self.assertEqual([plain_text(odd) for odd in (None, 7, [], {}, b"a")], [""] * 5)

    def test_routes_see_texts(self):
        """PR5: numbers of the path pass, all else is a text."""
        seen = plain_texts(lambda _self, **values: values)(None, record_id=7, body=["x"], name="n\0")
        self.assertEqual(seen, {"record_id": 7, "body": "", "name": "n"})


class TestUploads(BaseCase):
    """PR5: files are taken from the request to the disk."""

    def test_stored(self):
        """PR5: the whole file is on disk, also where it was read before, and gone afterwards."""
        upload = FileStorage(io.BytesIO(b"content"))
        upload.read()
        with stored_upload(upload) as path:
            self.assertEqual(path.read_bytes(), b"content")
        self.assertFalse(path.exists())


class TestPrivateResponse(BaseCase):
    """PR5: one response policy for pages whose address is the secret."""

    def test_pages(self):
        """PR5: not to other sites, search engines, caches or frames."""
        headers = private_response(Response("page")).headers
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(headers["X-Robots-Tag"], "noindex, nofollow")
        self.assertEqual(headers["Cache-Control"], "private, no-store")
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(headers["X-Frame-Options"], "DENY")
        self.assertEqual(headers["Content-Security-Policy"], "frame-ancestors 'none'")

    def test_files(self):
        """PR5: nothing runs in a stranger's file; a picture may be kept by the visitor's own browser."""
        headers = private_response(Response("file"), file=True, embed=True, max_age=60).headers
        self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
        self.assertIn("sandbox", headers["Content-Security-Policy"])
        self.assertIn("frame-ancestors 'self'", headers["Content-Security-Policy"])
        self.assertEqual(headers["X-Frame-Options"], "SAMEORIGIN")
        self.assertEqual(headers["Cache-Control"], "private, max-age=60")
