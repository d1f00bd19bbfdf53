"""Rows that nobody but the product writes, many at once.

For ledgers that are long and get many rows in a run. ``create`` does more, of which such rows have no use: defaults,
computed fields, checks in Python and of access. Whoever calls this names every value; what a row leaves out is empty.
"""

from odoo import fields
from odoo.tools import SQL


def insert_rows(model, rows, ids=None):
    """Write rows down in one statement; return the records, with these values in cache.

    :param rows: dicts of stored fields
    :param ids: where :func:`reserve_rows` took them
    """
    if not rows:
        return model.browse()
    named = _named_fields(model, rows)
    log = {"create_uid": model.env.uid, "write_uid": model.env.uid}
    log |= dict.fromkeys(("create_date", "write_date"), fields.Datetime.now())
    columns = [*(field.name for field in named), *log]
    values = [
        [*(field.convert_to_column_insert(row.get(field.name), model) for field in named), *log.values()]
        for row in rows
    ]
    if ids:
        columns.append("id")
        for row, row_id in zip(values, ids, strict=True):
            row.append(row_id)
    model.env.cr.execute(
        SQL(
            "INSERT INTO %s (%s) VALUES %s RETURNING id",
            SQL.identifier(model._table),
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(map(tuple, values)),
        )
    )
    records = model.browse(id_ for (id_,) in model.env.cr.fetchall())
    # what was reserved knows neither who nor when
    records.invalidate_recordset(flush=False)
    _remember(records, named, rows)
    for field in named:
        for inverse in model.pool.field_inverses[field]:
            model.env[inverse.model_name].invalidate_model([inverse.name], flush=False)
    return records


def reserve_rows(model, rows):
    """Return records for rows that are still to be written down, with all their values in cache.

    What is told of them is made before, and they name it from the start; :func:`insert_rows` ends it.
    """
    model.env.cr.execute("SELECT nextval(%s) FROM generate_series(1, %s)", (f"{model._table}_id_seq", len(rows)))
    records = model.browse(id_ for (id_,) in model.env.cr.fetchall())
    columns = [field for field in model._fields.values() if field.store and field.column_type and field.name != "id"]
    _remember(records, columns, rows)
    return records


def _named_fields(model, rows):
    return [model._fields[name] for name in dict.fromkeys(name for row in rows for name in row)]


def _remember(records, named, rows):
    for field in named:
        values = [field.convert_to_cache(row.get(field.name), records, validate=False) for row in rows]
        field._insert_cache(records, values)
