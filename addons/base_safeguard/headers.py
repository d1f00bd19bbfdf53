"""Header fields of mails as they go over the wire. Plain Python, no ORM."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from email.header import Header
from email.headerregistry import Address
from email.utils import formataddr
from urllib.parse import quote, urlsplit, urlunsplit

import idna

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
#: Characters of a line with encoded words, without its end, and of an encoded word (RFC 2047, 2).
LINE, WORD = 76, 75
#: A longer name in ASCII is folded in encoded words, too: no line may have more than 998 characters (RFC 5322, 2.1.1).
LONG_NAME = 500

_URL = re.compile(r"<([^<>]*)>")
_ASCII_SAFE = "%/:?#[]@!$&'()*+,;=~"


def ascii_host(host: str) -> str:
    """Return the name of a host as mail servers and browsers ask for it: by IDNA 2008 ("ß" is a letter of its own)."""
    if host.isascii():
        return host
    with suppress(idna.IDNAError):
        return idna.encode(host, uts46=True).decode("ascii")
    # browsers still take what the rules of 2003 let through: emoji; what is no name of a host stays as it is
    with suppress(UnicodeError):
        return host.encode("idna").decode("ascii")
    return host


def ascii_address(address: str) -> str:
    """Return a mail address with its domain in ASCII; the part before it is its server's own business (RFC 6531)."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{ascii_host(domain)}"


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
    user, at, place = parts.netloc.rpartition("@")
    host, colon, port = place.partition(":") if not place.isascii() else (place, "", "")
    netloc = quote(user, safe=_ASCII_SAFE) + at + ascii_host(host) + colon + port
    return urlunsplit((parts.scheme, netloc, *(quote(part, safe=_ASCII_SAFE) for part in parts[2:])))


def fold_addresses(name: str, addresses: Iterable[Address], linesep: str) -> str:
    """Return a header field of addresses, folded between names and addresses only.

    Python folds within a long name in quotation marks, and loses the marks: a comma in it then makes several senders.
    """
    lines, line = [], f"{name}:"
    for word in _words(name, addresses, linesep):
        if len(line) + 1 + len(word.partition(linesep)[0]) > LINE and not line.endswith(":"):
            lines.append(line)
            line = ""
        line = f"{line} {word}"
        *whole, line = line.split(linesep)
        lines += whole
    return linesep.join([*lines, line]) + linesep


def _words(field: str, addresses: Iterable[Address], linesep: str) -> Iterator[str]:
    """Yield what may stand in a line of its own: names and addresses, commas behind the addresses."""
    known = list(addresses)
    for number, address in enumerate(known, 1):
        comma = "," if number < len(known) else ""
        if not address.display_name:
            yield address.addr_spec + comma
            continue
        if address.display_name.isascii() and len(address.display_name) <= LONG_NAME:
            # the address in angle brackets has no blank
            name, _blank, spec = formataddr((address.display_name, address.addr_spec)).rpartition(" ")
            yield name
        else:
            # the first line has the field's name before it
            first = field if number == 1 else None
            header = Header(address.display_name, "utf-8", maxlinelen=LINE if first else WORD, header_name=first)
            yield header.encode(linesep=linesep, maxlinelen=WORD)
            spec = f"<{address.addr_spec}>"
        yield spec + comma
