from odoo import fields, models


class SupplierConnectionCharge(models.Model):
    """The product that stands for what a supplier adds to orders by itself."""

    _name = "supplier.connection.charge"
    _description = "Charge Product of a Supplier"
    _order = "sequence, id"
    _rec_name = "word"

    connection_id = fields.Many2one("supplier.connection", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="connection_id.company_id")
    sequence = fields.Integer(default=10)
    word = fields.Char(
        "Supplier's Number or Word",
        help="Part of the number or the description in the answer. Empty: whatever else is added.",
    )
    product_id = fields.Many2one(
        "product.product", required=True, index=True, check_company=True, domain=[("purchase_ok", "=", True)]
    )
