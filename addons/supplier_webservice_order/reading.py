"""Records together with what they point at, in one statement.

A message is made of a dozen models, and its outcome of four: asking each for itself costs more than sending it. All of
this is read as the system; like ``fetch``, it leaves alone what is in the cache, so that pending changes stay.
"""

from collections import defaultdict
from weakref import ref

from odoo.tools import SQL, Query

#: columns and joins by database, for its registry as it is: putting them together costs more than the answer
_plans = {}


def fetch_along(model, query, wanted):
    """Read what a query finds together with what many2one fields lead to from there; return the records.

    :param model: an empty recordset of the system: the rules of what is pointed at are not looked at
    :param query: of ``model._search``
    :param wanted: names of stored fields by path, each path below the one that it goes on from; "" is the model itself;
        of a one2many field, which rows there are
    """
    records, _more = _fetch(model, query, wanted)
    return records


def rows_where(model, condition):
    """Return the query for rows of a model by their columns; no rule and no pending change is looked at."""
    query = Query(model.env, model._table, model._table_sql)
    query.add_where(condition)
    return query


def rows_of(records):
    """Return the query for the rows of some records, see :func:`rows_where`."""
    return rows_where(records, SQL("%s IN %s", SQL.identifier(records._table, "id"), tuple(records.ids) or (0,)))


def composite_columns(model, row, names):
    """Return the columns of a model's row that a statement holds as one value, for :func:`keep_columns`.

    :param row: the name of that value, as SQL
    """
    return SQL(", ").join(SQL("(%s).%s", row, SQL.identifier(model._fields[name].name)) for name in names)


def keep_columns(record, names, values):
    """Remember what another statement read of a record; what is in the cache stays."""
    for name, value in zip(names, values, strict=True):
        record._fields[name]._insert_cache(record, [value])


def fetch_lines(records, name, wanted):
    """Read a one2many field of records, and what is wanted of its rows, see :func:`fetch_along`."""
    field = records._fields[name]
    comodel = records.env[field.comodel_name]
    query = comodel._search([(field.inverse_name, "in", records.ids)], active_test=False, order=comodel._order)
    rows = fetch_along(comodel, query, {**wanted, "": (field.inverse_name, *wanted[""])})
    _keep(records, name, ((row[field.inverse_name].id, row.id) for row in rows))


def fetch_linked(records, name, wanted):
    """Read a many2many field of records, and what is wanted of the rows, see :func:`fetch_along`."""
    field = records._fields[name]
    comodel = records.env[field.comodel_name]
    query = comodel._search([], active_test=False, order=comodel._order)
    own_column, other_column = (SQL.identifier(field.relation, column) for column in (field.column1, field.column2))
    query.add_join("JOIN", field.relation, None, SQL("%s = %s", other_column, SQL.identifier(comodel._table, "id")))
    query.add_where(SQL("%s IN %s", own_column, tuple(records.ids) or (0,)))
    records.env[field.model_name].flush_model([name])
    rows, [owners] = _fetch(comodel, query, wanted, own_column)
    _keep(records, name, zip(owners, rows, strict=True))


def _fetch(model, query, wanted, *more):
    """Return the records, and the columns ``more`` with the ids of the rows; fill the cache with the rest."""
    columns, joins, places = _plan(model, wanted)
    for alias, table, condition in joins:
        query.add_join("LEFT JOIN", alias, table, condition)
    rows = model.env.execute_query(query.select(columns, *more))
    width = sum(len(names) + 1 for _name, names in places)
    read = [list(column) for column in zip(*rows, strict=True)] or [[] for _column in range(width + len(more))]
    ids = read[0]
    for name, names in places:
        _fill(model.env[name], names, [read.pop(0) for _column in range(len(names) + 1)])
    return (ids if more else model.browse(ids)), read


def _plan(model, wanted):
    """Return columns, joins and what stands in the columns: the same for every message, so that it is kept."""
    known, plans = _plans.get(model.env.cr.dbname, (None, None))
    if known is None or known() is not model.pool:
        _plans[model.env.cr.dbname] = (ref(model.pool), plans := {})
    key = (model._name, model.env.lang, model.env.context.get("prefetch_langs"), tuple(wanted.items()))
    if key not in plans:
        plans[key] = _make_plan(model, wanted)
    return plans[key]


def _make_plan(model, wanted):
    query = Query(model.env, model._table, model._table_sql)
    joined, places, columns, joins = {"": (model, model._table)}, [], [], []
    for path, names in sorted(wanted.items()):
        if path:
            above, _dot, name = path.rpartition(".")
            parent, alias = joined[above]
            comodel, coalias = joined[path] = parent._fields[name].join(parent, alias, query)
            joins.append((coalias, comodel._table, query._joins[coalias][-1]))
        target, alias = joined[path]
        places.append((target._name, names))
        columns += [SQL.identifier(alias, "id"), *(_column(target, alias, name, query) for name in names)]
    return SQL(", ").join(columns), joins, places


def _column(model, alias, name, query):
    field = model._fields[name]
    if field.type == "one2many":
        return _ids_of_lines(model, alias, field)
    sql = model._field_to_sql(alias, name, query)
    # what is pending is in the cache, and is not overwritten: only a translated value has to be written first
    return sql if field.translate else SQL(sql.code, *sql.params)


def _ids_of_lines(model, alias, field):
    comodel = model.env[field.comodel_name]
    rows = comodel._search([], active_test=False, order=comodel._order)
    owner = comodel._field_to_sql(comodel._table, field.inverse_name, rows)
    rows.add_where(SQL("%s = %s", owner, SQL.identifier(alias, "id")))
    return SQL("ARRAY(%s)", rows.select())


def _fill(model, names, columns):
    ids, *values = columns
    # the same record may stand in many rows
    places = {record_id: place for place, record_id in enumerate(ids) if record_id}
    records = model.browse(places)
    for name, column in zip(names, values, strict=True):
        field = model._fields[name]
        kept = [column[place] for place in places.values()]
        field._insert_cache(records, map(tuple, kept) if field.type == "one2many" else kept)


def _keep(records, name, pairs):
    by_owner = defaultdict(list)
    for owner, row_id in pairs:
        by_owner[owner].append(row_id)
    records._fields[name]._insert_cache(records, [tuple(by_owner[record_id]) for record_id in records.ids])
