from odoo import api, fields, models
from odoo.addons.base_safeguard.defaults import without_proposals
from odoo.exceptions import AccessError

#: Links that superuser code follows: whoever could set them could do to the record what he likes.
LINKS = frozenset(("recurring_interaction_id", "recurring_interaction_invoice_id"))


class MailActivity(models.Model):
    """What a person does to the activity of an interaction, the interaction is told."""

    _inherit = "mail.activity"

    recurring_interaction_id = fields.Many2one(
        "recurring.interaction", index="btree_not_null", ondelete="cascade", readonly=True
    )
    recurring_interaction_invoice_id = fields.Many2one(
        "recurring.interaction.invoice",
        index="btree_not_null",
        ondelete="cascade",
        readonly=True,
        help="Failed invoice it warns of.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: when somebody else than the interaction itself makes its activity"""
        self._check_recurring_links(*vals_list)
        model, vals_list = without_proposals(self, LINKS, vals_list)
        return super(MailActivity, model).create(vals_list)

    def write(self, vals):
        """Tell the interaction; archiving means done."""
        if not LINKS.isdisjoint(vals):
            self._check_recurring_links(vals)
        ours = self._of_interactions()
        if "active" in vals and not vals["active"]:
            # before the activity closes: an invoice that cannot be issued keeps it open
            ours.sudo().recurring_interaction_id.sudo(False)._apply("done")
        # Odoo would move the meeting itself: the interaction does, and knows the time zone
        result = (
            super(MailActivity, ours.with_context(calendar_event_meeting_update=True)).write(vals) if ours else True
        )
        if self - ours:
            result = super(MailActivity, self - ours).write(vals)
        for activity_sudo in ours.sudo().exists():  # see _of_interactions
            interaction = activity_sudo.recurring_interaction_id.sudo(False)
            if vals.get("active"):
                interaction._apply("planned")
            if vals.get("feedback"):
                interaction._note_feedback(vals["feedback"])
            interaction_sudo = activity_sudo.recurring_interaction_id
            changes = interaction_sudo._activity_changes(activity_sudo, vals)
            if changes:
                interaction._apply("changed", changes)
        return result

    def unlink(self):
        """Cancelling the activity skips the interaction."""
        activities_sudo = self._of_interactions().sudo()  # see _of_interactions
        interactions = activities_sudo.recurring_interaction_id.sudo(False)
        result = super().unlink()
        interactions._apply("skipped")
        return result

    def unlink_w_meeting(self):
        """The meeting of an interaction goes with the interaction."""
        ours = self._of_interactions()
        if self - ours:
            super(MailActivity, self - ours).unlink_w_meeting()
        return ours.unlink()

    def _of_interactions(self):
        """Return those of the activities that stand for an interaction."""
        # the link is followed whatever the person may read: what he may do is checked by the interaction
        return self.sudo().filtered("recurring_interaction_id").with_env(self.env)

    def _check_recurring_links(self, *vals_list):
        if not self.env.su and any(vals.get(name) for vals in vals_list for name in LINKS):
            raise AccessError(self.env._("An interaction makes its activity by itself."))
