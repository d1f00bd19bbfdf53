"""One message over HTTP, and what is known about it when it does not come through.

Before the connection stands, nothing was sent. From then on the supplier may have acted,
unless it says itself that it did not.
"""

from __future__ import annotations

import http.client
import ssl
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urljoin, urlsplit
from urllib.request import (  # type: ignore[attr-defined]  # the second is not in typeshed
    getproxies_environment,
    proxy_bypass_environment,
)

from . import http_auth, sockets, tls
from .errors import FateUnknownError, NotSentError, RefusedError
from .sockets import Deadline

if TYPE_CHECKING:
    from .client import Endpoint
    from .errors import SoapError

MAX_RESPONSE_BYTES = 5 * 2**20
MAX_HOPS = 4
CHUNK = 64 * 1024
#: seconds: whoever asks for years of patience, or for milliseconds, is asked again the next day
MAX_PATIENCE = 24 * 3600.0
REDIRECTS = (301, 302, 307, 308)


@dataclass(frozen=True)
class HttpAnswer:
    """What came back: the whole of it."""

    status_code: int
    content: bytes
    headers: Message = field(default_factory=Message)


class _Response(http.client.HTTPResponse):
    """A response that passes over every interim answer, not only "100 Continue"; the deadline ends them."""

    def _read_status(self) -> tuple[str, int, str]:
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]  # typeshed leaves it out
            if status in (100, 101) or not 100 <= status < 200:
                return version, status, reason
            # its headers are about the answer to come
            http.client.parse_headers(self.fp)


class _Connection(http.client.HTTPConnection):
    """A connection whose socket keeps the deadlines.

    :param target: parts of the URL
    :param proxy: parts of the proxy's URL, or None
    """

    response_class = _Response

    def __init__(self, target: SplitResult, endpoint: Endpoint, deadline: Deadline, proxy: SplitResult | None) -> None:
        secure = target.scheme == "https"
        self.default_port = 443 if secure else 80
        port = target.port or self.default_port
        self._target, self._endpoint, self._deadline, self._proxy = target, endpoint, deadline, proxy
        # _parse lets no address without a host pass
        self._name = target.hostname or ""
        if proxy is None:
            super().__init__(self._name, port)
        else:
            super().__init__(proxy.hostname or "", proxy.port or 80)
        self._context = endpoint.get_tls_context() if secure else None
        if secure and proxy is not None:
            self.set_tunnel(self._name, port, headers=_proxy_headers(proxy))

    def connect(self) -> None:
        """Open the socket; whatever fails here, nothing was sent."""
        endpoint = self._endpoint
        limit = self._deadline.within(endpoint.connect_timeout)
        if self._proxy is not None and endpoint.public_only:
            self._check_behind_proxy(limit)
        public_only = endpoint.public_only and self._proxy is None
        sock: sockets.PlainSocket | sockets.TlsSocket
        self.sock = sock = plain = sockets.connect(
            self.host, self.port, limit, public_only=public_only, allowed=endpoint.inner_hosts
        )
        sock.deadline = limit
        if self._tunnel_host:  # type: ignore[attr-defined]  # typeshed leaves it out
            self._open_tunnel()
        if self._context is not None:
            sock.settimeout(limit.remaining())
            self.sock = sock = tls.wrap(plain, self._context, self._name)
        sock.deadline = self._deadline

    def _open_tunnel(self) -> None:
        try:
            self._tunnel()  # type: ignore[attr-defined]  # this, too
        except (OSError, http.client.HTTPException) as error:
            raise NotSentError("proxy", str(error)[:200]) from error

    def _check_behind_proxy(self, limit: Deadline) -> None:
        try:
            addresses = sockets.resolve(self._name, self._target.port, limit)
        except NotSentError:
            # only the proxy knows the name
            return
        sockets.check_public(self._name, addresses, self._endpoint.inner_hosts)


def post(message: bytes, headers: Mapping[str, str], endpoint: Endpoint) -> HttpAnswer:
    """Post a message and return the ``HttpAnswer``.

    Nothing is repeated but what the server itself says it did not take: a redirect within
    the same host, a challenge of digest authentication.

    :raises SoapError: see the module's docstring
    """
    deadline = Deadline(endpoint.connect_timeout + endpoint.read_timeout)
    url = endpoint.url
    headers = {**headers, "Accept-Encoding": "identity", "User-Agent": "supplier_webservice_order"}
    if endpoint.auth == "basic":
        headers["Authorization"] = http_auth.basic(endpoint.username, endpoint.password)
    for _hop in range(MAX_HOPS):
        answer = _exchange(url, message, headers, endpoint, deadline)
        if answer.status_code in REDIRECTS:
            url = _follow(url, answer)
            continue
        if answer.status_code == 401 and endpoint.auth == "digest" and "Authorization" not in headers:
            challenges = answer.headers.get_all("WWW-Authenticate") or []
            value = http_auth.digest(challenges, url, endpoint.username, endpoint.password)
            if value:
                headers["Authorization"] = value
                continue
        return answer
    raise RefusedError("redirect", url)


def _follow(url: str, answer: HttpAnswer) -> str:
    """Return the address to go on with.

    :raises RefusedError: naming the new address, where it is not the same host's or not encrypted any more
    """
    target = urljoin(url, answer.headers.get("Location") or "")
    old, new = urlsplit(url), urlsplit(target)
    upgraded = (old.scheme, new.scheme) == ("http", "https") and not new.port
    same = old.hostname == new.hostname and ((old.scheme, old.port) == (new.scheme, new.port) or upgraded)
    if not same or target == url:
        raise RefusedError("redirect", target, answer.content)
    return target


def _exchange(
    url: str, message: bytes, headers: Mapping[str, str], endpoint: Endpoint, deadline: Deadline
) -> HttpAnswer:
    target = _parse(url)
    proxy = _find_proxy(target)
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    if proxy is not None and target.scheme == "http":
        path = url
        headers = {**headers, **_proxy_headers(proxy)}
    connection = None
    try:
        connection = _Connection(target, endpoint, deadline, proxy)
        connection.connect()
    except tls.CertificateError as error:
        raise NotSentError("client_certificate", str(error)) from error
    except TimeoutError as error:
        _close(connection)
        raise NotSentError("unreachable", sockets.describe(error)) from error
    except Exception:
        _close(connection)
        raise
    try:
        return _talk(connection, path, message, headers)
    except ValueError as error:
        # headers that HTTP cannot carry are noticed before the first of them leaves
        raise RefusedError("message", str(error)) from error
    except (OSError, http.client.HTTPException, zlib.error) as error:
        raise _broken(error, endpoint) from error
    finally:
        _close(connection)


def _close(connection: _Connection | None) -> None:
    if connection is not None:
        connection.close()


def _broken(error: Exception, endpoint: Endpoint) -> SoapError:
    """Return our error for a connection that ended while the message was on its way."""
    if isinstance(error, TimeoutError):
        return FateUnknownError("timeout", f"{endpoint.connect_timeout + endpoint.read_timeout:.0f} s")
    if isinstance(error, ssl.SSLError):
        return tls.refusal(error) or FateUnknownError("broken", tls.describe(error))
    if isinstance(error, http.client.HTTPException):
        return FateUnknownError("not_http", type(error).__name__)
    return FateUnknownError("broken", sockets.describe(error))


def _parse(url: str) -> SplitResult:
    try:
        target = urlsplit(url)
        usable = target.scheme in ("http", "https") and target.hostname and target.port != 0
        url.encode("ascii")
    except ValueError as error:
        raise RefusedError("address", url[:200]) from error
    if not usable or any(character <= " " for character in url):
        raise RefusedError("address", url[:200])
    return target


def _find_proxy(target: SplitResult) -> SplitResult | None:
    """Return the parts of the address of the proxy that the environment names, or None."""
    address = getproxies_environment().get(target.scheme)
    if (
        not address
        or sockets.is_loopback(target.hostname or "")
        or proxy_bypass_environment(target.netloc.rpartition("@")[2])
    ):
        return None
    return urlsplit(address if "://" in address else f"http://{address}")


def _proxy_headers(proxy: SplitResult) -> dict[str, str]:
    if not proxy.username:
        return {}
    return {"Proxy-Authorization": http_auth.basic(unquote(proxy.username), unquote(proxy.password or ""))}


def _talk(connection: _Connection, path: str, message: bytes, headers: Mapping[str, str]) -> HttpAnswer:
    try:
        connection.request("POST", path, body=message, headers=headers)
    except (BrokenPipeError, ConnectionResetError):
        # a server that refuses what is too large answers before it has read all of it
        if connection.sock is None:
            raise
    response = connection.getresponse()
    content = _read(response)
    return HttpAnswer(response.status, content, response.headers)


def _read(response: http.client.HTTPResponse) -> bytes:
    """Return the whole body, of limited size."""
    content = bytearray()
    try:
        for chunk in _unpacked(response):
            content += chunk
            if len(content) > MAX_RESPONSE_BYTES:
                raise FateUnknownError("too_large", f"more than {MAX_RESPONSE_BYTES} bytes", bytes(content))
    except TimeoutError:
        # some servers say nothing of the length, and forget to close behind their answer
        if response.length is not None or not content.rstrip().endswith(b"Envelope>"):
            raise
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    return bytes(content)


def _unpacked(response: http.client.HTTPResponse) -> Iterator[bytes]:
    encoding = (response.headers.get("Content-Encoding") or "").strip().lower()
    chunks = iter(partial(response.read1, CHUNK), b"")
    if encoding in ("gzip", "x-gzip", "deflate"):
        # asked for or not, some servers pack every answer
        unpacker = zlib.decompressobj(wbits=47 if "gzip" in encoding else 15)
        for chunk in chunks:
            while chunk:
                yield unpacker.decompress(chunk, CHUNK)
                chunk = unpacker.unconsumed_tail
        yield unpacker.flush()
    else:
        yield from chunks


def retry_after(headers: Message | Mapping[str, str]) -> float | None:
    """Return the seconds of patience that the server asks for, or None."""
    value = (headers.get("Retry-After") or "").strip()
    try:
        asked = (
            float(value[:9]) if value.isdigit() else (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
        )
    except (TypeError, ValueError):
        return None
    return min(max(0.0, asked), MAX_PATIENCE)
