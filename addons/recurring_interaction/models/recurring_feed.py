import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..recurrence import ics

#: What the feed shows: this many days back and ahead.
DAYS_BACK, DAYS_AHEAD = 30, 400
MAX_ENTRIES = 5000
#: Whose feeds open.
ROLE = "recurring_interaction.group_recurring_interaction_user"


class RecurringFeed(models.Model):
    """A user's calendar feed behind a secret address that can be revoked."""

    _name = "recurring.feed"
    _description = "Calendar Feed"
    _inherit = ["access.link.mixin"]
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", required=True, index=True, ondelete="cascade")
    date_last_used = fields.Datetime("Last Used", readonly=True)

    _user_uniq = models.Constraint("UNIQUE(user_id)", "A user has one calendar feed.")

    @api.model
    def _issue_token(self):
        """Return a new token of the current user; the old one stops working.

        :raises AccessError: for those whose feed would not open
        """
        if not self.env.user.has_group(ROLE):
            raise AccessError(self.env._("Your role has no calendar of interactions."))
        # the user's own row, found by the user's own id
        feed_sudo = self.sudo().search([("user_id", "=", self.env.uid)])
        if feed_sudo:
            feed_sudo._rotate_access_link()
            feed_sudo.date_last_used = False
        else:
            feed_sudo = feed_sudo.create({"user_id": self.env.uid})
        return feed_sudo._get_access_token()

    @api.model
    def _revoke(self):
        """Stop the feed of the current user."""
        feed_sudo = self.sudo().search([("user_id", "=", self.env.uid)])  # the user's own row
        feed_sudo.unlink()

    def _is_access_link_open(self):
        """Close the feeds of those who left, or lost the role."""
        return super()._is_access_link_open() and self.user_id.active and self.user_id.has_group(ROLE)

    @api.model
    def _user_of_token(self, token):
        """Return the active user whose feed the token opens, or nobody."""
        feed_sudo = self._search_by_access_token(token)
        now = fields.Datetime.now()
        if feed_sudo and (not feed_sudo.date_last_used or now - feed_sudo.date_last_used > datetime.timedelta(hours=1)):
            feed_sudo.date_last_used = now
        return feed_sudo.user_id

    @api.model
    def _calendar_of(self, user):
        """Return the user's interactions as an iCalendar file."""
        env = self.with_user(user).with_context(lang=user.lang, allowed_company_ids=user.company_ids.ids).env
        today = fields.Date.today()
        interactions = env["recurring.interaction"].search(
            [
                ("user_id", "=", user.id),
                ("state", "!=", "skipped"),
                ("day", ">=", today - datetime.timedelta(days=DAYS_BACK)),
                ("day", "<=", today + datetime.timedelta(days=DAYS_AHEAD)),
            ],
            limit=MAX_ENTRIES,
        )
        return ics.calendar(env._("Interactions of %(name)s", name=user.name), interactions._feed_entries())
