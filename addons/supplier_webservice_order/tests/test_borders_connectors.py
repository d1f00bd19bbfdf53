"""What connectors refuse to read: the last value on each side of a limit, and answers that prove nothing."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from unittest.mock import Mock, patch

from lxml import etree
from odoo.tests import BaseCase, tagged

from ..connectors import promostandards, promostandards_shipments, ubl_despatch
from ..connectors.base import (
    MAX_AMOUNT,
    Account,
    Change,
    LineAnswer,
    Offer,
    Order,
    Part,
    ReportedError,
    Shipment,
    check_amounts,
    declared,
    named,
)
from ..connectors.mapped import MappedConnector, Mapping, Operation, Rule
from ..connectors.mapped_rules import check_proof
from ..connectors.promostandards import PromoStandardsConnector
from ..connectors.texts import read_date, read_number, write_text
from ..connectors.ubl import UblConnector
from .dialects.standard import StandardConnector

ACCOUNT = Account("C-1", options={"carrier": "DHL", "carrier_service": "Ground"})
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"


def space(**values):
    """Return an object as zeep decodes one; what is not named is not there."""
    return SimpleNamespace(**values)


@tagged("post_install", "-at_install")
class TestNumbers(BaseCase):
    """SW+7: what is no amount, and what is no answer to a yes or no."""

    def test_amounts(self):
        """SW+7: nothing below zero, nothing endless, nothing that nobody can pay; silence is fine."""
        check_amounts(None, Decimal(0), MAX_AMOUNT - 1)
        for amount in (Decimal(-1), MAX_AMOUNT, Decimal("NaN"), Decimal("Infinity")):
            with self.subTest(amount=amount):
                with self.assertRaises(ValueError):
                    check_amounts(Decimal(1), amount)
                with self.assertRaises(ValueError):
                    Offer("A", amount, "EUR", Decimal(1))
                if amount != -1:
                    with self.assertRaises(ValueError):
                        Offer("A", Decimal(1), "EUR", amount)
        self.assertEqual(Offer("A", Decimal(1), "EUR", Decimal(-3)).available, 0, "more is sold than there is")
        for amount in (-MAX_AMOUNT, MAX_AMOUNT, Decimal("NaN"), Decimal("-Infinity")):
            with self.subTest(amount=amount):
                with self.assertRaises(ValueError):
                    LineAnswer(1, "confirmed", Decimal(1), amount)
                with self.assertRaises(ValueError):
                    LineAnswer(1, "confirmed", amount, Decimal(1))
        self.assertTrue(LineAnswer(None, "confirmed", Decimal(1), Decimal(-1)).takes_off, "a rebate is an amount")

    def test_days_that_stand_for_none(self):
        """SW+7 SW+2: .NET's 0001-01-01, SQL Server's 1900-01-01 and SAP's 9999-12-31 are no day at all."""
        for day in (date(1, 1, 1), date(1900, 1, 1), date(1970, 1, 1), date(9999, 12, 31)):
            with self.subTest(day=day):
                self.assertIsNone(LineAnswer(1, "confirmed", available_on=day).available_on)
                self.assertIsNone(Offer("A", None, "EUR", Decimal(1), available_on=day).available_on)
                self.assertIsNone(Shipment(day).shipped_on)
        for day in (date(2000, 1, 1), date(2026, 12, 1), date(2099, 12, 31)):
            self.assertEqual(Shipment(day).shipped_on, day)

    def test_yes_or_no(self):
        """SW+1: where a supplier does not say whether it knows an order, it is not sent again."""
        self.assertIs(declared(True), True)
        self.assertIs(declared(False), False)
        for answer in (None, "", "maybe"):
            with self.assertRaises(ValueError):
                declared(answer)

    def test_named(self):
        """SW+7: an answer of a supplier whose answers name their message is none without it."""
        self.assertEqual(named("m-1"), "m-1")
        for number in (None, "", "  "):
            with self.assertRaises(ValueError):
                named(number)

    def test_numbers_in_texts(self):
        """SW+5 SW+7: what might be another number is none."""
        for text, comma, expected in (
            ("1,234.50", False, "1234.50"),
            ("1.234,50", True, "1234.50"),
            ("1 234,5", True, "1234.5"),
            ("12", True, "12"),
        ):
            self.assertEqual(read_number(text, decimal_comma=comma), Decimal(expected))
        for text, comma in (("12.50", True), ("1,5", False), ("", False), ("12 EUR", False), ("1,23,456", False)):
            with self.subTest(text=text), self.assertRaises(ValueError):
                read_number(text, decimal_comma=comma)

    def test_written_values(self):
        """SW+5: half a piece does not fit where the schema wants whole numbers."""
        whole = Rule("qty", type_name="int")
        self.assertEqual(write_text(Decimal("2.00"), whole), "2")
        with self.assertRaises(ValueError):
            write_text(Decimal("2.5"), whole)
        self.assertEqual(write_text(Decimal("2.5"), Rule("qty"), decimal_comma=True), "2,5")
        self.assertEqual(write_text(Decimal("2.5"), Rule("qty", type_name="decimal"), decimal_comma=True), "2.5")
        day = date(2031, 2, 3)
        self.assertEqual(write_text(day, Rule("on", type_name="dateTime")), "2031-02-03T00:00:00")
        self.assertEqual(write_text(day, Rule("on", date_format="%d.%m.%y")), "03.02.31")
        self.assertEqual(read_date("2031-02-03T10:00:00Z"), day)
        for nothing in (("0000-00-00",), ("00000000", "%Y%m%d"), ("00.00.0000", "%d.%m.%Y")):
            self.assertIsNone(read_date(*nothing), "so ABAP writes that there is no day")


@tagged("post_install", "-at_install")
class TestMapped(BaseCase):
    """SW+5 SW+7: what a mapped supplier's answer has to have."""

    def _read(self, content, *rules, kind="order", **values):
        operation = Operation("Put", answer=rules, **values)
        connector = MappedConnector(Mapping({kind: operation}))
        return getattr(connector, f"{kind}_answer")(etree.fromstring(f"<a>{content}</a>"))

    def test_states(self):
        """SW+7: only the states that the table has, of the order as of a line; "known" is yes or no."""
        code, known = Rule("state", "code"), Rule("known", "known")
        self.assertEqual(self._read("<state>AP</state>", code).code, "AP")
        self.assertFalse(self._read("<state>unknown</state>", code).known)
        self.assertFalse(self._read("<known>No</known><state>AP</state>", known, code).known)
        self.assertTrue(self._read("<known>Y</known><state>AP</state>", known, code).known)
        for content in ("<state>OK</state>", "<x/>", "<known>perhaps</known><state>AP</state>"):
            with self.subTest(content=content), self.assertRaises(ValueError):
                self._read(content, known, code)
        rules = (Rule("row/state", "line.status"), Rule("row/no", "line.position"))
        row = {"answer_lines": "row", "code": "AP"}
        [line] = self._read("<row><no>7</no><state>confirmed</state></row>", *rules, **row).lines
        self.assertEqual((line.position, line.status, line.by_number), (7, "confirmed", False))
        for state in ("fine", ""):
            with self.subTest(state=state), self.assertRaises(ValueError):
                self._read(f"<row><no>7</no><state>{state}</state></row>", *rules, **row)

    def test_shipments(self):
        """SW+9 SW+7: parcels of one order, which they or the answer name, and something of what was mapped."""
        number, carrier = Rule("row/ref", "message_id"), Rule("row/by", "shipment.carrier")
        rows = {"kind": "shipment", "answer_lines": "row"}

        def row(reference, by="DHL"):
            return f"<row><ref>{reference}</ref><by>{by}</by></row>"

        answer = self._read(row("m-1") + row("m-1", "UPS"), number, carrier, **rows)
        self.assertEqual((answer.message_id, [each.carrier for each in answer.shipments]), ("m-1", ["DHL", "UPS"]))
        self.assertEqual(self._read(row("m-1"), number, carrier, **rows).message_id, "m-1")
        self.assertEqual(self._read("", number, carrier, **rows).shipments, ())
        for content in (row("m-1") + row("m-2"), row(""), row("m-1") + row("")):
            with self.subTest(content=content), self.assertRaises(ValueError):
                self._read(content, number, carrier, **rows)
        known = Rule("known", "known")
        self.assertEqual(self._read(f"<known>no</known>{row('m-1')}", known, number, carrier, **rows).shipments, ())

    def test_proof(self):
        """SW+7: an answer names its message where it can, unless it rejects, and has something of what was mapped."""
        number, note = Rule("ref", "message_id"), Rule("note", "note")
        operation = Operation("Put", answer=(number, note))
        check_proof(operation, {"message_id": "m-1"}, (), "AP")
        check_proof(operation, {"note": "no"}, (), "RE")
        check_proof(Operation("Put"), {}, (), "AB")
        check_proof(Operation("Put", answer=(note,)), {"note": "x"}, (), "AP")
        check_proof(Operation("Put", answer=(note,)), {}, ("a line",), "AP")
        for answer, found, code in (((number, note), {"note": "x"}, "AP"), ((note,), {}, "AP"), ((number,), {}, "RE")):
            with self.subTest(answer=answer), self.assertRaises(ValueError):
                check_proof(Operation("Put", answer=answer), found, (), code)
        with self.assertRaises(ValueError):
            self._read("<other/>", note, code="AP")


@tagged("post_install", "-at_install")
class TestPromoStandards(BaseCase):
    """SW+6 SW+7: what of PromoStandards' answers counts."""

    def setUp(self):
        super().setUp()
        self.connector = PromoStandardsConnector()

    def _detail(self, status):
        return space(
            status=status, salesOrderNumber="S-1", additionalExplanation=None, issueCategory=None, IssueArray=None,
            ProductArray=None, expectedShipDate=date(2031, 1, 2), expectedDeliveryDate=None,
        )  # fmt: skip

    def _status(self, *states, messages=()):
        order = space(
            purchaseOrderNumber="P00012",
            OrderStatusDetailArray=space(OrderStatusDetail=[self._detail(state) for state in states]),
        )
        return self.connector.status_answer(
            space(
                OrderStatusArray=space(OrderStatus=[order]) if states else None,
                ServiceMessageArray=space(
                    ServiceMessage=[space(code=code, description="-", severity="Error") for code in messages]
                ),
            )
        )

    def test_unknown_orders(self):
        """SW+1: only the codes that say so mean that the service has no such order."""
        for code in (160, 301):
            self.assertFalse(self._status(messages=[code]).known)
        for codes in ([999], [100], []):
            with self.subTest(codes=codes), self.assertRaises(ValueError):
                self._status(messages=codes)

    def test_complete(self):
        """SW+9: all of it shipped, or cancelled, ends the questions; a part of it does not."""
        self.assertTrue(self._status("shipped", "complete").complete)
        self.assertTrue(self._status("complete", "canceled").complete)
        self.assertTrue(self._status("shipped", "complete", "canceled").complete)
        self.assertFalse(self._status("shipped", "partiallyShipped").complete)
        self.assertFalse(self._status("confirmed").complete)

    def test_price_of_the_quantity(self):
        """SW+3: the price step that holds now and for this quantity, from the count that it names."""
        now = datetime.now(UTC)

        def step(price, least, begin, end, unit="EA"):
            return space(
                price=Decimal(price), minQuantity=least, priceEffectiveDate=begin, priceExpiryDate=end, priceUom=unit
            )

        hour, day = timedelta(hours=1), timedelta(days=1)
        steps = [
            step(9, 1, now - day, now + day),
            step(7, 10, now - hour, now + hour),
            step(5, 10, now - 2 * day, now - day),
            step(4, 10, now + day, now + 2 * day),
        ]
        offered = space(
            currency="EUR", PartArray=space(Part=[space(partId="A", PartPriceArray=space(PartPrice=steps))])
        )
        for quantity, expected in ((1, 9), (9, 9), (10, 7), (11, 7)):
            self.assertEqual(self.connector._price(offered, "", Decimal(quantity)), (Decimal(expected), "EUR"))
        self.assertEqual(self.connector._price(offered, "", Decimal("0.5")), (None, "EUR"))
        for moment, expected in ((now - hour, 7), (now + hour, 7), (now + 2 * hour, 9)):
            with patch.object(promostandards, "datetime", Mock(now=Mock(return_value=moment))):
                self.assertEqual(self.connector._price(offered, "", Decimal(10))[0], expected)
        steps[1].priceExpiryDate = datetime(2000, 1, 1, tzinfo=UTC)
        self.assertEqual(self.connector._price(offered, "", Decimal(10))[0], 9, "ended a long time ago")
        steps[0].priceUom = steps[1].priceUom = "DZ"
        self.assertEqual(self.connector._price(offered, "", Decimal(10)), (None, "EUR"))

    def test_errors(self):
        """SW+1 SW+3: an error of the service is no answer, neither to an order nor to a question of prices."""

        def said(code):
            return space(ServiceMessage=[space(code=code, description="Out of order", severity="Error")])

        with self.assertRaisesRegex(ReportedError, "Out of order"):
            self.connector.order_answer(space(ServiceMessageArray=said(999), transactionId=None))
        self.assertEqual(self.connector.order_answer(space(ServiceMessageArray=said(1), transactionId=None)).code, "RE")
        price = space(ErrorMessage=None, Configuration=None)
        with self.assertRaisesRegex(ReportedError, "Out of order"):
            self.connector._offer("A", Decimal(1), space(ServiceMessageArray=said(999), Inventory=None), price)
        nothing = space(ServiceMessageArray=said(400), Inventory=None)
        self.assertIsNone(self.connector._offer("A", Decimal(1), nothing, price))

    def test_shipments(self):
        """SW+9 SW+7: nothing shipped yet is no error; any other error is, in the words of the service."""

        def said(code, text="x"):
            return etree.fromstring(f"<m><code>{code}</code><description>{text}</description></m>")

        def read(element):
            return promostandards_shipments.answer(space(OrderShipmentNotificationArray=None, _value_1=element))

        for code in promostandards_shipments.NOTHING_YET:
            self.assertEqual(read(said(code)).shipments, ())
        self.assertEqual(read(None).shipments, ())
        for element in (said(100, "no account"), [said(999, "no account")]):
            with self.assertRaisesRegex(ValueError, "no account"):
                read(element)

    def test_greeting(self):
        """SW+4: a service that names no method has not been reached."""
        message = space(ServiceMessage=[space(code=105, description="no access", severity="Error")])
        with self.assertRaisesRegex(ValueError, "no access"):
            self.connector.test_answer(space(ServiceMethodArray=None, ServiceMessageArray=message))
        methods = space(ServiceMethodArray=space(serviceMethod=["a", "b"]), ServiceMessageArray=None)
        self.assertEqual(self.connector.test_answer(methods), "a, b")

    def test_units(self):
        """SW+6: metres are no pieces: what the standard has no unit for is not ordered."""

        def order(unit):
            return Order("m-1", "P1", "EUR", (Part(1, "A", "Part", Decimal(2), unit, Decimal(5)),))

        for unit, expected in (("C62", "EA"), ("DZN", "DZ"), ("", "EA"), ("SL", "SL")):
            _name, values = self.connector.order_message(ACCOUNT, order(unit))
            self.assertEqual(values["PO"]["LineItemArray"]["LineItem"][0]["Quantity"]["uom"], expected)
        with self.assertRaises(ValueError):
            self.connector.order_message(ACCOUNT, order("MTR"))


@tagged("post_install", "-at_install")
class TestUbl(BaseCase):
    """SW+6 SW+7: what of a UBL document counts."""

    def _respond(self, code="AP", more="", reference="<cac:OrderReference><cbc:ID>m-1</cbc:ID></cac:OrderReference>"):
        return UblConnector().order_answer(
            etree.fromstring(
                f"<OrderResponse xmlns='{UBL}OrderResponse-2' xmlns:cac='{UBL}CommonAggregateComponents-2' "
                f"xmlns:cbc='{UBL}CommonBasicComponents-2'><cbc:OrderResponseCode>{code}</cbc:OrderResponseCode>"
                f"{reference}{more}</OrderResponse>"
            )
        )

    def test_codes(self):
        """SW+7: no other code than PEPPOL's four, and no answer without the order it is about."""
        self.assertEqual(self._respond().message_id, "m-1")
        for values in ({"code": "XX"}, {"code": ""}, {"reference": ""}):
            with self.subTest(values=values), self.assertRaises(ValueError):
                self._respond(**values)

    def test_currencies(self):
        """SW+7: prices in two currencies are no prices."""

        def line(number, currency):
            return (
                f"<cac:OrderLine><cac:LineItem><cbc:ID>{number}</cbc:ID><cbc:LineStatusCode>5</cbc:LineStatusCode>"
                f"<cac:Price><cbc:PriceAmount currencyID='{currency}'>5</cbc:PriceAmount></cac:Price><cac:Item/>"
                f"</cac:LineItem><cac:OrderLineReference><cbc:LineID>{number}</cbc:LineID></cac:OrderLineReference>"
                "</cac:OrderLine>"
            )

        self.assertEqual(self._respond(more=line(1, "EUR") + line(2, "EUR")).currency, "EUR")
        with self.assertRaises(ValueError):
            self._respond(more=line(1, "EUR") + line(2, "USD"))
        with self.assertRaises(ValueError):
            self._respond(more="<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>" + line(2, "USD"))

    def test_despatch(self):
        """SW+9 SW+7: the service says whether all is shipped; advices of two orders are about none."""

        def advice(order):
            return (
                f"<d:DespatchAdvice xmlns:d='{UBL}DespatchAdvice-2' xmlns:cac='{UBL}CommonAggregateComponents-2' "
                f"xmlns:cbc='{UBL}CommonBasicComponents-2'><cbc:ID>LS</cbc:ID><cac:OrderReference><cbc:ID>{order}</cbc:ID>"
                "</cac:OrderReference></d:DespatchAdvice>"
            )

        def read(complete, *orders):
            content = "".join(map(advice, orders))
            return ubl_despatch.answer(
                etree.fromstring(f"<r xmlns='{ubl_despatch.TNS}'><Complete>{complete}</Complete>{content}</r>")
            )

        self.assertTrue(read("true", "m-1", "m-1").complete)
        self.assertFalse(read("1").complete)
        self.assertFalse(read("false", "m-1").complete)
        for complete, orders in (("", ("m-1",)), ("soon", ("m-1",)), ("true", ("m-1", "m-2"))):
            with self.subTest(complete=complete), self.assertRaises(ValueError):
                read(complete, *orders)

    def test_several_orders(self):
        """SW+7: an answer about two orders, or two answers, are none about this one."""
        second = "<cac:OrderReference><cbc:ID>m-2</cbc:ID></cac:OrderReference>"
        with self.assertRaisesRegex(ValueError, "several orders"):
            self._respond(
                more=f"<cac:OrderLine><cac:OrderLineReference>{second}</cac:OrderLineReference></cac:OrderLine>"
            )
        response = f"<o:OrderResponse xmlns:o='{UBL}OrderResponse-2'/>"
        known = f"<r xmlns='{ubl_despatch.TNS}'><Known>true</Known>{response * 2}</r>"
        with self.assertRaisesRegex(ValueError, "several responses"):
            UblConnector().status_answer(etree.fromstring(known))

    def test_change_of_every_step(self):
        """SW+9: each line of a change says what became of it."""
        parts = tuple(Part(n, f"A-{n}", "Part", Decimal(1), "C62", Decimal(1)) for n in range(1, 5))
        steps = dict(zip(range(1, 5), ("added", "removed", "changed", "same"), strict=True))
        _name, root = UblConnector().change_message(ACCOUNT, Change("m-1", 2, Order("m-2", "P1", "EUR", parts), steps))
        self.assertEqual([each.text for each in root.iter("{*}LineStatusCode")], ["1", "2", "3", "4"])


@tagged("post_install", "-at_install")
class TestStandard(BaseCase):
    """SW+1 SW+7: what of the standard service's answers counts."""

    def test_status(self):
        """SW+1: "not known" is said, not left out."""
        connector = StandardConnector()
        self.assertFalse(connector.status_answer(space(known=False, order=None)).known)
        with self.assertRaises(ValueError):
            connector.status_answer(space(known=None, order=None))
