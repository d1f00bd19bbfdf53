"""What a product contributes to dossiers and warranties."""

from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    dossier_role = fields.Selection(
        [("request", "Request"), ("service", "Service")],
        string="In new dossiers",
        help="Customers can choose this product for a new dossier on the portal. "
        "'Service' opens the configurator for service orders at once.",
    )
    warranty_months = fields.Integer(string="Warranty (months)", help="0: no warranty is made at delivery.")
    warranty_element_ids = fields.Many2many(
        "product.product",
        "product_template_warranty_element_rel",
        "product_tmpl_id",
        "product_id",
        string="Elements",
        help="Parts that can be ordered separately under this product's warranty, with their article codes.",
    )

    _warranty_months_positive = models.Constraint(
        "CHECK(warranty_months >= 0)", "The duration of a warranty cannot be negative."
    )
