from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class RecurringHandOver(models.TransientModel):
    """A colleague leaves, or is away: all recurring work goes to somebody else, from a day on."""

    _name = "recurring.hand.over"
    _inherit = ["record.window.mixin"]
    _description = "Hand Over"

    user_id = fields.Many2one("res.users", "Work Of", required=True, domain="[('share', '=', False)]")
    new_user_id = fields.Many2one("res.users", "Goes To", required=True, domain="[('share', '=', False)]")
    date_from = fields.Date("From", required=True, default=fields.Date.context_today)
    recurrence_count = fields.Integer("Recurrences", compute="_compute_counts")
    interaction_count = fields.Integer("Planned Interactions", compute="_compute_counts")

    @api.depends("user_id", "date_from")
    def _compute_counts(self):
        for wizard in self:
            wizard.recurrence_count = len(wizard._recurrences())
            wizard.interaction_count = self.env["recurring.interaction"].search_count(wizard._interaction_domain())

    def action_hand_over(self):
        """Give recurrences, places in teams and planned interactions to the new person."""
        self.ensure_one()
        if self.user_id == self.new_user_id:
            raise UserError(self.env._("Choose somebody else to take the work over."))
        if not self.new_user_id.active or self.new_user_id.share:
            raise UserError(
                self.env._("%(name)s cannot take work over: choose an active employee.", name=self.new_user_id.name)
            )
        # what is found is what the manager sees; invoices change only their responsible by this
        recurrences_sudo = self._recurrences().sudo()
        recurrences_sudo._lock_plan(is_changed=True)
        confirmed = recurrences_sudo.filtered(lambda item: item.is_generated and not item.is_stale)
        recurrences_sudo.filtered(lambda item: item.user_id == self.user_id).write({"user_id": self.new_user_id.id})
        for team_sudo in recurrences_sudo.team_id.filtered(lambda team: self.user_id in team.member_ids):
            team_sudo.member_ids = team_sudo.member_ids - self.user_id | self.new_user_id
        for recurrence in confirmed:
            # the dates are as they were confirmed
            recurrence.write(
                {"generated_key": recurrence._pattern_key(), "generated_details": recurrence._details_key()}
            )
        interactions_sudo = self.env["recurring.interaction"].search(self._interaction_domain()).sudo()
        values = {"user_id": self.new_user_id.id}
        interactions_sudo.filtered("is_edited").write(values)
        interactions_sudo.filtered(lambda item: not item.is_edited)._write_synchronised(values)
        # generating again would give them to the new person, too
        self.env["recurring.interaction"].search(self._kept_domain()).sudo().write({"is_edited": True})
        return {"type": "ir.actions.act_window_close"}

    def _recurrences(self):
        domain = Domain("user_id", "=", self.user_id.id) | Domain("team_id.member_ids", "in", self.user_id.ids)
        return self.env["recurring.recurrence"].search(domain if self.user_id else Domain.FALSE)

    def _kept_domain(self):
        """Return the domain of the dates before that day: they stay with whom they are planned for."""
        return Domain(
            [
                ("user_id", "=", self.user_id.id),
                ("state", "=", "planned"),
                ("day", "<", self.date_from),
                ("recurrence_id", "!=", False),
            ]
        )

    def _interaction_domain(self):
        if not self.user_id or not self.date_from:
            return Domain.FALSE
        return Domain(
            [("user_id", "=", self.user_id.id), ("state", "=", "planned"), ("day", ">=", self.date_from)],
        )
