from odoo import fields, models
from odoo.exceptions import UserError


class OnlineProofRecord(models.TransientModel):
    """A decision that the customer told the shop by telephone, by mail or on a printed proof."""

    _name = "online.proof.record"
    _inherit = ["record.window.mixin"]
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


class OnlineProofCorrect(models.TransientModel):
    """Why the shop takes back what it recorded itself; what customers decided online is not the shop's to touch."""

    _name = "online.proof.correct"
    _inherit = ["record.window.mixin"]
    _description = "Put a Recorded Decision Right"

    decision_id = fields.Many2one("online.proof.decision", required=True, readonly=True)
    reason = fields.Text(required=True, help="What was wrong; it becomes part of the evidence.")

    def action_correct(self):
        """Take the recorded decision back, with a trace."""
        self.ensure_one()
        made = self.decision_id
        made.check_access("read")
        made.revision_id.check_access("write")
        if made.channel != "recorded" or made.decision not in ("approved", "changes") or made.withdrawal_ids:
            raise UserError(self.env._("Only a decision that the shop recorded, and that stands, can be put right."))
        proof_sudo = made.proof_id.sudo()  # decisions are made by methods only
        proof_sudo._lock()
        if made.revision_id != proof_sudo.latest_revision_id or proof_sudo.sale_order_id._has_begun_production():
            raise UserError(self.env._("It is too late: production has begun, or a newer revision exists."))
        proof_sudo._take_back(
            # sudo: decisions are made by methods only
            made.sudo(),
            decision="corrected",
            channel="recorded",
            decided_by=self.env.user.name,
            user_id=self.env.uid,
            message=self.reason,
        )
        proof_sudo._note(
            self.env._(
                "The recorded decision of %(name)s was put right: %(reason)s", name=made.decided_by, reason=self.reason
            )
        )
        return {"type": "ir.actions.act_window_close"}
