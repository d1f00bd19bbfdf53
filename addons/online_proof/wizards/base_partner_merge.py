from odoo import api, models


class BasePartnerMerge(models.TransientModel):
    """Merging contacts keeps what each of them was asked and has answered."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Close the links that would be a second one of the same person; Odoo would delete these people."""
        reviewers_sudo = self.env["online.proof.reviewer"].sudo()  # who merges contacts may not see proofs
        people = reviewers_sudo.search(
            [("partner_id", "in", (src_partners | dst_partner).ids), ("link_revoked", "=", False)], order="id"
        )
        for own in people.grouped("proof_id").values():
            kept = own.filtered("decision_ids")[:1] or own.filtered("can_decide")[:1] or own[:1]
            (own - kept)._revoke_access_link()
        self.env.flush_all()
        result = super()._update_foreign_keys(src_partners, dst_partner)
        people.invalidate_recordset()
        people.proof_id._follow_decisions()
        return result
