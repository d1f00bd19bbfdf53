"""What models and controllers do alike."""

from collections.abc import Mapping
from typing import Any


def sentence(env: Any, text: str, values: Mapping[str, Any]) -> str:
    """Return one of the sentences of ``const`` in the language of ``env``, with values in it."""
    translated = env._(text)
    return translated % values
