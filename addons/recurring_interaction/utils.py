"""Small helpers without a model of their own."""

import re

from .const import RULE_ERRORS

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def rule_error_text(env, error):
    """Return a ``RuleError`` as a sentence in the user's language."""
    text = env._(RULE_ERRORS.get(error.code) or RULE_ERRORS["syntax"])
    return f"{text} ({error.detail})" if error.detail else text


def fill_placeholders(text, values):
    """Replace ``{name}`` by its value; what is not a known name stays as it is."""
    return _PLACEHOLDER.sub(lambda match: str(values.get(match[1], match[0])), text or "")
