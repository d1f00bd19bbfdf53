"""The bill of a product's elements: which parts it has, and how many of each."""

from odoo import fields, models


class ProductWarrantyElement(models.Model):
    """A part of a product that can be ordered separately under the product's warranty."""

    _name = "product.warranty.element"
    _description = "Element of a Product under Warranty"
    _order = "product_tmpl_id, id"
    _rec_name = "element_id"

    product_tmpl_id = fields.Many2one("product.template", string="Product", required=True, ondelete="cascade")
    element_id = fields.Many2one("product.product", required=True, ondelete="cascade", index=True)
    quantity = fields.Float(
        default=1.0,
        required=True,
        digits="Product Unit",
        help="Pieces in one product: so many can be claimed free of charge over the life of a warranty.",
    )

    _element_unique = models.UniqueIndex("(product_tmpl_id, element_id)")
    _quantity_positive = models.Constraint("CHECK(quantity > 0)", "The quantity must be more than zero.")
