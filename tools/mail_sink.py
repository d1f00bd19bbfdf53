"""SMTP server that keeps every message as a file and plays the incoming mail server.

Messages land in ``.state/mail`` as ``<time>-<n>.eml``, the envelope in an ``X-Envelope-From``
and an ``X-Envelope-To`` header on top. A recipient in the alias domain is one of Odoo's
aliases (or a bounce address): such mail is handed to the mail gateway of ``--odoo``, as
``odoo-mailgate.py`` does it on a real mail server. It waits in a queue (the folder ``queue``), one
mail at a time, and is tried again while Odoo is busy or away; what Odoo refuses for good lies in
the folder ``refused``.
"""

import argparse
import email
import email.policy
import functools
import http.client
import itertools
import logging
import threading
import time
import xmlrpc.client
from pathlib import Path

from aiosmtpd.controller import Controller

from tools.settings import ALIAS_DOMAIN, HOST, MAIL_DIR, SMTP_PORT, run_tool

_logger = logging.getLogger(__name__)


class Sink:
    """aiosmtpd handler; see the module's docstring."""

    def __init__(self, folder, *, gateway=None, alias_domain=ALIAS_DOMAIN):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.gateway = gateway
        self.alias_domain = alias_domain
        self._numbers = itertools.count(1)
        self.queue = Queue(self.folder, self._deliver)

    async def handle_DATA(self, server, session, envelope):
        content = envelope.original_content or envelope.content
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{next(self._numbers):05d}.eml"
        top = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        partial = self.folder / f".{name}"
        partial.write_bytes(top.encode() + content)
        partial.rename(self.folder / name)
        aliases = [to for to in envelope.rcpt_tos if to.lower().endswith("@" + self.alias_domain)]
        if aliases and self.gateway:
            # apart: Odoo may be waiting for this very SMTP answer
            self.queue.put(name, content)
        return "250 Message accepted for delivery"

    def _deliver(self, content):
        self.gateway(content)


class Queue:
    """Mail that waits for Odoo, in files: a restart loses none."""

    #: seconds until the next try; the last one is repeated
    PAUSES = (0.2, 1, 2, 5, 10, 30, 60)
    TRIES = 60

    def __init__(self, folder, deliver, pauses=PAUSES):
        self.folder, self.refused = Path(folder) / "queue", Path(folder) / "refused"
        self._deliver, self._pauses = deliver, pauses
        self._news = threading.Event()
        self._worker = None
        self._lock = threading.Lock()

    def put(self, name, content):
        """Keep a mail and wake the worker."""
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = self.folder / f".{name}"
        partial.write_bytes(content)
        partial.rename(self.folder / name)
        self.start()

    def start(self):
        """Work on what waits; also after a restart."""
        with self._lock:
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, daemon=True)
                self._worker.start()
        self._news.set()

    def waiting(self):
        """Return the files of the mails that wait, oldest first."""
        return sorted(self.folder.glob("[!.]*.eml"))

    def _work(self):
        while True:
            self._news.wait()
            self._news.clear()
            for path in self.waiting():
                self._deliver_one(path)

    def _deliver_one(self, path):
        content = path.read_bytes()
        for number in range(self.TRIES):
            try:
                self._deliver(content)
            except (OSError, xmlrpc.client.Error, http.client.HTTPException) as error:
                _logger.warning("Odoo's mail gateway did not take %s, it is tried again: %s", path.name, _short(error))
                time.sleep(self._pauses[min(number, len(self._pauses) - 1)])
            else:
                path.unlink()
                return
        self.refused.mkdir(parents=True, exist_ok=True)
        path.rename(self.refused / path.name)
        _logger.error("Odoo's mail gateway refused %s for good", path.name)


def _short(error):
    return str(error).strip().rpartition("\n")[2][:200] or type(error).__name__


def odoo_gateway(url, database, login, password):
    """Return a function that hands raw messages to Odoo's mail gateway, as ``odoo-mailgate.py`` does.

    XML-RPC and not JSON-RPC: a raw message may hold bytes of any encoding.
    """

    @functools.cache
    def log_in():
        return xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common").login(database, login, password)

    def deliver(content):
        uid = log_in()
        models = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/object", allow_none=True)
        arguments = [False, xmlrpc.client.Binary(content)]
        models.execute_kw(database, uid, password, "mail.thread", "message_process", arguments)

    return deliver


class SinkServer:
    """The sink as a context manager: ``with SinkServer(folder, port=...) as sink``."""

    sink_class = Sink
    controller_class = Controller

    def __init__(self, folder, *, port, gateway=None, alias_domain=ALIAS_DOMAIN):
        self.sink = self.sink_class(folder, gateway=gateway, alias_domain=alias_domain)
        self.port = port
        self._controller = self._make_controller()

    def _make_controller(self):
        return self.controller_class(self.sink, hostname=HOST, port=self.port, data_size_limit=64 * 2**20)

    def __enter__(self):
        self._controller.start()
        if self.sink.gateway and self.sink.queue.waiting():
            self.sink.queue.start()
        return self

    def __exit__(self, *exc_info):
        self._controller.stop()


class Mailbox(SinkServer):
    """The sink with what a test wants to know of it."""

    def messages(self, to=None):
        """Return the messages that arrived, oldest first, optionally only those to an address."""
        found = []
        # not what is still being written, under a name with a dot
        for path in sorted(self.sink.folder.glob("[!.]*.eml")):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if to is None or to.lower() in message["X-Envelope-To"].lower():
                found.append(message)
        return found

    def wait(self, count=1, to=None, timeout=30):
        """Wait until at least ``count`` messages are there and return them."""
        deadline = time.monotonic() + timeout
        while len(self.messages(to)) < count and time.monotonic() < deadline:
            time.sleep(0.2)
        messages = self.messages(to)
        assert len(messages) >= count, f"{len(messages)} message(s) to {to or 'anybody'}, expected {count}"
        return messages

    def clear(self):
        """Throw away what arrived so far."""
        for path in self.sink.folder.glob("[!.]*.eml"):
            path.unlink()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=SMTP_PORT)
    parser.add_argument("--folder", default=MAIL_DIR)
    parser.add_argument("--odoo", help="URL of the Odoo server that takes the mail of the alias domain")
    parser.add_argument("--database")
    parser.add_argument("--login", default="admin")
    parser.add_argument("--password", default="admin")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    gateway = None
    if options.odoo:
        gateway = odoo_gateway(options.odoo, options.database, options.login, options.password)
    with SinkServer(options.folder, port=options.port, gateway=gateway):
        threading.Event().wait()


if __name__ == "__main__":
    run_tool(main)
