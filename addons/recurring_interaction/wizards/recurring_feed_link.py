from odoo import api, fields, models


class RecurringFeedLink(models.TransientModel):
    """Show the address of the user's calendar feed, once, or revoke it."""

    _name = "recurring.feed.link"
    _description = "Calendar Feed Address"

    # never stored: the address is handed over once, in the context of the window that shows it
    url = fields.Char("Address", compute="_compute_url")
    has_feed = fields.Boolean(compute="_compute_has_feed")
    date_last_used = fields.Datetime("Last Used", compute="_compute_has_feed")

    @api.depends_context("recurring_feed_address")
    def _compute_url(self):
        self.url = self.env.context.get("recurring_feed_address")

    @api.depends_context("uid")
    def _compute_has_feed(self):
        feed = self.env["recurring.feed"].search([("user_id", "=", self.env.uid)])
        self.has_feed = bool(feed)
        self.date_last_used = feed.date_last_used

    def action_new_address(self):
        """Make a new address; a former one stops working."""
        self.ensure_one()
        token = self.env["recurring.feed"]._issue_token()
        return self._reopen(f"{self.get_base_url()}/recurring_interaction/feed/{token}.ics")

    def action_revoke(self):
        """Stop the feed."""
        self.ensure_one()
        self.env["recurring.feed"]._revoke()
        return self._reopen()

    def _reopen(self, address=False):
        self.invalidate_recordset(["has_feed", "date_last_used"])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("My Calendar Feed"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"recurring_feed_address": address},
        }
