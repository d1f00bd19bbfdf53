from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import InvoiceCase

LOGGER = "odoo.addons.recurring_interaction.models.recurring_interaction_invoice"


@tagged("post_install", "-at_install")
class TestReplaced(InvoiceCase):
    """What an invoice was agreed with and is replaced since, archived or not: a person is asked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        taxes = cls.env["account.tax"]
        cls.old = taxes.create({"name": "VAT 19", "amount": 19.0, "type_tax_use": "sale"})
        cls.new = taxes.create({"name": "VAT 21", "amount": 21.0, "type_tax_use": "sale"})
        cls.old_included, cls.new_included = taxes.create(
            [
                {"name": f"{rate:g} incl", "amount": rate, "type_tax_use": "sale",
                 "price_include_override": "tax_included"}
                for rate in (19.0, 21.0)
            ]
        )  # fmt: skip
        cls.service = cls.env["product.product"].create(
            {"name": "Service", "list_price": 100.0, "taxes_id": [Command.set(cls.old.ids)]}
        )
        cls.seat = cls.env["product.product"].create(
            {"name": "Seat", "list_price": 119.0, "taxes_id": [Command.set(cls.old_included.ids)]}
        )

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(LOGGER))

    def _due(self, product=None, **values):
        line = {"product_id": (product or self.service).id, **values.pop("line", {})}
        pattern, interaction = self._make_due(lines=[Command.create(line)], **values)
        self.env.flush_all()
        return pattern, interaction

    def _waits(self, interaction, *words):
        """The invoice is not made, and the reason names these words."""
        self.env.flush_all()
        self.env.invalidate_all()
        interaction.action_issue()
        self.assertFalse(interaction.interaction_invoice_ids.move_id)
        for word in words:
            self.assertIn(word, interaction.failure_reason)

    def _bills(self, interaction):
        interaction.action_issue()
        move = interaction.interaction_invoice_ids.move_id
        self.assertTrue(move, interaction.failure_reason)
        return move

    def test_replaced_tax(self):
        """RI9: a product gets another tax, the old one lives on: nothing is billed with either until a person says."""
        pattern, interaction = self._due()
        self.service.taxes_id = self.new
        self._waits(interaction, "Service", "VAT 21", "VAT 19")
        self.assertTrue(pattern.is_outdated)
        self.assertIn(pattern, self.env["recurring.invoice"].search([("is_outdated", "=", True)]))
        pattern.action_take_anew()
        self.assertFalse(pattern.is_outdated)
        self.assertEqual(self._bills(interaction).amount_total, 121.0)

    def test_kept_as_agreed(self):
        """RI9: *keep as agreed* goes on with what was agreed, and asks again when it is replaced again."""
        pattern, interaction = self._due(count=2)
        first, second = interaction.sorted("day")
        self.service.taxes_id = self.new
        self._waits(first, "VAT 21")
        pattern.action_keep_agreed()
        self.assertFalse(pattern.is_outdated)
        self.assertEqual(self._bills(first).amount_total, 119.0)
        self.service.taxes_id = self.new_included
        self.assertIn("21 incl", second.obstacle)

    def test_who_decides(self):
        """RI9: it is for people of Invoicing to say so."""
        pattern, _interaction = self._due()
        for groups in ("base.group_user", "base.group_user,recurring_interaction.group_recurring_interaction_manager"):
            user = new_test_user(self.env, f"ri_{len(groups)}", groups)
            for name in ("action_keep_agreed", "action_take_anew"):
                with self.subTest(groups + name), self.assertRaises(AccessError), self.cr.savepoint():
                    getattr(pattern.with_user(user), name)()

    def test_chosen_by_hand(self):
        """RI9: a tax that is by hand what the product has now needs no question; another one does."""
        ahead, first = self._due(line={"tax_ids": [Command.set(self.new.ids)]})
        apart, second = self._due(line={"tax_ids": [Command.set(self.new_included.ids)]})
        self.assertFalse((ahead + apart).filtered("is_outdated"), "by hand is agreed")
        self.service.taxes_id = self.new
        (ahead + apart).invalidate_recordset(["is_outdated", "outdated_reason"])
        self.assertEqual((ahead + apart).filtered("is_outdated"), apart)
        self.assertEqual(self._bills(first).invoice_line_ids.tax_ids, self.new)
        self._waits(second, "VAT 21", "21 incl")
        apart.invoice_line_ids.tax_ids = self.new
        self.assertEqual(self._bills(second).invoice_line_ids.tax_ids, self.new)

    def test_replaced_mapping(self):
        """RI9: the fiscal position maps to another tax now."""
        abroad = self.env["account.fiscal.position"].create({"name": "Abroad"})
        zero, one = self.env["account.tax"].create(
            [{"name": name, "amount": 0.0, "type_tax_use": "sale"} for name in ("Zero", "Exempt")]
        )
        zero.write({"fiscal_position_ids": abroad.ids, "original_tax_ids": self.old.ids})
        self.customer.property_account_position_id = abroad
        pattern, interaction = self._due()
        self.assertEqual(pattern.invoice_line_ids.tax_ids, zero)
        zero.write({"fiscal_position_ids": [Command.clear()], "original_tax_ids": [Command.clear()]})
        one.write({"fiscal_position_ids": abroad.ids, "original_tax_ids": self.old.ids})
        self._waits(interaction, "Exempt", "Zero")
        pattern.action_take_anew()
        self.assertEqual(self._bills(interaction).invoice_line_ids.tax_ids, one)

    def test_replaced_account(self):
        """RI9: the product's income account is another one now."""
        pattern, interaction = self._due()
        old = pattern.invoice_line_ids.account_id
        self.service.property_account_income_id = old.copy({"code": "499998", "name": "Care"})
        self._waits(interaction, "499998", old.code)
        pattern.action_keep_agreed()
        self.assertEqual(self._bills(interaction).invoice_line_ids.account_id, old)

    def test_replaced_terms_of_the_customer(self):
        """RI9: payment term, delivery address, payment method and bank account of the day of the agreement."""
        company = self.env.company.partner_id
        bank = self.env["res.partner.bank"].create({"acc_number": "BE71096123456769", "partner_id": company.id})
        self.customer.property_payment_term_id = self.pay_terms_a
        pattern, interaction = self._due(count=2)
        self.assertEqual(pattern.partner_bank_id, bank)
        self.customer.property_payment_term_id = self.pay_terms_b
        self._waits(interaction[0], self.pay_terms_a.name, self.pay_terms_b.name)
        self.customer.property_payment_term_id = self.pay_terms_a
        dock = self.env["res.partner"].create({"name": "Dock", "parent_id": self.customer.id, "type": "delivery"})
        self._waits(interaction[0], "Dock")
        dock.type = "other"
        other = self.env["res.partner.bank"].create(
            {"acc_number": "BE68539007547034", "partner_id": company.id, "sequence": 1}
        )
        bank.sequence = 2
        self._waits(interaction[0], other.display_name, bank.display_name)
        pattern.action_take_anew()
        self.assertEqual(self._bills(interaction[0]).partner_bank_id, other)

    def test_replaced_currency(self):
        """RI9: the journal has another currency now; nobody is billed 100 of another money."""
        euro = self.setup_other_currency("EUR", rates=[("2026-01-01", 2.0)])
        for mode in ("agreed", "day"):
            journal = self.company_data["default_journal_sale"].copy({"name": mode, "code": mode.upper()[:5]})
            _pattern, interaction = self._due(journal_id=journal.id, terms_mode=mode)
            journal.currency_id = euro
            self._waits(interaction, "EUR")

    def test_day_asks_nobody(self):
        """RI9: *as they are on the day* takes what is there, of its own accord."""
        _pattern, interaction = self._due(terms_mode="day")
        self.service.taxes_id = self.new
        self.customer.property_payment_term_id = self.pay_terms_b
        move = self._bills(interaction)
        self.assertEqual((move.amount_total, move.invoice_payment_term_id), (121.0, self.pay_terms_b))

    def test_another_customer_of_the_invoice(self):
        """RI9: who types another customer, product or tax has seen what it is now: nobody is asked."""
        pattern, _interaction = self._due()
        self.other_customer.property_payment_term_id = self.pay_terms_b
        pattern.partner_id = self.other_customer
        pattern.invoice_line_ids.product_id = self.seat
        self.assertFalse(pattern.outdated_reason)

    def test_gross_price_stays(self):
        """RI9: 119 with tax included is 119 when its tax is replaced and terms are taken anew: it was agreed."""
        pattern, interaction = self._due(self.seat)
        self.seat.taxes_id = self.new_included
        pattern.action_take_anew()
        line = pattern.invoice_line_ids
        self.assertEqual((line.price_unit, line.tax_ids), (119.0, self.new_included))
        self.assertEqual(self._bills(interaction).amount_total, 119.0)

    def test_price_between_included_and_not(self):
        """RI9: from included to not included and back the net price of 100 stays, whoever takes it."""
        for mode in ("agreed", "day"):
            self.seat.taxes_id = self.old_included
            pattern, interaction = self._due(self.seat, terms_mode=mode)
            self.seat.taxes_id = self.new
            if mode == "agreed":
                pattern.action_take_anew()
                self.assertAlmostEqual(pattern.invoice_line_ids.price_unit, 100.0)
            self.assertEqual(self._bills(interaction).amount_total, 121.0)

    def test_gross_price_of_an_exempt_customer(self):
        """RI9: exempt and agreed at 100 net of 119; the tax is replaced: still 100, and 119 when he is not exempt."""
        export = self.env["account.fiscal.position"].create({"name": "Export"})
        self.env["account.tax"].create(
            {"name": "Zero", "amount": 0.0, "type_tax_use": "sale", "fiscal_position_ids": export.ids,
             "original_tax_ids": (self.old_included + self.new_included).ids}
        )  # fmt: skip
        self.customer.property_account_position_id = export
        pattern, _interaction = self._due(self.seat)
        self.assertEqual(pattern.amount_total, 100.0)
        pattern.fiscal_position_id = False
        pattern.action_update_fpos_values()
        self.assertEqual(pattern.amount_total, 119.0)
        pattern.fiscal_position_id = export
        pattern.action_update_fpos_values()
        self.assertEqual(pattern.amount_total, 100.0)
        self.seat.taxes_id = self.new_included
        pattern.fiscal_position_id = False
        pattern.action_update_fpos_values()
        self.assertEqual(pattern.amount_total, 119.0)
