"""Moments are called ``date_*``."""

RENAMED = (("recurring_issue", "next_try", "date_next_try"), ("recurring_feed", "last_used", "date_last_used"))


def migrate(cr, version):
    """Rename the columns of the first version."""
    for table, old, new in RENAMED:
        cr.execute("SELECT 1 FROM information_schema.columns WHERE table_name = %s AND column_name = %s", (table, old))
        if cr.fetchone():
            cr.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
