"""The story of recurring interactions and invoices, in a real browser with real mail."""

import datetime
import re
import zoneinfo

import pypdfium2
import pytest
from playwright.sync_api import expect

from tools.rpc import Rpc


@pytest.fixture(scope="module")
def worker(start_server, odoo):
    """A second Odoo process that runs the scheduled actions, as on a real installation."""
    return start_server("worker", cron_threads=1)


def printed_share(content):
    """Return how much of a PDF's first page is printed on, in percent.

    Debian's wkhtmltopdf draws web fonts as outlines: there is no text to read. What the page
    says is tested inside Odoo, where the report comes as HTML.
    """
    picture = pypdfium2.PdfDocument(content)[0].render(scale=1).to_pil().convert("L")
    histogram = picture.histogram()
    return 100 * sum(histogram[:128]) / sum(histogram)


def choose(page, field, label):
    """Pick a label in a selection field of a form."""
    box = page.locator(f".o_field_widget[name={field}]").first
    if box.locator("select").count():
        box.locator("select").select_option(label=label)
        return
    box.locator("input").first.click()
    page.locator(".o_select_menu_item", has_text=label).first.click()


def fill(page, field, text):
    box = page.locator(f".o_field_widget[name={field}] input").first
    box.fill(text)
    box.press("Tab")


def pick_date(page, field, text):
    page.locator(f".o_field_widget[name={field}]").get_by_role("button").first.click()
    fill(page, field, text)


def tick(page, field, value=True):
    page.locator(f".o_field_widget[name={field}] input").first.set_checked(value)


def open_row(page, text):
    page.locator(".o_list_view .o_data_row", has_text=text).first.locator(".o_data_cell").first.click()


def test_recurring_interaction(visit, admin):
    """RI1, RI2, RI3, RI5, RI6, RI+1: a weekly recurrence for one year, generated, changed, generated again."""
    visitor = visit()
    page = visitor.login("admin")
    page.goto("/odoo")
    page.locator(".o_navbar_apps_menu button").click()
    page.locator(".o_app", has_text="Recurring Interactions").click()
    expect(page.locator(".o_facet_value", has_text="Active")).to_be_visible()
    expect(page.locator(".o_data_row", has_text="Check the stock")).to_be_visible()
    visitor.screenshot("01-active-recurrences")

    page.locator(".o_list_button_add").click()
    fill(page, "name", "Call back customers")
    for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"):
        tick(page, day, day in ("tue", "thu"))
    choose(page, "end_type", "Until a date")
    in_a_year = datetime.date.today() + datetime.timedelta(days=365)
    fill(page, "date_until", in_a_year.strftime("%m/%d/%Y"))
    expect(page.locator(".o_field_widget[name=summary]")).to_contain_text("Every week on Tuesday, Thursday, until")
    expect(page.locator(".o_field_widget[name=next_dates]")).to_contain_text(re.compile(r"Tue \d+ \w+ \d{4}"))
    visitor.screenshot("02-next-dates-while-editing", full_page=True)

    page.get_by_role("button", name="Generate Interactions").click()
    added = page.locator(".modal .o_field_widget[name=added_count]")
    expect(added).to_have_text(re.compile(r"10[3-6]"))
    visitor.screenshot("03-confirmation")
    page.locator(".modal").get_by_role("button", name="OK").click()
    expect(page.locator(".o_facet_value", has_text="Active")).to_be_visible()
    open_row(page, "Call back customers")
    rows = page.locator(".o_field_widget[name=interaction_ids] .o_data_row")
    expect(rows.first).to_be_visible()
    visitor.screenshot("04-interactions-below", full_page=True)

    # one is done, then Thursday becomes Friday
    recurrence = admin.call("recurring.recurrence", "search", [("name", "=", "Call back customers")])[0]
    domain = [("recurrence_id", "=", recurrence)]
    first = admin.call("recurring.interaction", "search", domain, limit=1, order="day")
    admin.call("recurring.interaction", "action_done", first)
    page.reload()
    tick(page, "thu", False)
    tick(page, "fri", True)
    page.locator(".o_form_button_save").click()
    expect(page.locator(".alert", has_text="The dates below were changed")).to_be_visible()
    page.get_by_role("button", name="Generate Interactions").click()
    modal = page.locator(".modal")
    expect(modal.locator(".o_field_widget[name=fixed_count]")).to_have_text("1")
    expect(modal.locator(".o_field_widget[name=kept_count]")).to_have_text(re.compile(r"5[1-4]"))
    expect(modal.locator(".o_field_widget[name=moved_count]")).to_have_text(re.compile(r"5[0-4]"))
    visitor.screenshot("05-confirmation-of-changes")
    modal.get_by_role("button", name="OK").click()
    expect(page.locator(".o_facet_value", has_text="Active")).to_be_visible()
    states = admin.call("recurring.interaction", "read", first, ["state"])
    assert states[0]["state"] == "done"
    days = admin.call("recurring.interaction", "search_read", [*domain, ("state", "=", "planned")], ["day"])
    weekdays = {datetime.date.fromisoformat(row["day"]).weekday() for row in days}
    assert weekdays == {1, 4}
    assert not visitor.errors


def test_agenda(visit, admin):
    """RI2, RI10: an interaction is in the activity menu, the calendar and its views; it leads to the recurrences."""
    # the user's own day, not the server's
    [user] = admin.call("res.users", "read", [admin.uid], ["tz"])
    zone = user["tz"] or "UTC"
    today = datetime.datetime.now(zoneinfo.ZoneInfo(zone)).date().isoformat()
    interaction = admin.call("recurring.interaction", "create", [{"name": "Ring the mill", "day": today}])[0]
    admin.call("recurring.interaction", "write", [interaction], {"day": today})
    visitor = visit(timezone=zone)
    page = visitor.login("admin")
    page.locator(".o-mail-ActivityMenu-counter, .o_menu_systray i[aria-label=Activities]").first.click()
    expect(page.locator(".o-mail-ActivityGroup", has_text="Interaction")).to_be_visible()
    visitor.screenshot("06-activity-menu")
    page.goto("/odoo/calendar")
    expect(page.locator(".o_event", has_text="Ring the mill").first).to_be_visible()
    visitor.screenshot("07-calendar")
    page.goto("/odoo/interactions")
    expect(page.get_by_role("button", name="Recurrences").first).to_be_visible()
    visitor.screenshot("08-interactions")
    for view, content in (("kanban", ".o_kanban_renderer"), ("calendar", ".fc"), ("activity", ".o_activity_view")):
        page.locator(f".o_switch_view.o_{view}").click()
        page.locator(content).first.wait_for()
        expect(page.get_by_text("Ring the mill").first).to_be_visible()
        visitor.screenshot(f"09-interactions-{view}")
    page.goto(f"/odoo/interactions/{interaction}")
    page.locator("button[name=action_open_recurrences]:visible").first.click()
    expect(page.locator(".o_facet_value", has_text="Active")).to_be_visible()
    expect(page.locator(".o_data_row", has_text="Check the stock")).to_be_visible()
    assert not visitor.errors


def test_recurring_invoice(visit, admin, worker, mailbox):
    """RI7, RI8, RI9, RI10: the invoice form, preview, generate; one confirmation posts and mails it."""
    mailbox.clear()
    customer = admin.call("res.partner", "create", [{"name": "Mill Saint-Paul", "email": "mill@example.com"}])[0]
    product = admin.call("product.product", "create", [{"name": "Maintenance", "list_price": 80.0, "type": "service"}])
    admin.call("product.product", "create", [{"name": "Hosting", "list_price": 20.0, "type": "service"}])
    visitor = visit()
    page = visitor.login("admin")
    page.goto("/odoo/action-account.action_move_out_invoice")
    page.get_by_role("button", name="Add a Recurring Invoice").click()
    fill(page, "name", "Maintenance contract")
    box = page.locator(".o_field_widget[name=partner_id] input").first
    box.fill("Mill Saint-Paul")
    page.locator(".dropdown-item", has_text="Mill Saint-Paul").first.click()
    page.get_by_role("tab", name="Recurrence").click()
    page.locator(".o_field_widget[name=month_by]").get_by_label("On a day of the week").check()
    choose(page, "week", "First")
    choose(page, "weekday", "Tuesday")
    start = datetime.date.today().replace(day=1)
    pick_date(page, "date_start", start.strftime("%m/%d/%Y"))
    expect(page.locator(".o_field_widget[name=summary]")).to_contain_text("first Tuesday")
    expect(page.locator(".o_field_widget[name=next_dates]")).to_contain_text("Tue")
    visitor.screenshot("10-recurring-invoice-dates", full_page=True)
    page.get_by_role("tab", name="Invoice Lines").click()
    lines = page.locator(".o_field_widget[name=invoice_line_ids]")
    for name in ("Maintenance", "Hosting"):
        lines.get_by_role("button", name="Add a line").click()
        box = lines.locator(".o_selected_row [name=product_id] input")
        expect(box).to_have_value("")
        box.press_sequentially(name, delay=40)
        page.locator(".o-autocomplete--dropdown-item", has_text=name).first.click()
        expect(lines.locator(".o_selected_row [name=price_unit] input")).not_to_have_value("0.00")
    page.locator(".o_form_button_save").click()
    page.locator(".o_form_saved, .o_form_status_indicator_buttons.invisible").first.wait_for(state="attached")
    visitor.screenshot("11-recurring-invoice-lines", full_page=True)
    pattern = admin.call("recurring.invoice", "search", [("partner_id", "=", customer)])[0]
    assert product and not admin.call("account.move", "search", [("partner_id", "=", customer)])

    with page.context.expect_page() as popup:
        page.get_by_role("button", name="Preview", exact=True).click()
    url = popup.value.url
    answer = page.context.request.get(url)
    assert answer.headers["content-type"] == "application/pdf"
    assert printed_share(answer.body()) > 0.3

    page.get_by_role("button", name="Plan Invoices").click()
    visitor.screenshot("12-generate-invoices")
    page.locator(".modal").get_by_role("button", name="OK").click()
    expect(page.locator(".o_data_row", has_text="Maintenance contract")).to_be_visible()
    visitor.screenshot("13-recurring-invoices")

    # the first Tuesday of this month is there: confirm it
    recurrence = admin.call("recurring.invoice", "read", [pattern], ["recurrence_id"])[0]["recurrence_id"][0]
    interaction = admin.call("recurring.interaction", "search", [("recurrence_id", "=", recurrence)], limit=1)[0]
    page.goto(f"/odoo/interactions/{interaction}")
    page.get_by_role("button", name="Issue Invoice").click()
    visitor.screenshot("14-confirm-once")
    page.locator(".modal").get_by_role("button", name="Issue and Send").click()
    expect(page.locator(".o_notification", has_text="1 invoice(s) issued")).to_be_visible()
    expect(page.locator(".o_statusbar_status .o_arrow_button_current", has_text="Done")).to_be_visible()
    expect(page.locator(".oe_stat_button", has_text="Invoices")).to_be_visible()
    visitor.screenshot("15-issued")

    message = mailbox.wait(1, to="mill@example.com", timeout=150)[0]
    attachments = [part for part in message.walk() if part.get_content_type() == "application/pdf"]
    assert len(attachments) == 1
    assert printed_share(attachments[0].get_payload(decode=True)) > 0.3
    moves = admin.call(
        "account.move", "search_read", [("partner_id", "=", customer)], ["name", "state", "is_move_sent"]
    )
    assert [(move["state"], move["is_move_sent"]) for move in moves] == [("posted", True)]
    assert len(mailbox.messages(to="mill@example.com")) == 1
    assert not visitor.errors


def test_feed_and_phone(visit, odoo, database):
    """RI+4: the user makes the address of a feed, subscribes with it, and revokes it; RI2, RI7 on a phone."""
    visitor = visit()
    page = visitor.login("demo")
    page.goto("/odoo/action-recurring_interaction.recurring_feed_link_action")
    page.get_by_role("button", name="New Address").click()
    address = page.locator(".modal .o_field_widget[name=url]")
    expect(address).to_contain_text(".ics")
    visitor.screenshot("16-feed")
    url = re.search(r"/recurring_interaction/feed/\S+?\.ics", address.inner_text())[0]
    answer = page.request.get(url)
    assert answer.status == 200
    assert b"Visit key customers" in answer.body()
    Rpc(odoo.url, database, "demo", "demo")
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("You have no feed yet")).to_be_visible()
    assert page.request.get(url).status == 404

    phone = visit(phone=True)
    page = phone.login("admin")
    page.goto("/odoo/recurrences")
    page.locator(".o_kanban_record", has_text="Check the stock").first.wait_for()
    phone.screenshot("17-phone-list")
    page.locator(".o_kanban_record", has_text="Check the stock").first.click()
    page.locator(".o_form_view").wait_for()
    phone.screenshot("18-phone-form")
    assert not phone.scrolls_sideways()
    page.goto("/odoo/recurring-invoices")
    page.locator(".o_kanban_record", has_text="Maintenance of the coffee machines").first.click()
    page.locator(".o_form_view").wait_for()
    page.get_by_role("tab", name="Recurrence").click()
    expect(page.locator(".o_field_widget[name=next_dates]")).to_be_visible()
    phone.screenshot("18-phone-recurring-invoice", full_page=True)
    assert not phone.scrolls_sideways()
    page.get_by_role("tab", name="Invoice Lines").click()
    expect(page.locator(".o_field_widget[name=invoice_line_ids] .o_kanban_record").first).to_be_visible()
    phone.screenshot("18-phone-recurring-invoice-lines", full_page=True)
    assert not phone.scrolls_sideways()


def test_invoices_to_issue(visit, admin):
    """RI+10: many dates are issued in portions, with progress; what was not issued says why; both stay to be seen."""
    first = datetime.date.today() - datetime.timedelta(days=20)
    for name, email in (("Portions", "portions@example.com"), ("Portions by post", False)):
        partner = admin.call("res.partner", "create", [{"name": name, "email": email}])[0]
        values = {
            "name": name,
            "partner_id": partner,
            "freq": "daily",
            "date_start": first.isoformat(),
            "end_type": "count",
            "count": 21 if email else 2,
            "invoice_line_ids": [(0, 0, {"name": "Care", "price_unit": 10.0})],
        }
        pattern = admin.call("recurring.invoice", "create", [values])[0]
        recurrence = admin.call("recurring.invoice", "read", [pattern], ["recurrence_id"])[0]["recurrence_id"][0]
        action = admin.call("recurring.recurrence", "action_generate", [recurrence])
        admin.call("recurring.generate", "action_generate", [action["res_id"]])
    visitor = visit()
    page = visitor.login("admin")
    page.goto("/odoo/invoices-to-issue")
    # what is typed before the list is there is not searched for, and the list shows others until it was
    expect(page.locator(".o_data_row").first).to_be_visible()
    page.locator(".o_searchview_input").fill("Portions")
    expect(page.locator(".o_searchview_autocomplete")).to_contain_text("Portions")
    page.keyboard.press("Enter")
    expect(page.locator(".o_searchview_facet")).to_contain_text(["Portions"])
    expect(page.locator(".o_data_row")).to_have_count(23)
    rows = page.locator(".o_data_row", has_text="Portions")
    visitor.screenshot("21-invoices-to-issue")
    page.locator("thead .o_list_record_selector input").check()
    page.locator(".o_control_panel").get_by_role("button", name="Issue and Send").click()
    page.locator(".modal .btn-primary").click()
    dialog = page.locator(".modal", has_text="invoices issued")
    expect(dialog).to_contain_text("Dates: 23 of 23, invoices issued: 21.", timeout=60_000)
    expect(dialog).to_contain_text("The customer Portions by post has no e-mail address.")
    visitor.screenshot("22-issued-in-portions")
    dialog.get_by_role("button", name="Close").last.click()
    expect(rows).to_have_count(2)
    page.locator(".o_facet_value", has_text="To Issue").locator("xpath=..").locator(".o_facet_remove").click()
    page.locator(".o_searchview_dropdown_toggler").click()
    page.get_by_role("menuitemcheckbox", name="Issued Today").click()
    page.keyboard.press("Escape")
    expect(rows).to_have_count(21)
    assert not visitor.errors


INVITATION = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//EN
BEGIN:VEVENT
UID:1@x
DTSTART;TZID=Europe/Brussels:20270107T140000
DTEND;TZID=Europe/Brussels:20270107T150000
RRULE:FREQ=WEEKLY;BYDAY=TH;COUNT=4
EXDATE;TZID=Europe/Brussels:20270114T140000
SUMMARY:{name}
END:VEVENT
END:VCALENDAR
"""


def test_calendar_file(visit):
    """RI+9: an invitation is chosen, or dropped on the list; what would be planned is shown, then it is planned."""
    visitor = visit()
    page = visitor.login("admin")
    page.goto("/odoo/recurrences")
    page.get_by_role("button", name="Calendar File").click()
    file = {"name": "a.ics", "mimeType": "text/calendar", "buffer": INVITATION.format(name="Stand-up").encode()}
    page.locator(".modal input[type=file]").set_input_files(file)
    expect(page.locator(".modal .o_field_widget[name=result]")).to_contain_text("Stand-up: Every week on Thursday")
    visitor.screenshot("19-calendar-file")
    page.locator(".modal").get_by_role("button", name="Plan", exact=True).click()
    rows = page.locator(".o_field_widget[name=interaction_ids] .o_data_row")
    expect(rows).to_have_count(4)
    expect(rows.filter(has_text="Skipped")).to_have_count(1)
    visitor.screenshot("20-from-a-calendar-file")

    page.goto("/odoo/recurrences")
    page.locator(".o_list_view .o_data_row").first.wait_for()
    carried = page.evaluate_handle(
        """text => {
            const carried = new DataTransfer();
            carried.items.add(new File([text], "b.ics", { type: "text/calendar" }));
            return carried;
        }""",
        INVITATION.format(name="Retrospective"),
    )
    page.dispatch_event(".o_list_view", "dragenter", {"dataTransfer": carried})
    page.locator(".o-Dropzone").wait_for()
    page.dispatch_event(".o-Dropzone", "drop", {"dataTransfer": carried})
    expect(page.locator(".modal .o_field_widget[name=result]")).to_contain_text("Retrospective: Every week on Thursday")
    page.locator(".modal").get_by_role("button", name="Plan", exact=True).click()
    expect(page.locator(".o_field_widget[name=interaction_ids] .o_data_row")).to_have_count(4)
    assert not visitor.errors
