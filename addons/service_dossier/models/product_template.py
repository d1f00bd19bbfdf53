"""What a product contributes to dossiers and warranties."""

from odoo import Command, api, fields, models


class ProductTemplate(models.Model):
    """A product under warranty, or one that dossiers are opened for."""

    _inherit = "product.template"

    dossier_role = fields.Selection(
        [("request", "Request"), ("service", "Service")],
        string="In New Dossiers",
        help="Customers can choose this product for a new dossier on the portal. "
        "'Service' opens the configurator for service orders at once.",
    )
    warranty_months = fields.Integer(string="Warranty (Months)", help="0: no warranty is made at delivery.")
    warranty_claim_limit = fields.Integer(
        string="Whole Products per Warranty",
        default=1,
        help="So many whole products can be claimed free of charge over the life of a warranty; a person decides on "
        "more. 0: a person decides on each.",
    )
    warranty_bill_ids = fields.One2many("product.warranty.element", "product_tmpl_id", string="Bill of Elements")
    warranty_element_ids = fields.Many2many(
        "product.product",
        compute="_compute_warranty_element_ids",
        inverse="_inverse_warranty_element_ids",
        string="Elements",
        help="Parts that can be ordered separately under this product's warranty, with their article codes.",
    )

    _warranty_months_positive = models.Constraint(
        "CHECK(warranty_months >= 0 AND warranty_claim_limit >= 0)",
        "The duration of a warranty and its limit cannot be negative.",
    )

    @api.depends("warranty_bill_ids.element_id")
    def _compute_warranty_element_ids(self):
        for template in self:
            template.warranty_element_ids = template.warranty_bill_ids.element_id

    def _inverse_warranty_element_ids(self):
        """Take elements into the bill, one of each, and out of it."""
        for template in self:
            chosen, bill = template.warranty_element_ids, template.warranty_bill_ids
            template.warranty_bill_ids = [
                *(Command.delete(line.id) for line in bill if line.element_id not in chosen),
                *(Command.create({"element_id": element.id}) for element in chosen - bill.element_id),
            ]

    def _get_warranty_limit(self, element=None):
        """Return how much of an element, or of the whole product, a warranty pays for over its life."""
        self.ensure_one()
        if not element:
            return self.warranty_claim_limit
        # an element that left the bill since the warranty was made
        return self.warranty_bill_ids.filtered(lambda line: line.element_id == element).quantity or 1.0
