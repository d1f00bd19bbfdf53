from odoo import fields, models
from odoo.fields import Domain

from ..const import PROOF_TYPES


class ResPartner(models.Model):
    """How a customer wants proofs, and what its people may decide."""

    _inherit = "res.partner"

    proof_type = fields.Selection(
        [("company", "Use the company's default"), *PROOF_TYPES],
        string="Default Proof Type",
        default="company",
        required=True,
        help="Kind of proof that this customer gets unless an order says otherwise.",
    )
    proof_user_level_id = fields.Many2one(
        "online.proof.user.level",
        string="User Level",
        index="btree_not_null",
        help="Whether what this person orders needs the approval of an administrator of the same customer.",
    )

    def write(self, vals):
        """Who leaves, or may decide no more, is waited for in vain: the shop is told, states follow."""
        result = super().write(vals)
        if {"active", "parent_id", "proof_user_level_id"} & vals.keys():
            # sudo: who changes a contact need not see proofs
            self.sudo()._follow_proofs()
        return result

    def _follow_proofs(self):
        """Let the proofs that wait for these people, or for somebody of theirs, say how they stand now."""
        people = self.with_context(active_test=False).search([("id", "child_of", self.ids)])
        asked = Domain("partner_id", "in", people.ids) | Domain("reviewer_ids.partner_id", "in", people.ids)
        self.env["online.proof"].search(Domain("state", "=", "sent") & asked)._follow_decisions()

    def _commercial_fields(self):
        return [*super()._commercial_fields(), "proof_type"]

    def _get_proof_type(self, company):
        """Return the proof type of this customer's orders with ``company``."""
        own = self.commercial_partner_id.proof_type or "company"
        return company.proof_type if own == "company" else own

    def _get_proof_administrators(self):
        """Return the people who approve what this person orders, or nobody where that is not needed."""
        self.ensure_one()
        if not self.proof_user_level_id.needs_approval:
            return self.browse()
        return self.search(
            [
                ("id", "child_of", self.commercial_partner_id.id),
                ("proof_user_level_id.is_administrator", "=", True),
                ("email", "!=", False),
            ]
        )
