"""Warranty numbers: letters and digits, the last one a check digit (Luhn over 36 characters)."""

import re
from typing import Literal

from stdnum import luhn
from stdnum.exceptions import ValidationError

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SHAPE = re.compile(r"[0-9A-Z]{5,24}\Z")


def normalize(text: str | Literal[False] | None) -> str:
    """Return a number as it is stored: capitals, no blanks, dots or dashes."""
    return re.sub(r"[\s.\-/]", "", text or "").upper()


def is_valid(number: str | Literal[False] | None) -> bool:
    """Return whether a normalised number has the right shape and check digit."""
    if not number or not SHAPE.match(number):
        return False
    try:
        luhn.validate(number, ALPHABET)
    except ValidationError:
        return False
    return True


def with_check_digit(body: str) -> str:
    """Return ``body`` with its check digit appended.

    One wrong character and most swapped neighbours are found out.
    """
    return body + luhn.calc_check_digit(body, ALPHABET)
