from odoo import api, fields, models
from odoo.exceptions import UserError


class OnlineProofTermsAcceptance(models.Model):
    """That a customer accepted a version of the terms: who, when, from where."""

    _name = "online.proof.terms.acceptance"
    _description = "Acceptance of Terms"
    _inherit = ["online.proof.guarded"]
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    terms_id = fields.Many2one("online.proof.terms", required=True, ondelete="restrict", index=True, readonly=True)
    company_id = fields.Many2one(related="terms_id.company_id", store=True, index="btree_not_null")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="restrict", index=True, readonly=True
    )
    accepted_by = fields.Char(readonly=True, help="Name and e-mail of the person who ticked the box.")
    # the moment that the record is of: called as that of mail.message
    date = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True)
    ip_address = fields.Char(string="IP Address", readonly=True)

    terms_digest = fields.Char(string="SHA-256 of the Terms", readonly=True)

    def write(self, vals):
        if vals:
            raise UserError(self.env._("An acceptance is never changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("An acceptance is kept as evidence."))
