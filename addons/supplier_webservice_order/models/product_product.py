from odoo import models


class ProductProduct(models.Model):
    """Part numbers as suppliers know them."""

    _inherit = "product.product"

    def _get_supplier_part_numbers(self, partner):
        """Return, by product, the supplier's code of it, or our own reference."""
        suppliers = partner | partner.commercial_partner_id
        sellers = self.env["product.supplierinfo"].search_fetch(
            [
                ("product_tmpl_id", "in", self.product_tmpl_id.ids),
                ("partner_id", "in", suppliers.ids),
                ("product_code", "!=", False),
            ],
            ["product_tmpl_id", "product_id", "product_code"],
        )
        by_template = sellers.grouped("product_tmpl_id")
        numbers = {}
        for product in self:
            offered = by_template.get(product.product_tmpl_id._origin, sellers.browse()).filtered(
                lambda seller, product=product: not seller.product_id or seller.product_id == product._origin
            )
            numbers[product] = offered[:1].product_code or product.default_code or ""
        return numbers
