import re

from odoo import api, fields, models
from odoo.addons.base_safeguard.defaults import without_proposals
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

#: Changes in the calendar that an interaction follows.
FOLLOWED = frozenset(
    ("start", "stop", "start_date", "stop_date", "allday", "duration", "name", "description", "user_id")
)
#: What a busy entry is found by, besides the fields that Odoo shows of it: whose it is, and when.
SEARCHABLE = frozenset(("partner_ids", "attendee_ids", "create_uid", "create_date", "write_uid", "write_date"))


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
        model, vals_list = without_proposals(self, ["recurring_interaction_ids"], vals_list)
        return super(CalendarEvent, model).create(vals_list)

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

    # What is shown as busy

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **options):
        """Leave out busy entries where the search asks for what they do not show: its answer would tell it."""
        domain = Domain(domain)
        names = {condition.field_expr for condition in domain.iter_conditions()}
        names |= {term.split()[0] for term in (order or "").split(",") if term.strip()}
        if self._asks_for_hidden(names):
            domain &= self._shown_domain()
        return super()._search(domain, offset, limit, order, **options)

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Group busy entries as without a value, by whatever way the groups come here."""
        value = super()._read_group_groupby(alias, groupby_spec, query)
        if not self._asks_for_hidden([groupby_spec]):
            return value
        shown = self._shown_domain().optimize_full(self)._to_sql(self, alias, query)
        return SQL("CASE WHEN %s THEN %s END", shown, value)

    @api.model
    def _asks_for_hidden(self, names):
        """Return whether some of these fields, or paths of fields, are not shown of a busy entry."""
        if self.env.su:
            return False
        roots = {re.split(r"[.:]", name)[0] for name in names} - SEARCHABLE
        return bool(roots) and not roots <= self._get_public_fields()

    @api.model
    def _shown_domain(self):
        """Return the domain of the entries that are not shown as busy to this user because of an interaction."""
        links_sudo = self.env["recurring.interaction"].sudo()  # that an entry has an interaction, not which one
        linked = links_sudo._search([("calendar_event_id", "!=", False)]).subselect("calendar_event_id")
        return (
            Domain("id", "not in", linked)
            | Domain("user_id", "=", self.env.uid)
            | Domain("partner_ids", "in", self.env.user.partner_id.ids)
            | Domain(self._get_default_privacy_domain())
        )

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
