"""UBL 2.1 Order and OrderResponse as PEPPOL BIS Ordering 3 has them, carried over SOAP.

Where the supplier takes part in BIS Advanced Ordering 3, OrderChange (T114) and OrderCancellation
(T115) go the same way, and despatch advices (T16) say what was shipped, see ``ubl_despatch.py``.

The documents are written and read element by element: everything that UBL allows besides
what is known here may stand in an answer. https://docs.peppol.eu/poacc/upgrade-3/
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from . import ubl_despatch
from .base import (
    ACCEPTED,
    ACKNOWLEDGED,
    ALTERED,
    BACKORDERED,
    CANCEL,
    CHANGE,
    CHANGED,
    CONDITIONAL,
    CONFIRMED,
    DROPPED,
    LINE_REJECTED,
    PENDING,
    REJECTED,
    SAME,
    SHIPMENTS,
    SUBSTITUTED,
    WSDL_DIR,
    Account,
    Address,
    Cancellation,
    Change,
    Connector,
    LineAnswer,
    Message,
    Order,
    OrderAnswer,
    Part,
    named,
)
from .base import ADDED as STEP_ADDED
from .ubl_reading import (
    CAC,
    CBC,
    PATHS,
    allowances_of,
    buyer_of,
    decimal_of,
    orders_of,
    price_of,
    promised_of,
    text_of,
    unit_of,
)

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
ORDER, RESPONSE = f"{_UBL}Order-2", f"{_UBL}OrderResponse-2"
ORDER_CHANGE, ORDER_CANCELLATION = f"{_UBL}OrderChange-2", f"{_UBL}OrderCancellation-2"
TNS = "urn:supplier-webservice-order:ubl:1"
CODES = (ACKNOWLEDGED, ACCEPTED, CONDITIONAL, REJECTED)
#: LineStatusCode, as far as BIS Ordering 3 allows it
ADDED, DELIVERED = "1", "42"
LINE_STATUS = {ADDED: CHANGED, "3": CHANGED, "5": CONFIRMED, "7": LINE_REJECTED, DELIVERED: CONFIRMED}
#: LineStatusCode of a line in an OrderChange (UNCL 1229, as T114 allows it)
STEP_CODES = {STEP_ADDED: "1", DROPPED: "2", ALTERED: "3", SAME: "4"}
#: of electronic addresses, where none is named: GLN
SCHEME = "0088"
#: an order number that no order has
NOBODY = "connection-test"


class UblConnector(Connector):
    """SubmitOrder and GetOrderResponse; ChangeOrder and CancelOrder; GetDespatchAdvice."""

    wsdl = WSDL_DIR / "ubl/ubl_order.wsdl"
    raw = True
    follows = True
    operation_kinds = {"GetOrderResponse": "status", "GetDespatchAdvice": "shipment"}

    def abilities(self, account: Account) -> frozenset[str]:
        """Return what of changes, cancellations and shipments this supplier takes part in."""
        advanced = {CHANGE, CANCEL} if account.options.get("advanced") else set()
        return frozenset(advanced | ({SHIPMENTS} if account.options.get("shipments") else set()))

    def is_for(self, account: Account, buyer: str) -> bool:
        """Return whether the buyer of an answer has our own electronic address, where both are of one scheme."""
        scheme, _colon, address = buyer.partition(":")
        own = account.options.get("buyer_endpoint") or ""
        if not own or scheme != (account.options.get("buyer_scheme") or SCHEME):
            return True
        return address.lower() == own.strip().lower()

    # Order

    def order_message(self, account: Account, order: Order) -> Message:
        """Return the message that places an order."""
        root = _root(ORDER, "Order")
        ordered_on = order.ordered_on or datetime.now(UTC).date()
        _basics(
            root,
            ("CustomizationID", "urn:fdc:peppol.eu:poacc:trns:order:3"),
            ("ProfileID", "urn:fdc:peppol.eu:poacc:bis:ordering:3"),
            ("ID", order.message_id),
            ("IssueDate", ordered_on.isoformat()),
            ("OrderTypeCode", "220"),
            ("Note", _note(order)),
            ("DocumentCurrencyCode", order.currency),
            ("CustomerReference", order.reference),
        )
        self._add_buyer(root, account, order)
        self._add_seller(root, account)
        self._add_delivery(root, order)
        for part in order.parts:
            self._add_line(root, part, order.currency)
        return "SubmitOrder", root

    def _add_buyer(self, root: etree._Element, account: Account, order: Order) -> None:
        party = _node(_node(root, "BuyerCustomerParty"), "Party")
        endpoint, scheme = account.options.get("buyer_endpoint"), account.options.get("buyer_scheme")
        if endpoint:
            _basic(party, "EndpointID", endpoint, schemeID=scheme or SCHEME)
        _basic(_node(party, "PartyIdentification"), "ID", account.customer_number)
        self._add_address(party, "PostalAddress", order.buyer)
        legal = _node(party, "PartyLegalEntity")
        _basic(legal, "RegistrationName", order.buyer.name or account.customer_number)
        if order.buyer.vat:
            _basic(legal, "CompanyID", order.buyer.vat)
        contact = (
            ("Name", order.contact.name),
            ("Telephone", order.contact.phone),
            ("ElectronicMail", order.contact.email or account.contact_email),
        )
        if any(text for _name, text in contact):
            _basics(_node(party, "Contact"), *contact)

    @staticmethod
    def _add_seller(root: etree._Element, account: Account) -> None:
        party = _node(_node(root, "SellerSupplierParty"), "Party")
        endpoint, scheme = account.options.get("seller_endpoint"), account.options.get("seller_scheme")
        if endpoint:
            _basic(party, "EndpointID", endpoint, schemeID=scheme or SCHEME)
        _basic(_node(party, "PartyLegalEntity"), "RegistrationName", account.options.get("seller_name") or "-")

    def _add_delivery(self, root: etree._Element, order: Order) -> None:
        if not (order.delivery.name or order.wanted_on):
            return
        delivery = _node(root, "Delivery")
        if order.delivery.name:
            location = _node(delivery, "DeliveryLocation")
            _basic(location, "Name", order.delivery.name)
            self._add_address(location, "Address", order.delivery)
        if order.wanted_on:
            _basic(_node(delivery, "RequestedDeliveryPeriod"), "EndDate", order.wanted_on.isoformat())

    @staticmethod
    def _add_address(parent: etree._Element, name: str, place: Address) -> None:
        if not (place.street or place.city or place.country):
            return
        address = _node(parent, name)
        _basics(
            address,
            ("StreetName", place.street),
            ("AdditionalStreetName", place.street2),
            ("CityName", place.city),
            ("PostalZone", place.zip),
            ("CountrySubentity", place.state),
        )
        if place.country:
            _basic(_node(address, "Country"), "IdentificationCode", place.country)

    @staticmethod
    def _add_line(root: etree._Element, part: Part, currency: str, status: str = "") -> None:
        line = _node(root, "OrderLine")
        if part.photos:
            _basic(line, "Note", "Photos: " + ", ".join(part.photos))
        item_line = _node(line, "LineItem")
        _basic(item_line, "ID", str(part.position))
        if status:
            _basic(item_line, "LineStatusCode", status)
        _basic(item_line, "Quantity", _number(part.quantity), unitCode=part.unit or "C62")
        if part.expected_price is not None:
            _basic(_node(item_line, "Price"), "PriceAmount", _number(part.expected_price), currencyID=currency)
        item = _node(item_line, "Item")
        _basic(item, "Name", part.description or part.number)
        if part.own_number:
            _basic(_node(item, "BuyersItemIdentification"), "ID", part.own_number)
        _basic(_node(item, "SellersItemIdentification"), "ID", part.number)
        if part.barcode:
            _basic(_node(item, "StandardItemIdentification"), "ID", part.barcode, schemeID="0160")

    def order_answer(self, value: etree._Element) -> OrderAnswer:
        """Return what the answer to an order says."""
        return self._answer(value)

    # Change and cancellation

    def change_message(self, account: Account, change: Change) -> Message:
        """Return the message that tells of a change."""
        order = change.order
        root = _root(ORDER_CHANGE, "OrderChange")
        _basics(
            root,
            ("CustomizationID", "urn:fdc:peppol.eu:poacc:trns:order_change:3"),
            ("ProfileID", "urn:fdc:peppol.eu:poacc:bis:advanced_ordering:3"),
            ("ID", order.message_id),
            ("IssueDate", datetime.now(UTC).date().isoformat()),
            ("SequenceNumberID", str(change.sequence)),
            ("Note", _note(order)),
            ("DocumentCurrencyCode", order.currency),
            ("CustomerReference", order.reference),
        )
        _basic(_node(root, "OrderReference"), "ID", change.order_id)
        self._add_buyer(root, account, order)
        self._add_seller(root, account)
        self._add_delivery(root, order)
        for part in order.parts:
            self._add_line(root, part, order.currency, STEP_CODES[change.steps[part.position]])
        return "ChangeOrder", root

    def cancel_message(self, account: Account, cancellation: Cancellation) -> Message:
        """Return the message that tells of a cancellation."""
        order = cancellation.order
        root = _root(ORDER_CANCELLATION, "OrderCancellation")
        _basics(
            root,
            ("CustomizationID", "urn:fdc:peppol.eu:poacc:trns:order_cancellation:3"),
            ("ProfileID", "urn:fdc:peppol.eu:poacc:bis:advanced_ordering:3"),
            ("ID", order.message_id),
            ("IssueDate", datetime.now(UTC).date().isoformat()),
            ("CancellationNote", cancellation.reason),
        )
        _basic(_node(root, "OrderReference"), "ID", cancellation.order_id)
        self._add_buyer(root, account, order)
        self._add_seller(root, account)
        return "CancelOrder", root

    def change_answer(self, value: etree._Element) -> OrderAnswer:
        """Return what the answer to a change says."""
        return self._answer(value)

    def cancel_answer(self, value: etree._Element) -> OrderAnswer:
        """Return what the answer to a cancellation says."""
        return self._answer(value)

    def news_status_message(self, account: Account, message_id: str) -> Message:
        """Return the message that asks what became of a change or a cancellation."""
        # a response is asked for by the number of the document that it answers
        return self.status_message(account, message_id)

    # Shipments

    def shipment_message(self, account: Account, message_id: str) -> Message:
        """Return the message that asks what of an order has left the supplier."""
        return ubl_despatch.message(message_id)

    def shipment_answer(self, value: etree._Element) -> OrderAnswer:
        """Return what has left the supplier."""
        return ubl_despatch.answer(value)

    # Status

    def status_message(self, account: Account, message_id: str) -> Message:
        """Return the message that asks what became of an order."""
        root = etree.Element(f"{{{TNS}}}OrderResponseRequest", nsmap={None: TNS})
        etree.SubElement(root, f"{{{TNS}}}OrderID").text = message_id
        return "GetOrderResponse", root

    def status_answer(self, value: etree._Element) -> OrderAnswer:
        """Return what the supplier knows of an order."""
        known = (value.findtext(f"{{{TNS}}}Known") or "").strip()
        documents = value.findall(f"{{{RESPONSE}}}OrderResponse")
        if len(documents) > 1:
            raise ValueError("several responses in one answer")
        if known in ("true", "1") and documents:
            return self._answer(documents[0])
        if known in ("false", "0") and not documents:
            return OrderAnswer(known=False)
        raise ValueError("the supplier does not say whether it knows the order")

    def _answer(self, document: etree._Element) -> OrderAnswer:
        code = text_of(document, "cbc:OrderResponseCode")
        if code not in CODES:
            raise ValueError(f"{code} is no OrderResponseCode of PEPPOL")
        currency = text_of(document, "cbc:DocumentCurrencyCode")
        amounts = document.findall(".//cac:LineItem/cac:Price/cbc:PriceAmount", PATHS)
        currencies = {amount.get("currencyID") for amount in amounts} - {None}
        if len(currencies | ({currency} - {""})) > 1:
            raise ValueError("prices in several currencies")
        if len(orders_of(document)) > 1:
            raise ValueError("a response to several orders")
        return OrderAnswer(
            known=True,
            message_id=named(text_of(document, "cac:OrderReference/cbc:ID")),
            change_id=text_of(document, "cac:OrderChangeDocumentReference/cbc:ID"),
            buyer=buyer_of(document),
            code=code,
            reference=text_of(document, "cbc:SalesOrderID") or text_of(document, "cac:OrderReference/cbc:SalesOrderID"),
            currency=currency or next(iter(currencies), ""),
            note="\n".join(filter(None, (note.text for note in document.findall("cbc:Note", PATHS)))),
            lines=(
                *(
                    line
                    for element in document.findall("cac:OrderLine", PATHS)
                    for line in self._line_answers(element, promised_of(document))
                ),
                *allowances_of(document),
            ),
        )

    @staticmethod
    def _line_answers(line: etree._Element, promised: date | None) -> Iterator[LineAnswer]:
        """Return what is said about a line: what comes, and what comes later.

        :param promised: the day that holds for the whole order
        """
        item = line.find("cac:LineItem", PATHS)
        substitute = text_of(line, "cac:SellerSubstitutedLineItem/cac:Item/cac:SellersItemIdentification/cbc:ID")
        position = text_of(line, "cac:OrderLineReference/cbc:LineID")
        status = text_of(item, "cbc:LineStatusCode")
        notes = (*line.findall("cbc:Note", PATHS), *item.findall("cbc:Note", PATHS))
        later = decimal_of(text_of(item, "cbc:MaximumBackorderQuantity"))
        common: dict[str, Any] = {
            # a line that was not ordered names none of ours
            "position": int(position) if position and status != ADDED else None,
            "price": price_of(item),
            "substitute": substitute,
            "available_on": promised_of(item) or promised,
            "note": " ".join(filter(None, (note.text for note in notes))),
            "number": text_of(item, "cac:Item/cac:SellersItemIdentification/cbc:ID"),
            "description": text_of(item, "cac:Item/cbc:Name"),
            "unit": unit_of(item),
        }
        known = LINE_STATUS[status] if status else PENDING
        quantity = decimal_of(text_of(item, "cbc:Quantity"))
        yield LineAnswer(status=SUBSTITUTED if substitute else known, quantity=quantity, **common)
        if later:
            yield LineAnswer(status=BACKORDERED, quantity=later, **common)
        yield from allowances_of(item, common["number"] or common["description"])

    # Test

    def test_message(self, account: Account) -> Message:
        """Return a message that changes nothing."""
        return self.status_message(account, NOBODY)

    def test_answer(self, value: etree._Element) -> str:
        """Return the text that the supplier greets with."""
        self.status_answer(value)
        return "OK"


def _note(order: Order) -> str:
    vehicle = " ".join(filter(None, (order.vehicle.plate, order.vehicle.vin)))
    return " · ".join(filter(None, (order.note, order.job, vehicle)))


def _root(namespace: str, name: str) -> etree._Element:
    return etree.Element(f"{{{namespace}}}{name}", nsmap={None: namespace, "cac": CAC, "cbc": CBC})


def _node(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{CAC}}}{name}")


def _basic(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    etree.SubElement(parent, f"{{{CBC}}}{name}", attributes).text = text


def _basics(parent: etree._Element, *pairs: tuple[str, str]) -> None:
    for name, text in pairs:
        if text:
            _basic(parent, name, text)


def _number(value: Decimal) -> str:
    """Return a number as XML has it: no exponent, no zeros at its end."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
