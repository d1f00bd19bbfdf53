from unittest.mock import patch

from lxml import etree
from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..connectors.base import SHIPMENTS
from ..connectors.client import SupplierClient
from ..soap import client as soap_client
from ..soap.errors import FateUnknownError, NotSentError
from .common import SupplierCase
from .test_news import NEWS_LOG, NewsCase
from .test_standards import PS, UBL, PromoStandardsSupplier

DESPATCH = (
    f"<DespatchAdvice xmlns='{UBL}DespatchAdvice-2' xmlns:cac='{UBL}CommonAggregateComponents-2' "
    f"xmlns:cbc='{UBL}CommonBasicComponents-2'><cbc:ID>DN-77</cbc:ID><cbc:IssueDate>2026-12-01</cbc:IssueDate>"
    "<cac:OrderReference><cbc:ID>{}</cbc:ID></cac:OrderReference><cac:Shipment><cbc:ID>NA</cbc:ID><cac:Consignment>"
    "<cbc:ID>1Z999</cbc:ID><cac:CarrierParty><cac:PartyName><cbc:Name>DPD</cbc:Name></cac:PartyName></cac:CarrierParty>"
    "</cac:Consignment></cac:Shipment></DespatchAdvice>"
)


@tagged("post_install", "-at_install")
class TestFollowing(NewsCase):
    """SW+9: after the approval the order is followed."""

    def test_shipped(self):
        """SW+9: tracking and delivery note number come in by themselves; complete, nothing is asked any more."""
        self.connection.address_ids = [Command.create({"kind": "shipment", "url": "https://despatch.example.com/"})]
        self.assertIn(SHIPMENTS, self.connection._get_abilities())
        self.assertTrue(self.purchase.date_next_status, "an approved order is followed")
        self.supplier_side.known[self.order.message_number] = self.supplier_side.Order(
            next(body for _url, body in self.supplier_side.received)
        )
        with self._worker():
            self.purchase._fetch_answer()
        self.assertFalse(self.purchase.supplier_shipments)
        self.assertTrue(self.purchase.date_next_status)
        self.supplier_side.despatched, self.supplier_side.complete = DESPATCH, "true"
        with self._worker():
            self.purchase._fetch_answer()
        for word in ("2026-12-01", "DPD", "1Z999", "DN-77"):
            self.assertIn(word, self.purchase.supplier_shipments)
        self.assertEqual(self.supplier_side.received[-1][0], "https://despatch.example.com/")
        self.assertFalse(self.purchase.date_next_status)

    def test_asked_by_itself(self):
        """SW+9: the scheduled action asks about approved orders, hours apart, and not for ever."""
        self.supplier_side.known[self.order.message_number] = self.supplier_side.Order(
            next(body for _url, body in self.supplier_side.received)
        )
        self._fetch_all({"date_next_status": "2000-01-01"})
        self.assertEqual(self.supplier_side.names()[-1], "OrderResponseRequest")
        self.assertGreater(self.purchase.date_next_status, fields.Datetime.add(fields.Datetime.now(), hours=3))
        self._fetch_all({"date_next_status": "2000-01-01", "status_questions": 180})
        self.assertFalse(self.purchase.date_next_status)

    def _fetch_all(self, values):
        """Set how the order stands with its questions, and run the scheduled action."""
        self.purchase.sudo().write(values)
        self.env.flush_all()
        with self._worker():
            self.env.ref("supplier_webservice_order.ir_cron_fetch_answers").method_direct_trigger()
        self.purchase.invalidate_recordset()

    def test_foreign_shipment(self):
        """SW+9 SW+7: the despatch advice of another order is not this order's."""
        self.connection.address_ids = [Command.create({"kind": "shipment", "url": "https://despatch.example.com/"})]
        self.supplier_side.known[self.order.message_number] = self.supplier_side.Order(
            next(body for _url, body in self.supplier_side.received)
        )
        no_head = DESPATCH.replace("<cac:OrderReference><cbc:ID>{}</cbc:ID></cac:OrderReference>", "")
        foreign = (
            DESPATCH.replace("{}", "foreign"),
            # the number stands in the lines only, or says something else there
            self._add_lines(no_head, "foreign"),
            self._add_lines(no_head, "foreign", "other"),
            self._add_lines(DESPATCH, "foreign"),
            self._add_lines(no_head, "{}") + self._add_lines(no_head, "foreign"),
        )
        for advice in foreign:
            self.supplier_side.despatched = advice
            with self.subTest(advice=advice), self._worker(), self.assertRaises(FateUnknownError):
                self.purchase._fetch_answer()
            self.assertFalse(self.purchase.supplier_shipments)
        # a parcel may hold parts of several orders
        self.supplier_side.despatched = self._add_lines(no_head, "foreign", "{}")
        with self._worker():
            self.purchase._fetch_answer()
        self.assertIn("1Z999", self.purchase.supplier_shipments)

    def _add_lines(self, advice, *numbers):
        lines = "".join(
            f"<cac:DespatchLine><cbc:ID>1</cbc:ID><cac:OrderLineReference><cbc:LineID>1</cbc:LineID><cac:OrderReference>"
            f"<cbc:ID>{number}</cbc:ID></cac:OrderReference></cac:OrderLineReference></cac:DespatchLine>"
            for number in numbers
        )
        return advice.replace("</DespatchAdvice>", f"{lines}</DespatchAdvice>")

    def test_rejection_while_parcels_cannot_be_asked_about(self):
        """SW+9 SW+7: a despatch service that is down hides no rejection, and a person is asked after five failures."""
        self.connection.address_ids = [Command.create({"kind": "shipment", "url": "https://despatch.example.com/"})]
        self.supplier_side.known[self.order.message_number] = self.supplier_side.Order(
            next(body for _url, body in self.supplier_side.received)
        )
        with patch.object(SupplierClient, "shipments", side_effect=NotSentError("unreachable", "no route")):
            for failures in range(1, 6):
                self._fetch_all({"date_next_status": "2000-01-01"})
                self.assertEqual(self.purchase.status_failures, failures)
            self.assertIn("cannot be reached", self.purchase.webservice_error)
            self.assertTrue(self.purchase.activity_ids)
            self.supplier_side.say = "RE"
            self.supplier_side.known[self.order.message_number] = (
                self.supplier_side.known[self.order.message_number]
                .replace(">AP<", ">RE<")
                .partition("<cac:OrderLine>")[0]
                + "</OrderResponse>"
            )
            self._fetch_all({"date_next_status": "2000-01-01"})
        self.assertEqual(self.purchase.webservice_state, "RE")


class ShippingSupplier(PromoStandardsSupplier):
    """Tells of parcels, too."""

    def GetOrderShipmentNotificationRequest(self, body):
        space = f"{PS}OrderShipmentNotificationService/1.0.0/"
        number = body.findtext("{*}referenceNumber")
        address = f"<s:city xmlns:s='{space}SharedObjects/'>Mol</s:city>"
        return (
            f"<GetOrderShipmentNotificationResponse xmlns='{space}'><OrderShipmentNotificationArray>"
            f"<OrderShipmentNotification><purchaseOrderNumber>{number}</purchaseOrderNumber><complete>true</complete>"
            "<SalesOrderArray><SalesOrder><salesOrderNumber>SO-5</salesOrderNumber><complete>true</complete>"
            "<ShipmentLocationArray><ShipmentLocation><complete>true</complete>"
            f"<ShipFromAddress>{address}</ShipFromAddress><ShipToAddress>{address}</ShipToAddress><PackageArray>"
            "<Package><trackingNumber>1Z777</trackingNumber><shipmentDate>2026-12-02T08:00:00Z</shipmentDate>"
            "<carrier>UPS</carrier><shipmentMethod>Ground</shipmentMethod></Package></PackageArray></ShipmentLocation>"
            "</ShipmentLocationArray></SalesOrder></SalesOrderArray></OrderShipmentNotification>"
            "</OrderShipmentNotificationArray></GetOrderShipmentNotificationResponse>"
        )


@tagged("post_install", "-at_install")
class TestPromoStandardsFollowed(SupplierCase):
    """SW+9 SW+6: PromoStandards orders have our number, and their parcels come in."""

    def setUp(self):
        super().setUp()
        self.promo = ShippingSupplier()
        self.startPatcher(patch.object(soap_client, "_post", self.promo.post))
        self.connection.write(
            {
                "connector": "promostandards",
                "promostandards_carrier": "UPS",
                "promostandards_carrier_service": "GROUND",
                "address_ids": [Command.create({"kind": "shipment", "url": "https://osn.example.com/"})],
            }
        )
        self._buy()
        self.purchase = self._new_purchase()

    def test_parcels(self):
        """SW+9: carrier and tracking number of the shipment notification."""
        exchange = self._communicate(self.purchase)
        self.assertEqual(exchange.order_number, self.purchase.name)
        self.assertEqual(self.promo.received[0][1].findtext(".//{*}orderNumber"), self.purchase.name)
        with self._worker():
            # received and confirmed: no price was named, so that a person takes it over
            self.purchase._fetch_answer()
        self.purchase.with_user(self.manager).action_accept_answer()
        self.assertEqual(self.purchase.webservice_state, "AP")
        self.assertTrue(self.purchase.date_next_status, "followed from now on")
        with self._worker():
            self.purchase._fetch_answer()
        self.assertIn("UPS Ground", self.purchase.supplier_shipments)
        self.assertIn("1Z777", self.purchase.supplier_shipments)
        asked = [body for url, body in self.promo.received if url == "https://osn.example.com/"]
        self.assertEqual(asked[-1].findtext("{*}referenceNumber"), self.purchase.name)

    def test_number_of_an_order_sent_anew(self):
        """SW+6 SW+1: what is sent anew after a refusal has another number, else it would be taken for a repetition."""
        space = f"{PS}PO/1.0.0/"
        refusal = (
            f"<SendPOResponse xmlns='{space}' xmlns:s='{space}SharedObjects/'><s:ServiceMessageArray>"
            "<s:ServiceMessage><s:code>210</s:code><s:description>No</s:description><s:severity>Error</s:severity>"
            "</s:ServiceMessage></s:ServiceMessageArray></SendPOResponse>"
        )
        with patch.object(self.promo, "SendPORequest", lambda body: refusal):
            first = self._communicate(self.purchase)
        self.assertEqual(first.state, "failed")
        second = self._communicate(self.purchase)
        self.assertEqual(second.order_number, f"{self.purchase.name}-2")
        self.assertEqual(second.state, "done")

    def test_foreign_order_of_the_same_number(self):
        """SW+6 SW+7: "duplicate" about an order of that number with other lines is not our order."""
        duplicate = (
            f"<SendPOResponse xmlns='{PS}PO/1.0.0/' xmlns:s='{PS}PO/1.0.0/SharedObjects/'><s:ServiceMessageArray>"
            "<s:ServiceMessage><s:code>200</s:code><s:description>Duplicate</s:description><s:severity>Error"
            "</s:severity></s:ServiceMessage></s:ServiceMessageArray></SendPOResponse>"
        )
        status = self.promo.GetOrderStatusRequest

        def foreign(body):
            root = etree.fromstring(status(body))
            for line in root.iter("{*}purchaseOrderLineNumber"):
                line.text = "1"
            return etree.tostring(root).decode()

        with (
            patch.object(self.promo, "SendPORequest", lambda body: duplicate),
            patch.object(self.promo, "GetOrderStatusRequest", foreign),
            mute_logger(NEWS_LOG),
        ):
            exchange = self._communicate(self.purchase)
        self.assertNotEqual(self.purchase.webservice_state, "AP")
        self.assertEqual(exchange.state, "unknown", "only what the supplier knows of the order proves that it has it")

    def test_query_shows_nothing_yet(self):
        """SW+9: that nothing was shipped yet is no error."""
        space = f"{PS}OrderShipmentNotificationService/1.0.0/"
        nothing = (
            f"<GetOrderShipmentNotificationResponse xmlns='{space}'><s:errorMessage xmlns:s='{space}SharedObjects/'>"
            "<s:code>301</s:code><s:description>Reference Number not found</s:description></s:errorMessage>"
            "</GetOrderShipmentNotificationResponse>"
        )
        client = self.connection._get_client()
        for text, fails in ((nothing, False), (nothing.replace("301", "110"), True)):
            with (
                self.subTest(fails=fails),
                patch.object(self.promo, "GetOrderShipmentNotificationRequest", lambda body, text=text: text),
            ):
                if fails:
                    with self.assertRaises(FateUnknownError):
                        client.shipments("P1")
                else:
                    self.assertEqual(client.shipments("P1")[0].shipments, ())
