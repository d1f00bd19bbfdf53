from odoo.tests import tagged

from .common import RecurringCase


@tagged("post_install", "-at_install")
class TestSmartButtons(RecurringCase):
    """Interactions on the forms of contacts and sale orders."""

    def test_contact(self):
        """RI2: a contact shows the planned interactions of itself and its addresses."""
        child = self.env["res.partner"].create({"name": "Ann", "parent_id": self.customer.id})
        self._make_recurrence(partner_id=child.id, count=3)._generate()
        self._make_recurrence(partner_id=self.customer.id, count=2)._generate()
        self.assertEqual(self.customer.recurring_interaction_count, 5)
        self.assertEqual(child.recurring_interaction_count, 3)
        action = self.customer.action_open_recurring_interactions()
        self.assertEqual(self.env["recurring.interaction"].search_count(action["domain"]), 5)

    def test_sale_order(self):
        """RI1: quoted customers are called back; the quotation shows it."""
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        recurrence = self._make_recurrence(document=f"sale.order,{order.id}", count=2)
        recurrence._generate()
        self.assertEqual(order.recurring_interaction_count, 2)
        interaction = recurrence.interaction_ids[0]
        self.assertEqual(interaction.document, order)
        self.assertEqual(interaction.action_open_document()["res_id"], order.id)
