import datetime
import logging

from odoo import api, fields, models
from odoo.tools.mail import email_normalize_all, plaintext2html

from ..const import NIGHT_HOURS, RETRY_HOURS

_logger = logging.getLogger(__name__)


class RecurringInteractionInvoice(models.Model):
    """The invoice of one customer on one date: due, issued, or failed with a reason.

    The row is what makes an invoice happen once: it is written in the transaction that
    makes, posts and queues the invoice, and it is unique.
    """

    _name = "recurring.interaction.invoice"
    _description = "Invoice of a Recurrence"
    _order = "interaction_id, id"
    _rec_names_search = ["interaction_id", "partner_id"]

    interaction_id = fields.Many2one("recurring.interaction", required=True, ondelete="cascade", index=True)
    recurrence_id = fields.Many2one(
        related="interaction_id.recurrence_id", store=True, index="btree_not_null", ondelete="set null"
    )
    company_id = fields.Many2one(related="interaction_id.company_id", store=True, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", required=True, ondelete="restrict", index=True)
    move_id = fields.Many2one("account.move", "Invoice", readonly=True, ondelete="set null", index="btree_not_null")
    state = fields.Selection(
        [
            ("due", "Due"),
            ("failed", "Failed"),
            ("issued", "Issued"),
            ("lost", "Cancelled or Deleted"),
            ("waived", "Nothing to Bill"),
        ],
        required=True,
        readonly=True,
        default="due",
    )
    reason = fields.Text(readonly=True)
    is_obstacle = fields.Boolean(
        "Obstacle", readonly=True, help="What stood in the way is looked for anew where it is shown."
    )
    attempts = fields.Integer(readonly=True)
    date_next_try = fields.Datetime("Next Try", readonly=True, help="Empty when only a person can go on.")
    date_issued = fields.Datetime(readonly=True)

    _customer_uniq = models.Constraint(
        "UNIQUE(interaction_id, partner_id)", "This customer has an invoice for this date already."
    )
    _issued_with_date = models.Constraint(
        "CHECK(state != 'issued' OR date_issued IS NOT NULL)", "What was issued has the moment at which it was."
    )

    @api.depends("partner_id", "interaction_id")
    def _compute_display_name(self):
        for record in self:
            record.display_name = f"{record.interaction_id.name} - {record.partner_id.display_name}"

    def _in_language(self):
        """Return self in the language of who is asking, or of the responsible where that is the scheduler."""
        return self if self.env.lang else self.with_context(lang=self.interaction_id.user_id.lang)

    def _obstacle(self, asked=False, known=None):
        """Return why this invoice cannot be issued, as a sentence; empty when nothing speaks against it.

        :param asked: a person asked for this invoice, having looked at its date
        :param known: what was found already, where many are looked at; see ``RecurringInvoice._obstacles``
        """
        self.ensure_one()
        self = self._in_language()
        recurrence, partner = self.recurrence_id, self.partner_id
        if not recurrence.pattern_id:
            return self.env._("The recurring invoice does not exist any more.")
        dropped = "" if asked else recurrence._dropped_reason(self.interaction_id)
        if dropped:
            return dropped
        outdated = recurrence.pattern_id._obstacles(partner, known)
        outdated = outdated or recurrence.pattern_id._missing_quantities(self.interaction_id.occurrence_date)
        if outdated:
            return " ".join(outdated)
        return self._address_obstacle(partner) if recurrence.send_mail else ""

    @api.model
    def _address_obstacle(self, partner):
        """Return why a customer cannot be mailed, as a sentence; empty when nothing speaks against it."""
        if not partner.email:
            return self.env._("The customer %(name)s has no e-mail address.", name=partner.display_name)
        if email_normalize_all(partner.email):
            return ""
        return self.env._(
            "The e-mail address of %(name)s is not valid: %(email)s", name=partner.display_name, email=partner.email
        )

    def _reason_lines(self):
        """Return the reasons of those invoices that have one, each with its customer."""
        return [f"{issue.partner_id.display_name}: {issue.reason}" for issue in self if issue.reason]

    def _beyond_limit(self):
        """Return those of these due invoices that are more than one night may issue without a person.

        What counts are the invoices that a customer of a recurrence gets, not how many customers there are. Where
        missed dates become one invoice, any number of them is one.
        """
        done = self._done_tonight()
        beyond = self.browse()
        for recurrence, issues in self.grouped("recurrence_id").items():
            left = max(recurrence.company_id.recurring_automatic_limit - done[recurrence], 0)
            days = issues.interaction_id.sorted("day")
            late = days.browse() if left and recurrence.missed_mode == "one" else days[left:]
            beyond += issues.filtered(lambda issue, late=late: issue.interaction_id in late)
        return beyond

    def _done_tonight(self):
        """Return how many invoices this user made for the busiest customer of each recurrence in one night."""
        since = fields.Datetime.now() - datetime.timedelta(hours=NIGHT_HOURS)
        domain = [
            ("recurrence_id", "in", self.recurrence_id.ids),
            ("move_id", "!=", False),
            ("interaction_id.date_done", ">=", since),
            ("interaction_id.done_by_id", "=", self.env.uid),
        ]
        done = dict.fromkeys(self.recurrence_id, 0)
        groups = self._read_group(domain, ["recurrence_id", "partner_id"], ["move_id:count_distinct"])
        for recurrence, _partner, count in groups:
            done[recurrence] = max(done[recurrence], count)
        return done

    def _limit_reason(self):
        """Return why the scheduler leaves this invoice to a person."""
        limit = self.company_id.recurring_automatic_limit
        return self._in_language().env._(
            "More than %(number)s dates of this recurrence are due at once. Look at them, and issue the invoice by "
            "hand.",
            number=limit,
        )

    def _mark_failed(self, reason, final=False, is_obstacle=False):
        """Keep the reason, plan the next attempt and tell the responsible once.

        :param final: there is no next attempt: a person decides
        :param is_obstacle: it was found before anything was tried, and is found anew wherever it is shown
        """
        now = fields.Datetime.now()
        for issue in self:
            hours = RETRY_HOURS[issue.attempts] if issue.attempts < len(RETRY_HOURS) and not final else None
            first = issue.state != "failed" or issue.reason != reason
            issue.write(
                {
                    "state": "failed",
                    "reason": reason,
                    "is_obstacle": is_obstacle,
                    "attempts": issue.attempts + 1,
                    "date_next_try": hours and now + datetime.timedelta(hours=hours),
                }
            )
            _logger.warning("Invoice %s of interaction %s not issued: %s", issue.id, issue.interaction_id.id, reason)
            if first:
                issue._warn_responsible(reason)

    def _warn_responsible(self, reason):
        """Schedule one warning activity for the responsible; an open one is brought up to date."""
        self.ensure_one()
        self = self._in_language()
        interaction = self.interaction_id
        summary = self.env._("Invoice for %(customer)s not issued", customer=self.partner_id.display_name)
        open_one = interaction.activity_ids.filtered(
            lambda item: item.recurring_interaction_invoice_id == self and not item.recurring_interaction_id
        )
        if open_one:
            open_one.note = plaintext2html(reason)
            return
        interaction.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=summary,
            note=plaintext2html(reason),
            user_id=interaction.user_id.id,
            recurring_interaction_invoice_id=self.id,
        )

    def _mark_due(self):
        """Start afresh: nothing was issued, nothing failed."""
        self._close_warnings()
        self.write(
            {
                "state": "due",
                "reason": False,
                "attempts": 0,
                "date_next_try": False,
                "date_issued": False,
                "move_id": False,
            }
        )

    def _mark_issued(self):
        """Note what was issued and close the warnings about it."""
        self.write({"state": "issued", "date_issued": fields.Datetime.now(), "reason": False, "date_next_try": False})
        self._close_warnings()

    def _mark_waived(self, reason):
        """Note that there is no invoice for this date and why; it is not made later."""
        self.write({"state": "waived", "reason": reason, "date_next_try": False})
        self._close_warnings()

    def _close_warnings(self):
        warnings_sudo = self.env["mail.activity"].sudo()  # also those that wait for somebody else
        warnings_sudo.search([("recurring_interaction_invoice_id", "in", self.ids)]).unlink()

    # Invoices that were cancelled or deleted afterwards

    @api.model
    def _lose_invoices(self, moves):
        """Ask the responsible what becomes of dates whose invoices are cancelled or deleted now."""
        lost_sudo = self.sudo().search([("move_id", "in", moves.ids), ("state", "=", "issued")])
        for issue in lost_sudo:
            issue = issue._in_language()
            reason = issue.env._(
                "The invoice %(number)s was cancelled or deleted: its date is not billed. Issue it again, or let it "
                "go.",
                number=issue.move_id.name or "/",
            )
            issue.write({"state": "lost", "reason": reason})
            issue._warn_responsible(reason)

    @api.model
    def _find_invoices(self, moves):
        """Bill dates by their invoices again that were cancelled and are taken back now."""
        self.sudo().search([("move_id", "in", moves.ids)])._still_lost()  # whoever may take back may say so

    def _still_lost(self):
        """Return the rows whose invoices are gone; those whose invoices were taken back are issued again."""
        lost = self.filtered(lambda issue: issue.state == "lost")
        found = lost.filtered(lambda issue: issue.move_id and issue.move_id.state != "cancel")
        found.write({"state": "issued", "reason": False})
        found._close_warnings()
        return lost - found
