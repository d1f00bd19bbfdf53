from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..delivery import deliver
from ..soap.errors import FateUnknownError, NotSentError
from ..utils import in_own_transaction
from .common import SupplierCase, envelope, fault, lost, picture

WORKER_LOG = "odoo.addons.supplier_webservice_order.models.supplier_exchange_settle"


@tagged("post_install", "-at_install")
class TestCommunicate(SupplierCase):
    """SW5 SW6 SW9 SW+1: an order is sent once and charged once, whatever happens."""

    def setUp(self):
        super().setUp()
        self._buy()
        self.purchase = self._new_purchase()

    def assertOnce(self, exchange):
        """One order at the supplier, one charge in the ledger, nothing reserved any more."""
        self.assertEqual(exchange.state, "done")
        self.assertEqual(len(self.fake.booked), 1)
        self.assertEqual(self.account.transaction_ids.filtered(lambda row: row.kind == "order").mapped("units"), [-100])
        self.assertEqual((self.account.balance_units, self.account.reserved_units), (9_900, 0))

    def test_sent_over_soap(self):
        """SW5 SW9: the order goes out with part numbers and prices; 0.10 credits are gone."""
        exchange = self._communicate(self.purchase)
        self.assertOnce(exchange)
        self.assertEqual(self.purchase.webservice_state, "AB")
        self.assertEqual(self.purchase.supplier_order_ref, "S-1")
        self.assertEqual(self.account.balance, 9.9)
        message = self.fake.messages[0].decode()
        for text in ("PN-A", "PN-B", self.purchase.name, "C-100", exchange.message_number):
            self.assertIn(text, message)
        note = self.purchase.message_ids[0]
        self.assertIn("received the order", note.body)
        self.assertEqual(note.author_id, self.purchase.partner_id)

    def test_queue_reserves(self):
        """SW9 SW+1: queueing alone calls nobody; it reserves the credit."""
        action = self.purchase.action_communicate()
        exchange = self.env["supplier.exchange"].browse(action["params"]["exchange_ids"])
        self.assertEqual((exchange.state, self.fake.calls), ("queued", []))
        self.assertEqual((self.account.balance_units, self.account.reserved_units), (10_000, 100))
        self._work()
        self.assertOnce(exchange)

    def test_double_click(self):
        """SW+1: pressing again shows the message that is under way; it is sent once."""
        first = self.purchase.action_communicate()
        second = self.purchase.action_communicate()
        self.assertEqual(first["params"], second["params"])
        exchange = self._communicate(self.purchase)
        self._communicate(self.purchase)
        self._work()
        self.assertOnce(exchange)
        self.assertEqual(self.fake.count("PlaceOrder"), 1)

    def test_time_out_after_accepting(self):
        """SW+1: the fate is unknown; the supplier is asked, nothing is sent again."""
        self.fake.script = [lost()]
        with mute_logger(WORKER_LOG):
            exchange = self._communicate(self.purchase)
        self.assertEqual((exchange.state, self.purchase.webservice_state), ("unknown", "unknown"))
        self.assertEqual((self.account.balance_units, self.account.reserved_units), (10_000, 100))
        self._work()
        self.assertOnce(exchange)
        self.assertEqual(self.fake.calls, ["PlaceOrder", "GetOrderStatus"])

    def test_time_out_before_accepting(self):
        """SW+1: the supplier does not know the order: the same bytes go out again."""
        self.fake.script = [FateUnknownError("timeout", "no answer")]
        with mute_logger(WORKER_LOG):
            exchange = self._communicate(self.purchase)
        # what happens to the order in the meantime does not change the message
        self.purchase.order_line[0].sudo().product_qty = 77
        self._work()
        self.assertOnce(exchange)
        self.assertEqual(self.fake.calls, ["PlaceOrder", "GetOrderStatus", "PlaceOrder"])
        self.assertEqual(self.fake.messages[0], self.fake.messages[2])

    def test_asking_fails_too(self):
        """SW+1: as long as the supplier does not say, nothing is sent again; a person is asked."""
        self.fake.script = [lost()]
        with mute_logger(WORKER_LOG):
            exchange = self._communicate(self.purchase)
            self.fake.unreachable = True
            for _attempt in range(4):
                self._work()
        self.assertEqual(exchange.state, "unknown")
        self.assertEqual(self.fake.count("PlaceOrder"), 1)
        self.assertEqual(self.account.reserved_units, 100)
        self.assertEqual(self.purchase.activity_ids.user_id, self.user)
        self.fake.unreachable = False
        self._work()
        self.assertOnce(exchange)

    def test_suspended_in_doubt(self):
        """SW+1: a suspended connection is asked about what is in doubt, but nothing is sent again over it."""
        self.fake.script = [FateUnknownError("timeout", "no answer")]
        with mute_logger(WORKER_LOG):
            exchange = self._communicate(self.purchase)
            self.connection.action_suspend()
            self._work()
        self.assertEqual((exchange.state, exchange.reason), ("unknown", "inactive"))
        self.assertEqual(self.fake.calls, ["PlaceOrder", "GetOrderStatus"])
        self.connection.action_activate()
        self._work()
        self.assertOnce(exchange)

    def test_refused_repetition(self):
        """SW+1: that a repeated message is refused does not prove that the first one was not taken."""
        self.fake.script = [lost(), (500, fault("Client", "Still working on the first one"))]
        with mute_logger(WORKER_LOG):
            exchange = self._communicate(self.purchase)
            self.fake._GetOrderStatus, original = self._unknown_status, self.fake._GetOrderStatus
            self._work()
        self.assertEqual((exchange.state, self.purchase.webservice_state), ("unknown", "unknown"))
        self.assertEqual(self.account.reserved_units, 100)
        self.fake._GetOrderStatus = original
        self._work()
        self.assertOnce(exchange)

    def test_worker_died(self):
        """SW+1: a message whose worker died is asked about when its lease is over."""
        action = self.purchase.action_communicate()
        exchange = self.env["supplier.exchange"].browse(action["params"]["exchange_ids"])
        with self._worker():
            self.assertTrue(in_own_transaction(self.env, lambda env: env["supplier.exchange"].sudo()._claim(None)))
            self.assertFalse(self.env["supplier.exchange"]._send_next(), "the lease protects the other worker")
        self._work()
        self.assertOnce(exchange)
        self.assertEqual(self.fake.calls, ["GetOrderStatus", "PlaceOrder"])

    def test_late_outcome_is_dropped(self):
        """SW+1: a worker that lost its lease does not write over its successor's result."""
        self.purchase.action_communicate()
        exchanges = self.env["supplier.exchange"]
        with self._worker():
            claim = in_own_transaction(self.env, lambda env: env["supplier.exchange"].sudo()._claim(None))
            outcome = deliver(claim)
        self._work()
        with self._worker(), self.assertLogs(WORKER_LOG, "WARNING"):
            exchanges.sudo()._settle(claim, outcome)
        self.assertOnce(self.purchase.exchange_ids)

    def test_duplicate(self):
        """SW+1 SW+7: "I have that already" counts where the supplier then knows the order, and in its own code only."""
        self.fake.script = [lost()]
        with mute_logger(WORKER_LOG):
            exchange = self._communicate(self.purchase)
        known, self.fake._GetOrderStatus = self.fake._GetOrderStatus, self._unknown_status
        self.fake.script = [(500, fault("Client", "Received before", "DuplicateMessage"))]
        with mute_logger(WORKER_LOG):
            self._work()
        self.assertEqual((exchange.state, exchange.reason), ("unknown", "duplicate"))
        self.assertEqual((self.account.balance_units, self.account.reserved_units), (10_000, 100))
        self.fake._GetOrderStatus = known
        self._work()
        self.assertOnce(exchange)

    def test_duplicate_in_other_words(self):
        """SW+7: an article named twice, a sentence with the word, an element of that name: none means this message."""
        document = envelope("<order xmlns='urn:other'><duplicate>false</duplicate></order>")
        for status, content, state in (
            (500, fault("Client", "Duplicate article, order refused", "Position 2: Duplicate article"), "failed"),
            (500, fault("Client", "Refused", "DuplicatePartNumberInOrder"), "failed"),
            (500, document, "unknown"),
        ):
            with self.subTest(content=content), mute_logger(WORKER_LOG):
                purchase = self._new_purchase()
                self.fake.script = [(status, content)]
                self.assertEqual(self._communicate(purchase).state, state)
                self.assertFalse(self.account.transaction_ids.filtered(lambda row: row.kind == "order"))

    def test_answer_to_another_question(self):
        """SW+1: only a clear "no" lets an order be sent again; an answer about something else is none."""
        self.fake.script = [lost()]
        with mute_logger(WORKER_LOG):
            exchange = self._communicate(self.purchase)
        self.fake._GetOrderStatus = self._other_answer
        with mute_logger(WORKER_LOG):
            self._work()
        self.assertEqual(exchange.state, "unknown")
        self.assertEqual(self.fake.count("PlaceOrder"), 1)

    def _other_answer(self, body):
        from .common import NAMESPACE, envelope, response

        return response(envelope(f"<TestResponse xmlns='{NAMESPACE}'><text>Hello</text></TestResponse>"))

    def _unknown_status(self, body):
        from .common import NAMESPACE, envelope, response

        return response(
            envelope(f"<GetOrderStatusResponse xmlns='{NAMESPACE}'><known>false</known></GetOrderStatusResponse>")
        )

    def test_unusable_answers_are_unknown(self):
        """SW+1: HTML with status 200, half XML, a DOCTYPE, a server's Fault: never ordered twice."""
        for content in (
            (200, b"<!DOCTYPE html><html><br></html>"),
            (200, b"<a><b>"),
            (200, b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
            (500, fault("Server", "Out of order")),
            (502, b"Bad gateway"),
        ):
            with self.subTest(content=content):
                purchase = self._new_purchase()
                self.fake.booked.clear()
                self.fake.script = [content]
                with mute_logger(WORKER_LOG):
                    exchange = self._communicate(purchase)
                self.assertEqual(exchange.state, "unknown")
                self.assertTrue(exchange.error)
                self._work()
                self.assertEqual(exchange.state, "done")
                self.assertEqual(len(self.fake.booked), 1)
                self.assertEqual(len(exchange.transaction_ids), 1)

    def test_refused(self):
        """SW5 SW9: a Fault of the sender is final: nothing charged, the reason is shown, it can be sent anew."""
        self.fake.script = [(500, fault("Client", "Unknown customer"))]
        with mute_logger(WORKER_LOG):
            exchange = self._communicate(self.purchase)
        self.assertEqual((exchange.state, self.purchase.webservice_state), ("failed", "failed"))
        self.assertIn("Unknown customer", self.purchase.webservice_error)
        self.assertEqual((self.account.balance_units, self.account.reserved_units), (10_000, 0))
        self.fake.booked.clear()
        self.assertOnce(self._communicate(self.purchase))

    def test_wrong_password(self):
        """SW5: 401 is final and says what is wrong."""
        self.fake.script = [(401, b"")]
        with mute_logger(WORKER_LOG):
            exchange = self._communicate(self.purchase)
        self.assertEqual((exchange.state, exchange.reason), ("failed", "unauthorized"))
        self.assertEqual(self.account.reserved_units, 0)

    def test_unreachable_waits(self):
        """SW+1: a message that certainly did not leave stays queued and is sent later."""
        self.fake.script = [NotSentError("unreachable", "refused")]
        with mute_logger(WORKER_LOG):
            exchange = self._communicate(self.purchase)
        self.assertEqual(exchange.state, "queued")
        self._work()
        self.assertOnce(exchange)
        self.assertEqual(self.fake.calls, ["PlaceOrder", "PlaceOrder"])

    def test_settled_by_hand(self):
        """SW+1: a manager decides what a phone call has told; users cannot."""
        self.fake.script = [lost()]
        with mute_logger(WORKER_LOG):
            exchange = self._communicate(self.purchase)
        with self.assertRaises(UserError):
            exchange.with_user(self.user).action_settle_ordered()
        exchange.with_user(self.manager).action_settle_not_ordered()
        self.assertEqual((exchange.state, self.account.reserved_units), ("failed", 0))
        self.fake.script = [lost()]
        with mute_logger(WORKER_LOG):
            second = self._communicate(self.purchase)
        second.with_user(self.manager).action_settle_ordered()
        self.assertEqual((second.state, self.account.balance_units), ("done", 9_900))
        self.assertEqual(self.purchase.message_ids[0].author_id, self.manager.partner_id)

    def test_cancel_before_sending(self):
        """SW5: cancelling the order withdraws a message that nobody has taken."""
        self.purchase.action_communicate()
        self.purchase.button_cancel()
        self.assertEqual(self.purchase.exchange_ids.state, "cancelled")
        self.assertEqual(self.account.reserved_units, 0)
        self._work()
        self.assertFalse(self.fake.calls)

    def test_cancel_in_doubt(self):
        """SW+1: an order whose fate is unknown cannot be cancelled here."""
        self.fake.script = [lost()]
        with mute_logger(WORKER_LOG):
            self._communicate(self.purchase)
        with self.assertRaises(UserError):
            self.purchase.button_cancel()

    def test_merged_with_none(self):
        """SW+1: an order that the supplier knows is not merged with one that it does not know."""
        self._communicate(self.purchase)
        other, third = self._new_purchase(), self._new_purchase()
        with self.assertRaises(UserError):
            (self.purchase | other).action_merge()
        (self.purchase | other | third).action_merge()
        self.assertEqual(self.purchase.order_line.mapped("product_qty"), [2, 2])
        self.assertEqual(self.purchase.state, "draft")
        self.assertEqual(sorted((other | third).mapped("state")), ["cancel", "draft"])

    def test_reordering_rule_finds_another_order(self):
        """SW+1: a reordering rule raises what has not left yet, and orders anew where the supplier was told."""
        if not hasattr(self.env.get("stock.rule"), "_make_po_get_domain"):
            self.skipTest("needs purchase_stock")
        part = self.products[0]
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1)
        wanted = {
            "warehouse_id": warehouse,
            "route_ids": self.env.ref("purchase_stock.route_warehouse0_buy"),
            "date_planned": fields.Datetime.now(),
            "orderpoint_id": self.env["stock.warehouse.orderpoint"],
            "move_dest_ids": self.env["stock.move"],
        }

        def order(quantity):
            place = warehouse.lot_stock_id
            rules = self.env["stock.rule"]
            rules.run(
                [rules.Procurement(part, quantity, part.uom_id, place, part.name, "Rule", self.company, dict(wanted))]
            )
            return self.env["purchase.order.line"].search([("order_id.origin", "=", "Rule")], order="id")

        order(5)
        line = order(3)
        self.assertEqual(line.mapped("product_qty"), [8], "a draft takes what is missing")
        self._communicate(line.order_id.with_user(self.user))
        lines = order(4)
        self.assertEqual(lines.mapped("product_qty"), [8, 4])
        self.assertEqual(len(lines.order_id), 2)

    def test_no_part_number(self):
        """SW5: a part that the supplier cannot know is named before anything is sent."""
        nameless = self.env["product.product"].create({"name": "Mystery"})
        purchase = self._new_purchase(nameless)
        with self.assertRaises(UserError) as refused:
            purchase.action_communicate()
        self.assertIn("Mystery", str(refused.exception))

    def test_mail_is_prepared(self):
        """SW6: the classic e-mail is ready: supplier, order report and every photo."""
        photos = self.env["purchase.line.photo"].with_user(self.user)
        photo = photos._add(self.purchase.order_line[0], picture(), "a.jpg")
        photo |= photos._add(self.purchase.order_line[1], picture((640, 480)), "b.jpg")
        self._communicate(self.purchase)
        action = self.purchase.action_open_supplier_mail()
        composer = self.env["mail.compose.message"].with_user(self.user).with_context(**action["context"]).create({})
        self.assertEqual(composer.partner_ids, self.supplier)
        self.assertLessEqual(photo.attachment_id, composer.attachment_ids)
        self.assertEqual(len(composer.attachment_ids), 3)
        report = composer.attachment_ids - photo.attachment_id
        self.assertIn(f"Purchase Order - {self.purchase.name}", report.name)
        reports = self.env["ir.actions.report"]
        page, _type = reports._render_qweb_html("purchase.report_purchaseorder", self.purchase.ids)
        self.assertIn(b"Purchase Order", page)
        self.assertNotIn(b"Request for Quotation", page)
        self.assertIn("PN-A", composer.body)
        composer._action_send_mail()
        owed = self.env["mail.delivery"].search(
            [("res_model", "=", "purchase.order"), ("res_id", "=", self.purchase.id)]
        )
        self.assertEqual(owed.partner_id, self.supplier, "sent until it arrives")
        self.assertEqual(self.purchase.state, "draft", "an order that was transferred is no request for quotation")
        [group] = [
            values
            for name, _filter, values in self.purchase._notify_get_recipients_groups(
                self.purchase.message_ids[0], "Purchase Order"
            )
            if name == "portal_customer"
        ]
        self.assertEqual(group["button_access"]["title"], "View Order")

    def test_several_at_once(self):
        """SW5 SW+1: orders ticked in the list are all queued and each is sent once."""
        purchases = self.purchase | self._new_purchase() | self._new_purchase()
        purchases.with_user(self.user).action_communicate()
        self._work()
        self.assertEqual(set(purchases.mapped("webservice_state")), {"AB"})
        self.assertEqual(self.fake.count("PlaceOrder"), 3)
        self.assertEqual(self.account.balance_units, 9_700)

    def test_accountants_see_the_order(self):
        """SW5: who may read orders only to bill or audit them opens the form, without what is not theirs."""
        self._communicate(self.purchase)
        self.env["purchase.line.photo"].with_user(self.user)._add(self.purchase.order_line[0], picture(), "a.jpg")
        for group in ("account.group_account_invoice", "account.group_account_readonly"):
            with self.subTest(group=group):
                accountant = self._new_user(group.split(".")[1], group)
                purchase = self.purchase.with_user(accountant).with_company(self.company)
                self.env.invalidate_all()
                shown = Form(purchase)
                self.assertEqual(shown.webservice_state, "AB")
                self.assertNotIn("exchange_count", shown._view["fields"])
        self.assertIn("exchange_count", Form(self.purchase)._view["fields"])

    def test_query_count(self):
        """SW5: what Communicate costs in queries, sending included."""
        self._communicate(self._new_purchase())
        purchase = self._new_purchase()
        self.env.invalidate_all()
        with self.assertQueryCount(20):
            ids = purchase.action_communicate()["params"]["exchange_ids"]
            with self._worker():
                self.env["supplier.exchange"].browse(ids).with_user(self.user).process_now()
            self.env.flush_all()
