"""Nothing that the outside can reach is missing in the suite's tables."""

import re

from .routes import ROUTES


def test_every_route_is_in_the_table(target):
    """A new route fails here until ``routes.py`` says who may call it."""
    known = {route.name: {"type": route.kind, "csrf": route.csrf} for route in ROUTES}
    found = {name: {"type": info["type"], "csrf": info["csrf"]} for name, info in target.known["routes"].items()}
    assert found == known


def test_every_path_parameter_is_in_the_table():
    """The table fills each parameter of each path."""
    for route in ROUTES:
        names = set(re.findall(r"<(?:[\w()=,]+:)?(\w+)>", route.rule))
        assert names == set(route.path), route.name


def test_csrf_is_off_only_for_one_click_unsubscribe():
    """RFC 8058 is the one reason to take a form without Odoo's token."""
    assert [route.name for route in ROUTES if not route.csrf and route.kind == "http"] == [
        "/order-status/<int:order_id>/<string:token>/unsubscribe POST"
    ]


def test_what_is_written_is_noticed(target):
    """What the suite compares before and after an attack sees each row that was changed, taken away or put back."""
    comment, state = target.world["b"]["comment"], target.checksums()
    rows = target.rows_of("b")
    assert not target.changes(state)
    target.run_sql("UPDATE online_proof_comment SET body = body || '!' WHERE id = %s", (comment,))
    assert target.changes(state) == ["online_proof_comment"]
    now = target.rows_of("b")
    assert [table for table in now if now[table] != rows[table]] == ["online_proof_comment"]
    target.run_sql("UPDATE online_proof_comment SET body = left(body, -1) WHERE id = %s", (comment,))
    assert not target.changes(state)
    assert target.rows_of("b") == rows
