from odoo import models


class ProductProduct(models.Model):
    """Part numbers as suppliers know them."""

    _inherit = "product.product"

    def _get_supplier_part_number(self, partner):
        """Return the supplier's code of the product, or our own reference."""
        self.ensure_one()
        suppliers = partner | partner.commercial_partner_id
        sellers = self.seller_ids.filtered(
            lambda seller: (
                seller.partner_id in suppliers
                and seller.product_code
                and (not seller.product_id or seller.product_id == self)
            )
        )
        return sellers[:1].product_code or self.default_code or ""
