from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ResUsers(models.Model):
    """Who has recurring work is not archived."""

    _inherit = "res.users"

    def write(self, vals):
        """Refuse to archive somebody who still has recurring work: with their activities it would be skipped unseen."""
        if vals.get("active") is False:
            self.check_access("write")
            self._check_no_recurring_work()
        return super().write(vals)

    def action_archive(self):
        """Refuse before anything else is done: archiving somebody deletes their activities first."""
        self.check_access("write")
        self._check_no_recurring_work()
        return super().action_archive()

    def _check_no_recurring_work(self):
        """:raises UserError: naming the recurrences that need another person first"""
        own = Domain("user_id", "in", self.ids)
        recurrences_sudo = self.env["recurring.recurrence"].sudo().search(own & Domain("is_generated", "=", True))
        planned_sudo = (
            self.env["recurring.interaction"]
            .sudo()
            ._read_group(own & Domain("state", "=", "planned"), ["recurrence_id"], ["__count"])
        )
        names = recurrences_sudo.mapped("name") + [
            recurrence.name or self.env._("%(number)s interactions without a recurrence", number=count)
            for recurrence, count in planned_sudo
            if recurrence not in recurrences_sudo
        ]
        if names:
            raise UserError(
                self.env._(
                    "%(people)s still has recurring work. Choose another responsible for it first: %(names)s",
                    people=", ".join(self.mapped("name")),
                    names=", ".join(names[:20]),
                )
            )
