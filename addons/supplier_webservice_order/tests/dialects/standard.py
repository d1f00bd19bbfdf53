"""A supplier that was made up for tests and demo, spoken to by a connector class as another addon may bring one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

# by its whole name: other processes load this file by its path
# pylint: disable-next=odoo-addons-relative-import
from odoo.addons.supplier_webservice_order.connectors.base import (
    ACCEPTED,
    ACKNOWLEDGED,
    BACKORDERED,
    CHANGED,
    CONDITIONAL,
    CONFIRMED,
    DISCONTINUED,
    LINE_REJECTED,
    PENDING,
    REJECTED,
    SUBSTITUTED,
    Account,
    Asked,
    Connector,
    LineAnswer,
    Message,
    Offer,
    Order,
    OrderAnswer,
    declared,
    named,
)

#: the WSDLs of the suppliers that are made up: the demo connects to them by mapping
SUPPLIERS = Path(__file__).resolve().parents[2] / "demo/suppliers"
STATE = {code: code for code in (ACKNOWLEDGED, ACCEPTED, CONDITIONAL, REJECTED)}
LINE_STATUS = {
    "Pending": PENDING,
    "Confirmed": CONFIRMED,
    "QuantityChanged": CHANGED,
    "Substituted": SUBSTITUTED,
    "Discontinued": DISCONTINUED,
    "BackOrdered": BACKORDERED,
    "Rejected": LINE_REJECTED,
}


class StandardConnector(Connector):
    """PlaceOrder, GetOrderStatus, CheckAvailability and Test."""

    wsdl = SUPPLIERS / "standard/supplier_order.wsdl"
    duplicate_codes = frozenset({"DuplicateMessage"})
    follows = True

    def order_message(self, account: Account, order: Order) -> Message:
        """Return the message that places an order."""
        return "PlaceOrder", {
            "messageId": order.message_id,
            "customerNumber": account.customer_number,
            "buyerReference": order.reference,
            "contactEmail": account.contact_email or None,
            "currency": order.currency,
            "requestedDelivery": order.wanted_on,
            "note": order.note[:500] or None,
            "line": [
                {
                    "position": part.position,
                    "partNumber": part.number,
                    "description": part.description[:500],
                    "quantity": part.quantity,
                    "unit": part.unit or None,
                    "expectedPrice": part.expected_price,
                }
                for part in order.parts
            ],
        }

    def order_answer(self, value: Any) -> OrderAnswer:
        """Return what the answer to an order says."""
        return self._answer(value)

    def status_message(self, account: Account, message_id: str) -> Message:
        """Return the message that asks what became of an order."""
        return "GetOrderStatus", {"customerNumber": account.customer_number, "messageId": message_id}

    def status_answer(self, value: Any) -> OrderAnswer:
        """Return what the supplier knows of an order."""
        known = declared(value.known)
        return self._answer(value.order) if known and value.order else OrderAnswer(known=False)

    def _answer(self, state: Any) -> OrderAnswer:
        return OrderAnswer(
            known=True,
            message_id=named(state.messageId),
            code=STATE[state.responseCode],
            reference=state.supplierReference or "",
            currency=state.currency or "",
            duplicate=bool(state.duplicate),
            note=state.note or "",
            lines=tuple(
                LineAnswer(
                    position=int(line.position),
                    status=LINE_STATUS[line.status],
                    quantity=line.quantity,
                    price=line.price,
                    substitute=line.substitutePartNumber or "",
                    available_on=line.availableOn,
                    note=line.note or "",
                )
                for line in state.line
            ),
        )

    def offer_message(self, account: Account, parts: Sequence[Asked], currency: str) -> Message:
        """Return the message that asks for prices."""
        return "CheckAvailability", {
            "customerNumber": account.customer_number,
            "currency": currency,
            "part": [{"partNumber": number, "quantity": quantity} for number, quantity in parts],
        }

    def offers(self, value: Any) -> list[Offer]:
        """Return the offers in an answer."""
        return [
            Offer(
                number=offer.partNumber,
                price=offer.price,
                currency=value.currency,
                available=offer.available,
                available_on=offer.availableOn,
                substitute=offer.substitutePartNumber or "",
                note=offer.note or "",
            )
            for offer in value.offer
        ]

    def test_message(self, account: Account) -> Message:
        """Return a message that changes nothing."""
        return "Test", {"customerNumber": account.customer_number}

    def test_answer(self, value: Any) -> str:
        """Return the text that the supplier greets with."""
        # a tolerated answer with more in it than the greeting comes as a whole
        return str(getattr(value, "text", value))
