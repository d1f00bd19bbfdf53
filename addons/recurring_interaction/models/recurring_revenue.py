import datetime

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..recurrence import period
from ..recurrence.rules import RuleError
from ..utils import today_domain, today_of

#: What follows from the prices of a day, in the order in which one is found from the other.
REVENUE = ("date_revenue", "monthly_revenue", "is_revenue_new")


class RecurringRevenue(models.Model):
    """A change of the monthly recurring revenue: new, more, less, lost. Their sum is what it is."""

    _name = "recurring.revenue"
    _description = "Change of Recurring Revenue"
    _order = "date desc, id desc"
    _rec_name = "invoice_id"

    date = fields.Date(required=True, readonly=True)
    kind = fields.Selection(
        [("new", "New"), ("more", "More"), ("less", "Less"), ("lost", "Lost")], required=True, readonly=True
    )
    amount = fields.Monetary("Monthly Revenue", required=True, readonly=True)
    invoice_id = fields.Many2one("recurring.invoice", readonly=True, ondelete="set null", index="btree_not_null")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, ondelete="set null", index="btree_not_null")
    user_id = fields.Many2one("res.users", "Responsible", readonly=True, ondelete="set null", index="btree_not_null")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")


class RecurringForecast(models.Model):
    """What the planned dates will bring, without taxes."""

    _name = "recurring.forecast"
    _description = "Planned Revenue"
    _auto = False
    _order = "date, id"
    _depends = {
        "recurring.interaction": [
            "day", "occurrence_date", "state", "kind", "recurrence_id", "partner_id", "user_id", "company_id",
        ],
        "recurring.invoice": ["date_revenue", "revenue_steps", "recurrence_id"],
    }  # fmt: skip
    _rec_name = "invoice_id"

    date = fields.Date(readonly=True)
    amount = fields.Monetary("Planned Revenue", readonly=True)
    invoice_id = fields.Many2one("recurring.invoice", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Responsible", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT item.id, item.day AS date, COALESCE(step.amount, invoice.date_revenue) AS amount,
                   invoice.id AS invoice_id, item.partner_id, item.user_id, item.company_id
              FROM recurring_interaction item
              JOIN recurring_invoice invoice ON invoice.recurrence_id = item.recurrence_id
              LEFT JOIN LATERAL (
                   SELECT (pair->>1)::numeric AS amount
                     FROM jsonb_array_elements(invoice.revenue_steps) pair
                    WHERE (pair->>0)::date <= item.occurrence_date
                    ORDER BY (pair->>0)::date DESC
                    LIMIT 1
                   ) step ON TRUE
             WHERE item.state = 'planned' AND item.kind = 'invoice'
            """
        )


class RecurringInvoice(models.Model):
    """What a recurring invoice brings, in the company's currency and without taxes."""

    _inherit = "recurring.invoice"

    date_revenue = fields.Monetary(
        "Revenue per Date",
        compute="_compute_date_revenue",
        store=True,
        currency_field="company_currency_id",
        help="Of all customers; lines billed once, and quantities that are not known yet, left out.",
    )
    revenue_steps = fields.Json(
        compute="_compute_revenue_steps",
        store=True,
        help="Where prices change: from which day on a date brings how much, as a list of pairs.",
    )
    monthly_revenue = fields.Monetary(
        compute="_compute_monthly_revenue", store=True, currency_field="company_currency_id"
    )
    noted_revenue = fields.Monetary(readonly=True, copy=False, currency_field="company_currency_id")
    is_revenue_new = fields.Boolean(compute="_compute_is_revenue_new", store=True)

    @api.depends(
        "invoice_line_ids.price_subtotal", "invoice_line_ids.is_once", "invoice_line_ids.quantity_source",
        "partner_id", "customer_ids", "currency_id", "company_id",
    )  # fmt: skip
    def _compute_date_revenue(self):
        for record in self:
            record.date_revenue = record._revenue_on(fields.Date.context_today(self))

    def _revenue_on(self, day):
        """Return what a date brings that is billed with the prices of a day, as it is converted today."""
        lines = self.invoice_line_ids.filtered(lambda line: not line.is_once and line.quantity_source == "fixed")
        company = self.company_id or self.env.company
        total = sum(line.price_subtotal * line._price_factor(day) for line in lines)
        total *= len(self.partner_id | self.customer_ids)
        today = fields.Date.context_today(self)
        return (self.currency_id or company.currency_id)._convert(total, company.currency_id, company, today)

    @api.depends(
        "date_revenue", "price_change_ids.date_from", "price_change_ids.mode", "price_change_ids.product_id",
        "price_change_ids.percent", "price_change_ids.price", "price_change_ids.date_base",
        "price_change_ids.index_lag", "price_change_ids.index_cap", "price_change_ids.index_id.value_ids.date_from",
        "price_change_ids.index_id.value_ids.value",
    )  # fmt: skip
    def _compute_revenue_steps(self):
        for record in self:
            days = sorted({change.date_from for change in record.price_change_ids if change.date_from})
            steps = [datetime.date.min, *days] if days else []
            record.revenue_steps = [[day.isoformat(), record._revenue_on(day)] for day in steps] or False

    def _revenue_of_date(self, date):
        """Return what a date of the pattern brings, with the prices that are in force then."""
        day = date.isoformat()
        amounts = [amount for start, amount in self.revenue_steps or () if start <= day]
        return amounts[-1] if amounts else self.date_revenue

    @api.depends(
        lambda self: ("date_revenue", "is_generated", "active", *self.env["recurring.pattern"]._pattern_fields())
    )
    def _compute_monthly_revenue(self):
        for record in self:
            record.monthly_revenue = 0.0
            if not (record.is_generated and record.active):
                continue
            try:
                times = period.dates_per_month(self.env["recurring.pattern"]._to_pattern(record))
            except RuleError:
                continue  # it cannot be generated either
            record.monthly_revenue = record.date_revenue * times.numerator / times.denominator

    @api.depends("monthly_revenue", "noted_revenue")
    def _compute_is_revenue_new(self):
        for record in self:
            currency = record.company_currency_id or self.env.company.currency_id
            record.is_revenue_new = bool(currency.compare_amounts(record.monthly_revenue, record.noted_revenue))

    # Scheduled action

    @api.model
    def _cron_note_revenue(self):
        """Note what changed of the monthly recurring revenue since the last run, prices with their day among it."""
        running = Domain("is_generated", "=", True) & Domain("active", "=", True)
        in_force = [("date_from", "<=", fields.Date.today())]
        self.search(running & Domain("recurrence_id.price_change_ids", "any", in_force))._compute_anew(*REVENUE)
        runs = Domain("date_last", "=", False) | today_domain("date_last", ">=")
        has_ended = today_domain("date_last", "<")
        domain = (Domain("is_revenue_new", "=", True) & runs) | (Domain("noted_revenue", "!=", 0) & has_ended)
        # archived ones are lost revenue
        self.with_context(active_test=False)._cron_each(domain, "_note_revenue")

    def _note_revenue(self):
        self.ensure_one()
        today = today_of(self.recurrence_id)
        has_ended = self.date_last and self.date_last < today
        before, now = self.noted_revenue, 0.0 if has_ended else self.monthly_revenue
        if not self.company_currency_id.compare_amounts(before, now):
            return
        if not before:
            kind = "new"
        elif not now:
            kind = "lost"
        else:
            kind = "more" if now > before else "less"
        self.env["recurring.revenue"].create(
            {
                "date": today,
                "kind": kind,
                "amount": now - before,
                "invoice_id": self.id,
                "partner_id": self.partner_id.id,
                "user_id": self.user_id.id,
                "company_id": self.company_id.id,
            }
        )
        self.sudo().noted_revenue = now  # set by methods only

    def _unlink_with_recurrence(self):
        """What is deleted is lost revenue, too."""
        revenues_sudo = self.env["recurring.revenue"].sudo()  # written by methods only
        revenues_sudo.create(
            [
                {
                    "date": today_of(record.recurrence_id),
                    "kind": "lost",
                    "amount": -record.noted_revenue,
                    "partner_id": record.partner_id.id,
                    "user_id": record.user_id.id,
                    "company_id": record.company_id.id,
                }
                for record in self.filtered("noted_revenue")
            ]
        )
        return super()._unlink_with_recurrence()


class RecurringInvoiceLine(models.Model):
    """What becomes of a line's price by the changes that are in force."""

    _inherit = "recurring.invoice.line"

    def _price_factor(self, day):
        """Return how many times as much as agreed a line costs on a day."""
        if not self.price_unit:
            return 1.0
        changes = self.invoice_id.recurrence_id.price_change_ids
        return changes._apply(self.price_unit, self.product_id, day) / self.price_unit
