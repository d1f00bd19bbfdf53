"""What was entered for a supplier on the screen of its mapping: which value stands where, and what an element means."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping as Values
from dataclasses import dataclass, field
from typing import Any

from .base import (
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
)

#: what an answer may be called: ours, and that the supplier does not know the order
UNKNOWN = "unknown"
CODES = (ACKNOWLEDGED, ACCEPTED, CONDITIONAL, REJECTED, UNKNOWN)
LINE_CODES = (PENDING, CONFIRMED, CHANGED, SUBSTITUTED, DISCONTINUED, BACKORDERED, LINE_REJECTED)
YES, NO = ("true", "1", "yes", "y"), ("false", "0", "no", "n")
#: what stands for every value that a table does not name
OTHER = "*"
PLACES = ("name", "street", "street2", "zip", "city", "state", "country", "vat")
#: values of ours, by name, that a message can hold
ORDER_VALUES = (
    "message_id", "reference", "customer_number", "own_email", "currency", "wanted_on", "ordered_on", "note", "job",
    "total", "line_count", "order_id", "sequence", "reason",
    *(f"buyer.{name}" for name in PLACES), *(f"delivery.{name}" for name in PLACES),
    "contact.name", "contact.phone", "contact.email", "vehicle.vin", "vehicle.plate",
)  # fmt: skip
PART_VALUES = (
    "part.position", "part.index", "part.number", "part.description", "part.quantity", "part.unit",
    "part.expected_price", "part.amount", "part.own_number", "part.barcode", "part.photos", "part.change",
)  # fmt: skip
CREDENTIALS = ("username", "password")
#: what an element of an answer can mean
ANSWER_VALUES = ("code", "known", "message_id", "change_id", "reference", "currency", "note", "duplicate", "complete")
LINE_VALUES = ("line.position", "line.status", "line.quantity", "line.price", "line.number", "line.description",
               "line.substitute", "line.available_on", "line.note", "line.unit", "line.least")  # fmt: skip
#: what an element of the answer about shipments can mean, for each of them
SHIPMENT_VALUES = ("shipment.shipped_on", "shipment.carrier", "shipment.tracking", "shipment.delivery_note",
                   "shipment.invoice")  # fmt: skip
#: what of a line may be said several times: for each part of a delivery, for each step of a price
REPEATED = ("line.quantity", "line.price", "line.status")
#: what people read, and what may be said in several places
FREE = ("reference", "note", "line.note", "line.description", "line.substitute",
        "shipment.carrier", "shipment.tracking", "shipment.delivery_note", "shipment.invoice")  # fmt: skip
DAYS = ("line.available_on", "shipment.shipped_on")


@dataclass(frozen=True)
class Rule:
    """One element or attribute and what stands in it.

    :param value: one of the names above, or empty for a constant
    :param table: pairs of our value and theirs
    :param type_name: the built-in type of the schema
    """

    path: str
    value: str = ""
    constant: str = ""
    table: tuple[tuple[str, str], ...] = ()
    date_format: str = ""
    type_name: str = "string"


@dataclass(frozen=True)
class Operation:
    """One operation of the supplier's, and the rules for its message and its answer.

    :param lines: path of the element that stands once for each part
    """

    name: str
    rules: tuple[Rule, ...] = ()
    lines: str = ""
    answer: tuple[Rule, ...] = ()
    answer_lines: str = ""
    code: str = ""
    line_status: str = ""


@dataclass(frozen=True)
class Mapping:
    """All that was entered for a supplier."""

    operations: dict[str, Operation] = field(default_factory=dict)
    decimal_comma: bool = False
    duplicate_codes: frozenset[str] = frozenset()


def check_proof(operation: Operation, answered: Values[str, Any], lines: Collection[Any], code: str) -> None:
    """:raises ValueError: where an answer says that all is well, and nothing in it shows that it means us"""
    mapped = {rule.value for rule in operation.answer}
    if code != REJECTED and "message_id" in mapped and not answered.get("message_id"):
        raise ValueError("the answer does not name the message that it is about")
    if mapped and not answered and not lines:
        # a document of another shape, such as an error, has no state either
        raise ValueError("the answer has none of the elements that were mapped")


def only(rule: Rule, found: Collection[Any]) -> Any:
    """Return the one value of what an answer says in the places that a rule names, or None.

    :raises ValueError: where there are several of what has only one: an answer about two orders, say
    """
    values = list(dict.fromkeys(value for value in found if value is not None))
    if len(values) <= 1:
        return next(iter(values), None)
    if rule.value in FREE:
        return ", ".join(values)
    if rule.value in DAYS:
        # all of it is there with the last of it
        return max(values)
    if rule.value == "complete":
        return next((value for value in values if value not in YES), YES[0])
    raise ValueError(f"several values where {rule.value} has one: {', '.join(map(str, values))}"[:200])
