"""What a connector is: our orders into a supplier's messages, and its answers back.

A connector knows neither the ORM nor the network. The record behind it, one
``supplier.connection``, calls it with the plain values below.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

WSDL_DIR = Path(__file__).resolve().parent.parent / "wsdl"

#: answers to a whole order, named as in PEPPOL BIS 3
ACKNOWLEDGED, ACCEPTED, CONDITIONAL, REJECTED = "AB", "AP", "CA", "RE"

#: answers to one line
PENDING, CONFIRMED, CHANGED, SUBSTITUTED = "pending", "confirmed", "changed", "substituted"
DISCONTINUED, BACKORDERED, LINE_REJECTED = "discontinued", "backordered", "rejected"


#: what connectors trip over in an answer of another shape
UNREADABLE = (AttributeError, TypeError, ValueError, LookupError, ArithmeticError)
MAX_AMOUNT = Decimal(10) ** 12


def check_amounts(*amounts):
    """:raises ValueError: for what XML calls a number and nobody can pay: NaN, infinity, less than nothing"""
    for amount in amounts:
        if amount is not None and not (amount.is_finite() and 0 <= amount < MAX_AMOUNT):
            raise ValueError(f"{amount} is no price or quantity")


def said(answer):
    """Return a yes or no of the supplier's; silence is no "no": an order that it has would be sent again.

    :raises ValueError: where there is neither
    """
    if answer not in (True, False):
        raise ValueError("the supplier does not say whether it knows the order")
    return answer


@dataclass(frozen=True)
class Account:
    """Who we are at the supplier; ``options`` holds what only some connectors need."""

    customer_number: str
    contact_email: str = ""
    options: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """One ordered line."""

    position: int
    number: str
    description: str
    quantity: Decimal
    unit: str = ""
    expected_price: Decimal | None = None


@dataclass(frozen=True)
class Order:
    """An order as a supplier sees it."""

    message_id: str
    reference: str
    currency: str
    parts: tuple[Part, ...]
    wanted_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class LineAnswer:
    """What the supplier says about one line."""

    position: int
    status: str
    quantity: Decimal | None = None
    price: Decimal | None = None
    substitute: str = ""
    available_on: date | None = None
    note: str = ""

    def __post_init__(self):
        check_amounts(self.quantity, self.price)


@dataclass(frozen=True)
class OrderAnswer:
    """What the supplier says about an order; ``known`` is false where it never saw it."""

    known: bool
    code: str = ""
    reference: str = ""
    currency: str = ""
    duplicate: bool = False
    note: str = ""
    lines: tuple[LineAnswer, ...] = ()


@dataclass(frozen=True)
class Offer:
    """Price and availability of one part."""

    number: str
    price: Decimal | None
    currency: str
    available: Decimal
    available_on: date | None = None
    substitute: str = ""
    note: str = ""

    def __post_init__(self):
        check_amounts(self.available, self.price)


class Connector:
    """Base class. Each ``*_message`` returns ``(operation name, values for zeep)``."""

    #: WSDL shipped with the connector
    wsdl: Path
    #: names in ``Account.options`` without which no order can be written
    required_options: tuple[str, ...] = ()

    def order_message(self, account, order):
        """Return the message that places an order."""
        raise NotImplementedError

    def order_answer(self, value):
        """Return the ``OrderAnswer`` in the answer to ``order_message``."""
        raise NotImplementedError

    def status_message(self, account, message_id):
        """Return the message that asks what became of an order."""
        raise NotImplementedError

    def status_answer(self, value):
        """Return the ``OrderAnswer`` in the answer to ``status_message``."""
        raise NotImplementedError

    def offer_message(self, account, parts, currency):
        """Return the message that asks for prices in a currency; ``parts`` are pairs of number and quantity."""
        raise NotImplementedError

    def offers(self, value):
        """Return the list of ``Offer`` in the answer to ``offer_message``."""
        raise NotImplementedError

    def test_message(self, account):
        """Return a message that changes nothing."""
        raise NotImplementedError

    def test_answer(self, value):
        """Return the text that the supplier greets with."""
        raise NotImplementedError
