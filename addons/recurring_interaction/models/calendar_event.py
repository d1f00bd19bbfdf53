from odoo import fields, models

from ..const import SYNC_KEY

TIME_FIELDS = {"start", "stop", "start_date", "stop_date", "allday", "duration"}


class CalendarEvent(models.Model):
    """What happens to the calendar event of an interaction happens to the interaction."""

    _inherit = "calendar.event"

    recurring_interaction_ids = fields.One2many("recurring.interaction", "calendar_event_id")
    recurring_interaction_state = fields.Selection(
        related="recurring_interaction_ids.state", string="Interaction", readonly=True
    )

    def write(self, vals):
        """Move the interaction with the event."""
        moved = TIME_FIELDS.intersection(vals)
        result = super().write(vals)
        if moved and not self.env.context.get(SYNC_KEY):
            for event in self.exists():
                # the rights on the event decide
                for interaction_sudo in event.sudo().recurring_interaction_ids:
                    interaction_sudo._pull_event(event)
        if vals.get("active") is False and not self.env.context.get(SYNC_KEY):
            self.sudo().recurring_interaction_ids._mark_skipped()
        return result

    def unlink(self):
        """Deleting the event of a planned interaction skips the interaction."""
        if not self.env.context.get(SYNC_KEY):
            interactions_sudo = self.sudo().recurring_interaction_ids  # the rights on the event decide
            self.check_access("unlink")
            planned = interactions_sudo.filtered(lambda item: item.state == "planned").with_context(**{SYNC_KEY: True})
            planned.planned_activity_ids.unlink()
            planned.write({"state": "skipped", "is_edited": True})
        return super().unlink()

    def action_recurring_interaction_done(self):
        """Mark the interaction behind the event as done."""
        self.ensure_one()
        self.recurring_interaction_ids.action_done()

    def action_open_recurring_interaction(self):
        """Open the interaction behind the event."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recurring.interaction",
            "res_id": self.recurring_interaction_ids[:1].id,
            "views": [(False, "form")],
        }
