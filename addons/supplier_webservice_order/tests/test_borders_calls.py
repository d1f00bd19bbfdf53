"""Calls to suppliers: many at once, those that follow each other, and what ends them."""

from contextlib import nullcontext
from decimal import Decimal
from types import SimpleNamespace
from unittest.mock import Mock, patch

from lxml import etree
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from .. import delivery
from ..connectors.base import Account, Offer, OrderAnswer, Shipment
from ..connectors.client import SupplierClient
from ..connectors.mapped import _find_parts
from ..connectors.ubl import UblConnector
from ..connectors.ubl_reading import allowances_of
from ..delivery import PriceQuestion, ask_all, call
from ..offers import choose_offers
from ..pool import work_off
from ..soap import encoded, transport
from ..soap.client import Endpoint, Reply, Service
from ..soap.errors import FateUnknownError, NotSentError, RefusedError, SoapError


@tagged("post_install", "-at_install")
class TestFollowing(BaseCase):
    """SW+9 SW+7: shipments are those of the order that was asked about."""

    def test_shipments_of_another_order(self):
        """SW+7: what another order, or a change of it, was shipped with is not shown here; a silent service is fine."""
        for named_order, wrong in (("m-1", False), (" M-1 ", False), ("", False), ("m-2", True)):
            client = SupplierClient(
                Mock(abilities=Mock(return_value={"shipments"})), None, Endpoint(""), Account("C-1")
            )
            status = (OrderAnswer(known=True, code="AP", message_id="m-1"), Reply(None, "a", "b", 1.0))
            sent = (OrderAnswer(known=True, message_id=named_order, shipments=(Shipment(carrier="DHL"),)), status[1])
            with (
                self.subTest(named_order=named_order),
                patch.object(SupplierClient, "fate", return_value=status),
                patch.object(SupplierClient, "shipments", return_value=sent),
            ):
                found = client.follow("m-1")[0]
                self.assertEqual([each.carrier for each in found.shipments], [] if wrong else ["DHL"])
                self.assertEqual(found.trouble and found.trouble.reason, "other_message" if wrong else None)

    def test_parcels_that_cannot_be_asked_about(self):
        """SW+9 SW+7: a service for parcels that is down hides no rejection; why nothing is known of parcels is kept."""
        client = SupplierClient(Mock(abilities=Mock(return_value={"shipments"})), None, Endpoint(""), Account("C-1"))
        status = (OrderAnswer(known=True, code="RE", message_id="m-1"), Reply(None, "a", "b", 1.0))
        with (
            patch.object(SupplierClient, "fate", return_value=status),
            patch.object(SupplierClient, "shipments", side_effect=NotSentError("unreachable")),
        ):
            found, _reply = client.follow("m-1")
        self.assertEqual((found.code, found.trouble.reason), ("RE", "unreachable"))


@tagged("post_install", "-at_install")
class TestAnswers(BaseCase):
    """SW+7 SW+3: parts of answers that say too little, or too much."""

    def test_amounts_without_direction(self):
        """SW+7: what is added or taken off has an amount and says which of the two it is."""

        def read(content):
            space = "urn:oasis:names:specification:ubl:schema:xsd:"
            names = f"xmlns:cac='{space}CommonAggregateComponents-2' xmlns:cbc='{space}CommonBasicComponents-2'"
            text = f"<o {names}><cac:AllowanceCharge>{content}</cac:AllowanceCharge></o>"
            return [each.price for each in allowances_of(etree.fromstring(text))]

        amount = "<cbc:Amount>5</cbc:Amount>"
        for said, expected in (("true", 5), ("1", 5), ("false", -5), ("0", -5)):
            self.assertEqual(read(f"<cbc:ChargeIndicator>{said}</cbc:ChargeIndicator>{amount}"), [expected])
        for content in (amount, "<cbc:ChargeIndicator>true</cbc:ChargeIndicator>"):
            with self.subTest(content=content), self.assertRaises(ValueError):
                read(content)

    def test_offers_from_a_quantity(self):
        """SW+3: a price from exactly the quantity that is wanted holds for it."""
        offers = [
            Offer("A", Decimal(price), "EUR", Decimal(9), least=Decimal(least)) for price, least in ((9, 1), (7, 5))
        ]
        for quantity, expected in ((4, 9), (5, 7), (6, 7)):
            chosen = choose_offers(offers, [("A", Decimal(quantity))], {})["A"]
            self.assertEqual(chosen.offer.price, expected)

    def test_parts_that_repeat(self):
        """SW+5: what stands once between a line and its value does not repeat."""
        for inner, expected in (("<b><c/></b>", None), ("<b><c/></b><b><c/></b>", ("a/b", 2))):
            found = _find_parts(etree.fromstring(f"<a>{inner}</a>"), "a/b/c", "a")
            self.assertEqual(found and (found[0], len(found[1])), expected)

    def test_answers_for_somebody_else(self):
        """SW+7: an answer that names another buyer is not ours; one that names none may be."""
        connector = UblConnector()
        account = Account("C-1", options={"buyer_endpoint": "987654325"})
        client = SupplierClient(connector, None, Endpoint(""), account)
        for buyer, is_ours in (("", True), ("0088:987654325", True), ("0088:1", False)):
            answer = OrderAnswer(known=True, message_id="m", code="AP", buyer=buyer)
            reply = Reply(None, "", "", 1.0)
            with self.subTest(buyer=buyer):
                if is_ours:
                    self.assertEqual(client._read(lambda _value, answer=answer: answer, reply)[0], answer)
                else:
                    with self.assertRaisesRegex(FateUnknownError, "0088:1"):
                        client._read(lambda _value, answer=answer: answer, reply)

    def test_answers_that_refer_to_their_parts(self):
        """SW+8: as much as is allowed is put together, to the last byte, and not one more."""
        text = "<b><m id='1'>x</m><a><r href='#1'/></a></b>"
        size = len(etree.tostring(etree.fromstring(text)[0]))
        for limit, fits in ((size, True), (size - 1, False)):
            body = etree.fromstring(text)
            with self.subTest(limit=limit), patch.object(encoded, "MAX_COPIED", limit):
                if fits:
                    encoded.put_together(body)
                    self.assertEqual(body[1][0].text, "x")
                else:
                    with self.assertRaisesRegex(ValueError, "without an end"):
                        encoded.put_together(body)

    def test_several_answers(self):
        """SW+7: a document with two answers is the answer to neither question."""
        body = etree.fromstring("<b><a/><a/></b>")
        with self.assertRaisesRegex(ValueError, "several answers"):
            Service._check_body(Mock(style="rpc"), body[0], 200)
        Service._check_body(Mock(style="rpc"), etree.fromstring("<b><a/><c/></b>")[0], 200)

    def test_servers_that_forget_to_close(self):
        """SW+8: a whole answer of unknown length counts although nothing follows; a part of one does not."""
        whole = b"<e:Envelope></e:Envelope>\n"
        for content, length, fits in ((whole, None, True), (whole[:-4], None, False), (whole, 100, False)):

            def chunks(_response, content=content):
                yield content
                raise TimeoutError

            with (
                self.subTest(content=content, length=length),
                patch.object(transport, "_unpacked", chunks),
                nullcontext() if fits else self.assertRaises(TimeoutError),
            ):
                self.assertEqual(transport._read(SimpleNamespace(length=length)), content)


@tagged("post_install", "-at_install")
class TestCalls(BaseCase):
    """SW+8 SW+1: calls that are under way together, and what ends them."""

    def test_as_many_as_allowed(self):
        """SW+8: so many calls at once and not one more; each is settled, also after nothing more is to be taken."""
        running, most, settled = [], [], []
        claims = iter(range(7))

        def take(ended):
            if ended:
                running.remove(ended[0])
            claim = next(claims, None)
            if claim is not None:
                running.append(claim)
                most.append(len(running))
            return claim

        def settle(claim, outcome):
            settled.append((claim, outcome))
            return True

        work_off(take, lambda claim: claim * 2, settle, calls=3)
        self.assertEqual(max(most), 3)
        self.assertEqual(sorted(settled), [(number, number * 2) for number in range(7)])

    def test_next_before_the_outcome_is_written(self):
        """SW+8: a supplier's place is taken by the next call before the outcome of the last one is written."""
        happened, claims = [], iter(range(3))

        def take(ended):
            claim = next(claims, None)
            happened.append(("take", claim, ended))
            return claim

        def settle(claim, outcome):
            happened.append(("settle", claim))
            return claim == 0

        work_off(take, lambda claim: claim * 2, settle, calls=1)
        # the second outcome says that no time is left: what is under way is still settled, and nothing more is taken
        self.assertEqual(
            happened,
            [
                ("take", 0, None),
                ("take", 1, (0, 0)),
                ("settle", 0),
                ("take", 2, (1, 2)),
                ("settle", 1),
                ("settle", 2),
            ],
        )

    def test_places_that_open_later(self):
        """SW+8: where a call ended without a next one, whatever is due afterwards is found as long as there is time."""
        claims = iter((1, None, None, 2, None))
        settled = []

        def settle(claim, outcome):
            settled.append(claim)
            return True

        work_off(lambda ended: next(claims, None), lambda claim: claim, settle, calls=2)
        self.assertEqual(settled, [1, 2])

    def test_what_is_not_sent(self):
        """SW+1: over a connection that is not active nothing is sent again; a refusal that is no duplicate is one."""
        reply = Mock(response="<a/>")
        asked = {"id": 1, "kind": "order", "known_as": "m-1", "soap_operation": "x", "payload": b"", "ask_first": True}
        client = Mock(fate=Mock(return_value=(OrderAnswer(known=False), reply)))
        for received, reason in ((False, "inactive"), (True, "unknown_order")):
            claim = SimpleNamespace(client=client, may_send=False, received=received, **asked)
            self.assertEqual(delivery.deliver(claim)[0].reason, reason)
        client.place.assert_not_called()
        refusal = RefusedError("fault", "no such part")
        client = Mock(place=Mock(side_effect=refusal), is_duplicate=Mock(return_value=False))
        claim = SimpleNamespace(client=client, may_send=True, **{**asked, "ask_first": False})
        self.assertIs(delivery.deliver(claim)[0], refusal)
        client.fate.assert_not_called()

    def test_time_for_prices(self):
        """SW+8: a supplier that needs a question for each part is not asked for hours, one that was quick is."""

        def offers(parts, currency, ask):
            return [ask(part) for part in parts]

        client = Mock(offers=offers, written=Mock(return_value=("x", {})), render=Mock(return_value=("x", b"")))
        moments = iter((0.0, 60.0, 60.1))
        with patch.object(delivery.time, "monotonic", lambda: next(moments)):
            error, calls = delivery.ask_prices(PriceQuestion(1, client, ["a", "b"], "EUR"))
        self.assertEqual((error.reason, len(calls)), ("timeout", 1))

    def test_what_is_asked_and_refused(self):
        """SW+3 SW+8: whatever breaks in one supplier's price question is that supplier's outcome."""
        broken = Mock(offers=Mock(side_effect=RefusedError("unsupported")))
        works = Mock(offers=Mock(return_value=["an offer"]))
        questions = [PriceQuestion(number, client, [], "EUR") for number, client in enumerate((broken, works))]
        [(error, _calls), (offers, _more)] = ask_all(questions)
        self.assertEqual((error.reason, offers), ("unsupported", ["an offer"]))
        self.assertEqual(ask_all([]), [])
        for failure in (RefusedError("fault"), ZeroDivisionError("x")):
            with mute_logger("odoo.addons.supplier_webservice_order.delivery"):
                asked = call(Mock(written=Mock(return_value=("x", {})), render=Mock(side_effect=failure)), None)
            with self.assertRaises(SoapError):
                asked.value()
