import json
import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import SupplierCase, picture


@tagged("post_install", "-at_install")
class TestWorkshop(SupplierCase, HttpCase):
    """SW2 SW7: the photo page behind the QR code."""

    def setUp(self):
        super().setUp()
        self.purchase = self._new_purchase()
        self.line = self.purchase.order_line[0]
        action = self.purchase.action_open_workshop_link()
        self.link = self.env["purchase.photo.link"].with_user(self.user).browse(action["res_id"])
        self.path = re.sub(r"^https?://[^/]+", "", self.link.url)
        self.env.flush_all()

    def _upload(self, line=None, path=None, content=None, **data):
        page = self.url_open(self.path)
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        return self.url_open(
            f"{path or self.path}/photo",
            data={"csrf_token": found.group(1) if found else "", "line_id": (line or self.line).id, **data},
            files={"photo": ("car.jpg", content or picture(gps=True), "image/jpeg")},
            headers={"Accept": "application/json"},
        )

    def test_page(self):
        """SW2: the QR code opens the page without login; it shows the parts and nothing about money."""
        self.assertTrue(self.link.qr_code)
        page = self.url_open(self.path)
        self.assertEqual(page.status_code, 200)
        for text in ("PN-A", "PN-B", self.purchase.name, 'capture="environment"', 'accept="image/*"'):
            self.assertIn(text, page.text)
        self.assertNotIn("100.0", page.text)
        self.assertNotIn(self.supplier.name, page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(page.headers["Cache-Control"], "private, no-store")

    def test_upload(self):
        """SW2 SW7: a photo lands at its part, cleaned; the page can show it."""
        answer = self._upload()
        self.assertEqual(answer.json()["errors"], [])
        self.assertEqual(self.line.photo_ids.link_id, self.link)
        self.assertNotIn(b"PhoneMaker", self.line.photo_ids.attachment_id.sudo().raw)
        shown = self.url_open(answer.json()["photos"][0]["url"])
        self.assertEqual((shown.status_code, shown.headers["Content-Type"]), (200, "image/jpeg"))

    def test_photo_is_taken_back(self):
        """SW7: whoever took a photo through the link takes it back; photos of others stay."""
        mine = self._upload().json()["photos"][0]
        other = self.env["purchase.line.photo"].with_user(self.user)._add(self.line, picture((640, 480)), "office.jpg")
        page = self.url_open(self.path)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)
        self.assertIn(mine["remove"], page.text)
        self.assertNotIn(f"/photo/{other.id}/remove", page.text)
        foreign = self.url_open(f"{self.path}/photo/{other.id}/remove", data={"csrf_token": token})
        self.assertEqual(foreign.status_code, 404)
        for _press in range(2):
            answer = self.url_open(mine["remove"], data={"csrf_token": token})
            self.assertEqual((answer.status_code, answer.url.endswith(self.path)), (200, True))
        self.assertEqual(self.line.photo_ids, other)

    def test_each_photo_for_itself(self):
        """SW7: of two photos each is shown by its own address, and one that is none is gone."""
        photos = self.env["purchase.line.photo"].with_user(self.user)
        both = [photos._add(self.line, picture((side, 600)), "a.jpg") for side in (700, 800)]
        self.env.flush_all()
        shown = [self.url_open(f"{self.path}/photo/{photo.id}") for photo in both]
        self.assertEqual([answer.status_code for answer in shown], [200, 200])
        self.assertNotEqual(shown[0].content, shown[1].content)
        self.assertEqual(self.url_open(f"{self.path}/photo/{both[1].id + 99}").status_code, 404)

    def test_unreachable_address_is_told(self):
        """SW2: a QR code with an address of this very computer says that no phone gets there."""
        for address, unreachable in (
            ("http://localhost:8069", True),
            ("http://127.0.0.1", True),
            ("https://a.be", False),
        ):
            with patch.object(type(self.purchase), "get_base_url", lambda _order, address=address: address):
                self.link.invalidate_recordset()
                self.assertEqual(self.link.is_unreachable, unreachable)

    def test_repeated_request(self):
        """SW7: a request that Odoo repeats after a conflict still holds every photo."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.url_open(self.path).text).group(1)
        data = {"csrf_token": token, "line_id": self.line.id}
        files = [("photo", (f"{side}.jpg", picture(size=(side, 600)), "image/jpeg")) for side in (700, 800)]
        model = type(self.env["purchase.line.photo"])
        add, tries = model._add, []

        def conflict_once(photos, line, content, *args, **values):
            tries.append(content.read_bytes())
            if len(tries) == 2:
                photos.env.cr.execute("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")  # a serialization failure
            return add(photos, line, content, *args, **values)

        with mute_logger("odoo.sql_db"), patch.object(model, "_add", conflict_once):
            self.url_open(f"{self.path}/photo", data=data, files=files, headers={"Accept": "application/json"})
        self.assertEqual(tries[2:], tries[:2])
        self.assertEqual(len(self.line.photo_ids), 2)

    def test_refused_file(self):
        """SW7: a file that is no picture is refused with its reason."""
        answer = self._upload(content=b"no picture at all")
        self.assertIn("not a picture", answer.json()["errors"][0])
        self.assertFalse(self.line.photo_ids)

    def test_only_this_order(self):
        """SW2: the link reaches no line, and no photo, of another order."""
        other = self._new_purchase()
        photo = self.env["purchase.line.photo"].with_user(self.user)._add(other.order_line[0], picture(), "x.jpg")
        self.env.flush_all()
        self.assertEqual(self._upload(other.order_line[0]).status_code, 404)
        self.assertEqual(self.url_open(f"{self.path}/photo/{photo.id}").status_code, 404)
        self.assertEqual(len(other.order_line[0].photo_ids), 1)

    def test_wrong_revoked_expired(self):
        """SW2: a wrong token, a revoked and an expired link open nothing and look the same."""
        wrong = self.path[:-3] + ("abc" if not self.path.endswith("abc") else "abd")
        answers = [self.url_open(wrong)]
        answers.append(self._upload(path=wrong))
        answers.append(self.url_open(f"/workshop/{self.link.id}/%C3%A9%E2%82%AC"))
        self.link.action_revoke()
        self.env.flush_all()
        answers.append(self.url_open(self.path))
        self.assertFalse(self.link.url)
        self.link.sudo().write(
            {"link_revoked": False, "date_link_expiry": fields.Datetime.now() - timedelta(minutes=1)}
        )
        self.env.flush_all()
        answers.append(self.url_open(self.path))
        self.assertEqual([answer.status_code for answer in answers], [404] * 5)
        self.assertIn("no longer valid", answers[0].text)
        self.assertEqual(answers[3].text, answers[4].text)

    def test_renewed(self):
        """SW2: a new link replaces the old one."""
        action = self.link.action_renew()
        renewed = self.link.browse(action["res_id"])
        self.assertNotEqual(renewed, self.link)
        self.assertTrue(self.link.link_revoked)
        self.env.flush_all()
        self.assertEqual(self.url_open(self.path).status_code, 404)

    @mute_logger("odoo.http")
    def test_post_needs_its_csrf_token(self):
        """SW2: photos are taken by POST with a token, never by following a link."""
        answer = self.url_open(
            f"{self.path}/photo", data={"line_id": self.line.id}, files={"photo": ("a.jpg", picture(), "image/jpeg")}
        )
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.line.photo_ids)

    def test_links_are_for_users(self):
        """SW2: the secret part is nobody's to read; portal users and buyers without role make no links."""
        with self.assertRaises(AccessError):
            self.link.read(["access_link_nonce"])
        buyer = self._new_user("link-buyer", "purchase.group_purchase_user")
        with self.assertRaises(AccessError):
            self.purchase.with_user(buyer).action_open_workshop_link()
        portal = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "link-portal",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
            }
        )
        for model in (
            "purchase.photo.link",
            "purchase.line.photo",
            "supplier.exchange",
            "credit.account",
            "credit.transaction",
        ):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(portal).search([])

    def test_gallery_upload(self):
        """SW7: the gallery's upload checks the right to change the line."""
        url = f"/supplier_webservice_order/photos/{self.line.id}"
        self.authenticate("parts-user", "parts-user")
        token = self._csrf_token()
        answer = self.url_open(
            url,
            data={"csrf_token": token},
            files=[("ufile", ("a.jpg", picture(), "image/jpeg")), ("ufile", ("b.jpg", b"x", "image/jpeg"))],
        )
        values = json.loads(answer.text)
        self.assertEqual((len(values["photos"]), len(values["errors"])), (1, 1))
        company = self.env["res.company"].create({"name": "Other"})
        self._new_user("gallery-stranger", "supplier_webservice_order.group_supplier_webservice_order_user", company)
        self.authenticate("gallery-stranger", "gallery-stranger")
        token = self._csrf_token()
        answer = self.url_open(
            url, data={"csrf_token": token}, files={"ufile": ("c.jpg", picture((9, 9)), "image/jpeg")}
        )
        self.assertEqual(answer.status_code, 403)

    def _csrf_token(self):
        import hashlib
        import hmac
        import time

        session = self.session
        stamp = int(time.time() + 3600)
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        message = f"{session.sid[:42]}{stamp}".encode()
        return f"{hmac.new(secret.encode('ascii'), message, hashlib.sha1).hexdigest()}o{stamp}"
