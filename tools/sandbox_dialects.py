"""The two vocabularies of the sandbox supplier: XML in, plain values, XML out."""

from lxml import etree
from lxml.builder import ElementMaker

from tools.settings import ADDONS_DIR

WSDL_DIR = ADDONS_DIR / "supplier_webservice_order/demo/suppliers"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


class Dialect:
    """One WSDL with its schema.

    :param wsdl: path of the WSDL; its schema has the name ``schema`` in the same folder
    """

    def __init__(self, wsdl, schema, namespace):
        self.wsdl = WSDL_DIR / wsdl
        self.schema_path = self.wsdl.parent / schema
        self.schema = etree.XMLSchema(etree.parse(str(self.schema_path)))
        self.namespace = namespace
        self.make = ElementMaker(namespace=namespace, nsmap={None: namespace})

    def text(self, element, name):
        """Return the text of a child, or an empty string."""
        return element.findtext(f"{{{self.namespace}}}{name}") or ""

    def all(self, element, name):
        """Return the children with a name."""
        return element.findall(f"{{{self.namespace}}}{name}")

    def fields(self, pairs):
        """Return an element for each pair of name and value that has a value."""
        return [self.make(name, str(value)) for name, value in pairs if value not in (None, "")]


class StandardDialect(Dialect):
    """The first of the suppliers that were made up."""

    operations = {
        "PlaceOrder": "order",
        "GetOrderStatus": "status",
        "CheckAvailability": "offers",
        "Test": "test",
    }
    line_status = {
        "pending": "Pending",
        "confirmed": "Confirmed",
        "changed": "QuantityChanged",
        "substituted": "Substituted",
        "discontinued": "Discontinued",
        "backordered": "BackOrdered",
        "rejected": "Rejected",
    }

    def __init__(self):
        super().__init__(
            "standard/supplier_order.wsdl", "supplier_order.xsd", "urn:supplier-webservice-order:standard:1"
        )

    def read_order(self, body):
        return {
            "message_id": self.text(body, "messageId"),
            "customer": self.text(body, "customerNumber"),
            "reference": self.text(body, "buyerReference"),
            "currency": self.text(body, "currency"),
            "note": self.text(body, "note"),
            "lines": [
                {
                    "position": int(self.text(line, "position")),
                    "number": self.text(line, "partNumber"),
                    "description": self.text(line, "description"),
                    "quantity": self.text(line, "quantity"),
                    "price": self.text(line, "expectedPrice"),
                }
                for line in self.all(body, "line")
            ],
        }

    def read_status(self, body):
        return self.text(body, "customerNumber"), self.text(body, "messageId")

    def read_parts(self, body):
        parts = [(self.text(part, "partNumber"), self.text(part, "quantity")) for part in self.all(body, "part")]
        return parts, self.text(body, "currency")

    def _order(self, state):
        lines = [
            self.make.line(
                *self.fields(
                    (
                        ("position", line["position"]),
                        ("status", self.line_status[line["status"]]),
                        ("quantity", line.get("quantity")),
                        ("price", line.get("price")),
                        ("substitutePartNumber", line.get("substitute")),
                        ("availableOn", line.get("available_on")),
                        ("note", line.get("note")),
                    )
                )
            )
            for line in state["lines"]
        ]
        return self.make.order(
            *self.fields(
                (
                    ("messageId", state["message_id"]),
                    ("responseCode", state["code"]),
                    ("duplicate", str(state["duplicate"]).lower()),
                    ("supplierReference", state["supplier_reference"]),
                    ("currency", state["currency"]),
                    ("note", state["note"]),
                )
            ),
            *lines,
        )

    def write_order(self, state):
        return self.make.PlaceOrderResponse(self._order(state))

    def write_status(self, state):
        known = self.make.known("true" if state else "false")
        return self.make.GetOrderStatusResponse(known, *([self._order(state)] if state else []))

    def write_offers(self, found, currency):
        return self.make.CheckAvailabilityResponse(
            self.make.currency(currency or "EUR"),
            *(
                self.make.offer(
                    *self.fields(
                        (
                            ("partNumber", offer["number"]),
                            ("price", offer.get("price")),
                            ("available", offer["available"]),
                            ("availableOn", offer.get("available_on")),
                            ("substitutePartNumber", offer.get("substitute")),
                            ("note", offer["note"]),
                        )
                    )
                )
                for offer in found
            ),
        )

    def write_test(self, text):
        return self.make.TestResponse(self.make.text(text))


class NordteileDialect(Dialect):
    """Other names, numbers for states, and a mandatory branch code."""

    operations = {
        "SubmitPurchase": "order",
        "QueryPurchase": "status",
        "StockInquiry": "offers",
        "Hello": "test",
    }
    states = {"AB": 10, "AP": 20, "CA": 25, "RE": 90}
    item_states = {
        "pending": 0,
        "confirmed": 1,
        "changed": 2,
        "substituted": 3,
        "discontinued": 4,
        "backordered": 5,
        "rejected": 9,
    }

    def __init__(self):
        super().__init__("nordteile/nordteile.wsdl", "nordteile.xsd", "urn:supplier-webservice-order:nordteile:2")

    def read_order(self, body):
        items = self.all(body, "items")[0]
        return {
            "message_id": self.text(body, "docId"),
            "customer": self.text(body, "accountNo"),
            "reference": self.text(body, "yourRef"),
            "branch": self.text(body, "branchCode"),
            "currency": self.text(body, "money"),
            "note": self.text(body, "remark"),
            "lines": [
                {
                    "position": int(self.text(item, "no")),
                    "number": self.text(item, "article"),
                    "description": self.text(item, "text"),
                    "quantity": self.text(item, "qty"),
                    "price": self.text(item, "net"),
                }
                for item in self.all(items, "item")
            ],
        }

    def read_status(self, body):
        return self.text(body, "accountNo"), self.text(body, "docId")

    def read_parts(self, body):
        return [(article.text, article.get("qty")) for article in self.all(body, "article")], self.text(body, "money")

    def _purchase(self, state):
        items = [
            self.make.item(
                *self.fields(
                    (
                        ("no", line["position"]),
                        ("state", self.item_states[line["status"]]),
                        ("qty", line.get("quantity")),
                        ("net", line.get("price")),
                        ("replacedBy", line.get("substitute")),
                        ("due", line.get("available_on")),
                        ("remark", line.get("note")),
                    )
                )
            )
            for line in state["lines"]
        ]
        return self.make.purchase(
            *self.fields(
                (
                    ("docId", state["message_id"]),
                    ("state", self.states[state["code"]]),
                    ("repeated", str(state["duplicate"]).lower()),
                    ("purchaseNo", state["supplier_reference"]),
                    ("money", state["currency"]),
                    ("remark", state["note"]),
                )
            ),
            *([self.make.items(*items)] if items else []),
        )

    def write_order(self, state):
        return self.make.SubmitPurchaseResult(self._purchase(state))

    def write_status(self, state):
        found = self.make.found("true" if state else "false")
        return self.make.QueryPurchaseResult(found, *([self._purchase(state)] if state else []))

    def write_offers(self, found, currency):
        return self.make.StockInquiryResult(
            self.make.money(currency or "EUR"),
            *(
                self.make.stock(
                    *self.fields(
                        (
                            ("article", offer["number"]),
                            ("net", offer.get("price")),
                            ("onHand", offer["available"]),
                            ("due", offer.get("available_on")),
                            ("replacedBy", offer.get("substitute")),
                            ("remark", offer["note"]),
                        )
                    )
                )
                for offer in found
            ),
        )

    def write_test(self, text):
        return self.make.HelloResult(self.make.greeting(text))


def envelope(content):
    """Return a SOAP envelope around an element, as bytes."""
    soap = ElementMaker(namespace=SOAP, nsmap={"soap": SOAP})
    return etree.tostring(soap.Envelope(soap.Body(content)), xml_declaration=True, encoding="UTF-8")


def fault(code, text, detail=""):
    """Return a SOAP Fault as bytes; ``code`` is a local name of the SOAP namespace."""
    soap = ElementMaker(namespace=SOAP, nsmap={"soap": SOAP})
    plain = ElementMaker()
    element = soap.Fault(plain.faultcode(f"soap:{code}"), plain.faultstring(text))
    if detail:
        element.append(plain.detail(plain.reason(detail)))
    return envelope(element)
