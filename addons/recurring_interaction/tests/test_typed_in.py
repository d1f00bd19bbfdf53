import random

from lxml import etree
from odoo import Command, fields
from odoo.tests import Form, tagged

from .common import InvoiceCase

#: Random invoices of the comparison; each for the own and for a further customer.
NUMBER = 100
DAY = "2026-02-03"
#: So many of them are typed into the forms themselves.
IN_FORMS = 5


@tagged("post_install", "-at_install")
class TestTypedIn(InvoiceCase):
    """What is issued is to the cent what typing it into Odoo's invoice form gives."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(20260203)
        cls.currency = cls.setup_other_currency("EUR", rates=[("2026-01-01", 0.7)])
        taxes = cls.env["account.tax"]
        cls.excluded = taxes.create({"name": "21", "amount": 21.0, "type_tax_use": "sale"})
        cls.included = taxes.create(
            {"name": "20 incl", "amount": 20.0, "type_tax_use": "sale", "price_include_override": "tax_included"}
        )
        cls.fixed = taxes.create({"name": "Eco", "amount": 1.25, "amount_type": "fixed", "type_tax_use": "sale"})
        cls.positions = cls.env["account.fiscal.position"].create([{"name": "Export"}, {"name": "Reduced"}])
        cls.zero = cls._mapped("0", 0.0, cls.positions[0], cls.excluded + cls.included)
        cls.reduced = cls._mapped("6 incl", 6.0, cls.positions[1], cls.included, price_include_override="tax_included")
        cls.products = cls.env["product.product"].create(
            [
                {"name": "Hour", "list_price": 100.0, "taxes_id": [Command.set(cls.excluded.ids)]},
                {"name": "Seat", "list_price": 120.0, "taxes_id": [Command.set(cls.included.ids)]},
                {"name": "Lamp", "list_price": 19.99, "taxes_id": [Command.set((cls.excluded + cls.fixed).ids)]},
            ]
        )
        cls.roundings = cls.env["account.cash.rounding"].create(
            [
                {"name": name, "rounding": 0.05, "strategy": strategy, "rounding_method": "HALF-UP",
                 "profit_account_id": cls.company_data["default_account_revenue"].id,
                 "loss_account_id": cls.company_data["default_account_expense"].id}
                for name, strategy in (("Line", "add_invoice_line"), ("Tax", "biggest_tax"))
            ]
        )  # fmt: skip

    @classmethod
    def _mapped(cls, name, amount, position, originals, **values):
        return cls.env["account.tax"].create(
            {"name": name, "amount": amount, "type_tax_use": "sale", "fiscal_position_ids": [Command.set(position.ids)],
             "original_tax_ids": [Command.set(originals.ids)], **values}
        )  # fmt: skip

    def _customers(self):
        """Return two customers, each with a fiscal position of its own or none."""
        positions = [self.random.choice([*self.positions, self.positions.browse()]) for _number in range(2)]
        return self.env["res.partner"].create(
            [
                {"name": f"C{number}", "email": "c@example.com", "property_account_position_id": position.id}
                for number, position in enumerate(positions)
            ]
        )

    def _lines(self):
        """Return what a person types into each line: product or none, and what differs from the proposal."""
        choose = self.random.choice
        return [
            {
                "product_id": choose([*self.products, self.products.browse()]),
                "quantity": choose([1, 2, 3.5, 0.333, 7]),
                "discount": choose([0, 0, 10, 33.33]),
                "price_unit": choose([None, round(self.random.uniform(1, 500), 2)]),
                "tax_ids": self.excluded,
            }
            for _number in range(self.random.randint(1, 5))
        ]

    def _type(self, form, customer, lines, header):
        """Type an invoice into a form, be it Odoo's or ours: the fields have the same names."""
        form.partner_id = customer
        for name, value in header.items():
            setattr(form, name, value)
        for values in lines:
            with form.invoice_line_ids.new() as line:
                line.product_id = values["product_id"]
                if not values["product_id"]:
                    line.name = "By hand"
                    line.tax_ids.clear()
                    for tax in values["tax_ids"]:
                        line.tax_ids.add(tax)
                line.quantity = values["quantity"]
                line.discount = values["discount"]
                if values["price_unit"] is not None or not values["product_id"]:
                    line.price_unit = values["price_unit"] or 12.34
        return form

    def _make(self, model, customer, lines, header, **values):
        """Make an invoice of what is typed and let the model find the rest: as a form does, but sooner."""
        typed = []
        for values_of_line in lines:
            product = values_of_line["product_id"]
            line = {key: values_of_line[key] for key in ("quantity", "discount")}
            if product:
                line["product_id"] = product.id
            else:
                line.update(name="By hand", tax_ids=[Command.set(values_of_line["tax_ids"].ids)])
            if values_of_line["price_unit"] is not None or not product:
                line["price_unit"] = values_of_line["price_unit"] or 12.34
            typed.append(Command.create(line))
        header = {name: value.id for name, value in header.items()}
        made = self.env[model].create({"partner_id": customer.id, "invoice_line_ids": typed, **header, **values})
        self.env.flush_all()
        return made

    def _header(self):
        rounding = self.random.choice([*self.roundings, self.roundings.browse(), self.roundings.browse()])
        return {
            "currency_id": self.random.choice([self.currency, self.env.company.currency_id]),
            "invoice_cash_rounding_id": rounding,
            "invoice_payment_term_id": self.random.choice([self.pay_terms_a, self.pay_terms_b]),
        }

    @staticmethod
    def _seen(move):
        """Return what is on an invoice: lines and entries, to the cent."""
        lines = move.invoice_line_ids.sorted(lambda line: (line.sequence, line.id))
        entries = sorted(
            (line.account_id.code, line.display_type, round(line.balance, 2), round(line.amount_currency, 2),
             str(line.date_maturity or ""), tuple(sorted(line.tax_ids.mapped("name"))))
            for line in move.line_ids
        )  # fmt: skip
        return {
            "total": (move.amount_untaxed, move.amount_tax, move.amount_total),
            "lines": [
                (line.product_id.name, line.quantity, round(line.price_unit, 6), line.discount,
                 tuple(sorted(line.tax_ids.mapped("name"))), line.account_id.code, line.price_subtotal,
                 line.price_total)
                for line in lines
            ],
            "entries": entries,
            "position": move.fiscal_position_id.name,
        }  # fmt: skip

    def test_random_invoices(self):
        """RI+7: random invoices (taxes included, excluded, fixed, fiscal positions, currencies, discounts, rounding
        per line and global, cash rounding) for own and further customers equal what typing them in gives.
        """
        self.env.user.group_ids += self.env.ref("account.group_cash_rounding") + self.env.ref(
            "base.group_multi_currency"
        )
        differing = []
        for number in range(NUMBER):
            self.env.company.tax_calculation_rounding_method = ("round_per_line", "round_globally")[number % 2]
            own, further = self._customers()
            lines, header = self._lines(), self._header()
            if number < IN_FORMS:
                pattern = self._type(Form(self.env["recurring.invoice"]), own, lines, header).save()
            else:
                pattern = self._make("recurring.invoice", own, lines, header)
            for customer in (own, further):
                # what was agreed holds for every customer; the proposals are the customer's own
                agreed = self._agreed(lines, own, customer, pattern)
                if number < IN_FORMS:
                    form = Form(self.env["account.move"].with_context(default_move_type="out_invoice"))
                    form.invoice_date = fields.Date.to_date(DAY)
                    typed = self._type(form, customer, agreed, header).save()
                else:
                    typed = self._make(
                        "account.move", customer, agreed, header, move_type="out_invoice", invoice_date=DAY
                    )
                values = pattern._prepare_invoice_values(typed.invoice_date, customer)
                self.env["recurring.interaction.invoice"]._foretell_amounts([values])
                issued = self.env["account.move"].create(values)
                if customer == own:
                    self.assertEqual(pattern.amount_total, issued.amount_total)
                if self._seen(issued) != self._seen(typed):
                    differing.append((number, customer == own, self._seen(typed), self._seen(issued)))
        self.assertEqual(differing[:3], [], f"{len(differing)} of {2 * NUMBER} differ")

    def _agreed(self, lines, own, customer, pattern):
        """Return the lines as a person types them for another customer: the agreed price as it is for that one."""
        result = []
        for values, line in zip(lines, pattern.invoice_line_ids, strict=True):
            price, taxes = values["price_unit"], values["tax_ids"]
            old, new = own.property_account_position_id, customer.property_account_position_id
            if customer != own and price is not None:
                price = self._price_for(price, old, new, line.product_id.taxes_id)
            if old != new:
                taxes = new.map_tax(taxes)
            result.append({**values, "price_unit": price, "tax_ids": taxes})
        return result

    def _price_for(self, price, old, new, taxes):
        """Return an agreed price under another fiscal position, worked out by hand: net stays net."""
        if self.included not in taxes or old == new:
            return price
        included = {self.positions[0]: 1.0, self.positions[1]: 1.06}
        return price / included.get(old, 1.2) * included.get(new, 1.2)

    def test_every_field_of_the_invoice_form(self):
        """RI+7: each field that Odoo's form of a customer invoice offers is on ours, or left out with a reason."""
        left_out = {
            "move_type": "always a customer invoice",
            "name": "the number; ours is the subject",
            "state": "of the invoice; ours is that of the recurrence",
            "invoice_date": "each date of the recurrence",
            "date": "booked on the invoice's date",
            "invoice_date_due": "worked out from the payment terms on each date",
            "delivery_date": "belongs to one delivery",
            "taxable_supply_date": "belongs to one delivery",
            "invoice_currency_rate": "the rate of each date",
            "quick_edit_total_amount": "bills only",
            "auto_post": "Odoo's own repetition",
            "auto_post_until": "Odoo's own repetition",
            "checked": "a review of one entry",
            "line_ids": "journal items: there are none",
            "invoice_vendor_bill_id": "bills only",
            "invoice_source_email": "bills only",
            "deductible_amount": "bills only",
            "purchase_order_id": "bills only",
            "is_downpayment": "written by a sale order",
            "tax_totals": "shown; a total is typed into bills only",
            "team_id": "here sales_team_id: a recurrence has a team of its own",
            "user_id": "here the responsible of the recurrence",
        }
        self.env.user.group_ids += self.env.ref("account.group_cash_rounding")
        odoo = self._offered("account.move", "account.view_move_form")
        ours = self._offered("recurring.invoice", "recurring_interaction.recurring_invoice_view_form")
        missing = {name for name in odoo - ours if name not in left_out}
        self.assertEqual(missing, set())
        self.assertIn("sales_team_id", ours)
        self.assertLessEqual(
            self._offered_lines("account.move"), self._offered_lines("recurring.invoice") | set(left_out)
        )

    def _arch(self, model, xmlid=None):
        view = self.env.ref(xmlid) if xmlid else None
        return etree.fromstring(self.env[model].get_view(view and view.id, "form")["arch"])

    def _offered(self, model, xmlid):
        """Return the fields of a form that a customer invoice is edited in."""
        fields_of_model = self.env[model]._fields
        names = set()
        for node in self._arch(model, xmlid).xpath("//sheet//field[not(ancestor::field)]"):
            field = fields_of_model[node.get("name")]
            invisible = node.get("invisible", "")
            not_for_customers = "move_type not in ('in_" in invisible or "move_type != 'entry'" in invisible
            if invisible in ("1", "True") or not_for_customers or (field.readonly and field.type != "one2many"):
                continue
            names.add(node.get("name"))
        return names - {"id"}

    def _offered_lines(self, model):
        path = "//field[@name='invoice_line_ids']/list/field[not(@column_invisible='True')]"
        return {node.get("name") for node in self._arch(model).xpath(path)}
