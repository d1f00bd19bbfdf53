from odoo import models
from odoo.tools.mail import email_normalize_all


class ResPartner(models.Model):
    """An address that is mended: the links of mails to the old one end, and what is missing is told."""

    _inherit = "res.partner"

    def write(self, vals):
        mended = self.browse()
        if "email" in vals:
            new = set(email_normalize_all(vals["email"] or ""))
            mended = self.filtered(lambda partner: set(email_normalize_all(partner.email or "")) != new)
        result = super().write(vals)
        if mended:
            mended._status_address_changed()
        return result

    def _status_address_changed(self):
        # see below; the company's address is the sender of the websites that have none of their own
        websites_sudo = self.env["website"].sudo().search([("company_id.partner_id", "in", self.ids)])
        websites_sudo._status_mail_sender_changed()
        # whoever mends an address need not see the orders
        orders_sudo = self.env["sale.order"].sudo()
        orders = orders_sudo.search([("partner_id", "in", self.ids), ("website_id", "!=", False)])
        if orders:
            self.env["order.status.snapshot"]._renew_links(orders)
            self.env["order.status.mark"]._mark_owing(orders)
