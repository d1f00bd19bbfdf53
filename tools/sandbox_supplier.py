"""A supplier with a SOAP service, to play and to test with.

Both of its services are made up. ``/standard`` stands behind HTTP basic authentication,
``/nordteile``, with a vocabulary of its own, wants a WS-Security UsernameToken; ``?wsdl``
serves them, and the demo connections map them. Orders are kept on disk and are approved about
a minute later. ``/control/...`` (JSON) tells it to misbehave, and so does a word such as
``SANDBOX-TIMEOUT`` in an order's reference, note or part number.
"""

import argparse
import base64
import contextlib
import hashlib
import hmac
import json
import logging
import threading
import time

from lxml import etree
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from tools.sandbox_dialects import SOAP, NordteileDialect, StandardDialect, envelope, fault
from tools.sandbox_orders import BEHAVIOURS, Behaviours, OrderStore, answer, offers
from tools.settings import HOST, SANDBOX_DIR, SANDBOX_PORT, run_tool

WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
#: what the demo connections log in with
CREDENTIALS = {"standard": ("garage", "garage-secret"), "nordteile": ("werkstatt", "werkstatt-secret")}
DOCTYPE = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "%s">]><a>&b;</a>""" % (b"x" * 50)
HTML = b"<!DOCTYPE html><html><body><h1>Service temporarily unavailable<br></h1></body></html>"
MAX_REQUEST = 5 * 2**20

_logger = logging.getLogger(__name__)


class Sandbox:
    """The WSGI application.

    :param folder: where orders are kept
    """

    def __init__(self, folder, *, approval_delay=60.0):
        self.store = OrderStore(folder, approval_delay=approval_delay)
        self.behaviours = Behaviours()
        self.dialects = {"standard": StandardDialect(), "nordteile": NordteileDialect()}

    def __call__(self, environ, start_response):
        return self.respond(Request(environ))(environ, start_response)

    def respond(self, request):
        """Return the response to a werkzeug request."""
        first, _, rest = request.path.strip("/").partition("/")
        if first == "control":
            return self.control(request, rest)
        if first.endswith(".xsd"):
            schemas = {each.schema_path.name: each.schema_path for each in self.dialects.values()}
            return Response(schemas[first].read_bytes(), mimetype="text/xml") if first in schemas else Response("", 404)
        dialect = self.dialects.get(first)
        if dialect is None:
            return Response("Services: /standard?wsdl, /nordteile?wsdl\n", mimetype="text/plain")
        if request.method == "GET":
            return Response(dialect.wsdl.read_bytes(), mimetype="text/xml")
        return self.soap(request, first, dialect)

    # Control

    def control(self, request, what):
        """Answer a question about, or an instruction to, the sandbox."""
        values = json.loads(request.get_data() or b"{}") if request.method == "POST" else {}
        try:
            result = getattr(self, f"control_{what}")(**values)
        except (AttributeError, TypeError, ValueError) as error:
            return Response(
                json.dumps({"error": str(error), "behaviours": BEHAVIOURS}), 400, mimetype="application/json"
            )
        return Response(json.dumps(result), mimetype="application/json")

    def control_orders(self):
        return self.store.all()

    def control_requests(self):
        return list(self.store.requests)

    def control_behaviour(self, behaviour, **values):
        self.behaviours.tell(behaviour, **values)
        return {"told": behaviour}

    def control_approve(self, reference):
        return {"approved": self.store.approve(reference)}

    def control_delay(self, seconds):
        self.store.approval_delay = float(seconds)
        return {"delay": self.store.approval_delay}

    def control_reset(self):
        self.behaviours.clear()
        self.store.clear()
        return {"orders": 0}

    # SOAP

    def soap(self, request, name, dialect):
        """Return the response to a SOAP message."""
        if (request.content_length or 0) > MAX_REQUEST:
            return Response("too large", 413)
        try:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
            root = etree.fromstring(request.get_data(), parser)
            body = root.find(f"{{{SOAP}}}Body")[0]
        except (etree.XMLSyntaxError, TypeError, IndexError) as error:
            return self._xml(fault("Client", f"This is not a SOAP message: {error}"), 500)
        refusal = self._refusal(request, root, name)
        if refusal:
            return refusal
        if not dialect.schema.validate(body):
            return self._xml(
                fault("Client", f"The message does not fit the schema: {dialect.schema.error_log.last_error}"), 500
            )
        operation = dialect.operations.get(etree.QName(body).localname)
        self.store.requests.append({"dialect": name, "operation": operation, "at": time.time()})
        if operation == "order":
            return self._order(dialect, body, name)
        if operation == "status":
            return self._xml(envelope(dialect.write_status(self._status(dialect, body))))
        if operation == "offers":
            parts, currency = dialect.read_parts(body)
            return self._xml(envelope(dialect.write_offers(offers(parts), currency)))
        if operation == "test":
            return self._xml(envelope(dialect.write_test("Welcome to the sandbox supplier.")))
        return self._xml(fault("Client", "There is no such operation."), 500)

    @staticmethod
    def _xml(content, status=200):
        return Response(content, status, content_type="text/xml; charset=utf-8")

    def _refusal(self, request, root, name):
        username, password = CREDENTIALS[name]
        if name == "standard":
            given = request.authorization
            if given and given.username == username and hmac.compare_digest(given.password or "", password):
                return None
            return Response("Unauthorized", 401, {"WWW-Authenticate": 'Basic realm="sandbox"'})
        if token_fits(root, username, password):
            return None
        return self._xml(fault("Client.FailedAuthentication", "The security token could not be authenticated."), 500)

    def _status(self, dialect, body):
        order = self.store.find(*dialect.read_status(body))
        return answer(order) if order else None

    def _order(self, dialect, body, name):
        order = {**dialect.read_order(body), "dialect": name}
        self.store.requests[-1].update(reference=order["reference"], message_id=order["message_id"])
        told = self.behaviours.take(order) or {"name": "", "seconds": 0, "booked": True}
        behaviour = told["name"]
        if behaviour == "slow":
            time.sleep(told["seconds"])
        if behaviour == "fault":
            return self._xml(fault("Client", "Customer number and part numbers do not match."), 500)
        known = False
        if told["booked"]:
            outcome = behaviour if behaviour in ("partial", "reject") else ""
            order, known = self.store.book(order, delay=0 if behaviour == "approve" else None, outcome=outcome)
        strange = self._strange(behaviour, told)
        return strange or self._xml(envelope(dialect.write_order(answer(order, duplicate=known))))

    def _strange(self, name, told):
        """Return the unusable answer that a behaviour asks for, or None."""
        if name == "timeout":
            time.sleep(told["seconds"])
            return Response("", 504)
        if name == "server_fault":
            return self._xml(fault("Server", "The order system does not answer."), 500)
        if name == "duplicate":
            return self._xml(fault("Client", "This message was received before.", "DuplicateMessage"), 500)
        if name == "html":
            return Response(HTML, 200, content_type="text/html")
        if name == "malformed":
            return self._xml(b"<?xml version='1.0'?><soap:Envelope xmlns:soap='" + SOAP.encode() + b"'><soap:Bo")
        if name == "doctype":
            return self._xml(DOCTYPE)
        return None


def token_fits(root, username, password):
    """Return whether the message carries a valid UsernameToken, as text or as digest."""
    token = root.find(f".//{{{WSSE}}}UsernameToken")
    if token is None or token.findtext(f"{{{WSSE}}}Username") != username:
        return False
    given = token.find(f"{{{WSSE}}}Password")
    if given is None:
        return False
    expected = password
    if given.get("Type", "").endswith("#PasswordDigest"):
        try:
            nonce = base64.b64decode(token.findtext(f"{{{WSSE}}}Nonce") or "")
        except ValueError:
            return False
        created = token.findtext(f"{{{WSU}}}Created") or ""
        # SHA-1 is what the UsernameToken profile prescribes
        digest = hashlib.sha1(nonce + created.encode() + password.encode(), usedforsecurity=False).digest()
        expected = base64.b64encode(digest).decode()
    return hmac.compare_digest(given.text or "", expected)


class _QuietHandler(WSGIRequestHandler):
    """Logs through ``logging`` at debug level; every request of a load test is not news."""

    def log_request(self, code="-", size="-"):
        _logger.debug("%s %s", self.requestline, code)


@contextlib.contextmanager
def running(folder, *, port, approval_delay=60.0):
    """Serve a ``Sandbox`` in a thread; yields it."""
    sandbox = Sandbox(folder, approval_delay=approval_delay)
    server = make_server(HOST, port, sandbox, threaded=True, request_handler=_QuietHandler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield sandbox
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=SANDBOX_PORT)
    parser.add_argument("--folder", default=SANDBOX_DIR)
    parser.add_argument("--approval-delay", type=float, default=60.0, help="seconds until an order is approved")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    with running(options.folder, port=options.port, approval_delay=options.approval_delay):
        _logger.info("sandbox supplier on http://%s:%s/", HOST, options.port)
        threading.Event().wait()


if __name__ == "__main__":
    run_tool(main)
