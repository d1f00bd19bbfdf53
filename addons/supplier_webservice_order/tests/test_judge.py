from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from unittest.mock import Mock

from odoo.tests import BaseCase, tagged

from ..connectors.base import LineAnswer, OrderAnswer
from ..delivery import deliver, judge_failure, judge_pause
from ..judge import NEW, TRANSITIONS, Sent, SentLine, Terms, judge
from ..soap.errors import FateUnknownError, NotSentError, RefusedError

SENT = Sent("m-1", (SentLine(1, Decimal(2), Decimal(100)), SentLine(2, Decimal(3), Decimal("0.034567"))))


def line(position, status="confirmed", quantity=None, price=None, **values):
    return LineAnswer(
        position,
        status,
        Decimal(quantity) if quantity is not None else None,
        Decimal(price) if price is not None else None,
        **values,
    )


def answer(code, *lines, **values):
    return OrderAnswer(known=True, code=code, lines=lines, **values)


FULL = (line(1, quantity="2", price="100"), line(2, quantity="3", price="0.034567"))


@tagged("post_install", "-at_install")
class TestJudge(BaseCase):
    """SW+7: what an answer may do, as a table."""

    def test_transitions(self):
        """SW+7: every state and every answer: a late rejection reopens, an approved order is not "received" again."""
        expected = {
            NEW: {"AB": ("AB", "receive"), "AP": ("AP", "approve"), "CA": ("CA", "approve"), "RE": ("RE", "reject")},
            "AB": {"AB": ("AB", "receive"), "AP": ("AP", "approve"), "CA": ("CA", "approve"), "RE": ("RE", "reject")},
            "AP": {"AB": ("AP", "keep"), "AP": ("AP", "approve"), "CA": ("CA", "reopen"), "RE": ("RE", "reopen")},
            "CA": {"AB": ("CA", "keep"), "AP": ("AP", "approve"), "CA": ("CA", "approve"), "RE": ("RE", "reopen")},
            "RE": {"AB": ("RE", "doubt"), "AP": ("RE", "doubt"), "CA": ("RE", "doubt"), "RE": ("RE", "keep")},
        }
        for state, codes in expected.items():
            for code, (after, step) in codes.items():
                with self.subTest(state=state, code=code):
                    verdict = judge(SENT, answer(code, *(FULL if code != "RE" else ())), state)
                    self.assertEqual((verdict.state, verdict.step), (after, step))
        self.assertLessEqual(set(TRANSITIONS), {(state, code) for state in expected for code in expected[state]})

    def test_unheard_of(self):
        """SW+7: what the table does not know waits for a person and changes nothing."""
        verdict = judge(SENT, answer("XX", *FULL), "AB")
        self.assertEqual((verdict.state, verdict.step, verdict.is_clean), ("AB", "doubt", False))

    def test_confirmed_as_sent(self):
        """SW8 SW+7: every line, quantity and price as sent confirm an order, nothing less does."""
        self.assertTrue(judge(SENT, answer("AP", *FULL, message_id="m-1")).is_clean)
        self.assertTrue(judge(SENT, answer("AP", line(1, price="100"), FULL[1])).is_clean, "no quantity: as ordered")

    def test_about_something_else(self):
        """SW+7: another message, or another order's positions: nothing is known of ours."""
        for other in (
            answer("AP", *FULL, message_id="m-2"),
            answer("AP", line(77, quantity="2", price="100"), line(78, quantity="3", price="1")),
            answer("AP", line(77, quantity="2", price="100"), message_id="m-1"),
        ):
            for state in (NEW, "AB", "AP"):
                with self.subTest(other=other, state=state):
                    verdict = judge(SENT, other, state)
                    self.assertEqual((verdict.step, verdict.state), ("unknown", state))
                    self.assertIn(verdict.reason, ("other_message", "other_positions"))
                    self.assertFalse(verdict.lines or verdict.extras)

    def test_incomplete(self):
        """SW8 SW+7: an approval without lines, with fewer, without prices or with pending ones stays open."""
        cases = {
            "no lines": ((), ((1, "line"), (2, "line"))),
            "fewer lines": (FULL[:1], ((2, "line"),)),
            "no price": ((line(1, quantity="2"), FULL[1]), ((1, "price"),)),
            "pending": ((line(1, "pending"), FULL[1]), ((1, "line"),)),
            "no quantity of a change": ((line(1, "changed", price="100"), FULL[1]), ((1, "quantity"),)),
            "half of it pending": (
                (line(1, quantity="1", price="100"), line(1, "pending", quantity="1"), FULL[1]),
                ((1, "line"),),
            ),
        }
        for name, (lines, missing) in cases.items():
            for code in ("AP", "CA"):
                with self.subTest(name=name, code=code):
                    verdict = judge(SENT, answer(code, *lines), "AB")
                    self.assertEqual((verdict.state, verdict.asks_again, verdict.missing), ("AB", True, missing))
                    self.assertFalse(verdict.is_clean)
        nothing = judge(SENT, answer("CA", line(1, "discontinued"), line(2, "rejected")), "AB")
        self.assertEqual((nothing.state, nothing.missing), ("CA", ()), "what does not come needs no price")

    def test_extra_lines(self):
        """SW+7: freight and deposits that nobody ordered are kept, and the order is not confirmed as it was sent."""
        freight = line(900, quantity="1", price="15", description="Freight")
        surcharge = line(None, quantity="1", price="5", description="Minimum order")
        verdict = judge(SENT, answer("AP", *FULL, freight, surcharge, message_id="m-1"))
        self.assertEqual((verdict.extras, verdict.state, verdict.is_clean), ((freight, surcharge), "AP", False))

    def test_what_is_taken_off(self):
        """SW+7: a rebate is kept as a proposal, like freight: also one that names an ordered line, or is -1 at 5."""
        rebates = (
            line(None, quantity="1", price="-5", description="Rebate"),
            line(None, quantity="-1", price="5", number="VOUCHER"),
            line(1, price="-5", description="Rebate on this line"),
            line(None, quantity="1", price="-2", number="A-1", by_number=True),
        )
        for rebate in rebates:
            with self.subTest(rebate=rebate):
                verdict = judge(SENT, answer("AP", *FULL, rebate, message_id="m-1"))
                self.assertEqual((verdict.extras, verdict.state, verdict.is_clean), ((rebate,), "AP", False))
                self.assertEqual([each.price for each in verdict.lines], [100, Decimal("0.034567")])
        alone = judge(SENT, answer("AP", line(1, quantity="2", price="-100"), FULL[1]))
        self.assertEqual(
            (alone.state, alone.missing), ("AB", ((1, "line"),)), "it does not confirm the line that it names"
        )

    def test_split_delivery(self):
        """SW+7: several answers to one line add up; each part keeps its date, the price is that of one unit."""
        later = line(1, "backordered", quantity="1", price="110", available_on=date(2030, 1, 2))
        verdict = judge(SENT, answer("CA", line(1, quantity="1", price="100"), later, FULL[1]))
        first = verdict.lines[0]
        self.assertEqual((first.status, first.quantity, first.price), ("backordered", 2, 105))
        self.assertEqual([(each.quantity, each.on) for each in first.deliveries], [(1, None), (1, date(2030, 1, 2))])
        self.assertEqual(first.on, date(2030, 1, 2))
        self.assertIn("split", first.doubts)
        rest = judge(SENT, answer("CA", line(1, quantity="1", price="100"), line(1, "discontinued"), FULL[1])).lines[0]
        self.assertEqual((rest.status, rest.quantity), ("changed", 1))
        self.assertIn("quantity", rest.doubts)

    def test_prices(self):
        """SW+2 SW+7: every digit counts; no expected price, or one that cannot be converted, always asks a person."""
        exact = judge(SENT, answer("AP", *FULL)).lines[1]
        self.assertEqual((exact.price, exact.deviation, exact.doubts), (Decimal("0.034567"), 0, ()))
        unpriced = Sent("m-1", (SentLine(1, Decimal(2)), SentLine(2, Decimal(3), Decimal(0))))
        for judged in judge(unpriced, answer("AP", line(1, price="999999.99"), line(2, price="1"))).lines:
            self.assertEqual(judged.doubts, ("no_expected_price",))
        dear = judge(SENT, answer("AP", line(1, price="105"), FULL[1]), terms=Terms(tolerance=Decimal(5))).lines[0]
        self.assertEqual((dear.deviation, dear.doubts), (5, ()))
        dearer = judge(SENT, answer("AP", line(1, price="105.01"), FULL[1]), terms=Terms(tolerance=Decimal(5))).lines[0]
        self.assertEqual(dearer.doubts, ("price",))
        foreign = judge(SENT, answer("AP", *FULL), terms=Terms(rate=None)).lines[0]
        self.assertEqual((foreign.asked, foreign.price, foreign.doubts), (100, None, ("currency",)))

    def test_another_part_or_unit(self):
        """SW+7: a line that is confirmed for another part, or in boxes instead of pieces, waits for a person."""
        sent = Sent("m-1", (SentLine(1, Decimal(2), Decimal(100), "511.17-01", "C62"),))
        for values, doubts in (
            ({}, ()),
            ({"number": "51117 01", "unit": "EA"}, ()),
            ({"number": "511.17.02"}, ("number",)),
            ({"unit": "XBX"}, ("unit",)),
            ({"number": "X", "unit": "MTR"}, ("number", "unit")),
        ):
            with self.subTest(values=values):
                verdict = judge(sent, answer("AP", line(1, quantity="2", price="100", **values)))
                self.assertEqual((verdict.lines[0].doubts, verdict.is_clean), (doubts, not doubts))
        known = Sent("m-1", (SentLine(1, Decimal(2), Decimal(100)),))
        first = judge(known, answer("AP", line(1, quantity="2", price="100", number="X", unit="XBX")))
        self.assertTrue(first.is_clean, "of orders of the first version it is not known what was sent")

    def test_failures(self):
        """SW+1: what becomes of a message without a usable answer: sent later, given up, or asked about."""
        unsent, refused, unknown = NotSentError("unreachable"), RefusedError("fault"), FateUnknownError("timeout")
        for error, asked_first, attempts, state, credit, asks in (
            (unsent, False, 1, "queued", "hold", False),
            (unsent, False, 4, "queued", "hold", False),
            (unsent, False, 30, "failed", "release", False),
            (unsent, True, 30, "unknown", "hold", False),
            (refused, False, 1, "failed", "release", False),
            (refused, True, 1, "unknown", "hold", False),
            (unknown, False, 1, "unknown", "hold", False),
            (unknown, True, 4, "unknown", "hold", True),
        ):
            with self.subTest(error=error, asked_first=asked_first, attempts=attempts):
                failure = judge_failure(error, asked_first=asked_first, attempts=attempts)
                self.assertEqual((failure.state, failure.credit, failure.asks_person), (state, credit, asks))
        patient = NotSentError("busy", retry_after=3600)
        self.assertEqual(judge_failure(patient, asked_first=False, attempts=1).retry_in, 3600)

    def test_pauses(self):
        """SW+8: a server that fails or asks for patience is left alone, longer each time; a refusal is no failure."""
        self.assertEqual(judge_pause(NotSentError("busy", retry_after=3600), 0), 3600)
        self.assertIsNone(judge_pause(RefusedError("fault"), 3))
        pauses = [judge_pause(FateUnknownError("timeout"), failures) for failures in range(7)]
        self.assertEqual(pauses, sorted(pauses))
        self.assertGreater(pauses[-1], pauses[0])

    def test_supplier_does_not_know_the_order(self):
        """SW+9 SW+7: "unknown order" refuses a change for good; as the answer to an order it proves nothing."""
        reply = SimpleNamespace(response="<a/>")
        for kind, expected in (("change", RefusedError), ("cancel", RefusedError), ("order", FateUnknownError)):
            with self.subTest(kind=kind):
                client = Mock(place=Mock(return_value=(OrderAnswer(known=False), reply)))
                claim = SimpleNamespace(
                    id=1, client=client, kind=kind, ask_first=False, soap_operation="x", payload=b"", known_as="m-1"
                )
                outcome, _reply = deliver(claim)
                self.assertIs(type(outcome), expected)
                self.assertEqual(outcome.reason, "unknown_order")

    def test_duplicate_that_names_nothing(self):
        """SW+7 SW+6: "duplicate" without a word of what is proved by what the supplier knows of the order only."""
        reply = SimpleNamespace(response="<a/>")
        known = OrderAnswer(known=True, code="AB", message_id="m-1")
        said = OrderAnswer(known=True, code="AB", duplicate=True)
        for fate, expected in ((known, OrderAnswer), (OrderAnswer(known=False), FateUnknownError)):
            client = Mock(place=Mock(return_value=(said, reply)), fate=Mock(return_value=(fate, reply)))
            claim = SimpleNamespace(
                id=1, client=client, kind="order", ask_first=False, soap_operation="x", payload=b"", known_as="m-1"
            )
            self.assertIs(type(deliver(claim)[0]), expected)
