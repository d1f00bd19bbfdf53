"""PR5: a valid id of somebody else, given as an argument: in a form, a default, a window's context, a saved value.

``test_rpc`` calls methods *on* records of customer A. Here A's ids are what the caller hands over: each link of each of
our models, from the registry, is pointed at A's records by everybody who may not read them.
"""

import functools
import json

import pytest

from tools.rpc import Rpc, RpcError

from .client import fill, problem
from .people import PRIVATE, SECRETS
from .routes import ROUTES
from .seeded import SEEDED
from .server import DATABASE, OWNED

LOW = ("portal_b", "intern", "boss")
#: what is no crash
REFUSALS = ("odoo.exceptions.", "werkzeug.exceptions.")

pytestmark = [pytest.mark.usefixtures("clean_log"), pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def people(target):
    """RPC sessions of everybody without a role for A's records."""
    return {login: Rpc(target.url, DATABASE, f"h_{login}", f"h_{login}") for login in LOW}


@pytest.fixture(scope="module")
def theirs(target):
    """Return ``{model: id}`` of customer A's records."""
    tables = {table: target.world["a"][name] for name, table in OWNED.items()}
    found = {table.replace("_", "."): number for table, number in tables.items()}
    found |= {model: target.world["a"][name] for model, name in SEEDED.items()}
    found["res.partner"] = target.world["a"]["private"]
    for model in target.known["links"]:
        number = target.record_of(model, SEEDED)
        if number:
            found.setdefault(model, number)
    return found


def _spec(shown):
    """Return what a form asks for: every field, and of linked records the texts."""
    return {name: {"fields": {text: {} for text in texts}} if texts else {} for name, texts in shown.items()}


def _named(kind, number):
    """Yield the values by which a form names a record in a field of that type."""
    if kind == "many2one":
        yield number
    else:
        yield [[6, 0, [number]]]
        yield [[1, number, {"create_uid": 1}]]


class Doors:
    """Tries calls as one person and notes what was shown, or broken."""

    def __init__(self, login, rpc):
        self.login, self.rpc, self.problems, self.tried, self.answered = login, rpc, [], 0, 0

    def may_use(self, model):
        """Return whether the person may do anything with a model's records, whichever they are."""
        return any(self.rpc.call(model, "has_access", [], operation) for operation in ("read", "create", "write"))

    @functools.cache  # noqa: B019 - three people
    def may_read(self, model, number):
        """Return whether a record is none of what the person may not read."""
        try:
            return bool(self.rpc.call(model, "search_count", [["id", "=", number]]))
        except RpcError:
            return False

    def call(self, what, model, method, *arguments, **options):
        """Call a method, note A's secret in its answer and whatever is no refusal; return the answer."""
        self.tried += 1
        try:
            answer = self.rpc.call(model, method, *arguments, **options)
        except RpcError as error:
            if not error.name.startswith(REFUSALS):
                self.problems.append(f"{self.login} {model}.{method} {what}: {error.name}: {str(error)[:200]}")
            answer, text = None, str(error)
        else:
            self.answered += 1
            text = json.dumps(answer)
        for secret in (SECRETS["a"], PRIVATE["a"]):
            if secret in text:
                at = text.index(secret)
                self.problems.append(f"{self.login} {model}.{method} {what}: shows {text[max(at - 160, 0) : at + 20]}")
        return answer


def _each(target, doors, theirs):
    """Yield doors, a model, what is known of it, and name, type and A's id of each of its links."""
    for door in doors:
        for model, known in target.known["links"].items():
            hidden = {to for to in theirs if not door.may_read(to, theirs[to])}
            links = [(name, kind, theirs[to]) for name, (kind, to) in known["fields"].items() if to in hidden]
            # whoever may do nothing with a model is refused whatever the link
            for name, kind, number in links if door.may_use(model) else links[:1]:
                yield door, model, known, name, kind, number


def _check(target, all_doors, before):
    problems = [problem for doors in all_doors for problem in doors.problems]
    assert not problems, f"{len(problems)}:\n" + "\n".join(problems)
    after = target.rows_of("a")
    assert [table for table in after if after[table] != before[table]] == []


def test_links_are_no_doors(target, people, theirs):
    """A form that names a record of A in a link, or by a default, shows nothing of it and saves nothing in it."""
    before, doors = target.rows_of("a"), [Doors(login, rpc) for login, rpc in people.items()]
    for door, model, known, name, kind, number in _each(target, doors, theirs):
        spec = _spec(known["shown"])
        for value in _named(kind, number):
            door.call(name, model, "onchange", [], {name: value}, [name], spec)
            if known["transient"]:
                door.call(name, model, "web_save", [], {name: value}, spec)
        default = {f"default_{name}": number if kind == "many2one" else [number]}
        door.call(name, model, "onchange", [], {}, [], spec, context=default)
    assert sum(door.tried for door in doors) > 500, "the inventory finds our links"
    _check(target, doors, before)


def test_windows_open_on_nothing_of_others(target, people, theirs):
    """A window that is opened on A's records, of each model that it has a link to, shows nothing of them."""
    before, doors = target.rows_of("a"), [Doors(login, rpc) for login, rpc in people.items()]
    windows = {model: known for model, known in target.known["links"].items() if known["transient"]}
    assert len(windows) > 8, "the inventory finds our windows"
    for door in doors:
        for model, known in windows.items():
            linked = {comodel for _kind, comodel in known["fields"].values()}
            for active, number in theirs.items():
                if active not in linked or door.may_read(active, number):
                    continue
                context = {"active_model": active, "active_id": number, "active_ids": [number]}
                door.call(f"on {active}", model, "onchange", [], {}, [], _spec(known["shown"]), context=context)
    _check(target, doors, before)


#: values of routes that name a record and are left empty by an honest call: B's record that is tried in their place
LEFT_EMPTY = {"parent_id": "message", "customer_id": "partner"}
#: the same, without a record of B's
NOBODYS = {"category_id": "the shop's own list, out of which the value is chosen"}


def _literals(route):
    """Return the names of a route's values that name a record, and for which the table has no seeded one."""
    names = [name for name, value in route.values.items() if isinstance(value, str) and value.startswith("=")]
    return [name for name in names if name.endswith(("_id", "_ids"))]


def _others(target, route):
    """Yield pairs of values and path that name B's record once, in a call that is A's otherwise."""
    own, foreign = (fill(target, {**route.path, **route.values}, side) for side in "ab")
    # the record that the address is about opens for staff, whosever it is
    for name in list(foreign)[1:]:
        # what somebody says to have seen is a text of their own
        if name not in (route.secret, "shown") and foreign[name] != own[name]:
            yield name, ({}, {name: str(foreign[name])}) if name in route.path else ({name: foreign[name]}, {})
    for name in _literals(route):
        if name in LEFT_EMPTY:
            yield name, ({name: target.world["b"][LEFT_EMPTY[name]]}, {})


@pytest.mark.parametrize(
    "route", [r for r in ROUTES if not r.foreign and ("clerk" in r.who or _literals(r))], ids=lambda route: route.name
)
def test_routes_mix_no_records(target, visitors, route):
    """Whoever may open both records sees, and changes, nothing of B's on the page of A's."""
    problems = []
    for login in {"clerk", "portal_a"} & set(route.who):
        for name, (values, path) in _others(target, route):
            before = target.rows_of("b")
            answer = visitors[login].call(route, values, path=path)
            wrong = problem(route, answer) or (SECRETS["b"] in answer.text and f"shows {SECRETS['b']}")
            after = target.rows_of("b")
            touched = [table for table in after if after[table] != before[table]]
            problems += [f"{login} {name}: {wrong}"] if wrong else []
            problems += [f"{login} {name}: changed B's rows of {touched}"] if touched else []
            for statement in route.reset:
                target.run_sql(statement)
    assert not problems, "\n".join(problems)


def test_every_id_of_a_route_is_tried():
    """A value that names a record, and that the table leaves empty, says which record of B's is tried in its place."""
    names = {name for route in ROUTES for name in _literals(route)}
    assert names == {*LEFT_EMPTY, *NOBODYS}
