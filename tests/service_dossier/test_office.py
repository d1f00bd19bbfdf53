"""What the office and the customer's own desk do beside the dossier, in a real browser: SD+5, SD+8 to SD+10."""

import email.message
import smtplib

import pytest

from tests.helpers import wait_until
from tools.settings import ALIAS_DOMAIN, HOST

LIST = """Kundennummer;Artikel;Auftrag;Breite;Höhe;Beginn;Monate
C10042;SCR-ZIP;ALT-1;1.200,0;2150;31/01/2025;60
C10042;NICHTS;ALT-2;900;1400;31/01/2025;60
"""


@pytest.fixture
def office(visit):
    """The administrator's browser session; at the end nothing may stand on its console."""
    visitor = visit()
    visitor.login("admin")
    yield visitor
    assert not visitor.errors


def test_import(office, admin):
    """SD+9: a list as Excel saves it is read, its columns are confirmed, good lines are imported, bad ones named."""
    customer, product = admin.ref("service_dossier.partner_dealer"), admin.ref("service_dossier.product_screen")
    number = admin.call("res.partner", "read", [customer], ["ref"])[0]["ref"]
    code = admin.call("product.product", "read", [product], ["default_code"])[0]["default_code"]
    content = LIST.replace("C10042", number).replace("SCR-ZIP", code).encode("windows-1252")
    page = office.page
    page.goto("/odoo/action-service_dossier.service_warranty_import_action/new")
    page.set_input_files(
        ".o_field_widget[name=file] input[type=file]", {"name": "alt.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.click("button[name=action_read]")
    page.wait_for_selector("button[name=action_import]")
    office.screenshot("20_import_columns", full_page=True)
    assert "ALT-1" in page.inner_text(".o_field_widget[name=preview]")
    page.click("button[name=action_import]")
    page.wait_for_selector("button[name=action_import]", state="hidden")
    admin.run_cron("service_dossier.ir_cron_import_warranties")
    page.reload()
    page.wait_for_selector(".o_field_widget[name=problem_ids] .o_data_row")
    office.screenshot("21_import_done", full_page=True)
    assert page.locator(".o_field_widget[name=problem_ids] .o_data_row").count() == 1
    [warranty] = admin.call(
        "service.warranty", "search_read", [("order_number", "=", "ALT-1")], ["width", "date_start"]
    )
    assert (warranty["width"], warranty["date_start"]) == (1200, "2025-01-31")


def test_claim(office, admin):
    """SD+8: what a warranty does not cover any more waits in a list, where the manager decides."""
    customer, product = admin.ref("service_dossier.partner_dealer"), admin.ref("service_dossier.product_screen")
    admin.call("product.product", "write", [product], {"warranty_claim_limit": 1})
    warranty_id = admin.call("service.warranty", "create", {"partner_id": customer, "product_id": product})
    dossier_id = admin.call("service.dossier", "create", {"partner_id": customer})
    stage = admin.ref("service_dossier.stage_service")
    admin.call("service.dossier", "write", [dossier_id], {"stage_id": stage})
    for _time in range(2):
        admin.call("service.dossier.line", "create", {"dossier_id": dossier_id, "warranty_id": warranty_id})
        admin.call("service.dossier", "action_place_orders", [dossier_id])
        admin.call("service.dossier", "write", [dossier_id], {"stage_id": stage})
    page = office.page
    page.goto("/odoo/action-service_dossier.service_warranty_claim_action")
    row = page.locator(".o_data_row:has(button[name=action_approve])")
    row.first.wait_for()
    office.screenshot("22_claims")
    assert row.count() == 1
    row.locator("button[name=action_approve]").click()
    page.wait_for_selector(".o_data_row button[name=action_approve]", state="detached")
    claims = admin.call("service.warranty.claim", "search_read", [("warranty_id", "=", warranty_id)], ["state"])
    assert [claim["state"] for claim in claims] == ["approved", "approved"]


def test_unplaced(office, admin, mailbox):
    """SD+5: a stranger's mail with the number of a dossier waits; one click takes it into the dossier."""
    dossier_id = admin.ref("service_dossier.dossier_finished")
    number = admin.call("service.dossier", "read", [dossier_id], ["name"])[0]["name"]
    alias = admin.call("mail.alias", "read", [admin.ref("service_dossier.mail_alias_dossier")], ["alias_name"])
    mail = email.message.EmailMessage()
    mail["From"], mail["To"] = "Abe <abe@x.example>", f"{alias[0]['alias_name']}@{ALIAS_DOMAIN}"
    mail["Subject"], mail["Message-Id"] = f"AW: {number}, width", "<stranger-1@x.example>"
    mail.set_content("We need 1300 mm.")
    with smtplib.SMTP(HOST, mailbox.port) as smtp:
        smtp.send_message(mail)
    found = [("mail_header", "=", "<stranger-1@x.example>")]
    wait_until(lambda: admin.call("service.dossier.unplaced", "search", found))
    page = office.page
    page.goto("/odoo/action-service_dossier.service_dossier_unplaced_action")
    row = page.locator(".o_data_row:has-text('Abe')")
    row.wait_for()
    office.screenshot("23_unplaced")
    row.locator("td[name=subject]").click()
    page.wait_for_selector(".o_form_view button[name=action_attach]")
    office.screenshot("24_unplaced_form", full_page=True)
    page.click(".o_form_view button[name=action_attach]")
    message = wait_until(lambda: admin.call("service.dossier.message", "search_read", found, ["dossier_id", "body"]))
    assert message[0]["dossier_id"][0] == dossier_id
    assert "1300 mm" in message[0]["body"]


def test_colleagues(visit, admin):
    """SD+10: the customer's administrator invites and removes a colleague, on a phone."""
    visitor = visit(phone=True)
    page = visitor.login("dealer")
    page.goto("/my/dossiers")
    # the stage of each dossier is seen without moving the table
    assert page.evaluate(
        "[...document.querySelectorAll('.table-responsive')].every((e) => e.scrollWidth <= e.clientWidth)"
    )
    page.click(".o_portal_navbar .navbar-toggler")
    page.click("a[href='/my/colleagues']")
    page.fill("form[action='/my/colleagues/invite'] input[name=name]", "Nora Nieuw")
    page.fill("form[action='/my/colleagues/invite'] input[name=email]", "nora@peeters.example.com")
    with page.expect_navigation():
        page.click("form[action='/my/colleagues/invite'] button[type=submit]")
    page.wait_for_selector(".alert-success")
    visitor.screenshot("phone_colleagues", full_page=True)
    assert not visitor.scrolls_sideways()
    [user] = admin.call("res.users", "search_read", [("login", "=", "nora@peeters.example.com")], ["share"])
    assert user["share"]
    with page.expect_navigation():
        page.click(f"form[action='/my/colleagues/{user['id']}/remove'] button")
    assert page.locator("text=nora@peeters.example.com").count() == 0
    assert not admin.call("res.users", "search", [("id", "=", user["id"])])
    assert not visitor.errors


def test_who_is_looking(office, visit, admin):
    """SD+7: whoever opens a dossier that a colleague has open reads so; whoever closes it has left."""
    address = f"/odoo/action-service_dossier.service_dossier_action/{admin.ref('service_dossier.dossier_finished')}"
    other = visit()
    other.login("marie")
    with other.page.expect_response("**/service.dossier/look"):
        other.page.goto(address)
    office.page.goto(address)
    office.page.wait_for_selector(".o_dossier_viewers:has-text('Marie Claes')")
    office.screenshot("22_who_is_looking")
    with other.page.expect_response("**/service.dossier/leave"):
        other.page.click(".o_breadcrumb .o_back_button, .breadcrumb-item a >> nth=0")


def test_satisfaction(visit, admin):
    """SD+10: on a phone, the end of a complaint asks how it was handled, and the answer reaches the ticket."""
    dossier = admin.ref("service_dossier.dossier_finished")
    visitor = visit(phone=True)
    page = visitor.login("dealer")
    page.goto(f"/my/dossiers/{dossier}")
    page.click(".o_dossier_composer > summary")
    page.select_option("#message_type", "complaint")
    page.fill("#body", "The cover rattles.")
    assert page.is_visible("text=Take a photo")
    visitor.screenshot("phone_composer", full_page=True)
    with page.expect_navigation():
        page.click(".o_dossier_composer button[type=submit]")
    [ticket] = admin.call("helpdesk.ticket", "search", [("dossier_id", "=", dossier)], order="id desc", limit=1)
    done = admin.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
    admin.call("helpdesk.ticket", "write", [ticket], {"stage_id": done})
    page.goto(f"/my/dossiers/{dossier}")
    visitor.screenshot("phone_satisfaction", full_page=True)
    assert not visitor.scrolls_sideways()
    with page.expect_navigation():
        page.click(f"form[action$='/complaint/{ticket}/satisfaction'] button[value=good]")
    page.wait_for_selector(".alert-success")
    assert admin.call("helpdesk.ticket", "read", [ticket], ["satisfaction"])[0]["satisfaction"] == "good"
    assert not visitor.errors
