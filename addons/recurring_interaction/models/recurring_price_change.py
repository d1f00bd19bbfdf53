from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_round


class RecurringPriceChange(models.Model):
    """A new price of a recurring invoice from a date on."""

    _name = "recurring.price.change"
    _description = "Price Change of a Recurring Invoice"
    _order = "date_from, id"

    recurrence_id = fields.Many2one("recurring.recurrence", required=True, ondelete="cascade", index=True)
    date_from = fields.Date("From", required=True, default=fields.Date.context_today)
    product_id = fields.Many2one("product.product", help="Leave empty to change all lines.", index="btree_not_null")
    mode = fields.Selection(
        [("percent", "Percentage"), ("price", "New unit price")], "Change", required=True, default="percent"
    )
    percent = fields.Float("Change (%)", digits=(16, 4), help="5 raises the price by 5 percent, -5 lowers it.")
    price = fields.Float("Unit Price", digits="Product Price")

    @api.constrains("mode", "product_id", "percent")
    def _check_values(self):
        for change in self:
            if change.mode == "price" and not change.product_id:
                raise ValidationError(self.env._("Say which product gets the new unit price."))
            if change.mode == "percent" and change.percent <= -100:
                raise ValidationError(self.env._("A price can be lowered by less than 100 percent."))

    def _apply(self, price, product, day):
        """Return a line's unit price on a day, after all changes that are in force then."""
        digits = self.env["decimal.precision"].precision_get("Product Price")
        for change in self:
            if change.date_from > day or (change.product_id and change.product_id != product):
                continue
            price = change.price if change.mode == "price" else price * (1 + change.percent / 100)
            price = float_round(price, precision_digits=digits)
        return price
