"""Fixtures for the end-to-end tests: running servers, a browser, a mail box.

A test module gets a database of its own, cloned from a template with all addons (with
``ADDON`` set: that addon) and demo data installed. Everything listens on loopback.
"""

import contextlib
import os
import re
import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.helpers import start_quick_odoo
from tools.mail_sink import Mailbox, odoo_gateway
from tools.odoo_server import OdooInstallation, free_port
from tools.postgres import connect, database_server
from tools.rpc import Rpc, configure_server
from tools.settings import ALIAS_DOMAIN, STATE_DIR

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1366, "height": 900}
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    """:raises pytest.UsageError: if a test that is marked ``plain`` asks for a database"""
    wrong = [item.nodeid for item in items if item.get_closest_marker("plain") and "installation" in item.fixturenames]
    if wrong:
        raise pytest.UsageError(f"marked plain, but with a database: {', '.join(wrong)}")


@pytest.fixture(scope="session")
def installation():
    """Odoo's code and a PostgreSQL server (``tools.odoo_server.OdooInstallation``)."""
    with database_server() as parameters:
        yield OdooInstallation(parameters)


@pytest.fixture(scope="session")
def template(installation):
    """Database with the addons under test and demo data."""
    return installation.addons_template(os.environ.get("ADDON"))


@pytest.fixture(scope="module")
def database(installation, template, request):
    """Name of a fresh database for this test module."""
    # the folder is part of it: modules of several folders run side by side
    name = "e2e_" + re.sub(r"\W", "_", request.module.__name__.removeprefix("tests."))[-50:]
    installation.clone_database(template, name)
    yield name
    installation.drop_database(name)


@contextlib.contextmanager
def sql_runner(installation, database):
    """Yield a function that runs one SQL statement and returns the rows."""
    with contextlib.closing(connect(installation.database, database)) as connection:

        def run(statement, parameters=()):
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                return cursor.fetchall() if cursor.description else []

        yield run


@pytest.fixture(scope="module")
def sql(installation, database):
    """Run one SQL statement: ``sql("SELECT ... WHERE id = %s", (1,))`` returns the rows."""
    with sql_runner(installation, database) as run:
        yield run


@pytest.fixture(scope="module")
def start_server(installation, database, mailbox):
    """Start further Odoo processes on the module's database: ``start_server("b", cron_threads=2)``."""
    with contextlib.ExitStack() as stack:

        def start(name, *, cron_threads=0, extra=(), port=None):
            process = start_quick_odoo(
                installation,
                database,
                name=f"{database}-{name}",
                cron_threads=cron_threads,
                smtp_port=mailbox.port,
                extra=extra,
                port=port,
            )
            stack.callback(process.stop)
            return process

        yield start


@pytest.fixture(scope="module")
def odoo(start_server, mailbox, database):
    """The module's Odoo server; no cron threads: tests run scheduled actions when they want."""
    server = start_server("main")
    configure_server(Rpc(server.url, database), ALIAS_DOMAIN)
    mailbox.sink.gateway = odoo_gateway(server.url, database, "admin", "admin")
    return server


@pytest.fixture(scope="module")
def admin(odoo, database):
    """RPC session of the administrator (``tools.rpc.Rpc``)."""
    return Rpc(odoo.url, database)


@pytest.fixture(scope="module")
def mailbox(request):
    """A running mail sink (``Mailbox``); Odoo servers of the module send through it."""
    folder = STATE_DIR / "test-mail" / request.module.__name__
    shutil.rmtree(folder, ignore_errors=True)
    with Mailbox(folder, port=free_port()) as box:
        yield box


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium, driven by Playwright."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


class Visitor:
    """A browser session: a page, logging in, screenshots, and the errors on its console."""

    def __init__(self, browser, base_url, folder, *, viewport=DESKTOP, phone=False, locale="en-US", timezone=None):
        self.context = browser.new_context(
            base_url=base_url,
            viewport=viewport,
            has_touch=phone,
            is_mobile=phone,
            locale=locale,
            timezone_id=timezone,
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.base_url = base_url
        self.folder = folder
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._on_console)

    def _on_console(self, entry):
        # what other hosts serve (pictures of the Apps page ...) is not there on a closed network
        if entry.type == "error" and entry.location.get("url", "").startswith(self.base_url):
            self.errors.append(f"{entry.text} {entry.location['url']}")

    def login(self, login, password=None):
        """Log in with a user's login; demo users have their login as password."""
        self.page.goto("/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", password or login)
        self.page.click(".oe_login_form button[type=submit]")
        self.page.wait_for_url(re.compile(r"/(odoo|my)"))
        return self.page

    def press_stat_button(self, name):
        """Press a form's smart button, also where the form keeps it under *More*."""
        button, more = self.page.locator(f"button[name={name}]"), self.page.locator(".o_button_more")
        button.or_(more).first.wait_for()
        if not button.is_visible():
            more.click()
        button.click()

    def screenshot(self, name, *, full_page=False):
        """Keep a picture of the page under ``.state/screenshots``."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=self.folder / f"{name}.png", full_page=full_page)

    def scrolls_sideways(self):
        """Return whether the page is wider than the window."""
        return self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")


@pytest.fixture
def visit(browser, odoo, request):
    """Open browser sessions: ``visit()`` on a desktop, ``visit(phone=True)`` at phone size."""
    folder = STATE_DIR / "screenshots" / request.path.parent.name
    with contextlib.ExitStack() as stack:

        def open_session(*, phone=False, locale="en-US", base_url=None, timezone=None):
            visitor = Visitor(
                browser,
                base_url or odoo.url,
                folder,
                viewport=PHONE if phone else DESKTOP,
                phone=phone,
                locale=locale,
                timezone=timezone,
            )
            stack.callback(visitor.context.close)
            return visitor

        yield open_session
