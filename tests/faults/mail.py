"""The mail sink with bad days: it refuses, stalls, and drops connections."""

import asyncio
import contextlib

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tools.mail_sink import Mailbox, Sink

#: what it can do wrong
UNREACHABLE = "not reached"
REFUSED_FOR_NOW = "451 refused for now"
REFUSED = "550 refused"
STALL = "stall"
DROP_IN_DATA = "drop within DATA"
DROP_AFTER_DATA = "drop after DATA"
FAULTS = (UNREACHABLE, REFUSED_FOR_NOW, REFUSED, STALL, DROP_IN_DATA, DROP_AFTER_DATA)


class FaultySink(Sink):
    """A sink that misbehaves with the next ``times`` messages."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fault, self.times, self.seconds, self.misbehaved = None, 0, 0.0, 0

    def tell(self, fault, *, times=1, seconds=0.0):
        """Misbehave with the next messages."""
        self.fault, self.times, self.seconds, self.misbehaved = fault, times, seconds, 0

    def behave(self):
        """Be a good mail server again."""
        self.fault, self.times = None, 0

    def takes(self, *faults):
        """Return the fault if it is this message's turn."""
        if self.fault not in faults or not self.times:
            return None
        self.times -= 1
        self.misbehaved += 1
        return self.fault

    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        if self.takes(REFUSED_FOR_NOW):
            return "451 4.3.0 The mail system is busy, try again later"
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if self.takes(REFUSED):
            return "550 5.7.1 Refused"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.takes(STALL):
            # whoever waits has long gone when it takes up work again: the message is not accepted
            await asyncio.sleep(self.seconds)
            server.transport.abort()
            return "451 4.3.0 Timed out"
        answer = await super().handle_DATA(server, session, envelope)
        if self.takes(DROP_AFTER_DATA):
            server.transport.abort()
        return answer


class FaultyServer(SMTP):
    """Can lose the connection while a message comes in."""

    async def smtp_DATA(self, arg):
        if self.event_handler.takes(DROP_IN_DATA):
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            await self._reader.readline()
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class FaultyController(Controller):
    def factory(self):
        """Return the SMTP server for a connection."""
        return FaultyServer(self.handler, **self.SMTP_kwargs)


class FaultyMailbox(Mailbox):
    """A ``Mailbox`` over a ``FaultySink``."""

    sink_class = FaultySink
    controller_class = FaultyController

    @contextlib.contextmanager
    def away(self):
        """Listen to nobody while the body runs."""
        self._controller.stop()
        try:
            yield
        finally:
            self._controller = self._make_controller()
            self._controller.start()
