from datetime import datetime, timedelta
from types import SimpleNamespace

from odoo.tests import BaseCase

from ..batch import is_carried_out
from ..changes import GRACE_HOURS, next_look
from ..goods import Goods
from ..invoices import Invoice
from ..parcels import parcel_links, split_numbers
from ..rules.base import own_rules
from ..rules.date import WITHDRAWN
from ..rules.delivered import _of_one
from ..states import Line, Standing, state_of
from ..units import plural_form, unit_word
from .test_changes import advance, compare, facts

NOW = datetime(2030, 1, 1, 12)


class TestStates(BaseCase):
    """The table of states."""

    def test_states(self):
        """OS+6: each kind of order is in a state that customers know."""
        table = (
            ("cancelled", Standing(state="cancel", lines=(Line(2, 2),))),
            ("open", Standing(state="sent")),
            ("confirmed", Standing(lines=(Line(2, 0),))),
            ("prepared", Standing(lines=(Line(2, 0),), is_prepared=True)),
            ("shipped", Standing(lines=(Line(2, 0),), has_tracking=True)),
            ("partial", Standing(lines=(Line(2, 1),), has_tracking=True)),
            ("delivered", Standing(lines=(Line(2, 2),), has_tracking=True)),
            ("delivered", Standing(lines=(Line(2, 2, returned=1),))),
            ("partly_returned", Standing(lines=(Line(2, 1, returned=1),), has_tracking=True)),
            ("returned", Standing(lines=(Line(2, 0, returned=2),), has_tracking=True)),
            ("returned_open", Standing(lines=(Line(3, 0, returned=1),))),
            ("returned_open", Standing(lines=(Line(1, 0, returned=1), Line(1, 0)))),
            ("returned_open", Standing(lines=(Line(5, 2, returned=1),), has_tracking=True)),
            ("returned_open", Standing(lines=(Line(5, 2, returned=1, short=1),))),
            ("partly_returned", Standing(lines=(Line(1, 1), Line(2, 1, returned=1), Line(1, 0, is_goods=False)))),
            # kits: one of three came and went back in ten parts; one of two, and the other is on its way
            ("returned_open", Standing(lines=(Line(3, 0, returned=10, open=2),))),
            ("returned_open", Standing(lines=(Line(2, 0, returned=10, open=1),))),
            ("returned", Standing(lines=(Line(2, 0, returned=10),))),
            # what is too much of one line brings nothing of another
            ("returned_open", Standing(lines=(Line(2, 3), Line(2, 0, returned=1)))),
            ("confirmed", Standing(lines=(Line(1, 0, is_goods=False),))),
            ("done", Standing(lines=(Line(1, 1, is_goods=False),))),
            ("done", Standing(lines=(Line(1, 0, is_goods=False),), is_paid=True, is_invoiced=True)),
            ("delivered", Standing(lines=(Line(2, 2), Line(1, 0, is_goods=False)))),
            ("short", Standing(lines=(Line(5, 3, short=2),))),
            ("partial", Standing(lines=(Line(5, 3, short=1),))),
            ("dropped", Standing(lines=(Line(5, 0, short=5),), has_tracking=True)),
            ("confirmed", Standing(lines=(Line(5, 0, short=5), Line(1, 0)))),
            ("returned", Standing(lines=(Line(5, 0, returned=2, short=3),))),
            ("partly_returned", Standing(lines=(Line(5, 2, returned=1, short=2),))),
        )
        for code, standing in table:
            self.assertEqual(state_of(standing), code, standing)


class TestLines(BaseCase):
    """Which lines are something to deliver or to do."""

    def test_services(self):
        """OS6: what is done for free is done; a discount is not."""
        line = SimpleNamespace(display_type=False, is_downpayment=False, is_delivery=False)
        line.product_id = SimpleNamespace(type="service")
        for price, expected in ((0, True), (-1, False)):
            line.price_unit = price
            self.assertEqual(is_carried_out(line), expected, price)

    def test_lines_that_count_as_one(self):
        """OS6: a line of which all is there is done, whatever of it went back and was brought again."""
        counts = {"done": 2.0, "all": 2.0, "open": 0.0, "short": 0.0, "back": 1.0, "started": 0.0}
        self.assertEqual(_of_one(counts), {**dict.fromkeys(counts, 0.0), "done": 1.0, "all": 1.0})
        self.assertEqual(_of_one({**counts, "done": 1.0})["back"], 1.0)


class TestInvoices(BaseCase):
    """What documents say about money."""

    def _invoice(self, kind="out_invoice", state="paid", total=10, residual=0, credited=0, **values):
        return Invoice(1, 1, "X", kind, state, 1, total, residual, credited, **values)

    def test_money(self):
        """OS+6: only money that moved is a payment: no credit note, no document over nothing."""
        table = (
            (self._invoice(), (True, False, False)),
            (self._invoice(state="not_paid", residual=10), (False, True, False)),
            (self._invoice(state="partial", residual=4), (True, True, False)),
            (self._invoice(state="partial", residual=4, credited=6), (False, True, False)),
            (self._invoice(state="reversed", credited=10), (False, False, False)),
            (self._invoice(credited=4), (True, False, False)),
            (self._invoice(total=0), (False, False, False)),
            (self._invoice("out_refund", credited=10), (False, False, False)),
            (self._invoice("out_refund"), (False, False, True)),
            (self._invoice("out_refund", state="not_paid", residual=10), (False, False, False)),
            (self._invoice(state="in_payment"), (True, False, False)),
            # payments without a journal entry reconcile nothing
            (self._invoice(state="in_payment", residual=10), (True, False, False)),
            (self._invoice(state="in_payment", residual=10, loose=10), (True, False, False)),
            (self._invoice(state="in_payment", residual=10, loose=4), (True, True, False)),
            (self._invoice("out_refund", online=10), (False, False, False)),
        )
        for invoice, expected in table:
            gives_back = not invoice.is_bill and invoice.money_beside > 0
            found = (invoice.has_payment, invoice.is_open, gives_back)
            self.assertEqual(found, expected, invoice)

    def test_money_beside_the_orders_own_transactions(self):
        """OS+6: what a transaction of the order pays is counted there; of a shared document, the order's part."""
        table = (
            (self._invoice("out_refund"), 10),
            (self._invoice("out_refund", online=4), 6),
            (self._invoice("out_refund", state="partial", residual=7, credited=1), 2),
            (self._invoice("out_refund", share=0.25), 2.5),
            (self._invoice(state="in_payment", residual=10, loose=4), 4),
            (self._invoice(state="partial", residual=10), 0),
        )
        for invoice, expected in table:
            self.assertEqual(invoice.money_beside, expected, invoice)


class TestGoods(BaseCase):
    """What is still to come of a line, and what is not."""

    def test_what_comes_and_what_does_not(self):
        """OS+6: what is not delivered, not given back and moved by nobody will not come."""
        table = (
            # ordered, delivered, what the warehouse knows, still to come, will not come
            (5, 0, Goods(open=5), 5, 0),
            (5, 3, Goods(open=2), 2, 0),
            (5, 3, Goods(), 0, 2),
            (5, 3, Goods(open=1), 1, 1),
            (5, 5, Goods(open=1), 0, 0),
            (5, 0, Goods(), 0, 5),
            (5, 3, Goods(returned=2), 0, 0),
            (5, 2, Goods(open=1, returned=1), 1, 1),
            (5, 3, Goods(is_bought=True), 2, 0),
            (3, 1, Goods(open=8, is_kit=True), 2, 0),
            (3, 1, Goods(is_kit=True), 0, 2),
            (3, 1, Goods(returned=4, is_kit=True), 0, 0),
            (0.3, 0.1, Goods(open=0.2), 0.2, 0),
            (-1, 0, Goods(), 0, 0),
        )
        for ordered, delivered, goods, to_come, short in table:
            found = (round(goods.to_come(ordered, delivered), 6), goods.short(ordered, delivered))
            self.assertEqual(found, (to_come, short), (ordered, delivered, goods))


class TestUnits(BaseCase):
    """Quantities in words."""

    def test_plurals(self):
        """OS+6: one piece, two pieces; French begins at two, Romanian has a form from twenty on (CLDR)."""
        self.assertEqual([unit_word("unit", "en", n) for n in (0, 1, 2)], ["pieces", "piece", "pieces"])
        self.assertEqual([unit_word("unit", "fr", n) for n in (0, 1.5, 2)], ["pièce", "pièce", "pièces"])
        self.assertEqual(
            [unit_word("unit", "ro", n) for n in (1, 2, 19, 20, 101, 120)],
            ["bucată", "bucăți", "bucăți", "de bucăți", "bucăți", "de bucăți"],
        )
        self.assertEqual([unit_word("unit", "de", n) for n in (1, 3)], ["Stück", "Stück"])
        self.assertIsNone(unit_word(None, "en", 1))
        self.assertEqual(plural_form("ro", 0.5), 1)


class TestParcels(BaseCase):
    """Several numbers in one field."""

    def test_numbers(self):
        """OS+6: numbers are separated as people and connectors do it."""
        self.assertEqual(split_numbers("PN1, PN2;PN3+PN4\nPN1"), ["PN1", "PN2", "PN3", "PN4"])
        self.assertEqual(split_numbers(None), [])

    def test_links(self):
        """OS+6: a link per parcel: by the carrier's pattern, a connector's list, or the one that there is."""
        pattern = "https://track.example.net/<shipmenttrackingnumber>"
        self.assertEqual(
            parcel_links(["A 1", "B"], pattern, None),
            {"A 1": "https://track.example.net/A%201", "B": "https://track.example.net/B"},
        )
        listed = '[["A", "https://t.example.net/a"], ["B", "javascript:alert(1)"], "C"]'
        self.assertEqual(parcel_links(["A", "B"], "", listed), {"A": "https://t.example.net/a"})
        self.assertEqual(parcel_links(["A"], False, "https://t.example.net/a"), {"A": "https://t.example.net/a"})
        self.assertEqual(parcel_links(["A", "B"], False, "https://t.example.net/a"), {})
        self.assertEqual(parcel_links(["A"], "", "[broken"), {})


class TestGrace(BaseCase):
    """What is taken back is told after a grace time."""

    def test_a_correction_is_silent(self):
        """OS+6: an invoice reset and posted again within the grace time is no news."""
        told, reset = facts(invoices={"5": "INV/1"}), facts()
        self.assertEqual(compare(told, reset, moment=NOW), [])
        settled = advance(told, reset, [], moment=NOW)
        self.assertEqual(next_look(own_rules(), settled, NOW), NOW + timedelta(hours=GRACE_HOURS))
        self.assertEqual(compare(settled, told, moment=NOW + timedelta(days=9)), [])
        self.assertIsNone(next_look(own_rules(), advance(settled, told, [], moment=NOW), NOW))

    def test_what_stays_away_is_told_once(self):
        """OS+6: invoice, tracking number, date: told when the grace time is over, and not again."""
        told = facts(invoices={"5": "INV/1"}, tracking={"1": "T"}, expected={"7": "2030-02-01"})
        now = facts(expected={"7": None})
        settled = advance(told, now, compare(told, now, moment=NOW), moment=NOW)
        later = NOW + timedelta(hours=GRACE_HOURS)
        changes = compare(settled, now, moment=later)
        self.assertEqual(
            sorted((change.topic, change.old, change.new) for change in changes),
            [("expected", "2030-02-01", None), ("invoice", "INV/1", None), ("tracking", "T", None)],
        )
        settled = advance(settled, now, changes, moment=later)
        self.assertEqual(compare(settled, now, moment=later + timedelta(days=9)), [])
        self.assertEqual(settled["expected"], {"7": WITHDRAWN})
        [change] = compare(settled, facts(expected={"7": "2030-03-01"}), moment=later)
        self.assertEqual((change.new, change.reason), ("2030-03-01", None), "the new date is news")

    def test_delivered_goods_need_no_date(self):
        """OS+6: a line that does not wait any more has lost no date."""
        told = facts(expected={"7": "2030-02-01"})
        self.assertIsNone(next_look(own_rules(), advance(told, facts(), [], moment=NOW), NOW))
