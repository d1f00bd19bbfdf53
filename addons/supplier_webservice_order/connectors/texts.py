"""Values as a schema, or a mapping of it, has them, and back."""

from __future__ import annotations

import html
import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .mapped import Rule

INTEGERS = {"integer", "int", "long", "short", "byte", "positiveInteger", "nonNegativeInteger", "unsignedInt",
            "unsignedLong", "unsignedShort", "unsignedByte", "negativeInteger", "nonPositiveInteger"}  # fmt: skip

#: markup that servers put into remarks for a page of their own; other words in angle brackets stay
_MARKUP = re.compile(r"</?(?:br|p|b|i|u|em|strong|font|span|div|ul|ol|li|a|h\d)(?:\s[^<>]*)?/?>", re.IGNORECASE)
#: what a server of .NET, Java or PHP shows of itself around the words that somebody wrote
_STACK = re.compile(r"\s+(?:at [\w.$<>`]+\(|#0 |Stack ?trace:|--- End of ).*", re.IGNORECASE | re.DOTALL)
_CLASS = re.compile(r"^(?:[\w$]+[.\\])*\w+(?:Exception|Error): +")
#: types of the schema that are written with a point
POINTED = {"decimal", "double", "float", *INTEGERS}


def write_text(value: object, rule: Rule, *, decimal_comma: bool = False) -> str:
    """Return a value as the schema's type, or the rule's own format, has it.

    :raises ValueError: where it does not fit
    """
    if isinstance(value, date):
        if rule.date_format:
            return value.strftime(rule.date_format)
        return f"{value.isoformat()}T00:00:00" if rule.type_name == "dateTime" else value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | int):
        text = f"{value:f}" if isinstance(value, Decimal) else str(value)
        text = text.rstrip("0").rstrip(".") if "." in text else text
        if rule.type_name in INTEGERS and "." in text:
            raise ValueError(f"{rule.path}: {text} is no whole number")
        return text.replace(".", ",") if decimal_comma and rule.type_name not in POINTED else text
    if isinstance(value, tuple | list):
        return ", ".join(value)
    return str(value)


def read_number(text: str, *, decimal_comma: bool = False, type_name: str = "string") -> Decimal:
    """Return a number; what stands between groups of three digits is left out.

    :param type_name: a decimal of the schema has a point, whatever texts of the same supplier have
    :raises ValueError: where it is none, or might be another: with a decimal comma, 12.50 is no 1250
    """
    if type_name in POINTED:
        return Decimal(text.strip())
    group, point = (r"\.", ",") if decimal_comma else (",", r"\.")
    text = re.sub(r"(?<=\d)[ \u00a0\u202f'\u2019](?=\d{3}(?!\d))", "", text.strip())
    if text.endswith("-"):
        # as ERP systems print what is taken off: 5.00-
        text = f"-{text[:-1]}"
    found = re.fullmatch(rf"([+-]?(?:\d{{1,3}}(?:{group}\d{{3}})+|\d+))(?:{point}(\d+))?", text)
    if not found:
        raise ValueError(f"{text!r} is no number")
    return Decimal(re.sub(group, "", found[1]) + (f".{found[2]}" if found[2] else ""))


def plain(text: str) -> str:
    """Return a remark of a supplier's in one line, without the markup that some servers put into it."""
    if _MARKUP.search(text):
        text = html.unescape(_MARKUP.sub(" ", text))
    return " ".join(text.split())


def spoken(text: str) -> str:
    """Return of what a server reports the part that was written for people: no names of classes, no stack."""
    # .NET quotes the error inside of an error behind an arrow
    parts = [_STACK.sub("", part) for part in text.split(" ---> ")]
    for place, part in enumerate(parts):
        while (shorter := _CLASS.sub("", part)) != part:
            part = shorter
        parts[place] = part
    return plain(" ".join(parts)) or plain(text)


def read_date(text: str, date_format: str = "") -> date | None:
    """Return a date, as XML or the rule's own format has it; none for nothing but zeros, as ERP systems write it."""
    if not re.search(r"[1-9]", text):
        return None
    if date_format:
        return datetime.strptime(text.strip(), date_format).date()
    return date.fromisoformat(text.strip()[:10])
