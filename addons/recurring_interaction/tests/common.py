import datetime

from freezegun import freeze_time
from odoo import Command
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.tests import TransactionCase, new_test_user

#: A Monday; tests that depend on "today" freeze it to this day.
TODAY = datetime.date(2026, 3, 2)
GROUPS = "base.group_user,recurring_interaction.group_recurring_interaction_{}"


class RecurringMixin:
    """Recurrences and users that all tests share."""

    @classmethod
    def _freeze(cls, day=TODAY):
        freezer = freeze_time(f"{day} 10:00:00")
        freezer.start()
        cls.addClassCleanup(freezer.stop)

    def _travel(self, moment):
        """Make it another day or moment until the end of the test."""
        freezer = freeze_time(moment)
        freezer.start()
        self.addCleanup(freezer.stop)

    @classmethod
    def _make_users(cls):
        cls.own_user = new_test_user(cls.env, "ri_own", GROUPS.format("user"), tz="Europe/Brussels")
        cls.team_user = new_test_user(cls.env, "ri_team", GROUPS.format("team"), tz="Europe/Brussels")
        cls.manager = new_test_user(cls.env, "ri_manager", GROUPS.format("manager"), tz="Europe/Brussels")

    @classmethod
    def _make_recurrence(cls, **values):
        """Return a weekly recurrence on Tuesday and Thursday, ten times."""
        days = {name: name in ("tue", "thu") for name in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
        return cls.env["recurring.recurrence"].create(
            {
                "name": "Call back customers",
                "freq": "weekly",
                "date_start": TODAY,
                "end_type": "count",
                "count": 10,
                "tz": "Europe/Brussels",
                "user_id": cls.env.uid,
                **days,
                **values,
            }
        )

    @staticmethod
    def _days(recurrence):
        """Return the days of the open interactions as text."""
        planned = recurrence.interaction_ids.filtered(lambda item: item.state == "planned")
        return [str(item.day) for item in planned.sorted("day")]


class RecurringCase(RecurringMixin, TransactionCase):
    """Interactions only, no accounting."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._freeze()
        cls.env = cls.env(context={**cls.env.context, "tz": "Europe/Brussels"})
        cls._make_users()
        cls.customer = cls.env["res.partner"].create({"name": "Atelier Bois", "email": "atelier@example.com"})


class InvoiceCase(RecurringMixin, AccountTestInvoicingCommon):
    """Recurring invoices, on a company with a chart of accounts of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._freeze()
        cls.env.user.group_ids += cls.env.ref("recurring_interaction.group_recurring_interaction_manager")
        cls.customer = cls.env["res.partner"].create(
            {"name": "Atelier Bois", "email": "atelier@example.com", "lang": "en_US"}
        )
        cls.other_customer = cls.env["res.partner"].create({"name": "Bureau Vert", "email": "vert@example.com"})

    @classmethod
    def _make_pattern(cls, **values):
        """Return the pattern of an invoice on every first Tuesday, six times, from today on."""
        lines = values.pop("lines", None) or [
            Command.create({"product_id": cls.product_a.id, "name": "Maintenance {month_year}", "price_unit": 100.0}),
            Command.create({"product_id": cls.product_b.id, "quantity": 2, "price_unit": 50.0}),
        ]
        return cls.env["recurring.invoice"].create(
            {
                "partner_id": cls.customer.id,
                "invoice_line_ids": lines,
                "name": "Maintenance subscription",
                "freq": "monthly",
                "month_by": "weekday",
                "week": "1",
                "weekday": "1",
                "date_start": TODAY,
                "end_type": "count",
                "count": 6,
                "user_id": cls.env.uid,
                **values,
            }
        )

    @classmethod
    def _make_due(cls, **values):
        """Return a generated pattern and its interaction that is due today."""
        pattern = cls._make_pattern(**{"date_start": "2026-02-03", "count": 1, **values})
        pattern.recurrence_id._generate()
        return pattern, pattern.recurrence_id.interaction_ids
