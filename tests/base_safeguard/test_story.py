"""What an administrator sees of the floor: the figures of the installation, what failed, what did not arrive."""

import pytest

#: No server of the test runs scheduled actions: they would all be late. One of them is, by twenty minutes.
ON_TIME = "UPDATE ir_cron SET nextcall = now() + interval '1 day'"
LATE = "UPDATE ir_cron SET nextcall = now() - interval '20 minutes' WHERE id = %s"

SET_ASIDE = """
    INSERT INTO cron_batch_failure (res_model, res_id, method, failure_count, date_failure, date_next_try, error)
    VALUES ('res.partner', %s, '_send_news', 2, now(), now() + interval '2 hours', 'ValueError: no language is set')
"""
DELIVERIES = """
    INSERT INTO mail_delivery (address, subject, state, attempt_count, date_state, reason)
    VALUES ('anna@example.com', 'Your order is confirmed', 'sent', 1, now(), NULL),
           ('joel@mistyped.example.com', 'Your order is confirmed', 'failed', 1, now(), '550 5.1.1 No such mailbox'),
           ('marc@example.com', 'Your request', 'bounced', 1, now(), '552 5.2.2 The mailbox is full')
"""


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_health(visit, admin, sql, phone):
    """PR3: the page answers to a signed-in administrator, says the state in a sentence and fits the screen."""
    sql(ON_TIME)
    sql(LATE, (admin.ref("base.autovacuum_job"),))
    visitor = visit(phone=phone)
    page = visitor.login("admin")
    page.goto("/safeguard/health")
    page.get_by_role("heading", name="Health of the installation").wait_for()
    assert page.locator("p[role=status]").inner_text() == "Somebody should have a look."
    rows = page.locator("tbody tr")
    assert rows.first.inner_text().startswith("Look")
    assert "Auto-vacuum" in rows.first.inner_text()
    assert rows.filter(has_text="Size of the database").filter(has_text="bytes").count() == 1
    assert rows.filter(has_text="Mails in the queue").count() == 1
    visitor.screenshot(f"health-{'phone' if phone else 'desktop'}", full_page=phone)
    assert not visitor.scrolls_sideways()
    assert page.evaluate("innerWidth") == page.viewport_size["width"]
    assert not visitor.errors


def test_failed_records(visit, admin, sql):
    """PR3: a record that was set aside is listed with its name and the reason; one press lets it be tried at once."""
    sql(SET_ASIDE, (admin.ref("base.partner_admin"),))
    [failure] = admin.call("cron.batch.failure", "search", [])
    visitor = visit()
    page = visitor.login("admin")
    page.goto("/odoo/action-base_safeguard.cron_batch_failure_action")
    row = page.locator(".o_data_row", has_text="Mitchell Admin")
    row.filter(has_text="no language is set").wait_for()
    visitor.screenshot("failed-records")
    [before] = admin.call("cron.batch.failure", "read", [failure], ["date_next_try"])
    with page.expect_response("**/call_button/cron.batch.failure/**"):
        row.locator("button[name=action_retry]").click()
    [after] = admin.call("cron.batch.failure", "read", [failure], ["date_next_try"])
    assert after["date_next_try"] < before["date_next_try"]
    assert not visitor.errors


def test_deliveries(visit, odoo, sql):
    """PR3: mails that did not arrive are listed with what the mail server said; those that did are not in the way."""
    sql(DELIVERIES)
    visitor = visit()
    page = visitor.login("admin")
    page.goto("/odoo/action-base_safeguard.mail_delivery_action")
    page.locator(".o_data_row", has_text="550 5.1.1 No such mailbox").wait_for()
    assert page.locator(".o_data_row").count() == 2
    visitor.screenshot("deliveries")
    assert not visitor.errors
