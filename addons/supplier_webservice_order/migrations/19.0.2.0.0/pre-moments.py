"""Moments are called ``date_*``; ``_id`` is for links."""

from odoo.addons.base_safeguard.upgrade import rename_column

RENAMED = (
    ("supplier.connection", "last_test_at", "date_last_test"),
    ("supplier.exchange", "message_id", "message_number"),
    ("supplier.exchange", "lease_until", "date_lease_end"),
    ("supplier.exchange", "next_try", "date_next_try"),
    ("supplier.exchange", "sent_at", "date_sent"),
    ("supplier.exchange", "answered_at", "date_answered"),
    ("purchase.order", "next_status_at", "date_next_status"),
    ("purchase.photo.link", "last_used_at", "date_last_used"),
    ("credit.reservation", "expires_at", "date_expiry"),
)


def migrate(cr, version):
    """Rename the fields."""
    if version:
        for model, old, new in RENAMED:
            rename_column(cr, model, old, new)
