"""What visitors send is read here: anything may stand in the place of a number, a text or a secret."""

import functools

from odoo.tools import consteq
from werkzeug.exceptions import NotFound

MAX_ID = 2**31 - 1


def plain_text(value):
    """Return a text that the database can hold, empty where something else was sent (a file, a list)."""
    if not isinstance(value, str):
        return ""
    return value.replace("\0", "").encode("utf-8", "replace").decode()


def plain_texts(method):
    """Let a form's route see texts only, next to the numbers of its path."""

    @functools.wraps(method)
    def route(self, **values):
        return method(
            self, **{key: value if type(value) is int else plain_text(value) for key, value in values.items()}
        )

    return route


def record_id(value):
    """Return the id of a record, None where none was sent.

    :raises NotFound: for anything that cannot be an id
    """
    if value is None or value == "":
        return None
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= MAX_ID):
        raise NotFound
    return int(text)


def read_comment(values):
    """Return what is known of the fields of a comment, as ``online.proof.comment._add`` takes them."""
    if not isinstance(values, dict):
        return {}
    spot = {key: values[key] for key in ("page", "x", "y") if isinstance(values.get(key), (int, float, str))}
    return {**spot, "body": plain_text(values.get("body")), "parent_id": record_id(values.get("parent_id"))}


def is_secret(known, value):
    """Return whether somebody sent the secret, in constant time."""
    if not known or not isinstance(value, str):
        return False
    return consteq(known.encode(), value.encode("utf-8", "replace"))
