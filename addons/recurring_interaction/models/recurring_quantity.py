from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from . import recurring_invoice, recurring_invoice_line  # noqa: F401 - what is extended here is defined first


class RecurringQuantity(models.Model):
    """How much of a line is billed on one date: entered, or sent by another program."""

    _name = "recurring.quantity"
    _description = "Quantity of a Recurring Invoice"
    _order = "date desc, id"
    _rec_name = "date"
    _rec_names_search = ["line_id"]

    line_id = fields.Many2one("recurring.invoice.line", required=True, ondelete="cascade", index=True)
    invoice_id = fields.Many2one(related="line_id.invoice_id", store=True, index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True, index=True)
    date = fields.Date(required=True, help="The date in the pattern that the quantity is billed on.")
    quantity = fields.Float(required=True, digits="Product Unit")

    _line_date_uniq = models.Constraint("UNIQUE(line_id, date)", "A line has one quantity for each date.")

    @api.model_create_multi
    def create(self, vals_list):
        """:raises UserError: for a date that is billed already"""
        quantities = super().create(vals_list)
        quantities._check_not_billed()
        return quantities

    def write(self, vals):
        """:raises AccessError: when it is moved to a line that is not for this user

        :raises UserError: for a date that is billed already
        """
        self.check_access("write")
        self._check_not_billed()
        result = super().write(vals)
        if "line_id" in vals:
            self.check_access("write")  # Odoo asks before the move only
        self._check_not_billed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        """Keep what an invoice says."""
        self._check_not_billed()

    def _check_not_billed(self):
        """:raises UserError: for a date that is billed already: the quantity would have no effect, in silence"""
        typed = self.filtered(lambda item: item.line_id.quantity_source == "typed")
        dates = Domain.OR(
            Domain("recurrence_id", "=", item.invoice_id.recurrence_id.id) & Domain("occurrence_date", "=", item.date)
            for item in typed
        )
        interactions_sudo = self.env["recurring.interaction"].sudo().search(dates)  # that a date is billed is no secret
        # who issues one of them holds it
        if interactions_sudo.try_lock_for_update(allow_referencing=True) != interactions_sudo:
            raise UserError(self.env._("These invoices are being issued by somebody else at this moment."))
        for issue in interactions_sudo.interaction_invoice_ids.filtered(lambda item: item.state == "issued"):
            raise UserError(
                self.env._(
                    "The date of %(date)s is billed already. Bill what is missing with a line for the next invoice "
                    "only.",
                    date=format_date(self.env, issue.interaction_id.occurrence_date),
                )
            )


class RecurringInvoice(models.Model):
    """What has to be known of a date before it is billed, and what is billed once."""

    _inherit = "recurring.invoice"

    quantity_ids = fields.One2many("recurring.quantity", "invoice_id", "Quantities")

    def _missing_quantities(self, date):
        """Return what has to be entered before a date can be billed, as sentences."""
        lines_sudo = self.sudo().invoice_line_ids  # whether a number is there is no secret
        lacking = lines_sudo.filtered(
            lambda line: line.quantity_source == "typed" and date not in line.quantity_ids.mapped("date")
        )
        return [
            self.env._(
                "The quantity of %(product)s for %(date)s is not entered yet.",
                product=line.product_id.display_name or line.name,
                date=format_date(self.env, date),
            )
            for line in lacking
        ]

    def _note_billed_once(self, date):
        """Remember the date for which lines that are billed once were billed."""
        lines_sudo = self.sudo().invoice_line_ids  # whoever may issue may say so
        lines_sudo.filtered(lambda line: line.is_once and not line.date_once).write({"date_once": date})

    def _bill_once_later(self, date):
        """Have what was to be billed once with this date billed with the next one: its invoice was let go."""
        lines_sudo = self.sudo().invoice_line_ids  # whoever may let an invoice go may say so
        lines_sudo.filtered(lambda line: line.date_once == date).write({"date_once": False})


class RecurringInvoiceLine(models.Model):
    """How much of a line is billed, and whether at all."""

    _inherit = "recurring.invoice.line"

    def _is_billed(self, deal):
        """Return whether the line is on the invoice of one customer and date."""
        return not self.is_once or (deal.own and self.date_once in (False, deal.date))

    def _quantity_of(self, deal):
        """Return how much of the line is on the invoice of one customer and date."""
        return self._quantity_for(deal.date)

    def _quantity_for(self, date):
        """Return how much is billed on a date: agreed, entered, or counted."""
        if self.quantity_source == "typed":
            entered = self.quantity_ids.filtered(lambda item: item.date == date)
            return entered.quantity if entered else self.quantity  # a preview may come before the number
        if self.quantity_source == "analytic":
            return self._booked_hours(*self.invoice_id.recurrence_id._period(date))
        return self.quantity

    @api.model
    def _analytic_accounts(self, distribution):
        ids = {int(key) for keys in distribution or {} for key in keys.split(",")}
        return self.env["account.analytic.account"].browse(ids)

    def _booked_hours(self, first, last):
        """Return what was booked within a period on the analytic accounts of this line, invoices left out."""
        return sum(self._booked_by_day(self._analytic_accounts(self.analytic_distribution), first, last).values())

    @api.model
    def _booked_by_day(self, accounts, first, last):
        """Return what was booked on each day on analytic accounts, invoices left out."""
        on_account = Domain.OR(Domain(item.plan_id._column_name(), "=", item.id) for item in accounts)
        period = Domain([("date", ">=", first), ("date", "<=", last), ("move_line_id", "=", False)])
        booked = self.env["account.analytic.line"]._read_group(on_account & period, ["date:day"], ["unit_amount:sum"])
        return {day: hours for day, hours in booked if hours}
