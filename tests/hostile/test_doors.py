"""PR5: what a person may not read stays unread through every door: as an oracle, through windows, through links."""

import json

import pytest

from tools.rpc import Rpc, RpcError

from .people import SECRETS
from .seeded import SEEDED
from .server import DATABASE

LOW = ("portal_b", "intern", "foreign")


@pytest.fixture(scope="module")
def people(target):
    """RPC sessions of everybody without a role for A's records."""
    return {login: Rpc(target.url, DATABASE, f"h_{login}", f"h_{login}") for login in LOW}


#: what Odoo's own code says where a name, or a record of its own, is not there to be read
ODOO_SAYS = ("because it is not stored", "Expected singleton: uom.uom()")


def _ask(rpc, model, method, *arguments):
    """Return what a call answers as text; a refusal shows nothing, what is no refusal is a crash."""
    try:
        return json.dumps(rpc.call(model, method, *arguments))
    except RpcError as error:
        known = error.name.startswith("odoo.exceptions.") or str(error).endswith(ODOO_SAYS)
        assert known, f"{model}.{method}: {error}"
        return ""


def test_search_is_no_oracle(target, people):
    """Nobody finds A's records by what they say: each text of each model, and those one link further."""
    found, models = [], 0
    for model, fields in target.known["texts"].items():
        for login, rpc in people.items():
            # a field for other groups may not be searched by: each that may is tried
            try:
                info = rpc.call(model, "fields_get", [], ["searchable"])
            except RpcError:
                continue
            readable = [field for field in fields if info.get(field.partition(".")[0], {}).get("searchable")]
            if not readable:
                continue
            models += 1
            for field in readable:
                count = _ask(rpc, model, "search_count", [[field, "ilike", SECRETS["a"]]])
                if count not in ("", "0"):
                    found.append(f"{login}: {model}.{field} finds {count}")
    assert models > 30, "the inventory finds our texts"
    assert not found, "\n".join(found)


def test_groups_and_names_show_nothing(target, people):
    """Grouping by each text, and looking names up, shows nothing of A's either."""
    found = []
    for model, fields in target.known["texts"].items():
        grouped = [field for field in fields if "." not in field]
        for login, rpc in people.items():
            calls = [("name_search", SECRETS["a"]), *(("formatted_read_group", [], [field]) for field in grouped[:6])]
            found += [f"{login}: {model}.{call[0]}" for call in calls if SECRETS["a"] in _ask(rpc, model, *call)]
    assert not found, "\n".join(found)


def test_links_lead_nowhere(target, people):
    """A window or a record of one's own that points at a record of A's shows nothing of it: web_save and onchange."""
    found, tried = [], 0
    for model, fields in target.known["links"].items():
        shown = target.known["shown"][model]
        for field, comodel in fields.items():
            values = {field: target.world["a"][SEEDED[comodel]]}
            for login, rpc in people.items():
                tried += 1
                for method, arguments in (
                    ("web_save", [[], values, shown]),
                    ("onchange", [[], values, [field], shown]),
                ):
                    if SECRETS["a"] in _ask(rpc, model, method, *arguments):
                        found.append(f"{login}: {model}.{method} with {field}")
    assert tried > 60, "the inventory finds our links"
    assert not found, "\n".join(found)
