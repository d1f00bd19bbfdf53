from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, plaintext2html, split_every

from ..const import BILLING_GROUP, ISSUE_BATCH, ISSUE_SHARES, QUIET
from ..utils import due_domain, reason_of


class RecurringInteraction(models.Model):
    """The half of an interaction that issues invoices."""

    _inherit = "recurring.interaction"

    interaction_invoice_ids = fields.One2many("recurring.interaction.invoice", "interaction_id", "Invoices to Issue")
    invoice_count = fields.Integer(compute="_compute_invoice_count")
    failure_reason = fields.Text(compute="_compute_failure_reason")
    blocked_reason = fields.Text(readonly=True, copy=False, help="Why no customer of this date can be invoiced.")
    has_lost_invoice = fields.Boolean(compute="_compute_failure_reason")

    @api.depends("interaction_invoice_ids.move_id")
    def _compute_invoice_count(self):
        for record in self:
            record.invoice_count = len(record.interaction_invoice_ids.move_id)

    @api.depends("interaction_invoice_ids.reason", "interaction_invoice_ids.state", "blocked_reason")
    def _compute_failure_reason(self):
        for record in self:
            record.failure_reason = "\n".join(
                filter(None, [record.blocked_reason, *record.interaction_invoice_ids._reason_lines()])
            )
            record.has_lost_invoice = "lost" in record.interaction_invoice_ids.mapped("state")

    # Actions

    def action_issue(self):
        """Make, post and send the invoices: the one confirmation of the day."""
        result = self.issue_dates()
        done, reasons = result["issued"], result["reasons"]
        message = self.env._("%(number)s invoice(s) issued.", number=done)
        if reasons:
            message += " " + self.env._("Not issued: %(reasons)s", reasons=", ".join(reasons))
        failed = bool(reasons) or not done
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if failed else "success",
                "message": message,
                "sticky": failed,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def issue_dates(self):
        """Make, post and send the invoices; return how many were issued, and why others were not, each reason once."""
        self._check_may_issue()
        issues = self._issue(asked=True)
        done = issues.filtered(lambda issue: issue.state == "issued")
        return {"issued": len(done), "reasons": self._open_reasons(issues)}

    def action_issue_again(self):
        """Make the invoices again that were cancelled or deleted."""
        self._check_may_issue()
        for record in self.filtered(lambda item: not item.recurrence_id):
            raise UserError(record._orphan_reason())
        self.sudo().interaction_invoice_ids._still_lost()._mark_due()  # the right was asked for
        self.sudo().write({"state": "planned", "date_done": False, "done_by_id": False, "is_edited": True})
        return self.action_issue()

    def action_ask_early(self):
        """Ask before an invoice is issued ahead of its day, naming the day."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Issue Early?"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("recurring_interaction.recurring_interaction_view_form_early").id, "form")],
            "target": "new",
        }

    def action_let_go(self):
        """Leave the date without the invoices that were cancelled or deleted."""
        self._check_may_issue()
        lost_sudo = self.sudo().interaction_invoice_ids._still_lost()  # the right was asked for
        lost_sudo._forget_hours()
        lost_sudo._mark_waived(self.env._("Not billed, as %(name)s decided.", name=self.env.user.name))
        for interaction in lost_sudo.interaction_id.filtered("recurrence_id.pattern_id"):
            interaction.recurrence_id.pattern_id._bill_once_later(interaction.occurrence_date)
        return True

    def action_open_invoices(self):
        """Open the invoices that this interaction made."""
        moves = self.interaction_invoice_ids.move_id
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice")
        if len(moves) == 1:
            return {**action, "views": [(False, "form")], "res_id": moves.id}
        return {**action, "domain": [("id", "in", moves.ids)]}

    # Business

    def _check_may_issue(self):
        """:raises AccessError: unless the user may both change the interaction and post invoices"""
        self.check_access("write")
        if not self.env.user.has_group(BILLING_GROUP) and not self.env.user._is_superuser():
            raise AccessError(self.env._("Only people of Invoicing can issue invoices."))

    def _issue_or_raise(self):
        """Issue what "done" means for invoices.

        :raises UserError: with the reasons, when an invoice could not be issued
        """
        invoices = self.filtered(lambda item: item.kind == "invoice" and item.state == "planned")
        if not invoices:
            return
        invoices._check_may_issue()
        early = invoices.filtered(lambda item: not item.is_due)
        if early:
            raise UserError(
                self.env._(
                    "The invoice of %(day)s is not due yet. To issue it early, open it and press Issue invoice.",
                    day=format_date(self.env, min(early.mapped("day"))),
                )
            )
        issues = invoices._issue(asked=True)
        failed = issues.filtered(lambda issue: issue.state == "failed")
        blocked = invoices.filtered("blocked_reason").mapped("blocked_reason")
        if failed or blocked:
            raise UserError("\n".join([*blocked, *failed._reason_lines()]))

    def _open_reasons(self, issues):
        """Return why invoices were not issued, each reason once."""
        return list(dict.fromkeys(filter(None, [*self.mapped("blocked_reason"), *issues.mapped("reason")])))

    def _issue(self, asked=False):
        """Issue the invoices of the planned interactions among these that nobody else is working on.

        :param asked: a person asked for it: attempts that wait for their time are made, too
        :returns: the ``recurring.interaction.invoice`` rows that were due, as superuser
        """
        wanted = self.sudo() if asked else self.sudo()._with_missed()
        locked = wanted.try_lock_for_update(allow_referencing=True)
        if asked and locked != wanted:
            raise UserError(self.env._("These invoices are being issued by somebody else at this moment."))
        # what becomes one invoice is issued as a whole, or left to who holds a part of it
        held = (wanted - locked).recurrence_id.filtered(lambda item: item.missed_mode == "one")
        locked = locked.filtered(lambda item: item.recurrence_id not in held)
        locked.invalidate_recordset(["state"])
        planned = locked.filtered(lambda item: item.kind == "invoice" and item.state == "planned")._unblocked()
        now = fields.Datetime.now()
        due = planned._ensure_issues().filtered(
            lambda issue: (
                issue.state in ("due", "failed")
                and (asked or issue.state == "due" or (issue.date_next_try or now) < now)
            )
        )
        ready, known = due.browse(), {}
        too_many = due.browse() if asked else due._beyond_limit()
        for issue in due:
            obstacle = issue._obstacle(asked, known)
            if obstacle:
                issue._mark_failed(obstacle, is_obstacle=True)
            elif issue in too_many:
                issue._mark_failed(issue._limit_reason(), final=True)
            else:
                ready += issue
        for bundles in split_every(ISSUE_BATCH, ready._bundles(together=not asked)):
            ready._issue_bundles(list(bundles))
        planned._close_issued()
        return due

    def _with_missed(self):
        """Return these dates with the other due ones that become one invoice with them."""
        together = self.recurrence_id.filtered(lambda item: item.missed_mode == "one")
        if not together:
            return self
        domain = Domain([("recurrence_id", "in", together.ids), ("state", "=", "planned"), ("kind", "=", "invoice")])
        return self | self.search(domain & due_domain("day"))

    def _unblocked(self):
        """Return those for whom an invoice can be made at all; tell the responsible once about the others."""
        for interaction in self:
            reason = interaction.recurrence_id._missing() if interaction.recurrence_id else interaction._orphan_reason()
            if reason == (interaction.blocked_reason or ""):
                continue
            interaction.blocked_reason = reason or False
            if reason:
                interaction.activity_schedule(
                    "mail.mail_activity_data_warning",
                    summary=self.env._("Invoice not issued"),
                    note=plaintext2html(reason),
                    user_id=interaction.user_id.id,
                )
        return self.filtered(lambda item: not item.blocked_reason)

    def _orphan_reason(self):
        """Return why a date whose recurrence was deleted makes no invoice."""
        return self.env._(
            "The recurrence of this date was deleted: let the date go, or make the invoice without a recurrence."
        )

    def _ensure_issues(self):
        """Return the rows of all customers of these interactions, making those that lack.

        What is still due for somebody who is not invoiced any more goes away.
        """
        partners = {recurrence: recurrence._invoiced_partners() for recurrence in self.recurrence_id}
        self.interaction_invoice_ids.filtered(
            lambda issue: issue.state in ("due", "failed") and issue.partner_id not in partners[issue.recurrence_id]
        ).unlink()
        present = {(issue.interaction_id.id, issue.partner_id.id) for issue in self.interaction_invoice_ids}
        values = [
            {"interaction_id": interaction.id, "partner_id": partner.id}
            for interaction in self
            for partner in partners[interaction.recurrence_id]
            if (interaction.id, partner.id) not in present
        ]
        self.env["recurring.interaction.invoice"].create(values)
        self.invalidate_recordset(["interaction_invoice_ids"])
        return self.interaction_invoice_ids

    def _close_issued(self):
        """Mark as done what has all its invoices; keep the rest due, and out of regeneration."""
        states = {item: set(item.interaction_invoice_ids.mapped("state")) for item in self.with_prefetch()}
        issued = self.filtered(lambda item: states[item] and states[item] <= {"issued", "waived"})
        # the invoice itself tells the story: no tracking message per interaction
        issued.with_context(**QUIET).write(
            {"state": "done", "date_done": fields.Datetime.now(), "done_by_id": self.env.uid}
        )
        partly = self.filtered(lambda item: states[item] & {"issued", "waived", "lost"}) - issued
        partly.filtered(lambda item: not item.is_edited).write({"is_edited": True})

    # Scheduled action

    @api.model
    def _cron_issue_invoices(self, share=0, shares=ISSUE_SHARES):
        """Issue the due invoices of recurrences in automatic mode: those of a share of the customers, then the rest.

        Odoo gives each scheduled action to one worker at a time: as many of them as there are shares work at once.

        Several actions that run at once begin with customers of their own. What another one works on is locked, and
        skipped; what one leaves, because it stopped or is switched off, the others do. Day by day, so that after an
        outage numbers go up with the dates.
        """
        now = fields.Datetime.now()
        domain = (
            Domain(
                [
                    ("state", "=", "planned"),
                    ("kind", "=", "invoice"),
                    ("recurrence_id.auto_issue", "=", True),
                    ("recurrence_id.active", "=", True),
                ]
            )
            & due_domain("day")
            & (
                Domain("interaction_invoice_ids", "=", False)
                | Domain("interaction_invoice_ids", "any", [("state", "=", "due")])
                | Domain("interaction_invoice_ids", "any", [("state", "=", "failed"), ("date_next_try", "<=", now)])
            )
        )
        for [day] in self._read_group(domain, ["day:day"], order="day:day"):
            for part in (self._share_domain(share, shares), Domain.TRUE):
                self._cron_each(domain & Domain("day", "=", day) & part, "_issue", batch_size=ISSUE_BATCH)

    @api.model
    def _share_domain(self, share, shares):
        """Return the domain of the dates whose customers are of one of a number of shares."""
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "COALESCE(%s, 0) %% %s = %s", SQL.identifier(alias, "partner_id"), shares, share
            ),
            predicate=lambda record: record.partner_id.id % shares == share,
        )

    def _cron_failed(self, method, error):
        """Note on the invoices of the date why they were not issued, and tell the responsible."""
        if method == "_issue":
            self._ensure_issues().filtered(lambda issue: issue.state in ("due", "failed"))._mark_failed(
                reason_of(self, error)
            )
        return super()._cron_failed(method, error)
