from odoo import fields, models

from ..const import SYNC_KEY


class MailActivity(models.Model):
    """What happens to the activity of an interaction happens to the interaction."""

    _inherit = "mail.activity"

    recurring_interaction_id = fields.Many2one(
        "recurring.interaction", index="btree_not_null", ondelete="cascade", readonly=True
    )
    recurring_issue_id = fields.Many2one(
        "recurring.issue", index="btree_not_null", ondelete="cascade", readonly=True, help="Failed invoice it warns of."
    )

    def write(self, vals):
        """Carry the change over to the interactions; archiving means done."""
        if self.env.context.get(SYNC_KEY):
            return super().write(vals)
        interactions = self._interactions_to_follow()
        archived = "active" in vals and not vals["active"]
        if archived:
            # before the activity closes: an invoice that cannot be issued keeps it open
            interactions._mark_done()
        result = super().write(vals)
        if vals.get("active"):
            interactions.action_plan_again()
        if vals.get("feedback"):
            interactions.with_context(**{SYNC_KEY: True}).write({"feedback": vals["feedback"]})
        if not archived:
            interactions._pull_activity(vals)
        return result

    def unlink(self):
        """Cancelling the activity skips the interaction."""
        interactions = self._interactions_to_follow()
        events = interactions.calendar_event_id
        result = super().unlink()
        interactions._mark_skipped()
        events.with_context(**{SYNC_KEY: True}).exists().unlink()
        return result

    def _interactions_to_follow(self):
        """Return the interactions behind the activities, as superuser.

        The rights on the activity decide: its responsible may finish what others planned.
        """
        if self.env.context.get(SYNC_KEY):
            return self.env["recurring.interaction"].sudo()
        return self.sudo().recurring_interaction_id.exists()
