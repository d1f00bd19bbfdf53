"""Moments are called ``date_*``."""

from odoo.addons.base_safeguard.upgrade import rename_column

RENAMED = (
    ("order.status.event", "found_at", "date_found"),
    ("order.status.snapshot", "changed_on", "date_changed"),
    ("order.status.snapshot", "retry_at", "date_next_try"),
    ("stock.picking", "slip_printed_on", "date_slip_printed"),
)


def migrate(cr, version):
    """Rename the fields."""
    if version:
        for model, old, new in RENAMED:
            rename_column(cr, model, old, new)
