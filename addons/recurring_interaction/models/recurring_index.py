from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

# what is extended here is defined first
from . import recurring_invoice, recurring_invoice_line, recurring_price_change, recurring_quantity  # noqa: F401

MAX_LAG = 24


class RecurringIndex(models.Model):
    """A table of an index, as an office publishes it: what prices can be tied to."""

    _name = "recurring.index"
    _description = "Price Index"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", index=True, default=lambda self: self.env.company, help="Empty: for all companies."
    )
    active = fields.Boolean(default=True)
    value_ids = fields.One2many("recurring.index.value", "index_id", "Values", copy=True)

    def _entry_on(self, day):
        """Return the entry of the table that is in force on a day; none before the first one."""
        self.ensure_one()
        return self.value_ids.filtered(lambda entry: entry.date_from <= day).sorted("date_from")[-1:]

    def _announced_changes(self):
        """Return the price changes by these indexes that customers were told of, as superuser."""
        changes_sudo = self.env["recurring.price.change"].sudo()  # whoever keeps the index need not see the contracts
        return changes_sudo.search([("index_id", "in", self.ids), ("date_announced", "!=", False)])


class RecurringIndexValue(models.Model):
    """The value of an index from a day on."""

    _name = "recurring.index.value"
    _description = "Value of a Price Index"
    _order = "date_from desc, id"
    _rec_name = "date_from"

    index_id = fields.Many2one("recurring.index", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="index_id.company_id", store=True, index="btree_not_null")
    date_from = fields.Date("From", required=True)
    value = fields.Float(required=True, digits=(16, 4))

    _index_date_uniq = models.Constraint("UNIQUE(index_id, date_from)", "An index has one value from a day on.")
    _value_positive = models.Constraint("CHECK(value > 0)", "The value of an index is more than 0.")

    @api.model_create_multi
    def create(self, vals_list):
        """Have customers told again where a price changes by it that was announced."""
        indexes = self.env["recurring.index"].browse({vals.get("index_id") for vals in vals_list} - {None})
        with indexes._announced_changes()._telling_again():
            return super().create(vals_list)

    def write(self, vals):
        """Have customers told again where a price changes by it that was announced.

        :raises AccessError: when it is moved to an index that is not for this user
        """
        indexes = self.index_id | self.env["recurring.index"].browse(vals.get("index_id") or [])
        with indexes._announced_changes()._telling_again():
            result = super().write(vals)
        if "index_id" in vals:
            self.check_access("write")  # Odoo asks before the move only
        return result

    def unlink(self):
        """Have customers told again where a price changes by it that was announced."""
        with self.index_id._announced_changes()._telling_again():
            return super().unlink()


class RecurringPriceChange(models.Model):
    """A price that follows an index: as many percent as that changed since a day."""

    _inherit = "recurring.price.change"
    _check_company_auto = True

    mode = fields.Selection(selection_add=[("index", "Index table")], ondelete={"index": "cascade"})
    company_id = fields.Many2one(related="recurrence_id.company_id")
    index_id = fields.Many2one("recurring.index", check_company=True, index="btree_not_null")
    date_base = fields.Date(
        "Agreed On", compute="_compute_date_base", store=True, readonly=False, help="The price is of this day's index."
    )
    index_lag = fields.Integer(
        "Months Before", help="The index of so many months before is what counts, where the newest comes late."
    )

    index_cap = fields.Float(
        "At Most (%)", digits=(16, 4), help="The price rises by no more, however much the index does. 0: no limit."
    )

    @api.depends("mode", "recurrence_id.date_start")
    def _compute_date_base(self):
        for change in self:
            change.date_base = change.date_base or (change.mode == "index" and change.recurrence_id.date_start)

    @api.constrains("mode", "index_id", "date_base", "date_from", "index_lag", "index_cap")
    def _check_index(self):
        for change in self.filtered(lambda change: change.mode == "index"):
            if not change.index_id or not change.date_base:
                raise ValidationError(self.env._("Choose the index, and the day whose index the price is of."))
            if change.date_base >= change.date_from:
                raise ValidationError(self.env._("The price is of a day before the one from which it changes."))
            if not 0 <= change.index_lag <= MAX_LAG:
                raise ValidationError(self.env._("The index of 0 to 24 months before can be taken."))
            if change.index_cap < 0:
                raise ValidationError(self.env._("The limit of a rise is 0 percent or more."))

    def _index_entries(self):
        """Return the entries of the table that a change is computed with: of the day it was agreed, and the new one."""
        self.ensure_one()
        change_sudo = self.sudo()  # the figures of an index are public
        lag = relativedelta(months=change_sudo.index_lag)
        days = (change_sudo.date_base - lag, change_sudo.date_from - lag)
        return tuple(change_sudo.index_id._entry_on(day) for day in days)

    def _new_price(self, price):
        if self.mode != "index":
            return super()._new_price(price)
        base, new = self._index_entries()
        if not base:
            return price  # a preview may come before the figure
        if self._is_capped(base, new):
            return price * (1 + self.index_cap / 100)
        return price * new.value / base.value

    def _is_capped(self, base, new):
        return 0 < self.index_cap < 100 * (new.value / base.value - 1)

    def _percent_text(self):
        if self.mode != "index":
            return super()._percent_text()
        base, new = self._index_entries()
        percent = round(100 * (new.value / base.value - 1), 2) if base else 0.0
        if base and self._is_capped(base, new):
            percent = self.index_cap
        index_sudo = self.index_id.sudo()  # see above
        return f"{percent:+g} % ({index_sudo.name})"

    def _missing_figures(self, day):
        """Return what of an index has to be entered before a date can be billed, as sentences.

        A change that would go by the figure it was agreed with is none: the new one was not entered yet.
        """
        reasons = []
        for change in self.filtered(lambda change: change.mode == "index" and change.date_from <= day):
            base, new = change._index_entries()
            if not base or new == base:
                index_sudo = change.index_id.sudo()  # see above
                since = change.date_base if not base else change.date_from
                reasons.append(
                    self.env._(
                        "The index %(name)s for %(date)s is not entered yet.",
                        name=index_sudo.name,
                        date=format_date(self.env, since - relativedelta(months=change.index_lag)),
                    )
                )
        return reasons

    def _announce(self):
        """:raises ValidationError: while the figure to announce is not known"""
        missing = self._missing_figures(self.date_from)
        if missing:
            raise ValidationError("\n".join(missing))
        return super()._announce()


class RecurringInvoice(models.Model):
    """Prices that wait for a figure are not billed."""

    _inherit = "recurring.invoice"

    def _missing_quantities(self, date):
        """Return what has to be entered before a date can be billed, figures of indexes among it."""
        changes_sudo = self.sudo().price_change_ids  # whether a figure is there is no secret
        return super()._missing_quantities(date) + changes_sudo._missing_figures(date)
