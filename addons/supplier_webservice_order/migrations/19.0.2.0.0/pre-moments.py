"""Moments are called ``date_*``."""

from odoo.tools import SQL

RENAMED = (
    ("supplier_connection", "last_test_at", "date_last_test"),
    ("supplier_exchange", "lease_until", "date_lease_end"),
    ("supplier_exchange", "next_try", "date_next_try"),
    ("supplier_exchange", "sent_at", "date_sent"),
    ("supplier_exchange", "answered_at", "date_answered"),
    ("purchase_order", "next_status_at", "date_next_status"),
    ("purchase_photo_link", "last_used_at", "date_last_used"),
    ("credit_reservation", "expires_at", "date_expiry"),
)


def migrate(cr, version):
    """Rename the columns, and the indexes that Odoo names after them."""
    if not version:
        return
    for table, old, new in RENAMED:
        names = map(SQL.identifier, (table, old, new))
        cr.execute(SQL("ALTER TABLE %s RENAME COLUMN %s TO %s", *names))
        indexes = (SQL.identifier(f"{table}__{column}_index") for column in (old, new))
        cr.execute(SQL("ALTER INDEX IF EXISTS %s RENAME TO %s", *indexes))
