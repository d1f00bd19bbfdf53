"""A filter that anybody can type finds what the list shows: searching for computed fields beside their values."""

import operator

import pytest

from tools.settings import our_addons

from .seeded import SEEDED

#: Fields of our addons that are computed where they are read.
COMPUTED = """
    SELECT f.model, f.name, f.ttype
      FROM ir_model_fields f JOIN ir_model m ON m.id = f.model_id AND NOT m.transient
     WHERE NOT f.store AND f.related IS NULL AND f.ttype IN ('boolean', 'integer', 'float', 'selection')
       AND f.name NOT LIKE 'message%%' AND f.name NOT LIKE 'activity%%' AND f.name NOT LIKE 'has_message'
       AND f.id IN (SELECT res_id FROM ir_model_data WHERE model = 'ir.model.fields' AND module = ANY(%s))
     ORDER BY 1, 2"""
COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda value, values: value in values,
    "not in": lambda value, values: value not in values,
}
NUMBERS = [(name, number) for name in ("=", "!=", "<", "<=", ">", ">=") for number in (0, 1, 3)]
TERMS = {
    "boolean": [(name, True) for name in ("=", "!=")] + [(name, [True, False]) for name in ("in", "not in")],
    "integer": [*NUMBERS, ("in", [0, 2]), ("not in", [1, 2])],
    "float": NUMBERS,
}

pytestmark = pytest.mark.usefixtures("clean_log")


def _terms(kind, description):
    if kind != "selection":
        return TERMS[kind]
    values = [False, *(value for value, _label in description["selection"])]
    return [(name, value) for name in ("=", "!=") for value in values] + [("in", values[:2]), ("not in", values[:2])]


def test_filters_find_what_is_shown(target):
    """PR5, RI+10, SD+7: every operator that the editor of filters offers, on what is computed."""
    looked, wrong = set(), []
    for model, name, kind in target.run_sql(COMPUTED, (list(our_addons()),)):
        description = target.rpc.call(model, "fields_get", [name], ["searchable", "selection"]).get(name)
        if not description or not description["searchable"]:
            continue
        looked.add(f"{model}.{name}")
        shown = {row["id"]: row[name] for row in target.rpc.call(model, "search_read", [], [name])}
        for term, value in _terms(kind, description):
            found = set(target.rpc.call(model, "search", [(name, term, value)]))
            expected = {number for number, is_now in shown.items() if COMPARE[term](is_now, value)}
            if found != expected:
                wrong.append(f"{model}.{name} {term} {value}: {len(found)} found, {len(expected)} shown")
    assert {"service.dossier.unread_count", "recurring.interaction.attention", "purchase.order.price_flagged"} <= looked
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("model", sorted(SEEDED))
def test_names_are_looked_for(target, model):
    """PR5: what is typed into a link's field, or a filter on it, finds records of that name, not all there are."""
    assert target.rpc.call(model, "name_search", "no such name, 7f3a") == []
