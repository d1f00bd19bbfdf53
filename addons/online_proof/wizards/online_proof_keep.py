from odoo import api, fields, models
from odoo.exceptions import UserError


class OnlineProofKeep(models.TransientModel):
    """Why an order goes into production although it is not what was approved any more."""

    _name = "online.proof.keep"
    _inherit = ["record.window.mixin"]
    _description = "Produce in Spite of Changes"

    sale_order_id = fields.Many2one("sale.order", required=True, readonly=True)
    difference = fields.Text(compute="_compute_difference", string="What Changed")
    reason = fields.Text(required=True, help="Why no new approval is needed; it becomes part of the evidence.")

    @api.depends("sale_order_id")
    def _compute_difference(self):
        for wizard in self:
            wizard.difference = wizard.sale_order_id.proof_difference

    def action_keep(self):
        """Record the reason; the order can go on then."""
        self.ensure_one()
        order = self.sale_order_id
        order.check_access("write")
        proofs = order._get_needed_proofs()
        proofs.check_access("write")
        difference = order._get_proof_differences()
        if not difference:
            raise UserError(self.env._("The order is what was approved."))
        proofs_sudo = proofs.sudo()  # decisions are made by methods only
        proofs_sudo._lock()
        # products that got no proof of their own
        passed = order._get_lines_without_proof().ids
        for proof_sudo in proofs_sudo.filtered(lambda proof: proof.state == "approved"):
            # sudo: decisions are made by methods only
            self.env["online.proof.decision"].sudo().create(
                {
                    "revision_id": proof_sudo.latest_revision_id.id,
                    "decision": "kept",
                    "channel": "recorded",
                    "decided_by": self.env.user.name,
                    "user_id": self.env.uid,
                    "message": "\n".join([self.reason, "", *difference]),
                    "order_facts": {**proof_sudo._get_proof_facts(), "passed": passed},
                }
            )
            proof_sudo._note(self.env._("The order goes on in spite of changes: %(reason)s", reason=self.reason))
        return {"type": "ir.actions.act_window_close"}
