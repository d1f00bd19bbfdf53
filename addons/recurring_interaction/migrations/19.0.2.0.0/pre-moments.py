"""Moments are called ``date_*``."""

from odoo.addons.base_safeguard.upgrade import rename_column


def migrate(cr, version):
    """Rename the fields."""
    if version:
        rename_column(cr, "recurring.issue", "next_try", "date_next_try")
        rename_column(cr, "recurring.feed", "last_used", "date_last_used")
