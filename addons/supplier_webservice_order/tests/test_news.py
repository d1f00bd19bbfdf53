from unittest.mock import patch

from lxml import etree
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..soap import client as soap_client
from ..soap.errors import FateUnknownError
from .common import SupplierCase
from .test_standards import UBL, UblSupplier

NEWS_LOG = "odoo.addons.supplier_webservice_order.models.supplier_exchange_settle"
ASK = "urn:supplier-webservice-order:ubl:1"


class AdvancedSupplier(UblSupplier):
    """Takes changes and cancellations, too; ``say`` is the code of its answers, ``script`` what happens before."""

    def __init__(self):
        super().__init__()
        self.say = "AP"
        self.script = []
        self.despatched = ""
        self.complete = "false"
        #: responses by the number of the document that they answer
        self.known = {}

    def names(self):
        """Return the names of the messages that came, in their order."""
        return [etree.QName(body).localname for _url, body in self.received]

    def _respond(self, body, order_id, more=""):
        answer = (
            f"<OrderResponse xmlns='{UBL}OrderResponse-2' xmlns:cac='{UBL}CommonAggregateComponents-2' "
            f"xmlns:cbc='{UBL}CommonBasicComponents-2'><cbc:ID>R-2</cbc:ID>"
            f"<cbc:OrderResponseCode>{self.say}</cbc:OrderResponseCode><cbc:Note>As you like</cbc:Note>"
            f"<cac:OrderReference><cbc:ID>{order_id}</cbc:ID></cac:OrderReference>{more}</OrderResponse>"
        )
        self.known[body.findtext("{*}ID")] = answer
        if self.script:
            raise self.script.pop(0)
        return answer

    def OrderChange(self, body):
        number = body.findtext("{*}ID")
        reference = f"<cac:OrderChangeDocumentReference><cbc:ID>{number}</cbc:ID></cac:OrderChangeDocumentReference>"
        return self._respond(body, body.findtext("{*}OrderReference/{*}ID"), reference)

    def OrderCancellation(self, body):
        return self._respond(body, body.findtext("{*}OrderReference/{*}ID"))

    def OrderResponseRequest(self, body):
        answer = self.known.get(body.findtext("{*}OrderID"))
        if answer:
            answer = answer.replace(">AB<", f">{self.say}<")
        known = str(bool(answer)).lower()
        return (
            f"<r:OrderResponseResult xmlns:r='{ASK}'><r:Known>{known}</r:Known>{answer or ''}</r:OrderResponseResult>"
        )

    def DespatchAdviceRequest(self, body):
        return (
            f"<r:DespatchAdviceResult xmlns:r='{ASK}'><r:Complete>{self.complete}</r:Complete>"
            f"{self.despatched.replace('{}', body.findtext('{*}OrderID'))}</r:DespatchAdviceResult>"
        )


class NewsCase(SupplierCase):
    """Base class: an order that a supplier with changes and cancellations has approved."""

    def setUp(self):
        super().setUp()
        self.supplier_side = AdvancedSupplier()
        self.startPatcher(patch.object(soap_client, "_post", self.supplier_side.post))
        self.connection.write({"connector": "ubl", "ubl_advanced": True})
        self._buy()
        self.purchase = self._new_purchase()
        self._communicate(self.purchase)
        self.order = self.purchase.exchange_ids.filtered(lambda exchange: exchange.operation == "order")

    def _tell(self, action="action_send_change"):
        """Press the button and let the page send; return the message."""
        params = getattr(self.purchase, action)()["params"]
        exchange = self.env["supplier.exchange"].browse(params["exchange_ids"])
        self._end_pauses()
        with self._worker(), mute_logger(NEWS_LOG):
            exchange.with_user(self.user).process_now()
        return exchange


@tagged("post_install", "-at_install")
class TestChange(NewsCase):
    """SW+9: what was changed after the approval is told to the supplier, once."""

    def test_change(self):
        """SW+9: one line more of, one less, one new: the supplier is told how the order is to be, and has agreed."""
        first, second = self.purchase.order_line
        first.product_qty = 5
        second.sudo().product_qty = 0
        new = self.env["purchase.order.line"].create(
            {"order_id": self.purchase.id, "product_id": self.products[2].id, "product_qty": 1}
        )
        self.assertTrue(self.purchase.can_send_change)
        self.assertIn("5 now", self.purchase.unsent_changes)
        exchange = self._tell()
        self.assertEqual((exchange.operation, exchange.state), ("change", "done"))
        [change] = [body for _url, body in self.supplier_side.received if etree.QName(body).localname == "OrderChange"]
        self.assertEqual(change.findtext("{*}OrderReference/{*}ID"), self.order.message_number)
        self.assertEqual(change.findtext("{*}SequenceNumberID"), "1")
        lines = {
            int(item.findtext("{*}ID")): (item.findtext("{*}LineStatusCode"), item.findtext("{*}Quantity"))
            for item in change.iter("{*}LineItem")
        }
        self.assertEqual(lines, {first.id: ("3", "5"), new.id: ("1", "1"), second.id: ("2", "0")})
        self.assertFalse(self.purchase.unsent_changes)
        self.assertFalse(self.purchase.can_send_change)
        self.assertEqual(first.supplier_qty, 5)
        self.assertTrue(new.answer_flagged, "nobody has said what it costs")
        self.assertEqual(self.purchase.webservice_state, "AP")
        self.assertEqual(self.account.balance_units, 9_900, "a change costs nothing, the order was paid for")
        with self.assertRaises(UserError):
            self.purchase.action_send_change()

    def test_twice(self):
        """SW+9 SW+1: two presses tell once; a second change gets the next number."""
        self.purchase.order_line[0].product_qty = 5
        both = [self.purchase.action_send_change()["params"]["exchange_ids"] for _press in (1, 2)]
        self.assertEqual(both[0], both[1])
        self._work()
        self.assertEqual(self.supplier_side.names().count("OrderChange"), 1)
        self.purchase.order_line[0].product_qty = 6
        self._tell()
        sequences = [
            body.findtext("{*}SequenceNumberID")
            for _url, body in self.supplier_side.received
            if etree.QName(body).localname == "OrderChange"
        ]
        self.assertEqual(sequences, ["1", "2"])

    def test_answer_lost(self):
        """SW+9 SW+1: the change arrived, its answer did not: the supplier is asked, and nothing is sent again."""
        self.purchase.order_line[0].product_qty = 5
        self.supplier_side.script = [FateUnknownError("timeout", "no answer")]
        exchange = self._tell()
        self.assertEqual(exchange.state, "unknown")
        self.assertEqual(self.purchase.webservice_state, "AP", "the order itself is in no doubt")
        self.assertTrue(self.purchase.pending_news)
        self._work()
        self.assertEqual(exchange.state, "done")
        self.assertEqual(self.supplier_side.names().count("OrderChange"), 1)
        self.assertFalse(self.purchase.unsent_changes)

    def test_never_arrived(self):
        """SW+9 SW+1: a change that the supplier does not know goes out again, the same bytes."""
        self.purchase.order_line[0].product_qty = 5
        self.supplier_side.script = [FateUnknownError("timeout", "no answer")]
        exchange = self._tell()
        self.supplier_side.known.clear()
        self._work()
        self.assertEqual((exchange.state, self.supplier_side.names().count("OrderChange")), ("done", 2))
        sent = [
            etree.tostring(body)
            for _url, body in self.supplier_side.received
            if etree.QName(body).localname == "OrderChange"
        ]
        self.assertEqual(*sent)

    def test_decided_later(self):
        """SW+9: a supplier that only received the change is asked until it decides; it is not told again."""
        self.purchase.order_line[0].product_qty = 5
        self.supplier_side.say = "AB"
        exchange = self._tell()
        self.assertEqual(exchange.state, "received")
        self.assertIn("has not decided", self.purchase.pending_news)
        self.assertTrue(self.purchase.unsent_changes, "nothing is agreed yet")
        # the moment of the next question has come
        self.supplier_side.say = "AP"
        exchange.sudo().date_next_try = "2000-01-01"
        self._work()
        self.assertEqual(exchange.state, "done")
        self.assertEqual(self.supplier_side.names().count("OrderChange"), 1)
        self.assertFalse(self.purchase.unsent_changes)

    def test_refused(self):
        """SW+9: a refused change leaves the order as the supplier has it, and calls a person."""
        self.purchase.order_line[0].product_qty = 5
        self.supplier_side.say = "RE"
        exchange = self._tell()
        self.assertEqual((exchange.state, exchange.reason), ("failed", "rejected"))
        self.assertEqual((self.purchase.webservice_state, self.order.state), ("AP", "done"))
        self.assertIn("5 now", self.purchase.unsent_changes)
        self.assertTrue(self.purchase.activity_ids)
        self.assertFalse(self.purchase.receipt_held)

    def test_answer_about_another_change(self):
        """SW+9 SW+7: the answer to another change, or about another order, proves nothing about this one."""
        for name, text in (("OrderChangeDocumentReference", "other"), ("OrderReference", "foreign")):
            with self.subTest(name=name):
                self.purchase.order_line[0].product_qty += 1
                respond = self.supplier_side.OrderChange

                def other(body, name=name, text=text, respond=respond):
                    root = etree.fromstring(respond(body))
                    root.find(f"{{*}}{name}/{{*}}ID").text = text
                    return etree.tostring(root).decode()

                with patch.object(self.supplier_side, "OrderChange", other):
                    exchange = self._tell()
                self.assertEqual((exchange.state, exchange.reason), ("unknown", "other_message"))
                self.assertTrue(self.purchase.unsent_changes)
                exchange.with_user(self.manager).action_settle_not_ordered()
                self.assertEqual(exchange.state, "failed")

    def test_by_hand(self):
        """SW+9: a manager who called the supplier says that it agrees."""
        self.purchase.order_line[0].product_qty = 5
        self.supplier_side.script = [FateUnknownError("timeout", "no answer")]
        exchange = self._tell()
        exchange.with_user(self.manager).action_settle_ordered()
        self.assertEqual(exchange.state, "done")
        self.assertFalse(self.purchase.unsent_changes)

    def test_not_offered(self):
        """SW+9: where the supplier takes no changes, none is offered, and none can be forced."""
        self.connection.ubl_advanced = False
        self.purchase.order_line[0].product_qty = 5
        self.purchase.invalidate_recordset()
        self.assertFalse(self.purchase.can_send_change)
        with self.assertRaises(UserError):
            self.purchase.action_send_change()
        self.purchase.button_cancel()
        self.assertFalse(self.purchase.can_send_cancellation)
        with self.assertRaises(UserError):
            self.purchase.action_send_cancellation()


@tagged("post_install", "-at_install")
class TestNewsBorders(NewsCase):
    """SW+9: which message is about which order, and what cannot be told."""

    def setUp(self):
        super().setUp()
        self.neighbor = self._new_purchase(self.products[3])
        self._communicate(self.neighbor)

    def test_news_of_the_neighbour(self):
        """SW+9: a change that waits is that of its order; what waits of another order is not in the way."""
        self.neighbor.order_line.product_qty = 5
        waiting = self.env["supplier.exchange"].browse(self.neighbor.action_send_change()["params"]["exchange_ids"])
        self.assertFalse(self.purchase._get_open_news_sudo())
        self.assertEqual(self.neighbor._get_open_news_sudo(), waiting)
        self.purchase.button_cancel()
        self.assertEqual(waiting.state, "queued")
        self.assertEqual(self._tell("action_send_cancellation").state, "done")

    def test_orders_are_no_news(self):
        """SW+9: an order that waits to be sent is neither change nor cancellation."""
        third = self._new_purchase(self.products[2])
        third.action_communicate()
        self.assertEqual(third.exchange_ids.state, "queued")
        self.assertFalse(third._get_open_news_sudo())

    def test_one_after_the_other(self):
        """SW+9: while a change is on its way a cancellation is not told; the change that was sent stays sent."""
        self.purchase.order_line[0].product_qty = 5
        self.supplier_side.script = [FateUnknownError("timeout", "no answer")]
        exchange = self._tell()
        self.purchase.button_cancel()
        self.assertEqual(exchange.state, "unknown")
        with self.assertRaises(UserError):
            self.purchase.action_send_cancellation()

    def test_not_yet(self):
        """SW+9: what the supplier has not decided about is not changed; where nobody is connected nothing is told."""
        self.purchase.order_line[0].product_qty = 5
        self.purchase.sudo().webservice_state = "AB"
        with self.assertRaisesRegex(UserError, "has approved it"):
            self.purchase.action_send_change()
        self.purchase.sudo().webservice_state = "AP"
        self.connection.action_suspend()
        with self.assertRaisesRegex(UserError, "takes no such message"):
            self.purchase.action_send_change()
        self.connection.action_activate()
        self.order.sudo().state = "failed"
        with self.assertRaisesRegex(UserError, "does not have"):
            self.purchase._check_can_tell("change", self.order)
        self.order.sudo().state = "done"
        self.purchase.sudo().webservice_state = False
        with self.assertRaisesRegex(UserError, "does not have"):
            self.purchase._check_can_tell("change", self.order)

    def test_numbers_of_changes(self):
        """SW+9: changes are counted by order; a cancellation, and what was accepted besides, is none of it."""
        self.neighbor.order_line.product_qty = 5
        self.neighbor.action_send_change()
        self.order.sudo().copy(
            {"operation": "cancel", "order_exchange_id": self.order.id, "message_number": "x", "slot": 0}
        )
        extra = self.purchase.order_line[0].sudo().copy({"order_id": self.purchase.id})
        values = {"purchase_id": self.purchase.id, "key": "k", "name": "Freight", "line_id": extra.id}
        self.env["supplier.order.charge"].create({**values, "state": "accepted"})
        self.purchase.order_line[0].product_qty = 7
        change, parts = self.purchase._prepare_change("m-9", self.order)
        self.assertEqual(change.sequence, 1)
        self.assertNotIn(extra.id, [part.position for part in parts])

    def test_the_order_that_was_sent(self):
        """SW+9: the supplier is asked about the order that it took, of this purchase order."""
        self.supplier_side.received.clear()
        for purchase in (self.neighbor, self.purchase):
            with self._worker():
                purchase._fetch_answer()
        asked = [body.findtext("{*}OrderID") for _url, body in self.supplier_side.received]
        theirs = self.neighbor.exchange_ids.filtered(lambda exchange: exchange.operation == "order")
        self.assertEqual(asked, [theirs.message_number, self.order.message_number])
        self.supplier_side.received.clear()
        self.order.sudo().state = "failed"
        with self._worker():
            self.purchase._fetch_answer()
        self.assertFalse(self.supplier_side.received)

    def test_numbers_at_the_supplier(self):
        """SW5: an order that goes out anew has another number; messages of others, or of other kinds, do not count."""
        third = self._new_purchase(self.products[2])
        self.assertEqual(third._get_number_at_supplier(), third.name)
        self.order.sudo().write({"purchase_id": third.id, "operation": "change"})
        self.assertEqual(third._get_number_at_supplier(), third.name)
        self.order.sudo().operation = "order"
        self.assertEqual(third._get_number_at_supplier(), f"{third.name}-2")


@tagged("post_install", "-at_install")
class TestCancellation(NewsCase):
    """SW+9: an order that is cancelled here is cancelled at the supplier, once."""

    def test_cancellation(self):
        """SW+9: cancelled there, the order can be taken up again and is sent as a new one."""
        with self.assertRaises(UserError):
            self.purchase.action_send_cancellation()
        self.purchase.button_cancel()
        self.assertTrue(self.purchase.can_send_cancellation)
        exchange = self._tell("action_send_cancellation")
        self.assertEqual((exchange.state, self.order.state), ("done", "cancelled"))
        self.assertEqual(self.purchase.webservice_state, "cancelled")
        [told] = [
            body for _url, body in self.supplier_side.received if etree.QName(body).localname == "OrderCancellation"
        ]
        self.assertEqual(told.findtext("{*}OrderReference/{*}ID"), self.order.message_number)
        self.assertIn(self.purchase.name, told.findtext("{*}CancellationNote"))
        with self.assertRaises(UserError):
            self.purchase.action_send_cancellation()
        self.purchase.button_draft()
        self._communicate(self.purchase)
        self.assertEqual(self.purchase.webservice_state, "AP")
        self.assertEqual(self.supplier_side.names().count("Order"), 2)

    def test_refused(self):
        """SW+9: the supplier does not cancel, or only a part: it still has the order, and a person calls it."""
        self.purchase.button_cancel()
        for code, reason in (("RE", "rejects"), ("CA", "a part of the order only")):
            self.supplier_side.say = code
            exchange = self._tell("action_send_cancellation")
            self.assertEqual((exchange.state, self.order.state), ("failed", "done"))
            self.assertIn(reason, exchange.error)
            self.assertEqual(self.purchase.webservice_state, "AP")
            self.assertTrue(self.purchase.activity_ids)

    def test_withdrawn_change(self):
        """SW+9: a change that nobody has taken yet goes with the order; the cancellation is told."""
        self.purchase.order_line[0].product_qty = 5
        waiting = self.env["supplier.exchange"].browse(self.purchase.action_send_change()["params"]["exchange_ids"])
        self.purchase.button_cancel()
        self.assertEqual(waiting.state, "cancelled")
        self._tell("action_send_cancellation")
        self.assertEqual(self.purchase.webservice_state, "cancelled")
        self.assertNotIn("OrderChange", self.supplier_side.names())

    def test_answer_lost(self):
        """SW+9 SW+1: the answer to a cancellation is lost: asked, not told again."""
        self.purchase.button_cancel()
        self.supplier_side.script = [FateUnknownError("timeout", "no answer")]
        exchange = self._tell("action_send_cancellation")
        self.assertEqual(exchange.state, "unknown")
        self._work()
        self.assertEqual((exchange.state, self.purchase.webservice_state), ("done", "cancelled"))
        self.assertEqual(self.supplier_side.names().count("OrderCancellation"), 1)
