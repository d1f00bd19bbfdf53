"""The dossier as one document."""

from unittest.mock import patch

from odoo.addons.base_safeguard.tests.test_languages import take_language_away
from odoo.tests import HttpCase, tagged

from .common import DossierCommon


@tagged("post_install", "-at_install")
class TestDossierDocument(DossierCommon, HttpCase):
    """SD+10, SD7: everything that the reader may see, and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user, audience in (
            (cls.dealer, "internal"),
            (cls.employee, "staff"),
            (cls.dealer, "company"),
            (cls.employee, "everyone"),
        ):
            cls.post(
                cls,
                user,
                "attachment",
                audience=audience,
                body=f"<p>text for {audience}</p>",
                files=[(f"{audience}.txt", b"x")],
            )
        cls.guest = cls._make_portal_user("sd_reader_guest", "Gus", cls.other_customer)
        cls.dossier.message_subscribe(partner_ids=cls.guest.partner_id.ids)
        cls.words = ("internal", "staff", "company", "everyone")

    def document(self, user, *, sudo=False):
        """Return the document's HTML for a user."""
        report = self.env["ir.actions.report"].with_user(user).sudo(sudo)
        return report._render_qweb_html("service_dossier.report_dossier", self.dossier.ids)[0].decode()

    def test_each_reader(self):
        """SD7: employees find no internal message, customers none of the staff's, guests what is for everybody."""
        self.dossier.sudo().communication_ids.read()
        for user, seen in (
            (self.employee, {"staff", "company", "everyone"}),
            (self.manager, {"staff", "company", "everyone"}),
            (self.dealer, {"internal", "company", "everyone"}),
            (self.colleague, {"internal", "company", "everyone"}),
            (self.guest, {"everyone"}),
        ):
            html = self.document(user, sudo=True)
            for word in self.words:
                with self.subTest(user=user.login, word=word):
                    self.assertEqual(f"text for {word}" in html, word in seen)
                    self.assertEqual(f"{word}.txt" in html, word in seen)

    def test_languages_that_were_taken_away(self):
        """SD7, SD+8: who speaks a language that is gone is mailed, gets warranty documents, and orders."""
        customer = self.dealer.partner_id
        dossier = self._make_dossier()
        warranty = self.make_warranty(dossier_id=dossier.id)
        take_language_away(customer + self.colleague.partner_id)
        known = self.all_mails()
        self.post(self.employee, dossier=dossier)
        self.post(self.dealer, dossier=dossier, audience="internal")
        self.assertLessEqual(customer + self.colleague.partner_id, self.new_mails(known).recipient_ids)
        report = self.env["ir.actions.report"]
        html = report._render_qweb_html("service_dossier.report_warranty_document", dossier.ids)[0].decode()
        self.assertIn(warranty.name, html)
        line = self.env["service.dossier.line"].new({"dossier_id": dossier.id, "warranty_id": warranty.id})
        self.assertIn(warranty.name, line._prepare_order_line_values()["name"])

    def test_printed_by_a_program(self):
        """SD7: a document that an automation prints has no reader: it holds what everybody may read."""
        html = self.document(self.env.ref("base.user_root"))
        self.assertEqual([word for word in self.words if f"text for {word}" in html], ["everyone"])

    def test_portal(self):
        """SD+10: the customer downloads it; to others the dossier does not exist."""
        Report = type(self.env["ir.actions.report"])
        rendered = []

        def render(report, ref, ids, data=None):
            rendered.append(report._render_qweb_html(ref, ids, data)[0].decode())
            return b"%PDF-1.4 dossier", "pdf"

        path = f"/my/dossiers/{self.dossier.id}/pdf"
        for user, status in ((self.dealer, 200), (self.stranger, 404)):
            user.sudo().password = user.login
            self.authenticate(user.login, user.login)
            with patch.object(Report, "_render_qweb_pdf", render):
                response = self.url_open(path)
            self.assertEqual(response.status_code, status)
        self.assertEqual(len(rendered), 1)
        self.assertIn("text for internal", rendered[0])
        self.assertNotIn("text for staff", rendered[0])
