from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    """Merging contacts hands nothing of one customer over to another one."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        people_sudo = self.env["res.partner"].sudo().browse(partner_ids).exists()  # whoever merges may not see them all
        customers_sudo = people_sudo.commercial_partner_id
        result = super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)
        # Odoo keeps record rules, with the customers of their user, in a cache of the process
        self.env.registry.clear_cache()
        for person in people_sudo.exists():
            for customer in customers_sudo.exists() - person.commercial_partner_id:
                person._leave_documents(customer)
        return result
