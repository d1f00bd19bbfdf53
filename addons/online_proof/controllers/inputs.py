"""What visitors send is read here: anything may stand in the place of a number, a text or a secret."""

from odoo.addons.base_safeguard.http import MAX_ID, plain_text
from odoo.tools import consteq
from werkzeug.exceptions import NotFound


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
