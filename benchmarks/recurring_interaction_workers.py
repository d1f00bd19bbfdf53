"""One of the workers that issue at once; runs inside ``odoo shell``.

``STEP`` says what to do: ``fill`` makes the invoices that are due, a number issues that share of them once the file
``GO`` is there, together with the workers of the other shares.
"""

# ruff: noqa: F821 - ``env`` is the shell's
import json
import os
import time
from pathlib import Path

from odoo import Command, fields

NUMBER = int(os.environ.get("WORKERS_INVOICES", "1000"))
PATIENCE = 300


def fill():
    """Make recurring invoices in automatic mode with two lines, each of a customer of its own, all due today."""
    today = fields.Date.context_today(env.user)
    products = env["product.product"].create(
        [{"name": f"Service {number}", "type": "service", "list_price": 10.0 + number} for number in range(2)]
    )
    partners = env["res.partner"].create(
        [{"name": f"Customer {number}", "email": f"c{number}@example.com"} for number in range(NUMBER)]
    )
    patterns = env["recurring.invoice"].create(
        [
            {
                "partner_id": partner.id,
                "freq": "monthly",
                "month_day": today.day,
                "date_start": today,
                "end_type": "count",
                "count": 1,
                "auto_issue": True,
                "invoice_line_ids": [
                    Command.create({"product_id": product.id, "quantity": 2, "price_unit": product.list_price})
                    for product in products
                ],
            }
            for partner in partners
        ]
    )
    for recurrence in patterns.recurrence_id:
        recurrence._generate()
    env.cr.commit()
    return {"filled": len(patterns)}


def issue(share):
    """Issue a share, and what the others leave; return when it began and ended, as seconds of the clock."""
    interactions = env["recurring.interaction"]
    interactions.search_count(
        [("kind", "=", "invoice"), ("interaction_invoice_ids.move_id", "=", False)]
    )  # what loads once
    env.cr.commit()
    Path(os.environ["GO"] + f".ready{share}").touch()
    end = time.monotonic() + PATIENCE
    while not Path(os.environ["GO"]).exists() and time.monotonic() < end:
        time.sleep(0.01)
    begin = time.time()
    interactions._cron_issue_invoices(share=share)
    env.cr.commit()
    return {"begin": begin, "end": time.time()}


step = os.environ["STEP"]
figures = fill() if step == "fill" else issue(int(step))
env.invalidate_all()
posted = env["account.move"].search([("state", "=", "posted"), ("move_type", "=", "out_invoice")])
figures["customers"] = len(posted.filtered(lambda move: move.partner_id.name.startswith("Customer ")).partner_id)
figures["posted"] = len(posted.filtered(lambda move: move.partner_id.name.startswith("Customer ")))
print("RESULT " + json.dumps(figures))
