import logging

import psycopg2
from odoo import models
from odoo.exceptions import UserError

from ..const import DRAFT_CONTEXT

_logger = logging.getLogger(__name__)


class RecurringIssue(models.Model):
    """Make, post and queue the invoices."""

    _inherit = "recurring.issue"

    def _issue_invoices(self):
        """Issue a batch in one savepoint; when that fails, one by one, each with its own reason."""
        if len(self) > 1:
            try:
                with self.env.cr.savepoint():
                    self._issue_now()
                return
            except (UserError, ValueError, psycopg2.DataError, psycopg2.IntegrityError) as error:
                _logger.info("Issuing %s invoices together failed (%s); going on one by one", len(self), error)
                self.env.invalidate_all()
        for issue in self:
            try:
                with self.env.cr.savepoint():
                    issue._issue_now()
            except (UserError, ValueError, psycopg2.DataError, psycopg2.IntegrityError) as error:
                self.env.invalidate_all()
                issue._mark_failed(str(error))

    def _issue_now(self):
        """Make, post and queue; all or nothing."""
        moves = self._draft_invoices(send=True)
        self._waive_empty(moves)
        moves = moves.exists()
        moves.with_context(disable_abnormal_invoice_detection=True)._post(soft=False)
        if moves.filtered("sending_data"):
            self.env.ref("account.ir_cron_account_move_send").sudo()._trigger()
        self.filtered("move_id")._mark_issued()

    def _waive_empty(self, moves):
        """Leave out invoices of 0.00 where the company wants none."""
        empty = moves.filtered(
            lambda move: move.company_id.recurring_skip_empty and move.currency_id.is_zero(move.amount_total)
        )
        if empty:
            issues = self.filtered(lambda issue: issue.move_id in empty)
            empty.unlink()
            for issue in issues:
                issue._mark_waived(issue._in_language().env._("The total is 0.00: there is nothing to bill."))

    def _draft_invoices(self, send=False):
        """Create the draft invoices of these rows and link them; return them.

        :param send: put them into Odoo's own sending queue, which takes them once they are posted
        """
        # one prefetch for the whole batch, however its records were found
        self = self.with_prefetch()
        templates = self.recurrence_id._pattern_templates()
        values = [
            {
                **issue.recurrence_id._prepare_invoice_values(
                    templates[issue.recurrence_id], issue.interaction_id, issue.partner_id
                ),
                **(issue._sending_values() if send else {}),
            }
            for issue in self
        ]
        moves = self.env["account.move"].with_context(**DRAFT_CONTEXT).create(values)
        for issue, move in zip(self, moves, strict=True):
            issue.move_id = move
        return moves

    def _sending_values(self):
        """Return what puts an invoice into Odoo's sending queue, in the transaction that makes it."""
        if not self.recurrence_id.send_mail:
            return {}
        author = self._author()
        return {
            "sending_data": {
                "author_user_id": author.id,
                "author_partner_id": author.partner_id.id,
                "sending_methods": ["email"],
            }
        }

    def _author(self):
        """Return who sends the invoice: the person who confirmed it, or the responsible."""
        return self.interaction_id.user_id if self.env.user._is_superuser() else self.env.user
