"""Orders of dossiers, the original ones and the service orders."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare


class SaleOrder(models.Model):
    """An order of a dossier: the original one, or a service order."""

    _name = "sale.order"
    _inherit = ["sale.order", "cron.batch.mixin"]

    dossier_id = fields.Many2one("service.dossier", index="btree_not_null", check_company=True, copy=False)
    is_service_order = fields.Boolean(string="Service Order", readonly=True, copy=False)
    service_number = fields.Char(
        string="Runs Under Number",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Number of the original order, when the customer gave the service order no reference of its own.",
    )

    _service_name_unique = models.UniqueIndex("(company_id, name) WHERE service_number IS NOT NULL")

    is_delivery_told = fields.Boolean(readonly=True, copy=False, help="The dossier says that it was delivered.")
    is_delivery_untold = fields.Boolean(
        compute="_compute_is_delivery_untold",
        store=True,
        help="A delivered service order that its dossier does not tell of yet.",
    )

    _delivery_untold_index = models.Index("(id) WHERE is_delivery_untold")

    @api.depends(
        "is_service_order", "is_delivery_told", "state", "order_line.qty_delivered", "order_line.product_uom_qty"
    )
    def _compute_is_delivery_untold(self):
        for order in self:
            order.is_delivery_untold = (
                order.is_service_order
                and not order.is_delivery_told
                and order.state == "sale"
                and order._is_delivered()
            )

    def _is_delivered(self):
        """Return whether everything that was ordered was delivered."""
        goods = self.order_line.filtered(lambda line: not line.display_type and line.product_uom_qty)
        return bool(goods) and all(
            float_compare(line.qty_delivered, line.product_uom_qty, precision_digits=4) >= 0 for line in goods
        )

    def action_confirm(self):
        """A confirmed original order moves its dossier on; a service order waits for decisions on its claims."""
        claims_sudo = self.sudo().order_line.warranty_claim_ids  # salespeople need not see claims
        if waiting := claims_sudo.filtered(lambda claim: claim.state == "waiting"):
            raise UserError(
                self.env._(
                    "A dossier manager has to decide first whether the warranties pay for this: %(products)s.",
                    products=", ".join(waiting.product_id.mapped("display_name")),
                )
            )
        result = super().action_confirm()
        for order in self.filtered(lambda o: o.dossier_id and not o.is_service_order):
            dossier_sudo = order.dossier_id.sudo()  # salespeople need no dossier role
            if not dossier_sudo.order_number:
                dossier_sudo.order_number = order.name
            if dossier_sudo.stage_id.kind == "draft":
                dossier_sudo._move_to_kind("ordered")
        return result

    def _action_cancel(self):
        """A cancelled order claims nothing, and its warranties end."""
        result = super()._action_cancel()
        lines_sudo = self.sudo().order_line  # salespeople need not see claims and warranties
        lines_sudo.warranty_claim_ids._cancel()
        lines_sudo._update_warranties()
        return result

    def action_draft(self):
        """An order that is taken up again claims again."""
        result = super().action_draft()
        claims_sudo = self.sudo().order_line.warranty_claim_ids  # salespeople need not see claims
        claims_sudo._reopen()
        return result

    def unlink(self):
        """What is not ordered is not claimed."""
        claims_sudo = self.sudo().order_line.warranty_claim_ids  # whoever may delete the order need not see claims
        claims_sudo._cancel()
        # the database would empty the two links one by one, in an order of its own, after the order's lines are gone
        placed_sudo = claims_sudo.env["service.dossier.line"].search([("order_id", "in", self.ids)])
        placed_sudo.write({"order_id": False, "sale_line_id": False})
        placed_sudo.flush_recordset(["order_id", "sale_line_id"])
        return super().unlink()

    def _after_claims(self):
        """Go on with orders that nobody has to decide on any more, and tell the dossier."""
        for order in self:
            claims = order.order_line.warranty_claim_ids
            if any(claim.state == "waiting" for claim in claims) or order.state not in ("draft", "sent"):
                continue
            if all(claim.state == "approved" for claim in claims) and order.company_id.dossier_confirm_orders:
                order.action_confirm()
            order.dossier_id._tell_decision(order)

    def _tell_delivery(self):
        """Say in the dossiers that their service orders were delivered, once."""
        for order in self.filtered("is_delivery_untold"):
            order.is_delivery_told = True
            order.dossier_id._tell_delivery(order)

    def _leave_to_customer(self, person):
        """Let the dossier's customer take the place of a person who left it; prices and terms stay as agreed.

        Odoo shows an order to everybody of the company that its contact belongs to now.
        """
        for order in self:
            customer = order.dossier_id.commercial_partner_id
            if customer == person or customer.commercial_partner_id != customer:
                continue
            kept = ("fiscal_position_id", "payment_term_id", "user_id", "team_id")
            values = {name: order[name].id for name in kept}
            for name in ("partner_id", "partner_invoice_id", "partner_shipping_id"):
                gone = order[name].commercial_partner_id != customer
                values[name] = customer.id if gone else order[name].id
            order.write(values)
            order.message_unsubscribe(partner_ids=person.ids)
            order.message_post(
                body=self.env._("%(person)s left %(customer)s.", person=person.name, customer=customer.display_name)
            )

    def action_view_dossier(self):
        """Open the dossier of this order."""
        self.ensure_one()
        return self.dossier_id.get_formview_action()
