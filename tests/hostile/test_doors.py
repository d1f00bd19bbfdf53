"""PR5: what a person may not read stays unread through every door: as an oracle, in groups and in names."""

import json

import pytest

from tools.rpc import Rpc, RpcError

from .people import SECRETS
from .server import DATABASE

LOW = ("portal_b", "intern", "foreign")


@pytest.fixture(scope="module")
def people(target):
    """RPC sessions of everybody without a role for A's records."""
    return {login: Rpc(target.url, DATABASE, f"h_{login}", f"h_{login}") for login in LOW}


#: what Odoo's own code says where a name, or a record of its own, is not there to be read
ODOO_SAYS = ("because it is not stored", "Expected singleton: uom.uom()", "Expected singleton: sale.order()")
#: what can be found all the same, with the reason
FOUND = {"calendar.event.name": "Odoo's calendar tells every employee that an event is there, and searches its name"}


def _ask(rpc, model, method, *arguments):
    """Return what a call answers as text; a refusal shows nothing, what is no refusal is a crash."""
    try:
        return json.dumps(rpc.call(model, method, *arguments))
    except RpcError as error:
        known = error.name.startswith("odoo.exceptions.") or str(error).endswith(ODOO_SAYS)
        assert known, f"{model}.{method}: {error}"
        return ""


def _finds(rpc, model, fields):
    """Return the fields by which a person finds A's records: all of them asked at once, one by one where that hits."""
    try:
        info = rpc.call(model, "fields_get", [], ["searchable"])
    except RpcError:
        return []
    # a field for other groups may not be searched by
    names = [name for name in fields if info.get(name.partition(".")[0], {}).get("searchable")]
    leaves = [[name, "ilike", SECRETS["a"]] for name in names if f"{model}.{name}" not in FOUND]
    if not leaves or _ask(rpc, model, "search_count", ["|"] * (len(leaves) - 1) + leaves) == "0":
        return []
    return [leaf[0] for leaf in leaves if _ask(rpc, model, "search_count", [leaf]) not in ("", "0")]


def test_search_is_no_oracle(target, people):
    """Nobody finds A's records by what they say: each text of each model, and those one link further."""
    texts = target.known["texts"]
    assert len(texts) > 30, "the inventory finds our texts"
    found = [
        f"{login}: {model}.{name}"
        for model, fields in texts.items()
        for login, rpc in people.items()
        for name in _finds(rpc, model, fields)
    ]
    assert not found, "\n".join(found)


def test_groups_and_names_show_nothing(target, people):
    """Grouping by each text, and looking names up, shows nothing of A's either."""
    found = []
    for model, fields in target.known["texts"].items():
        grouped = [field for field in fields if "." not in field]
        for login, rpc in people.items():
            calls = [("name_search", SECRETS["a"]), *(("formatted_read_group", [], [field]) for field in grouped[:3])]
            found += [f"{login}: {model}.{call[0]}" for call in calls if SECRETS["a"] in _ask(rpc, model, *call)]
    assert not found, "\n".join(found)
