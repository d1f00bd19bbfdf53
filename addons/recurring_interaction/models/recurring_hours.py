from odoo import api, fields, models
from odoo.tools import float_round, format_date

# what is extended here is defined first
from . import (  # noqa: F401
    recurring_interaction_invoice,
    recurring_interaction_invoice_issue,
    recurring_invoice_door,
    recurring_quantity,
)


class RecurringHours(models.Model):
    """How many of the hours booked in a period were billed with an invoice.

    What is booked or corrected after a period was billed is the difference; it is billed with the next invoice.
    """

    _name = "recurring.hours"
    _description = "Billed Hours of a Recurring Invoice"
    _order = "date, id"
    _rec_name = "date"
    _rec_names_search = ["line_id"]

    line_id = fields.Many2one("recurring.invoice.line", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True, index=True)
    issue_id = fields.Many2one(
        "recurring.interaction.invoice", "Billed With", required=True, readonly=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(related="issue_id.partner_id", store=True, index=True)
    date = fields.Date(required=True, readonly=True, help="The date in the pattern whose period the hours are of.")
    date_from = fields.Date("First Day", required=True, readonly=True)
    date_to = fields.Date("Last Day", required=True, readonly=True)
    account_ids = fields.Many2many("account.analytic.account", string="Analytic Accounts", readonly=True)
    quantity = fields.Float("Hours", required=True, readonly=True, digits="Product Unit")
    times_looked = fields.Integer(
        readonly=True,
        help="How often an invoice looked for more hours of this period. It is written, so that of two invoices that "
        "are made at once one waits and begins again.",
    )

    _line_issue_date_uniq = models.Constraint(
        "UNIQUE(line_id, issue_id, date)", "An invoice bills the hours of a period once."
    )

    def _is_own(self):
        """Return whether these are the hours of the date that the invoice is of."""
        return self.date == self.issue_id.interaction_id.occurrence_date

    def _booked(self):
        """Return how many hours are booked by now in the period of each of these rows."""
        booked = {}
        for accounts, rows in self.grouped(lambda row: row.account_ids).items():
            first, last = min(rows.mapped("date_from")), max(rows.mapped("date_to"))
            by_day = self.env["recurring.invoice.line"]._booked_by_day(accounts, first, last)
            for row in rows:
                booked[row] = sum(hours for day, hours in by_day.items() if row.date_from <= day <= row.date_to)
        return booked


class RecurringInvoiceLine(models.Model):
    """Hours that were booked after their period was billed."""

    _inherit = "recurring.invoice.line"

    def _counts_hours(self):
        """Return whether the hours booked for each date are billed, late ones with the next."""
        return self.display_type == "product" and self.quantity_source == "analytic" and not self.is_once

    @api.model
    def _round_hours(self, hours):
        return float_round(hours, precision_digits=self.env["decimal.precision"].precision_get("Product Unit"))

    def _billed_hours(self, deal, operator):
        """Return what was billed to the customer of a deal: of its date, or of those before it."""
        domain = [("line_id", "=", self.id), ("partner_id", "=", deal.customer.id), ("date", operator, deal.date)]
        return self.env["recurring.hours"].search(domain)

    def _quantity_of(self, deal):
        quantity = super()._quantity_of(deal)
        if self._counts_hours():
            # issued again: what came late meanwhile was billed with another date
            quantity = self._round_hours(quantity - sum(self._billed_hours(deal, "=").mapped("quantity")))
        return quantity

    def _late_hours(self, deal):
        """Return the hours of earlier periods that were not billed yet, as pairs of a period's own row and hours."""
        rows = self._billed_hours(deal, "<")
        booked = rows.filtered(lambda row: row._is_own())._booked()
        billed = {row.date: 0.0 for row in rows}
        for row in rows:
            billed[row.date] += row.quantity
        late = ((row, self._round_hours(hours - billed[row.date])) for row, hours in booked.items())
        return [(row, hours) for row, hours in late if hours]

    def _prepare_billed_values(self, deal):
        result = super()._prepare_billed_values(deal)
        if not result or not self._counts_hours():
            return result
        return result + [self._prepare_late_values(deal, row, hours) for row, hours in self._late_hours(deal)]

    def _prepare_late_values(self, deal, row, hours):
        """Return the values of the invoice line with the late hours of a period, with the prices of its date."""
        then = self.invoice_id._make_deal(row.date, deal.customer, deal.day)
        spoken = self.with_context(lang=then.lang).env
        text = spoken._(
            "Booked or corrected after it was invoiced: %(first)s - %(last)s",
            first=format_date(spoken, row.date_from),
            last=format_date(spoken, row.date_to),
        )
        values = self._prepare_move_line_values(then)
        return {**values, "name": "\n".join([values["name"], text]), "quantity": hours}

    def _prepare_hours_values(self, deal, issue):
        """Return what to note of the hours that an invoice bills: of its own date and of earlier ones."""
        first, last = self.invoice_id.recurrence_id._period(deal.date)
        common = {"line_id": self.id, "issue_id": issue.id}
        own = {
            **common,
            "date": deal.date,
            "date_from": first,
            "date_to": last,
            "account_ids": self._analytic_accounts(self.analytic_distribution).ids,
            "quantity": self._quantity_of(deal),
        }
        late = [
            {**common, "date": row.date, "date_from": row.date_from, "date_to": row.date_to, "quantity": hours}
            for row, hours in self._late_hours(deal)
        ]
        return [own, *late]


class RecurringInvoice(models.Model):
    """Which hours an invoice bills is noted with it."""

    _inherit = "recurring.invoice"

    def _note_billed_hours(self, issue):
        """Remember which hours the invoice of a customer and date bills, in the transaction that makes it."""
        record_sudo = self.sudo()  # as the invoice is made
        lines_sudo = record_sudo.invoice_line_ids.filtered(lambda line: line._counts_hours())
        if not lines_sudo:
            return
        deal = record_sudo._make_deal(issue.interaction_id.occurrence_date, issue.partner_id, issue.interaction_id.day)
        earlier_sudo = lines_sudo.env["recurring.hours"].union(*(line._billed_hours(deal, "<") for line in lines_sudo))
        values = [vals for line in lines_sudo for vals in line._prepare_hours_values(deal, issue)]
        for row_sudo in earlier_sudo:
            row_sudo.times_looked += 1
        earlier_sudo.create(values)


class RecurringInteractionInvoice(models.Model):
    """Hours of an invoice that is gone are billed anew, or let go with their date."""

    _inherit = "recurring.interaction.invoice"

    def _prepare_move_values(self):
        values = super()._prepare_move_values()
        self.recurrence_id.pattern_id._note_billed_hours(self)
        return values

    def _mark_due(self):
        self._forget_hours()
        return super()._mark_due()

    def _forget_hours(self):
        """Bill the hours that these invoices billed late with the next one; those of their own dates as these are."""
        hours_sudo = self.env["recurring.hours"].sudo()  # written by methods only
        hours_sudo.search([("issue_id", "in", self.ids)]).unlink()
