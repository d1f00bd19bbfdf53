import base64

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from ..models.purchase_order import LINE_FIELDS, LINE_PATHS, ORDER_FIELDS, ORDER_PATHS, PARTNER_FIELDS, SELLER_FIELDS
from ..models.supplier_exchange_settle import SETTLING_PATHS
from ..reading import fetch_along
from .common import SupplierCase, picture


@tagged("post_install", "-at_install")
class TestReading(SupplierCase):
    """SW5: what a message is made of is read in few statements, and is what reading it one by one finds."""

    def setUp(self):
        super().setUp()
        self._buy()
        self.purchase = self._new_purchase(*self.products).sudo()
        place = {"company_id": self.company.id, "country_id": self.env.ref("base.be").id}
        group = self.env["account.tax.group"].create({"name": "VAT", **place})
        tax = {"name": "21 %", "amount": 21, "type_tax_use": "purchase", "tax_group_id": group.id, **place}
        self.taxes = self.env["account.tax"].create(
            [{**tax, "sequence": 5}, {**tax, "name": "6 %", "amount": 6, "sequence": 1}]
        )
        self.purchase.order_line[0].tax_ids = [Command.set(self.taxes.ids)]
        self.purchase.order_line[1:].tax_ids = [Command.clear()]
        self.products[0].seller_ids = [
            Command.create({"partner_id": self.supplier.id, "product_code": code, "sequence": sequence})
            for code, sequence in (("LATER", 9), ("FIRST", 1))
        ]
        self.env.flush_all()
        self.env.invalidate_all()

    def _read(self):
        """Return what is in memory of the order and of all that it points at."""
        order, lines = self.purchase, self.purchase.order_line
        places = order.company_id.partner_id | order.user_id.partner_id | order.partner_id
        sellers = lines.product_id.product_tmpl_id.with_company(self.company).seller_ids
        return (
            [tuple(order[name] for name in ORDER_FIELDS)],
            [tuple(place[name] for name in PARTNER_FIELDS) for place in places],
            [tuple(line[name] for name in LINE_FIELDS) for line in lines],
            [(line.product_id.name, line.product_id.default_code, line.tax_ids.ids) for line in lines],
            [tuple(seller[name] for name in SELLER_FIELDS) for seller in sellers],
            [(tax.amount_type, tax.price_include_override) for tax in lines.tax_ids],
        )

    def test_same_as_one_by_one(self):
        """SW5: values, their order and what is empty are the same either way."""
        one_by_one = self._read()
        self.env.invalidate_all()
        self.purchase._fetch_orders()
        lines = self.purchase._fetch_lines()[self.purchase]
        self.assertEqual(lines, self.purchase.order_line)
        self.assertEqual(self._read(), one_by_one)
        self.assertEqual(lines[0].tax_ids.ids, self.taxes[::-1].ids)
        self.assertEqual(lines[0].part_number, "FIRST")

    def test_nothing_is_asked_again(self):
        """SW5: after the few statements the message is written without another one for each of them."""
        self.purchase._fetch_orders()
        lines = self.purchase._fetch_lines()[self.purchase]
        with self.assertQueryCount(0):
            for path in ORDER_PATHS:
                self.purchase.mapped(f"{path}.id" if path else "id")
            for path in LINE_PATHS:
                lines.mapped(f"{path}.id" if path else "id")
            lines.mapped("tax_ids.amount_type")
            lines.mapped("photo_ids.id")
            places = self.purchase.partner_id | self.purchase.company_id.partner_id | self.purchase.user_id.partner_id
            places.mapped(lambda place: [place[name] for name in PARTNER_FIELDS])
            lines.product_id.product_tmpl_id.with_company(self.company).seller_ids.mapped("product_code")

    def test_photos(self):
        """SW7: which photos a line has is read with the line."""
        photos = self.env["purchase.line.photo"].with_user(self.user)
        taken = [photos._add(self.purchase.order_line[0], picture(color), "a.jpg") for color in ((60, 40), (40, 60))]
        self.env.flush_all()
        self.env.invalidate_all()
        lines = self.purchase._fetch_lines()[self.purchase]
        with self.assertQueryCount(0):
            self.assertEqual(lines[0].photo_ids.ids, [photo.id for photo in taken])
            self.assertFalse(lines[1].photo_ids)

    def test_client_of_a_claim(self):
        """SW5: a message that is taken is sent where, as whom and in which words its connection says."""
        self.connection.write({"auth": "wsse", "wsse_timestamp": True, "strict": False, "read_timeout": 7.5})
        self.env.cr.execute("UPDATE supplier_connection SET ca_certificate = %s", [base64.b64encode(b"PEM")])
        exchange = self.env["supplier.exchange"].browse(
            self.purchase.with_user(self.user).action_communicate()["params"]["exchange_ids"]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        claim = self.env["supplier.exchange"].sudo().with_context(bin_size=True)._claim(exchange.ids)
        self.env.invalidate_all()
        client = self.connection._get_client()
        self.assertEqual(claim.client.endpoint, client.endpoint)
        self.assertEqual((claim.client.endpoint.authority, claim.client.endpoint.read_timeout), (b"PEM", 7.5))
        self.assertEqual(claim.client.account, client.account)
        self.assertEqual(claim.client.service.operations(), client.service.operations())

    def test_pending_changes_stay(self):
        """SW5: what was just typed is what is sent, though it is not in the database yet."""
        line = self.purchase.order_line[0]
        line.product_qty = 7
        self.supplier.street = "New Street 1"
        self.purchase._fetch_orders()
        self.assertEqual(self.purchase._fetch_lines()[self.purchase][0].product_qty, 7)
        self.assertEqual(self.purchase.partner_id.street, "New Street 1")

    def test_languages(self):
        """SW5: a product's name is read in the language that is asked for."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.products[0].with_context(lang="fr_FR").name = "Phare"
        self.env.flush_all()
        for language, name in (("fr_FR", "Phare"), ("en_US", "Part A")):
            self.env.invalidate_all()
            lines = self.purchase.with_context(lang=language)._fetch_lines()[self.purchase]
            self.assertEqual(lines[0].product_id.product_tmpl_id.name, name)

    def test_outcome(self):
        """SW5: what an outcome is written with is read in one statement."""
        exchange = self._communicate(self.purchase.with_user(self.user)).sudo()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            found = fetch_along(exchange.browse(), exchange._search([("id", "=", exchange.id)]), SETTLING_PATHS)
            self.assertEqual(found, exchange)
            self.assertEqual(found.purchase_id.name, self.purchase.name)
            self.assertEqual(found.partner_id.email, self.supplier.email)
            self.assertLess(found.purchase_id.date_next_status, fields.Datetime.add(fields.Datetime.now(), hours=1))

    def test_nothing_found(self):
        """SW1: no rows, no records, no fault."""
        lines = self.env["purchase.order.line"].sudo()
        self.assertFalse(fetch_along(lines, lines._search([("id", "=", 0)]), LINE_PATHS))
