from odoo.tests import TransactionCase, tagged

from ..languages import installed_language


def take_language_away(partners):
    """Let contacts speak a language that was taken away while they were in the archive."""
    partners.flush_recordset(["lang"])
    partners.env.cr.execute("UPDATE res_partner SET lang = 'eo' WHERE id = ANY(%s)", (partners.ids,))
    partners.invalidate_recordset(["lang"])


@tagged("post_install", "-at_install")
class TestLanguages(TransactionCase):
    """Nobody is told nothing because a language is gone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Ludoviko", "email": "ludoviko@example.com"})
        take_language_away(cls.partner)

    def test_the_first_that_is_there(self):
        """OS+5: of several languages the first that is installed counts, else the context's, else English."""
        self.assertEqual(installed_language(self.env, "eo", None, "en_US"), "en_US")
        self.assertEqual(installed_language(self.env(context={"lang": "eo"}), False), "en_US")
        self.env["res.lang"].with_context(active_test=False).search([("code", "=", "en_GB")]).active = True
        self.assertEqual(installed_language(self.env(context={"lang": "en_GB"}), "eo"), "en_GB")
        self.assertEqual(installed_language(self.env(context={"lang": "en_GB"}), "en_US"), "en_US")

    def test_templates(self):
        """OS+5: a template's mail, Odoo's own among them, goes out though its language is gone."""
        template = self.env["mail.template"].create(
            {
                "name": "Hello",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "lang": "{{ object.lang }}",
                "subject": "Hello {{ object.name }}",
                "body_html": '<p t-out="format_date(datetime.date(2030, 1, 2))"/>',
                "partner_to": "{{ object.id }}",
            }
        )
        mail = self.env["mail.mail"].browse(
            template.send_mail(self.partner.id, email_layout_xmlid="mail.mail_notification_light")
        )
        self.assertEqual(mail.subject, "Hello Ludoviko")
        self.assertIn("01/02/2030", mail.body_html)

    def test_from_the_archive(self):
        """OS+5: a contact that comes back from the archive speaks a language that is there, or none."""
        other = self.env["res.partner"].create({"name": "Somebody", "lang": "en_US"})
        (self.partner + other).active = False
        (self.partner + other).active = True
        self.assertEqual((self.partner.lang, other.lang), (False, "en_US"))
