from unittest.mock import patch

from lxml import etree
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..soap import client as soap_client
from .common import SupplierCase, envelope, response

PS = "http://www.promostandards.org/WSDL/"
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"


class StandardSupplier:
    """Answers what its methods, named after the elements of the messages, say; keeps what came."""

    def __init__(self):
        self.received = []

    def post(self, message, headers, endpoint):
        """Stand in for ``soap.client._post``."""
        body = etree.fromstring(message).find("{*}Body")[0]
        self.received.append((endpoint.url, body))
        return response(envelope(getattr(self, etree.QName(body).localname)(body)))


class PromoStandardsSupplier(StandardSupplier):
    """Takes every order and confirms it, at no price, as the standard has it."""

    def SendPORequest(self, body):
        return f"<SendPOResponse xmlns='{PS}PO/1.0.0/'><transactionId>77</transactionId></SendPOResponse>"

    def GetOrderStatusRequest(self, body):
        order = next(each for _url, each in self.received if etree.QName(each).localname == "SendPORequest")
        lines = "".join(
            f"<s:Product><s:productId>{line.findtext('{*}productId')}</s:productId><s:salesOrderLineNumber>1"
            "</s:salesOrderLineNumber><s:purchaseOrderLineNumber>"
            f"{line.findtext('{*}lineNumber')}</s:purchaseOrderLineNumber><s:QuantityOrdered><s:value>"
            f"{line.findtext('{*}Quantity/{*}value')}</s:value><s:uom>EA</s:uom></s:QuantityOrdered>"
            "<s:status>confirmed</s:status></s:Product>"
            for line in order.iter("{*}LineItem")
        )
        space = f"{PS}OrderStatus/2.0.0/"
        return (
            f"<GetOrderStatusResponse xmlns='{space}' xmlns:s='{space}SharedObjects/'>"
            "<s:OrderStatusArray><s:OrderStatus>"
            f"<s:purchaseOrderNumber>{body.findtext('{*}referenceNumber')}</s:purchaseOrderNumber>"
            "<s:OrderStatusDetailArray><s:OrderStatusDetail><s:salesOrderNumber>SO-5</s:salesOrderNumber>"
            f"<s:status>confirmed</s:status><s:ProductArray>{lines}</s:ProductArray>"
            "<s:validTimestamp>2026-11-28T10:00:00Z</s:validTimestamp></s:OrderStatusDetail>"
            "</s:OrderStatusDetailArray></s:OrderStatus></s:OrderStatusArray></GetOrderStatusResponse>"
        )


class UblSupplier(StandardSupplier):
    """Takes every order as it was sent."""

    def Order(self, body):
        lines = ""
        for line in body.iter("{*}LineItem"):
            price = line.findtext("{*}Price/{*}PriceAmount")
            lines += (
                "<cac:OrderLine><cac:LineItem><cbc:ID>1</cbc:ID><cbc:LineStatusCode>5</cbc:LineStatusCode>"
                f"<cbc:Quantity>{line.findtext('{*}Quantity')}</cbc:Quantity><cac:Price>"
                f"<cbc:PriceAmount currencyID='EUR'>{price}</cbc:PriceAmount></cac:Price></cac:LineItem>"
                f"<cac:OrderLineReference><cbc:LineID>{line.findtext('{*}ID')}</cbc:LineID></cac:OrderLineReference>"
                "</cac:OrderLine>"
            )
        return (
            f"<OrderResponse xmlns='{UBL}OrderResponse-2' xmlns:cac='{UBL}CommonAggregateComponents-2' "
            f"xmlns:cbc='{UBL}CommonBasicComponents-2'><cbc:ID>R-1</cbc:ID><cbc:SalesOrderID>SO-8</cbc:SalesOrderID>"
            "<cbc:OrderResponseCode>AP</cbc:OrderResponseCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>"
            f"<cac:OrderReference><cbc:ID>{body.findtext('{*}ID')}</cbc:ID></cac:OrderReference>{lines}</OrderResponse>"
        )


@tagged("post_install", "-at_install")
class TestStandards(SupplierCase):
    """SW+6: orders to suppliers that speak a public standard."""

    def _speak(self, supplier):
        self.startPatcher(patch.object(soap_client, "_post", supplier.post))
        return supplier

    def test_promostandards(self):
        """SW+6: ordered and asked about at the services' own addresses; the credentials travel in the message only."""
        supplier = self._speak(PromoStandardsSupplier())
        with self.assertRaises(UserError), self.cr.savepoint():
            self.connection.write({"connector": "promostandards", "state": "inactive"})
            self.connection.action_activate()
        self.connection.write(
            {
                "connector": "promostandards",
                "auth": "body",
                "promostandards_carrier": "UPS",
                "promostandards_carrier_service": "GROUND",
                "address_ids": [Command.create({"kind": "status", "url": "https://status.example.com/"})],
            }
        )
        self._buy()
        purchase = self._new_purchase()
        exchange = self._communicate(purchase)
        self.assertEqual((exchange.state, purchase.webservice_state), ("done", "AB"))
        self.assertEqual(purchase.supplier_order_ref, "77")
        with self._worker():
            purchase._fetch_answer()
        self.assertEqual(purchase.supplier_order_ref, "SO-5")
        self.assertEqual(set(purchase.order_line.mapped("supplier_line_state")), {"confirmed"})
        (order_url, order), (status_url, _question) = supplier.received
        self.assertEqual(order_url, self.connection.endpoint_url)
        self.assertEqual(status_url, "https://status.example.com/")
        self.assertEqual(order.findtext("{*}password"), self.connection.password)
        for kept in exchange.sudo():
            self.assertNotIn(self.connection.password, f"{kept.payload}{kept.request_text}{kept.response_text}")

    def test_ubl(self):
        """SW+6: the response to an order is its approval, line by line."""
        supplier = self._speak(UblSupplier())
        self.connection.write({"connector": "ubl", "ubl_seller_endpoint": "0208:0477472701"})
        self._buy()
        purchase = self._new_purchase()
        exchange = self._communicate(purchase)
        self.assertEqual((exchange.state, purchase.webservice_state), ("done", "AP"))
        self.assertEqual(purchase.supplier_order_ref, "SO-8")
        self.assertEqual(purchase.state, "purchase", "approved as it was sent")
        endpoint = supplier.received[0][1].find("{*}SellerSupplierParty/{*}Party/{*}EndpointID")
        self.assertEqual((endpoint.get("schemeID"), endpoint.text), ("0208", "0477472701"))
