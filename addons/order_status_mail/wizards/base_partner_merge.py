from odoo import models


class MergePartner(models.TransientModel):
    """Merging contacts moves their orders to another customer."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        # whoever merges contacts need not see the orders
        orders_sudo = self.env["sale.order"].sudo()
        orders = orders_sudo.search([("partner_id", "in", partner_ids), ("website_id", "!=", False)])
        result = super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)
        if orders:
            self.env["order.status.snapshot"]._renew_links(orders)
            # the contact that stays may have the address that the other lacked
            self.env["order.status.mark"]._mark_owing(orders)
        return result
