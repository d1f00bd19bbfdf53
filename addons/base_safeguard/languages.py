"""Languages that somebody speaks, and whether Odoo does."""

from typing import Any


def installed_language(env: Any, *codes: str | None) -> str:
    """Return the first of these languages that is there, else that of ``env``.

    Odoo refuses to say anything in a language that was taken away ("Invalid language code"), and it lets people take
    away one that archived contacts speak.
    """
    known = env["res.lang"]._get_data
    return next((code for code in (*codes, env.context.get("lang")) if code and known(code=code)), "en_US")
