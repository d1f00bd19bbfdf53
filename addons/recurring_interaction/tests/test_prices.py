from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import InvoiceCase


@tagged("post_install", "-at_install")
class TestPrices(InvoiceCase):
    """Prices and periods of the invoices made from a pattern."""

    def _issued(self, **values):
        pattern = self._make_pattern(**{"date_start": "2026-02-03", "count": 2, **values})
        recurrence = pattern.recurrence_id
        recurrence._generate()
        recurrence.interaction_ids.action_issue()
        return recurrence.interaction_ids.interaction_invoice_ids.move_id.sorted("invoice_date")

    def test_fixed(self):
        """RI9: fixed prices stay what the pattern says."""
        self.product_a.list_price = 999.0
        first, second = self._issued()
        self.assertEqual(first.invoice_line_ids.mapped("price_unit"), [100.0, 50.0])
        self.assertEqual(second.invoice_line_ids.mapped("price_unit"), [100.0, 50.0])

    def test_from_the_pricelist(self):
        """RI9: prices may be read from the customer's pricelist on the day."""
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Agreed",
                "item_ids": [
                    Command.create(
                        {"applied_on": "0_product_variant", "product_id": self.product_a.id, "fixed_price": 77.0}
                    )
                ],
            }
        )
        self.customer.property_product_pricelist = pricelist
        moves = self._issued(price_mode="pricelist")
        self.assertEqual(moves[0].invoice_line_ids[0].price_unit, 77.0)

    def test_price_change(self):
        """RI9: from a date on, a line gets a new price, or all lines a percentage."""
        moves = self._issued(
            price_change_ids=[
                Command.create({"date_from": "2026-03-01", "percent": 10.0}),
                Command.create(
                    {"date_from": "2026-03-02", "mode": "price", "product_id": self.product_b.id, "price": 60.0}
                ),
            ]
        )
        self.assertEqual(moves[0].invoice_line_ids.mapped("price_unit"), [100.0, 50.0])
        self.assertEqual([round(price, 2) for price in moves[1].invoice_line_ids.mapped("price_unit")], [110.0, 60.0])

    def test_price_change_needs_a_product(self):
        """RI9: a new unit price without a product is refused."""
        with self.assertRaises(ValidationError):
            self._make_pattern(price_change_ids=[Command.create({"mode": "price", "price": 1.0})])

    def test_periods(self):
        """RI9: placeholders name the invoiced period, in advance or in arrears, in the customer's language."""
        line = [Command.create({"product_id": self.product_a.id, "name": "{period_start} to {period_end} {unknown}"})]
        moves = self._issued(lines=line)
        self.assertEqual(moves[0].invoice_line_ids.name, "02/03/2026 to 03/02/2026 {unknown}")
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        line = [Command.create({"product_id": self.product_a.id, "name": "Entretien {month_year}"})]
        moves = self._issued(lines=line, period_mode="arrears")
        self.assertEqual(moves[1].invoice_line_ids.name, "Entretien f\u00e9vrier 2026")

    def test_hostile_placeholder(self):
        """RI9: placeholders are names, never code."""
        name = "{0.__class__} {period.__init__} {month!r} {{year}}"
        moves = self._issued(lines=[Command.create({"product_id": self.product_a.id, "name": name})])
        self.assertEqual(moves[0].invoice_line_ids.name, "{0.__class__} {period.__init__} {month!r} {2026}")

    def test_what_changed_since(self):
        """RI9: amounts known from the pattern are never taken where taxes, products or rates say otherwise."""
        tax = self.company_data["default_tax_sale"]
        tax.amount = 15.0
        pattern = self._make_pattern(
            date_start="2026-02-03",
            count=4,
            lines=[
                Command.create(
                    {"product_id": self.product_a.id, "price_unit": 100.0, "tax_ids": [Command.set(tax.ids)]}
                )
            ],
        )
        self.assertEqual(pattern.amount_total, 115.0)
        pattern.recurrence_id._generate()
        tag = self.env["account.account.tag"].create({"name": "Reduced", "applicability": "taxes"})
        waiting = iter(pattern.recurrence_id.interaction_ids.sorted("day"))

        def issued():
            interaction = next(waiting)
            interaction.action_issue()
            return interaction.interaction_invoice_ids.move_id

        first = issued()
        self.assertEqual((first.amount_untaxed, first.amount_tax, first.amount_total), (100.0, 15.0, 115.0))
        tax.amount = 25.0
        tax.invoice_repartition_line_ids.filtered(lambda line: line.repartition_type == "base").tag_ids = tag
        second = issued()
        self.assertEqual((second.amount_untaxed, second.amount_tax, second.amount_total), (100.0, 25.0, 125.0))
        self.assertEqual(second.invoice_line_ids.tax_tag_ids, tag)
        tax.price_include_override = "tax_included"
        third = issued()
        self.assertEqual((third.amount_untaxed, third.amount_tax, third.amount_total), (80.0, 20.0, 100.0))
        self.assertEqual(third.invoice_line_ids.balance, -80.0)
        self.assertFalse(sum(third.line_ids.mapped("balance")))
