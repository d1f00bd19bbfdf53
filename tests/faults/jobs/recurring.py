"""Recurring invoices in automatic mode, and recurrences that are planned further."""

import datetime

from tests.faults.jobs.base import Job
from tests.faults.ledger import Count

ADDON = "recurring_interaction"
CUSTOMERS_PER_PATTERN = 4


class RecurringJob(Job):
    """One posted invoice and one mail per customer and date; each date and each activity once."""

    addon = ADDON
    actions = (f"{ADDON}.ir_cron_issue_invoices", f"{ADDON}.ir_cron_issue_invoices_beside")
    planning = (f"{ADDON}.ir_cron_fill_horizon", f"{ADDON}.ir_cron_fill_agenda")

    def prepare(self):
        rpc = self.world.rpc()
        values = {"name": "Fault care", "list_price": 10.0, "type": "service"}
        self.product = rpc.call("product.product", "create", [values])[0]

    def put_in(self, batch, size):
        self.batch = batch
        rpc = self.world.rpc()
        people = [{"name": f"Recurring {batch} {n}", "email": f"ri-{batch}-{n}@example.com"} for n in range(size)]
        self.customers = rpc.call("res.partner", "create", people)
        self.addresses = [person["email"] for person in people]
        for first in range(0, size, CUSTOMERS_PER_PATTERN):
            self._put_pattern_in(rpc, self.customers[first : first + CUSTOMERS_PER_PATTERN])
        self.recurrences = self._put_dates_in(rpc, batch, max(size // 2, 1))

    def _put_pattern_in(self, rpc, customers):
        values = {
            "partner_id": customers[0],
            "customer_ids": [(6, 0, customers[1:])],
            "freq": "daily",
            "date_start": datetime.date.today().isoformat(),
            "end_type": "count",
            "count": 1,
            "auto_issue": True,
            "invoice_line_ids": [(0, 0, {"product_id": self.product, "price_unit": 10.0})],
        }
        [invoice] = rpc.call("recurring.invoice", "create", [values])
        recurrence = rpc.call("recurring.invoice", "read", [invoice], ["recurrence_id"])[0]
        self._generate(rpc, recurrence["recurrence_id"][0])

    @staticmethod
    def _generate(rpc, recurrence):
        action = rpc.call("recurring.recurrence", "action_generate", [recurrence])
        rpc.call("recurring.generate", "action_generate", [action["res_id"]])

    def _put_dates_in(self, rpc, batch, number):
        """Make recurrences without an end as they stand after weeks in which nobody planned them further."""
        values = [{"name": f"{batch} {n}", "freq": "daily", "end_type": "forever"} for n in range(number)]
        recurrences = rpc.call("recurring.recurrence", "create", values)
        for recurrence in recurrences:
            self._generate(rpc, recurrence)
        rows = self.world.sql(
            "SELECT recurrence_id, occurrence_date, is_scheduled FROM recurring_interaction"
            " WHERE recurrence_id = ANY(%s)",
            (recurrences,),
        )
        self.dates = {(recurrence, str(date)): 1 for recurrence, date, _scheduled in rows}
        self.agenda = {(recurrence, str(date)): 1 for recurrence, date, scheduled in rows if scheduled}
        self.world.sql(
            "DELETE FROM mail_activity WHERE recurring_interaction_id IN (SELECT id FROM recurring_interaction"
            " WHERE recurrence_id = ANY(%s))",
            (recurrences,),
        )
        self.world.sql(
            "UPDATE recurring_interaction SET is_scheduled = false WHERE recurrence_id = ANY(%s)", (recurrences,)
        )
        self.world.sql(
            "DELETE FROM recurring_interaction WHERE recurrence_id = ANY(%s)"
            " AND occurrence_date > current_date + 10 AND NOT is_scheduled",
            (recurrences,),
        )
        self.world.sql("UPDATE recurring_recurrence SET refill_on = current_date WHERE id = ANY(%s)", (recurrences,))
        return recurrences

    def pending(self):
        [(open_ones,)] = self.world.sql(
            "SELECT count(*) FROM recurring_interaction i JOIN recurring_recurrence r ON r.id = i.recurrence_id"
            " WHERE r.auto_issue AND i.state = 'planned' AND i.day <= current_date"
        )
        [(unsent,)] = self.world.sql(
            "SELECT count(*) FROM account_move WHERE partner_id = ANY(%s) AND state = 'posted'"
            " AND sending_data IS NOT NULL AND sending_data::text != 'null'",
            (self.customers,),
        )
        [(unplanned,)] = self.world.sql(
            "SELECT count(*) FROM recurring_recurrence WHERE id = ANY(%s) AND refill_on <= current_date",
            (self.recurrences,),
        )
        return open_ones + unsent + unplanned

    def leap(self):
        self.world.sql(
            "UPDATE recurring_interaction_invoice SET date_next_try = now() - interval '1 day' WHERE state = 'failed'"
        )
        self.world.sql(
            "UPDATE recurring_recurrence SET refill_on = current_date WHERE id = ANY(%s)"
            " AND refill_on = current_date + 1",
            (self.recurrences,),
        )
        self.world.sql(
            "UPDATE cron_batch_failure SET date_next_try = now() - interval '1 day' WHERE res_model LIKE 'recurring.%'"
        )

    def counts(self, mails):
        mine = set(self.addresses)
        invoices = self.world.sql(
            "SELECT partner_id, count(*) FROM account_move WHERE partner_id = ANY(%s) AND state = 'posted'"
            " GROUP BY partner_id",
            (self.customers,),
        )
        dates = self.world.sql(
            "SELECT recurrence_id, occurrence_date::text, count(*) FROM recurring_interaction"
            " WHERE recurrence_id = ANY(%s) GROUP BY 1, 2",
            (self.recurrences,),
        )
        activities = self.world.sql(
            "SELECT i.recurrence_id, i.occurrence_date::text, count(*) FROM mail_activity a JOIN recurring_interaction"
            " i ON i.id = a.recurring_interaction_id WHERE i.recurrence_id = ANY(%s) GROUP BY 1, 2",
            (self.recurrences,),
        )
        return [
            Count(self.addon, "invoices posted", dict.fromkeys(self.customers, 1), dict(invoices)),
            self.count_mails(
                "invoice mails", dict.fromkeys(mine, 1), mails, lambda to, _subject, _text: to if to in mine else None
            ),
            Count(self.addon, "dates planned", self.dates, {(r, d): n for r, d, n in dates}),
            Count(self.addon, "activities", self.agenda, {(r, d): n for r, d, n in activities}),
        ]
