"""Values as a schema, or a mapping of it, has them, and back."""

from datetime import date, datetime
from decimal import Decimal

INTEGERS = {"integer", "int", "long", "short", "byte", "positiveInteger", "nonNegativeInteger", "unsignedInt",
            "unsignedLong", "unsignedShort", "unsignedByte", "negativeInteger", "nonPositiveInteger"}  # fmt: skip


def write_text(value, rule, *, decimal_comma=False):
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
        return (
            text.replace(".", ",") if decimal_comma and rule.type_name not in ("decimal", "double", "float") else text
        )
    if isinstance(value, tuple | list):
        return ", ".join(value)
    return str(value)


def read_number(text, *, decimal_comma=False):
    """Return a number.

    :raises ArithmeticError: where it is none
    """
    text = text.strip().replace("\u00a0", "").replace(" ", "")
    return Decimal(text.replace(".", "").replace(",", ".") if decimal_comma else text)


def read_date(text, date_format=""):
    """Return a date, as XML or the rule's own format has it."""
    if date_format:
        return datetime.strptime(text.strip(), date_format).date()
    return date.fromisoformat(text.strip()[:10])
