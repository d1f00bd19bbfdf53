"""Fourteen months of a subscription in the browser, on a server whose clock is moved."""

import datetime

import pytest
from dateutil.relativedelta import relativedelta
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from playwright.sync_api import expect

from tools.odoo_server import start_odoo
from tools.rpc import Rpc, configure_server
from tools.settings import ALIAS_DOMAIN, ROOT

#: Where the server-wide module ``moved_clock`` is.
TEST_ADDONS = ROOT / "tests/addons"
#: The first of the invoices: a first of a month that is still to come.
FIRST = datetime.date.today().replace(day=1) + relativedelta(months=2)


class Clock:
    """The clock of the server, and what the scheduler does when it is moved."""

    def __init__(self, path):
        self.path = path

    def move(self, months, days=0):
        """Make it nine o'clock in the morning, so many months and days after the first invoice."""
        day = FIRST + relativedelta(months=months, days=days)
        self.path.write_text(f"{day} 09:00:00")
        return day


@pytest.fixture(scope="module")
def clock(tmp_path_factory):
    """The clock of the server, at the day of the first invoice."""
    clock = Clock(tmp_path_factory.mktemp("clock") / "now")
    clock.move(0)
    return clock


@pytest.fixture(scope="module")
def odoo(installation, database, mailbox, clock):
    """An Odoo server that takes the time from the clock."""
    server = start_odoo(
        installation,
        database,
        name=f"{database}-moved",
        cron_threads=0,
        smtp_port=mailbox.port,
        addons=[TEST_ADDONS],
        options={"server_wide_modules": "base,rpc,web,moved_clock"},
        env={"MOVED_CLOCK": str(clock.path)},
    )
    configure_server(Rpc(server.url, database), ALIAS_DOMAIN)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def world(admin):
    """Taxes, a price list in another currency, a customer, an exempt one, and a clerk of Invoicing."""
    create = admin.call
    old, new = (
        create("account.tax", "create", [{"name": f"VAT {rate}", "amount": rate, "type_tax_use": "sale"}])[0]
        for rate in (19, 21)
    )
    export = create("account.fiscal.position", "create", [{"name": "Export"}])[0]
    zero = {"name": "Zero", "amount": 0, "type_tax_use": "sale", "fiscal_position_ids": [(6, 0, [export])]}
    create("account.tax", "create", [{**zero, "original_tax_ids": [(6, 0, [old, new])]}])
    product = {"name": "Subscription", "type": "service", "list_price": 100.0, "taxes_id": [(6, 0, [old])]}
    euro = admin.ref("base.EUR")
    create("res.currency", "write", [euro], {"active": True})
    admin.call("res.currency.rate", "unlink", admin.call("res.currency.rate", "search", [("currency_id", "=", euro)]))
    create("res.currency.rate", "create", [{"currency_id": euro, "rate": 2.0, "name": "2020-01-01"}])
    fixed = {"compute_price": "fixed", "fixed_price": 150, "applied_on": "3_global"}
    prices = {"name": "Euro", "currency_id": euro, "item_ids": [(0, 0, fixed)]}
    mill, abroad = create(
        "res.partner",
        "create",
        [
            {"name": "Mill Saint-Paul", "email": "mill@example.com"},
            {"name": "Abroad Ltd", "email": "abroad@example.com", "property_account_position_id": export},
        ],
    )
    groups = [admin.ref("base.group_user"), admin.ref("account.group_account_invoice")]
    clerk = {"name": "Clara Clerk", "login": "clerk", "password": "clerk", "group_ids": [(6, 0, groups)]}
    create("res.users", "create", [{**clerk, "email": "clerk@example.com", "tz": "UTC"}])
    return {
        "old": old,
        "new": new,
        "product": create("product.product", "create", [product])[0],
        "prices": create("product.pricelist", "create", [prices])[0],
        "mill": mill,
        "abroad": abroad,
    }


@pytest.fixture
def clerk(visit, world):
    """The session of the clerk."""
    visitor = visit(timezone="UTC")
    visitor.login("clerk")
    return visitor


def night(admin):
    """Let the scheduled actions run."""
    for name in ("fill_horizon", "fill_agenda", "issue_invoices"):
        admin.run_cron(f"recurring_interaction.ir_cron_{name}")


def billed(admin, partner):
    """Return what a customer was billed: months since the first invoice and totals."""
    moves = admin.call(
        "account.move",
        "search_read",
        [("partner_id", "=", partner), ("state", "=", "posted")],
        ["invoice_date", "amount_total"],
    )
    days = {datetime.date.fromisoformat(move["invoice_date"]): move["amount_total"] for move in moves}
    assert len(days) == len(moves), "no date is billed twice"
    assert all(day.day == 1 for day in days)
    return {12 * (day.year - FIRST.year) + day.month - FIRST.month: total for day, total in days.items()}


def open_pattern(page):
    """Open the recurring invoice from its list."""
    page.goto("/odoo/recurring-invoices")
    cell = page.locator(".o_data_row", has_text="Mill Saint-Paul").first.locator(".o_data_cell").first
    insist(cell.click, page.locator(".o_form_view .o_field_widget[name=summary]"))


def insist(act, shown):
    """Do something until it shows what it is to show, as a person does where a page was just being drawn again."""
    for _try in range(3):
        act()
        try:
            shown.wait_for(timeout=15_000)
        except PlaywrightTimeoutError:
            continue
        return
    raise AssertionError(f"{shown} is not shown")


def pick(page, field, name):
    """Pick a record by its name."""
    box = page.locator(f".o_field_widget[name={field}] input").first
    item = page.locator(".o-autocomplete--dropdown-item", has_text=name).first

    def type_name():
        box.click()
        box.fill("")
        box.press_sequentially(name, delay=20)

    insist(type_name, item)
    item.click()


def fill(page, field, text):
    """Type into a field, a date into the button that shows it."""
    widget = page.locator(f".modal .o_field_widget[name={field}]")
    widget.locator("button, input").first.click()
    box = widget.locator("input").first
    box.fill(text)
    box.press("Tab")


def save(page):
    """Save the form and wait until it is."""
    page.locator(".o_form_button_save").click()
    page.locator(".o_form_saved, .o_form_status_indicator_buttons.invisible").first.wait_for(state="attached")


def test_fourteen_months(admin, clerk, clock, world):
    """RI7, RI9, RI+5, RI+7: VAT change, price list in another currency, a second customer who is exempt, pause,
    outage, the second customer leaves, an end: each date is billed once, to the cent, and nothing after the end.
    """
    start(clerk)
    night(admin)
    for month in (1, 2):
        clock.move(month)
        night(admin)
    vat_changes(admin, clerk, clock, world)
    prices_in_another_currency(admin, clerk, clock, world)
    pause(admin, clerk, clock)
    clock.move(11, 4)  # for three months the server was off
    night(admin)
    customer_leaves(admin, clerk, clock)
    end(admin, clerk, clock)
    later = (4, 5, 8, 9, 10, 11)
    own = {**dict.fromkeys((0, 1, 2), 119.0), 3: 121.0, **dict.fromkeys((*later, 12, 13), 90.75)}
    assert billed(admin, world["mill"]) == own
    # the only price list is everybody's; no tax on any of them
    assert billed(admin, world["abroad"]) == {**dict.fromkeys((0, 1, 2, 3), 100.0), **dict.fromkeys(later, 75.0)}


def start(visitor):
    """Type the recurring invoice and plan it."""
    page = visitor.page
    page.goto("/odoo/action-account.action_move_out_invoice")
    page.get_by_role("button", name="Add a Recurring Invoice").click()
    pick(page, "partner_id", "Mill Saint-Paul")
    lines = page.locator(".o_field_widget[name=invoice_line_ids]")
    lines.get_by_role("button", name="Add a line").click()
    lines.locator(".o_selected_row [name=product_id] input").press_sequentially("Subscription", delay=20)
    page.locator(".o-autocomplete--dropdown-item", has_text="Subscription").first.click()
    expect(lines.locator(".o_selected_row [name=price_unit] input")).to_have_value("100.00")
    expect(page.locator(".alert-danger:visible")).to_have_count(0)  # nothing is outdated that was just chosen
    page.get_by_role("tab", name="Recurrence").click()
    page.locator(".o_field_widget[name=auto_issue] input").check()
    pick(page, "customer_ids", "Abroad Ltd")
    expect(page.locator(".o_field_widget[name=summary]")).to_have_text("Every month on day 1")
    page.get_by_role("button", name="Plan Invoices").click()
    page.locator(".modal").get_by_role("button", name="OK").click()
    expect(page.locator(".o_data_row", has_text="Mill Saint-Paul")).to_contain_text("Running")
    assert not visitor.errors


def vat_changes(admin, clerk, clock, world):
    """Odoo's usual way: another tax on the product, the old one archived. A person takes it over."""
    admin.call("product.product", "write", [world["product"]], {"taxes_id": [(6, 0, [world["new"]])]})
    admin.call("account.tax", "write", [world["old"]], {"active": False})
    clock.move(3)
    night(admin)
    assert 3 not in billed(admin, world["mill"])
    page = clerk.page
    page.goto("/odoo/invoices-to-issue")
    row = page.locator(".o_data_row", has_text="Mill Saint-Paul")
    expect(row).to_contain_text("VAT 19 is archived")
    clerk.screenshot("20-vat-changed")
    row.locator("button[name=action_open_pattern]").click()
    expect(page.locator(".alert-danger")).to_contain_text("VAT 19 is archived")
    page.get_by_role("button", name="Take Terms and Taxes Anew").click()
    page.locator(".modal .btn-primary").first.click()
    expect(page.locator(".alert-danger:visible")).to_have_count(0)
    page.goto("/odoo/invoices-to-issue")
    expect(row).not_to_contain_text("archived")
    row.locator(".o_data_cell[name=name]").click()
    page.get_by_role("button", name="Issue Invoice").click()
    page.locator(".modal").get_by_role("button", name="Issue and Send").click()
    expect(page.locator(".o_notification", has_text="2 invoice(s) issued")).to_be_visible()
    assert not clerk.errors


def prices_in_another_currency(admin, clerk, clock, world):
    """From now on the price list of the day: EUR 150 at two for one are 75 (with 21 percent 90.75), for both."""
    admin.call("res.partner", "write", [world["mill"]], {"property_product_pricelist": world["prices"]})
    page = clerk.page
    open_pattern(page)
    page.get_by_role("tab", name="Recurrence").click()
    page.locator(".o_field_widget[name=price_mode] input").first.click()
    page.locator(".o_select_menu_item", has_text="From the pricelist").first.click()
    save(page)
    for month in (4, 5):
        clock.move(month)
        night(admin)


def pause(admin, clerk, clock):
    """Two months are paused, with the reason; what goes on is billed, what lay in the pause is not."""
    first, last = clock.move(6, -10) + relativedelta(days=1), FIRST + relativedelta(months=8, days=-1)
    page = clerk.page
    open_pattern(page)
    page.get_by_role("button", name="Pause").click()
    fill(page, "date_from", first.strftime("%m/%d/%Y"))
    fill(page, "date_to", last.strftime("%m/%d/%Y"))
    fill(page, "reason", "The mill is being rebuilt")
    clerk.screenshot("21-pause")
    page.locator(".modal").get_by_role("button", name="Pause").click()
    expect(page.locator(".o-mail-Message", has_text="2 dates are skipped")).to_be_visible()
    for month in (6, 7, 8):
        clock.move(month)
        night(admin)


def customer_leaves(admin, clerk, clock):
    """The second customer is taken off: nothing more for him, the first goes on."""
    clock.move(12, -5)
    page = clerk.page
    open_pattern(page)
    page.get_by_role("tab", name="Recurrence").click()
    tags = page.locator(".o_field_widget[name=customer_ids]")
    tags.locator(".o_delete").first.click()
    save(page)
    expect(tags.locator(".o_tag")).to_have_count(0)
    for month in (12, 13):
        clock.move(month)
        night(admin)


def end(admin, clerk, clock):
    """Notice is given; the list says that it has ended, nothing more is billed."""
    clock.move(13, 4)
    page = clerk.page
    open_pattern(page)
    page.get_by_role("button", name="Give Notice").click()
    clerk.screenshot("22-notice")
    page.locator(".modal .btn-primary").first.click()
    expect(page.locator(".o-mail-Message", has_text="the contract ends on")).to_be_visible()
    clock.move(15)
    night(admin)
    page.goto("/odoo/recurring-invoices")
    expect(page.locator(".o_data_row", has_text="Mill Saint-Paul")).to_contain_text("Ended")
    assert not clerk.errors
