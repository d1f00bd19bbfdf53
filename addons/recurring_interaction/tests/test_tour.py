from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestTour(HttpCase):
    """The main story in the browser."""

    def test_recurrence_tour(self):
        """RI2, RI3, RI5, RI6, RI+1: from the app menu to generated interactions, in the web client."""
        admin = self.env.ref("base.user_admin")
        self.start_tour("/odoo/recurrences", "recurring_interaction_tour", login="admin")
        recurrence = self.env["recurring.recurrence"].search([("name", "=", "Tour: call back")])
        self.assertEqual(recurrence.create_uid, admin)
        self.assertEqual(len(recurrence.interaction_ids), 6)
