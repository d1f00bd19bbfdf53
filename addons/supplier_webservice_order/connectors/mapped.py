"""A supplier whose web service was mapped on a screen: paths, constants and tables, no code.

A ``Rule`` says which value of ours stands in an element of theirs, or what an element of
their answer means. Whatever an answer holds that no rule knows is no answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Mapping as Values
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..soap.trees import HEADER
from .base import ACCEPTED, CANCEL, CHANGE, SHIPMENTS, Connector, LineAnswer, Offer, OrderAnswer, Shipment
from .mapped_rules import (
    ANSWER_VALUES,
    CODES,
    CREDENTIALS,
    DAYS,
    LINE_CODES,
    LINE_VALUES,
    NO,
    ORDER_VALUES,
    OTHER,
    PART_VALUES,
    REPEATED,
    SHIPMENT_VALUES,
    UNKNOWN,
    YES,
    Mapping,
    Operation,
    Rule,
    check_proof,
    only,
)
from .paths import element_path, find_elements, find_texts, is_within, put, relative
from .texts import read_date, read_number, write_text

if TYPE_CHECKING:
    from datetime import date

    from lxml import etree

    from .base import Account, Asked, Cancellation, Change, Message, Order, Part

__all__ = ["MappedConnector", "Mapping", "Operation", "Rule"]

#: elements that something is read from, each with its path, the innermost first
Scopes = list[tuple["etree._Element", str]]
#: an order number that no order has
NOBODY = "connection-test"


class MappedConnector(Connector):
    """Speaks to a supplier as its ``Mapping`` says, in the words of the WSDL that was uploaded with it."""

    wsdl = None
    raw = True

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self.duplicate_codes = mapping.duplicate_codes
        self.follows = "status" in mapping.operations
        rules = [rule for operation in mapping.operations.values() for rule in operation.rules]
        found = ((element_path(rule.path), rule.value) for rule in rules if rule.value in CREDENTIALS)
        self.credentials = tuple(dict.fromkeys(found))

    def _operation(self, kind: str) -> Operation:
        try:
            return self._mapping.operations[kind]
        except KeyError as error:
            raise NotImplementedError(kind) from error

    def abilities(self, account: Account) -> frozenset[str]:
        """Return what of changes, cancellations and shipments this supplier takes part in."""
        found = {CHANGE, CANCEL} & set(self._mapping.operations)
        return frozenset(found | ({SHIPMENTS} if "shipment" in self._mapping.operations else set()))

    # Messages

    def order_message(self, account: Account, order: Order) -> Message:
        """Return the message that places an order."""
        return self._order_like("order", account, order, {})

    def change_message(self, account: Account, change: Change) -> Message:
        """Return the message that tells of a change."""
        values = {"order_id": change.order_id, "sequence": change.sequence}
        return self._order_like("change", account, change.order, values, change.steps)

    def cancel_message(self, account: Account, cancellation: Cancellation) -> Message:
        """Return the message that tells of a cancellation."""
        values = {"order_id": cancellation.order_id, "reason": cancellation.reason}
        return self._order_like("cancel", account, cancellation.order, values)

    def _order_like(
        self,
        kind: str,
        account: Account,
        order: Order,
        more: Values[str, Any],
        steps: Values[int, str] | Iterable[tuple[int, str]] = (),
    ) -> Message:
        """Return the message about an order.

        :param more: values that only this kind of message has
        :param steps: what became of each line, by position
        """
        values = _account_values(account)
        for name in ORDER_VALUES:
            first, _, second = name.partition(".")
            if hasattr(order, first):
                held = getattr(order, first)
                values[name] = getattr(held, second) if second else held
        prices = [part.quantity * part.expected_price for part in order.parts if part.expected_price is not None]
        values |= {"total": sum(prices, Decimal(0)), "line_count": len(order.parts), **more}
        rows = [_part_values(number, part, dict(steps)) for number, part in enumerate(order.parts, 1)]
        return self._write(kind, values, rows)

    def status_message(self, account: Account, message_id: str) -> Message:
        """Return the message that asks what became of an order."""
        return self._write("status", {**_account_values(account), "message_id": message_id}, [])

    def shipment_message(self, account: Account, message_id: str) -> Message:
        """Return the message that asks what of an order has left the supplier."""
        return self._write("shipment", {**_account_values(account), "message_id": message_id}, [])

    def offer_messages(self, account: Account, parts: Sequence[Asked], currency: str) -> list[Message]:
        """Return one message for all parts, or one for each where their message has room for one only."""
        values = {**_account_values(account), "currency": currency}
        names = ("part.number", "part.quantity", "part.index")
        rows = [dict(zip(names, (*part, index), strict=True)) for index, part in enumerate(parts, 1)]
        if self._operation("offer").lines:
            return [self._write("offer", values, rows)]
        return [self._write("offer", {**values, **row}, []) for row in rows]

    def test_message(self, account: Account) -> Message:
        """Return a message that changes nothing."""
        if "test" in self._mapping.operations:
            return self._write("test", _account_values(account), [])
        return self.status_message(account, NOBODY)

    def _write(self, kind: str, values: Values[str, Any], rows: Iterable[Values[str, Any]]) -> Message:
        """Return operation and nested values, as zeep takes them."""
        operation = self._operation(kind)
        filled: list[Rule] = []
        single: list[Rule] = []
        body: dict[str, Any] = {}
        header: dict[str, Any] = {}
        for rule in operation.rules:
            inside = operation.lines and is_within(rule.path, operation.lines)
            (filled if inside else single).append(rule)
        with_attributes = {rule.path.rpartition("/@")[0] for rule in operation.rules if "/@" in rule.path}
        for rule in single:
            text = self._text(rule, values)
            if text is not None:
                target = header if rule.path.startswith(HEADER) else body
                put(target, rule.path.removeprefix(HEADER), text, with_attributes)
        if operation.lines:
            put(body, operation.lines, [self._write_row(operation, filled, {**values, **row}) for row in rows], ())
        return operation.name, {**body, **({"_soapheaders": header} if header else {})}

    def _write_row(self, operation: Operation, rules: Iterable[Rule], values: Values[str, Any]) -> dict[str, Any] | str:
        row: dict[str, Any] = {}
        with_attributes = {rule.path.rpartition("/@")[0] for rule in rules if "/@" in rule.path}
        for rule in rules:
            text = self._text(rule, values)
            if text is None:
                continue
            if rule.path == operation.lines and rule.path not in with_attributes:
                return text
            inner = "" if rule.path == operation.lines else rule.path[len(operation.lines) + 1 :]
            relative = {path[len(operation.lines) + 1 :] for path in with_attributes}
            put(row, inner or "_value_1", text, relative - {""})
        return row

    def _text(self, rule: Rule, values: Values[str, Any]) -> str | None:
        """Return what stands in an element, or None where it is left out."""
        if rule.value in CREDENTIALS:
            # filled when the message goes out
            return ""
        if not rule.value:
            return rule.constant or None
        value = values.get(rule.value)
        if value is None or value == "" or value == ():
            return rule.constant or None
        text = write_text(value, rule, decimal_comma=self._mapping.decimal_comma)
        table = dict(rule.table)
        return table.get(text, table.get(OTHER, text)) if table else text

    # Answers

    def order_answer(self, value: etree._Element) -> OrderAnswer:
        """Return what the answer to an order says."""
        return self._answer("order", value)

    def status_answer(self, value: etree._Element) -> OrderAnswer:
        """Return what the supplier knows of an order."""
        return self._answer("status", value)

    def change_answer(self, value: etree._Element) -> OrderAnswer:
        """Return what the answer to a change says."""
        return self._answer("change", value)

    def cancel_answer(self, value: etree._Element) -> OrderAnswer:
        """Return what the answer to a cancellation says."""
        return self._answer("cancel", value)

    def _answer(self, kind: str, root: etree._Element) -> OrderAnswer:
        operation = self._operation(kind)
        answered = self._read([(root, "")], operation, ANSWER_VALUES)
        known = answered.get("known")
        if known in NO:
            return OrderAnswer(known=False)
        if known is not None and known not in YES:
            raise ValueError(f"{known!r} is neither yes nor no")
        lines = tuple(self._line(operation, scopes) for scopes in self._lines(root, operation))
        code = answered.get("code") or operation.code
        if code not in CODES:
            raise ValueError(f"{code!r} is no known state of an order")
        if code == UNKNOWN:
            return OrderAnswer(known=False)
        check_proof(operation, answered, lines, code)
        return OrderAnswer(
            known=True,
            code=code,
            message_id=answered.get("message_id") or "",
            change_id=answered.get("change_id") or "",
            reference=answered.get("reference") or "",
            currency=answered.get("currency") or "",
            note=answered.get("note") or "",
            duplicate=answered.get("duplicate") in YES,
            lines=lines,
        )

    def shipment_answer(self, value: etree._Element) -> OrderAnswer:
        """Return what has left the supplier."""
        operation = self._operation("shipment")
        answered = self._read([(value, "")], operation, ANSWER_VALUES)
        rows = list(self._lines(value, operation)) if operation.answer_lines else [[(value, "")]]
        found = [self._read(row, operation, SHIPMENT_VALUES) for row in rows]
        found = [] if answered.get("known") in NO else list(filter(None, found))
        if found:
            check_proof(operation, answered, found, ACCEPTED)
        return OrderAnswer(
            known=True,
            message_id=self._read_order(rows, operation) or answered.get("message_id") or "",
            complete=answered.get("complete") in YES and bool(found),
            shipments=tuple(
                Shipment(**{name.partition(".")[2]: held for name, held in each.items()}) for each in found
            ),
        )

    def _read_order(self, rows: Iterable[Scopes], operation: Operation) -> str | None:
        """Return the order that the rows are about, where each of them names it.

        :raises ValueError: where they are about several
        """
        paths = [rule.path for rule in operation.answer if rule.value == "message_id"]
        if not any(operation.answer_lines and is_within(path, operation.answer_lines) for path in paths):
            return None
        orders = {self._read(row, operation, ("message_id",)).get("message_id") for row in rows}
        if len(orders) > 1:
            raise ValueError("shipments of several orders")
        return next(iter(orders), None)

    def _line(self, operation: Operation, scopes: Scopes) -> LineAnswer:
        answered = self._read(scopes, operation, LINE_VALUES)
        status = answered.get("line.status") or operation.line_status
        if status not in LINE_CODES:
            raise ValueError(f"{status!r} is no known state of a line")
        position = answered.get("line.position")
        by_number = not any(rule.value == "line.position" for rule in operation.answer)
        return LineAnswer(
            position=int(position) if position else None,
            status=status,
            quantity=answered.get("line.quantity"),
            price=answered.get("line.price"),
            substitute=answered.get("line.substitute") or "",
            available_on=answered.get("line.available_on"),
            note=answered.get("line.note") or "",
            number=answered.get("line.number") or "",
            description=answered.get("line.description") or "",
            unit=answered.get("line.unit") or "",
            by_number=by_number,
        )

    def read_offers(self, parts: Sequence[Asked], values: Sequence[etree._Element]) -> list[Offer]:
        """Return the list of ``Offer``; an answer to a question about one part need not name it."""
        operation = self._operation("offer")
        asked = [number for number, _quantity in parts]
        offers = []
        for index, root in enumerate(values):
            for scopes in self._lines(root, operation) if operation.answer_lines else [[(root, "")]]:
                answered = self._read(scopes, operation, (*LINE_VALUES, "currency"))
                currency = answered.get("currency") or ""
                number = answered.get("line.number") or ("" if operation.lines else asked[index])
                if number in asked and answered.get("line.quantity") is not None:
                    offers.append(self._offer(number, currency, answered))
        return offers

    @staticmethod
    def _offer(number: str, currency: str, answered: Values[str, Any]) -> Offer:
        return Offer(
            number=number,
            price=answered.get("line.price"),
            currency=currency,
            available=answered["line.quantity"],
            available_on=answered.get("line.available_on"),
            substitute=answered.get("line.substitute") or "",
            note=answered.get("line.note") or "",
            unit=answered.get("line.unit") or "",
            least=answered.get("line.least"),
        )

    def test_answer(self, value: etree._Element) -> str:
        """Return the text that the supplier greets with."""
        if "test" not in self._mapping.operations:
            self.status_answer(value)
            return "OK"
        return " ".join(" ".join(value.itertext()).split())[:200] or "OK"

    @staticmethod
    def _lines(root: etree._Element, operation: Operation) -> Iterator[Scopes]:
        """Yield the elements that each line of an answer is read from, the innermost first.

        What a supplier says several times within one line, such as each part of a delivery or each step of a price,
        is as many lines that share the rest.
        """
        path = operation.answer_lines
        paths = [rule.path for rule in operation.answer if rule.value in REPEATED and is_within(rule.path, path)]
        for element in find_elements(root, path) if path else ():
            inner, parts = next(filter(None, (_find_parts(element, each, path) for each in paths)), ("", []))
            outer: Scopes = [(element, path), (root, "")]
            yield from ([(part, inner), *outer] for part in parts) if parts else [outer]

    def _read(self, scopes: Scopes, operation: Operation, names: Collection[str]) -> dict[str, Any]:
        """Return what the rules for these names find, each in the innermost element that it leads on from.

        :raises ValueError: where something that has one value is said in several ways: about two orders, say
        """
        answered = {}
        for rule in operation.answer:
            if rule.value in names:
                element, above = next(each for each in scopes if not each[1] or is_within(rule.path, each[1]))
                texts = find_texts(element, relative(rule.path, above))
                table = {theirs: ours for ours, theirs in rule.table}
                if table:
                    # "all others" are values: an element that is not there says nothing
                    found = [table.get(text, table.get(OTHER, text)) for text in texts]
                    texts = [text for text in found or [table.get("", "")] if text]
                value = only(rule, [self._value(rule, text) for text in texts])
                if value is not None:
                    answered[rule.value] = value
        return answered

    def _value(self, rule: Rule, text: str) -> Decimal | date | str | None:
        name = rule.value
        if name in ("line.quantity", "line.price", "line.least"):
            return read_number(text, decimal_comma=self._mapping.decimal_comma, type_name=rule.type_name)
        if name in DAYS:
            return read_date(text, rule.date_format)
        return text.lower() if name in ("known", "duplicate", "complete") else text


def _find_parts(element: etree._Element, path: str, above: str) -> tuple[str, list[etree._Element]] | None:
    """Return path and elements of what repeats between a line and one of its values, or None."""
    names = relative(path, above).split("/")
    for depth in range(1, len(names)):
        inner = "/".join(names[:depth])
        parts = find_elements(element, inner)
        if len(parts) > 1:
            return f"{above}/{inner}", parts
    return None


def _account_values(account: Account) -> dict[str, Any]:
    return {"customer_number": account.customer_number, "own_email": account.contact_email}


def _part_values(index: int, part: Part, steps: Values[int, str]) -> dict[str, Any]:
    values = {name: getattr(part, name.partition(".")[2], None) for name in PART_VALUES}
    amount = part.quantity * part.expected_price if part.expected_price is not None else None
    return {**values, "part.index": index, "part.amount": amount, "part.change": steps.get(part.position)}
