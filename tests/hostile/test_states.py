"""PR5: what says how far something is changes by the actions that are there for it, and by nothing else."""

import pytest

from tools.rpc import Rpc, RpcError
from tools.surfaces import merged

from .server import DATABASE
from .test_rpc import MINIMAL

#: states that somebody with the addon's role may set by hand, with the reason
MAY_BE_SET = {**merged("MAY_BE_SET")}


@pytest.fixture(scope="module")
def chief(target):
    """Somebody with every role of ours below administrator, over RPC."""
    return Rpc(target.url, DATABASE, "h_chief", "h_chief")


def _rows(target, model, field):
    table = model.replace(".", "_")
    return dict(target.run_sql(f'SELECT id, "{field}" FROM "{table}" ORDER BY id LIMIT 3'))  # noqa: S608 - our names


def _doors(chief, model, record, field, value):
    """Try every way in which a client can set a field of a record."""
    external = f"__export__.hostile_{model.replace('.', '_')}_{record}"
    for method, arguments in (
        ("write", [[record], {field: value}]),
        ("web_save", [[record], {field: value}, {"id": {}}]),
        ("load", [[".id", field], [[str(record), value]]]),
        ("load", [["id", field], [[external, value]]]),
    ):
        try:
            chief.call(model, method, *arguments)
        except RpcError as error:
            assert error.name.startswith("odoo.exceptions."), f"{method}: {error}"


def test_states_are_guarded(target, chief):
    """No role below administrator sets a state by write, web_save or import: each selection of each of our models."""
    opened, tried = [], 0
    for model, fields in target.known["states"].items():
        for field, values in fields.items():
            before = _rows(target, model, field)
            for record, value in before.items():
                other = next((candidate for candidate in values if candidate != value), None)
                if other:
                    _doors(chief, model, record, field, other)
                    tried += 1
            if _rows(target, model, field) != before and f"{model}.{field}" not in MAY_BE_SET:
                opened.append(f"{model}.{field}: {before} became {_rows(target, model, field)}")
    assert tried > 10, "the inventory finds our states"
    assert not opened, "\n".join(opened)


def _made(target, chief, model, field, **options):
    """Return the state that a new record of customer A has, or None where nobody below administrator makes one."""
    values, seeded = MINIMAL[model]
    values = {**values, **{name: target.world["a"][own] for name, own in seeded.items()}}
    try:
        [number] = chief.call(model, "create", [values], **options)
    except RpcError as error:
        assert error.name.startswith("odoo.exceptions."), f"{model}: {error}"
        return None
    return _value(target, model, field, number)


def _value(target, model, field, number):
    table = model.replace(".", "_")
    return target.run_sql(f'SELECT "{field}" FROM "{table}" WHERE id = %s', (number,))[0][0]  # noqa: S608 - our names


def _proposed(target, chief, model, field, value):
    """Yield the states of records made with a default of the call, and with one that the person keeps."""
    yield _made(target, chief, model, field, context={f"default_{field}": value})
    chief.call("ir.default", "set", model, field, value, True)
    try:
        yield _made(target, chief, model, field)
    finally:
        target.run_sql("DELETE FROM ir_default WHERE user_id = %s", (chief.uid,))


def test_states_are_not_proposed(target, chief):
    """No role below administrator makes a record in a state by a default, which no guard of values sees."""
    opened, tried = [], 0
    for model in sorted(target.known["states"].keys() & MINIMAL.keys()):
        for field, values in target.known["states"][model].items():
            usual = _made(target, chief, model, field)
            others = [value for value in values if value != usual and f"{model}.{field}" not in MAY_BE_SET]
            tried += len(others)
            opened += [
                f"{model}.{field}: {value}"
                for value in others
                if value in _proposed(target, chief, model, field, value)
            ]
    assert tried > 10, "the suite makes records with states"
    assert not opened, "\n".join(opened)


def test_states_are_not_duplicated(target, chief):
    """A record that is duplicated is a new one: what had become of the other has not become of it."""
    opened = []
    for model, fields in target.known["states"].items():
        for field in fields:
            for record, value in _rows(target, model, field).items():
                try:
                    [copy] = chief.call(model, "copy", [record])
                    usual = chief.call(model, "default_get", [field]).get(field)
                except RpcError as error:
                    assert error.name.startswith("odoo.exceptions."), f"{model}: {error}"
                    continue
                if _value(target, model, field, copy) != usual and f"{model}.{field}" not in MAY_BE_SET:
                    opened.append(f"{model}.{field}: {value}")
    assert not opened, "\n".join(opened)


def test_exceptions_are_there(target):
    """An exception whose field is gone, or that is guarded by now, would hide the next one."""
    known = {f"{model}.{field}" for model, fields in target.known["states"].items() for field in fields}
    assert set(MAY_BE_SET) <= known
