"""Job files, what suppliers add to orders, photos and their links: of whom they are, and who may change them."""

from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..connectors.base import LineAnswer
from ..judge import Delivery, LineVerdict, Verdict
from ..photos import imaging
from .common import SupplierCase, picture
from .dialects.standard import StandardConnector

USER = "supplier_webservice_order.group_supplier_webservice_order_user"


@tagged("post_install", "-at_install")
class TestFileBorders(SupplierCase):
    """SW3 SW+4: job files and the messages about them."""

    def test_messages_of_a_file(self):
        """SW+4: a file counts and lists the messages about its own orders."""
        self._buy()
        mine, other = self._new_file(), self._new_file()
        purchase = self._new_purchase()
        purchase.order_line[0].sudo().sale_line_id = mine.order_line[0]
        exchange = self._communicate(purchase)
        (mine | other).invalidate_recordset()
        self.assertEqual((mine | other).mapped("exchange_count"), [1, 0])
        for file, expected in ((mine, exchange), (other, exchange.browse())):
            self.assertEqual(exchange.search(file.action_view_exchanges()["domain"]), expected)

    def test_files_without_parts(self):
        """SW3: nothing is ordered for a file that is cancelled, or holds nothing that can be bought."""
        file = self._new_file()
        self.products[0].purchase_ok = False
        file.order_line = [Command.create({"display_type": "line_section", "name": "Bodywork"})]
        self.assertEqual(file._get_orderable_lines().product_id.ids, [each.id for each in self.products[1:]])
        file.order_line.product_id.purchase_ok = False
        with self.assertRaisesRegex(UserError, "no parts yet"):
            file.action_order_parts()
        self.products[0].purchase_ok = True
        file.action_cancel()
        with self.assertRaisesRegex(UserError, "is cancelled"):
            file.action_order_parts()


@tagged("post_install", "-at_install")
class TestChargeBorders(SupplierCase):
    """SW+7: what a supplier adds is accepted or declined by who may change the order, once."""

    def setUp(self):
        super().setUp()
        self.purchase = self._new_purchase()
        self.charges = self.env["supplier.order.charge"].create(
            [
                {"purchase_id": self.purchase.id, "key": key, "name": key, "quantity": 1, "price": 5, "has_price": True}
                for key in ("freight", "deposit")
            ]
        )
        self.charges.product_id = self.products[3]
        self.freight, self.deposit = self.charges.with_user(self.user)

    def test_who_decides(self):
        """SW+7: neither who may not write the order, nor anybody by hand."""
        reader = self._new_user("charge-reader", "base.group_user")
        for action in ("action_accept", "action_decline"):
            with self.subTest(action=action), self.assertRaises(AccessError):
                getattr(self.freight.with_user(reader), action)()
        for values in ({"state": "accepted"}, {"price": 1.0}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                self.freight.write(values)
        self.assertEqual(self.freight.state, "proposed")

    def test_decided_once(self):
        """SW+7: what was declined is not accepted with the rest, and the other way round."""
        self.freight.action_decline()
        (self.freight | self.deposit).action_accept()
        self.assertEqual(self.charges.mapped("state"), ["declined", "accepted"])
        (self.freight | self.deposit).action_decline()
        self.assertEqual(self.charges.mapped("state"), ["declined", "accepted"])
        self.assertEqual(len(self.purchase.order_line), 3)

    def test_price_of_nothing(self):
        """SW+7: none of something at a price keeps its price; less than nothing turns it round."""
        for quantity, expected in ((0, (0.0, 5.0)), (-1, (1.0, -5.0)), (2, (2.0, 5.0))):
            extra = LineAnswer(None, "confirmed", Decimal(quantity), Decimal(5))
            values = self.charges._prepare_values(extra, Decimal(1), self.connection)
            with self.subTest(quantity=quantity):
                self.assertEqual((values["quantity"], values["price"]), expected)


@tagged("post_install", "-at_install")
class TestPhotoBorders(SupplierCase):
    """SW7 SW2: photos and links of this order."""

    def setUp(self):
        super().setUp()
        self.first, self.second = self._new_purchase(), self._new_purchase()
        self.photos = self.env["purchase.line.photo"].with_user(self.user)
        self.links = self.env["purchase.photo.link"]

    def test_largest_photo(self):
        """SW7: a file of exactly the size that is allowed is taken."""
        content = picture()
        with patch.object(imaging, "MAX_BYTES", len(content)):
            self.assertTrue(imaging.clean_photo(content))
        with patch.object(imaging, "MAX_BYTES", len(content) - 1), self.assertRaises(imaging.PhotoError):
            imaging.clean_photo(content)

    def test_file_of_another_line(self):
        """SW7: the file of a photo is that of its own line."""
        photo = self.photos._add(self.first.order_line[0], picture(), "a.jpg")
        values = {"attachment_id": photo.attachment_id.id, "line_id": self.first.order_line[1].id}
        with self.assertRaisesRegex(UserError, "one line of one order"):
            self.env["purchase.line.photo"].create(values)

    def test_file_that_was_mailed(self):
        """SW7: a photo that a mail holds is taken off its line, and stays in the mail."""
        kept, gone = (
            self.photos._add(self.first.order_line[0], picture((90 + n, 90)), "a.jpg").attachment_id for n in (1, 2)
        )
        self.first.sudo().message_post(body="See", attachment_ids=kept.ids)
        self.first.order_line.photo_ids.unlink()
        self.assertTrue(kept.exists())
        self.assertFalse(gone.exists())

    def test_links_of_an_order(self):
        """SW2: an order has a link of its own; one that has run out is replaced, and deleted in the end."""
        first, second = (self.links._get_or_create(each) for each in (self.first, self.second))
        self.assertEqual((first.purchase_id, second.purchase_id), (self.first, self.second))
        self.assertEqual(self.links._get_or_create(self.first), first)
        now = fields.Datetime.now()
        first.sudo().date_link_expiry = now - timedelta(minutes=1)
        self.assertNotEqual(self.links._get_or_create(self.first), first)
        first.sudo().date_link_expiry = now - timedelta(days=91)
        self.links._gc_links()
        self.assertFalse(first.exists())
        self.assertTrue(second.exists())

    def test_who_ends_links(self):
        """SW2: whoever works with suppliers, and may change this order."""
        link = self.links._get_or_create(self.first)
        buyer = self._new_user("link-ender", "purchase.group_purchase_user")
        with self.assertRaisesRegex(AccessError, "workshop links"):
            link.with_user(buyer).action_revoke()
        stranger = self._new_user("link-stranger", USER, company=self.env["res.company"].create({"name": "Elsewhere"}))
        with self.assertRaises(AccessError):
            self._as(stranger, link).action_revoke()
        self.assertFalse(link.sudo().link_revoked)
        link.with_user(self.user).action_revoke()
        self.assertTrue(link.sudo().link_revoked)


@tagged("post_install", "-at_install")
class TestLineBorders(SupplierCase):
    """SW8 SW+2: what an answer does to one line, and leaves as it is in the next one."""

    def setUp(self):
        super().setUp()
        self.purchase = self._new_purchase()
        self.first, self.second = self.purchase.order_line

    def _verdict(self, day, deliveries, status="confirmed"):
        parts = tuple(Delivery(quantity=Decimal(1), on=day, status=status) for _number in range(deliveries))
        return LineVerdict(self.first.id, status, Decimal(2), None, None, None, parts, "", "", ())

    def test_days_of_an_answer(self):
        """SW8: a line is planned for the day of its delivery, when it comes later or in parts; not before the order."""
        ordered = fields.Date.to_date(self.purchase.date_order)
        for deliveries, status, day, planned in (
            (2, "confirmed", ordered, True),
            (2, "confirmed", ordered - timedelta(days=1), False),
            (1, "confirmed", ordered, False),
            (1, "backordered", ordered, True),
        ):
            values = self.first._prepare_verdict_values(self._verdict(day, deliveries, status), "EUR")
            with self.subTest(deliveries=deliveries, status=status, day=day):
                self.assertEqual("date_planned" in values, planned)

    def test_substitutes(self):
        """SW+2: a line without a substitute stays; neither a confirmed order nor that of others is changed by it."""
        self.first.sudo().substitute_number = "PN-A2"
        reader = self._new_user("line-reader", "base.group_user")
        with self.assertRaises(AccessError):
            self.first.with_user(reader).action_take_substitute()
        self.purchase.order_line.action_take_substitute()
        self.assertEqual((self.first.product_id.default_code, self.second.product_id), ("PN-A2", self.products[1]))
        self.second.sudo().substitute_number = "PN-B2"
        self.purchase.sudo().button_confirm()
        with self.assertRaisesRegex(UserError, "is confirmed"):
            self.second.action_take_substitute()

    def test_substitutes_of_another_company(self):
        """SW+2: what the number means in another company's price list is not meant, whoever looks."""
        foreign = self._new_product("Lamp", "PN-A2", 3.0)
        foreign.seller_ids.company_id = self.env["res.company"].create({"name": "Neighbour"})
        self.first.sudo().substitute_number = "PN-A2"
        self.assertNotEqual(self.first.sudo()._get_substitute_product(), foreign)

    def test_notes_are_deleted(self):
        """SW+9: while the supplier has the order its parts stay, and its notes may go."""
        self.purchase.order_line = [Command.create({"display_type": "line_note", "name": "Mind it", "product_qty": 0})]
        note = self.purchase.order_line - self.first - self.second
        self.purchase.sudo().webservice_state = "queued"
        note.unlink()
        self.assertFalse(note.exists())
        with self.assertRaises(UserError):
            self.first.unlink()

    def test_receipts_are_held_for_a_reason(self):
        """SW+9: news of a line that wants no look holds no receipt of a confirmed order."""
        self._buy()
        exchange = self._communicate(self.purchase)
        self.purchase.sudo().button_confirm()
        verdict = Verdict("wait", "AB")
        self.purchase.sudo()._call_person(verdict, exchange.sudo(), self.purchase.sudo().order_line)
        self.assertFalse(self.purchase.receipt_held)
        self.first.sudo().answer_flagged = True
        self.purchase.sudo()._call_person(verdict, exchange.sudo(), self.purchase.sudo().order_line)
        self.assertTrue(self.purchase.receipt_held)

    def test_options_that_were_taken_out(self):
        """SW4: what a supplier needs in every order is asked for before an order is sent."""
        self._buy()
        with (
            patch.object(StandardConnector, "required_options", ("branch",)),
            self.assertRaisesRegex(UserError, "needs in every order"),
        ):
            self.purchase.action_communicate()
        self.assertFalse(self.purchase.exchange_ids)
