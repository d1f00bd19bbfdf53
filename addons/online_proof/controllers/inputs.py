"""What visitors send is read here: anything may stand in the place of a number, a text or a secret."""

from typing import Any

from odoo.addons.base_safeguard.http import plain_text, read_id


def read_comment(values: object) -> dict[str, Any]:
    """Return what is known of the fields of a comment, as ``online.proof.comment._add`` takes them."""
    if not isinstance(values, dict):
        return {}
    spot = {key: values[key] for key in ("page", "x", "y") if isinstance(values.get(key), (int, float, str))}
    return {**spot, "body": plain_text(values.get("body")), "parent_id": read_id(values.get("parent_id"))}
