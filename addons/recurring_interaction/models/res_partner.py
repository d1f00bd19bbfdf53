from odoo import fields, models


class ResPartner(models.Model):
    """The interactions with a contact."""

    _inherit = "res.partner"

    recurring_interaction_count = fields.Integer(
        compute="_compute_recurring_interaction_count",
        groups="recurring_interaction.group_recurring_interaction_user",
    )

    def _compute_recurring_interaction_count(self):
        groups = self.env["recurring.interaction"]._read_group(
            [("partner_id", "child_of", self.ids), ("state", "=", "planned")], ["partner_id"], ["__count"]
        )
        self.recurring_interaction_count = 0
        for partner, count in groups:
            while partner:
                if partner in self:
                    partner.recurring_interaction_count += count
                partner = partner.parent_id

    def action_open_recurring_interactions(self):
        """List the interactions of a contact and its addresses."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("recurring_interaction.recurring_interaction_action")
        return {
            **action,
            "domain": [("partner_id", "child_of", self.ids)],
            "context": {"default_partner_id": self.id, "search_default_planned": 1},
        }
