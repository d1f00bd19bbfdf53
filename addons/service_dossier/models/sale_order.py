"""Orders of dossiers, the original ones and the service orders."""

from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    dossier_id = fields.Many2one("service.dossier", index="btree_not_null", check_company=True, copy=False)
    is_service_order = fields.Boolean(string="Service order", readonly=True, copy=False)
    service_number = fields.Char(
        string="Runs under number",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Number of the original order, when the customer gave the service order no reference of its own.",
    )

    _service_name_unique = models.UniqueIndex("(company_id, name) WHERE service_number IS NOT NULL")

    def action_confirm(self):
        """A confirmed original order moves its dossier on."""
        result = super().action_confirm()
        for order in self.filtered(lambda o: o.dossier_id and not o.is_service_order):
            dossier_sudo = order.dossier_id.sudo()  # salespeople need no dossier role
            if not dossier_sudo.order_number:
                dossier_sudo.order_number = order.name
            if dossier_sudo.stage_id.kind == "draft":
                dossier_sudo._move_to_kind("ordered")
        return result

    def action_view_dossier(self):
        """Open the dossier of this order."""
        self.ensure_one()
        return self.dossier_id.get_formview_action()
