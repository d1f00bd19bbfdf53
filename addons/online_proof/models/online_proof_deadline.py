from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import PAUSE_BETWEEN_MAILS
from ..life import verdict


class OnlineProof(models.Model):
    """Deadline and reminders. A deadline holds by itself; the scheduled action only says so."""

    _inherit = "online.proof"

    date_last_reminder = fields.Datetime(string="Last Reminder", readonly=True, copy=False)
    date_next_expiry = fields.Datetime(
        string="Next Link Expiry",
        compute="_compute_date_next_expiry",
        store=True,
        help="When a link runs out next: then it has to be seen whether somebody else can answer.",
    )

    @api.depends("reviewer_ids.date_link_expiry")
    def _compute_date_next_expiry(self):
        now = fields.Datetime.now()
        for proof in self:
            ends = proof.reviewer_ids.mapped("date_link_expiry")
            proof.date_next_expiry = min((end for end in ends if end and end > now), default=False)

    def write(self, vals):
        """What the shop changes by hand is a decision that the state follows."""
        if "deadline" in vals and not self.env.su:
            self._check_deadline(vals["deadline"])
        result = super().write(vals)
        if "deadline" in vals:
            self.sudo()._follow_decisions()  # the state is changed by methods only
        return result

    def _get_next_reminder_date(self):
        """Return when the next reminder is due: at the usual pace, the last one before the deadline."""
        company = self.company_id
        due = company._proof_today_plus(company.proof_reminder_days)
        if due and self.deadline and due >= self.deadline:
            due = fields.Date.subtract(self.deadline, days=1)
            return due if due > company._proof_today() else False
        return due

    @api.model
    def _cron_remind(self):
        """Close proofs whose deadline has passed, remind the others' customers, see that somebody can answer."""
        self._cron_each(self._get_due_domain(), "_expire_or_remind")

    @api.model
    def _get_due_domain(self):
        """Return which proofs time has changed something about; what people change is followed at once."""
        due = Domain("date_next_expiry", "<=", fields.Datetime.now())
        waiting = self._read_group([("state", "=", "sent")], ["company_id"])
        companies = self.env["res.company"].union(*(company for [company] in waiting))
        for today, own in companies.grouped(lambda company: company._proof_today()).items():
            passed = Domain("deadline", "<", today) | Domain("next_reminder_date", "<=", today)
            due |= Domain("company_id", "in", own.ids) & passed
        return Domain("state", "=", "sent") & due

    def _expire_or_remind(self):
        for proof in self:
            proof._compute_date_next_expiry()
            proof._follow_decisions()
            due = proof.next_reminder_date and proof.next_reminder_date <= proof.company_id._proof_today()
            if due and proof.state == "sent":
                proof._remind()

    def _remind(self):
        """Mail the people who are waited for, once for all proofs of the order."""
        proofs = self.sale_order_id.proof_ids.sorted("id")
        proofs._lock()
        proofs = proofs.filtered(lambda proof: verdict.allows("remind", proof._get_present_state()))
        waiting = self.env["online.proof.reviewer"].union(*(proof._get_waiting() for proof in proofs))
        attachments = waiting.proof_id._get_mail_attachments()
        values = {"attachment_ids": [Command.set(attachments.ids)]} if attachments else {}
        waiting._get_one_each()._send_mail_template("online_proof.mail_template_reminder", values)
        for proof in proofs:
            told = proof in waiting.proof_id
            proof.write(
                {
                    "next_reminder_date": proof._get_next_reminder_date(),
                    "reminder_count": proof.reminder_count + told,
                    "date_last_reminder": fields.Datetime.now() if told else proof.date_last_reminder,
                }
            )

    def action_remind(self):
        """Remind the people who have not decided, now; pressed again at once, nobody is mailed again."""
        self.check_access("write")
        reminded = self.env["sale.order"]
        for proof in self.sudo():  # the state is changed by methods only
            proof._lock()
            order = proof.sale_order_id
            if order in reminded or not verdict.allows("remind", proof._get_present_state()):
                continue
            reminded |= order
            if proof.date_last_reminder and proof.date_last_reminder > fields.Datetime.now() - PAUSE_BETWEEN_MAILS:
                raise UserError(self.env._("A reminder of %(name)s was sent just now.", name=proof.name))
            proof._remind()

    def action_extend(self):
        """Open an expired proof again, with the company's usual time to answer."""
        self.check_access("write")
        for proof in self.sudo():  # the state is changed by methods only
            if verdict.allows("extend", proof._get_present_state()):
                company = proof.company_id
                proof._open(proof.approval_rule, company._proof_today_plus(company.proof_deadline_days))
