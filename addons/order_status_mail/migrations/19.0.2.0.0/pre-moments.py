"""Moments are called ``date_*``."""

_RENAMED = {
    "order_status_event": {"found_at": "date_found"},
    "order_status_snapshot": {"changed_on": "date_changed", "retry_at": "date_next_try"},
    "stock_picking": {"slip_printed_on": "date_slip_printed"},
}


def migrate(cr, version):
    """Rename the columns."""
    for table, columns in _RENAMED.items():
        for old, new in columns.items():
            cr.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
