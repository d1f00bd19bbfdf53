"""Before the tables are brought up to date: what was renamed keeps its values."""

from odoo.tools.sql import column_exists, rename_column

RENAMED = (
    ("helpdesk_ticket", "first_response_date", "date_first_response"),
    ("helpdesk_ticket", "response_deadline", "date_response_deadline"),
    ("service_dossier_message", "header_id", "mail_header"),
    ("service_dossier_file", "deactivated_date", "date_deactivated"),
)


def migrate(cr, version):
    """Rename columns."""
    # imports of lists are kept from this version on; before, their table was a wizard's
    cr.execute("DROP TABLE IF EXISTS service_warranty_import CASCADE")
    for table, old, new in RENAMED:
        if column_exists(cr, table, old):
            rename_column(cr, table, old, new)
