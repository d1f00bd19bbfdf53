from odoo import fields, models


class CreditBlock(models.Model):
    """A number of credits that can be bought at once, and its price."""

    _name = "credit.block"
    _description = "Block of Credits"
    _order = "sequence, number, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    number = fields.Float("Credits", digits=(16, 3), required=True)
    price = fields.Monetary(required=True)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one("res.company", help="Empty: for all companies.", index="btree_not_null")

    _number_positive = models.Constraint("CHECK(number > 0)", "A block has at least a part of a credit.")
    _price_positive = models.Constraint("CHECK(price >= 0)", "The price cannot be negative.")
