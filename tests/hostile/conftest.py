"""Fixtures of the hostile suite: one server for all of its modules, and its visitors."""

import re

import pytest

from tools.odoo_server import OdooInstallation
from tools.settings import our_addons

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


@pytest.fixture(scope="session")
def addon_code():
    """Return a function that imports a module of ours by its dotted name, in this process."""
    import odoo.modules.module
    from odoo.tools import config

    config.parse_config([f"--addons-path={OdooInstallation({}).addons_path()}"])
    odoo.modules.module.initialize_sys_path()
    for addon in our_addons():  # no test pays for the first import
        __import__(f"odoo.addons.{addon}")

    def load(name):
        return __import__(f"odoo.addons.{name}", fromlist=["x"])

    return load
