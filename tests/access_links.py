"""Secret links as the server makes them: the database holds digests only."""

import hashlib
import hmac
import os


def access_token(sql, model, number):
    """Return the token of a record's link (``access.link.mixin``).

    :param sql: callable(statement, parameters) that returns rows
    """
    [(nonce,)] = sql(f"SELECT access_link_nonce FROM {model.replace('.', '_')} WHERE id = %s", (number,))  # noqa: S608
    [(secret,)] = sql("SELECT value FROM ir_config_parameter WHERE key = %s", ("database.secret",))
    message = repr(("base_safeguard.access_link", (model, nonce, os.environ.get("ODOO_ACCESS_LINK_SECRET", ""))))
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()[:43]
