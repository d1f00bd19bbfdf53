"""The story of a dossier: real browser, real SMTP out and in, demo data.

Proves SD1 to SD14 and SD+1 to SD+4 as a person sees them. The tests of this module build on
each other and run in order.
"""

import re

import pypdfium2
import zxingcpp

from tests.helpers import wait_until
from tests.service_dossier.steps import add_message, open_dossier, reply, text_of, upload
from tools.settings import ALIAS_DOMAIN

DEALER = "els@peeters.example.com"


def test_overview_and_attachments(visit, facts):
    """SD1, SD2, SD+4: overview, three attachments, one deactivated from the gear; readers are shown."""
    visitor = visit()
    page = visitor.login("dealer")
    page.goto("/my/dossiers")
    visitor.screenshot("01_overview")
    page = open_dossier(visitor, facts)
    page.click(".o_dossier_composer > summary")
    assert "Tom Maes" in page.inner_text(".o_dossier_readers")
    page.select_option("#message_type", "attachment")
    page.select_option("#audience", "internal")
    assert "Employees" not in page.inner_text(".o_dossier_readers")
    visitor.screenshot("02_composer")
    page.click(".o_dossier_composer > summary")
    add_message(page, "attachment", files=[upload("drawing.png")], subject="Drawing")
    add_message(page, "attachment", files=[upload("plan.pdf", b"%PDF-1.4", "application/pdf"), upload("detail.png")])
    assert page.locator(".o_dossier_files > li").count() == 3
    page.click(".o_dossier_files > li:has-text('detail.png') .o_dossier_gear summary")
    with page.expect_navigation():
        page.click(".o_dossier_files > li:has-text('detail.png') button:has-text('Deactivate')")
    assert page.locator(".o_dossier_files > li:has-text('detail.png') .badge").inner_text() == "Deactivated"
    assert page.locator(".o_dossier_files > li:has-text('detail.png') a").count() == 0
    visitor.screenshot("03_attachments", full_page=True)
    assert not visitor.errors


def test_drop_files(visit, facts):
    """SD2: files can be dropped on the form; a too large one is named before anything is uploaded."""
    page = open_dossier(visit(), facts)
    page.click(".o_dossier_composer > summary")
    page.evaluate(
        """() => {
            const transfer = new DataTransfer();
            transfer.items.add(new File(["dropped"], "dropped.txt", {type: "text/plain"}));
            const zone = document.querySelector(".o_dossier_drop");
            zone.dispatchEvent(new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true}));
        }"""
    )
    page.wait_for_selector(".o_dossier_chosen li:has-text('dropped.txt')")
    with page.expect_navigation():
        page.click(".o_dossier_composer button[type=submit]")
    assert page.locator(".o_dossier_files a:has-text('dropped.txt')").count() == 1
    page.click(".o_dossier_composer > summary")
    page.evaluate("document.querySelector('.o_dossier_composer form').dataset.maxSize = '0.000001'")
    page.set_input_files("#files", [upload("huge.png")])
    assert "huge.png" in page.inner_text(".o_dossier_composer .o_dossier_problem")


def test_email_and_answer(visit, facts, mailbox, send_mails, admin):
    """SD3, SD14: an e-mail to two people; one answers by mail, the answer reaches dossier and dealer."""
    mailbox.clear()
    visitor = visit()
    page = open_dossier(visitor, facts)
    add_message(
        page, "email", recipients="a@x.example, b@y.example", subject="Measuring", body="Can you measure on Thursday?"
    )
    send_mails()
    sent = mailbox.wait(1, to="a@x.example")[0]
    assert "b@y.example" in sent["X-Envelope-To"]
    assert f"@{ALIAS_DOMAIN}" in sent["Reply-To"]
    reply(
        mailbox, sent, sender="Abe <a@x.example>", text="Thursday at nine.\n\nOn Monday, Els wrote:\n> Can you measure?"
    )
    reply(mailbox, sent, sender="b@y.example", text="I am away until May.", auto=True)
    reply(mailbox, sent, sender="eve@evil.example", text="Send me everything.")
    found = wait_until(
        lambda: admin.call(
            "service.dossier.message", "search_read", [("origin", "=", "mail")], ["email_from", "parent_id", "body"]
        )
    )
    send_mails()
    answer = mailbox.wait(1, to=DEALER)[0]
    assert "to your message of" in text_of(answer)
    assert "Thursday at nine" in text_of(answer)
    page.reload()
    assert page.locator(".o_dossier_reply_to:has-text('Els Peeters')").count() == 1
    assert page.locator("text=Thursday at nine").count() == 1
    assert page.locator("text=I am away").count() == page.locator("text=Send me everything").count() == 0
    assert [message["email_from"] for message in found] == ["a@x.example"]
    visitor.screenshot("04_email_answer", full_page=True)


def test_remark_answered_from_the_back_office(visit, facts, mailbox, send_mails):
    """SD5: the contact person answers in the back office; the dealer's mail says that it is an answer."""
    page = open_dossier(visit(), facts)
    add_message(page, "remark", subject="Left guide", body="Is the left guide included?")
    send_mails()
    assert mailbox.wait(1, to="marie.claes@manufacturer.example.com")
    mailbox.clear()
    office = visit()
    page = office.login("marie")
    page.goto(f"/odoo/service-dossiers/{facts['id']}")
    page.wait_for_selector(".o_field_widget[name=communication_ids] .o_kanban_record")
    office.screenshot("05_office_form", full_page=True)
    page.click(".o_kanban_record:has-text('Is the left guide included?') button:has-text('Answer')")
    page.wait_for_selector(".modal .odoo-editor-editable")
    page.click(".modal .odoo-editor-editable")
    page.keyboard.type("Yes, both guides are.")
    office.screenshot("06_office_composer")
    page.click(".modal button:has-text('Send')")
    page.wait_for_selector(".o_kanban_record:has-text('Yes, both guides are.')")
    send_mails()
    mail = mailbox.wait(1, to=DEALER)[0]
    assert "to your message of" in text_of(mail)
    assert "Yes, both guides are." in text_of(mail)


def test_internal(visit, facts, mailbox, send_mails):
    """SD7: a colleague reads the internal message, the contact person does not, the notice says nothing."""
    mailbox.clear()
    page = open_dossier(visit(), facts)
    add_message(page, "remark", audience="internal", subject="Margin", body="Do not tell them our price.")
    colleague = visit()
    page = open_dossier(colleague, facts, login="colleague")
    assert page.locator("text=Do not tell them our price.").count() == 1
    colleague.screenshot("07_internal", full_page=True)
    office = visit()
    page = office.login("marie")
    page.goto(f"/odoo/service-dossiers/{facts['id']}")
    page.wait_for_selector(".o_field_widget[name=communication_ids] .o_kanban_record")
    assert "Do not tell" not in page.content()
    page.goto("/odoo/action-service_dossier.service_dossier_message_action")
    page.wait_for_selector(".o_list_view")
    assert "Margin" not in page.content()
    send_mails()
    notice = text_of(mailbox.wait(1, to="tom@peeters.example.com")[0])
    assert "Margin" not in notice
    assert "Els" not in notice
    assert not mailbox.messages(to="marie.claes@manufacturer.example.com")


def test_complaint_with_photos(visit, facts, admin):
    """SD4, SD+4: a complaint with photos becomes a ticket whose stage the dossier shows."""
    visitor = visit()
    page = open_dossier(visitor, facts)
    add_message(
        page, "complaint", subject="Scratch", body="There is a scratch.", files=[upload("one.png"), upload("two.png")]
    )
    assert page.locator(".o_dossier_ticket:has-text('New')").count() == 1
    ticket = admin.call(
        "helpdesk.ticket", "search_read", [("dossier_id", "=", facts["id"])], ["number", "date_response_deadline"]
    )
    assert ticket[0]["date_response_deadline"]
    stage = admin.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
    admin.call("helpdesk.ticket", "write", [ticket[0]["id"]], {"stage_id": stage})
    page.reload()
    assert page.locator(".o_dossier_ticket:has-text('In Progress')").count() == 1
    visitor.screenshot("08_complaint", full_page=True)


def test_service_order(visit, facts, admin, mailbox, send_mails):
    """SD6 and SD8 to SD12: service request, warranty document, two parts, two orders."""
    visitor = visit()
    page = open_dossier(visitor, facts)
    add_message(page, "service_request", subject="Motor", body="The motor is dead.")
    assert page.inner_text(".o_dossier_stage") == "Service request"
    page.wait_for_selector("text=By warranty number")
    post_warranty_document(visit(), facts, mailbox, send_mails)
    first, second = facts["warranties"]
    page.fill("#warranty", first["name"].lower())
    page.click(".o_dossier_search button[type=submit]")
    page.wait_for_selector(f".o_dossier_candidates:has-text('{first['name']}')")
    visitor.screenshot("09_by_number", full_page=True)
    page.fill("input[name=quantity]", "3")
    with page.expect_navigation():
        page.click("button:has-text('Add to order')")
    assert "decides whether the warranty pays" in page.inner_text(".o_dossier_lines")
    visitor.screenshot("09_too_many", full_page=True)
    with page.expect_navigation():
        page.click(f"button[aria-label='Remove {first['name']}']")
    page.fill("#warranty", first["name"])
    page.click(".o_dossier_search button[type=submit]")
    page.select_option("select[name=element_id]", label="EL-4711 Motor 230 V")
    with page.expect_navigation():
        page.click("button:has-text('Add to order')")
    page.click("a:has-text('By dimensions')")
    page.fill("#order_number", facts["order"])
    page.fill("#width", "1203")
    page.fill("#height", "2150")
    page.click(".o_dossier_search button[type=submit]")
    page.wait_for_selector(".o_dossier_candidates .card >> nth=1")
    assert "Exact" in page.inner_text(".o_dossier_candidates .card >> nth=0")
    assert second["name"] in page.inner_text(".o_dossier_candidates .card >> nth=0")
    assert "Differs by 3 mm" in page.inner_text(".o_dossier_candidates .card >> nth=1")
    visitor.screenshot("10_by_dimensions", full_page=True)
    page.fill(".o_dossier_candidates .card >> nth=0 >> input[name=reference]", "Repair right side")
    with page.expect_navigation():
        page.click(".o_dossier_candidates .card >> nth=0 >> button")
    visitor.screenshot("11_before_order", full_page=True)
    with page.expect_navigation():
        page.click("button:has-text('Place order')")
    assert "Your order was placed" in page.inner_text(".alert-success")
    visitor.screenshot("12_placed", full_page=True)
    orders = admin.call(
        "sale.order",
        "search_read",
        [("dossier_id", "=", facts["id"]), ("is_service_order", "=", True)],
        ["name", "service_number", "client_order_ref", "amount_total", "state"],
    )
    by_reference = {order["client_order_ref"]: order for order in orders}
    assert set(by_reference) == {"Villa Damme, south side", "Repair right side"}
    assert by_reference["Villa Damme, south side"]["service_number"] == facts["order"]
    assert by_reference["Repair right side"]["service_number"] is False
    assert {order["state"] for order in orders} == {"sale"}
    assert {order["amount_total"] for order in orders} == {0}


def post_warranty_document(visitor, facts, mailbox, send_mails):
    """Post the document in the back office and look at the mail."""
    mailbox.clear()
    page = visitor.login("marie")
    page.goto(f"/odoo/service-dossiers/{facts['id']}")
    page.click("button:has-text('Post Warranty Document')")
    page.click(".modal button.btn-primary")
    page.wait_for_selector(".o_kanban_record:has-text('Warranty document')", timeout=60_000)
    send_mails()
    mail = mailbox.wait(1, to=DEALER)[-1]
    attachments = list(mail.iter_attachments())
    assert [part.get_content_type() for part in attachments] == ["application/pdf"]
    content = attachments[0].get_content()
    assert content.startswith(b"%PDF")
    visitor.folder.mkdir(parents=True, exist_ok=True)
    (visitor.folder / "warranty_document.pdf").write_bytes(content)
    facts["codes"] = scan(content)


def scan(content):
    """Return what the QR codes of a printed PDF stand for."""
    document = pypdfium2.PdfDocument(content)
    pictures = [page.render(scale=3).to_pil().convert("L") for page in document]
    return [code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)]


def test_new_dossier(visit, facts, admin):
    """SD13, SD9, SD+1: a new dossier with the product Service; an expired warranty is priced."""
    visitor = visit()
    page = visitor.login("dealer")
    page.goto("/my/dossiers/new")
    page.click("a:has-text('Sun protection')")
    page.check("label:has-text('Service')")
    page.fill("#new_reference", "Second visit")
    visitor.screenshot("13_new_dossier")
    with page.expect_navigation():
        page.click("button:has-text('Start')")
    page.wait_for_selector("text=By warranty number")
    expired = admin.call("service.warranty", "search_read", [("order_number", "=", "OLD-2018")], ["name"], limit=1)[0][
        "name"
    ]
    page.fill("#warranty", expired)
    page.click(".o_dossier_search button[type=submit]")
    page.wait_for_selector("text=Warranty expired")
    with page.expect_navigation():
        page.click("button:has-text('Add to order')")
    assert "690" in page.inner_text(".o_dossier_lines")
    with page.expect_navigation():
        page.click("button:has-text('Place order')")
    assert "OLD-2018-S1" in page.inner_text(".alert-success")


def test_qr_code_and_refusal(visit, facts, admin):
    """SD+3, SD6: the code of the document leads to the part; elsewhere the contact is named."""
    service = admin.ref("service_dossier.stage_service")
    admin.call("service.dossier", "write", [facts["id"]], {"stage_id": service})
    visitor = visit()
    page = visitor.login("dealer")
    number = facts["warranties"][0]["name"]
    [address] = [text for text in facts["codes"] if number in text]
    page.goto(address)
    assert "tab=configurator" in page.url
    assert page.input_value("#warranty") == number
    page.goto(f"/my/dossiers/{admin.ref('service_dossier.dossier_production')}")
    page.click(".o_dossier_composer > summary")
    page.select_option("#message_type", "service_request")
    refusal = page.inner_text(".o_dossier_refused")
    for part in ("Marie Claes", "+32 56 62 71 11", "marie.claes@manufacturer.example.com"):
        assert part in refusal
    assert page.is_disabled(".o_dossier_composer button[type=submit]")
    visitor.screenshot("14_refused")


def test_phone_and_keyboard(visit, facts):
    """SD1: the pages fit a phone, and the form is used with the keyboard alone."""
    visitor = visit(phone=True)
    page = visitor.login("dealer")
    for name, path in (
        ("overview", "/my/dossiers"),
        ("communication", f"/my/dossiers/{facts['id']}"),
        (
            "configurator",
            f"/my/dossiers/{facts['id']}?tab=configurator&mode=dimensions&order_number={facts['order']}&width=1200",
        ),
        ("new", "/my/dossiers/new"),
    ):
        page.goto(path)
        visitor.screenshot(f"phone_{name}", full_page=True)
        assert not visitor.scrolls_sideways(), name
    page.goto(f"/my/dossiers/{facts['id']}")
    page.focus(".o_dossier_composer > summary")
    page.keyboard.press("Enter")
    page.wait_for_selector("#message_type", state="visible")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "message_type"
    unlabelled = page.evaluate(
        """() => [...document.querySelectorAll(".o_service_dossier :is(input, select, textarea):not([type=hidden])")]
            .filter((el) => !el.labels?.length && !el.getAttribute("aria-label")).map((el) => el.name)"""
    )
    assert unlabelled == []


def test_other_customer(visit, facts):
    """SD1: another customer finds nothing of it."""
    page = visit().login("otherdealer")
    page.goto("/my/dossiers")
    assert facts["name"] not in page.content()
    assert page.goto(f"/my/dossiers/{facts['id']}").status == 404
    assert re.search("Mairie de Lille", page.goto("/my/dossiers").text())
