"""Values as a schema, or a mapping of it, has them, and back."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .mapped import Rule

INTEGERS = {"integer", "int", "long", "short", "byte", "positiveInteger", "nonNegativeInteger", "unsignedInt",
            "unsignedLong", "unsignedShort", "unsignedByte", "negativeInteger", "nonPositiveInteger"}  # fmt: skip

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


def read_date(text: str, date_format: str = "") -> date:
    """Return a date, as XML or the rule's own format has it."""
    if date_format:
        return datetime.strptime(text.strip(), date_format).date()
    return date.fromisoformat(text.strip()[:10])
