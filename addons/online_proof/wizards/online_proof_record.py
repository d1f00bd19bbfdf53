from odoo import fields, models


class OnlineProofRecord(models.TransientModel):
    """A decision that the customer told the shop by telephone, by mail or on a printed proof."""

    _name = "online.proof.record"
    _description = "Record a Proof Decision"

    revision_id = fields.Many2one("online.proof.revision", required=True, readonly=True)
    decision = fields.Selection(
        [("approved", "Approved"), ("changes", "Changes requested")], required=True, default="approved"
    )
    decided_by = fields.Char(required=True, help="Who decided at the customer's.")
    message = fields.Text(required=True, help="How you know: call, e-mail, signed print; or the changes.")

    def action_record(self):
        """Record the decision in the customer's name."""
        self.ensure_one()
        self.revision_id.check_access("write")
        # sudo: decisions are made by this method only, nobody creates them freely
        self.revision_id.proof_id.sudo()._decide(
            self.revision_id.sudo(),
            self.decision,
            channel="recorded",
            decided_by=self.decided_by,
            message=self.message,
            user_id=self.env.uid,
        )
        return {"type": "ir.actions.act_window_close"}
