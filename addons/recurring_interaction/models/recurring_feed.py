import datetime
import hashlib
import secrets

from odoo import api, fields, models

from ..recurrence import ics

#: What the feed shows: this many days back and ahead.
DAYS_BACK, DAYS_AHEAD = 30, 400
MAX_ENTRIES = 5000


class RecurringFeed(models.Model):
    """A user's calendar feed behind a token that can be revoked.

    Only the digest of the token is kept: who reads the database cannot read the feeds.
    """

    _name = "recurring.feed"
    _description = "Calendar Feed"

    user_id = fields.Many2one("res.users", required=True, index=True, ondelete="cascade")
    token_digest = fields.Char(required=True, index=True, groups="base.group_system")
    last_used = fields.Datetime(readonly=True)

    _user_uniq = models.Constraint("UNIQUE(user_id)", "A user has one calendar feed.")

    @api.model
    def _issue_token(self):
        """Return a new token of the current user; the old one stops working."""
        token = secrets.token_urlsafe(32)
        feed_sudo = self.sudo()  # the user's own row, found by the user's own id
        values = {"token_digest": self._digest(token), "last_used": False}
        feed = feed_sudo.search([("user_id", "=", self.env.uid)])
        if feed:
            feed.write(values)
        else:
            feed_sudo.create({**values, "user_id": self.env.uid})
        return token

    @api.model
    def _revoke(self):
        """Stop the feed of the current user."""
        self.sudo().search([("user_id", "=", self.env.uid)]).unlink()

    @api.model
    def _user_of_token(self, token):
        """Return the active user whose feed the token opens, or nobody."""
        if not token or len(token) > 128:
            return self.env["res.users"]
        feed_sudo = self.sudo().search([("token_digest", "=", self._digest(token))], limit=1)
        user = feed_sudo.user_id
        if not user.active or not user.has_group("recurring_interaction.group_recurring_interaction_user"):
            return self.env["res.users"]
        now = fields.Datetime.now()
        if not feed_sudo.last_used or now - feed_sudo.last_used > datetime.timedelta(hours=1):
            feed_sudo.last_used = now
        return user

    @api.model
    def _digest(self, token):
        return hashlib.sha256(token.encode()).hexdigest()

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
        return ics.calendar(env._("Interactions of %(name)s", name=user.name), interactions._feed_events())
