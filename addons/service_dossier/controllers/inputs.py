"""What visitors send is read here: anything may stand in the place of a number or a text."""

from odoo.addons.base_safeguard.http import MAX_ID


def record_id(text):
    """Return the id that a text holds, 0 where it holds none."""
    known = text.isascii() and text.isdigit() and len(text) <= 10
    return int(text) if known and int(text) <= MAX_ID else 0
