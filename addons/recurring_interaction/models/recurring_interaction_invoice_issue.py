import logging

import psycopg2
from odoo import Command, api, models
from odoo.addons.base_safeguard.languages import installed_language
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..const import DRAFT_CONTEXT
from ..utils import reason_of

_logger = logging.getLogger(__name__)


class RecurringInteractionInvoice(models.Model):
    """Make, post and queue the invoices."""

    _inherit = "recurring.interaction.invoice"

    def _issue_bundles(self, bundles):
        """Issue a batch in one savepoint; when that fails, one by one, each with its own reason.

        :param bundles: the rows that become one invoice each, see :meth:`_bundles`
        """
        if len(bundles) > 1:
            try:
                with self.env.cr.savepoint():
                    self.union(*bundles)._issue_now(bundles)
                return
            except (UserError, ValueError, psycopg2.DataError, psycopg2.IntegrityError) as error:
                _logger.info("Issuing %s invoices together failed (%s); going on one by one", len(bundles), error)
                self.env.invalidate_all()
        for bundle in bundles:
            try:
                with self.env.cr.savepoint():
                    bundle._issue_now([bundle])
            except (UserError, ValueError, psycopg2.DataError, psycopg2.IntegrityError) as error:
                self.env.invalidate_all()
                for issue in bundle:
                    issue._mark_failed(reason_of(self, error))

    def _bundles(self, together):
        """Return the rows that become one invoice each, as a list of recordsets, the latest date last.

        :param together: as the recurrence says, several dates of a customer may become one invoice
        """
        if not together:
            return list(self)
        bundles = {}
        for issue in self.sorted(lambda issue: (issue.interaction_id.day, issue.id)):
            recurrence = issue.recurrence_id
            key = (recurrence.id, issue.partner_id.id) if recurrence.missed_mode == "one" else issue.id
            bundles[key] = bundles.get(key, self.browse()) + issue
        return list(bundles.values())

    def _issue_now(self, bundles):
        """Make, post and queue; all or nothing."""
        moves = self._draft_invoices(bundles, send=True)
        self._waive_empty(moves)
        moves = moves.exists()
        moves.with_context(disable_abnormal_invoice_detection=True)._post(soft=False)
        self._tell_moved_dates(moves)
        if moves.filtered("sending_data"):
            self.env.ref("account.ir_cron_account_move_send").sudo()._trigger()
        self.filtered("move_id")._mark_issued()

    @api.model
    def _tell_moved_dates(self, moves):
        """Say on the invoice that its period was locked and where it was booked instead."""
        for move in moves.filtered(lambda move: move.date != move.invoice_date):
            move.message_post(
                body=self.env._(
                    "The period of %(day)s is locked: the invoice is booked on %(date)s.",
                    day=format_date(self.env, move.invoice_date),
                    date=format_date(self.env, move.date),
                )
            )

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

    def _draft_invoices(self, bundles=None, send=False):
        """Create the draft invoices of these rows and link them; return them.

        :param bundles: the rows that become one invoice each; each row its own where it is not given
        :param send: put them into Odoo's own sending queue, which takes them once they are posted
        """
        # one prefetch for the whole batch, however its records were found
        bundles = [bundle.with_prefetch(self.ids) for bundle in (bundles or self)]
        values = [
            {**bundle._prepare_bundle_values(), **(bundle[-1]._sending_values() if send else {})} for bundle in bundles
        ]
        self._foretell_amounts(values)
        moves = self.env["account.move"].with_context(**DRAFT_CONTEXT).create(values)
        for bundle, move in zip(bundles, moves, strict=True):
            bundle.write({"move_id": move.id})
        return moves

    def _prepare_bundle_values(self):
        """Return the values of one invoice: of the latest date, with the lines of the earlier ones before its own."""
        *earlier, last = (issue._prepare_move_values() for issue in self)
        if earlier:
            lines = []
            for issue, values in zip(self, [*earlier, last], strict=True):
                heading = issue._period_heading()
                lines += [Command.create({"display_type": "line_section", "name": heading, "sequence": 0})]
                lines += values["invoice_line_ids"]
            # their order is their place in the list
            numbered = [{**line[2], "sequence": number} for number, line in enumerate(lines, start=1)]
            last["invoice_line_ids"] = [Command.create(values) for values in numbered]
        return last

    def _prepare_move_values(self):
        interaction = self.interaction_id
        pattern, date = self.recurrence_id.pattern_id, interaction.occurrence_date
        values = pattern._prepare_invoice_values(date, self.partner_id, interaction.day)
        if self.partner_id == pattern.partner_id:
            pattern._note_billed_once(date)
        return values

    def _period_heading(self):
        """Return the period of this row in the customer's language."""
        lang = installed_language(self.env, self.partner_id.lang, self.env.user.lang)
        return self.recurrence_id._placeholder_values(self.interaction_id.occurrence_date, lang)["period"]

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
