"""``recurring.issue`` became ``recurring.interaction.invoice``, with its table, its rows and what points at it."""

from odoo.tools import SQL

OLD, NEW = "recurring_issue", "recurring_interaction_invoice"
#: Columns that hold the name of a model.
NAMES_OF_MODELS = (("ir_model", "model"), ("ir_model_fields", "model"), ("ir_model_fields", "relation"))
#: Columns that hold names which Odoo makes of a table's.
NAMES_OF_TABLES = (("ir_model_data", "name"), ("ir_model_constraint", "name"), ("ir_model_fields", "name"))


def migrate(cr, version):
    """Rename the table and what is named after it, and Odoo's rows about them."""
    if not version:
        return
    cr.execute(SQL("ALTER TABLE %s RENAME TO %s", *map(SQL.identifier, (OLD, NEW))))
    cr.execute(SQL("ALTER SEQUENCE %s RENAME TO %s", *map(SQL.identifier, (f"{OLD}_id_seq", f"{NEW}_id_seq"))))
    column = map(SQL.identifier, (f"{OLD}_id", f"{NEW}_id"))
    cr.execute(SQL("ALTER TABLE mail_activity RENAME COLUMN %s TO %s", *column))
    cr.execute("SELECT conname, conrelid::regclass::text FROM pg_constraint WHERE conname LIKE %s", (f"%{OLD}%",))
    for name, table in cr.fetchall():
        names = map(SQL.identifier, (table, name, name.replace(OLD, NEW)))
        cr.execute(SQL("ALTER TABLE %s RENAME CONSTRAINT %s TO %s", *names))
    cr.execute("SELECT indexname FROM pg_indexes WHERE indexname LIKE %s", (f"%{OLD}%",))
    for (name,) in cr.fetchall():
        cr.execute(SQL("ALTER INDEX %s RENAME TO %s", *map(SQL.identifier, (name, name.replace(OLD, NEW)))))
    for place in NAMES_OF_MODELS:
        _replace(cr, place, OLD.replace("_", "."), NEW.replace("_", "."))
    for place in NAMES_OF_TABLES:
        _replace(cr, place, OLD, NEW)
    _replace(cr, ("ir_model_fields", "name"), "issue_ids", "interaction_invoice_ids", "model = 'recurring.interaction'")
    old, new = "field_recurring_interaction__issue_ids", "field_recurring_interaction__interaction_invoice_ids"
    _replace(cr, ("ir_model_data", "name"), old, new, "module = 'recurring_interaction'")


def _replace(cr, place, old, new, which="TRUE"):
    """Put one name for another in a column of Odoo's own tables."""
    table, column = map(SQL.identifier, place)
    found = SQL("position(%s in %s) > 0 AND %s", old, column, SQL(which))
    cr.execute(SQL("UPDATE %s SET %s = replace(%s, %s, %s) WHERE %s", table, column, column, old, new, found))
