from odoo import models


class ProductProduct(models.Model):
    """Part numbers as suppliers know them."""

    _inherit = "product.product"

    def _get_supplier_part_number(self, partner, company, *, quantity=0.0, uom=None, date=None, params=False):
        """Return the supplier's code of a product, or our own reference: the same for the screen and for the message.

        :param company: the company that orders: rows of a price list that belong to others do not count
        """
        self.ensure_one()
        seller = self._get_supplier_row(partner, company, quantity=quantity, uom=uom, date=date, params=params)
        return seller.product_code or self.default_code or ""

    def _get_supplier_row(self, partner, company, *, quantity=0.0, uom=None, date=None, params=False):
        """Return the row of the vendor's price list by which Odoo orders, or none."""
        product = self.with_company(company)
        wanted = {"partner_id": partner, "date": date or None, "uom_id": uom or False, "params": params}
        return (
            product._select_seller(quantity=quantity or None, **wanted)
            # less than the least quantity: another price, but the same part
            or product._select_seller(quantity=None, **wanted)
        )
