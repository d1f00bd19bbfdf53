"""PR5: what says how far something is changes by the actions that are there for it, and by nothing else."""

import pytest

from tools.rpc import Rpc, RpcError
from tools.surfaces import merged

from .server import DATABASE

#: states that somebody with the addon's role may set by hand, with the reason
MAY_BE_SET = {**merged("MAY_BE_SET")}


@pytest.fixture(scope="module")
def clerk(target):
    """Somebody with every role of ours below administrator, over RPC."""
    return Rpc(target.url, DATABASE, "h_clerk", "h_clerk")


def _rows(target, model, field):
    table = model.replace(".", "_")
    return dict(target.run_sql(f'SELECT id, "{field}" FROM "{table}" ORDER BY id LIMIT 3'))  # noqa: S608 - our names


def _doors(clerk, model, record, field, value):
    """Try every way in which a client can set a field of a record."""
    external = f"__export__.hostile_{model.replace('.', '_')}_{record}"
    for method, arguments in (
        ("write", [[record], {field: value}]),
        ("web_save", [[record], {field: value}, {"id": {}}]),
        ("load", [[".id", field], [[str(record), value]]]),
        ("load", [["id", field], [[external, value]]]),
    ):
        try:
            clerk.call(model, method, *arguments)
        except RpcError as error:
            assert error.name.startswith("odoo.exceptions."), f"{method}: {error}"


def test_states_are_guarded(target, clerk):
    """No role below administrator sets a state by write, web_save or import: each selection of each of our models."""
    opened, tried = [], 0
    for model, fields in target.known["states"].items():
        for field, values in fields.items():
            before = _rows(target, model, field)
            for record, value in before.items():
                other = next((candidate for candidate in values if candidate != value), None)
                if other:
                    _doors(clerk, model, record, field, other)
                    tried += 1
            if _rows(target, model, field) != before and f"{model}.{field}" not in MAY_BE_SET:
                opened.append(f"{model}.{field}: {before} became {_rows(target, model, field)}")
    assert tried > 10, "the inventory finds our states"
    assert not opened, "\n".join(opened)


def test_exceptions_are_there(target):
    """An exception whose field is gone, or that is guarded by now, would hide the next one."""
    known = {f"{model}.{field}" for model, fields in target.known["states"].items() for field in fields}
    assert set(MAY_BE_SET) <= known
