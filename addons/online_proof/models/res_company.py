from odoo import fields, models

from ..const import APPROVAL_RULES, PROOF_TYPES


class ResCompany(models.Model):
    _inherit = "res.company"

    proof_type = fields.Selection(PROOF_TYPES, string="Default Proof Type", default="online", required=True)
    proof_hourly_rate = fields.Monetary(
        string="Hourly Rate for Changes",
        default=60.0,
        help="Shown to customers who ask for changes. 0: changes are free and nothing is shown.",
    )
    proof_change_product_id = fields.Many2one(
        "product.product",
        string="Product for Changes",
        domain=[("type", "=", "service")],
        help="Service that changes are billed with.",
        index="btree_not_null",
    )
    proof_approval_rule = fields.Selection(APPROVAL_RULES, string="Approval Needed From", default="any", required=True)
    proof_deadline_days = fields.Integer(
        string="Days to Answer", default=7, help="Deadline proposed for a proof, in days from today. 0: none."
    )
    proof_reminder_days = fields.Integer(
        string="Days Between Reminders", default=2, help="0: customers are not reminded."
    )
    proof_link_days = fields.Integer(
        string="Days Guest Links Work", default=60, help="A guest's link stops working after so many days. 0: never."
    )
    proof_grace_minutes = fields.Integer(
        string="Minutes to Withdraw",
        default=30,
        help="How long a decision can be withdrawn, as long as production has not begun.",
    )
    proof_minimum_dpi = fields.Integer(string="Lowest Resolution (dpi)", default=200)
    proof_notify_email = fields.Char(
        string="E-mail for Decisions",
        help="Address that is told of decisions besides the order's salesperson.",
    )
    proof_email_from = fields.Char(
        string="Sender of Proofs", help="Empty: the company's e-mail. A website's own sender takes precedence."
    )

    def _proof_today_plus(self, days):
        """Return the date in so many days, or False for no days."""
        return fields.Date.add(fields.Date.context_today(self), days=days) if days > 0 else False
