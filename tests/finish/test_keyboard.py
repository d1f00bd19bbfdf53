"""The portal without a mouse, and the proof page with two fingers."""

import pytest

from tests.conftest import DESKTOP, PHONE, Visitor
from tests.finish.accessibility import tab_to
from tools.settings import STATE_DIR

FOLDER = STATE_DIR / "screenshots" / "finish"


@pytest.fixture
def person(browser, odoo, the_world):
    """Open a session: ``person(phone=True)``."""
    opened = []

    def open_session(phone=False):
        viewport = PHONE if phone else DESKTOP
        opened.append(Visitor(browser, odoo.url, FOLDER, viewport=viewport, phone=phone))
        return opened[-1]

    yield open_session
    for visitor in opened:
        visitor.context.close()


def open_proof(visitor, link):
    """Open a proof and wait for its first page."""
    visitor.page.goto(link)
    visitor.page.wait_for_function("document.querySelector('.o_proof_preview').naturalWidth > 0")
    visitor.page.wait_for_function("document.querySelector('.o_proof_zoom').textContent === '100%'")
    return visitor.page


def zoom(page):
    """Return how many percent the page is enlarged to."""
    return int(page.inner_text(".o_proof_zoom").rstrip("%"))


def test_pinch(person, the_world):
    """OP4: two fingers apart enlarge the spot between them, together they show the whole page again."""
    visitor = person(phone=True)
    page = open_proof(visitor, the_world.proof_link)
    touch = visitor.context.new_cdp_session(page)
    stage = page.locator(".o_proof_stage").bounding_box()
    x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2

    def fingers(kind, half):
        points = [{"x": x - half, "y": y, "id": 1}, {"x": x + half, "y": y, "id": 2}] if half else []
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def pinch(*widths):
        fingers("touchStart", widths[0])
        for width in widths[1:]:
            fingers("touchMove", width)
        fingers("touchEnd", 0)

    spot = "([x, y]) => { const b = document.querySelector('.o_proof_sheet').getBoundingClientRect();" + (
        " return [(x - b.left) / b.width, (y - b.top) / b.height]; }"
    )
    before = page.evaluate(spot, [x, y])
    pinch(30, 45, 60, 75, 90)
    assert 250 <= zoom(page) <= 350, "three times as far apart"
    after = page.evaluate(spot, [x, y])
    assert after == pytest.approx(before, abs=0.08), "the spot between the fingers stays there"
    assert page.evaluate("window.visualViewport.scale") == 1, "the browser itself did not zoom"
    # one finger moves it
    left = page.locator(".o_proof_sheet").bounding_box()["x"]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in (10, 20, 40):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x - step, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert page.locator(".o_proof_sheet").bounding_box()["x"] < left - 20
    pinch(100, 70, 40, 20)
    assert zoom(page) == 100
    assert not visitor.errors, visitor.errors


def test_proof_with_the_keyboard(person, the_world):
    """OP4 to OP7: zoom, pin a comment, ask for changes, withdraw, approve, with the keyboard alone."""
    visitor = person()
    page = open_proof(visitor, the_world.proof_link)
    tab_to(page, ".o_proof_stage")
    page.keyboard.press("+")
    page.wait_for_selector(".o_proof_zoomed")
    page.keyboard.press("0")
    assert zoom(page) == 100
    page.keyboard.press("PageDown")
    page.wait_for_selector(".o_proof_page_number:has-text('2')")
    page.keyboard.press("c")
    page.wait_for_function("document.activeElement.id === 'o_proof_new_comment'")
    page.keyboard.type("Darker, please")
    tab_to(page, ".o_proof_composer [type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".o_proof_thread:has-text('Darker, please')")
    decide_with_the_keyboard(page, "o_proof_changes", "[name=rate_consent]")
    page.wait_for_selector(".o_proof_badge_changes")
    tab_to(page, ".o_proof_withdraw")
    page.keyboard.press("Enter")
    page.wait_for_selector(".o_proof_badge_sent")
    decide_with_the_keyboard(page, "o_proof_approve", "[name=checked]", "[name=terms]")
    page.wait_for_selector(".o_proof_badge_approved")
    assert not visitor.errors, visitor.errors


def decide_with_the_keyboard(page, dialog, *consents):
    """Open a decision's window, fill it in and send it."""
    tab_to(page, f"[data-dialog={dialog}]")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#{dialog}[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector(f"#{dialog}:not([open])", state="attached")
    focused = page.evaluate("document.activeElement.dataset.dialog")
    assert focused == dialog, "closing the window gives the focus back"
    page.keyboard.press("Enter")
    for consent in consents:
        if page.evaluate("(s) => !document.activeElement.matches(s)", f"#{dialog} {consent}"):
            tab_to(page, f"#{dialog} {consent}")
        page.keyboard.press("Space")
    tab_to(page, f"#{dialog} [type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_dossier_with_the_keyboard(person, the_world):
    """SD1, SD8: a message, then a part found, ordered, with the keyboard alone."""
    visitor = person()
    page = visitor.login("dealer")
    page.goto(f"/my/dossiers/{the_world.dossier}")
    tab_to(page, ".o_dossier_composer > summary")
    page.keyboard.press("Enter")
    tab_to(page, "#message_type")
    page.keyboard.type("Remark")
    tab_to(page, "#subject")
    page.keyboard.type("A question to you")
    tab_to(page, "#body")
    page.keyboard.type("Written without a mouse.")
    tab_to(page, ".o_dossier_composer [type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("text=Written without a mouse.").count() == 1
    page.goto(f"/my/dossiers/{the_world.dossier}?tab=configurator")
    tab_to(page, "#warranty")
    page.keyboard.type(the_world.warranty_number)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, ".o_dossier_candidates [type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, ".btn-lg[type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".alert-success").count() == 1
    assert not visitor.errors, visitor.errors


def test_status_mails_with_the_keyboard(person, the_world):
    """OS: a customer chooses mails with the keyboard alone."""
    visitor = person()
    page = visitor.login("portal")
    page.goto("/my/status-mails")
    tab_to(page, "#wrap input[type=checkbox]:not(:disabled)")
    before = page.evaluate("document.activeElement.checked")
    page.keyboard.press("Space")
    tab_to(page, "#wrap form [type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "#wrap input[type=checkbox]:not(:disabled)")
    assert page.evaluate("document.activeElement.checked") is not before
