"""A supplier as the rest of the addon sees it: who we are there, what it speaks, where it is. No Odoo."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar

from ..soap.client import Endpoint, Reply, Service
from ..soap.errors import FateUnknownError, RefusedError, SoapError
from ..soap.masking import excerpt, masked, readable
from . import base
from .base import SHIPMENTS, UNREADABLE, Account, Asked, Connector, Message, Offer, Order, OrderAnswer, ReportedError
from .texts import plain

#: kinds of messages that the outbox holds
ORDER, CHANGE, CANCEL = "order", "change", "cancel"
#: what of an answer is for people to read
FREE_TEXTS = ("note", "description", "reference", "carrier")
#: characters of what could not be read
MAX_REASON = 300


#: what a connector reads from an answer
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class SupplierClient:
    """Connector, service, endpoint and account in one; each question returns what was said and the ``Reply``."""

    connector: Connector
    service: Service
    endpoint: Endpoint
    account: Account

    # Writing: nothing leaves

    def order_message(self, order: Order) -> tuple[str, bytes]:
        """Return the operation and the bytes of an order, to be kept and sent as they are.

        :raises RefusedError: where the order does not fit the supplier's schema
        """
        return self.message(ORDER, order)

    def message(self, kind: str, content: Order | base.Change | base.Cancellation) -> tuple[str, bytes]:
        """Return the operation and the bytes of an order, a change or a cancellation.

        :raises RefusedError: where it does not fit the supplier's schema
        """
        write = getattr(self.connector, f"{kind}_message")
        return self.render(*self.written(write, content))

    def render(self, operation: str, values: Any) -> tuple[str, bytes]:
        """Return an operation with its message as bytes.

        :raises RefusedError: where the values do not fit the supplier's schema
        """
        try:
            return operation, self.service.render(operation, values)
        except Exception as error:
            # zeep and lxml raise whatever they trip over; nothing has left yet
            raise RefusedError("message", str(error)[:300]) from error

    # Messages that were written before

    def place(self, operation: str, payload: bytes, kind: str = ORDER) -> tuple[OrderAnswer, Reply]:
        """Send an order, a change or a cancellation that was written before; return ``(OrderAnswer, Reply)``.

        :raises SoapError: without a usable answer
        """
        return self._read(getattr(self.connector, f"{kind}_answer"), self.send(operation, payload))

    def is_duplicate(self, error: SoapError) -> bool:
        """Return whether a ``SoapError`` says, by the connector's own code, that the supplier has the message."""
        return bool(self.connector.duplicate_codes & error.codes)

    def send(self, operation: str, payload: bytes) -> Reply:
        """Send a message that was written before; return the ``Reply``."""
        return self.service.call(operation, payload, self.endpoint)

    # Questions

    def status(self, message_id: str, kind: str = ORDER) -> tuple[OrderAnswer, Reply]:
        """Ask what became of an order, a change or a cancellation; return ``(OrderAnswer, Reply)``."""
        if kind == ORDER:
            return self._ask(self.connector.status_message, self.connector.status_answer, message_id)
        return self._ask(self.connector.news_status_message, self.connector.status_answer, message_id)

    def fate(self, message_id: str, kind: str = ORDER) -> tuple[OrderAnswer, Reply]:
        """Like :meth:`status`, for a message that may have arrived.

        :raises FateUnknownError: where there is no clear answer: then nothing is sent again
        """
        try:
            return self.status(message_id, kind)
        except SoapError as error:
            raise FateUnknownError(error.reason, error.detail, error.response, retry_after=error.retry_after) from error

    def follow(self, message_id: str) -> tuple[OrderAnswer, Reply]:
        """Ask how far an approved order is; return ``(OrderAnswer with its shipments, Reply)``."""
        answer, reply = self.fate(message_id)
        if not answer.known or SHIPMENTS not in self.connector.abilities(self.account):
            return answer, reply
        try:
            sent, more = self.shipments(message_id)
            for named in ((sent.message_id,), *(shipment.orders for shipment in sent.shipments)):
                if any(named) and message_id.lower() not in [number.strip().lower() for number in named]:
                    raise FateUnknownError("other_message", ", ".join(named), more.response.encode())
        except SoapError as error:
            # where the order stands counts, a rejection above all, whatever became of the question about parcels
            kept = readable(error.response, self.endpoint.secrets)
            return replace(answer, trouble=error), replace(reply, response=f"{reply.response}\n{kept}".rstrip())
        exchanged = replace(
            reply,
            request=f"{reply.request}\n{more.request}",
            response=f"{reply.response}\n{more.response}",
            seconds=reply.seconds + more.seconds,
        )
        return replace(answer, shipments=sent.shipments, complete=sent.complete or answer.complete), exchanged

    def shipments(self, message_id: str) -> tuple[OrderAnswer, Reply]:
        """Ask what of an order has left the supplier; return ``(OrderAnswer with nothing else, Reply)``."""
        return self._ask(self.connector.shipment_message, self.connector.shipment_answer, message_id)

    def offers(self, parts: Sequence[Asked], currency: str, ask: Callable[[Message], Any]) -> list[Offer]:
        """Return the list of ``Offer`` for pairs of part number and quantity.

        :param ask: sends one message, keeps it with its answer, and returns that
        """
        try:
            messages = self.connector.offer_messages(self.account, parts, currency)
            offers = self.connector.read_offers(parts, [ask(message) for message in messages])
            return [_without_secrets(offer, self.endpoint.secrets) for offer in offers]
        except NotImplementedError as error:
            raise RefusedError("unsupported") from error
        except UNREADABLE as error:
            raise self._unusable(error) from error

    def test(self) -> tuple[str, Reply]:
        """Send the message that changes nothing; return ``(text, Reply)``."""
        return self._ask(self.connector.test_message, self.connector.test_answer)

    def _ask(
        self, write: Callable[..., Message], read: Callable[[Any], Answer], *arguments: Any
    ) -> tuple[Answer, Reply]:
        return self._read(read, self.send(*self.render(*self.written(write, *arguments))))

    def written(self, write: Callable[..., Message], *arguments: Any) -> Message:
        """Return the operation and the values that a method of the connector writes.

        :raises RefusedError: where it cannot
        """
        try:
            return write(self.account, *arguments)
        except NotImplementedError as error:
            raise RefusedError("unsupported") from error
        except UNREADABLE as error:
            raise RefusedError("message", str(error)[:300]) from error

    def _read(self, read: Callable[[Any], Answer], reply: Reply) -> tuple[Answer, Reply]:
        try:
            # suppliers like to say who has logged in, in what many people read
            answer = _without_secrets(read(reply.value), self.endpoint.secrets)
            buyer = answer.buyer if isinstance(answer, OrderAnswer) else ""
            if buyer and not self.connector.is_for(self.account, buyer):
                raise FateUnknownError("other_message", buyer, reply.response.encode())
            return answer, reply
        except (*UNREADABLE, NotImplementedError) as error:
            raise self._unusable(error, reply.response.encode()) from error

    def _unusable(self, error: Exception, response: bytes = b"") -> FateUnknownError:
        """Return our error for an answer that a connector could make nothing of."""
        reason = "fault" if isinstance(error, ReportedError) else "unreadable"
        return FateUnknownError(reason, plain(excerpt(str(error), self.endpoint.secrets, MAX_REASON)), response)


def _without_secrets(content: Any, secrets: Sequence[str]) -> Any:
    """Return what was read from an answer, its free texts in one line, and masked."""
    if isinstance(content, str):
        return masked(content, secrets)
    if not is_dataclass(content) or isinstance(content, type):
        return content
    changes: dict[str, Any] = {}
    for each in fields(content):
        value = getattr(content, each.name)
        if isinstance(value, tuple):
            changes[each.name] = tuple(_without_secrets(part, secrets) for part in value)
        elif value and each.name in FREE_TEXTS:
            changes[each.name] = plain(masked(value, secrets))
    return replace(content, **changes)
