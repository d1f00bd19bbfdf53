"""Runs inside ``odoo shell``: real processes that share the scheduled action, or are killed in it.

``env`` is the shell's environment. The last line printed is a JSON object with what happened.
"""

import json
import os
import signal
import sys
import time
import traceback

import odoo
from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry

DATABASE = env.cr.dbname  # noqa: F821 - the shell's


def in_child(work):
    """Fork; the child does ``work(env)`` on connections of its own. Return its pid."""
    sql_db.close_all()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        with Registry(DATABASE).cursor() as cursor:
            work(api.Environment(cursor, SUPERUSER_ID, {}))
        status = 0
    except BaseException:
        traceback.print_exc(file=sys.stderr)
    finally:
        os._exit(status)


def wait(pid):
    """Return how a child ended: its exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def in_parent(work):
    """Do ``work(env)`` on a fresh cursor, commit, and return its result."""
    with Registry(DATABASE).cursor() as cursor:
        result = work(api.Environment(cursor, SUPERUSER_ID, {}))
        cursor.commit()
    return result


def make_orders(count):
    """Make confirmed web orders that are told, and return their ids."""

    def work(env):
        website = env["website"].search([], limit=1)
        website.status_mail_tolerance = 0
        told = website.status_mail_rule_ids.filtered(lambda row: row.code in ("status", "date"))
        told.enabled = True
        (website.status_mail_rule_ids - told).enabled = False
        product = env["product.product"].create({"name": "Process test", "is_storable": True})
        partner = env["res.partner"].create({"name": "Process", "email": "process@example.com"})
        orders = env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "website_id": website.id,
                    "commitment_date": "2030-01-01",
                    "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 1})],
                }
                for _number in range(count)
            ]
        )
        orders.action_confirm()
        env.cr.commit()
        env["order.status.run"]._cron_tell_customers()
        return orders.ids

    return in_parent(work)


def change(order_ids, day):
    """Touch the orders, as a user does, after a mail server took the mails: those that wait would be replaced."""

    def work(env):
        env.cr.execute("UPDATE order_status_mail SET state = 'sent' WHERE state = 'waiting'")
        env.cr.execute("UPDATE mail_mail SET state = 'sent' WHERE state = 'outgoing'")
        env["sale.order"].browse(order_ids).commitment_date = day
        env["sale.order"].browse(order_ids).invalidate_recordset()

    in_parent(work)


def told(order_ids, day):
    """Return per order how many mails and events tell ``day``, and how many marks are left."""

    def work(env):
        env.cr.execute(
            """
            SELECT so.id,
                   (SELECT COUNT(DISTINCT message_id) FROM order_status_event e
                     WHERE e.order_id = so.id AND e.new_value = %(day)s AND e.message_id IS NOT NULL),
                   (SELECT COUNT(*) FROM order_status_event e
                     WHERE e.order_id = so.id AND e.new_value = %(day)s),
                   (SELECT COUNT(*) FROM order_status_mark t WHERE t.order_id = so.id),
                   (SELECT COUNT(*) FROM mail_mail mail JOIN mail_message m ON m.id = mail.mail_message_id
                     WHERE m.model = 'sale.order' AND m.res_id = so.id AND mail.body_html LIKE %(shown)s)
              FROM sale_order so WHERE so.id = ANY(%(ids)s) ORDER BY so.id
            """,
            {"day": day, "shown": f"%Expected on {day[5:7]}/{day[8:10]}/{day[:4]} instead of%", "ids": order_ids},
        )
        return [list(row[1:]) for row in env.cr.fetchall()]

    return in_parent(work)


def tell(env, batch_size=100):
    """Run the scheduled action."""
    env["order.status.run"]._cron_tell_customers(batch_size)


def together():
    """Let four processes run the action at once over the same orders."""
    order_ids = make_orders(24)
    change(order_ids, "2031-01-01")
    tell_once = told(order_ids, "2031-01-01")
    in_parent(tell)
    change(order_ids, "2031-02-02")
    pids = [in_child(lambda env: tell(env, batch_size=5)) for _number in range(4)]
    ends = [wait(pid) for pid in pids]
    # what one process left to another that then gave way is told by the next run
    in_parent(tell)
    return {"before": tell_once, "ends": ends, "told": told(order_ids, "2031-02-02")}


def killed():
    """Kill the action before each of its statements in turn, and run it again after each."""
    order_ids = make_orders(3)
    report = []
    statement, finished, number = 0, False, 0
    in_parent(tell)
    while not finished:
        number += 1
        day = f"20{40 + number // 300}-{1 + number // 25 % 12:02d}-{1 + number % 25:02d}"
        change(order_ids, day)
        end = wait(in_child(lambda env, limit=statement: tell_until(env, limit)))
        finished = end == 0
        after_kill = told(order_ids, day)
        in_parent(tell)
        report.append({"statement": statement, "end": end, "after": after_kill, "told": told(order_ids, day)})
        statement += 1 if statement < 6 else 3
    return report


def switching():
    """Switch a rule on while somebody else holds an order that has something of its past to tell."""
    order_ids = make_orders(1)
    in_parent(tell)
    in_parent(lambda env: env["sale.order"].browse(order_ids).picking_ids._record_slip_printed())
    reader, writer = os.pipe()
    pid = in_child(lambda env: hold(env, order_ids, writer))
    os.read(reader, 1)
    started = time.monotonic()
    in_parent(switch_slips_on)
    waited = time.monotonic() - started
    end = wait(pid)
    in_parent(tell)
    reasons = in_parent(lambda env: env["order.status.event"].search([("rule", "=", "slip")]).mapped("reason"))
    return {"waited": waited, "end": end, "reasons": reasons}


def hold(env, order_ids, writer):
    """Hold the orders for two seconds, and say when they are held."""
    env.cr.execute("SELECT id FROM sale_order WHERE id = ANY(%s) FOR UPDATE", (order_ids,))
    os.write(writer, b"x")
    time.sleep(2)
    env.cr.commit()


def switch_slips_on(env):
    """Switch on the rule about packing slips."""
    env["website"].search([], limit=1)._status_mail_rule("slip").enabled = True


def tell_until(env, limit):
    """Run the action and die by SIGKILL before statement ``limit`` (or commit) of it."""
    count = 0

    def step():
        nonlocal count
        if count == limit:
            os.kill(os.getpid(), signal.SIGKILL)
        count += 1

    cursor_class = type(env.cr)
    execute, commit = cursor_class.execute, cursor_class.commit

    def counting_execute(self, *args, **kwargs):
        step()
        return execute(self, *args, **kwargs)

    def counting_commit(self):
        step()
        return commit(self)

    cursor_class.execute, cursor_class.commit = counting_execute, counting_commit
    tell(env)


odoo.tools.config["log_level"] = "warn"
env.cr.rollback()  # noqa: F821 - the shell's
env.cr.close()  # noqa: F821 - the shell's
SCENARIOS = {"together": together, "killed": killed, "switching": switching}
sys.stdout.write("\n" + json.dumps(SCENARIOS[os.environ["OSM_SCENARIO"]]()) + "\n")
sys.stdout.flush()
os._exit(0)
