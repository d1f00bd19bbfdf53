"""Texts as people and programs write them: line breaks in names, characters that are none. Plain Python."""

import re
from typing import Any

#: To Python a line ends with some of them, and a header field with it (RFC 5322, 2.2).
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
#: No document has them (XML 1.0, 2.2), and lxml refuses them; spreadsheets have line breaks of their own, "\\x0b".
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]+")


def one_line(value: Any) -> Any:
    """Return a text, or a list of texts, in one line; what is neither as it is."""
    if isinstance(value, str):
        return _CONTROLS.sub(" ", value)
    return [one_line(each) for each in value] if isinstance(value, (list, tuple)) else value


def without_controls(text: str) -> str:
    """Return a text without the characters that no XML or HTML document may have."""
    return _NO_XML.sub(" ", text)
