from odoo import api, fields, models

from ..utils import to_units


class ResCompany(models.Model):
    """Prices in credits and the address of support."""

    _inherit = "res.company"

    supplier_support_email = fields.Char(
        "Support E-mail for Supplier Links",
        help="Requests to activate a supplier's web service are sent here.",
    )
    credit_price_order = fields.Float(
        "Credits per Order Sent", digits=(16, 3), default=0.1, help="Deducted for every order that a supplier takes."
    )
    credit_price_sms = fields.Float(
        "Credits per SMS",
        digits=(16, 3),
        default=0.0,
        help="Deducted for every SMS that leaves Odoo. Zero: SMS do not use System Credits.",
    )
    photo_link_hours = fields.Integer("Workshop Link Valid for (hours)", default=24)

    _credit_prices_positive = models.Constraint(
        "CHECK(credit_price_order >= 0 AND credit_price_sms >= 0)", "A price in credits cannot be negative."
    )
    _photo_link_hours_positive = models.Constraint(
        "CHECK(photo_link_hours BETWEEN 1 AND 720)", "A workshop link is valid for 1 to 720 hours."
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._create_credit_accounts()
        return companies

    def _create_credit_accounts(self):
        """Give each company that has none its credit account."""
        # the account belongs to the company, not to whoever created that
        accounts_sudo = self.env["credit.account"].sudo()
        having = accounts_sudo.search([("company_id", "in", self.ids)]).company_id
        accounts_sudo.create([{"company_id": company.id} for company in self - having])

    def _get_credit_units(self, kind):
        """Return what sending one ``order`` or ``sms`` costs, in units."""
        self.ensure_one()
        return to_units(self[{"order": "credit_price_order", "sms": "credit_price_sms"}[kind]])
