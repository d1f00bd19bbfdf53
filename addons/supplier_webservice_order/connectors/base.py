"""What a connector is: our orders into a supplier's messages, and its answers back.

A connector knows neither the ORM nor the network. The record behind it, one
``supplier.connection``, calls it with the plain values below.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

WSDL_DIR = Path(__file__).resolve().parent.parent / "wsdl"

#: answers to a whole order, named as in PEPPOL BIS 3
ACKNOWLEDGED, ACCEPTED, CONDITIONAL, REJECTED = "AB", "AP", "CA", "RE"

#: answers to one line
PENDING, CONFIRMED, CHANGED, SUBSTITUTED = "pending", "confirmed", "changed", "substituted"
DISCONTINUED, BACKORDERED, LINE_REJECTED = "discontinued", "backordered", "rejected"

#: what becomes of a line in a change
ADDED, ALTERED, DROPPED, SAME = "added", "changed", "removed", "same"
STEPS = (ADDED, ALTERED, DROPPED, SAME)

#: what a supplier's service may do beyond taking orders, see ``Connector.abilities``
CHANGE, CANCEL, SHIPMENTS = "change", "cancel", "shipments"

#: codes for one piece, of which suppliers take this or that
PIECES = {"C62", "EA", "H87", "PCE"}

#: what connectors trip over in an answer of another shape
UNREADABLE = (AttributeError, TypeError, ValueError, LookupError, ArithmeticError)
#: what a message is before it is written: the operation, and what zeep writes or an element that stands for itself
Message = tuple[str, Any]
#: part number and quantity that a price is asked for
Asked = tuple[str, Decimal]

MAX_AMOUNT = Decimal(10) ** 12
#: between these is a day that somebody means; programs write 0001-01-01, 1900-01-01 or 9999-12-31 where there is none
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


class ReportedError(ValueError):
    """What the supplier itself says went wrong, in its words, which are for people."""


def check_amounts(*amounts: Decimal | None, least: Decimal = Decimal(0)) -> None:
    """:raises ValueError: for what XML calls a number and nobody can pay: NaN, infinity, less than the least"""
    for amount in amounts:
        if amount is not None and not (amount.is_finite() and least <= amount < MAX_AMOUNT):
            raise ValueError(f"{amount} is no price or quantity")


def meant(day: date | None) -> date | None:
    """Return a day, or none for one that only fills the place of a day."""
    return day if day is not None and FIRST_DAY <= day <= LAST_DAY else None


def declared(answer: bool | None) -> bool:
    """Return a yes or no of the supplier's; silence is no "no": an order that it has would be sent again.

    :raises ValueError: where there is neither
    """
    if answer not in (True, False):
        raise ValueError("the supplier does not say whether it knows the order")
    return answer


def named(message_id: str | None) -> str:
    """Return the number of the message that an answer is about, of a supplier whose answers name it.

    :raises ValueError: where it is missing: then nothing shows that the answer is about ours
    """
    if not message_id or not message_id.strip():
        raise ValueError("the answer does not name the message that it is about")
    return message_id


@dataclass(frozen=True)
class Account:
    """Who we are at the supplier; ``options`` holds what only some connectors need."""

    customer_number: str
    contact_email: str = ""
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Address:
    """A place with a name; ``country`` and ``state`` are codes."""

    name: str = ""
    street: str = ""
    street2: str = ""
    zip: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    vat: str = ""


@dataclass(frozen=True)
class Contact:
    """Whom the supplier can ask."""

    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Vehicle:
    """What the parts are for."""

    vin: str = ""
    plate: str = ""


@dataclass(frozen=True)
class Part:
    """One ordered line.

    ``unit`` is a code of UN/ECE Recommendation 20, or the connection's own for that unit.
    ``expected_price`` is net: for one unit, without any tax, after discounts.
    """

    position: int
    number: str
    description: str
    quantity: Decimal
    unit: str = ""
    expected_price: Decimal | None = None
    own_number: str = ""
    barcode: str = ""
    photos: tuple[str, ...] = ()


@dataclass(frozen=True)
class Order:
    """An order as a supplier sees it.

    ``number`` is what people call it; an order that is sent anew after a rejection gets a number of its own.
    """

    message_id: str
    reference: str
    currency: str
    parts: tuple[Part, ...]
    wanted_on: date | None = None
    note: str = ""
    ordered_on: date | None = None
    job: str = ""
    buyer: Address = Address()
    delivery: Address = Address()
    contact: Contact = Contact()
    vehicle: Vehicle = Vehicle()
    number: str = ""


@dataclass(frozen=True)
class Change:
    """What a supplier is told of an order that it has: how it is to be now.

    ``order`` holds every line as it is to be, and at quantity 0 those that are not wanted any more; its
    ``message_id`` is the number of this very message. ``order_id`` is what the supplier knows the order by.
    ``steps`` says by position what became of a line: one of :data:`STEPS`.
    """

    order_id: str
    sequence: int
    order: Order
    steps: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cancellation:
    """That an order is not wanted any more; ``order`` holds it as the supplier was told."""

    order_id: str
    order: Order
    reason: str = ""


@dataclass(frozen=True)
class LineAnswer:
    """What the supplier says about one line; several about the same line are parts of it.

    ``position`` is that of the ordered line, or none: then ``number`` and ``description`` say what
    the supplier added by itself (freight, a deposit). ``price`` is net, for one unit. ``number`` and ``unit`` of
    an ordered line are what the supplier means it is to deliver, where it says that. ``by_number`` says that this
    supplier's answers name parts by their number only: then that tells which line is meant; ``also_number`` is a
    shorter one, under which the same part may have been ordered. What a supplier takes off
    by itself (a rebate, a voucher) is below zero, and is no answer to an ordered line, whichever it names.
    """

    position: int | None
    status: str
    quantity: Decimal | None = None
    price: Decimal | None = None
    substitute: str = ""
    available_on: date | None = None
    note: str = ""
    number: str = ""
    description: str = ""
    unit: str = ""
    by_number: bool = False
    also_number: str = ""

    def __post_init__(self) -> None:
        check_amounts(self.quantity, self.price, least=1 - MAX_AMOUNT)
        object.__setattr__(self, "available_on", meant(self.available_on))

    @property
    def takes_off(self) -> bool:
        """Return whether the line makes the order cheaper instead of dearer."""
        return any(amount is not None and amount < 0 for amount in (self.quantity, self.price))


@dataclass(frozen=True)
class Shipment:
    """What left the supplier, and how it is followed.

    :param positions: those of the lines it is about
    :param orders: numbers of the orders that its lines name: one parcel may hold parts of several
    """

    shipped_on: date | None = None
    carrier: str = ""
    tracking: str = ""
    delivery_note: str = ""
    positions: tuple[int, ...] = ()
    invoice: str = ""
    orders: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "shipped_on", meant(self.shipped_on))


@dataclass(frozen=True)
class OrderAnswer:
    """What the supplier says about an order; ``known`` is false where it never saw it.

    ``message_id`` is the message that the answer itself names, and empty only where the supplier's
    schema has no place for it: an answer about another message is no answer. ``change_id`` is the same for the
    answer to a change. ``buyer`` is whom the answer is for, as far as it says. ``complete`` says that all of the order
    has left the supplier. ``trouble`` is why it could not be asked what of the order was shipped.
    """

    known: bool
    code: str = ""
    reference: str = ""
    currency: str = ""
    duplicate: bool = False
    note: str = ""
    lines: tuple[LineAnswer, ...] = ()
    message_id: str = ""
    shipments: tuple[Shipment, ...] = ()
    change_id: str = ""
    buyer: str = ""
    complete: bool = False
    trouble: Exception | None = None


@dataclass(frozen=True)
class Offer:
    """Price and availability of one part; ``unit`` is what the price is for, ``least`` from what quantity it holds.

    Of several offers for one number one is chosen, see ``offers.choose_offers``.
    """

    number: str
    price: Decimal | None
    currency: str
    available: Decimal
    available_on: date | None = None
    substitute: str = ""
    note: str = ""
    unit: str = ""
    least: Decimal | None = None

    def __post_init__(self) -> None:
        check_amounts(self.available, least=1 - MAX_AMOUNT)
        check_amounts(self.price, self.least)
        # more was sold than there is
        object.__setattr__(self, "available", max(self.available, Decimal(0)))
        object.__setattr__(self, "available_on", meant(self.available_on))


class Connector:
    """Base class. Each ``*_message`` returns ``(operation name, values for zeep)``."""

    #: WSDL shipped with the connector
    wsdl: Path | None
    #: WSDL by kind of service (order, status, stock, price), for a supplier that has several
    wsdls: dict[str, Path] = {}
    #: kind of service (see ``supplier.connection.address``) by operation, where one WSDL describes several
    operation_kinds: dict[str, str] = {}
    #: elements of each message that hold our credentials: ElementPath below the message's own element, and
    #: ``username`` or ``password``; they are filled when the message goes out
    credentials: tuple[tuple[str, str], ...] = ()
    #: whether answers are read element by element instead of as zeep decodes them
    raw: bool = False
    #: names in ``Account.options`` without which no order can be written
    required_options: tuple[str, ...] = ()
    #: codes of a Fault by which this supplier says that it has this very message already; no other word means it
    duplicate_codes: frozenset[str] = frozenset()
    #: whether the supplier knows an order by the number that people use, instead of the message's
    known_by_number: bool = False

    #: whether the status of an approved order is worth asking for: it tells of new dates, rejections, or shipments
    follows: bool = False

    def abilities(self, account: Account) -> frozenset[str]:
        """Return what of ``CHANGE``, ``CANCEL`` and ``SHIPMENTS`` this supplier's service can do."""
        return frozenset()

    def is_for(self, account: Account, buyer: str) -> bool:
        """Return whether an answer that names its ``buyer`` may be for us."""
        return True

    def order_message(self, account: Account, order: Order) -> Message:
        """Return the message that places an order."""
        raise NotImplementedError

    def order_answer(self, value: Any) -> OrderAnswer:
        """Return the ``OrderAnswer`` in the answer to ``order_message``."""
        raise NotImplementedError

    def status_message(self, account: Account, message_id: str) -> Message:
        """Return the message that asks what became of an order."""
        raise NotImplementedError

    def status_answer(self, value: Any) -> OrderAnswer:
        """Return the ``OrderAnswer`` in the answer to ``status_message``."""
        raise NotImplementedError

    def change_message(self, account: Account, change: Change) -> Message:
        """Return the message that tells of a ``Change``."""
        raise NotImplementedError

    def cancel_message(self, account: Account, cancellation: Cancellation) -> Message:
        """Return the message that tells of a ``Cancellation``."""
        raise NotImplementedError

    def change_answer(self, value: Any) -> OrderAnswer:
        """Return the ``OrderAnswer`` in the answer to a change: about the order as it is to be."""
        raise NotImplementedError

    def cancel_answer(self, value: Any) -> OrderAnswer:
        """Return the ``OrderAnswer`` to a cancellation: approved is cancelled, rejected is not."""
        raise NotImplementedError

    def news_status_message(self, account: Account, message_id: str) -> Message:
        """Return the message that asks what became of a change or a cancellation.

        Where there is none, one whose outcome is unknown is never sent again by itself.
        """
        raise NotImplementedError

    def shipment_message(self, account: Account, message_id: str) -> Message:
        """Return the message that asks what of an order has left the supplier."""
        raise NotImplementedError

    def shipment_answer(self, value: Any) -> OrderAnswer:
        """Return the ``OrderAnswer`` with nothing but message, ``shipments`` and ``complete``."""
        raise NotImplementedError

    def offer_message(self, account: Account, parts: Sequence[Asked], currency: str) -> Message:
        """Return the message that asks for prices in a currency; ``parts`` are pairs of number and quantity."""
        raise NotImplementedError

    def offers(self, value: Any) -> list[Offer]:
        """Return the list of ``Offer`` in the answer to ``offer_message``."""
        raise NotImplementedError

    def offer_messages(self, account: Account, parts: Sequence[Asked], currency: str) -> list[Message]:
        """Return the messages that ask for prices, where one is not enough."""
        return [self.offer_message(account, parts, currency)]

    def read_offers(self, parts: Sequence[Asked], values: Sequence[Any]) -> list[Offer]:
        """Return the list of ``Offer`` in the answers to ``offer_messages``, in their order."""
        return [offer for value in values for offer in self.offers(value)]

    def test_message(self, account: Account) -> Message:
        """Return a message that changes nothing."""
        raise NotImplementedError

    def test_answer(self, value: Any) -> str:
        """Return the text that the supplier greets with."""
        raise NotImplementedError
