import types

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import InvoiceCase

LOGGER = "odoo.addons.recurring_interaction.models.recurring_interaction_invoice"


@tagged("post_install", "-at_install")
class TestTerms(InvoiceCase):
    """One way to a price and its taxes for every customer, and what becomes of master data that changes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        taxes = cls.env["account.tax"]
        cls.old = taxes.create({"name": "VAT 19", "amount": 19.0, "type_tax_use": "sale"})
        cls.included = taxes.create(
            {"name": "20 incl", "amount": 20.0, "type_tax_use": "sale", "price_include_override": "tax_included"}
        )
        cls.export = cls.env["account.fiscal.position"].create({"name": "Export"})
        cls.zero = taxes.create(
            {"name": "Zero", "amount": 0.0, "type_tax_use": "sale",
             "fiscal_position_ids": [Command.set(cls.export.ids)],
             "original_tax_ids": [Command.set((cls.old + cls.included).ids)]}
        )  # fmt: skip
        cls.service = cls.env["product.product"].create(
            {"name": "Service", "list_price": 100.0, "taxes_id": [Command.set(cls.old.ids)]}
        )
        cls.seat = cls.env["product.product"].create(
            {"name": "Seat", "list_price": 120.0, "taxes_id": [Command.set(cls.included.ids)]}
        )

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(LOGGER))

    def _issue(self, **values):
        """Return the invoices of one date, by customer."""
        _pattern, interaction = self._make_due(**values)
        interaction.action_issue()
        return {issue.partner_id: issue.move_id for issue in interaction.interaction_invoice_ids}

    def _line(self, **values):
        return [Command.create(values)]

    # Further customers

    def test_line_without_product(self):
        """RI+5: the fiscal position of a further customer reaches lines without a product: 120, not 144."""
        self.other_customer.property_account_position_id = self.export
        moves = self._issue(
            customer_ids=[Command.set(self.other_customer.ids)],
            lines=self._line(name="By hand", price_unit=120.0, tax_ids=[Command.set(self.old.ids)]),
        )
        self.assertEqual(moves[self.customer].amount_total, 142.8)
        self.assertEqual(moves[self.other_customer].amount_total, 120.0)
        self.assertEqual(moves[self.other_customer].invoice_line_ids.tax_ids, self.zero)

    def test_tax_included(self):
        """RI+5: a price with tax included is 100 for who is exempt, as typed into Odoo, and 120 for the others."""
        self.other_customer.property_account_position_id = self.export
        values = {"customer_ids": [Command.set(self.other_customer.ids)], "lines": self._line(product_id=self.seat.id)}
        moves = self._issue(**values)
        self.assertEqual(moves[self.customer].amount_total, 120.0)
        self.assertEqual(moves[self.other_customer].amount_total, 100.0)
        # and the other way round: agreed with an exempt customer
        self.customer.property_account_position_id = self.export
        self.other_customer.property_account_position_id = False
        moves = self._issue(**values)
        self.assertEqual(moves[self.customer].amount_total, 100.0)
        self.assertEqual(moves[self.other_customer].amount_total, 120.0)

    def test_pricelist_of_an_exempt_customer(self):
        """RI9: list price 120 tax included, ten percent off, customer exempt: 90.00, not 108.00."""
        self.customer.property_account_position_id = self.export
        self.customer.property_product_pricelist = self.env["product.pricelist"].create(
            {"name": "Ten off", "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 10.0})]}
        )
        moves = self._issue(price_mode="pricelist", lines=self._line(product_id=self.seat.id))
        self.assertEqual(moves[self.customer].amount_total, 90.0)

    def test_pricelist_in_another_currency(self):
        """RI9: a fixed price of EUR 150 is USD 75 at a rate of 2, not USD 150."""
        euro = self.setup_other_currency("EUR", rates=[("2026-01-01", 2.0)])
        self.customer.property_product_pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id,
             "item_ids": [Command.create({"compute_price": "fixed", "fixed_price": 150.0})]}
        )  # fmt: skip
        moves = self._issue(price_mode="pricelist", lines=self._line(product_id=self.service.id))
        self.assertEqual(moves[self.customer].amount_untaxed, 75.0)

    def test_tiers_of_an_entered_quantity(self):
        """RI+6: the price list knows the quantity that was entered: 20 at 8.00 each, not at 10.00."""
        self.customer.property_product_pricelist = self.env["product.pricelist"].create(
            {"name": "Tiers", "item_ids": [
                Command.create({"compute_price": "fixed", "fixed_price": 10.0}),
                Command.create({"compute_price": "fixed", "fixed_price": 8.0, "min_quantity": 10}),
            ]}
        )  # fmt: skip
        pattern, interaction = self._make_due(
            price_mode="pricelist", lines=self._line(product_id=self.service.id, quantity_source="typed")
        )
        self.env["recurring.quantity"].create(
            {"line_id": pattern.invoice_line_ids.id, "date": interaction.occurrence_date, "quantity": 20}
        )
        interaction.action_issue()
        self.assertEqual(interaction.interaction_invoice_ids.move_id.amount_untaxed, 160.0)

    def test_rounded_prices(self):
        """RI9: 19.99 and 3.333 percent is 20.66 on paper and in the sum."""
        moves = self._issue(
            price_change_ids=[Command.create({"date_from": "2026-01-01", "percent": 3.333})],
            lines=self._line(product_id=self.service.id, price_unit=19.99, quantity=1000),
        )
        line = moves[self.customer].invoice_line_ids
        self.assertEqual((line.price_unit, line.price_subtotal), (20.66, 20660.0))

    def test_text_in_the_customers_language(self):
        """RI+5: a line that has the product's own text takes it in the language of each customer."""
        self.env["res.lang"]._activate_lang("nl_NL")
        self.service.with_context(lang="nl_NL").name = "Onderhoud"
        self.other_customer.lang = "nl_NL"
        moves = self._issue(
            customer_ids=[Command.set(self.other_customer.ids)],
            lines=[*self._line(product_id=self.service.id), *self._line(product_id=self.service.id, name="In {month}")],
        )
        self.assertEqual(moves[self.customer].invoice_line_ids.mapped("name"), ["Service", "In February"])
        self.assertEqual(moves[self.other_customer].invoice_line_ids.mapped("name"), ["Onderhoud", "In februari"])

    # What changes after it was agreed

    def _change_vat(self):
        """Change the VAT the usual way: a new tax, the product moved to it, the old one archived."""
        new = self.old.copy({"name": "VAT 21", "amount": 21.0})
        self.service.taxes_id = new
        self.old.active = False
        return new

    def test_archived_tax(self):
        """RI9: an archived tax is not charged: the invoice waits with the reason; all are found and changed at once."""
        pattern, interaction = self._make_due(lines=self._line(product_id=self.service.id))
        other, _interaction = self._make_due(lines=self._line(product_id=self.service.id))
        fine, _interaction = self._make_due(lines=self._line(product_id=self.seat.id))
        new = self._change_vat()
        self.assertEqual(interaction.action_issue()["params"]["type"], "warning")
        self.assertIn("The tax VAT 19 is archived", interaction.failure_reason)
        self.assertFalse(interaction.interaction_invoice_ids.move_id)
        found = self.env["recurring.invoice"].search([("is_outdated", "=", True)])
        self.assertEqual((pattern + other + fine) & found, pattern + other)
        found.action_take_anew()
        self.assertFalse((pattern + other).filtered("is_outdated"))
        self.assertEqual((pattern.invoice_line_ids.tax_ids, pattern.amount_total), (new, 121.0))
        interaction.action_issue()
        self.assertEqual(interaction.interaction_invoice_ids.move_id.amount_total, 121.0)

    def test_taxes_of_the_day(self):
        """RI9: *as they are on the day* charges the new tax, of its own accord, for every customer alike."""
        _pattern, interaction = self._make_due(
            terms_mode="day",
            customer_ids=[Command.set(self.other_customer.ids)],
            lines=self._line(product_id=self.service.id),
        )
        self._change_vat()
        self.other_customer.property_account_position_id = self.export
        self.customer.property_payment_term_id = self.pay_terms_b
        interaction.action_issue()
        moves = {issue.partner_id: issue.move_id for issue in interaction.interaction_invoice_ids}
        self.assertEqual(moves[self.customer].amount_total, 121.0)
        self.assertEqual(moves[self.customer].invoice_payment_term_id, self.pay_terms_b)
        self.assertEqual(moves[self.other_customer].fiscal_position_id, self.export)

    def test_included_tax_of_the_day(self):
        """RI9: a price of 120.00 with tax included stays 120.00 when the product's tax is replaced, as typed in."""
        dues = [
            self._make_due(terms_mode="day", price_mode=mode, lines=self._line(product_id=self.seat.id))[1]
            for mode in ("fixed", "pricelist")
        ]
        new = self.included.copy({"name": "21 incl", "amount": 21.0, "price_include_override": "tax_included"})
        self.seat.taxes_id = new
        self.included.active = False
        for interaction in dues:
            interaction.action_issue()
            move = interaction.interaction_invoice_ids.move_id
            self.assertEqual((move.amount_total, move.invoice_line_ids.tax_ids), (120.0, new))

    def test_other_fiscal_position(self):
        """RI9: the customer's fiscal position changed since: agreed asks a person, on the day takes it."""
        for mode, total in (("agreed", None), ("day", 100.0)):
            self.customer.property_account_position_id = False
            _pattern, interaction = self._make_due(terms_mode=mode, lines=self._line(product_id=self.seat.id))
            self.env.flush_all()
            self.customer.property_account_position_id = self.export
            interaction.action_issue()
            if total is None:
                self.assertIn("is now Export, the invoice was agreed with", interaction.failure_reason)
            else:
                self.assertEqual(interaction.interaction_invoice_ids.move_id.amount_total, total)

    def test_archived_master_data(self):
        """RI9: archived journal, account, payment term, bank account and address each are an obstacle with a name."""
        journal = self.company_data["default_journal_sale"].copy({"name": "Subscriptions", "code": "SUBS"})
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "BE71096123456769", "partner_id": self.env.company.partner_id.id}
        )
        address = self.env["res.partner"].create(
            {"name": "Dock", "parent_id": self.customer.id, "type": "delivery", "email": "dock@example.com"}
        )
        account = self.company_data["default_account_revenue"].copy({"code": "499999", "name": "Care"})
        term = self.pay_terms_b.copy({"name": "Late"})
        pattern, interaction = self._make_due(
            journal_id=journal.id,
            partner_bank_id=bank.id,
            partner_shipping_id=address.id,
            invoice_payment_term_id=term.id,
            lines=self._line(product_id=self.service.id, account_id=account.id),
        )
        for record in (journal, bank, address, account, term):
            record.active = False
            interaction.action_issue()
            self.assertIn(record.display_name, interaction.failure_reason)
            self.assertFalse(interaction.interaction_invoice_ids.move_id)
            record.active = True
        interaction.action_issue()
        move = interaction.interaction_invoice_ids.move_id
        self.assertEqual((move.journal_id, move.partner_bank_id), (journal, bank))
        self.assertEqual(move.partner_shipping_id, address)
        self.assertEqual(move.invoice_line_ids.account_id, account)
        self.assertFalse(pattern.is_outdated)

    # What the form offers is kept

    def test_texts(self):
        """RI7: placeholders are filled in reference, terms and payment reference; no source is made up."""
        moves = self._issue(
            ref="PO-1 {month}", narration="<p>For {month} &amp; more</p>", payment_reference="SUB-{year}",
            lines=self._line(product_id=self.service.id),
        )  # fmt: skip
        move = moves[self.customer]
        self.assertEqual((move.ref, move.payment_reference), ("PO-1 February", "SUB-2026"))
        self.assertIn("For February &amp; more", move.narration)
        self.assertFalse(move.invoice_origin)

    def test_one_invoice_for_all_missed_dates(self):
        """RI+5: after an outage automatic mode makes one invoice for all missed dates, or each its own, by choice."""
        for mode, count in (("one", 1), ("each", 3)):
            pattern = self._make_pattern(
                month_by="day", month_day=1, date_start="2026-01-01", count=3, auto_issue=True, missed_mode=mode,
                lines=self._line(product_id=self.service.id, name="Care {month}"),
            )  # fmt: skip
            pattern.recurrence_id._generate()
            interactions = pattern.interaction_ids
            interactions._issue()
            moves = interactions.interaction_invoice_ids.move_id
            self.assertEqual((len(moves), sum(moves.mapped("amount_untaxed"))), (count, 300.0))
            self.assertEqual(set(interactions.mapped("state")), {"done"})
            if mode == "one":
                self.assertEqual(str(moves.invoice_date), "2026-03-01")
                lines = moves.invoice_line_ids.sorted("sequence")
                self.assertEqual(lines[:2].mapped("name"), ["01/01/2026 - 01/31/2026", "Care January"])
                self.assertEqual(lines[-1].name, "Care March")


@tagged("post_install", "-at_install")
class TestOutOfTheBooks(InvoiceCase):
    """A recurring invoice is no entry: nothing of Odoo's accounting knows it."""

    def test_nothing_in_the_books(self):
        """RI+7: making, changing and planning a recurring invoice makes no entry and no journal item."""
        before = [self.env[model].search_count([]) for model in ("account.move", "account.move.line")]
        pattern = self._make_pattern()
        pattern.recurrence_id._generate()
        pattern.invoice_line_ids[0].price_unit = 5.0
        self.env.flush_all()
        after = [self.env[model].search_count([]) for model in ("account.move", "account.move.line")]
        self.assertEqual(before, after)

    @staticmethod
    def _extended(cls):
        """Return the models that a class of ours extends."""
        inherit = vars(cls).get("_inherit") or ()
        return [inherit] if isinstance(inherit, str) else inherit

    def test_few_overrides(self):
        """RI+7: at most five methods of Odoo's accounting are overridden, none of them a search, and no field added."""
        ours = {
            (extended, key, type(value))
            for name in self.env.registry
            for cls in type(self.env[name]).__mro__
            if cls.__module__.startswith("odoo.addons.recurring_interaction.models")
            for extended in self._extended(cls)
            if extended.startswith("account.")
            for key, value in vars(cls).items()
            if isinstance(value, types.FunctionType | fields.Field)
        }
        expected = {
            ("account.move", "unlink"),
            ("account.move", "write"),
            ("account.move.send", "_get_default_sending_methods"),
            ("account.move.send", "_prepare_invoice_pdf_report"),
            ("account.move.send", "_send_mail"),
        }
        self.assertEqual(ours, {(*item, types.FunctionType) for item in expected})
