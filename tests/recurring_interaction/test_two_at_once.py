"""RI+3, RI+6, RI10: two people, or a person and the scheduler, at the same contract at the same moment.

Each act is a real request. The first one is stopped in its middle: a row that it has to refer to is held, so that it
waits with its own rows locked and its view of the database taken. Then the second one begins, and the row is let go.
"""

import base64
import concurrent.futures
import contextlib
import datetime
import re
import time

import pytest
import requests

from tests.helpers import at_once
from tests.recurring_interaction.test_exactly_once import make_customers
from tools.postgres import connect
from tools.rpc import RpcError

ISSUE = "recurring_interaction.ir_cron_issue_invoices"
NIGHT = "recurring_interaction.ir_cron_fill_horizon"
TODAY = datetime.date.today()
BOTH_ORDERS = pytest.mark.parametrize("is_turned", [False, True])
#: How long the second act may take before it is taken to wait for the first.
PATIENCE = 4


def day(number=0):
    return (TODAY + datetime.timedelta(days=number)).isoformat()


@pytest.fixture(scope="module")
def product(admin):
    return admin.call("product.product", "create", [{"name": "Care", "list_price": 10.0, "type": "service"}])[0]


@pytest.fixture
def people(admin):
    """Two employees, made for one test, as ids of users."""
    stamp = time.monotonic_ns()
    return [
        admin.call(
            "res.users", "create", [{"name": name, "login": f"{name}{stamp}", "email": f"{name}{stamp}@example.com"}]
        )[0]
        for name in ("Leaver", "Stayer")
    ]


@pytest.fixture
def contract(admin, product):
    """Return a function that makes a running contract and returns its ids."""

    def make(generate=True, **values):
        [customer] = values.pop("customers", None) or make_customers(admin, 1, f"race{time.monotonic_ns()}")
        lines = values.pop("lines", [{"product_id": product, "price_unit": 10.0, "tax_ids": False}])
        common = {"partner_id": customer, "freq": "daily", "date_start": day(), "end_type": "count", "count": 1}
        [pattern] = admin.call(
            "recurring.invoice", "create",
            [{**common, **values, "invoice_line_ids": [(0, 0, line) for line in lines]}],
        )  # fmt: skip
        recurrence = admin.call("recurring.invoice", "read", [pattern], ["recurrence_id"])[0]["recurrence_id"][0]
        if generate:
            confirm(admin, recurrence)
        return {"pattern": pattern, "recurrence": recurrence, "customer": customer}

    return make


def confirm(session, recurrence):
    action = session.call("recurring.recurrence", "action_generate", [recurrence])
    session.call("recurring.generate", "action_generate", [action["res_id"]])


def dates_of(admin, ids, *fields):
    return admin.call(
        "recurring.interaction", "search_read", [("recurrence_id", "=", ids["recurrence"])],
        ["occurrence_date", "state", *fields], order="occurrence_date",
    )  # fmt: skip


def opened(session, model, values, method):
    """Open a window; return what presses its button."""
    window = session.call(model, "create", [values])
    return lambda: session.call(model, method, window)


@pytest.fixture
def one_after_the_other(installation, database, sql):
    """Return a function that lets two acts meet; it returns their results, or the refusals that people would see."""

    def waiting():
        return sql(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'", (database,)
        )[0][0]

    def until(condition, seconds):
        end = time.monotonic() + seconds
        while not condition() and time.monotonic() < end:
            time.sleep(0.02)
        return condition()

    def meet(first, second, hold, is_turned=False):
        """:param hold: table and id of the row that each act has to refer to; the first one's where that is enough"""
        acts = [(first, hold[0]), (second, hold[-1])]
        (one, (table, row)), (other, _hold) = reversed(acts) if is_turned else acts
        with concurrent.futures.ThreadPoolExecutor(2) as pool, holding(table, row):
            before = pool.submit(refusable, one)
            assert until(lambda: waiting() or before.done(), 20)
            assert not before.done(), f"it did not wait: {before.result()}"
            after = pool.submit(refusable, other)
            until(lambda: after.done() or waiting() > 1, PATIENCE)
        results = [before.result(), after.result()]
        return results[::-1] if is_turned else results

    def refusable(act):
        try:
            return act()
        except RpcError as refusal:
            assert refusal.name == "odoo.exceptions.UserError", refusal.debug
            return refusal

    @contextlib.contextmanager
    def holding(table, row):
        with contextlib.closing(connect(installation.database, database)) as connection:
            connection.autocommit = False
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT id FROM {table} WHERE id = %s FOR UPDATE", (row,))  # noqa: S608 - named above
                assert cursor.rowcount == 1
                yield
            connection.rollback()

    return meet


@pytest.fixture(scope="module")
def authors(admin):
    """The partners that messages of the administrator and of the scheduler are by."""
    return {
        "admin": admin.call("res.users", "read", [admin.uid], ["partner_id"])[0]["partner_id"][0],
        "robot": admin.ref("base.partner_root"),
    }


def moves_of(sql, ids):
    return sql("SELECT state, amount_untaxed::float FROM account_move WHERE partner_id = %s", (ids["customer"],))


@BOTH_ORDERS
def test_pause_and_issue(admin, contract, one_after_the_other, authors, sql, is_turned):
    """RI+6: a date is billed, or it is paused: never both, never neither."""
    ids = contract(auto_issue=True)
    pause = {"invoice_id": ids["pattern"], "date_from": day(), "date_to": day(3), "reason": "Roof works"}
    one_after_the_other(
        lambda: admin.run_cron(ISSUE),
        opened(admin, "recurring.pause", pause, "action_confirm"),
        [("res_partner", ids["customer"]), ("res_partner", authors["admin"])],
        is_turned,
    )
    admin.run_cron(ISSUE)
    [date] = dates_of(admin, ids)
    expected = {"done": [("posted", 10.0)], "skipped": []}
    assert moves_of(sql, ids) == expected[date["state"]]


@BOTH_ORDERS
def test_notice_and_renewal(admin, contract, one_after_the_other, authors, is_turned):
    """RI+6: notice that was given in time ends the contract with its term, also while the night renews it."""
    start = TODAY.replace(year=TODAY.year - 1, day=1)
    end = TODAY.replace(day=1) - datetime.timedelta(days=1)
    ids = contract(
        freq="monthly", month_day=1, date_start=start.isoformat(), end_type="forever", count=0, contract_months=12,
        notice_days=30, reminder_days=30, catch_up=False,
    )  # fmt: skip
    admin.run_cron(NIGHT)
    in_time = (end - datetime.timedelta(days=40)).isoformat()
    one_after_the_other(
        lambda: admin.run_cron(NIGHT),
        opened(admin, "recurring.notice", {"invoice_id": ids["pattern"], "date": in_time}, "action_confirm"),
        [("res_partner", authors["robot"]), ("res_partner", authors["admin"])],
        is_turned,
    )
    admin.run_cron(NIGHT)
    [found] = admin.call(
        "recurring.invoice", "read", [ids["pattern"]], ["date_notice_given", "date_until", "date_contract_step"]
    )
    assert (found["date_notice_given"], found["date_until"]) == (in_time, end.isoformat())
    assert not found["date_contract_step"], "nothing is renewed or reminded of any more"
    assert not [date for date in dates_of(admin, ids) if date["occurrence_date"] > end.isoformat()]


@pytest.mark.parametrize("by_team", [False, True])
@BOTH_ORDERS
def test_hand_over_and_generate(admin, people, one_after_the_other, by_team, is_turned):
    """RI+10: who hands work over while it is planned hands over all of it, or is told to try again."""
    leaver, stayer = people
    values = {"name": "At once", "freq": "daily", "end_type": "count", "count": 40, "date_start": day(1)}
    hold = [("res_users", stayer), ("res_users", leaver)]
    if by_team:
        team = {"name": f"Pair {stayer}", "member_ids": [(6, 0, people)]}
        values.update(assignment="team", team_id=admin.call("recurring.team", "create", [team])[0])
        hold[0] = ("recurring_team", values["team_id"])
    else:
        values["user_id"] = leaver
    [recurrence] = admin.call("recurring.recurrence", "create", [values])
    window = {"user_id": leaver, "new_user_id": stayer, "date_from": day()}
    acts = [
        opened(admin, "recurring.hand.over", window, "action_hand_over"),
        lambda: confirm(admin, recurrence),
    ]
    for result, act in zip(one_after_the_other(*acts, hold, is_turned), acts, strict=True):
        if isinstance(result, RpcError):
            assert "generating this recurrence" in str(result)
            act()
    people_of = {date["user_id"][0] for date in dates_of(admin, {"recurrence": recurrence}, "user_id")}
    assert people_of == {stayer}


@BOTH_ORDERS
def test_announcement_and_issue(admin, contract, one_after_the_other, authors, sql, is_turned):
    """RI+6: a new price is announced once and billed once, with its note, whatever meets what."""
    index = {
        "name": "Prices",
        "value_ids": [(0, 0, {"date_from": day(-9), "value": 100.0}), (0, 0, {"date_from": day(), "value": 104.0})],
    }
    [index] = admin.call("recurring.index", "create", [index])
    change = {"mode": "index", "index_id": index, "date_base": day(-5), "date_from": day(), "announce_days": 5}
    ids = contract(auto_issue=True, price_change_ids=[(0, 0, change)])
    one_after_the_other(
        lambda: admin.run_cron(NIGHT),
        lambda: admin.run_cron(ISSUE),
        [("res_partner", authors["admin"]), ("res_partner", ids["customer"])],
        is_turned,
    )
    at_once([lambda: admin.run_cron(NIGHT), lambda: admin.run_cron(ISSUE)])
    assert moves_of(sql, ids) == [("posted", 10.4)]
    told = sql(
        "SELECT count(*) FROM mail_message WHERE model = 'recurring.invoice' AND res_id = %s"
        " AND subject LIKE 'New prices%%'",
        (ids["pattern"],),
    )
    notes = sql(
        "SELECT count(*) FROM account_move_line WHERE partner_id = %s AND display_type = 'line_note'"
        " AND name LIKE '%%+4 %%%%'",
        (ids["customer"],),
    )
    assert (told, notes) == ([(1,)], [(1,)])


@BOTH_ORDERS
def test_customer_cancels_and_owner_renews(admin, odoo, contract, one_after_the_other, authors, sql, is_turned):
    """RI+6: the customer's wish is noted once and the term renewed once, whichever came first."""
    [joel] = admin.call("res.users", "search_read", [("login", "=", "portal")], ["partner_id"])
    start = TODAY.replace(year=TODAY.year - 1, day=1).isoformat()
    ids = contract(
        customers=[joel["partner_id"][0]], freq="monthly", month_day=1, date_start=start, end_type="forever", count=0,
        contract_months=12, catch_up=False,
    )  # fmt: skip
    admin.run_cron(NIGHT)
    session = portal_session(odoo.url)
    address = f"{odoo.url}/my/subscriptions/{ids['pattern']}"

    def ask():
        data = {"csrf_token": csrf(session.get(address, timeout=30).text), "reason": "We move away"}
        assert session.post(f"{address}/cancel", data, timeout=60).status_code == 200

    one_after_the_other(
        lambda: admin.run_cron(NIGHT),
        ask,
        [("res_partner", authors["robot"]), ("res_partner", joel["partner_id"][0])],
        is_turned,
    )
    admin.run_cron(NIGHT)
    [found] = admin.call("recurring.invoice", "read", [ids["pattern"]], ["date_cancel_asked", "date_term_end"])
    assert found["date_cancel_asked"]
    assert TODAY.isoformat() <= found["date_term_end"] <= day(366)
    bodies = sql(
        "SELECT count(*) FILTER (WHERE body LIKE '%%We move away%%'), count(*) FILTER (WHERE body LIKE '%%goes on%%')"
        " FROM mail_message WHERE model = 'recurring.invoice' AND res_id = %s",
        (ids["pattern"],),
    )
    assert bodies == [(1, 1)]


def portal_session(url):
    session = requests.Session()
    data = {"csrf_token": csrf(session.get(f"{url}/web/login", timeout=30).text), "login": "portal"}
    assert session.post(f"{url}/web/login", {**data, "password": "portal"}, timeout=30).url.endswith("/my")
    return session


def csrf(page):
    return re.search(r'csrf_token[^>]*?value="([^"]+)"', page).group(1)


@BOTH_ORDERS
def test_line_for_once_and_issue(admin, contract, product, one_after_the_other, sql, is_turned):
    """RI+6: a line for the next invoice only that is added while one is issued is billed on that one or the next."""
    ids = contract(date_start=day(-1), count=2, catch_up=True)
    first, second = dates_of(admin, ids)
    line = {"product_id": product, "price_unit": 90.0, "tax_ids": False, "is_once": True}
    write = {"invoice_line_ids": [(0, 0, line)]}
    one_after_the_other(
        lambda: admin.call("recurring.interaction", "action_issue", [first["id"]]),
        lambda: admin.call("recurring.invoice", "write", [ids["pattern"]], write),
        [("res_partner", ids["customer"]), ("product_product", product)],
        is_turned,
    )
    admin.call("recurring.interaction", "action_issue", [second["id"]])
    assert sorted(amount for _state, amount in moves_of(sql, ids)) == [10.0, 100.0]


def test_line_for_once_and_two_who_issue(admin, contract, product, one_after_the_other, sql):
    """RI+6: two people who issue two dates at once bill a line for the next invoice only once."""
    once = {"product_id": product, "price_unit": 90.0, "tax_ids": False, "is_once": True}
    always = {"product_id": product, "price_unit": 10.0, "tax_ids": False}
    ids = contract(date_start=day(-1), count=2, catch_up=True, lines=[always, once])
    calls = [
        lambda key=date["id"]: admin.call("recurring.interaction", "action_issue", [key])
        for date in dates_of(admin, ids)
    ]
    one_after_the_other(*calls, [("res_partner", ids["customer"])])
    assert sorted(moves_of(sql, ids)) == [("posted", 10.0), ("posted", 100.0)]


def test_late_hours_and_two_who_issue(admin, contract, product, one_after_the_other, sql):
    """RI+6: two people who issue two dates at once bill hours that were booked late only once."""
    accounting = admin.ref("analytic.group_analytic_accounting")
    admin.call("res.users", "write", [admin.uid], {"group_ids": [(4, accounting)]})
    [plan] = admin.call("account.analytic.plan", "create", [{"name": "Late"}])
    [account] = admin.call("account.analytic.account", "create", [{"name": "Mill", "plan_id": plan}])
    line = {
        "product_id": product, "price_unit": 10.0, "tax_ids": False, "quantity_source": "analytic",
        "analytic_distribution": {str(account): 100},
    }  # fmt: skip
    ids = contract(date_start=day(-2), count=3, catch_up=True, lines=[line], period_mode="arrears")
    first, *others = dates_of(admin, ids)
    admin.call("recurring.interaction", "action_issue", [first["id"]])
    late = {"name": "Work", "date": day(-3), "unit_amount": 5.0, f"x_plan{plan}_id": account}
    admin.call("account.analytic.line", "create", [late])
    calls = [lambda key=date["id"]: admin.call("recurring.interaction", "action_issue", [key]) for date in others]
    one_after_the_other(*calls, [("res_partner", ids["customer"])])
    assert moves_of(sql, ids) == [("posted", 50.0)]


def test_quantity_and_issue(admin, contract, product, one_after_the_other, sql):
    """RI+6: a quantity that is corrected while its date is billed, or later, is refused: it would have no effect."""
    lines = [{"product_id": product, "price_unit": 10.0, "tax_ids": False, "quantity_source": "typed"}]
    ids = contract(lines=lines)
    [line] = admin.call("recurring.invoice.line", "search", [("invoice_id", "=", ids["pattern"])])
    [quantity] = admin.call("recurring.quantity", "create", [{"line_id": line, "date": day(), "quantity": 5}])
    [date] = dates_of(admin, ids)
    corrected = one_after_the_other(
        lambda: admin.call("recurring.interaction", "action_issue", [date["id"]]),
        lambda: admin.call("recurring.quantity", "write", [quantity], {"quantity": 7}),
        [("res_partner", ids["customer"])],
    )[1]
    assert "being issued by somebody else" in str(corrected)
    with pytest.raises(RpcError, match="billed already"):
        admin.call("recurring.quantity", "write", [quantity], {"quantity": 7})
    assert moves_of(sql, ids) == [("posted", 50.0)]


def test_calendar_file_and_generate(admin, sql):
    """RI+9: a calendar file that is dropped by two people while others generate: every date of each once."""
    values = {"name": "Beside", "freq": "daily", "end_type": "count", "count": 200}
    [beside] = admin.call("recurring.recurrence", "create", [values])
    [generated] = admin.call("recurring.recurrence", "create", [{**values, "name": "Beside too"}])
    name = f"Dropped {time.monotonic_ns()}"
    results = at_once(
        [lambda: drop(admin, name)] * 3
        + [lambda: confirm(admin, beside), lambda: confirm(admin, generated), lambda: admin.run_cron(NIGHT)]
    )
    assert not [result for result in results if isinstance(result, RpcError)]
    rows = sql(
        "SELECT count(*), count(DISTINCT occurrence_date), count(*) FILTER (WHERE i.state = 'skipped'),"
        " count(*) FILTER (WHERE i.name = 'Moved')"
        " FROM recurring_interaction i JOIN recurring_recurrence r ON r.id = recurrence_id WHERE r.name = %s"
        " GROUP BY r.id",
        (name,),
    )
    assert rows == [(50, 50, 1, 1)] * 3
    rows = sql(
        "SELECT count(*), count(DISTINCT occurrence_date) FROM recurring_interaction WHERE recurrence_id IN %s"
        " GROUP BY recurrence_id",
        ((beside, generated),),
    )
    assert rows == [(200, 200)] * 2


def drop(session, name):
    """Drop a calendar file of fifty days, one of them cancelled and one moved."""
    stamps = [(TODAY + datetime.timedelta(days=number)).strftime("%Y%m%d") for number in (1, 5, 9)]
    text = "\r\n".join(
        [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN",
            "BEGIN:VEVENT", f"UID:{name}", f"DTSTART:{stamps[0]}T090000Z", f"DTEND:{stamps[0]}T100000Z",
            f"SUMMARY:{name}", "RRULE:FREQ=DAILY;COUNT=50", f"EXDATE:{stamps[1]}T090000Z", "END:VEVENT",
            "BEGIN:VEVENT", f"UID:{name}", f"RECURRENCE-ID:{stamps[2]}T090000Z", f"DTSTART:{stamps[2]}T150000Z",
            f"DTEND:{stamps[2]}T160000Z", "SUMMARY:Moved", "END:VEVENT",
            "END:VCALENDAR", "",
        ]
    )  # fmt: skip
    values = {"file": base64.b64encode(text.encode()).decode(), "file_name": "dropped.ics"}
    return opened(session, "recurring.calendar.import", values, "action_import")()
