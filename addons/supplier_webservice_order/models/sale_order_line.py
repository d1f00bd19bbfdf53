from odoo import models

from ..const import UNSENT_STATES


class SaleOrderLine(models.Model):
    """What a sale orders by itself."""

    _inherit = "sale.order.line"

    def _get_additional_domain_for_purchase_order_line(self):
        # an order that went to the supplier takes no more parts, though it is a draft until it is approved
        domain = super()._get_additional_domain_for_purchase_order_line()
        return [*domain, ("order_id.webservice_state", "in", UNSENT_STATES)]
