import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, plaintext2html

from ..utils import today_of

#: Most invoices that the customer's page lists, and most letters of what a customer writes.
MOST_INVOICES, MOST_LETTERS = 24, 1000
ONE_DAY = datetime.timedelta(days=1)


class RecurringInvoice(models.Model):
    """What a customer sees of the own contracts: values chosen by hand, never the record."""

    _inherit = "recurring.invoice"

    date_cancel_asked = fields.Date("Customer Asked to Cancel", readonly=True, copy=False)

    @api.model
    def _subscriptions_of(self, partner):
        """Return the running contracts of a customer's company, as superuser."""
        company = partner.commercial_partner_id
        theirs = Domain("partner_id", "child_of", company.id) | Domain("customer_ids", "child_of", company.id)
        # customers have no right to recurring invoices: what they see is chosen in _prepare_subscription_values
        return self.sudo().search(theirs & Domain("is_generated", "=", True), order="id")

    def _prepare_subscription_rows(self, partner):
        """Return what the list of contracts shows to a customer, as a list of dicts of plain values."""
        coming = self.env["recurring.interaction"].search_fetch(
            [
                ("recurrence_id", "in", self.recurrence_id.ids),
                ("state", "=", "planned"),
                ("day", ">=", fields.Date.today() - ONE_DAY),  # it may be yesterday where the contract is
            ],
            ["recurrence_id", "day", "occurrence_date"],
            order="day desc, occurrence_date desc",
        )
        # the earliest one is the last to be noted
        dates = {item.recurrence_id: item for item in coming if item.day >= today_of(item.recurrence_id)}
        return [
            {
                "id": record.id,
                "name": record.name,
                "next_date": date.day,
                # a date that was moved is billed with the prices of the pattern's date
                "amount": record._amount_text(partner, date.occurrence_date),
            }
            for record in self
            for date in [dates.get(record.recurrence_id, coming.browse())]
        ]

    def _is_own(self, partner):
        """Return whether a customer's company is the one of the contract, not one of the further ones."""
        return self.partner_id.commercial_partner_id == partner.commercial_partner_id

    def _amount_text(self, partner, day=None):
        """Return what a customer pays on the next date; for further customers what was invoiced last."""
        if self._is_own(partner):
            return self.currency_id.format(self._amount_on(day or today_of(self.recurrence_id)))
        latest = self._invoices_of(partner)[:1]
        return self.currency_id.format(latest.amount_total) if latest else ""

    def _amount_on(self, day):
        """Return the total on a day, after the price changes that are in force then."""
        if not self.price_change_ids.filtered(lambda change: change.date_from <= day):
            return self.amount_total
        lines = self.invoice_line_ids.filtered(lambda line: line.display_type == "product" and not line.date_once)
        return self.currency_id.round(sum(line.price_total * line._price_factor(day) for line in lines))

    def _invoices_of(self, partner):
        """Return the posted invoices of a customer's company, the latest first."""
        moves = self.recurrence_id.interaction_ids.interaction_invoice_ids.move_id.filtered(
            lambda move: move.state == "posted" and move.commercial_partner_id == partner.commercial_partner_id
        )
        return moves.sorted("invoice_date", reverse=True)

    def _prepare_subscription_values(self, partner):
        """Return what the page of a contract shows to a customer, as a dict of plain values and posted invoices."""
        self.ensure_one()
        [row] = self._prepare_subscription_rows(partner)
        return {
            **row,
            "pattern": self.recurrence_id.summary,
            "end": self.recurrence_id.date_last,
            "notice": self.date_notice if not self.date_notice_given else False,
            "may_cancel": self._is_own(partner) and self._may_ask_to_cancel(),
            "asked": self._cancel_text(),
            "invoices": [
                {
                    "name": move.name,
                    "date": move.invoice_date,
                    "amount": move.currency_id.format(move.amount_total),
                    "url": f"/my/invoices/{move.id}",
                }
                for move in self._invoices_of(partner)[:MOST_INVOICES]
            ],
        }

    def _cancel_text(self):
        """Return when the customer asked for the end of the contract, as a sentence; empty where nobody did."""
        if not self.date_cancel_asked:
            return ""
        return self.env._(
            "You asked to end this subscription on %(date)s. We will be in touch with you.",
            date=format_date(self.env, self.date_cancel_asked),
        )

    def _may_ask_to_cancel(self):
        """Return whether the customer may still ask for the end of the contract on the page."""
        return self.company_id.recurring_portal_cancel and not (self.date_notice_given or self.date_cancel_asked)

    def _ask_to_cancel(self, partner, text):
        """Tell the responsible that a customer wants to end the contract; nothing ends by that.

        :raises UserError: when it is not offered, or was asked already
        """
        self.ensure_one()
        if not self._is_own(partner) or not self._may_ask_to_cancel():
            raise UserError(self.env._("This contract cannot be ended here."))
        record_sudo = self.sudo()  # the customer has no right to it; who may ask was looked at
        record_sudo.date_cancel_asked = today_of(record_sudo.recurrence_id)
        body = plaintext2html(text[:MOST_LETTERS])
        record_sudo.message_post(body=body, author_id=partner.id, message_type="comment")
        dates_sudo = record_sudo.recurrence_id.interaction_ids.sorted("day")
        next_sudo = dates_sudo.filtered(lambda item: item.state == "planned")[:1] or dates_sudo[-1:]
        person = record_sudo.user_id
        next_sudo.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=record_sudo.with_context(lang=person.lang).env._(
                "%(customer)s wants to end the contract", customer=partner.display_name
            ),
            note=body,
            user_id=person.id,
        )
