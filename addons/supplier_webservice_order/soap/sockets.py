"""Sockets that keep one time limit over everything that happens on them.

A socket's own time-out begins anew with every byte, so that an answer that drips is read
for as long as it drips. Here every call on the socket gets what is left of one deadline.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterable
from typing import Any

from .errors import NotSentError, RefusedError

#: IPv6 networks in which an IPv4 address is wrapped: NAT64 and 6to4
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


#: what ``getaddrinfo`` says of one address: family, kind, protocol, name, and address with port
AddressInfo = tuple[Any, Any, int, str, tuple[Any, ...]]


class Deadline:
    """A moment after which nothing goes on."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Return the seconds that are left.

        :raises TimeoutError: where there are none
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time is over")
        return left

    def within(self, seconds: float) -> Deadline:
        """Return the earlier one of this deadline and ``seconds`` from now."""
        return Deadline(min(seconds, self.remaining()))


class _Limited(socket.socket):
    """What both kinds of socket do: look at the clock before each call."""

    deadline: Deadline | None = None

    def _limit(self) -> None:
        if self.deadline is not None:
            self.settimeout(self.deadline.remaining())

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        """Receive, within the deadline."""
        self._limit()
        return super().recv_into(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        """Send, within the deadline."""
        self._limit()
        return super().send(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        """Send all, within the deadline."""
        self._limit()
        return super().sendall(*args, **kwargs)


class PlainSocket(_Limited, socket.socket):
    """A TCP socket with a deadline."""


class TlsSocket(_Limited, ssl.SSLSocket):
    """A TLS socket with a deadline; ``ssl`` makes it, see ``tls.get_context``."""


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the internet, not of this machine or a private network."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if parsed.version == 6:
        inner: ipaddress.IPv4Address | ipaddress.IPv6Address | None = parsed.ipv4_mapped or parsed.sixtofour
        if inner is None and parsed in _NAT64:
            inner = ipaddress.ip_address(int(parsed) & 0xFFFFFFFF)
        if inner is not None:
            parsed = inner
    return parsed.is_global and not parsed.is_multicast


def is_public_name(host: str) -> bool:
    """Return whether a host may be one of the internet, as far as its name tells."""
    host = host.rstrip(".").lower()
    try:
        # 127.1, 0x7f000001 and 2130706433 are addresses, too
        return is_public(host if ":" in host else socket.inet_ntoa(socket.inet_aton(host)))
    except (OSError, ValueError):
        return host != "localhost" and not host.endswith((".localhost", ".local", ".internal"))


def is_loopback(host: str) -> bool:
    """Return whether a host is this very machine by its name."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.rstrip(".").lower() == "localhost"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def resolve(host: str, port: int | None, deadline: Deadline) -> list[AddressInfo]:
    """Return what ``getaddrinfo`` says, which knows no time limit of its own.

    :raises NotSentError: where the name leads nowhere, or not in time
    """
    if _is_address(host):
        # nobody has to be asked
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    found: list[list[AddressInfo] | Exception] = []

    def ask() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(deadline.remaining())
    if not found:
        raise NotSentError("unknown_host", host)
    if isinstance(found[0], Exception):
        raise NotSentError("unknown_host", host) from found[0]
    return found[0]


def check_public(host: str, addresses: Iterable[AddressInfo], allowed: Collection[str] = ()) -> None:
    """Let a host pass whose every address is one of the internet, or in what is allowed besides.

    :param allowed: names of hosts, IP addresses and networks
    :raises RefusedError: where it is not
    """
    if is_listed(host, allowed):
        return
    found = [each[4][0].partition("%")[0] for each in addresses]
    if not all(is_public(address) or is_listed(address, allowed) for address in found):
        raise RefusedError("private_address", host)


def is_listed(host: str, allowed: Collection[str]) -> bool:
    """Return whether a host is in a list of names, IP addresses and networks."""
    if host.lower() in allowed:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in map(_network, allowed) if network is not None)


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def connect(
    host: str, port: int, deadline: Deadline, *, public_only: bool = False, allowed: Collection[str] = ()
) -> PlainSocket:
    """Return a connected ``PlainSocket``.

    The address that is checked is the one that is connected to: a name cannot lead
    somewhere else in between.

    :raises NotSentError: where nobody can be reached in time
    :raises RefusedError: where the host is not allowed
    """
    addresses = resolve(host, port, deadline)
    if public_only:
        check_public(host, addresses, allowed)
    problem: OSError | None = None
    for number, (family, kind, protocol, _name, address) in enumerate(addresses):
        sock = PlainSocket(family, kind, protocol)
        try:
            # an address that does not answer must leave time for the next one
            sock.settimeout(deadline.remaining() / (len(addresses) - number))
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            sock.close()
            problem = error
        else:
            return sock
    raise NotSentError("unreachable", describe(problem)) from problem


def describe(error: BaseException | None) -> str:
    """Return an operating system's error in words."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return getattr(error, "strerror", None) or type(error).__name__
