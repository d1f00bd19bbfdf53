from unittest.mock import patch

from odoo.fields import Domain
from odoo.tests import tagged

from ..models import recurring_interaction_issue
from .common import InvoiceCase


@tagged("post_install", "-at_install")
class TestShares(InvoiceCase):
    """Several scheduled actions issue at once, each what the others do not hold."""

    def _due_monthly(self, customer, **values):
        """Return the three dates, all due, of a monthly invoice in automatic mode."""
        pattern = self._make_pattern(
            partner_id=customer.id, month_by="day", month_day=1, date_start="2026-01-01", count=3, auto_issue=True,
            **values,
        )  # fmt: skip
        pattern.recurrence_id._generate()
        return pattern.recurrence_id.interaction_ids.sorted("day")

    def _run(self, name="ir_cron_issue_invoices"):
        with self.enter_registry_test_mode():
            self.env.ref(f"recurring_interaction.{name}").method_direct_trigger()
        self.env.invalidate_all()

    def _customers(self, number):
        return self.env["res.partner"].create(
            [{"name": f"Customer {count}", "email": f"c{count}@example.com"} for count in range(number)]
        )

    def test_missed_dates_of_many(self):
        """RI+5: *one invoice for all of them* is one, however many other dates are due between them."""
        self.patch(recurring_interaction_issue, "ISSUE_BATCH", 2)
        items = [self._due_monthly(customer, missed_mode="one") for customer in self._customers(3)]
        self._run()
        for interactions in items:
            self.assertEqual(set(interactions.mapped("state")), {"done"})
            self.assertEqual(len(interactions.interaction_invoice_ids.move_id), 1)
            self.assertEqual(str(interactions.interaction_invoice_ids.move_id.invoice_date), "2026-03-01")

    def test_held_by_somebody_else(self):
        """RI+5: where somebody holds one of the missed dates, the others wait for it; other recurrences go on."""
        one, each = (self._due_monthly(self.customer, missed_mode=mode) for mode in ("one", "each"))
        held = one[1] + each[1]
        plain = type(one).try_lock_for_update

        def locked(records, **options):
            return plain(records - held if records._name == "recurring.interaction" else records, **options)

        with patch.object(type(one), "try_lock_for_update", locked):
            self._run()
        self.assertEqual(set(one.mapped("state")), {"planned"})
        self.assertFalse(one.interaction_invoice_ids.move_id)
        self.assertEqual(each.mapped("state"), ["done", "planned", "done"])
        self._run()
        self.assertEqual(len(one.interaction_invoice_ids.move_id), 1)
        self.assertEqual(len(each.interaction_invoice_ids.move_id), 3)

    def test_every_date_is_of_one_share(self):
        """RI+3: the shares are all of the dates, and none twice; the database and the filter agree."""
        items = self.env["recurring.interaction"].union(*(self._due_monthly(item) for item in self._customers(4)))
        orphan = items[0].copy({"partner_id": False, "recurrence_id": False})
        items += orphan
        number = recurring_interaction_issue.ISSUE_SHARES
        shares = [items._share_domain(share, number) for share in range(number)]
        found = [items.search(Domain("id", "in", items.ids) & share) for share in shares]
        self.assertEqual(found, [items.filtered_domain(share).sorted() for share in shares])
        self.assertEqual(sum(map(len, found)), len(items))
        self.assertEqual(items.union(*found), items)
        self.assertTrue(all(found), "each has something to do")
        self.assertEqual(len({len(item.partner_id) for item in found[1]}), 1)

    def test_one_of_them_is_enough(self):
        """RI+3: what one leaves the other issues, so that an action that is switched off costs nobody a bill."""
        for name in ("ir_cron_issue_invoices", "ir_cron_issue_invoices_beside"):
            items = self.env["recurring.interaction"].union(*(self._due_monthly(item) for item in self._customers(4)))
            self._run(name)
            self.assertEqual(set(items.mapped("state")), {"done"})
            self.assertEqual(len(items.interaction_invoice_ids.move_id), 12)

    def test_own_share_first(self):
        """RI+3: each begins with customers of its own."""
        self.patch(recurring_interaction_issue, "ISSUE_BATCH", 1)
        seen, plain = [], self.env.registry["recurring.interaction"]._issue
        self.patch(
            self.env.registry["recurring.interaction"],
            "_issue",
            lambda records: seen.extend(records.partner_id.ids) or plain(records),
        )
        for share, name in enumerate(("ir_cron_issue_invoices", "ir_cron_issue_invoices_beside")):
            for customer in self._customers(4):
                self._due_monthly(customer)
            seen.clear()
            self._run(name)
            own = [number % recurring_interaction_issue.ISSUE_SHARES == share for number in seen]
            self.assertEqual(own, [True, True, False, False] * 3, "day by day")

    def test_numbers_go_up_with_dates(self):
        """RI+5: after an outage the invoices of January have lower numbers than those of February, over all shares."""
        items = self.env["recurring.interaction"].union(*(self._due_monthly(item) for item in self._customers(4)))
        self._run("ir_cron_issue_invoices_beside")
        moves = items.interaction_invoice_ids.move_id.sorted("sequence_number")
        self.assertEqual(moves.mapped("invoice_date"), sorted(moves.mapped("invoice_date")))
