"""The nightly run over many recurrences, of which few are due; runs inside ``odoo shell``."""

# ruff: noqa: F821 - ``env`` is the shell's
import json
import os
import sys
import time

from odoo import fields
from odoo.tools import SQL

RECURRENCES = int(os.environ.get("NIGHT_RECURRENCES", "20000"))
#: Weekly dates of each: this many weeks back, and as many ahead as makes the number whole.
BACK, EACH = 10, 25

today = fields.Date.context_today(env.user)


def seconds(function):
    """Return how long a call takes, everything written and committed."""
    env.flush_all()
    env.invalidate_all()
    begin = time.perf_counter()
    function()
    env.cr.commit()
    return time.perf_counter() - begin


def copy_rows(model, template, varying, source):
    """Insert copies of a record's row that differ in some columns, as a query gives them."""
    stored = [
        name
        for name, field in model._fields.items()
        if field.store and field.column_type and name not in ("id", *varying)
    ]
    env.cr.execute(
        SQL(
            "INSERT INTO %s (%s, %s) SELECT %s, %s FROM %s t, (%s) new WHERE t.id = %s",
            SQL.identifier(model._table),
            SQL(", ").join(map(SQL.identifier, varying)),
            SQL(", ").join(map(SQL.identifier, stored)),
            SQL(", ").join(SQL.identifier("new", name) for name in varying),
            SQL(", ").join(SQL.identifier("t", name) for name in stored),
            SQL.identifier(model._table),
            source,
            template.id,
        )
    )


def fill():
    """Make weekly recurrences, a seventh of them on each day of the week, planned half a year ahead."""
    recurrence = env["recurring.recurrence"].create(
        {
            "name": "Weekly",
            "freq": "weekly",
            **dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), False),
            "mon": True,
            "date_start": fields.Date.subtract(today, weeks=BACK),
            "horizon_months": 3,
        }
    )
    recurrence._generate()
    interaction = recurrence.interaction_ids[0]
    env.flush_all()
    days = SQL(
        "SELECT 'Weekly ' || n AS name, n %% 7 = 0 AS mon, n %% 7 = 1 AS tue, n %% 7 = 2 AS wed, n %% 7 = 3 AS thu,"
        " n %% 7 = 4 AS fri, n %% 7 = 5 AS sat, n %% 7 = 6 AS sun, NULL AS generated_details,"
        " (%s::date + (n %% 7) + 1) AS refill_on FROM generate_series(2, %s) n",
        today,
        RECURRENCES,
    )
    names = ["name", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "generated_details", "refill_on"]
    copy_rows(recurrence, recurrence, names, days)
    env.cr.execute(
        "SELECT id FROM recurring_recurrence WHERE name LIKE 'Weekly %%' ORDER BY id",
    )
    env.invalidate_all()
    made = env["recurring.recurrence"].browse([row[0] for row in env.cr.fetchall()])
    monday = fields.Date.subtract(today, days=today.weekday(), weeks=BACK)
    for part in range(0, len(made), 1000):
        for record in made[part : part + 1000]:
            record.generated_key = record._pattern_key()
        env.flush_all()
        env.invalidate_all()
    dates = SQL(
        "SELECT r.id AS recurrence_id, d.day AS occurrence_date, d.day AS day, d.day + interval '8 hours' AS start,"
        " d.day + interval '18 hours' AS stop, CASE WHEN d.day < %s THEN 'done' ELSE 'planned' END AS state,"
        " d.day < %s::date + 31 AS is_scheduled, NULL::int AS calendar_event_id FROM recurring_recurrence r,"
        " LATERAL (SELECT %s::date + 7 * w + CASE WHEN r.mon THEN 0 WHEN r.tue THEN 1 WHEN r.wed THEN 2"
        " WHEN r.thu THEN 3 WHEN r.fri THEN 4 WHEN r.sat THEN 5 ELSE 6 END AS day FROM generate_series(0, %s) w) d"
        " WHERE r.name LIKE 'Weekly %%'",
        today,
        today,
        monday,
        EACH - 1,
    )
    names = ["recurrence_id", "occurrence_date", "day", "start", "stop", "state", "is_scheduled", "calendar_event_id"]
    copy_rows(interaction, interaction, names, dates)
    env.cr.execute("ANALYZE recurring_recurrence; ANALYZE recurring_interaction")
    env.cr.commit()
    env.invalidate_all()


def night(days):
    """Return what one night costs: recurrences planned further, interactions put into the agenda, seconds."""
    due = env["recurring.recurrence"].search_count([("refill_on", "<=", fields.Date.add(today, days=days))])
    planned = env["recurring.interaction"].search_count([])
    begin = {"recurrences": due, "interactions": planned}
    parts = {
        "horizon": seconds(env["recurring.recurrence"]._cron_fill_horizon),
        "agenda": seconds(env["recurring.interaction"]._cron_fill_agenda),
        "issue": seconds(env["recurring.interaction"]._cron_issue_invoices),
    }
    print("night", begin, parts, file=sys.stderr, flush=True)
    return {**begin, **parts}


begin = time.perf_counter()
fill()
print("filled in", time.perf_counter() - begin, file=sys.stderr, flush=True)
# a seventh is due tonight; then nothing is
env.cr.execute(
    "UPDATE recurring_recurrence SET refill_on = %s WHERE refill_on = %s", (today, fields.Date.add(today, days=1))
)
env.cr.commit()
first, second = night(0), night(0)
figures = {
    "recurrences": env["recurring.recurrence"].search_count([]),
    "interactions": env["recurring.interaction"].search_count([]),
    "due": first,
    "idle": second,
}
print("RESULT " + json.dumps(figures))
