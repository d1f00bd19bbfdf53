from odoo import fields, models


class SaleOrder(models.Model):
    """The interactions about an order."""

    _inherit = "sale.order"

    recurring_interaction_count = fields.Integer(
        compute="_compute_recurring_interaction_count",
        groups="recurring_interaction.group_recurring_interaction_user",
    )

    def _compute_recurring_interaction_count(self):
        references = {f"{self._name},{order.id}": order for order in self}
        groups = self.env["recurring.interaction"]._read_group(
            [("document", "in", list(references))], ["document"], ["__count"]
        )
        self.recurring_interaction_count = 0
        for reference, count in groups:
            references[reference].recurring_interaction_count = count

    def action_open_recurring_interactions(self):
        """List the interactions about this order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("recurring_interaction.recurring_interaction_action")
        reference = f"{self._name},{self.id}"
        return {
            **action,
            "domain": [("document", "=", reference)],
            "context": {"default_partner_id": self.partner_id.id, "default_document": reference},
        }
