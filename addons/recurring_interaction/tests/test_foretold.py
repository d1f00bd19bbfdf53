import random
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..const import DRAFT_CONTEXT
from .common import InvoiceCase

#: What is of one record only.
OWN = {"id", "move_id", "create_date", "write_date", "access_token", "statement_line_id"}
DAY = "2026-02-03"


@tagged("post_install", "-at_install")
class TestForetold(InvoiceCase):
    """What Odoo is told beforehand of an invoice's amounts makes it quicker, and changes nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currency = cls.setup_other_currency("EUR", rates=[("2026-01-01", 0.7)])
        cls.tag = cls.env["account.account.tag"].create(
            {"name": "Base", "applicability": "taxes", "country_id": cls.company_data["company"].country_id.id}
        )
        taxes = cls.env["account.tax"]
        cls.plain = taxes.create(
            {
                "name": "21",
                "amount": 21.0,
                "type_tax_use": "sale",
                "invoice_repartition_line_ids": [
                    Command.create({"repartition_type": "base", "tag_ids": [Command.set(cls.tag.ids)]}),
                    Command.create({"repartition_type": "tax", "factor_percent": 100}),
                ],
            }
        )
        cls.included = taxes.create(
            {"name": "20", "amount": 20.0, "type_tax_use": "sale", "price_include_override": "tax_included"}
        )
        cls.fixed = taxes.create({"name": "Eco", "amount": 1.25, "amount_type": "fixed", "type_tax_use": "sale"})
        cls.onward = taxes.create(
            {"name": "5 on", "amount": 5.0, "type_tax_use": "sale", "include_base_amount": True, "sequence": 0}
        )
        cls.env.company.tax_exigibility = True
        cls.on_payment = taxes.create(
            {
                "name": "7 when paid",
                "amount": 7.0,
                "type_tax_use": "sale",
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": cls.company_data["default_account_tax_sale"]
                .copy({"reconcile": True})
                .id,
            }
        )
        cls.term = cls.env["account.payment.term"].create(
            {
                "name": "2 % in 10 days",
                "early_discount": True,
                "discount_percentage": 2.0,
                "discount_days": 10,
                "early_pay_discount_computation": "mixed",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )
        cls.rounding = cls.env["account.cash.rounding"].create(
            {
                "name": "5 cents", "rounding": 0.05, "strategy": "biggest_tax", "rounding_method": "HALF-UP",
                "profit_account_id": cls.company_data["default_account_revenue"].id,
                "loss_account_id": cls.company_data["default_account_expense"].id,
            }
        )  # fmt: skip

    def _values(self, choose, number):
        """Return the values of random invoices, as they are when they are issued."""
        one = self.plain + self.fixed
        taxes = [self.plain, self.included, one, self.onward + self.plain, self.on_payment, self.plain.browse()]
        patterns = self.env["recurring.invoice"]
        for _number in range(number):
            lines = [
                Command.create(
                    {
                        "product_id": choose([self.product_a.id, False]),
                        "name": "Line",
                        "quantity": choose([0, 1, 2, 3.5, 0.333, -1]),
                        "price_unit": choose([0.0, 0.01, 19.99, 120.0, 333.335]),
                        "discount": choose([0, 0, 10, 33.33]),
                        "tax_ids": [Command.set(choose(taxes).ids)],
                        "account_id": self.company_data["default_account_revenue"].id,
                    }
                )
                for _line in range(choose([1, 2, 5]))
            ]
            patterns += self._make_pattern(
                lines=[*lines, Command.create({"display_type": "line_note", "name": "Note"})],
                date_start=DAY,
                currency_id=choose([self.company_data["currency"].id, self.currency.id]),
                invoice_payment_term_id=choose([False, self.pay_terms_b.id, self.term.id]),
                invoice_cash_rounding_id=choose([False, self.rounding.id]),
                proration=choose(["none", "days"]),
            )
        return lambda: [pattern._prepare_invoice_values(pattern.date_start, pattern.partner_id) for pattern in patterns]

    def _books(self, moves):
        """Return all that is stored of invoices and their lines."""
        self.env.flush_all()
        self.env.invalidate_all()
        return [
            {
                name: record[name].ids if field.type == "many2many" else str(record[name])
                for name, field in record._fields.items()
                if field.store and name not in OWN and (field.column_type or field.type == "many2many")
            }
            for move in moves
            for record in [move, *move.line_ids]
        ]

    def test_nothing_is_different(self):
        """RI+7: every stored value of 60 random invoices, with what is foretold and without, is the same.

        Taxes: excluded, included, fixed, on top of each other, due when paid, none; discounts, quantities of 0 and
        less, another currency, terms with a discount, cash rounding, both ways to round taxes.
        """
        for method in ("round_per_line", "round_globally"):
            self.env.company.tax_calculation_rounding_method = method
            values = self._values(random.Random(method).choice, 30)
            moves, found = self.env["account.move"].with_context(**DRAFT_CONTEXT), []
            for is_foretold in (False, True):
                savepoint = self.cr.savepoint()
                vals_list = values()
                if is_foretold:
                    self.env["recurring.interaction.invoice"]._foretell_amounts(vals_list)
                    told = [line for vals in vals_list for _c, _id, line in vals["invoice_line_ids"]]
                    self.assertGreater(sum("balance" in line for line in told), 20)
                found.append(self._books(moves.create(vals_list)))
                savepoint.close(rollback=True)
                self.env.invalidate_all(flush=False)
            for before, after in zip(*found, strict=True):
                self.assertEqual(before, after)

    def test_nothing_is_written_twice(self):
        """RI+7: Odoo finds the amounts right and writes none of them again: that took longer than all the rest."""
        issues = self.env["recurring.interaction.invoice"].sudo()
        for _number in range(5):
            _pattern, interaction = self._make_due(customer_ids=[Command.set(self.other_customer.ids)])
            issues += interaction.sudo()._ensure_issues()
        lines = type(self.env["account.move.line"])
        written, original = [], lines.write

        def write(records, vals):
            written.extend(vals.keys() & {"balance", "amount_currency", "tax_tag_ids"})
            return original(records, vals)

        with patch.object(lines, "write", write):
            moves = issues._draft_invoices()
        self.assertEqual(len(moves), 10)
        self.assertFalse(written)
