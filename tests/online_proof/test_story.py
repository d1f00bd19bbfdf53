"""The story of online proofs, in real browsers, with real mail."""

import re

import pikepdf
import pytest

from tests.online_proof.helpers import DEMO_FILES, link_in
from tests.online_proof.steps import (
    FITS,
    buy_card,
    choose_status,
    deliver,
    find_order,
    open_link,
    open_proof,
    pdf_text,
    pin,
    ready,
)

CLARA, PAUL, COLLEAGUE = "clara.buyer@azure.example.com", "paul.checker@azure.example.com", "ines@elsewhere.example.org"
SINGLE_PAGES = ["page 10.tif", "page 2.jpg", "Page 3.png", "page 9.jpg", "page 1.jpg"]


@pytest.fixture(scope="module")
def story():
    """What one step leaves for the next."""
    return {}


def test_shop_sends_the_brochure(visit, admin, mailbox, story):
    """OP1, OP2, OP+3: files, status 038, two recipients, an edited mail; each gets an own link."""
    admin.run_cron("online_proof.ir_cron_prepare")
    mailbox.clear()
    shop = visit()
    page = shop.login("admin")
    order = story["order"] = find_order(admin, "Brochure A5, 12 pages")
    page.goto(f"/odoo/sales/{order}")
    choose_status(page, "081")
    page.wait_for_selector(".modal:has-text('not approved')")
    page.click(".modal .btn-primary")
    choose_status(page, "038")
    page.wait_for_selector(".modal button[name=action_send]")
    page.click(".modal .o_field_widget[name=partner_ids] input")
    page.keyboard.type("Paul Checker")
    page.click(".o-autocomplete--dropdown-menu li:has-text('Paul Checker')")
    page.fill(".modal .o_field_widget[name=subject] input", "Your brochure, please check")
    shop.screenshot("01-send")
    page.click(".modal .nav-link:has-text('Preflight')")
    page.wait_for_selector(".modal td:has-text('dpi')")
    shop.screenshot("02-preflight")
    page.click(".modal button[name=action_send]")
    page.wait_for_selector(".modal", state="detached")
    page.wait_for_selector(".o_production_status .o_arrow_button_current:has-text('038')")
    shop.screenshot("03-sent")
    deliver(admin)
    story["clara"] = link_in(mailbox.wait(to=CLARA)[0])
    story["paul"] = link_in(mailbox.wait(to=PAUL)[0])
    assert story["clara"] != story["paul"]
    assert mailbox.messages(CLARA)[0]["Subject"] == "Your brochure, please check"
    assert not shop.errors or all("ERR_NAME_NOT_RESOLVED" in error for error in shop.errors), shop.errors


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_customer_looks(visit, odoo, story, phone):
    """OP3, OP4: all pages in order, zoom by hover and click on a desktop, by tap and button on a phone."""
    customer = visit(phone=phone)
    page = open_link(customer, story["clara"], odoo)
    name = "phone" if phone else "desktop"
    assert page.locator(".o_proof_thumb").count() == 12
    assert not customer.scrolls_sideways()
    customer.screenshot(f"10-{name}")
    sheet = page.locator(".o_proof_sheet").bounding_box()
    spot = sheet["x"] + sheet["width"] * 0.3, sheet["y"] + sheet["height"] * 0.6
    if phone:
        page.touchscreen.tap(*spot)
        page.wait_for_selector(".o_proof_zoomed")
        page.tap("[data-tool=in]")
        page.tap("[data-tool=in]")
    else:
        page.mouse.move(*spot)
        page.wait_for_selector(".o_proof_lens:not([hidden])")
        page.wait_for_selector(".o_proof_lens .o_proof_tile_ready")
        customer.screenshot("11-lens")
        page.mouse.click(*spot)
    page.wait_for_selector(".o_proof_zoomed .o_proof_tiles .o_proof_tile_ready")
    customer.screenshot(f"12-{name}-zoomed")
    page.click("[data-tool=fit]")
    page.wait_for_selector(".o_proof_stage:not(.o_proof_zoomed)")
    window = page.viewport_size
    for size in ({"width": 320, "height": 640}, {"width": 900, "height": 500}, window):
        page.set_viewport_size(size)
        page.wait_for_function(FITS)
    page.click(".o_proof_thumb[data-index='11']")
    page.wait_for_selector(".o_proof_page_number:has-text('12')")
    page.focus(".o_proof_stage")
    page.keyboard.press("PageUp")
    page.wait_for_selector(".o_proof_page_number:has-text('11')")
    page.keyboard.press("+")
    page.wait_for_selector(".o_proof_zoomed")
    assert not customer.errors, customer.errors


def test_customer_asks_for_changes(visit, odoo, admin, mailbox, story):
    """OP5, OP6, OP9, OP14, OP+1: two pins, the watermarked PDF, the hourly rate, the request; the shop is told."""
    mailbox.clear()
    customer = visit()
    page = open_link(customer, story["clara"], odoo)
    pin(page, 0, "Should say Summer", 0.3, 0.62)
    pin(page, 2, "The price is too high", 0.8, 0.9)
    customer.screenshot("20-pins")
    with page.expect_download() as download:
        page.click(".o_proof_download")
    with pikepdf.open(download.value.path()) as pdf:
        assert len(pdf.pages) == 12
        assert "/Font" not in pdf.pages[0].obj.Resources
    page.click("[data-dialog=o_proof_changes]")
    assert "60.00" in page.inner_text(".o_proof_rate_notice")
    page.fill("#o_proof_changes_message", "Please see my two comments")
    page.set_input_files(
        "#o_proof_changes_file", files=[{"name": "logo.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"}]
    )
    page.check("input[name=rate_consent]")
    customer.screenshot("21-changes")
    page.click("#o_proof_changes button[type=submit]")
    page.wait_for_selector(".o_proof_badge_changes")
    customer.screenshot("22-requested")
    deliver(admin)
    shop_mail = mailbox.wait(to="admin")[0]
    assert "changes requested" in shop_mail["Subject"]
    assert "Please see my two comments" in shop_mail.get_body(("html",)).get_content()
    assert "changes requested" in mailbox.wait(to=CLARA)[0]["Subject"]


def test_shop_sends_revision_two(visit, admin, mailbox, story):
    """OP9, OP10: the shop takes the customer's file; the corrected one and 038 again make revision 2."""
    mailbox.clear()
    shop = visit()
    page = shop.login("admin")
    open_proof(page, story["order"])
    page.click(".nav-link:has-text('Revisions')")
    page.click(".o_online_proof_revisions .o_kanban_record:has-text('Revision 1')")
    page.click(".modal .nav-link:has-text('Change requests')")
    shop.screenshot("29-request")
    with page.expect_download() as download:
        page.click(".modal button[name=action_download_files]")
    assert download.value.path().read_bytes() == b"<svg/>"
    open_proof(page, story["order"])
    page.click("button[name=action_bill_changes]")
    page.wait_for_selector("[name=order_line] tr:has-text('revision 1: Please see my two comments'):has-text('60.00')")
    shop.screenshot("29-billed")
    open_proof(page, story["order"])
    # Odoo shows what it remembers of the record first, then what is true
    page.wait_for_selector("button[name=action_bill_changes]", state="detached")
    page.set_input_files(".o_online_proof_file_input", DEMO_FILES / "brochure corrected.pdf")
    page.wait_for_selector("td:has-text('brochure corrected.pdf')")
    admin.run_cron("online_proof.ir_cron_prepare")
    page.wait_for_selector("[name=draft_file_ids] td:has-text('Ready')", timeout=15_000)
    shop.screenshot("30-corrected")
    page.goto(f"/odoo/sales/{story['order']}")
    choose_status(page, "030")
    page.wait_for_selector(".o_production_status .o_arrow_button_current:has-text('030')")
    choose_status(page, "038")
    page.click(".modal button[name=action_send]")
    page.wait_for_selector(".modal", state="detached")
    open_proof(page, story["order"])
    page.click(".nav-link:has-text('Revisions')")
    page.wait_for_selector(".o_online_proof_revisions .o_kanban_record:has-text('Revision 2') img")
    shop.screenshot("31-revisions")
    deliver(admin)
    story["clara"] = link_in(mailbox.wait(to=CLARA)[0])


def test_customer_compares_and_forwards(visit, odoo, admin, mailbox, story):
    """OP+2, OP13: slider and highlighted differences; the proof goes on to a colleague."""
    mailbox.clear()
    customer = visit()
    page = open_link(customer, story["clara"], odoo)
    assert page.locator(".o_proof_thread").count() == 2, "open comments are carried on"
    page.click(".o_proof_compare_toggle")
    page.wait_for_selector(".o_proof_older:not([hidden])")
    page.wait_for_selector(".o_proof_differences:not([hidden])")
    page.wait_for_selector(".o_proof_regions div")
    assert "difference" in page.inner_text(".o_proof_difference_count")
    page.focus("#o_proof_slider")
    for _press in range(15):
        page.keyboard.press("ArrowRight")
    assert page.input_value("#o_proof_slider") == "65"
    customer.screenshot("40-compare")
    page.click(".o_proof_next_difference")
    page.wait_for_selector(".o_proof_zoomed")
    assert "“Spring” became “Summer”" in page.text_content(".o_proof_spoken"), "and it can be heard"
    customer.screenshot("41-difference")
    page.click("[data-tool=fit]")
    window = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    page.wait_for_function(FITS)
    customer.screenshot("41-compare-phone")
    page.set_viewport_size(window)
    page.click("[data-dialog=o_proof_forward]")
    page.fill("#o_proof_forward_name", "Ines Colleague")
    page.fill("#o_proof_forward_email", COLLEAGUE)
    customer.screenshot("42-forward")
    page.click("#o_proof_forward button[type=submit]")
    page.wait_for_selector(".o_proof_notice_good")
    deliver(admin)
    story["guest"] = link_in(mailbox.wait(to=COLLEAGUE)[0])
    assert not customer.errors, customer.errors


def test_inks_and_paper(visit, odoo, story):
    """OP+6, OP+8: the inks one by one with the total under the mouse; the page on the white of its paper."""
    customer = visit()
    page = open_link(customer, story["clara"], odoo)
    page.click("[data-tool=plates]")
    page.wait_for_selector(".o_proof_ink")
    names = [text.strip() for text in page.locator(".o_proof_ink").all_inner_texts()]
    assert names[:4] == ["Cyan", "Magenta", "Yellow", "Black"]
    page.hover(".o_proof_sheet")
    page.wait_for_function("document.querySelector('.o_proof_plates_note').textContent.includes('%')")
    for index in (0, 1, 2):
        page.locator(".o_proof_ink input").nth(index).uncheck()
    page.wait_for_selector(".o_proof_plate:not([hidden])")
    customer.screenshot("43-black-plate")
    for _step in range(4):
        page.click("[data-tool=in]")
    page.wait_for_selector(".o_proof_plate_squares:not([hidden]) canvas")
    page.focus(".o_proof_stage")
    page.keyboard.press("ArrowUp")
    page.wait_for_selector(".o_proof_reading")
    assert "%" in page.inner_text(".o_proof_plates_note"), "the inks in the middle, without a mouse"
    customer.screenshot("43b-black-plate-enlarged")
    page.keyboard.press("0")
    page.keyboard.press("i")
    assert page.locator(".o_proof_plates").is_hidden()
    busy = []

    def answer(route):
        """Be too busy for the first three askings."""
        busy.append(page.evaluate("document.querySelector('.o_proof_preview').naturalWidth"))
        if len(busy) <= 3:
            route.fulfill(status=503)
        else:
            route.continue_()

    page.route("**/page/*/paper*", answer)
    page.click("[data-tool=paper]")
    drawn = "() => { const p = document.querySelector('.o_proof_preview');"
    drawn += " return p.src.includes('/paper') && p.complete && p.naturalWidth > 0; }"
    page.wait_for_function(drawn)
    customer.screenshot("44-paper")
    assert len(busy) > 3
    assert busy[2] > 0, "the page is shown while the server is busy"
    assert all("503" in error for error in customer.errors), customer.errors


def test_colleague_approves(visit, odoo, admin, mailbox, story):
    """OP6, OP8, OP13, OP14: without a login the colleague approves the pages, not the terms; both are told."""
    mailbox.clear()
    guest = visit(phone=True)
    page = open_link(guest, story["guest"], odoo)
    assert not page.locator("[data-dialog=o_proof_forward]").count(), "a guest does not send it on"
    page.click("[data-dialog=o_proof_approve]")
    guest.screenshot("50-approve")
    page.click("#o_proof_approve button[type=submit]")
    assert page.locator("#o_proof_approve").is_visible(), "not without a tick"
    assert not page.locator("#o_proof_approve input[name=terms]").count(), "the customer's own people accept them"
    page.check("#o_proof_approve input[name=checked]")
    page.click("#o_proof_approve button[type=submit]")
    page.wait_for_selector(".o_proof_badge_approved")
    guest.screenshot("51-approved")
    for path in ("/my", "/my/orders", f"/my/orders/{story['order']}", "/my/proofs"):
        token = story["guest"].split("access_token=")[1]
        page.goto(f"{path}?access_token={token}")
        assert "/web/login" in page.url or "Brochure" not in page.content(), path
    deliver(admin)
    assert "proof approved" in mailbox.wait(to="admin")[0]["Subject"]
    customer_mail = mailbox.wait(to=CLARA)[0]
    assert "Ines Colleague" in customer_mail.get_body(("html",)).get_content()


def test_certificate_and_production(visit, odoo, admin, sql, story):
    """OP7, OP+5: the certificate is there with the file's hash; only now 081 can be chosen."""
    customer = visit()
    page = open_link(customer, story["clara"], odoo)
    with page.expect_download() as download:
        page.click(".o_proof_certificate")
    content = download.value.path().read_bytes()
    text = "".join(pdf_text(content).split())
    [(checksum,)] = sql(
        """SELECT f.checksum FROM online_proof_file f JOIN online_proof_revision r ON r.id = f.revision_id
           JOIN online_proof p ON p.id = r.proof_id WHERE p.sale_order_id = %s AND r.state = 'approved'""",
        (story["order"],),
    )
    assert checksum in text
    assert "InesColleague" in text
    assert "127.0.0.1" in text
    shop = visit()
    page = shop.login("admin")
    # the order has a line more than the customer approved: the changes, which are no print job
    admin.call("sale.order", "action_confirm", [story["order"]])
    page.goto(f"/odoo/sales/{story['order']}")
    choose_status(page, "081")
    page.wait_for_selector(".o_production_status .o_arrow_button_current:has-text('081')")
    shop.screenshot("60-production")
    page.goto("/odoo/production")
    page.wait_for_selector(".o_kanban_group:has-text('081') .o_kanban_record:has-text('Clara Buyer')")
    shop.screenshot("61-kanban")
    page.goto("/odoo/online-proofs")
    page.wait_for_selector(".o_kanban_record")
    shop.screenshot("62-proofs")


def test_five_single_pages(visit, odoo, admin, mailbox, story):
    """OP3: five single-page files, uploaded in any order, are shown as pages 1, 2, 3, 9, 10."""
    mailbox.clear()
    shop = visit()
    page = shop.login("admin")
    order = find_order(admin, "Flyer set A5")
    page.goto(f"/odoo/sales/{order}")
    choose_status(page, "038")
    page.click(".modal button[name=action_send]")
    page.wait_for_selector(".modal", state="detached")
    deliver(admin)
    customer = visit(phone=True)
    page = open_link(customer, link_in(mailbox.wait(to=CLARA)[0]), odoo)
    assert page.locator(".o_proof_thumb").count() == len(SINGLE_PAGES)
    files = admin.call(
        "online.proof.page",
        "search_read",
        [("revision_id.proof_id.sale_order_id", "=", order)],
        ["number", "file_id"],
        order="number",
    )
    assert [row["file_id"][1] for row in files] == sorted(
        SINGLE_PAGES, key=lambda name: int(re.search(r"\d+", name)[0])
    )
    customer.screenshot("70-five-files")


@pytest.mark.parametrize("level", ["buyer", "needs_approval"])
def test_template_product(visit, admin, mailbox, story, level):
    """OP15, OP16: placing the order approves the personalised card, unless an administrator has to."""
    mailbox.clear()
    portal = admin.call("res.users", "search_read", [("login", "=", "portal")], ["partner_id"])[0]["partner_id"][0]
    azure = admin.ref("base.res_partner_12")
    admin.call(
        "res.partner",
        "write",
        [portal],
        {
            "parent_id": azure,
            "proof_user_level_id": admin.ref(f"online_proof.user_level_{level}"),
            "street": "4557 De Silva St",
            "city": "Fremont",
            "zip": "94538",
            "phone": "+1 555 0100",
            "country_id": admin.ref("base.us"),
            "state_id": admin.ref("base.state_us_5"),
        },
    )
    customer = visit()
    page = customer.login("portal")
    buy_card(page, "Ștefan Portal")
    page.wait_for_function("document.querySelector('.o_proof_checkout_figure img').naturalWidth > 0")
    customer.screenshot(f"80-checkout-{level}", full_page=True)
    expected = "An administrator of your company" if level == "needs_approval" else "by placing the order you approve"
    assert expected in page.inner_text(".o_proof_checkout")
    page.set_viewport_size({"width": 390, "height": 844})
    # the button is always in sight on a phone: so is what it means
    assert page.locator(".o_proof_checkout_bar").is_visible() == (level == "buyer")
    customer.screenshot(f"80-checkout-phone-{level}")
    page.set_viewport_size({"width": 1366, "height": 900})
    buttons = ("[name=o_payment_submit_button]", "a[href='/shop/payment/validate']", "button:has-text('Confirm Order')")
    page.locator(", ".join(f"{button}:visible" for button in buttons)).first.click()
    page.wait_for_url(re.compile("/shop/confirmation"))
    [row] = admin.call(
        "online.proof",
        "search_read",
        [("partner_id", "=", portal)],
        ["state", "sale_order_id"],
        limit=1,
        order="id desc",
    )
    if level == "buyer":
        assert row["state"] == "approved"
        return
    assert row["state"] == "sent"
    deliver(admin)
    admin.run_cron("online_proof.ir_cron_prepare")
    boss = visit(phone=True)
    page = open_link(boss, link_in(mailbox.wait(to=PAUL)[0]), None)
    boss.screenshot("81-administrator")
    page.click("[data-dialog=o_proof_approve]")
    for tick in page.locator("#o_proof_approve input[type=checkbox]").all():
        tick.check()
    page.click("#o_proof_approve button[type=submit]")
    page.wait_for_selector(".o_proof_badge_approved")


def test_portal_pages(visit, admin, story):
    """OP13: the portal shows the customer's proofs on a phone."""
    customer = visit(phone=True)
    page = customer.login("portal")
    page.goto("/my/proofs")
    page.wait_for_selector(".o_proof_card")
    assert not customer.scrolls_sideways()
    customer.screenshot("90-portal", full_page=True)
    page.click(".o_proof_card >> nth=0")
    page.wait_for_selector(".o_proof_viewer")


def test_progress_of_a_long_file(visit, odoo, admin, story):
    """OP3: of a long file the first page is visible at once, the bar grows, the page fills itself."""
    from tests.online_proof.helpers import Shop, make_pdf, new_proof

    _order, proof = new_proof(admin, name="Long Book")
    shop = visit()
    page = shop.login("admin")
    Shop(odoo.url, admin.database).upload(proof, ("book.pdf", make_pdf(40)))
    page.goto(f"/proof/staff/{proof}")
    ready(page)
    page.wait_for_selector(".o_proof_progress:not([hidden])")
    shop.screenshot("95-progress")
    admin.run_cron("online_proof.ir_cron_prepare")
    page.wait_for_selector(".o_proof_progress", state="hidden")
    page.wait_for_function("document.querySelectorAll('.o_proof_thumb img').length === 40")
