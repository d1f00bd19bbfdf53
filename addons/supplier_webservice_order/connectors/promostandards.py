"""PromoStandards, the public SOAP standard of the promotional-products trade.

Purchase Order 1.0.0, Order Status 2.0.0, Order Shipment Notification 1.0.0, Inventory 2.0.0, Product
Pricing and Configuration 1.0.0: five services, each at an address of its own. An order has the number that
people use; the standard knows no change and no cancellation. A part number of ours is the
supplier's ``productId``, or ``productId:partId`` where a product comes in several parts.
The answer to an order says only that it was received; what becomes of it, the order status
tells, without prices.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from . import promostandards_shipments
from .base import (
    ACCEPTED,
    ACKNOWLEDGED,
    BACKORDERED,
    FIRST_DAY,
    REJECTED,
    SHIPMENTS,
    WSDL_DIR,
    Account,
    Asked,
    Connector,
    LineAnswer,
    Message,
    Offer,
    Order,
    OrderAnswer,
    Part,
    ReportedError,
    Shipment,
)
from .promostandards_states import find_state, is_shipped, own_word
from .promostandards_units import unit_code

FOLDER = WSDL_DIR / "promostandards"
#: codes of ServiceMessage, as the standard lists them for all services and for the single ones
DUPLICATE = 200
#: something broke in the service: it may have booked the order before
GENERAL_ERROR = 999
#: the service looked, and there is no such order; anything else leaves open whether there is one
NO_ORDER = {160, 301}
NO_PRODUCT = {130, 140, 400, 600, 630}
#: the standard has places for four digits behind the point
CENTS = Decimal("0.0001")


@dataclass(frozen=True)
class _Message:
    """What a service says about a request."""

    code: int
    text: str
    severity: str


class PromoStandardsConnector(Connector):
    """sendPO, getOrderStatus, getInventoryLevels and getConfigurationAndPricing."""

    wsdls = {
        "order": FOLDER / "purchase_order.wsdl",
        "status": FOLDER / "order_status.wsdl",
        "stock": FOLDER / "inventory.wsdl",
        "price": FOLDER / "pricing.wsdl",
        "shipment": FOLDER / "shipment.wsdl",
    }
    known_by_number = True
    follows = True
    credentials = (("{*}id", "username"), ("{*}password", "password"))
    required_options = ("carrier", "carrier_service")

    def abilities(self, account: Account) -> frozenset[str]:
        """Return what of changes, cancellations and shipments this supplier takes part in."""
        return frozenset({SHIPMENTS} if account.options.get("shipments") else ())

    @staticmethod
    def _access(version: str) -> dict[str, Any]:
        # elements that the message gets filled only when it goes out
        return {"wsVersion": version, "id": "", "password": ""}

    # Order

    def order_message(self, account: Account, order: Order) -> Message:
        """Return the message that places an order."""
        lines = [self._line(part, order) for part in order.parts]
        ordered_on = order.ordered_on or datetime.now(UTC).date()
        return "sendPO", {
            **self._access("1.0.0"),
            "PO": {
                # of goods as they are, without decoration; large suppliers take no other
                "orderType": "Blank",
                "orderNumber": order.number or order.message_id,
                "orderDate": _moment(ordered_on),
                "totalAmount": sum((line["lineItemTotal"] for line in lines), Decimal(0)),
                "rush": False,
                "currency": order.currency,
                "OrderContactArray": {"Contact": [self._contact(account, order)]},
                "ShipmentArray": {"Shipment": [self._shipment(account, order)]},
                "LineItemArray": {"LineItem": lines},
                "termsAndConditions": account.options.get("terms") or "-",
            },
        }

    @staticmethod
    def _line(part: Part, order: Order) -> dict[str, Any]:
        product, _, variant = part.number.partition(":")
        quantity = {"uom": unit_code(part), "value": part.quantity}
        price = part.expected_price
        total = (part.quantity * (price or 0)).quantize(CENTS, ROUND_HALF_UP)
        price = None if price is None else price.quantize(CENTS, ROUND_HALF_UP)
        line = {
            "lineNumber": part.position,
            "description": part.description,
            "lineType": "New",
            "Quantity": quantity,
            "ToleranceDetails": {"tolerance": "ExactOnly"},
            "allowPartialShipments": True,
            "unitPrice": price,
            "lineItemTotal": total,
            "requestedInHandsDate": _moment(order.wanted_on) if order.wanted_on else None,
            "productId": product,
            "customerProductId": part.own_number[:64] or None,
        }
        if variant:
            line["PartArray"] = {
                "Part": [{"partId": variant, "customerSupplied": False, "Quantity": quantity, "unitPrice": price}]
            }
        return line

    @staticmethod
    def _contact(account: Account, order: Order) -> dict[str, Any]:
        details = {
            "attentionTo": order.contact.name[:35] or None,
            "companyName": order.buyer.name[:35] or None,
            "email": (order.contact.email or account.contact_email)[:128] or None,
            "phone": order.contact.phone[:32] or None,
        }
        number = account.customer_number[:64] or None
        return {"accountNumber": number, "contactType": "Order", "ContactDetails": details}

    @staticmethod
    def _shipment(account: Account, order: Order) -> dict[str, Any]:
        place = order.delivery
        # people look for our order number on the parcel
        references = [text[:64] for text in (order.reference, order.job) if text]
        return {
            "shipReferences": references[:2],
            "comments": order.note or None,
            "allowConsolidation": True,
            "blindShip": False,
            "packingListRequired": True,
            "FreightDetails": {
                "carrier": account.options["carrier"],
                "service": account.options["carrier_service"],
            },
            "ShipTo": {
                "customerPickup": False,
                "ContactDetails": {
                    "attentionTo": order.contact.name[:35] or None,
                    "companyName": place.name[:35] or None,
                    "address1": place.street[:35] or None,
                    "address2": place.street2[:35] or None,
                    "city": place.city[:30] or None,
                    "region": place.state[:3] or None,
                    "postalCode": place.zip[:10] or None,
                    "country": place.country[:2] or None,
                    "phone": order.contact.phone[:32] or None,
                },
                "shipmentId": 1,
            },
        }

    def order_answer(self, value: Any) -> OrderAnswer:
        """Return what the answer to an order says."""
        messages = _messages(value.ServiceMessageArray)
        number = value.transactionId
        if number:
            note = " ".join(each.text for each in messages)
            return OrderAnswer(known=True, code=ACKNOWLEDGED, reference=str(number), note=note)
        errors = [each for each in messages if each.severity == "Error"]
        if any(each.code == DUPLICATE for each in errors):
            return OrderAnswer(known=True, code=ACKNOWLEDGED, duplicate=True, note=errors[0].text)
        if any(each.code == GENERAL_ERROR for each in errors):
            raise ReportedError(_join(errors))
        if errors:
            # no transaction, and the service says why: it did not take the order
            return OrderAnswer(known=True, code=REJECTED, note=_join(errors))
        raise ValueError("neither a transaction nor an error")

    # Status

    def status_message(self, account: Account, message_id: str) -> Message:
        """Return the message that asks what became of an order."""
        return "getOrderStatus", {
            **self._access("2.0.0"),
            "queryType": "poSearch",
            "referenceNumber": message_id,
            "returnIssueDetailType": "openIssues",
            "returnProductDetail": True,
        }

    def status_answer(self, value: Any) -> OrderAnswer:
        """Return what the supplier knows of an order."""
        orders = value.OrderStatusArray.OrderStatus if value.OrderStatusArray else []
        if not orders:
            messages = _messages(value.ServiceMessageArray)
            if any(each.code in NO_ORDER for each in messages):
                return OrderAnswer(known=False)
            raise ReportedError(_join(messages) or "no order")
        [number] = {order.purchaseOrderNumber for order in orders}
        details = [each for order in orders for each in order.OrderStatusDetailArray.OrderStatusDetail]
        codes = {find_state(each)[0] for each in details}
        # several sales orders for one of ours: it stands where the last of them stands
        code = next((each for each in (ACKNOWLEDGED, ACCEPTED) if each in codes), REJECTED)
        return OrderAnswer(
            known=True,
            message_id=number,
            code=code,
            reference=", ".join(dict.fromkeys(each.salesOrderNumber for each in details)),
            note=" ".join(text for each in details for text in self._remarks(each)),
            lines=tuple(line for each in details for line in self._line_answers(each)),
            shipments=tuple(self._shipments(details)),
            complete=all(is_shipped(each) or find_state(each)[0] == REJECTED for each in details),
        )

    @staticmethod
    def _remarks(detail: Any) -> Iterator[str]:
        yield from filter(None, (own_word(detail), detail.additionalExplanation, detail.issueCategory))
        for issue in detail.IssueArray.Issue if detail.IssueArray else ():
            yield f"{issue.issueCategory}: {issue.issueDescription or issue.issueName or ''}".strip(": ")

    @staticmethod
    def _line_answers(detail: Any) -> Iterator[LineAnswer]:
        for product in detail.ProductArray.Product if detail.ProductArray else ():
            status = find_state(product)[1]
            if "backOrderHold" in (product.issueCategory, detail.issueCategory):
                status = BACKORDERED
            position = product.purchaseOrderLineNumber
            yield LineAnswer(
                position=int(position) if position else None,
                status=status,
                quantity=product.QuantityOrdered.value,
                available_on=detail.expectedDeliveryDate or detail.expectedShipDate,
                note=product.issueCategory or own_word(product),
                # of an ordered line the standard repeats a part that the order may have left open
                number="" if position else ":".join(filter(None, (product.productId, product.partId))),
                also_number=product.productId,
                # many suppliers leave the number of the ordered line out
                by_number=True,
            )

    @staticmethod
    def _shipments(details: Iterable[Any]) -> Iterator[Shipment]:
        for detail in details:
            if is_shipped(detail):
                products = detail.ProductArray.Product if detail.ProductArray else ()
                positions = (each.purchaseOrderLineNumber for each in products)
                yield Shipment(
                    shipped_on=detail.expectedShipDate or detail.validTimestamp.date(),
                    positions=tuple(int(position) for position in positions if position),
                )

    def shipment_message(self, account: Account, message_id: str) -> Message:
        """Return the message that asks what of an order has left the supplier."""
        return promostandards_shipments.message(self._access("1.0.0"), message_id)

    def shipment_answer(self, value: Any) -> OrderAnswer:
        """Return what has left the supplier."""
        return promostandards_shipments.answer(value)

    # Stock and prices

    def offer_messages(self, account: Account, parts: Sequence[Asked], currency: str) -> list[Message]:
        """Return, for each part, the question about its stock and the one about its price."""
        messages = []
        for number, _quantity in parts:
            product, _, variant = number.partition(":")
            stock = {**self._access("2.0.0"), "productId": product}
            if variant:
                stock["Filter"] = {"partIdArray": {"partId": [variant]}}
            messages.append(("getInventoryLevels", stock))
            price = {
                **self._access("1.0.0"),
                "productId": product,
                "partId": variant or None,
                "currency": currency,
                "fobId": account.options.get("fob") or "1",
                "priceType": "Customer",
                "localizationCountry": account.options.get("country") or "US",
                "localizationLanguage": "en",
                "configurationType": "Blank",
            }
            messages.append(("getConfigurationAndPricing", price))
        return messages

    def read_offers(self, parts: Sequence[Asked], values: Sequence[Any]) -> list[Offer]:
        """Return an ``Offer`` for each part that the supplier has."""
        pairs = zip(parts, values[::2], values[1::2], strict=True)
        found = (self._offer(number, quantity, stock, price) for (number, quantity), stock, price in pairs)
        return [offer for offer in found if offer]

    def _offer(self, number: str, quantity: Decimal, stock: Any, price: Any) -> Offer | None:
        variant = number.partition(":")[2]
        messages = [*_messages(stock.ServiceMessageArray), *_errors(price.ErrorMessage)]
        if stock.Inventory is None:
            if any(each.code in NO_PRODUCT for each in messages):
                return None
            raise ReportedError(_join(messages) or "neither stock nor an error")
        available, coming = self._stock(stock.Inventory, variant)
        amount, currency = self._price(price.Configuration, variant, quantity)
        return Offer(
            number=number,
            price=amount,
            currency=currency,
            available=available,
            available_on=coming,
            note=" ".join(each.text for each in messages),
        )

    @staticmethod
    def _stock(inventory: Any, variant: str) -> tuple[Decimal, date | None]:
        """Return how much is there, and when more comes."""
        rows = inventory.PartInventoryArray.PartInventory if inventory and inventory.PartInventoryArray else []
        rows = [row for row in rows if not variant or row.partId == variant]
        places = [place for row in rows for place in _places(row)]
        total = sum((row.quantityAvailable.Quantity.value for row in rows if row.quantityAvailable), Decimal(0))
        if not any(row.quantityAvailable for row in rows):
            total = sum((place.inventoryLocationQuantity.Quantity.value for place in places), Decimal(0))
        later = [each.availableOn for place in places for each in _future(place)]
        return total, min(later).date() if later else None

    @staticmethod
    def _price(configuration: Any, variant: str, quantity: Decimal) -> tuple[Decimal | None, str]:
        """Return the price for a quantity, and its currency."""
        if configuration is None:
            return None, ""
        rows = [part for part in configuration.PartArray.Part if not variant or part.partId == variant]
        steps = [each for part in rows for each in (part.PartPriceArray.PartPrice if part.PartPriceArray else ())]
        fitting = [each for each in steps if _holds_now(each) and each.minQuantity <= quantity]
        least = max((each.minQuantity for each in fitting), default=None)
        # a price for a dozen or a box is none for one piece, and those of several sizes or colors none for one of them
        prices = {each.price if each.priceUom == "EA" else None for each in fitting if each.minQuantity == least}
        return (prices.pop() if len(prices) == 1 else None), configuration.currency

    # Test

    def test_message(self, account: Account) -> Message:
        """Return a message that changes nothing."""
        return "getServiceMethods", self._access("2.0.0")

    def test_answer(self, value: Any) -> str:
        """Return the text that the supplier greets with."""
        names = value.ServiceMethodArray.serviceMethod if value.ServiceMethodArray else []
        if not names:
            raise ReportedError(_join(_messages(value.ServiceMessageArray)) or "no methods")
        return ", ".join(names)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _holds_now(step: Any) -> bool:
    """Return whether a price holds today; a supplier may leave out from when and until when."""
    now = datetime.now(UTC)
    start, end = (
        moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
        for moment in (step.priceEffectiveDate, step.priceExpiryDate)
    )
    # a year before all others stands for none
    return (start is None or start <= now) and (end is None or end.date() < FIRST_DAY or now <= end)


def _messages(array: Any) -> list[_Message]:
    rows = array.ServiceMessage if array else ()
    return [_Message(int(row.code), row.description or "", row.severity or "") for row in rows]


def _errors(message: Any) -> list[_Message]:
    """Return the one error of an older service, as those of the newer ones."""
    return [_Message(int(message.code), message.description or "", "Error")] if message else []


def _join(messages: Iterable[_Message]) -> str:
    return " ".join(f"{each.code}: {each.text}" for each in messages)


def _places(row: Any) -> Sequence[Any]:
    return row.InventoryLocationArray.InventoryLocation if row.InventoryLocationArray else ()


def _future(place: Any) -> Sequence[Any]:
    return place.FutureAvailabilityArray.FutureAvailability if place.FutureAvailabilityArray else ()
