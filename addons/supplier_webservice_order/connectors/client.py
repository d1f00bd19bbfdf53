"""A supplier as the rest of the addon sees it: who we are there, what it speaks, where it is. No Odoo."""

from dataclasses import dataclass

from ..soap.client import Endpoint, Service
from ..soap.errors import FateUnknownError, RefusedError
from .base import UNREADABLE, Account, Connector


@dataclass(frozen=True)
class SupplierClient:
    """Connector, service, endpoint and account in one; each question returns what was said and the ``Reply``."""

    connector: Connector
    service: Service
    endpoint: Endpoint
    account: Account

    def order_message(self, order):
        """Return the operation and the bytes of an order, to be kept and sent as they are.

        :raises RefusedError: where the order does not fit the supplier's schema
        """
        try:
            message = self.connector.order_message(self.account, order)
        except UNREADABLE as error:
            raise RefusedError("message", str(error)[:300]) from error
        return self.render(*message)

    def render(self, operation, values):
        """Return an operation with its message as bytes.

        :raises RefusedError: where the values do not fit the supplier's schema
        """
        try:
            return operation, self.service.render(operation, values)
        except Exception as error:
            # zeep and lxml raise whatever they trip over; nothing has left yet
            raise RefusedError("message", str(error)[:300]) from error

    def place(self, operation, payload):
        """Send an order that was written before; return ``(OrderAnswer, Reply)``.

        :raises SoapError: without a usable answer
        """
        return self._read(self.connector.order_answer, self.send(operation, payload))

    def status(self, message_id):
        """Ask what became of an order; return ``(OrderAnswer, Reply)``."""
        return self._ask(self.connector.status_message, self.connector.status_answer, message_id)

    def test(self):
        """Send the message that changes nothing; return ``(text, Reply)``."""
        return self._ask(self.connector.test_message, self.connector.test_answer)

    def send(self, operation, payload):
        """Send a message that was written before; return the ``Reply``."""
        return self.service.call(operation, payload, self.endpoint)

    def _ask(self, write, read, *arguments):
        try:
            message = write(self.account, *arguments)
        except NotImplementedError as error:
            raise RefusedError("unsupported") from error
        return self._read(read, self.send(*self.render(*message)))

    @staticmethod
    def _read(read, reply):
        try:
            return read(reply.value), reply
        except UNREADABLE as error:
            raise FateUnknownError("unreadable", str(error)[:300], reply.response.encode()) from error
