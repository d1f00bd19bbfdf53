"""Decisions as a chain: each carries the digest of the one before, so that none can be altered or taken out."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

#: What stands before the first decision of a proof.
START = "0" * 64


@dataclass(frozen=True)
class Link:
    """A decision as the database holds it.

    :ivar record: what was written down when it was made, as ``canonical`` makes it
    :ivar columns: the same, read from the columns now
    """

    number: int
    previous: str
    record: str
    digest: str
    columns: str


def canonical(record: Mapping[str, Any]) -> str:
    """Return facts as the one text that they have."""
    return json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(previous: str, record: str) -> str:
    """Return the SHA-256 of a record with the digest before it, in hexadecimal."""
    return hashlib.sha256(f"{previous}\n{record}".encode()).hexdigest()


def faults(links: Sequence[Link], length: int, head: str | Literal[False] | None) -> list[tuple[str, int]]:
    """Return what is wrong with a chain as ``(code, number)``; empty where nobody altered anything.

    :param length: how many decisions were made, as the proof remembers
    :param head: digest of the last one, as the proof remembers
    """
    found: list[tuple[str, int]] = []
    previous = START
    for expected, link in enumerate(links, 1):
        if link.number != expected:
            found.append(("missing", expected))
            break
        if link.previous != previous:
            found.append(("unlinked", expected))
        if digest(link.previous, link.record) != link.digest:
            found.append(("digest", expected))
        if link.columns != link.record:
            found.append(("columns", expected))
        previous = link.digest
    else:
        if len(links) != length or previous != (head or START):
            found.append(("end", len(links)))
    return found
