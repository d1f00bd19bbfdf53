"""Every page of ours that customers, guests and the workshop see: desktop and phone, in the language of the world."""

import pytest

from tests.conftest import DESKTOP, PHONE, Visitor
from tests.finish.accessibility import violations
from tests.finish.catalogue import all_page_routes
from tests.finish.walk import Walk
from tests.finish.world import LANGUAGE
from tools.settings import STATE_DIR
from tools.surfaces import Page, all_of

FOLDER = STATE_DIR / "screenshots" / "finish"


PAGES = [
    *all_of("PAGES"),
]
#: Pages of Odoo with something of ours on them.
MIXED = [
    Page("home", (), "clara", "/my"),
    Page("home-dealer", (), "dealer", "/my"),
    Page("order", (), "clara", "/my/orders/{world.proof_order}"),
    Page("order-status", (), "portal", "/my/orders/{world.order}"),
]
LOGINS = list(dict.fromkeys(page.login for page in PAGES))


def test_no_page_is_forgotten():
    """Every route that serves a page is in the list above."""
    assert {page.route for page in PAGES} == all_page_routes()


@pytest.fixture(scope="module")
def walks(the_world, browser, odoo, english):
    """A logged-in walk per person and device: ``walks(login, phone)``."""
    opened = {}

    def open_walk(login, phone):
        if (login, phone) not in opened:
            viewport = PHONE if phone else DESKTOP
            visitor = Visitor(
                browser, odoo.url, FOLDER, viewport=viewport, phone=phone, locale=LANGUAGE.replace("_", "-")
            )
            if login:
                visitor.login(login)
            opened[login, phone] = Walk(visitor, english, prefix=f"portal-{'phone-' if phone else ''}")
        return opened[login, phone]

    yield open_walk
    for walk in opened.values():
        walk.visitor.context.close()


def open_page(walk, world, page):
    """Open a page and wait until its scripts run."""
    response = walk.page.goto(page.path.format(world=world))
    if response.status != page.status:
        walk.problems.append(f"{walk.where}: {response.status} instead of {page.status}")
    if page.ours == ".o_proof_viewer":
        walk.page.wait_for_function("document.querySelector('.o_proof_preview')?.naturalWidth > 0")
    walk.page.wait_for_selector(page.ours, state="attached")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("login", LOGINS, ids=str)
def test_pages(walks, the_world, login, phone):
    """No error, nothing wider than the window, nothing in English, clean for axe."""
    walk = walks(login, phone)
    for page in PAGES + MIXED:
        if page.login != login:
            continue
        with walk.at(page.name, page.status):
            open_page(walk, the_world, page)
        if page in PAGES:
            walk.problems += [f"{page.name}: {text}" for text in violations(walk.page, page.ours)]
    walk.report()


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_long_names(walks, the_world, long_names, phone):
    """Names of 200 letters break no page (Odoo's own pages do break: they are left out)."""
    for page in PAGES:
        walk = walks(page.login, phone)
        with walk.at(f"long-{page.name}", page.status):
            open_page(walk, the_world, page)
    for login in LOGINS:
        walks(login, phone).report()
