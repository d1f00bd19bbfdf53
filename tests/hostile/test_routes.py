"""Every route, called by everybody it is not for and with everything it does not expect."""

import json

import pytest

from .client import fill, opened, problem, refused
from .people import SECRETS
from .routes import EVERYBODY, ROUTES
from .seed import picture
from .values import JSON_RAW, JSON_VALUES, PATH_NUMBERS, PATH_TEXTS, TAG, TEXTS, thinned

pytestmark = pytest.mark.usefixtures("clean_log")


def _only(wanted):
    """Run a test for the routes that ``wanted`` picks; employees, say, may work on every customer's records."""
    # a list: the mark is used more than once
    return pytest.mark.parametrize("route", list(filter(wanted, ROUTES)), ids=lambda route: route.name)


our_code = _only(lambda route: not route.foreign)


def _check(problems):
    assert not problems, "\n".join(problems)


def _look(problems, route, answer, what, *, secret=None):
    wrong = problem(route, answer)
    if not wrong and secret and secret in answer.text:
        wrong = f"shows {secret}"
    if not wrong and "html" in answer.headers.get("Content-Type", "") and TAG in answer.text:
        wrong = f"holds {TAG}"
    if wrong:
        problems.append(f"{what!r:.120}: {wrong}: {answer.text[-300:] if 'status' in wrong else ''}")


def _reset(target, route):
    for statement in route.reset:
        target.run_sql(statement)


@_only(lambda route: not route.mine)
def test_strangers_are_refused(target, visitors, route):
    """No login, another customer, another company, no role: refused, nothing shown, nothing changed."""
    problems, before = [], target.checksums()
    for login in EVERYBODY:
        if route.secret:
            tries = {"no secret": None, "wrong": "x" * 43, "another's": _secret(target, route, "b")}
        else:
            tries = {} if login in route.who else {"own ids": None}
        for what, secret in tries.items():
            path = {route.secret: secret or "-"} if route.secret in route.path else None
            values = {route.secret: secret} if route.secret and not path else None
            # without its secret an order of one's own opens by login alone
            if route.rule.startswith("/my/orders") and login in ("portal_a", "clerk"):
                continue
            answer = visitors[login].call(route, values, path=path)
            if what == "another's" and route.rule.startswith("/recurring_interaction/feed"):
                continue
            _look(problems, route, answer, f"{login} with {what}", secret=SECRETS["a"])
            if not refused(route, answer):
                problems.append(f"{login} with {what}: {answer.status_code} {answer.text[:200]}")
    changed = target.changes(before)
    assert not changed, f"strangers changed {changed}"
    _check(problems)


@_only(lambda route: not (route.mine or route.foreign))
def test_honest_calls_open(target, visitors, route):
    """Whoever the table names is answered with the same ids: what refuses strangers is not that nothing is there."""
    problems = []
    # with a secret the login makes no difference
    for login in thinned(EVERYBODY, ROUTES.index(route)) if route.secret else route.who:
        _reset(target, route)
        files = [(route.upload, ("photo.jpg", picture()))] if route.upload else None
        answer = visitors[login].call(route, files=files)
        if not opened(visitors[login], route, answer):
            where = answer.headers.get("Location", "")
            problems.append(f"{login}: {answer.status_code} {where} {answer.text[:300]}")
    _reset(target, route)
    _check(problems)


def _secret(target, route, side):
    return fill(target, {**route.path, **route.values}, side)[route.secret]


@_only(lambda route: route.mine and not route.writes)
def test_lists_show_own_records(target, visitors, route):
    """What everybody may open holds the caller's own records and not another customer's."""
    problems = []
    for login in ("portal_b", "intern", "foreign", "nobody"):
        _look(problems, route, visitors[login].call(route), login, secret=SECRETS["a"])
    _check(problems)


@_only(lambda route: not route.foreign and (route.secret or "portal_a" in route.who))
def test_ids_of_others(target, visitors, route):
    """Somebody with rights, or a secret, of their own tries another customer's ids one by one."""
    foreign, problems = fill(target, {**route.path, **route.values}, "b"), []
    own = fill(target, {**route.path, **route.values})
    # what somebody says to have seen is a text of their own, no id: the page repeats it to them
    ids = [name for name in foreign if name not in (route.secret, "shown") and foreign[name] != own[name]]
    for name in ids:
        before = target.rows_of("b")
        if name in route.path:
            answer = visitors["portal_a"].call(route, path={name: str(foreign[name])})
        else:
            answer = visitors["portal_a"].call(route, {name: foreign[name]})
        _look(problems, route, answer, name, secret=SECRETS["b"])
        after = target.rows_of("b")
        touched = [table for table in after if after[table] != before[table]]
        if touched:
            problems.append(f"{name}: changed B's rows of {touched}")
        _reset(target, route)
    _check(problems)


@our_code
def test_odd_paths(target, visitors, route):
    """Huge, negative and unreadable numbers, and secrets that are no text."""
    problems, visitor = [], visitors["clerk" if "clerk" in route.who else "portal_a"]
    for name in route.path:
        for raw in thinned(PATH_NUMBERS if f"<int:{name}>" in route.rule else PATH_TEXTS, ROUTES.index(route)):
            answer = visitor.call(route, path={name: raw})
            _look(problems, route, answer, f"{name}={raw}")
            assert "X-Injected" not in answer.headers
        _reset(target, route)
    _check(problems)


def _honest(route):
    return "portal_a" if "portal_a" in route.who else (route.who or ("portal_a",))[0]


@our_code
def test_odd_values(target, visitors, route):
    """Odd texts, lists for scalars, files for texts, structures in JSON."""
    problems, visitor = [], visitors[_honest(route)]
    for name in route.values:
        odd = [*TEXTS, *(JSON_VALUES if route.kind == "jsonrpc" else (["1", "2"],))]
        for value in thinned(odd, ROUTES.index(route)):
            value = {} if value is None else value
            _look(problems, route, visitor.call(route, {name: value}), f"{name}={value}")
            _reset(target, route)
        if route.kind == "http" and route.writes:
            answer = visitor.call(route, {name: None}, files=[(name, ("x\r\nX-Injected: 1.txt", b"x"))])
            _look(problems, route, answer, f"{name}=file")
        _look(problems, route, visitor.call(route, {name: None}), f"{name} left out")
        _reset(target, route)
    _check(problems)


@pytest.mark.parametrize("route", [r for r in ROUTES if r.kind == "jsonrpc"], ids=lambda route: route.name)
def test_odd_json(target, visitors, route):
    """Values inside of structures, numbers that are none, unknown parameters, no JSON at all."""
    problems, visitor = [], visitors[_honest(route)]
    honest = fill(target, route.values)
    for outer, inner in honest.items():
        for key in inner if isinstance(inner, dict) else ():
            for value in thinned((*JSON_VALUES, *TEXTS), ROUTES.index(route)):
                _look(problems, route, visitor.call(route, {outer: {**inner, key: value}}), f"{outer}.{key}={value}")
            for raw in JSON_RAW:
                body = json.dumps({"params": {**honest, outer: {**inner, key: "@@"}}}).encode().replace(b'"@@"', raw)
                url = visitor.target.url + visitor.address(route)
                answer = visitor.request("POST", url, data=body, headers={"Content-Type": "application/json"})
                _look(problems, route, answer, f"{outer}.{key}={raw}")
            _reset(target, route)
    _look(problems, route, visitor.call(route, {"unknown": 1, "uid": 1, "user_id": 1, "su": True}), "unknown names")
    url = visitor.target.url + visitor.address(route)
    for body, kind in (
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"a=1", "application/x-www-form-urlencoded"),
    ):
        answer = visitor.request("POST", url, data=body, headers={"Content-Type": kind})
        assert answer.status_code in (400, 415), f"{body}: {answer.status_code}"
    _check(problems)


@our_code
def test_wrong_method(target, visitors, route):
    """GET instead of POST, and methods that no route has, change nothing."""
    problems, before = [], target.checksums()
    others = {"PUT", "DELETE", "PATCH", *(("GET", "HEAD") if route.writes else ("POST",))}
    for method in sorted(others - set(route.methods.split(","))):
        answer = visitors[_honest(route)].call(route, method=method, csrf=False)
        _look(problems, route, answer, method)
        if route.methods != "*" and answer.status_code < 400 and not _twin(route, method):
            problems.append(f"{method}: {answer.status_code}")
    assert not target.changes(before)
    _check(problems)


def _twin(route, method):
    """Return whether the same address is a route for this method, too."""
    return any(other.rule == route.rule and method in other.methods.replace("GET", "GET,HEAD") for other in ROUTES)


@pytest.mark.parametrize(
    "route", [r for r in ROUTES if r.writes and r.kind == "http" and r.csrf], ids=lambda route: route.name
)
def test_forged_forms(target, visitors, route):
    """A form without Odoo's token, with a wrong one or another session's is refused and changes nothing."""
    visitor, before = visitors[_honest(route)], target.checksums()
    for token in (None, "", "0" * 40, visitors["portal_b"].csrf, "\0", "é"):
        files = [(route.upload, ("a.jpg", b"x"))] if route.upload else None
        answer = visitor.call(route, {"csrf_token": token}, csrf=False, files=files)
        assert answer.status_code == 400, f"{token!r}: {answer.status_code}"
    assert not target.changes(before)
