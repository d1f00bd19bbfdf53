"""Which of the texts of a mail are to be read: one of alternatives, all of those side by side; no ORM here."""

from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage, MIMEPart

from .mail_parts import html_text, is_inline


def left_out(message: EmailMessage, body: str) -> tuple[str, str]:
    """Return the plain texts of a mail that the body (HTML) made of it should show and does not.

    Odoo takes one text of a mail in which there are alternatives anywhere, and the HTML even where it is empty.

    :returns: pair of what comes before the mail's HTML and what comes after it
    """
    parts = list(_shown_parts(message))
    missing = Counter(word for part in parts for word in _text(part).split()) - Counter(html_text(body).split())
    before: list[str] = []
    after: list[str] = []
    for place, part in enumerate(parts):
        text = _text(part)
        if part.get_content_type() == "text/plain" and set(text.split()) & missing.keys():
            follows = any(other.get_content_type() == "text/html" for other in parts[place:])
            (before if follows else after).append(text)
    return "\n\n".join(before), "\n\n".join(after)


def plain_texts(message: EmailMessage) -> set[str]:
    """Return the plain texts in a mail that are no files beside it, though Odoo takes some of them for that."""
    parts = (part for part in message.walk() if part.get_content_type() == "text/plain" and is_inline(part))
    return {part.get_content() for part in parts}


def _shown_parts(part: MIMEPart) -> Iterator[MIMEPart]:
    """Yield the texts that a mail program shows (RFC 2046, 5.1): of alternatives the last one that says something."""
    kind = part.get_content_type()
    if kind == "multipart/alternative":
        choices = [list(_shown_parts(choice)) for choice in reversed(list(part.iter_parts()))]
        yield from next((texts for texts in choices if any(map(_text, texts))), ())
    elif part.is_multipart() and kind.startswith("multipart/"):
        for inner in part.iter_parts():
            yield from _shown_parts(inner)
    elif kind in ("text/plain", "text/html") and is_inline(part):
        yield part


def _text(part: MIMEPart) -> str:
    content = part.get_content()
    return html_text(content) if part.get_content_type() == "text/html" else content.strip()
