"""PR4: code says in which tests a mutant of it would behave differently, and behaves as it did."""

import ast
import subprocess
import sys
from types import SimpleNamespace

import pytest

from tools import mutant_notes
from tools.mutant_noting import NOTE, code_of, for_a_process, functions_of, key, noting, place_key
from tools.mutations import mutants

pytestmark = pytest.mark.plain

SOURCE = '''"""Orders."""

from __future__ import annotations


class Order:
    def open(self, sign, end):
        if not sign or end > self.end:
            raise ValueError("closed")
        return compare_digest(sign, "right")

    def known(self, one, other):
        if one and other:
            raise ValueError("known")

    def between(self, one, other):
        return 1 <= one < other

    def checked(self):
        self.check_access("read")
        self.lock_for_update()

    def lines(self, records):
        return records.filtered("active")

    def locked(self, records):
        return records.try_lock_for_update(limit=1)

    def found(self, model):
        return model.search([("order", "=", 1), ("open", "=", True)], limit=5)

    def domain(self):
        return [("order", "=", 1)]
'''


class Records:
    """Some records, of which every second is found by each part of a domain."""

    def __init__(self, *ids):
        self._ids = ids
        self.env = self.cr = self
        self.sql_log_count = 0

    def filtered(self, name):
        return Records(*[number for number in self._ids if number > len(name)])

    def try_lock_for_update(self, limit):
        return Records(*self._ids[:limit])

    def search(self, domain, limit):
        self.sql_log_count += 1
        return Records(*self._ids[: min(limit, 3 - len(domain))])


@pytest.fixture
def played():
    """Return a function that calls a method of the noting order: ``(answer, strong notes, weak notes)``."""
    texts = {place_key(mutant): mutant.what for mutant in mutants("order.py", SOURCE)}

    def play(name, *args, **attributes):
        strong, weak = set(), set()
        spaces = {
            "compare_digest": lambda one, two: one == two,
            NOTE: mutant_notes.Notes(lambda key, sure: (strong if sure else weak).add(texts.get(key, key))),
        }
        exec(SOURCE, spaces)  # noqa: S102 - the text above
        order = type("Played", (spaces["Order"],), attributes)()
        getattr(spaces["Order"], name).__code__ = code_of(noting("order.py", SOURCE), f"Order.{name}", "order.py")
        try:
            answer = getattr(order, name)(*args)
        except (ValueError, KeyError) as error:
            answer = type(error)
        assert key("order.py", f"Order.{name}") in weak
        return answer, strong, weak - {key("order.py", f"Order.{name}")}

    return play


def test_every_function_is_there():
    """PR4: what is noted has the functions of the file, and all of its mutants."""
    tree = noting("order.py", SOURCE)
    assert list(functions_of(tree))[:2] == ["Order.open", "Order.known"]
    keys = {ast.unparse(ast.Constant(place_key(mutant))) for mutant in mutants("order.py", SOURCE)}
    assert [one for one in keys if one not in ast.unparse(tree)] == []
    assert len(keys) == len(mutants("order.py", SOURCE))


def test_conditions(played):
    """PR4: what refuses is noted where it refuses, its parts where each alone decides, limits where they are met."""
    refused, less, more = "never refuses", "without 'not sign'", "without 'end > self.end'"
    limit = "limit '> self.end' of 'end > self.end' by one"
    assert played("open", "right", 1, end=2) == (True, set(), set())
    assert played("open", "wrong", 2, end=2) == (False, {"every sign is right", limit}, set())
    assert played("open", "", 1, end=2) == (ValueError, {refused, less}, set())
    assert played("open", "right", 3, end=2) == (ValueError, {refused, more}, set())
    assert played("known", 1, 0) == (None, {"without 'other'"}, set())
    assert played("known", 0, 1) == (None, {"without 'one'"}, set())
    assert played("known", 1, 1) == (ValueError, {refused}, set())


def test_limits_of_a_range(played):
    """PR4: each limit of a chain is noted for itself, and what was not looked at is not."""
    lower, upper = ("limit '<= one' of '1 <= one < other' by one", "limit '< other' of '1 <= one < other' by one")
    assert played("between", 1, 2) == (True, {lower}, set())
    assert played("between", 2, 2) == (False, {upper}, set())
    assert played("between", 0, 0) == (False, set(), set())


def test_calls_that_refuse(played):
    """PR4: a check is noted where it refuses; a lock does something even where it does not."""

    def refuses(_order, *_args):
        raise KeyError

    check, lock = "without \"self.check_access('read')\"", "without 'self.lock_for_update()'"
    passes = {"check_access": lambda _order, _mode: None, "lock_for_update": lambda _order: None}
    assert played("checked", **passes) == (None, set(), {lock})
    assert played("checked", **passes | {"check_access": refuses}) == (KeyError, {check}, set())
    assert played("checked", **passes | {"lock_for_update": refuses}) == (KeyError, {lock}, {lock})


def test_records_that_are_left_out(played):
    """PR4: a filter is noted where it left something out; taking a lock is something for itself."""
    assert played("lines", Records(7, 8))[1:] == (set(), set())
    answer, strong, weak = played("lines", Records(2, 8))
    assert (answer._ids, strong, weak) == ((8,), {"without filtered()"}, set())
    assert played("locked", Records(2))[1:] == (set(), {"without try_lock_for_update()"})
    assert played("locked", Records(2, 3))[1:] == ({"without try_lock_for_update()"}, set())


def test_domains(played):
    """PR4: a search is done again without each part; of a domain that is only made, nobody can tell."""
    parts = {f'without "{part}"' for part in ("('order', '=', 1)", "('open', '=', True)")}
    model = Records(1, 2, 3)
    answer, strong, weak = played("found", model)
    assert (answer._ids, strong, weak) == ((1,), parts, set())
    assert model.sql_log_count == 1, "tests that count queries count the same"
    model.cr = SimpleNamespace(_cursor=model)
    played("found", model)
    assert model.sql_log_count == 2, "a route's cursor counts on the one that it is a part of"
    assert played("found", Records(1))[1:] == (set(), set())
    assert played("domain") == ([("order", "=", 1)], set(), {"without \"('order', '=', 1)\""})


def test_searches_are_done_again_a_few_times_only():
    """PR4: a test that searches a thousand times is not slowed down; what was not looked at may differ."""
    noted = []
    notes = mutant_notes.Notes(lambda key, strong: noted.append((key, strong)))
    model = Records(1)
    for _time in range(mutant_notes.SEARCHES_AGAIN):
        notes.searched({0: "part"}, model, "search", [("order", "=", 1)], limit=5)
    assert noted == []
    notes.searched({0: "part"}, model, "search", [("order", "=", 1)], limit=5)
    assert noted == [("part", False)]


def test_a_process_without_odoo_writes_its_notes(tmp_path):
    """PR4: strangers' files are read by such processes; what they come by is read from a file, once."""
    notes, text = tmp_path / "notes", tmp_path / "order.py"
    text.write_text(for_a_process(noting("order.py", SOURCE), mutant_notes.__file__, str(notes)))
    again = "import order\nfor _time in range(2):\n    order.Order().between(1, 2)"
    subprocess.run([sys.executable, "-I", "-c", f"import sys\nsys.path.append({str(tmp_path)!r})\n{again}"], check=True)
    limit = next(mutant for mutant in mutants("order.py", SOURCE) if mutant.what.startswith("limit '<= one'"))
    assert mutant_notes.from_file(str(notes)) == [("order.py Order.between", False), (place_key(limit), True)]
    assert mutant_notes.from_file(str(notes)) == []
    assert mutant_notes.from_file(str(tmp_path / "none")) == []
