from email import message_from_bytes, policy

from odoo.fields import Command
from odoo.tests import tagged

from .common import RULE_CODES, StatusMailCommon


@tagged("post_install", "-at_install")
class TestShops(StatusMailCommon):
    """Other companies, currencies, scripts, and orders of every kind of line."""

    def test_a_second_company_without_a_domain(self):
        """OS+6: amounts in its own currency, links that open, its own sender."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        company = self.env["res.company"].create(
            {"name": "Zweigladen", "currency_id": euro.id, "email": "z@example.com"}
        )
        website = self.env["website"].create({"name": "Zweig", "company_id": company.id, "domain": False})
        self.switch(website, *RULE_CODES)
        pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id, "company_id": company.id}
        )
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        order = self._create_order(
            self.lamp, website=website, company_id=company.id, warehouse_id=warehouse.id, pricelist_id=pricelist.id
        )
        self.run_action()
        mail = self.mails(order)
        self.assertIn("€", mail.body_text)
        self.assertIn(f'href="{website.get_base_url()}/order-status/{order.id}/', mail.body_html)
        self.assertTrue(website.get_base_url().startswith("http"))
        message = self._sent(mail)
        self.assertEqual(str(message["From"]), "Zweig <z@example.com>")

    def _sent(self, mail):
        """Return a mail as an independent parser reads its bytes."""
        email = mail._prepare_outgoing_list()[0]
        built = self.env["ir.mail_server"]._build_email__(
            email_from=email["email_from"],
            email_to=email["email_to"],
            subject=email["subject"],
            body=email["body"],
            body_alternative=email["body_alternative"],
            subtype="html",
            headers=email["headers"],
            message_id=email["message_id"],
        )
        return message_from_bytes(built.as_bytes(), policy=policy.default)

    def test_names_of_every_script(self):
        """OS+7: letters beyond ASCII, right to left, very long and with markup arrive as they are."""
        self.env["res.lang"]._activate_lang("ar_001")
        customer = self._create_customer("ليلى العامرية", "layla@example.com", lang="ar_001")
        self.lamp.name = "<script>alert(1)</script> Leuchte „Ærø“ 灯 " + "lang " * 200
        order = self._create_told_order(self.lamp, customer=customer)
        mail = self.mails(order)
        self.assertIn('<html lang="ar-001" dir="rtl"', mail.body_html)
        self.assertNotIn("<script>", mail.body_html)
        message = self._sent(mail)
        plain, html = list(message.iter_parts())
        self.assertEqual((plain.get_content_type(), html.get_content_type()), ("text/plain", "text/html"))
        for part in (plain, html):
            self.assertIn("ليلى العامرية", part.get_content())
            self.assertIn("Leuchte „Ærø“ 灯", part.get_content())
        self.assertLess(max(map(len, plain.get_content().splitlines())), 300)
        self.assertEqual(message["Subject"], mail.subject)
        self.assertEqual(message["Auto-Submitted"], "auto-generated")

    def test_left_to_right_is_said_too(self):
        """OS+7: a mail program that is set to Arabic shows an English mail from the left."""
        self.assertIn('dir="ltr"', self.mails(self._create_told_order(self.lamp)).body_html)

    def test_lines_of_every_kind(self):
        """OS+6: a combo, an option that was not chosen, a gift, goods given back, a section: only goods count."""
        combo = self.env["product.combo"].create(
            {"name": "Lights", "combo_item_ids": [Command.create({"product_id": self.lamp.id})]}
        )
        menu = self.env["product.product"].create(
            {"name": "Evening", "type": "combo", "combo_ids": [Command.set(combo.ids)], "list_price": 9}
        )
        order = self._create_order(self.lamp, confirm=False)
        order.order_line = [
            Command.create({"product_id": menu.id, "product_uom_qty": 1}),
            Command.create({"display_type": "line_section", "name": "Options", "sequence": 90}),
            Command.create({"product_id": self.planter.id, "product_uom_qty": 0, "sequence": 91}),
            Command.create({"product_id": self.lamp.id, "product_uom_qty": 1, "price_unit": 0}),
            Command.create({"product_id": self.lamp.id, "product_uom_qty": -1}),
        ]
        order.action_confirm()
        self.run_action()
        text = self.mails(order).body_text
        self.assertNotIn("Planter", text, "what is not bought is not listed")
        self.assertIn("Evening", text)
        picking = order.picking_ids.filtered(lambda picking: picking.location_dest_id.usage == "customer")
        picking.action_assign()
        for move in picking.move_ids:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        picking.button_validate()
        self.run_action()
        self.assertEqual(order.status_snapshot_ids.status, "delivered")
        self.assertIn("Your order is delivered", self.mails(order)[-1].subject)
        self.assertEqual(order.status_snapshot_ids.facts["short"], {})

    def test_a_hundred_lines(self):
        """OS+7: the mail and the text part of a delivery of a hundred lines name what there is no place for."""
        order = self._create_told_order(*[self._create_product(f"Bulb {number}", stock=5) for number in range(100)])
        picking = order.picking_ids
        picking.action_assign()
        picking.move_ids.write({"picked": True})
        picking.button_validate()
        self.run_action()
        mail = self.mails(order)[-1]
        self.assertIn("Your order is delivered", mail.subject)
        self.assertIn("And more changes (", mail.body_html)
        self.assertLess(len(self._sent(mail).as_bytes()), 102_000, "Gmail cuts off what is larger")
