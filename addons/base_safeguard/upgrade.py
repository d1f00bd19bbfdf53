"""For migration scripts: what a new name of a model or a field takes besides its table or column."""

from odoo.sql_db import Cursor
from odoo.tools import SQL

#: Columns that hold the name of a model.
_MODELS = (("ir_model", "model"), ("ir_model_fields", "model"), ("ir_model_fields", "relation"))
#: Columns that hold names which Odoo makes of a table's.
_TABLES = (("ir_model_data", "name"), ("ir_model_constraint", "name"))


def rename_model(cr: Cursor, old: str, new: str) -> None:
    """Rename a model that keeps its rows, before Odoo looks for the table of the new name.

    The table, its sequence, its constraints and indexes, those of columns that point at it and are named after it, and
    Odoo's rows about them. Columns themselves: :func:`rename_column`.

    :param old: name of the model so far; no other model's name holds it
    """
    old_table, new_table = old.replace(".", "_"), new.replace(".", "_")
    cr.execute(SQL("ALTER TABLE %s RENAME TO %s", *_identifiers(old_table, new_table)))
    cr.execute(SQL("ALTER SEQUENCE %s RENAME TO %s", *_identifiers(f"{old_table}_id_seq", f"{new_table}_id_seq")))
    _rename_parts(cr, old_table, new_table)
    for place in _MODELS:
        _replace(cr, place, old, new)
    for place in _TABLES:
        _replace(cr, place, old_table, new_table)


def rename_column(cr: Cursor, model: str, old: str, new: str) -> None:
    """Rename a stored field of a model, with its index and Odoo's rows about it."""
    table = model.replace(".", "_")
    cr.execute(SQL("ALTER TABLE %s RENAME COLUMN %s TO %s", *_identifiers(table, old, new)))
    _rename_parts(cr, f"{table}__{old}_index", f"{table}__{new}_index")
    _rename_parts(cr, f"{table}_{old}_fkey", f"{table}_{new}_fkey")
    rename_field(cr, model, old, new)


def rename_field(cr: Cursor, model: str, old: str, new: str) -> None:
    """Rename Odoo's rows about a field, which keep its identity."""
    cr.execute("UPDATE ir_model_fields SET name = %s WHERE model = %s AND name = %s", (new, model, old))
    table = model.replace(".", "_")
    cr.execute(
        "UPDATE ir_model_data SET name = %s WHERE model = 'ir.model.fields' AND name = %s",
        (f"field_{table}__{new}", f"field_{table}__{old}"),
    )


def _rename_parts(cr: Cursor, old: str, new: str) -> None:
    # constraints first: they take their indexes along
    cr.execute("SELECT conname, conrelid::regclass::text FROM pg_constraint WHERE position(%s in conname) > 0", (old,))
    for name, table in cr.fetchall():
        cr.execute(SQL("ALTER TABLE %s RENAME CONSTRAINT %s TO %s", *_identifiers(table, name, name.replace(old, new))))
    cr.execute("SELECT indexname FROM pg_indexes WHERE position(%s in indexname) > 0", (old,))
    for (name,) in cr.fetchall():
        cr.execute(SQL("ALTER INDEX %s RENAME TO %s", *_identifiers(name, name.replace(old, new))))


def _replace(cr: Cursor, place: tuple[str, str], old: str, new: str) -> None:
    table, column = _identifiers(*place)
    found = SQL("position(%s in %s) > 0", old, column)
    cr.execute(SQL("UPDATE %s SET %s = replace(%s, %s, %s) WHERE %s", table, column, column, old, new, found))


def _identifiers(*names: str) -> tuple[SQL, ...]:
    return tuple(map(SQL.identifier, names))
