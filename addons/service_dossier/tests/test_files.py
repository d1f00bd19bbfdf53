"""Files: kept, deactivated, limited, never run by a browser."""

import re
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import DossierCommon

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@tagged("post_install", "-at_install")
class TestFiles(DossierCommon, HttpCase):
    """SD2."""

    def attach(self, *files, user=None, **values):
        """Post an attachment and return its files (superuser)."""
        return self.post(user or self.dealer, "attachment", files=list(files), **values).sudo().file_ids

    def login(self, user):
        """Log in over HTTP."""
        user.sudo().password = user.login
        self.authenticate(user.login, user.login)

    def test_several_one_after_another(self):
        """SD2: several files in one message and in several messages, contents untouched."""
        first = self.attach(("plan.dwg", b"AC1027 drawing"))
        more = self.attach(("a.png", PNG), ("b.txt", b"text"))
        self.assertEqual(first.attachment_id.raw, b"AC1027 drawing")
        self.assertEqual(more.mapped("name"), ["a.png", "b.txt"])
        self.assertEqual(more[0].attachment_id.raw, PNG)

    def test_deactivate_own(self):
        """SD2: an own file is deactivated: kept, but served to managers only."""
        file = self.attach(("plan.pdf", b"%PDF-1.4 content"))
        attachment = file.attachment_id
        for user, url in (
            (self.dealer, f"/my/dossiers/file/{file.id}"),
            (self.employee, f"/web/content/{attachment.id}"),
        ):
            self.login(user)
            self.assertEqual(self.url_open(url).content, b"%PDF-1.4 content")
        file.with_user(self.dealer)._deactivate()
        self.env.flush_all()
        for user in (self.dealer, self.colleague, self.employee):
            self.login(user)
            for url in (f"/my/dossiers/file/{file.id}", f"/web/content/{attachment.id}?download=true"):
                response = self.url_open(url)
                self.assertNotIn(b"content", response.content.replace(b"/web/content", b"")[:16], user.login)
                self.assertNotEqual(response.content, b"%PDF-1.4 content")
        self.login(self.manager)
        self.assertEqual(self.url_open(f"/web/content/{attachment.id}").content, b"%PDF-1.4 content")
        self.assertEqual(file.deactivated_by_id, self.dealer)

    def test_deactivate_not_own(self):
        """SD2: files of others cannot be deactivated, not even by a colleague or a manager."""
        file = self.attach(("plan.pdf", b"%PDF-1.4"))
        for user in (self.colleague, self.employee, self.manager, self.stranger):
            with self.assertRaises(AccessError):
                file.with_user(user)._deactivate()
        self.assertFalse(file.deactivated)

    def test_limits(self):
        """SD2: too large, empty, too many and executable files are refused, with their names."""
        self.company.dossier_max_file_size = 1
        cases = (
            ([("big.pdf", b"x" * (2**20 + 1))], "big.pdf.*larger than 1 MB"),
            ([("empty.pdf", b"")], "empty.pdf.*empty"),
            ([("run.exe", b"harmless")], "run.exe.*not accepted"),
            ([("renamed.pdf", b"MZ\x90\x00 program")], "renamed.pdf.*not accepted"),
            ([(f"{number}.txt", b"x") for number in range(21)], "20 files"),
        )
        for files, text in cases:
            with self.assertRaisesRegex(UserError, text):
                self.attach(*files)

    def test_names_are_cleaned(self):
        """SD2: paths and control characters in file names do no harm."""
        file = self.attach(("..\\..\\etc/pass\r\nwd.txt", b"x"))
        self.assertEqual(file.name, "passwd.txt")

    def test_never_inline(self):
        """SD2: HTML, SVG and disguised ones are downloads for everybody, whatever the URL asks for."""
        hostile = (
            ("page.html", b"<html><script>alert(1)</script></html>"),
            ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
            ("photo.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
            ("page.pdf", b"<html>not a pdf</html>"),
            ("feed.xml", b"<?xml version='1.0'?><x/>"),
        )
        for user in (self.dealer, self.manager):
            for file in self.attach(*hostile, user=user):
                self.assertEqual(file.mimetype, "application/octet-stream", file.name)
                self.login(self.dealer)
                response = self.url_open(f"/my/dossiers/file/{file.id}?inline=1")
                self.assertTrue(response.headers["Content-Disposition"].startswith("attachment"), file.name)
                self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
                self.login(self.employee)
                other = self.url_open(f"/web/content/{file.attachment_id.id}")
                self.assertEqual(other.headers["Content-Type"], "application/octet-stream")

    def test_pictures_inline(self):
        """SD+4: photos are shown in the page."""
        file = self.attach(("photo.png", PNG))
        self.login(self.dealer)
        response = self.url_open(f"/my/dossiers/file/{file.id}?inline=1")
        self.assertTrue(response.headers["Content-Disposition"].startswith("inline"))
        self.assertEqual(response.headers["Content-Type"], "image/png")

    def test_foreign_file(self):
        """SD2: files of another customer's dossier do not exist for a portal user."""
        file = self.attach(("plan.pdf", b"%PDF-1.4"))
        self.login(self.stranger)
        self.assertEqual(self.url_open(f"/my/dossiers/file/{file.id}").status_code, 404)

    def test_repeated_request(self):
        """SD2, SD+4: a request that Odoo repeats after a conflict still holds all of its files."""
        self.login(self.dealer)
        tries = []

        def conflict_once(model, *args, **values):
            tries.append([bytes(content) for _name, content in values["files"]])
            if len(tries) == 1:
                model.env.cr.execute("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")  # a serialization failure
            return post(model, *args, **values)

        Message = type(self.env["service.dossier.message"])
        post = Message._post
        url = f"/my/dossiers/{self.dossier.id}"
        token = re.search(r'csrf_token: "(\w+)"', self.url_open(url).text)[1]
        files = [("files", (f"{number}.txt", b"content %d" % number)) for number in range(3)]
        data = {"csrf_token": token, "message_type": "attachment", "audience": "company"}
        with mute_logger("odoo.sql_db"), patch.object(Message, "_post", conflict_once):
            self.url_open(f"{url}/message", data=data, files=files)
        self.assertEqual(tries[1], [b"content 0", b"content 1", b"content 2"])
        self.assertEqual(len(self.dossier.sudo().file_ids), 3)

    def test_deleted_with_the_dossier(self):
        """SD2: a deleted dossier leaves no contents behind, not even deactivated ones."""
        dossier = self._make_dossier()
        file = self.attach(("plan.pdf", b"%PDF-1.4"), dossier=dossier)
        complaint = self.post(self.dealer, "complaint", dossier=dossier, files=[("photo.png", PNG)])
        self.post(self.employee, dossier=dossier, parent=complaint)
        file.with_user(self.dealer)._deactivate()
        ticket = complaint.sudo().ticket_ids
        contents = (file | complaint.sudo().file_ids).attachment_id
        with self.assertRaises(AccessError):
            dossier.with_user(self.employee).unlink()
        dossier.with_user(self.manager).unlink()
        self.assertFalse(contents.exists())
        self.assertTrue(ticket.exists())
