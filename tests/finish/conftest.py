"""One database and one server for all tests of this folder: the screens are looked at, not changed."""

from pathlib import Path

import pytest

from tests.conftest import Mailbox, sql_runner
from tests.finish import checks, world
from tests.helpers import start_quick_odoo
from tools.odoo_server import free_port
from tools.rpc import Rpc, configure_server
from tools.settings import ALIAS_DOMAIN, STATE_DIR

NAME = "e2e_finish"
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    """Run the tests with long names last: the names stay."""
    places = [place for place, item in enumerate(items) if item.path.parent == HERE]
    ordered = sorted((items[place] for place in places), key=lambda item: "long_names" in item.fixturenames)
    for place, item in zip(places, ordered, strict=True):
        items[place] = item


@pytest.fixture(scope="package")
def database(installation, template):
    """A fresh database with all addons and demo data."""
    installation.clone_database(template, NAME)
    yield NAME
    installation.drop_database(NAME)


@pytest.fixture(scope="package")
def sql(installation, database):
    """Run one SQL statement and return the rows."""
    with sql_runner(installation, database) as run:
        yield run


@pytest.fixture(scope="package")
def mailbox():
    """A running mail sink."""
    with Mailbox(STATE_DIR / "test-mail" / NAME, port=free_port()) as box:
        yield box


@pytest.fixture(scope="package")
def odoo(installation, database, mailbox):
    """The server, without cron threads."""
    server = start_quick_odoo(installation, database, name=NAME, cron_threads=0, smtp_port=mailbox.port)
    try:
        configure_server(Rpc(server.url, database), ALIAS_DOMAIN)
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="package")
def admin(odoo, database):
    """RPC session of the administrator."""
    return Rpc(odoo.url, database)


@pytest.fixture(scope="package")
def the_world(odoo, admin, sql, mailbox, database, tmp_path_factory):
    """Something on every screen (``world.World``)."""
    with world.sandbox(tmp_path_factory.mktemp("sandbox")) as url:
        yield world.World(odoo, admin, sql, mailbox, database).build(url)


@pytest.fixture(scope="package")
def long_names(the_world):
    """Everything has a very long name from now on."""
    the_world.lengthen_names()


@pytest.fixture(scope="session")
def english():
    """Our English texts that have a translation (``checks.untranslated_texts``)."""
    return checks.untranslated_texts(world.LANGUAGE[:2])
