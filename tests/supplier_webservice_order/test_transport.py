"""SW+8 SW+4: the way to a supplier and back, over real sockets."""

import gzip
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tools.settings import ADDONS_DIR

from .wire import HELLO, Authority, drip, http, serving, silent, timed

pytestmark = pytest.mark.usefixtures("soap")


@pytest.fixture
def ask(soap):
    """Return a function that sends the standard connector's test message to an address."""
    wsdl = ADDONS_DIR / "supplier_webservice_order/demo/suppliers/standard/supplier_order.wsdl"
    service = soap.client.Service(wsdl)
    payload = service.render("Test", {"customerNumber": "C-1"})

    def call(url, **values):
        values = {"connect_timeout": 0.7, "read_timeout": 0.8, **values}
        return service.call("Test", payload, soap.client.Endpoint(url, **values))

    return call


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """An authority that signs the certificates of these tests."""
    return Authority(tmp_path_factory.mktemp("certificates"))


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
DRIPS = {
    "with a length": drip(HEAD + b"Content-Length: 100000\r\n\r\n"),
    "without a length": drip(HEAD + b"\r\n"),
    "chunked": drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "in the headers": drip(HEAD + b"X-Slow: "),
    "in many headers": drip(HEAD, b"X-A: b\r\n", pause=0.05),
    "before an interim answer ends": drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "silent": silent,
}


@pytest.mark.parametrize("shape", DRIPS)
def test_whole_exchange_is_limited(soap, ask, shape):
    """SW+8: an answer that drips, in whatever shape, is given up after the time that was granted."""
    with serving(DRIPS[shape]) as wire:
        error, seconds = timed(lambda: ask(wire.url))
    assert isinstance(error, soap.errors.FateUnknownError), error
    assert error.reason in ("timeout", "not_http")
    assert seconds < 3.0


def test_request_that_nobody_reads(soap):
    """SW+8: a server that takes the connection and does not read the message is given up, too."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = soap.client.Endpoint(
            f"http://127.0.0.1:{listener.getsockname()[1]}/", connect_timeout=1.0, read_timeout=1.0
        )
        error, seconds = timed(lambda: soap.transport.post(b"x" * 50_000_000, {}, endpoint))
    assert isinstance(error, soap.errors.FateUnknownError)
    assert error.reason == "timeout"
    assert seconds < 3.0


def test_handshake_is_limited(soap, ask):
    """SW+8: a server that never finishes the TLS handshake: nothing was sent."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        error, seconds = timed(lambda: ask(f"https://127.0.0.1:{listener.getsockname()[1]}/"))
    assert isinstance(error, soap.errors.NotSentError)
    assert seconds < 2.0


def test_tls_dripping(soap, ask, authority):
    """SW+8: the limit holds under TLS as well."""
    context = authority.server(authority.issue("drip", "127.0.0.1"))
    with serving(DRIPS["with a length"], context=context) as wire:
        error, seconds = timed(lambda: ask(wire.url, authority=authority.pem))
    assert (type(error), error.reason) == (soap.errors.FateUnknownError, "timeout")
    assert seconds < 3.0


def test_nobody_there(soap, ask):
    """SW4: who cannot be reached has got nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for url, reason in ((f"http://127.0.0.1:{port}/", "unreachable"), ("http://no-such-host.invalid/", "unknown_host")):
        error, _seconds = timed(lambda url=url: ask(url))
        assert (type(error), error.reason) == (soap.errors.NotSentError, reason)
        assert "HTTPConnection" not in str(error)
    assert "refused" in timed(lambda: ask(f"http://127.0.0.1:{port}/"))[0].detail


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254",
     "10.1.2.3", "192.168.0.1", "172.16.0.1", "100.64.0.1", "0.0.0.1", "[fe80::1]", "[fd00::1]", "[64:ff9b::7f00:1]",
     "[2002:7f00:1::]"],
)  # fmt: skip
def test_inner_hosts_are_refused(soap, ask, host):
    """SW+4: hosts of this machine and of private networks, however they are written, get no connection."""
    error, _seconds = timed(lambda: ask(f"http://{host}/", public_only=True))
    assert (type(error), error.reason) == (soap.errors.RefusedError, "private_address"), error


def test_name_of_an_inner_host_is_refused(soap, ask, monkeypatch):
    """SW+4: what a name leads to is looked at when it is called, so that no name can be turned in between."""
    with serving() as wire:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", wire.port))]
        monkeypatch.setattr(soap.sockets.socket, "getaddrinfo", lambda *_args, **_kwargs: found)
        error, _seconds = timed(lambda: ask(f"http://supplier.example.com:{wire.port}/", public_only=True))
        assert error.reason == "private_address"
        assert ask(f"http://supplier.example.com:{wire.port}/").value == "Hello garage"
    assert len(wire.requests) == 1


def test_tls_failures_in_words(soap, ask, authority):
    """SW+5: each way in which TLS fails before anything was sent is not sent, and is said in words."""
    cases = {
        "certificate_expired": (authority.issue("expired", "127.0.0.1", days=-1), authority.pem),
        "certificate_name": (authority.issue("other", "10.0.0.1"), authority.pem),
        "certificate_untrusted": (authority.issue("untrusted", "127.0.0.1"), b""),
    }
    for reason, (path, trusted) in cases.items():
        with serving(context=authority.server(path)) as wire:
            error, _seconds = timed(lambda wire=wire, trusted=trusted: ask(wire.url, authority=trusted))
        assert (type(error), error.reason) == (soap.errors.NotSentError, reason)
        assert not wire.requests
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        error, _seconds = timed(lambda: ask(f"https://127.0.0.1:{server.server_port}/"))
    assert (type(error), error.reason) == (soap.errors.NotSentError, "tls")
    assert error.detail == "wrong version number"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_client_certificate(soap, ask, authority, version):
    """SW+5: our own certificate is shown; without it, the server's refusal means that nothing was sent."""
    context = authority.server(authority.issue("server", "127.0.0.1"), clients=True)
    context.minimum_version = context.maximum_version = version
    mine = authority.issue("garage").read_bytes()
    with serving(context=context) as wire:
        assert ask(wire.url, authority=authority.pem, certificate=mine).value == "Hello garage"
        error, _seconds = timed(lambda: ask(wire.url, authority=authority.pem))
    # before TLS 1.3 the refusal is no more than "handshake failure"
    reason = "client_certificate" if version == ssl.TLSVersion.TLSv1_3 else "tls"
    assert (type(error), error.reason) == (soap.errors.NotSentError, reason)
    error, _seconds = timed(lambda: ask(wire.url, certificate=b"-----BEGIN nonsense"))
    assert (type(error), error.reason) == (soap.errors.NotSentError, "client_certificate")


def test_pkcs12_certificate(ask, authority):
    """SW+5: a certificate may come as .p12 with a password, as suppliers hand them out."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    pem = authority.issue("packed").read_bytes()
    packed = serialization.pkcs12.serialize_key_and_certificates(
        b"garage",
        serialization.load_pem_private_key(pem, None),
        x509.load_pem_x509_certificate(pem),
        None,
        serialization.BestAvailableEncryption(b"p12-password"),
    )
    context = authority.server(authority.issue("server", "127.0.0.1"), clients=True)
    with serving(context=context) as wire:
        reply = ask(wire.url, authority=authority.pem, certificate=packed, key_password="p12-password")
    assert reply.value == "Hello garage"


@pytest.mark.parametrize(
    "status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"]
)
def test_redirects(soap, ask, status):
    """SW+5: a redirect within the host is followed with the same bytes; another one names the new address."""
    with serving(http(b"", status, Location="/other?x=1"), http()) as wire:
        assert ask(wire.url).value == "Hello garage"
    assert [request.split(b" ")[:2] for request in wire.requests] == [[b"POST", b"/service"], [b"POST", b"/other?x=1"]]
    assert wire.requests[0].partition(b"\r\n\r\n")[2] == wire.requests[1].partition(b"\r\n\r\n")[2]
    with serving(http(b"", status, Location="https://new.example.com/soap")) as wire:
        error, _seconds = timed(lambda: ask(wire.url))
    assert (type(error), error.reason) == (soap.errors.RefusedError, "redirect")
    assert error.detail == "https://new.example.com/soap"
    with serving(http(b"", status, Location="/service")) as wire:
        error, _seconds = timed(lambda: ask(wire.url))
    assert error.reason == "redirect"
    assert len(wire.requests) == 1


def test_http_authentication(soap, ask):
    """SW+5: HTTP basic, and HTTP digest with MD5 and with SHA-256 as RFC 7616 has them."""
    with serving() as wire:
        ask(wire.url, auth="basic", username="garage", password="p&ss<1")
    assert b"Authorization: Basic Z2FyYWdlOnAmc3M8MQ==" in wire.requests[0]
    for algorithm in ("MD5", "SHA-256"):
        challenge = f'Digest realm="parts", qop="auth,auth-int", algorithm={algorithm}, nonce="abc", opaque="o"'
        refusal = http(b"", "401 Unauthorized", WWW_Authenticate=challenge)
        with serving(refusal, http()) as wire:
            assert ask(wire.url, auth="digest", username="garage", password="secret").value == "Hello garage"
        assert b"Authorization: Digest" in wire.requests[1]
        with serving(refusal) as wire:
            error, _seconds = timed(lambda wire=wire: ask(wire.url, auth="digest", username="garage", password="wrong"))
        assert (type(error), error.reason) == (soap.errors.RefusedError, "unauthorized")
        assert len(wire.requests) == 2


def test_digest_of_the_rfc(soap, monkeypatch):
    """SW+5: the example of RFC 7616, section 3.9.1, with POST in place of its GET computed by hand."""
    import hashlib

    monkeypatch.setattr(soap.http_auth.os, "urandom", lambda _size: b"0123456789abcdef")
    challenge = 'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="7ypf", opaque="FQhe"'
    header = soap.http_auth.digest([challenge], "https://h.example.org/dir/index.html", "Mufasa", "Circle of Life")

    def md5(text):
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    secret = md5("Mufasa:http-auth@example.org:Circle of Life")
    own = b"0123456789abcdef".hex()
    expected = md5(f"{secret}:7ypf:00000001:{own}:auth:{md5('POST:/dir/index.html')}")
    assert f'response="{expected}"' in header
    assert soap.http_auth.digest(["Basic realm=x"], "https://h/", "a", "b") is None


def test_packed_answer(soap, ask):
    """SW+5: a gzip answer that nobody asked for is read; a bomb in it is not unpacked."""
    with serving(http(gzip.compress(HELLO), Content_Encoding="gzip")) as wire:
        assert ask(wire.url).value == "Hello garage"
    with serving(http(gzip.compress(b" " * 50_000_000), Content_Encoding="gzip")) as wire:
        error, _seconds = timed(lambda: ask(wire.url, read_timeout=10))
    assert error.reason == "too_large"


def test_half_an_answer(soap, ask):
    """SW4: a connection that ends before the answer does leaves the fate unknown."""
    with serving(http()[:-20]) as wire:
        error, _seconds = timed(lambda: ask(wire.url))
    assert (type(error), error.reason) == (soap.errors.FateUnknownError, "not_http")
    with serving(b"SSH-2.0-OpenSSH_9.2\r\n") as wire:
        error, _seconds = timed(lambda: ask(wire.url))
    assert (type(error), error.reason) == (soap.errors.FateUnknownError, "not_http")


def test_headers_that_cannot_be_sent(soap):
    """SW4: an action of a WSDL that HTTP cannot carry is refused before anything is sent."""
    with serving() as wire:
        for action in ("urn:x\r\nX-Evil: 1", "urn:\u20ac"):
            endpoint = soap.client.Endpoint(wire.url, connect_timeout=1, read_timeout=1)
            error, _seconds = timed(lambda a=action, e=endpoint: soap.transport.post(b"x", {"SOAPAction": a}, e))
            assert (type(error), error.reason) == (soap.errors.RefusedError, "message")
    assert set(wire.requests) <= {b"\r\n\r\n"}, "a connection, and not a byte on it"


def test_proxy(soap, ask, monkeypatch):
    """SW+4: the environment's proxy is used, its password is in no text that is kept."""
    echo = b"<html><title>Denied</title>Proxy-Authorization: Basic cHJveHk6cHIweHk=</html>"
    with serving(http(echo, "403 Forbidden", "text/html")) as wire:
        monkeypatch.setenv("http_proxy", f"http://proxy:pr0xy@127.0.0.1:{wire.port}")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        error, _seconds = timed(lambda: ask("http://supplier.example.com/soap"))
    assert wire.requests[0].startswith(b"POST http://supplier.example.com/soap HTTP/1.1")
    assert b"Proxy-Authorization: Basic cHJveHk6cHIweHk=" in wire.requests[0]
    assert error.reason == "forbidden"
    assert "cHJveHk6" not in soap.masking.readable(error.response)
