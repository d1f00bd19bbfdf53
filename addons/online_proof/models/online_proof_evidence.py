from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..const import CHAIN_FAULTS
from ..life import chain
from ..utils import sentence

#: How often the scheduled action looks at a proof's decisions.
CHECK_DAYS = 7


class OnlineProof(models.Model):
    """The decisions about a proof as evidence: nobody of the shop makes them up or alters them."""

    _inherit = "online.proof"

    date_accepted = fields.Datetime(
        string="Accepted Date",
        compute="_compute_accepted",
        help="When the order as it stands was approved, or let pass with a reason.",
    )

    @api.depends("latest_revision_id", "state")
    def _compute_accepted(self):
        for proof in self:
            proof.date_accepted = max(proof._get_acceptances().mapped("date"), default=False)

    def _get_acceptances(self):
        """Return the approvals that stand and what the shop let pass since, oldest first."""
        made = self.latest_revision_id.decision_ids
        return made.filtered(lambda own: own.decision in ("approved", "kept") and not own.withdrawal_ids).sorted(
            "number"
        )

    def _get_approved_facts(self):
        """Return what the order said when it was approved or let pass last."""
        return self._get_acceptances()[-1:].order_facts or {}

    def _get_evidence_faults(self):
        """Return sentences about what is wrong with the recorded decisions; empty where nothing is."""
        self.ensure_one()
        self.flush_recordset()
        self.invalidate_recordset()
        # sudo: all decisions, as they are
        made = self.env["online.proof.decision"].sudo().search([("proof_id", "=", self.id)])
        made.invalidate_recordset()
        found = chain.faults(made._get_chain(), self.chain_length, self.chain_head)
        for terms in made.terms_id:
            if terms.digest and terms._get_text_digest() != terms.digest:
                found.append(("terms", terms.version))
        sentences = [sentence(self.env, CHAIN_FAULTS[code], {"number": number}) for code, number in found]
        sentences += [
            self.env._("The certificate of revision %(number)s is not the one that was made.", number=revision.number)
            for revision in self.sudo().revision_ids  # read as they are
            if not revision._is_certificate_unaltered()
        ]
        return sentences + [
            self.env._("The file %(name)s is not the one that was decided about.", name=file.name)
            for file in made.revision_id.file_ids
            if not file._is_unaltered()
        ]

    def action_check_evidence(self):
        """Check the chain of decisions, the files and the terms, now."""
        self.check_access("read")
        for proof in self:
            faults = proof.sudo()._check_evidence()  # files and decisions are read as they are
            if faults:
                raise UserError(
                    "\n".join([self.env._("The evidence of %(name)s is broken:", name=proof.name), *faults])
                )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("All decisions, files and terms are as they were recorded."),
            },
        }

    def _check_evidence(self):
        """Return what is wrong, and let somebody look at it."""
        faults = self._get_evidence_faults()
        self.date_evidence_checked = fields.Datetime.now()
        if faults:
            shop = self._shop_env()
            self._ask_person(shop._("The evidence of this proof was altered"), note="\n".join(faults))
        return faults

    def _check_evidence_each(self):
        for proof in self:
            proof._check_evidence()

    @api.model
    def _cron_check_evidence(self):
        """Check the decisions of every proof once a week."""
        before = fields.Datetime.subtract(fields.Datetime.now(), days=CHECK_DAYS)
        unchecked = Domain("date_evidence_checked", "=", False) | Domain("date_evidence_checked", "<", before)
        decided = Domain("chain_length", ">", 0) | Domain("revision_ids.decision_ids", "!=", False)
        self._cron_each(decided & unchecked, "_check_evidence_each")
