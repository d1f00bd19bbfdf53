from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import GROUPS, InvoiceCase

NAMES = {"fields": {"display_name": {}}}


@tagged("post_install", "-at_install")
class TestWindows(InvoiceCase):
    """The windows of the addon, pointed at records of another company by a valid id."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pattern = cls._make_pattern(name="Their secret subscription")
        company = cls.env["res.company"].create({"name": "Elsewhere"})
        groups = GROUPS.format("manager") + ",account.group_account_invoice"
        cls.foreigner = new_test_user(
            cls.env, "ri_foreigner", groups, company_id=company.id, company_ids=[Command.set(company.ids)]
        )

    def test_nothing_is_told_of_others_records(self):
        """RI+4: not by default, in an open form, when it is made, nor when it is changed: not even the name."""
        recurrence, invoice = self.pattern.recurrence_id.id, self.pattern.id
        for name, field, id_, values in (
            ("recurring.generate", "recurrence_id", recurrence, {}),
            ("recurring.rule.import", "recurrence_id", recurrence, {"text": "FREQ=DAILY"}),
            ("recurring.notice", "invoice_id", invoice, {}),
            ("recurring.pause", "invoice_id", invoice, {"date_to": "2030-01-01", "reason": "Works"}),
        ):
            window = self.env[name].with_user(self.foreigner)
            spec = {field: NAMES}
            for way in (
                lambda window=window, field=field, id_=id_, spec=spec: window.onchange({field: id_}, [field], spec),
                lambda window=window, field=field, id_=id_, spec=spec: window.with_context(
                    **{f"default_{field}": id_}
                ).onchange({}, [], spec),
                lambda window=window, field=field, id_=id_, values=values, spec=spec: window.web_save(
                    {field: id_, **values}, spec
                ),
            ):
                with self.subTest(window=name), self.assertRaises(AccessError):
                    self.env.invalidate_all()
                    way()

    def test_who_may_see_it_works_on_it(self):
        """RI+4: the same ways are open to the people of the company."""
        spec = {"invoice_id": NAMES}
        for window in (self.env["recurring.notice"], self.env["recurring.pause"]):
            form = window.onchange({"invoice_id": self.pattern.id}, ["invoice_id"], spec)
            self.assertNotIn("warning", form)

    def test_whose_feed_would_not_open_gets_no_address(self):
        """RI+9: an address is made for the role whose feed opens, and for nobody else."""
        plain = new_test_user(self.env, "ri_plain", "base.group_user")
        with self.assertRaises(AccessError):
            self.env["recurring.feed"].with_user(plain)._issue_token()
