"""Fixtures of the hostile suite: one server for all of its modules, and its visitors."""

import re

import pytest

from .client import Visitor
from .routes import LOGGED_IN
from .server import running_target

ERROR = re.compile(r"^\S+ \S+ \d+ (?:ERROR|CRITICAL) .*(?:\n(?!\d{4}-).*)*", re.MULTILINE)


@pytest.fixture(scope="package")
def target(installation, template):
    """The server under attack (``tests.hostile.server.Target``)."""
    with running_target(installation, template) as running:
        yield running


@pytest.fixture(scope="package")
def visitors(target):
    """Sessions by login (``tests.hostile.client.Visitor``), ``nobody`` for none."""
    return {login: Visitor(target, login) for login in ("nobody", *LOGGED_IN)}


@pytest.fixture
def clean_log(target):
    """Fail a test during which the server logged an error."""
    target.new_log()
    yield
    errors = ERROR.findall(target.new_log())
    assert not errors, f"{len(errors)} error(s) in the server's log, the first one:\n{errors[0][-3000:]}"
