"""Another one, with its own vocabulary, numeric states and a branch code in every order."""

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
STATE = {10: ACKNOWLEDGED, 20: ACCEPTED, 25: CONDITIONAL, 90: REJECTED}
ITEM_STATE = {
    0: PENDING,
    1: CONFIRMED,
    2: CHANGED,
    3: SUBSTITUTED,
    4: DISCONTINUED,
    5: BACKORDERED,
    9: LINE_REJECTED,
}


class NordteileConnector(Connector):
    """SubmitPurchase, QueryPurchase, StockInquiry and Hello."""

    wsdl = SUPPLIERS / "nordteile/nordteile.wsdl"
    duplicate_codes = frozenset({"DuplicateMessage"})
    required_options = ("branch_code",)
    follows = True

    def order_message(self, account: Account, order: Order) -> Message:
        """Return the message that places an order."""
        return "SubmitPurchase", {
            "docId": order.message_id,
            "accountNo": account.customer_number,
            "branchCode": account.options["branch_code"],
            "yourRef": order.reference,
            "money": order.currency,
            "wanted": order.wanted_on,
            "remark": order.note or None,
            "items": {
                "item": [
                    {
                        "no": part.position,
                        "article": part.number,
                        "text": part.description,
                        "qty": part.quantity,
                        "net": part.expected_price,
                    }
                    for part in order.parts
                ]
            },
        }

    def order_answer(self, value: Any) -> OrderAnswer:
        """Return what the answer to an order says."""
        return self._answer(value)

    def status_message(self, account: Account, message_id: str) -> Message:
        """Return the message that asks what became of an order."""
        return "QueryPurchase", {"accountNo": account.customer_number, "docId": message_id}

    def status_answer(self, value: Any) -> OrderAnswer:
        """Return what the supplier knows of an order."""
        known = declared(value.found)
        return self._answer(value.purchase) if known and value.purchase else OrderAnswer(known=False)

    def _answer(self, purchase: Any) -> OrderAnswer:
        return OrderAnswer(
            known=True,
            message_id=named(purchase.docId),
            code=STATE[purchase.state],
            reference=purchase.purchaseNo or "",
            currency=purchase.money or "",
            duplicate=bool(purchase.repeated),
            note=purchase.remark or "",
            lines=tuple(
                LineAnswer(
                    position=int(item.no),
                    status=ITEM_STATE[item.state],
                    quantity=item.qty,
                    price=item.net,
                    substitute=item.replacedBy or "",
                    available_on=item.due,
                    note=item.remark or "",
                )
                for item in (purchase["items"].item if purchase["items"] else ())
            ),
        )

    def offer_message(self, account: Account, parts: Sequence[Asked], currency: str) -> Message:
        """Return the message that asks for prices."""
        return "StockInquiry", {
            "accountNo": account.customer_number,
            "branchCode": account.options["branch_code"],
            "money": currency,
            "article": [{"_value_1": number, "qty": quantity} for number, quantity in parts],
        }

    def offers(self, value: Any) -> list[Offer]:
        """Return the offers in an answer."""
        return [
            Offer(
                number=stock.article,
                price=stock.net,
                currency=value.money,
                available=stock.onHand,
                available_on=stock.due,
                substitute=stock.replacedBy or "",
                note=stock.remark or "",
            )
            for stock in value.stock
        ]

    def test_message(self, account: Account) -> Message:
        """Return a message that changes nothing."""
        return "Hello", {"accountNo": account.customer_number}

    def test_answer(self, value: Any) -> str:
        """Return the text that the supplier greets with."""
        # a tolerated answer with more in it than the greeting comes as a whole
        return str(getattr(value, "greeting", value))
