"""What ``bench_recurring_interaction`` measures; runs inside ``odoo shell`` with ``contract`` installed."""

# ruff: noqa: F821 - ``env`` is the shell's
import gc
import json
import sys
import time

from odoo import Command, fields
from odoo.addons.recurring_interaction.const import DRAFT_CONTEXT

NUMBER = 500
BATCH = 100
ROUNDS = 3

start = fields.Date.context_today(env.user).replace(day=1)


def timed(function):
    """Return seconds and queries of a call, everything written; nothing of it stays."""
    env.flush_all()
    env.invalidate_all()
    gc.collect()
    savepoint = env.cr.savepoint()
    queries, begin = env.cr.sql_log_count, time.perf_counter()
    function()
    env.flush_all()
    result = {"seconds": time.perf_counter() - begin, "queries": env.cr.sql_log_count - queries}
    savepoint.close(rollback=True)
    env.invalidate_all(flush=False)
    return result


def best(results):
    return min(results, key=lambda result: result["seconds"])


products = env["product.product"].create(
    [{"name": f"Service {number}", "type": "service", "list_price": 10.0 + number} for number in range(2)]
)
partners = env["res.partner"].create(
    [{"name": f"Customer {number}", "email": f"c{number}@example.com"} for number in range(NUMBER)]
)


def line_values():
    return [
        {"product_id": product.id, "name": product.name, "quantity": 2, "price_unit": product.list_price}
        for product in products
    ]


patterns = env["recurring.invoice"].create(
    [
        {
            "partner_id": partner.id,
            "freq": "monthly",
            "month_day": 1,
            "date_start": start,
            "end_type": "count",
            "count": 1,
            "invoice_line_ids": [Command.create(values) for values in line_values()],
        }
        for partner in partners
    ]
)
recurrences = patterns.recurrence_id
for recurrence in recurrences:
    recurrence._generate()
interactions = recurrences.interaction_ids
issues = interactions.sudo()._ensure_issues()

contracts = env["contract.contract"].create(
    [
        {
            "name": f"Contract {partner.name}",
            "partner_id": partner.id,
            "contract_type": "sale",
            "contract_line_ids": [
                Command.create(
                    {
                        **values,
                        "recurring_rule_type": "monthly",
                        "recurring_interval": 1,
                        "date_start": start,
                        "recurring_next_date": start,
                    }
                )
                for values in line_values()
            ],
        }
        for partner in partners
    ]
)
env.flush_all()


def draft_ours():
    for first in range(0, NUMBER, BATCH):
        issues[first : first + BATCH]._draft_invoices()


def draft_contract():
    contracts._recurring_create_invoice()


def plain_values(chunk):
    return [
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": start,
            "invoice_line_ids": [Command.create(values) for values in line_values()],
        }
        for partner in chunk
    ]


def draft_plain():
    moves = env["account.move"].with_context(**DRAFT_CONTEXT)
    for first in range(0, NUMBER, BATCH):
        moves.create(plain_values(partners[first : first + BATCH]))


def post_plain():
    for first in range(0, NUMBER, BATCH):
        moves = env["account.move"].with_context(**DRAFT_CONTEXT).create(plain_values(partners[first : first + BATCH]))
        moves._post(soft=False)


def issue_ours():
    for first in range(0, NUMBER, BATCH):
        interactions[first : first + BATCH]._issue(asked=True)


def generate():
    for number in range(10):
        env["recurring.recurrence"].create(
            {"name": f"Bench {number}", "freq": "daily", "end_type": "count", "count": 1000}
        )._generate()


def make_events():
    events = env["calendar.event"].with_context(no_mail_to_attendees=True, mail_create_nolog=True)
    for number in range(14):
        events.create(
            {
                "name": f"Bench {number}",
                "start": fields.Datetime.now(),
                "stop": fields.Datetime.now(),
                "recurrency": True,
                "rrule_type_ui": "daily",
                "rrule_type": "daily",
                "interval": 1,
                "end_type": "count",
                "count": 715,
                "partner_ids": [Command.set(env.user.partner_id.ids)],
            }
        )


def idle(recurrences):
    env["recurring.recurrence"].search([("refill_on", "!=", False)]).refill_on = "2100-01-01"
    missing = recurrences - env["recurring.recurrence"].search_count([])
    env["recurring.recurrence"].with_context(tracking_disable=True, mail_create_nolog=True).create(
        [
            {"name": f"Idle {number}", "freq": "daily", "is_generated": True, "refill_on": "2100-01-01"}
            for number in range(max(missing, 0))
        ]
    )
    env.flush_all()
    commit, env.cr.commit = env.cr.commit, lambda: None
    try:
        result = timed(env["recurring.recurrence"]._plan_further)
    finally:
        env.cr.commit = commit
    return {**result, "recurrences": recurrences}


rounds = {"draft": draft_ours, "contract": draft_contract, "plain": draft_plain, "plain_post": post_plain,
          "issue": issue_ours, "interactions": generate, "events": make_events}  # fmt: skip
found = {name: [] for name in rounds}
for _round in range(ROUNDS):
    for name, function in rounds.items():
        found[name].append(timed(function))
        print(name, found[name][-1], file=sys.stderr, flush=True)
figures = {name: best(results) for name, results in found.items()}
figures["interactions"]["pieces"] = 10_000
figures["events"]["pieces"] = 14 * 715
figures["idle"] = [idle(600), idle(10_000)]
print("RESULT " + json.dumps(figures))
env.cr.rollback()
