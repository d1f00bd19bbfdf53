"""Workshop links are those of ``base_safeguard`` now; codes that hang in workshops go on working until they end."""

from odoo.addons.base_safeguard.upgrade import rename_column

RENAMED = {"expires_at": "date_link_expiry", "revoked": "link_revoked", "nonce": "access_link_nonce"}


def migrate(cr, version):
    if not version:
        return
    for old, new in RENAMED.items():
        rename_column(cr, "purchase.photo.link", old, new)
    # the mixin makes links without one while it fills in what is missing
    cr.execute("ALTER TABLE purchase_photo_link ALTER COLUMN access_link_nonce DROP NOT NULL")
