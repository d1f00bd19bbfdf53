from odoo import api, fields, models


class SaleProductionStatus(models.Model):
    """A step on an order's way through the shop, known by its number."""

    _name = "sale.production.status"
    _description = "Production Status"
    _order = "sequence, code, id"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True, help="The number that the shop's people know the status by, e.g. 038.")
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer(string="Colour")
    fold = fields.Boolean(string="Folded", help="Fold the column in the kanban view.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index="btree_not_null", help="Empty: for all companies.")
    sends_proof = fields.Boolean(
        help="Choosing this status opens the window that sends the proof to the customer; it needs files.",
    )
    needs_approval = fields.Boolean(
        help="This status can be chosen only once the proof is approved, or for orders without a proof.",
    )

    _code_company_uniq = models.Constraint(
        "UNIQUE NULLS NOT DISTINCT (code, company_id)", "There is already a status with this number."
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for status in self:
            status.display_name = f"{status.code or ''} {status.name or ''}".strip()

    @api.model
    def _get_domain(self, company):
        """Return the domain of the statuses that orders of a company can have."""
        return [("company_id", "in", [False, company.id])]
