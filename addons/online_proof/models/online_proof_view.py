from odoo import api, fields, models
from odoo.tools import SQL


class OnlineProofView(models.Model):
    """That a person opened a revision: when first, when last, how often."""

    _name = "online.proof.view"
    _description = "Opening of a Proof"
    _inherit = ["online.proof.guarded"]
    _order = "date_last_opened desc, id desc"
    _rec_name = "reviewer_id"

    reviewer_id = fields.Many2one("online.proof.reviewer", required=True, ondelete="cascade", readonly=True, index=True)
    revision_id = fields.Many2one("online.proof.revision", required=True, ondelete="cascade", index=True, readonly=True)
    proof_id = fields.Many2one(related="revision_id.proof_id", store=True, index=True)
    company_id = fields.Many2one(related="revision_id.company_id", store=True, index="btree_not_null")
    date_first_opened = fields.Datetime(string="First Opened", readonly=True)
    date_last_opened = fields.Datetime(string="Last Opened", readonly=True)
    count = fields.Integer(string="Times", readonly=True)
    ip_address = fields.Char(string="Last IP Address", readonly=True)

    _reviewer_uniq = models.Constraint("UNIQUE (reviewer_id, revision_id)", "One line per person and revision.")

    @api.model
    def _record(self, reviewer, revision, ip_address):
        """Count an opening; two at the same moment are both counted."""
        now = fields.Datetime.now()
        values = (reviewer.id, revision.id, revision.proof_id.id, revision.company_id.id, now, now, 1, ip_address)
        self.env.execute_query(
            SQL(
                """
                INSERT INTO online_proof_view
                    (reviewer_id, revision_id, proof_id, company_id, date_first_opened, date_last_opened, count,
                     ip_address)
                VALUES %s
                ON CONFLICT (reviewer_id, revision_id) DO UPDATE
                    SET date_last_opened = EXCLUDED.date_last_opened, ip_address = EXCLUDED.ip_address,
                        count = online_proof_view.count + 1
                RETURNING id
                """,
                values,
            )
        )
        self.invalidate_model()
