"""What models and controllers do alike."""

from collections.abc import Mapping
from typing import Any


def installed_language(env: Any, *codes: str | None) -> str:
    """Return the first of these languages that is there, else that of ``env``.

    Who was invited may have spoken one that was taken away since: Odoo refuses to say anything in it.
    """
    return next((code for code in codes if code and env["res.lang"]._get_data(code=code)), env.lang or "en_US")


def sentence(env: Any, text: str, values: Mapping[str, Any]) -> str:
    """Return one of the sentences of ``const`` in the language of ``env``, with values in it."""
    translated = env._(text)
    return translated % values
