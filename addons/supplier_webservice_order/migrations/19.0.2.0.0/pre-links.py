"""Workshop links are those of ``base_safeguard`` now; codes that hang in workshops go on working until they end."""

from odoo.tools import SQL

RENAMED = {"expires_at": "date_link_expiry", "revoked": "link_revoked", "nonce": "access_link_nonce"}


def migrate(cr, version):
    if not version:
        return
    for old, new in RENAMED.items():
        cr.execute(
            SQL("ALTER TABLE purchase_photo_link RENAME COLUMN %s TO %s", SQL.identifier(old), SQL.identifier(new))
        )
    # the mixin makes links without one while it fills in what is missing
    cr.execute("ALTER TABLE purchase_photo_link ALTER COLUMN access_link_nonce DROP NOT NULL")
