import datetime
import itertools

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date, plaintext2html

from ..recurrence import period
from ..utils import due_domain, today_of
from . import recurring_invoice  # noqa: F401 - what is extended here is defined first

ONE_DAY = datetime.timedelta(days=1)
#: How far ahead notice can be given.
MOST_YEARS = 100


class RecurringInvoice(models.Model):
    """The contract behind a recurring invoice: its term, notice, renewal and pauses."""

    _name = "recurring.invoice"
    _inherit = ["recurring.invoice", "cron.batch.mixin"]

    contract_months = fields.Integer("Term (Months)", help="0: without a term.")
    notice_days = fields.Integer("Notice (Days)", help="Notice is given at least so many days before the end.")
    renewal = fields.Selection(
        [("renew", "Goes on for another term"), ("end", "Ends")], "After the Term", required=True, default="renew"
    )
    reminder_days = fields.Integer(
        "Remind Before (Days)", default=30, help="The responsible is reminded so many days before the last notice day."
    )
    date_term_end = fields.Date(
        "Term Ends", compute="_compute_date_term_end", store=True, readonly=False, copy=False, help="Its last day."
    )
    date_notice = fields.Date("Notice Until", compute="_compute_date_notice", store=True)
    date_notice_given = fields.Date("Notice Given On", readonly=True, copy=False)
    date_reminded = fields.Date(readonly=True, copy=False, help="The end of the term that was reminded of.")
    date_contract_step = fields.Date(
        compute="_compute_date_contract_step", store=True, index="btree_not_null", help="Next reminder or renewal."
    )

    @api.depends("date_start", "contract_months")
    def _compute_date_term_end(self):
        for record in self:
            months = record.contract_months
            record.date_term_end = months > 0 and record.date_start and period.term_end(record.date_start, months)

    @api.depends("date_term_end", "notice_days")
    def _compute_date_notice(self):
        for record in self:
            record.date_notice = record.date_term_end and record.date_term_end - datetime.timedelta(record.notice_days)

    @api.depends(
        "date_term_end", "date_notice", "reminder_days", "date_reminded", "date_notice_given", "renewal",
        "contract_months",
    )  # fmt: skip
    def _compute_date_contract_step(self):
        for record in self:
            end = record.date_term_end
            record.date_contract_step = False
            if not end or record.date_notice_given:
                continue
            if record.date_reminded != end:
                record.date_contract_step = record.date_notice - datetime.timedelta(record.reminder_days)
            elif record._goes_on():
                record.date_contract_step = end + ONE_DAY

    @api.constrains("contract_months", "notice_days", "reminder_days", "date_term_end")
    def _check_contract(self):
        for record in self:
            if record.date_term_end and record.date_term_end < record.date_start:
                raise ValidationError(self.env._("The term of a contract ends before it starts."))
            if not 0 <= record.contract_months <= 600:
                raise ValidationError(self.env._("The term of a contract is at most 600 months."))
            if not (0 <= record.notice_days <= 3650 and 0 <= record.reminder_days <= 3650):
                raise ValidationError(self.env._("Notice and reminder are 0 to 3,650 days."))

    @api.model_create_multi
    def create(self, vals_list):
        """A contract that ends with its term lets the recurrence end there."""
        invoices = super().create(vals_list)
        invoices._apply_contract_end()
        return invoices

    def write(self, vals):
        """A contract that ends with its term lets the recurrence end there."""
        result = super().write(vals)
        if not {"renewal", "contract_months", "date_term_end", "date_start"}.isdisjoint(vals):
            self._apply_contract_end()
        return result

    def _apply_contract_end(self):
        for record in self.filtered(lambda item: item.renewal == "end" and item.date_term_end):
            if (record.end_type, record.date_until) != ("until", record.date_term_end):
                record.recurrence_id.write({"end_type": "until", "date_until": record.date_term_end})

    # Actions

    def action_give_notice(self):
        """Ask when notice was given, and show when the contract ends by it."""
        return self._open_window("recurring.notice", self.env._("Notice"))

    def action_pause(self):
        """Ask from when to when nothing is billed, and why."""
        return self._open_window("recurring.pause", self.env._("Pause"))

    def action_withdraw_notice(self):
        """Let the contract go on as if nobody had given notice; show which dates that brings back before they are."""
        self.ensure_one()
        self.check_access("write")
        if not self.date_notice_given:
            raise UserError(self.env._("Nobody gave notice of this contract."))
        self.sudo().write({"date_notice_given": False, "date_cancel_asked": False})  # set by methods only
        end = {"end_type": "forever", "date_until": False}
        if self.renewal == "end" and self.date_term_end:
            end = {"end_type": "until", "date_until": self.date_term_end}
        self.recurrence_id.write(end)
        self.message_post(body=self.env._("The notice was withdrawn: the contract goes on."))
        return self.action_generate()

    def _open_window(self, model, title):
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {"default_invoice_id": self.id},
        }

    # Business

    def _end_by_notice(self, day):
        """Return the last day of the contract when notice is given on a day.

        A notice that was in time counts for its term, also where it is entered when the contract has gone on already.
        """
        self.ensure_one()
        notice = datetime.timedelta(self.notice_days)
        end = self.date_term_end
        if not end:
            return day + notice
        if not self._goes_on():
            return end
        if day.year > end.year + MOST_YEARS:
            raise UserError(self.env._("This day is too far ahead."))
        first = period.term_end(self.date_start, self.contract_months)
        ends = list(itertools.takewhile(lambda item: item <= end, self._term_ends(first)))
        # an end that was agreed on by hand has no terms before it
        known = next((item for item in ends if day <= item - notice), end) if end in ends else end
        return next(item for item in self._term_ends(known) if day <= item - notice)

    def _goes_on(self):
        """Return whether another term follows the term, as long as nobody gives notice."""
        return self.renewal == "renew" and self.contract_months > 0

    def _term_ends(self, end):
        """Yield the last days of the terms from one on."""
        while True:
            yield end
            end = period.next_term_end(self.date_start, self.contract_months, end)

    def _give_notice(self, day, reason=""):
        """End the contract by notice: dates after its end are taken back, those before stay."""
        self.ensure_one()
        self.check_access("write")
        if not self.is_generated:
            raise UserError(self.env._("Only a contract that is running can be ended by notice. Archive this one."))
        end = self._end_by_notice(day)
        billed = self._billed_beyond(end)
        self.sudo().write({"date_notice_given": day})  # set by methods only
        self.recurrence_id.write({"end_type": "until", "date_until": end})
        self.recurrence_id._generate()
        self._ask_for_credit(billed, end)
        self.message_post(
            body=self.env._(
                "Notice was given on %(day)s: the contract ends on %(end)s. %(reason)s",
                day=format_date(self.env, day),
                end=format_date(self.env, end),
                reason=reason or "",
            )
        )

    def _billed_beyond(self, end):
        """Return the dates that bill days after the end of the contract, each with the last day of its period.

        Only where a period that is not whole is paid by days.
        """
        if self.proration != "days":
            return {}
        dates_sudo = self.recurrence_id.interaction_ids.sudo()  # what was issued is no secret to who ends a contract
        dates_sudo = dates_sudo.filtered(lambda item: "issued" in item.interaction_invoice_ids.mapped("state"))
        periods = {date_sudo: self.recurrence_id._period(date_sudo.occurrence_date)[1] for date_sudo in dates_sudo}
        return {date_sudo: last for date_sudo, last in periods.items() if last > end}

    def _ask_for_credit(self, billed, end):
        """Ask the responsible to credit days after the end: an invoice that is out is not changed."""
        self = self.with_context(lang=self.user_id.lang)
        for date, last in billed.items():
            text = self.env._(
                "The invoice of %(date)s bills until %(last)s, the contract ends on %(end)s: credit the days after it.",
                date=format_date(self.env, date.occurrence_date),
                last=format_date(self.env, last),
                end=format_date(self.env, end),
            )
            date.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=self.env._("Days to credit"),
                note=plaintext2html(text),
                user_id=self.user_id.id,
            )

    def _pause(self, first, last, reason):
        """Bill nothing between two days; what is planned there is skipped, with the reason."""
        self.ensure_one()
        self.check_access("write")
        if not self.is_generated:
            raise UserError(self.env._("Only a contract that is running can be paused."))
        if first > last:
            raise UserError(self.env._("The pause ends before it begins."))
        self.recurrence_id._lock_plan(is_changed=True)
        planned = self.recurrence_id.interaction_ids.filtered(
            lambda item: item.state == "planned" and first <= item.occurrence_date <= last
        )
        planned._check_may_invoice()
        planned._note_feedback(reason)
        planned._mark_skipped()
        planned += self.recurrence_id._skip_ahead(first, last, reason)
        self.message_post(
            body=self.env._(
                "Paused from %(first)s to %(last)s, %(number)s dates are skipped: %(reason)s",
                first=format_date(self.env, first),
                last=format_date(self.env, last),
                number=len(planned),
                reason=reason,
            )
        )

    # Scheduled action

    @api.model
    def _cron_contracts(self):
        """Remind of the last day of notice, and renew what nobody has ended."""
        domain = Domain([("is_generated", "=", True), ("active", "=", True)]) & due_domain("date_contract_step")
        self._cron_each(domain, "_take_contract_step")

    def _take_contract_step(self):
        self.ensure_one()
        self = self.with_context(lang=self.user_id.lang)
        end = self.date_term_end
        if self.date_reminded != end:
            self._remind_of_notice()
            self.sudo().date_reminded = end  # set by methods only
            return
        today = today_of(self)
        self.date_term_end = end = next(item for item in self._term_ends(end) if item >= today)
        self.message_post(
            body=self.env._("Nobody gave notice: the contract goes on until %(end)s.", end=format_date(self.env, end))
        )

    def _remind_of_notice(self):
        after = dict(self._fields["renewal"]._description_selection(self.env))[self.renewal]
        body = self.env._(
            "The term ends on %(end)s. Notice can be given until %(notice)s. After the term: %(after)s.",
            end=format_date(self.env, self.date_term_end),
            notice=format_date(self.env, self.date_notice),
            after=after,
        )
        dates_sudo = self.recurrence_id.interaction_ids.sudo().sorted("day")  # the next date carries the reminder
        coming_sudo = dates_sudo.filtered(lambda item: item.state == "planned")[:1] or dates_sudo[-1:]
        coming_sudo.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=max(self.date_notice, today_of(self)),
            summary=self.env._("Contract of %(customer)s: notice", customer=self.partner_id.display_name),
            note=plaintext2html(body),
            user_id=self.user_id.id,
        )
        self.message_post(body=body)
