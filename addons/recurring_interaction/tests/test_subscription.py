from odoo import Command, http
from odoo.tests import HttpCase, new_test_user, tagged

from ..controllers.portal import SubscriptionPortal
from .test_contract import ContractCase


@tagged("post_install", "-at_install")
class TestSubscription(ContractCase, HttpCase):
    """The customer's own page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.is_company = True
        cls.clara = new_test_user(cls.env, "ri_clara", "base.group_portal")
        cls.clara.partner_id.parent_id = cls.customer
        cls.victor = new_test_user(cls.env, "ri_victor", "base.group_portal")
        cls.victor.partner_id.parent_id = cls.other_customer

    def setUp(self):
        super().setUp()
        self.pattern = self._subscription(
            date_start="2026-02-01", contract_months=12, notice_days=30, name="Roof care",
            customer_ids=[Command.set(self.other_customer.ids)],
        )  # fmt: skip
        self.move = self._issued(self.pattern, "2026-02")

    def _open(self, path="", user="ri_clara"):
        self.authenticate(user, user)
        return self.url_open(f"/my/subscriptions{path}")

    def test_own_contracts(self):
        """RI+6: next date, amount, invoices and the last day of notice; the list and the page of each."""
        self.assertIn("Roof care", self._open().text)
        page = self._open(f"/{self.pattern.id}").text
        for text in (
            "04/01/2026",
            "310.00",
            "01/01/2027",
            self.move.name,
            f"/my/invoices/{self.move.id}",
            "/my/account",
        ):
            self.assertIn(text, page)
        self.assertIn("/my/subscriptions", self.url_open("/my/home").text)

    def test_further_customer(self):
        """RI+6: who gets invoices from the same pattern sees the own ones, not the first customer's."""
        page = self._open(f"/{self.pattern.id}", "ri_victor").text
        issue = self.pattern.recurrence_id.interaction_ids.interaction_invoice_ids.filtered(
            lambda item: item.partner_id == self.other_customer
        )
        self.assertIn(issue.move_id.name, page)
        self.assertNotIn(self.move.name, page)
        self.assertNotIn("Ask to end it", page, "the contract is the first customer's")

    def test_each_contract_has_its_page(self):
        """RI+6: a customer with two contracts sees each on its own page; a number of neither is none."""
        second = self._subscription(name="Garden care")
        for pattern, text, other in ((self.pattern, "Roof care", "Garden care"), (second, "Garden care", "Roof care")):
            page = self._open(f"/{pattern.id}").text
            self.assertIn(text, page)
            self.assertNotIn(other, page)
        self.assertEqual(self._open("/999999999").status_code, 404)

    def test_many_contracts(self):
        """RI+6: more contracts than a page holds come in pages, and each costs little: no query of its own."""
        names = [f"Care {number:02}" for number in range(6)]
        for name in names:
            self._subscription(name=name)
        self.patch(SubscriptionPortal, "_items_per_page", 4)
        pages = [self._open().text, self._open("/page/2").text]
        shown = [[name for name in ["Roof care", *names] if name in page] for page in pages]
        self.assertEqual(shown, [["Roof care", *names[:3]], names[3:]])
        contracts = self.env["recurring.invoice"]._subscriptions_of(self.clara.partner_id)
        counts = []
        for number in (1, 7):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            contracts[:number]._prepare_subscription_rows(self.clara.partner_id)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_strangers(self):
        """RI+6: others get the same answer as for what does not exist, for looking and for asking."""
        new_test_user(self.env, "ri_mallory", "base.group_portal")
        for path in (f"/{self.pattern.id}", "/999999999"):
            self.assertEqual(self._open(path, "ri_mallory").status_code, 404)
        self.assertNotIn("Roof care", self._open("", "ri_mallory").text)
        self.assertEqual(self._ask(self.pattern, "ri_mallory").status_code, 404)
        self.assertFalse(self.pattern.date_cancel_asked)

    def _ask(self, pattern, user="ri_clara", reason="We close <b>the mill</b>"):
        self.authenticate(user, user)
        data = {"csrf_token": http.Request.csrf_token(self), "reason": reason}
        return self.url_open(f"/my/subscriptions/{pattern.id}/cancel", data=data)

    def test_ask_to_cancel(self):
        """RI+6: the responsible is told once, nothing ends by it; the company may leave the form out."""
        for _twice in range(2):
            self.assertIn("You asked to end", self._ask(self.pattern).text)
        warnings = self.env["mail.activity"].search([("summary", "=like", "%wants to end the contract")])
        self.assertEqual((len(warnings), warnings.user_id), (1, self.pattern.user_id))
        self.assertIn("the mill", str(warnings.note))
        self.assertNotIn("<b>", str(warnings.note))
        self.assertEqual(str(self.pattern.date_cancel_asked), "2026-03-02")
        self.assertFalse(self.pattern.date_notice_given)

        other = self._subscription(name="Other care")
        self.env.company.recurring_portal_cancel = False
        self.assertNotIn("Ask to end it", self._open(f"/{other.id}").text)
        self._ask(other)
        self.assertFalse(other.date_cancel_asked)
