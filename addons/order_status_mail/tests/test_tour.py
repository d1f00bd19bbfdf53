from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import RULE_CODES, StatusMailCommon


@tagged("post_install", "-at_install")
class TestTour(StatusMailCommon, HttpCase):
    """The main story in the browser."""

    def test_customer_follows_an_order_and_chooses_mails(self):
        """OS11, OS+3: list, order page, timeline, preferences, as a customer clicks through them."""
        partner = self.env.ref("base.partner_admin").copy({"name": "Tour Customer", "email": "tour@example.com"})
        user = self.env["res.users"].create(
            {
                "name": "Tour Customer",
                "login": "osm_tour",
                "password": "osm_tour",
                "partner_id": partner.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        website = self.env["website"].get_current_website()
        self.switch(website, *RULE_CODES)
        order = self._create_told_order(self.lamp, self.planter, customer=user.partner_id, website=website)
        order.picking_ids.carrier_tracking_ref = "TRACK-TOUR"
        order.status_picked = True
        self.run_action()
        self.start_tour("/my/orders", "order_status_mail_customer", login="osm_tour")
        refused = self.env["order.status.preference"].search([("partner_id", "=", user.partner_id.id)])
        self.assertEqual(refused.mapped("rule"), ["tracking"])

    def test_staff_read_the_ledger_and_preview_a_mail(self):
        """OS1, OS+4: from the order to its ledger and to the preview of a rule."""
        order = self._create_told_order(self.lamp)
        self.start_tour(f"/odoo/sales/{order.id}", "order_status_mail_staff", login="admin")
        self.assertEqual(len(self.mails(order)), 1, "looking at a preview sends nothing")
