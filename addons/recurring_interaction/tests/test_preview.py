from odoo.tests import HttpCase, new_test_user, tagged

from .common import InvoiceCase


@tagged("post_install", "-at_install")
class TestPreview(InvoiceCase, HttpCase):
    """The PDF that will be made."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pattern = cls._make_pattern()
        cls.recurrence = cls.pattern.recurrence_id

    def test_preview_leaves_nothing(self):
        """RI8: the preview is the invoice's own report with the next date, and leaves nothing behind."""
        action = self.pattern.action_preview()
        self.assertEqual(action["url"], f"/recurring_interaction/preview/{self.recurrence.id}")
        before = self.env["account.move"].search_count([])
        content = self.recurrence.with_context(force_report_rendering=False)._preview_pdf()
        self.assertIn(b"Maintenance March 2026", content)
        self.assertIn(b"Atelier Bois", content)
        self.assertEqual(self.env["account.move"].search_count([]), before)
        self.assertFalse(self.recurrence.interaction_ids)

    def test_preview_needs_lines(self):
        """RI8: what is missing is said instead of an empty PDF."""
        self.pattern.invoice_line_ids.unlink()
        self.authenticate(self.env.user.login, self.env.user.login)
        answer = self.url_open(f"/recurring_interaction/preview/{self.recurrence.id}")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Add at least one product", answer.text)

    def test_preview_is_private(self):
        """RI8: nobody else's preview: not without a login, not without Invoicing, not what does not exist."""
        url = f"/recurring_interaction/preview/{self.recurrence.id}"
        self.assertIn("/web/login", self.url_open(url).url)
        new_test_user(self.env, "ri_plain", "base.group_user")
        self.authenticate("ri_plain", "ri_plain")
        self.assertEqual(self.url_open(url).status_code, 404)
        self.authenticate(self.env.user.login, self.env.user.login)
        self.assertEqual(self.url_open("/recurring_interaction/preview/999999").status_code, 404)
