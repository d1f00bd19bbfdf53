"""Tracking numbers as people and carriers' connectors write them. Plain Python, no ORM."""

import json
import re
from collections.abc import Sequence
from typing import Literal
from urllib.parse import quote

_PLACE = "<shipmenttrackingnumber>"


def split_numbers(text: str | Literal[False] | None) -> list[str]:
    """Return the numbers of a field, separated by commas, semicolons, line breaks or plus signs."""
    return list(dict.fromkeys(number for part in re.split(r"[,;+\n]", text or "") if (number := part.strip())))


def parcel_links(
    numbers: Sequence[str], template: str | Literal[False] | None, link: str | Literal[False] | None
) -> dict[str, str]:
    """Return ``{number: address}`` of the carrier's pages.

    :param template: the carrier's address with a place for the number, where it has one
    :param link: what the delivery says: an address, or a connector's JSON list of ``[number, address]``
    """
    if template and _PLACE in template:
        links = {number: template.replace(_PLACE, quote(number, safe="")) for number in numbers}
    elif link and link.startswith("["):
        links = _read_list(link)
    else:
        links = {numbers[0]: link or ""} if len(numbers) == 1 else {}
    return {number: url for number, url in links.items() if url.startswith(("https://", "http://"))}


def _read_list(text: str) -> dict[str, str]:
    try:
        pairs = json.loads(text)
    except ValueError:
        return {}
    return {str(pair[0]): str(pair[1]) for pair in pairs if isinstance(pair, list) and len(pair) == 2}
