import datetime

from odoo import api, fields, models
from odoo.fields import Domain

from ..utils import today_domain, today_of

# what is extended here is defined first
from . import recurring_interaction, recurring_pattern, recurring_recurrence  # noqa: F401

ATTENTION = [("nobody", "Without Person"), ("late", "Late"), ("today", "Due Today")]


class RecurringInteraction(models.Model):
    """What of the planned interactions a person looks at first."""

    _inherit = "recurring.interaction"

    attention = fields.Selection(ATTENTION, compute="_compute_attention", search="_search_attention")

    @api.depends("state", "day", "tz", "user_id.active")
    def _compute_attention(self):
        for record in self:
            record.attention = False
            if record.state != "planned" or not record.day:
                continue
            today = today_of(record)
            if not _is_there(record.user_id):
                record.attention = "nobody"
            elif record.day <= today:
                record.attention = "today" if record.day == today else "late"

    def _search_attention(self, operator, value):
        return _search(self, operator, value)

    @api.model
    def _attention_domain(self, attention):
        """Return the domain of the planned interactions that need a kind of attention."""
        planned = Domain("state", "=", "planned")
        nobody = _nobody(self.env)
        if attention == "nobody":
            return planned & nobody
        return planned & ~nobody & today_domain("day", "<" if attention == "late" else "=")


class RecurringRecurrence(models.Model):
    """What of the recurrences a person looks at first."""

    _inherit = "recurring.recurrence"

    attention = fields.Selection(ATTENTION, compute="_compute_attention", search="_search_attention")

    @api.depends("user_id.active", "is_generated", "interaction_ids.state", "interaction_ids.day")
    def _compute_attention(self):
        tomorrow = fields.Date.today() + datetime.timedelta(days=1)  # where it is ahead of UTC
        planned = Domain([("recurrence_id", "in", self.ids), ("state", "=", "planned"), ("day", "<=", tomorrow)])
        groups = self.env["recurring.interaction"]._read_group(planned, ["recurrence_id"], ["day:min"])
        first = {recurrence.id: day for recurrence, day in groups}
        for record in self:
            record.attention, day, today = False, first.get(record.id), today_of(record)
            if record.is_generated and record.state != "ended" and not _is_there(record.user_id):
                record.attention = "nobody"
            elif day and day <= today:
                record.attention = "today" if day == today else "late"

    def _search_attention(self, operator, value):
        return _search(self, operator, value)

    @api.model
    def _attention_domain(self, attention):
        """Return the domain of the recurrences that need a kind of attention."""
        goes_on = Domain("state", "in", ("running", "ending"))
        nobody = _nobody(self.env)
        if attention == "nobody":
            return goes_on & nobody
        interactions = self.env["recurring.interaction"]
        late = Domain("interaction_ids", "any", Domain("state", "=", "planned") & today_domain("day", "<"))
        if attention == "late":
            return ~(goes_on & nobody) & late
        today = Domain("interaction_ids", "any", interactions._attention_domain("today"))
        return ~(goes_on & nobody) & ~late & today


def _search(records, operator, value):
    """Return the domain of the records of a model that need one of some kinds of attention, False: none."""
    if operator != "in":
        return NotImplemented
    found = Domain.OR(records._attention_domain(item) for item in value if item)
    if False in value:
        found |= ~Domain.OR(records._attention_domain(kind) for kind, _label in ATTENTION)
    return found


def _nobody(env):
    """Return the domain of records whose person is not there, see ``_is_there``."""
    return Domain("user_id.active", "=", False) & Domain("user_id", "!=", env.ref("base.user_root").id)


def _is_there(user):
    """Return whether somebody works here; the superuser, who is archived from the start, does."""
    user_sudo = user.sudo()  # that somebody left is no secret
    return user_sudo.active or user_sudo._is_superuser()
