from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from unittest.mock import Mock

from odoo import fields
from odoo.fields import Command
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..connectors.base import OrderAnswer
from ..delivery import deliver
from ..judge import NEW, Sent, SentLine, Terms, judge
from ..soap.errors import FateUnknownError
from .common import SupplierCase
from .test_judge import FULL, SENT, answer, line

STATUS_LOG = "odoo.addons.supplier_webservice_order.models.purchase_order_status"
DELIVERY_LOG = "odoo.addons.supplier_webservice_order.delivery"
#: two lines of the same part, and one of another
TWICE = Sent(
    "m-1",
    (
        SentLine(1, Decimal(2), Decimal(100), "A-1"),
        SentLine(2, Decimal(5), Decimal(100), "A-1"),
        SentLine(3, Decimal(1), Decimal(7), "B.2"),
    ),
)


def named(number, quantity, price="100", status="confirmed", **values):
    """Return a line as suppliers answer it that know part numbers only."""
    return line(None, status, quantity, price, number=number, by_number=True, **values)


@tagged("post_install", "-at_install")
class TestCells(BaseCase):
    """SW+7: cells of the table that real suppliers fill in and nobody expects."""

    def test_rejection_that_confirms(self):
        """SW+7: "rejected" above lines that are confirmed lets nothing go: it would be ordered a second time."""
        for state in (NEW, "AB", "AP", "CA"):
            verdict = judge(SENT, answer("RE", *FULL), state)
            self.assertEqual((verdict.step, verdict.state, verdict.reason), ("unknown", state, "contradiction"))
            self.assertFalse(verdict.lines)
        for status, quantity in (("confirmed", "0"), ("rejected", "2"), ("discontinued", None), ("substituted", "2")):
            verdict = judge(SENT, answer("RE", line(1, status, quantity)), "AB")
            self.assertEqual(verdict.step, "reject", status)

    def test_other_currency(self):
        """SW+7: the same amount in another currency is not the price that was sent, however it converts."""
        verdict = judge(SENT, answer("AP", *FULL), terms=Terms(Decimal(1), Decimal(50), foreign=True))
        self.assertEqual([each.doubts for each in verdict.lines], [("other_currency",)] * 2)
        self.assertFalse(verdict.is_clean)
        self.assertEqual(
            judge(SENT, answer("AP", *FULL), terms=Terms(None, foreign=True)).lines[0].doubts, ("currency",)
        )

    def test_same_line_twice(self):
        """SW+7: a line that stands twice in the answer comes twice, or is a mistake: a person looks."""
        first = judge(SENT, answer("AP", FULL[0], FULL[0], FULL[1])).lines[0]
        self.assertEqual((first.quantity, first.doubts), (4, ("quantity", "split")))

    def test_rounded_by_the_supplier(self):
        """SW+2 SW+7: a price that the supplier rounds is compared like any other; a quantity may not be rounded."""
        rounded = judge(
            SENT, answer("AP", FULL[0], line(2, quantity="3", price="0.03")), terms=Terms(tolerance=Decimal(5))
        )
        self.assertEqual(rounded.lines[1].doubts, ("price",))
        nearly = judge(SENT, answer("AP", line(1, quantity="2.0001", price="100"), FULL[1]))
        self.assertEqual(nearly.lines[0].doubts, ("quantity",))

    def test_for_nothing(self):
        """SW+7: a price of nothing where one was expected is no bargain."""
        free = judge(SENT, answer("AP", line(1, quantity="2", price="0"), FULL[1]), terms=Terms(tolerance=Decimal(99)))
        self.assertEqual((free.lines[0].deviation, free.lines[0].doubts), (-100, ("price",)))

    def test_no_numbers_of_this_world(self):
        """SW+7: what is endless or no number at all is no line."""
        for value in ("NaN", "sNaN", "Infinity", "-Infinity", "1E12", "1E+999"):
            for name in ("quantity", "price"):
                with self.subTest(value=value, name=name), self.assertRaises(ValueError):
                    line(1, **{name: value})

    def test_lines_by_part_number(self):
        """SW+5 SW+7: a supplier that names part numbers only is understood as far as they name one line."""
        sent = Sent("m-1", TWICE.lines[1:])
        verdict = judge(sent, answer("AP", named("b2", "1", "7"), named("A 1", "5")))
        self.assertTrue(verdict.is_clean)
        self.assertEqual([(each.position, each.quantity) for each in verdict.lines], [(2, 5), (3, 1)])
        parts = judge(
            sent,
            answer("AP", named("A-1", "2"), named("A-1", "3", available_on=date(2031, 1, 2)), named("B.2", "1", "7")),
        )
        self.assertEqual((parts.lines[0].quantity, parts.lines[0].doubts), (5, ("split",)))
        freight = judge(sent, answer("AP", named("A-1", "5"), named("B.2", "1", "7"), named("FREIGHT", "1", "9")))
        self.assertEqual([each.number for each in freight.extras], ["FREIGHT"])
        self.assertFalse(freight.is_clean)
        self.assertEqual(judge(sent, answer("AP", named("Z-9", "5"))).reason, "other_positions")

    def test_lines_of_the_same_number(self):
        """SW+5 SW+7: two lines of one part: as many answers are told apart, fewer of them are not guessed."""
        verdict = judge(TWICE, answer("AP", named("A-1", "2"), named("B.2", "1", "7"), named("A-1", "5")))
        self.assertTrue(verdict.is_clean)
        summed = judge(TWICE, answer("AP", named("A-1", "7"), named("B.2", "1", "7")))
        self.assertEqual((summed.state, [each.quantity for each in summed.extras]), ("AB", [7]))
        self.assertEqual(summed.missing, ((1, "line"), (2, "line")))
        self.assertFalse(summed.reason)
        # a connector whose lines have positions leaves them out of what was not ordered
        added = judge(TWICE, answer("AP", line(None, "confirmed", "1", "7", number="B.2")))
        self.assertEqual(len(added.extras), 1)

    def test_duplicate_that_is_rejected(self):
        """SW+1 SW+7: "rejected, we have it already" rejects the repetition: what the supplier knows decides."""
        reply = SimpleNamespace(response="<a/>")
        said = OrderAnswer(known=True, code="RE", message_id="m-1", duplicate=True, note="duplicate order")
        received = OrderAnswer(known=True, code="AB", message_id="m-1")
        for fate, expected in ((received, OrderAnswer), (OrderAnswer(known=False), FateUnknownError)):
            client = Mock(place=Mock(return_value=(said, reply)), fate=Mock(return_value=(fate, reply)))
            claim = SimpleNamespace(
                id=1, client=client, kind="order", ask_first=False, soap_operation="x", payload=b"", known_as="m-1"
            )
            self.assertIs(type(deliver(claim)[0]), expected)


@tagged("post_install", "-at_install")
class TestCellsOfOrders(SupplierCase):
    """SW+7: the same cells, as the buyer sees them."""

    def setUp(self):
        super().setUp()
        self._buy()
        self.purchase = self._new_purchase(*self.products[:2])
        self._communicate(self.purchase)
        self.lines = self.purchase.order_line

    def _answer(self, *lines, code="AP"):
        self.fake.approve(self.purchase, *lines, code=code)
        self.purchase.sudo().date_next_status = fields.Datetime.subtract(fields.Datetime.now(), minutes=1)
        self._end_pauses()
        with self._worker(), mute_logger(STATUS_LOG, DELIVERY_LOG):
            self.env.ref("supplier_webservice_order.ir_cron_fetch_answers").method_direct_trigger()

    def _full(self, **values):
        return [
            {"position": each.id, "status": "Confirmed", "quantity": 2, "price": "100", **values} for each in self.lines
        ]

    def _reviews(self):
        kind = self.env.ref("supplier_webservice_order.mail_activity_type_supplier_review")
        return self.purchase.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    def test_day_before_the_order(self):
        """SW+2 SW+7: a day on which nothing was ordered yet is shown, and nothing is planned for it."""
        planned = self.lines[0].date_planned
        first, second = self._full()
        self._answer({**first, "status": "BackOrdered", "availableOn": "2019-01-01"}, second, code="CA")
        self.assertEqual(self.lines[0].supplier_date, fields.Date.to_date("2019-01-01"))
        self.assertEqual(self.lines[0].date_planned, planned)

    def test_approved_with_changes_that_nobody_names(self):
        """SW+7: "approved with changes" above lines without any: the order waits, and a person is asked to call."""
        self._answer(*self._full(), code="CA")
        self.assertEqual((self.purchase.webservice_state, self.purchase.state), ("CA", "draft"))
        self.assertIn("does not say which", self._reviews().note)
        self.assertEqual(self._reviews().user_id, self.user)

    def test_rejection_that_confirms(self):
        """SW+7 SW+1: the order is not let go, its credit not given back, and what was said is shown."""
        self._answer(*self._full(), code="RE")
        self.assertEqual((self.purchase.webservice_state, self.purchase.state), ("AB", "draft"))
        self.assertIn("rejects the order and confirms", self.purchase.webservice_error)
        self.assertEqual(self.account.balance_units, 9_900)

    def test_pending_after_the_approval(self):
        """SW+7: an approved order's lines do not fall back to "pending"."""
        self._answer(*self._full())
        self.assertEqual(self.purchase.state, "purchase")
        self._answer(*[{"position": each.id, "status": "Pending"} for each in self.lines], code="AB")
        self.assertEqual(self.lines.mapped("supplier_line_state"), ["confirmed", "confirmed"])
        self.assertEqual((self.purchase.webservice_state, self.purchase.receipt_held), ("AP", False))

    def test_other_currency(self):
        """SW+7: prices in another currency, convertible and within the tolerance, are not confirmed by themselves."""
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": usd.id, "company_id": self.company.id, "name": fields.Date.today(), "rate": 1.0}
        )
        self.fake.currency = "USD"
        self._answer(*self._full())
        self.assertEqual((self.purchase.webservice_state, self.purchase.state), ("AP", "draft"))
        self.assertEqual(self.lines.mapped("price_flagged"), [True, True])
        self.assertIn("another currency", self.lines[0].review_reason)
        self.assertTrue(self._reviews())

    def test_the_same_surcharge_twice(self):
        """SW+7: two added lines in the same words are two proposals, with their amounts; the answer is applied."""
        exchange = self.purchase.exchange_ids.filtered(lambda exchange: exchange.operation == "order")
        said = OrderAnswer(
            known=True,
            code="AP",
            lines=(
                *(line(each.id, "confirmed", "2", "100") for each in self.lines),
                line(None, quantity="1", price="15", number="F", description="Freight"),
                line(None, quantity="1", price="5", number="F", description="Freight"),
                line(None, "rejected", price="9", number="G", description="Gift box"),
            ),
        )
        purchase = self.purchase.sudo()
        for _time in range(2):
            purchase._apply_verdict(purchase._judge_answer(said, exchange), said, exchange)
            self.assertEqual(
                self.purchase.charge_ids.mapped(lambda charge: (charge.name, charge.price, charge.quantity)),
                [("Freight", 15, 1), ("Freight", 5, 1), ("Gift box", 9, 0)],
            )
        self.purchase.charge_ids.product_id = self.products[3]
        self.purchase.action_accept_answer()
        self.assertEqual(
            (self.purchase.order_line - self.lines).mapped("price_unit"), [15, 5], "nothing comes of the third"
        )
        self.assertEqual(set(self.purchase.charge_ids.mapped("state")), {"accepted"})

    def test_approved_and_not_confirmed(self):
        """SW8 SW+7: what keeps an approved order from being confirmed is somebody's task, not only a note."""
        self.purchase.sudo().order_line = [Command.create({"product_id": self.products[2].id, "product_qty": 1})]
        self._answer(*self._full())
        self.assertEqual((self.purchase.webservice_state, self.purchase.state), ("AP", "draft"))
        self.assertIn("does not know of", self._reviews().note)
