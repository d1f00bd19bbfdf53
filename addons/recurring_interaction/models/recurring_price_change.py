import contextlib
import datetime

from odoo import api, fields, models
from odoo.addons.base_safeguard.languages import installed_language
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import float_round, format_date

from ..utils import due_domain, reason_of


class RecurringPriceChange(models.Model):
    """A new price of a recurring invoice from a date on."""

    _name = "recurring.price.change"
    _description = "Price Change of a Recurring Invoice"
    _inherit = ["cron.batch.mixin"]
    _order = "date_from, id"
    _rec_name = "date_from"
    _rec_names_search = ["recurrence_id"]

    recurrence_id = fields.Many2one("recurring.recurrence", required=True, ondelete="cascade", index=True)
    date_from = fields.Date("From", required=True, default=fields.Date.context_today)
    product_id = fields.Many2one("product.product", help="Leave empty to change all lines.", index="btree_not_null")
    mode = fields.Selection(
        [("percent", "Percentage"), ("price", "New unit price")], "Change", required=True, default="percent"
    )
    percent = fields.Float("Change (%)", digits=(16, 4), help="5 raises the price by 5 percent, -5 lowers it.")
    price = fields.Float("Unit Price", digits="Product Price")
    announce_days = fields.Integer(
        "Announce (Days Before)", help="The customers are told by mail so many days ahead, and on the next invoice."
    )
    date_announce = fields.Date("Announced From", compute="_compute_date_announce", store=True)
    date_announced = fields.Datetime("Announced On", readonly=True, copy=False)
    tz = fields.Selection(related="recurrence_id.tz")

    @api.depends("date_from", "announce_days")
    def _compute_date_announce(self):
        for change in self:
            days = change.announce_days
            change.date_announce = days > 0 and change.date_from and change.date_from - datetime.timedelta(days=days)

    @api.constrains("mode", "product_id", "percent")
    def _check_values(self):
        for change in self:
            if change.mode == "price" and not change.product_id:
                raise ValidationError(self.env._("Say which product gets the new unit price."))
            if change.mode == "percent" and change.percent <= -100:
                raise ValidationError(self.env._("A price can be lowered by less than 100 percent."))

    def write(self, vals):
        """Have the customers told again where what was announced to them changes.

        :raises AccessError: when it is moved to a recurrence that is not for this user
        """
        with self._telling_again():
            result = super().write(vals)
        if "recurrence_id" in vals:
            self.check_access("write")  # Odoo asks before the move only
        return result

    @contextlib.contextmanager
    def _telling_again(self):
        """Have customers told again where what they were told does not hold after what is done meanwhile."""
        told = {change: change._announced_terms() for change in self if change.date_announced}
        yield
        for change, terms in told.items():
            if change._announced_terms() != terms:
                change.date_announced = False

    def _announced_terms(self):
        """Return what customers are told, in no language."""
        amount = self.price if self.mode == "price" else self._percent_text()
        return self.recurrence_id, self.date_from, self.product_id, amount

    def _apply(self, price, product, day):
        """Return a line's unit price on a day, after all changes that are in force then."""
        digits = self.env["decimal.precision"].precision_get("Product Price")
        for change in self:
            if change.date_from > day or (change.product_id and change.product_id != product):
                continue
            price = float_round(change._new_price(price), precision_digits=digits)
        return price

    def _new_price(self, price):
        """Return what a price becomes by this change."""
        return self.price if self.mode == "price" else price * (1 + self.percent / 100)

    def _percent_text(self):
        """Return by how much a price changes, as text."""
        return f"{self.percent:+g} %"

    def _description_for(self, customer):
        """Return what changes, as a sentence in the customer's language."""
        self.ensure_one()
        change = self.with_context(lang=installed_language(self.env, customer.lang, self.env.user.lang))
        day, product = format_date(change.env, change.date_from), change.product_id.display_name
        if change.mode == "price":
            price = change.recurrence_id.pattern_id.currency_id.format(change.price)
            return change.env._("From %(date)s %(product)s costs %(price)s.", date=day, product=product, price=price)
        percent = change._percent_text()
        if product:
            return change.env._(
                "From %(date)s the price of %(product)s changes by %(percent)s.",
                date=day,
                product=product,
                percent=percent,
            )
        return change.env._("From %(date)s the prices change by %(percent)s.", date=day, percent=percent)

    def _prepare_note_values(self, deal):
        """Return the values of the notes about changes that an invoice is the first one with."""
        announced = self.filtered(lambda change: change.announce_days and change.date_from <= deal.date)
        if not announced:
            return []
        before = self.recurrence_id._date_billed_before(deal.date, deal.customer)
        return [
            {
                "display_type": "line_note",
                "name": change._description_for(deal.customer),
                "sequence": 9999,
            }
            for change in announced
            if not before or change.date_from > before
        ]

    # Scheduled action

    @api.model
    def _cron_announce(self):
        """Tell the customers of the price changes that are near."""
        running = [("recurrence_id.is_generated", "=", True), ("recurrence_id.active", "=", True)]
        domain = Domain("date_announced", "=", False) & Domain(running) & due_domain("date_announce")
        self._cron_each(domain, "_announce")

    def _announce(self):
        """Mail the change to every customer, from the chatter of the recurring invoice.

        :raises ValidationError: for a customer without an address: the responsible is told
        """
        self.ensure_one()
        invoice = self.recurrence_id.pattern_id
        for customer in self.recurrence_id._invoiced_partners():
            obstacle = self.env["recurring.interaction.invoice"]._address_obstacle(customer)
            if obstacle:
                raise ValidationError(obstacle)
            spoken = invoice.with_context(lang=installed_language(self.env, customer.lang, self.env.user.lang))
            spoken.with_context(mail_owed=True).message_post(
                subject=spoken.env._("New prices: %(name)s", name=invoice.name),
                body=self._description_for(customer),
                partner_ids=customer.ids,
                author_id=self.recurrence_id.user_id.partner_id.id,
                subtype_xmlid="mail.mt_note",
            )
        self.date_announced = fields.Datetime.now()

    def _cron_failed(self, method, error):
        """Tell the responsible that the customers do not know."""
        recurrence = self.recurrence_id
        recurrence.with_context(mail_owed=True).message_notify(
            partner_ids=recurrence.user_id.partner_id.ids,
            subject=recurrence.name,
            body=recurrence.with_context(lang=recurrence.user_id.lang).env._(
                "The price change was not announced: %(reason)s", reason=reason_of(recurrence, error)
            ),
        )
        return super()._cron_failed(method, error)
