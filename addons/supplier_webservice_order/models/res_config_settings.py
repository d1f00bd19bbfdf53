from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The company's settings for orders over a web service."""

    _inherit = "res.config.settings"

    supplier_support_email = fields.Char(related="company_id.supplier_support_email", readonly=False)
    credit_price_order = fields.Float(related="company_id.credit_price_order", readonly=False)
    credit_price_sms = fields.Float(related="company_id.credit_price_sms", readonly=False)
    photo_link_hours = fields.Integer(related="company_id.photo_link_hours", readonly=False)
