from odoo import fields, models

#: What a level gives or takes.
RIGHTS = ("needs_approval", "is_administrator")


class OnlineProofUserLevel(models.Model):
    """What a customer's employee may decide alone."""

    _name = "online.proof.user.level"
    _description = "Customer User Level"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    needs_approval = fields.Boolean(
        string="Needs an Administrator's Approval",
        help="What people of this level order, in the web shop or elsewhere, waits until an administrator "
        "of their company approves the proof.",
    )
    is_administrator = fields.Boolean(
        string="Administrator", help="People of this level approve what others of their company order."
    )
    partner_count = fields.Integer(compute="_compute_partner_count", string="Customers")

    _not_both = models.Constraint(
        "CHECK (NOT (needs_approval AND is_administrator))",
        "An administrator cannot need an administrator's approval.",
    )

    def write(self, vals):
        """Who may decide no more is waited for in vain: the shop is told, states follow."""
        changed = self.filtered(lambda level: any(level[key] != vals.get(key, level[key]) for key in RIGHTS))
        result = super().write(vals)
        if changed:
            # sudo: who changes a level need not see proofs; archived people are waited for, too
            people_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
            people_sudo.search([("proof_user_level_id", "in", changed.ids)])._follow_proofs()
        return result

    def _compute_partner_count(self):
        counts = dict(
            self.env["res.partner"]._read_group(
                [("proof_user_level_id", "in", self.ids)], ["proof_user_level_id"], ["__count"]
            )
        )
        for level in self:
            level.partner_count = counts.get(level, 0)
