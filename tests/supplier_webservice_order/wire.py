"""A supplier's server down to the bytes: each answer is whatever a test wants to have on the wire."""

import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
NAMESPACE = "urn:supplier-webservice-order:standard:1"
HELLO = (
    f"<s:Envelope xmlns:s='{SOAP}'><s:Body><TestResponse xmlns='{NAMESPACE}'><text>Hello garage</text></TestResponse>"
    "</s:Body></s:Envelope>"
).encode()


def http(content=HELLO, status="200 OK", content_type="text/xml; charset=utf-8", **headers):
    """Return a whole HTTP response as bytes."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(content)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


class Wire:
    """A listening socket; ``answer`` is called with the request's bytes and a socket to write to."""

    def __init__(self, context=None):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.context = context
        self.requests = []
        self.answers = [http()]
        self.stopped = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self):
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}/service"

    def _serve(self):
        while not self.stopped.is_set():
            try:
                sock, _address = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._handle, args=(sock,), daemon=True).start()

    def _handle(self, sock):
        with contextlib.suppress(OSError), sock:
            if self.context:
                sock = self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
                self._shake_hands(sock)
            request = self._read(sock)
            self.requests.append(request)
            answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
            if callable(answer):
                answer(sock, self.stopped)
            else:
                sock.sendall(answer)
                sock.shutdown(socket.SHUT_WR)

    @staticmethod
    def _shake_hands(sock):
        try:
            sock.do_handshake()
        except ssl.SSLError:
            # closed with something unread in it, the socket would be reset and the refusal lost
            socket.socket.shutdown(sock, socket.SHUT_WR)
            while socket.socket.recv(sock, 65536):
                continue
            raise OSError("refused") from None

    @staticmethod
    def _read(sock):
        data = b""
        while b"\r\n\r\n" not in data:
            data += sock.recv(65536) or b"\r\n\r\n"
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        while len(body) < length:
            body += sock.recv(65536)
        return head + b"\r\n\r\n" + body

    def stop(self):
        self.stopped.set()
        self.listener.close()


def drip(start, byte=b"x", pause=0.2):
    """Return an answer that begins with some bytes and goes on with one byte at a time, without an end."""

    def answer(sock, stopped):
        sock.sendall(start)
        while not stopped.wait(pause):
            sock.sendall(byte)

    return answer


def silent(sock, stopped):
    """An answer that never comes."""
    stopped.wait(60)


@contextlib.contextmanager
def serving(*answers, context=None):
    """Serve these answers, one after the other; yields the ``Wire``."""
    wire = Wire(context)
    if answers:
        wire.answers = list(answers)
    try:
        yield wire
    finally:
        wire.stop()


def timed(function):
    """Return what a function raises or returns, and how long it took."""
    started = time.monotonic()
    try:
        result = function()
    except Exception as error:
        result = error
    return result, time.monotonic() - started


class Authority:
    """A certificate authority of our own."""

    def __init__(self, folder):
        self.folder = folder
        self.key, self.certificate = self._make("Test authority", None, authority=True)
        self.pem = self.certificate.public_bytes(serialization.Encoding.PEM)

    def _make(self, name, address, *, authority=False, days=30):
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.datetime.now(datetime.UTC)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if authority else self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=60))
            .not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if address:
            names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
            builder = builder.add_extension(names, critical=False)
        return key, builder.sign(key if authority else self.key, hashes.SHA256())

    def issue(self, name, address=None, days=30):
        """Return the path of a file with a new certificate and its key."""
        key, certificate = self._make(name, address, days=days)
        path = self.folder / f"{name}.pem"
        path.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return path

    def server(self, path, *, clients=False):
        """Return the TLS settings of a server that shows a certificate, and asks clients for theirs."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        if clients:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(cadata=self.pem.decode())
        return context
