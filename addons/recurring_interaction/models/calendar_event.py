from odoo import api, fields, models
from odoo.exceptions import AccessError

#: Changes in the calendar that an interaction follows.
FOLLOWED = frozenset(
    ("start", "stop", "start_date", "stop_date", "allday", "duration", "name", "description", "user_id")
)


class CalendarEvent(models.Model):
    """What a person does to the calendar event of an interaction, the interaction is told."""

    _inherit = "calendar.event"

    recurring_interaction_ids = fields.One2many("recurring.interaction", "calendar_event_id")
    recurring_interaction_state = fields.Selection(
        related="recurring_interaction_ids.state", string="Interaction", readonly=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: when an event is made that belongs to an interaction, by somebody else than that"""
        self._check_recurring_interaction_link(*vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """Tell the interaction of other hours, of another person; archived is deleted."""
        self._check_recurring_interaction_link(vals)
        followed, archived = FOLLOWED.intersection(vals), vals.get("active") is False
        result = super().write(vals)
        if not followed and not archived:
            return result
        # the link is followed whatever the person may read: what he may do is checked by the interaction
        for event_sudo in self.sudo().exists():
            for interaction_sudo in event_sudo.recurring_interaction_ids:
                interaction = interaction_sudo.sudo(False)
                if archived:
                    interaction._apply("skipped", in_calendar=True)
                    continue
                changes = interaction_sudo._event_changes(event_sudo, followed)
                if changes:
                    interaction._apply("changed", changes, in_calendar=True)
        return result

    def unlink(self):
        """Deleting the event of a planned interaction skips the interaction."""
        interactions = self.sudo().recurring_interaction_ids.sudo(False)  # see write
        result = super().unlink()
        interactions._apply("skipped", in_calendar=True)
        return result

    def _sync_activities(self, fields):
        # the interaction is the one that knows what its activity says
        others = self.filtered(lambda event: not event.sudo().recurring_interaction_ids)  # see write
        return super(CalendarEvent, others)._sync_activities(fields)

    @api.model
    def _check_recurring_interaction_link(self, *vals_list):
        if not self.env.su and any(vals.get("recurring_interaction_ids") for vals in vals_list):
            raise AccessError(self.env._("An interaction makes its calendar event by itself."))

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
