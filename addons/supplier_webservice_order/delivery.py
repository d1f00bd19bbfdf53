"""Sending a message and what becomes of it where there is no usable answer: no ORM, no transaction.

Many of these run at once in one worker, each in a thread: whatever happens ends in an outcome.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from .connectors.base import REJECTED
from .connectors.client import ORDER
from .const import ATTEMPTS_BEFORE_ACTIVITY, MAX_UNSENT_ATTEMPTS, PAUSE_SECONDS, PRICE_SECONDS, RETRY_SECONDS
from .soap.errors import FateUnknownError, NotSentError, RefusedError, SoapError

if TYPE_CHECKING:
    from .connectors.base import Account, Asked, Message, Offer, OrderAnswer
    from .connectors.client import SupplierClient
    from .models.purchase_order_status import Question
    from .models.supplier_exchange_worker import Claim
    from .soap.client import Reply

_logger = logging.getLogger(__name__)

#: ends of a call that say something about the supplier's server, not about this message
SERVER_REASONS = frozenset(
    {
        *("unreachable", "unknown_host", "proxy", "busy", "timeout", "broken", "http", "not_http", "html"),
        *("tls", "certificate_expired", "certificate_name", "certificate_untrusted", "client_certificate"),
    }
)


#: what an exchange ends in: what the supplier said and both messages, or why there is no answer
Outcome = tuple["OrderAnswer", "Reply"] | tuple[SoapError, None]
Task = TypeVar("Task", "Claim", "Question")


@dataclass(frozen=True)
class Failure:
    """What is done with a message that got no usable answer."""

    state: str
    credit: str
    retry_in: float | None = None
    asks_person: bool = False


def judge_failure(error: SoapError, *, asked_first: bool, attempts: int) -> Failure:
    """Return the ``Failure`` for a ``SoapError``.

    :param asked_first: whether an earlier attempt may have reached the supplier: that this one is refused, or did
        not get through, says nothing about it
    :param attempts: how often it was tried, this time included
    """
    unsent = isinstance(error, NotSentError) and not asked_first
    refused = isinstance(error, RefusedError) and not asked_first
    if refused or (unsent and attempts >= MAX_UNSENT_ATTEMPTS):
        return Failure("failed", "release")
    delay = RETRY_SECONDS[min(max(attempts, 1), len(RETRY_SECONDS)) - 1]
    return Failure(
        "queued" if unsent else "unknown",
        "hold",
        retry_in=max(delay, error.retry_after or 0),
        asks_person=not unsent and attempts == ATTEMPTS_BEFORE_ACTIVITY,
    )


def judge_pause(error: SoapError, failures: int) -> float | None:
    """Return for how many seconds a connection is left alone after this error, or None where it is not to blame.

    :param failures: how often it failed in a row before
    """
    if error.retry_after:
        return error.retry_after
    if error.reason not in SERVER_REASONS:
        return None
    return PAUSE_SECONDS[min(failures, len(PAUSE_SECONDS) - 1)]


def deliver(claim: Claim) -> Outcome:
    """Send the claimed message, or ask what became of it; return ``(OrderAnswer or SoapError, Reply or None)``."""
    return _as_outcome(_deliver, claim)


def ask_status(question: Question) -> Outcome:
    """Ask what became of an order that the supplier has; return what :func:`deliver` returns."""
    return _as_outcome(_ask_status, question)


def _as_outcome(work: Callable[[Task], tuple[OrderAnswer, Reply]], task: Task) -> Outcome:
    try:
        return work(task)
    except SoapError as error:
        return error, None
    except Exception as error:
        # a message may have left: whatever broke, its fate is in doubt, and a person can read why
        _logger.exception("Exchange %s ended in an error of our own", task.id)
        return FateUnknownError("internal", f"{type(error).__name__}: {error}"[:300]), None


@dataclass(frozen=True)
class Call:
    """A question that changes nothing, as it was asked; ``outcome`` is the ``Reply`` or the ``SoapError``."""

    operation: str
    payload: bytes
    outcome: Reply | SoapError

    def value(self) -> Any:
        """Return what the answer says.

        :raises SoapError: where there is none
        """
        if isinstance(self.outcome, SoapError):
            raise self.outcome
        return self.outcome.value


@dataclass(frozen=True)
class PriceQuestion:
    """What a supplier is asked prices for; ``parts`` are pairs of number and quantity."""

    connection_id: int
    client: SupplierClient
    parts: list[Asked]
    currency: str


def call(client: SupplierClient, write: Callable[[Account], Message]) -> Call:
    """Ask, and let nothing out but the ``Call``: an answer that zeep trips over is one without use.

    :param write: function of the ``Account`` that returns operation and values
    """
    operation, payload = "", b""
    try:
        operation, payload = client.render(*client.written(write))
        return Call(operation, payload, client.send(operation, payload))
    except SoapError as error:
        return Call(operation, payload, error)
    except Exception as error:
        _logger.exception("An answer of %s could not be read", client.endpoint.url)
        return Call(operation, payload, FateUnknownError("unreadable", f"{type(error).__name__}: {error}"[:300]))


def ask_prices(question: PriceQuestion) -> tuple[list[Offer] | SoapError, list[Call]]:
    """Ask one supplier for prices; return ``(list of Offer or SoapError, list of Call)``."""
    calls: list[Call] = []
    end = time.monotonic() + PRICE_SECONDS

    def ask(message: Message) -> Any:
        if time.monotonic() > end:
            # a question for each part, and a person who waits for all of them
            raise FateUnknownError("timeout", f"{PRICE_SECONDS} s")
        calls.append(call(question.client, lambda _account: message))
        return calls[-1].value()

    try:
        return question.client.offers(question.parts, question.currency, ask), calls
    except SoapError as error:
        return error, calls


def ask_all(questions: Sequence[PriceQuestion]) -> list[tuple[list[Offer] | SoapError, list[Call]]]:
    """Ask several suppliers for prices at the same time; return what :func:`ask_prices` returns, in their order."""
    with ThreadPoolExecutor(max(len(questions), 1), thread_name_prefix="supplier-price") as pool:
        return list(pool.map(ask_prices, questions))


def _deliver(claim: Claim) -> tuple[OrderAnswer, Reply]:
    client = claim.client
    if claim.ask_first:
        answer, reply = client.fate(claim.known_as, claim.kind)
        if answer.known:
            return answer, reply
        if not claim.may_send:
            # suspended since it was sent: the question goes through, the order does not
            raise FateUnknownError("unknown_order" if claim.received else "inactive")
    try:
        answer, reply = client.place(claim.soap_operation, claim.payload, claim.kind)
    except SoapError as error:
        if not client.is_duplicate(error):
            raise
        return _settle_duplicate(claim, error)
    if answer.duplicate and (not answer.message_id or answer.code == REJECTED):
        # it does not say of what, or rejects the repetition: that says nothing about the order that it has
        return _settle_duplicate(claim, FateUnknownError("duplicate", answer.note, reply.response.encode()))
    if not answer.known:
        # to a change that is a refusal; to an order it makes no sense
        kind = FateUnknownError if claim.kind == ORDER else RefusedError
        raise kind("unknown_order", answer.note, reply.response.encode())
    return answer, reply


def _settle_duplicate(claim: Claim, error: SoapError) -> tuple[OrderAnswer, Reply]:
    """The supplier says that it has this message already: only what it knows of the order proves that."""
    answer, reply = claim.client.fate(claim.known_as, claim.kind)
    if not answer.known:
        raise FateUnknownError("duplicate", error.detail, error.response) from error
    return answer, reply


def _ask_status(question: Question) -> tuple[OrderAnswer, Reply]:
    ask = question.client.follow if question.follows else question.client.fate
    return ask(question.known_as)
