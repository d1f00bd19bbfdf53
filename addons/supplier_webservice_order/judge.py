"""What an answer of a supplier may do: the order as it was sent, the answer, the state -> a verdict.

No ORM and no network. An order is approved only where the answer is about this very message and
says of every line how much comes and at what price. Whatever the table does not know waits for a
person, and nothing of it is dropped.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from .connectors.base import (
    ACCEPTED,
    ACKNOWLEDGED,
    BACKORDERED,
    CHANGED,
    CONDITIONAL,
    CONFIRMED,
    DISCONTINUED,
    LINE_REJECTED,
    PENDING,
    PIECES,
    REJECTED,
    SUBSTITUTED,
    LineAnswer,
    OrderAnswer,
)

#: the order is with nobody yet, as far as is known
NEW = "new"

#: what is done with the order
RECEIVE, APPROVE, REJECT, REOPEN, KEEP, DOUBT, UNKNOWN = (
    "receive", "approve", "reject", "reopen", "keep", "doubt", "unknown",
)  # fmt: skip

#: (state of the order, what the supplier says of the whole) -> (state afterwards, what is done)
TRANSITIONS = {
    (NEW, ACKNOWLEDGED): (ACKNOWLEDGED, RECEIVE),
    (NEW, ACCEPTED): (ACCEPTED, APPROVE),
    (NEW, CONDITIONAL): (CONDITIONAL, APPROVE),
    (NEW, REJECTED): (REJECTED, REJECT),
    (ACKNOWLEDGED, ACKNOWLEDGED): (ACKNOWLEDGED, RECEIVE),
    (ACKNOWLEDGED, ACCEPTED): (ACCEPTED, APPROVE),
    (ACKNOWLEDGED, CONDITIONAL): (CONDITIONAL, APPROVE),
    (ACKNOWLEDGED, REJECTED): (REJECTED, REJECT),
    # what was approved is not merely "received" again
    (ACCEPTED, ACKNOWLEDGED): (ACCEPTED, KEEP),
    (ACCEPTED, ACCEPTED): (ACCEPTED, APPROVE),
    (ACCEPTED, CONDITIONAL): (CONDITIONAL, REOPEN),
    (ACCEPTED, REJECTED): (REJECTED, REOPEN),
    (CONDITIONAL, ACKNOWLEDGED): (CONDITIONAL, KEEP),
    (CONDITIONAL, ACCEPTED): (ACCEPTED, APPROVE),
    (CONDITIONAL, CONDITIONAL): (CONDITIONAL, APPROVE),
    (CONDITIONAL, REJECTED): (REJECTED, REOPEN),
    (REJECTED, REJECTED): (REJECTED, KEEP),
}

#: of such a line nothing comes
NOTHING_COMES = (DISCONTINUED, LINE_REJECTED)
#: how parts of one line are summed up: what is furthest from the order wins
SEVERITY = (CONFIRMED, CHANGED, BACKORDERED, SUBSTITUTED, DISCONTINUED, LINE_REJECTED, PENDING)


@dataclass(frozen=True)
class SentLine:
    """A line as the supplier was told; ``price`` is net, and none where it was told none."""

    position: int
    quantity: Decimal
    price: Decimal | None = None
    number: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Sent:
    """An order as the supplier was told."""

    message_id: str
    lines: tuple[SentLine, ...] = ()


@dataclass(frozen=True)
class Terms:
    """What prices are judged by.

    :param rate: what one unit of the answer's currency is in the order's; none where nobody knows
    :param tolerance: per cent that a price may be away from the expected one
    :param foreign: whether the supplier names its prices in another currency than it was told
    """

    rate: Decimal | None = Decimal(1)
    tolerance: Decimal = Decimal(0)
    foreign: bool = False


@dataclass(frozen=True)
class Delivery:
    """A part of a line that comes, or does not, by itself."""

    quantity: Decimal | None
    status: str
    on: date | None = None


@dataclass(frozen=True)
class LineVerdict:
    """What is known of one line now; ``doubts`` are the reasons why a person has to look at it.

    ``asked`` is the price as the supplier said it, ``price`` the same in the order's currency.
    """

    position: int
    status: str
    quantity: Decimal | None
    asked: Decimal | None
    price: Decimal | None
    deviation: Decimal | None
    deliveries: tuple[Delivery, ...]
    substitute: str
    note: str
    doubts: tuple[str, ...]

    @property
    def on(self) -> date | None:
        """Return the day on which all of it is there, where the supplier names one."""
        return max((each.on for each in self.deliveries if each.on), default=None)


@dataclass(frozen=True)
class Verdict:
    """What an answer does.

    ``missing`` holds pairs of position and what the supplier has not said yet (``line``, ``quantity``,
    ``price``); as long as there is something, an approval is none and the supplier is asked again.
    """

    step: str
    state: str
    reason: str = ""
    lines: tuple[LineVerdict, ...] = ()
    extras: tuple[LineAnswer, ...] = ()
    missing: tuple[tuple[int, str], ...] = ()

    @property
    def asks_again(self) -> bool:
        """Return whether the supplier has not decided yet, and is asked again."""
        return self.state == ACKNOWLEDGED

    @property
    def is_clean(self) -> bool:
        """Return whether the supplier confirmed the order exactly as it was sent."""
        doubts = self.extras or any(line.doubts for line in self.lines)
        return self.step == APPROVE and self.state == ACCEPTED and not doubts and not self.missing


def judge(sent: Sent, answer: OrderAnswer, state: str = NEW, terms: Terms = Terms()) -> Verdict:
    """Return the ``Verdict`` on an answer.

    :param sent: ``Sent``
    :param answer: ``connectors.base.OrderAnswer`` that knows the order
    :param state: ``NEW``, or the code that the order has
    :param terms: ``Terms``
    """
    answer = _as_ordered(sent, answer)
    by_position, extras = sort_lines(sent, answer)
    wrong = find_foreign(sent, answer) or _find_contradiction(answer, by_position)
    if wrong:
        return Verdict(UNKNOWN, state, reason=wrong)
    lines = tuple(
        _judge_line(line, by_position[line.position], terms) for line in sent.lines if by_position[line.position]
    )
    missing = tuple(_find_missing(sent, lines, by_position))
    after, step = TRANSITIONS.get((state, answer.code), (state, DOUBT))
    if missing and after in (ACCEPTED, CONDITIONAL) and state in (NEW, ACKNOWLEDGED):
        after, step = ACKNOWLEDGED, RECEIVE
    return Verdict(step, after, lines=lines, extras=tuple(extras), missing=missing)


def find_foreign(sent: Sent, answer: OrderAnswer) -> str:
    """Return why an answer is not about this message, or nothing."""
    if answer.message_id and answer.message_id.strip().lower() != sent.message_id.lower():
        return "other_message"
    named = {line.position for line in answer.lines if line.position is not None}
    if named and not named & {line.position for line in sent.lines}:
        return "other_positions"
    numbers = {_plain(line.number) for line in answer.lines if _goes_by_number(line)}
    if numbers and not named and not numbers & {_plain(line.number) for line in sent.lines if line.number}:
        return "other_positions"
    return ""


def _as_ordered(sent: Sent, answer: OrderAnswer) -> OrderAnswer:
    """Return the answer with its parts called as they were ordered, where the supplier names them more closely."""
    ordered = {_plain(line.number) for line in sent.lines if line.number}
    lines = tuple(
        replace(line, number=line.also_number)
        if _goes_by_number(line) and _plain(line.number) not in ordered and _plain(line.also_number) in ordered
        else line
        for line in answer.lines
    )
    return answer if lines == answer.lines else replace(answer, lines=lines)


def _goes_by_number(line: LineAnswer) -> bool:
    return line.by_number and line.position is None and bool(line.number) and not line.takes_off


def sort_lines(sent: Sent, answer: OrderAnswer) -> tuple[dict[int, list[LineAnswer]], list[LineAnswer]]:
    """Return the lines of an answer by the position that was sent, and those that are about nothing of it.

    Where a supplier names part numbers only, a line is about the position that was sent under its number. Several
    positions under one number are told apart by their order, as long as the answer has as many lines of it.
    """
    by_position: dict[int, list[LineAnswer]] = {line.position: [] for line in sent.lines}
    by_number: dict[str, list[int]] = {}
    extras: list[LineAnswer] = []
    for each in sent.lines:
        if each.number:
            by_number.setdefault(_plain(each.number), []).append(each.position)
    mentioned = Counter(_plain(line.number) for line in answer.lines if _goes_by_number(line))
    for line in answer.lines:
        position, number = line.position, _plain(line.number)
        positions = by_number.get(number, []) if _goes_by_number(line) else []
        if len(positions) == 1:
            [position] = positions
        elif positions and len(positions) == mentioned[number]:
            position = next((free for free in positions if not by_position[free]), None)
        (extras if position is None or line.takes_off else by_position.get(position, extras)).append(line)
    return by_position, extras


def _find_contradiction(answer: OrderAnswer, by_position: Mapping[int, Iterable[LineAnswer]]) -> str:
    """Return that an answer rejects the order and confirms parts of it: then nothing is let go, or ordered again."""
    parts = (part for parts in by_position.values() for part in parts)
    comes = any(part.status == CONFIRMED and part.quantity != 0 for part in parts)
    return "contradiction" if answer.code == REJECTED and comes else ""


def _judge_line(sent: SentLine, parts: Sequence[LineAnswer], terms: Terms) -> LineVerdict:
    deliveries = tuple(_delivery(sent, part, alone=len(parts) == 1) for part in parts)
    quantities = [each.quantity for each in deliveries if each.quantity is not None]
    quantity = sum(quantities, Decimal(0)) if len(quantities) == len(deliveries) else None
    asked = _average_price(parts, deliveries)
    price = asked * terms.rate if asked is not None and terms.rate is not None else None
    status = _sum_up(deliveries, quantity)
    deviation = (price - sent.price) / sent.price * 100 if price is not None and sent.price else None
    return LineVerdict(
        position=sent.position,
        status=status,
        quantity=quantity,
        asked=asked,
        price=price,
        deviation=deviation,
        deliveries=deliveries,
        substitute=", ".join(dict.fromkeys(part.substitute for part in parts if part.substitute)),
        note=" ".join(dict.fromkeys(part.note for part in parts if part.note)),
        doubts=(
            *_find_doubts(sent, status, quantity, deliveries),
            *_find_price_doubts(sent, asked, price, deviation, terms),
            *_find_other_part(sent, parts),
        ),
    )


def _delivery(sent: SentLine, part: LineAnswer, *, alone: bool) -> Delivery:
    if part.status in NOTHING_COMES:
        return Delivery(Decimal(0), part.status, part.available_on)
    quantity = part.quantity
    if quantity is None and alone and part.status == CONFIRMED:
        # "confirmed" and no more said: as it was ordered
        quantity = sent.quantity
    return Delivery(quantity, part.status, part.available_on)


def _average_price(parts: Sequence[LineAnswer], deliveries: Sequence[Delivery]) -> Decimal | None:
    """Return the price of one unit; parts at several prices are weighed by what comes of them."""
    priced = [
        (part.price, each.quantity)
        for part, each in zip(parts, deliveries, strict=True)
        if part.price is not None and part.status not in NOTHING_COMES
    ]
    if len({price for price, _quantity in priced}) <= 1:
        return priced[0][0] if priced else None
    total = sum((quantity or Decimal(0) for _price, quantity in priced), Decimal(0))
    if not total:
        return max(price for price, _quantity in priced)
    return sum(price * (quantity or Decimal(0)) for price, quantity in priced) / total


def _sum_up(deliveries: Iterable[Delivery], quantity: Decimal | None) -> str:
    statuses = {each.status for each in deliveries}
    if len(statuses) > 1 and statuses & set(NOTHING_COMES) and quantity:
        # some of it comes, the rest never does
        statuses = (statuses - set(NOTHING_COMES)) | {CHANGED}
    return max(statuses, key=SEVERITY.index)


def _find_doubts(
    sent: SentLine, status: str, quantity: Decimal | None, deliveries: Sequence[Delivery]
) -> Iterator[str]:
    if status not in (CONFIRMED, PENDING):
        yield status
    if status != PENDING and quantity is not None and quantity != sent.quantity:
        yield "quantity"
    if len(deliveries) > 1 and status != PENDING:
        yield "split"


def _find_price_doubts(
    sent: SentLine, asked: Decimal | None, price: Decimal | None, deviation: Decimal | None, terms: Terms
) -> Iterator[str]:
    if asked is not None and price is None:
        yield "currency"
        return
    if price is not None and not sent.price:
        yield "no_expected_price"
    elif deviation is not None and abs(deviation) > terms.tolerance:
        yield "price"
    if price is not None and terms.foreign:
        # the bill will be in that currency, at the rate of another day
        yield "other_currency"


def _find_other_part(sent: SentLine, parts: Sequence[LineAnswer]) -> Iterator[str]:
    """Yield why what the supplier means may be something else than was ordered."""
    numbers = {_plain(part.number) for part in parts if part.number}
    if sent.number and numbers - {_plain(sent.number)}:
        yield "number"
    units = {part.unit for part in parts if part.unit}
    if sent.unit and units - (PIECES if sent.unit in PIECES else {sent.unit}):
        yield "unit"


def _plain(number: str) -> str:
    """Return a part number without what people write into it to read it better."""
    return re.sub(r"[\W_]", "", number).lower()


def _find_missing(
    sent: Sent, lines: Iterable[LineVerdict], by_position: Mapping[int, Sequence[LineAnswer]]
) -> Iterator[tuple[int, str]]:
    judged = {line.position: line for line in lines}
    for line in sent.lines:
        found = judged.get(line.position)
        if found is None or found.status == PENDING or any(each.status == PENDING for each in found.deliveries):
            yield line.position, "line"
            continue
        if found.quantity is None:
            yield line.position, "quantity"
        comes = [part for part in by_position[line.position] if part.status not in NOTHING_COMES]
        if any(part.price is None for part in comes):
            yield line.position, "price"
