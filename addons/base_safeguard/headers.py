"""Header fields of mails as they go over the wire. Plain Python, no ORM."""

import re
from collections.abc import Iterable, Iterator
from email.header import Header
from email.headerregistry import Address
from email.utils import formataddr
from urllib.parse import quote, urlsplit, urlunsplit

#: Header fields with a structure of their own: no encoded words (RFC 2047, section 5), not even to fold them.
#: RFC 2369 and RFC 8058 want the address of List-Unsubscribe as it is; mail programs do not decode it.
UNFOLDED_HEADERS = {
    "auto-submitted",
    "list-archive",
    "list-help",
    "list-id",
    "list-owner",
    "list-post",
    "list-subscribe",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "return-path",
}
#: Header fields that name people and their addresses.
ADDRESS_HEADERS = {"from", "sender", "reply-to", "to", "cc", "bcc"}
#: Characters of a line, without its end (RFC 5322, 2.1.1), and of an encoded word (RFC 2047, 2).
LINE, WORD = 78, 75

_URL = re.compile(r"<([^<>]*)>")
_ASCII_SAFE = "%/:?#[]@!$&'()*+,;=~"


def with_ascii_urls(value: str) -> str:
    """Return a header value whose addresses in angle brackets are ASCII, as RFC 3986 has them.

    A shop's domain may have letters beyond: one such letter, and all of the field becomes an encoded word.
    """
    return _URL.sub(lambda match: f"<{ascii_url(match[1])}>", value)


def ascii_url(url: str) -> str:
    """Return an address in ASCII: its host by IDNA, the rest in percents (RFC 3987, 3.1)."""
    if url.isascii():
        return url
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    netloc = quote(user, safe=_ASCII_SAFE) + at + host.encode("idna").decode("ascii")
    return urlunsplit((parts.scheme, netloc, *(quote(part, safe=_ASCII_SAFE) for part in parts[2:])))


def fold_addresses(name: str, addresses: Iterable[Address], linesep: str) -> str:
    """Return a header field of addresses, folded between names and addresses only.

    Python folds within a long name in quotation marks, and loses the marks: a comma in it then makes several senders.
    """
    lines, line = [], f"{name}:"
    for word in _words(addresses, linesep):
        if len(line) + 1 + len(word.partition(linesep)[0]) > LINE and not line.endswith(":"):
            lines.append(line)
            line = ""
        line = f"{line} {word}"
        *whole, line = line.split(linesep)
        lines += whole
    return linesep.join([*lines, line]) + linesep


def _words(addresses: Iterable[Address], linesep: str) -> Iterator[str]:
    """Yield what may stand in a line of its own: names and addresses, commas behind the addresses."""
    known = list(addresses)
    for number, address in enumerate(known, 1):
        comma = "," if number < len(known) else ""
        if not address.display_name:
            yield address.addr_spec + comma
            continue
        if address.display_name.isascii():
            # the address in angle brackets has no blank
            name, _blank, spec = formataddr((address.display_name, address.addr_spec)).rpartition(" ")
            yield name
        else:
            yield Header(address.display_name, "utf-8", maxlinelen=WORD).encode(linesep=linesep)
            spec = f"<{address.addr_spec}>"
        yield spec + comma
