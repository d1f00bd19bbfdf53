from odoo.tests import tagged

from .common import RULE_CODES, StatusMailCommon


@tagged("post_install", "-at_install")
class TestPreferences(StatusMailCommon):
    """Customers choose which mails they want."""

    def _refuse(self, *codes, source="page"):
        wanted = set(RULE_CODES).difference(codes)
        self.env["order.status.preference"]._choose(self.customer, self.website, wanted, source)

    def test_a_refused_rule_is_not_mailed(self):
        """OS+3: the ledger says that the customer does not want it; other rules are mailed."""
        self._refuse("tracking")
        order = self._create_told_order(self.lamp)
        order.picking_ids.carrier_tracking_ref = "T"
        self.run_action()
        self.assertEqual(len(self.mails(order)), 1, "only the confirmation")
        self.assertEqual(self.events(order, "tracking", told=False).reason, "opted_out")

    def test_mandatory_mails_cannot_be_refused(self):
        """OS+3: neither a choice from before nor one from after the shop made the rule mandatory counts."""
        self._refuse("tracking")
        self.make_mandatory(self.website, "tracking")
        self._refuse("tracking", "status")
        order = self._create_told_order(self.lamp)
        order.picking_ids.carrier_tracking_ref = "T"
        self.run_action()
        self.assertEqual(len(self.events(order, "tracking")), 1)
        self.assertEqual(self.events(order, "status", told=False).reason, "opted_out")

    def test_the_choice_is_per_website_and_person(self):
        """OS+3: another person, and the same person on another website, still get their mails."""
        other = self.env["website"].create({"name": "Other Shop"})
        self.switch(other, "status")
        self._refuse("status")
        friend = self._create_customer("Friend", "friend@example.com")
        orders = [
            self._create_order(self.lamp),
            self._create_order(self.lamp, customer=friend),
            self._create_order(self.lamp, website=other),
        ]
        self.run_action()
        self.assertEqual([len(self.mails(order)) for order in orders], [0, 1, 1])

    def test_choosing_again(self):
        """OS+3: a choice replaces the one before, and choosing twice the same is one choice."""
        self._refuse("status", "slip")
        self._refuse("slip", "stock")
        self._refuse("slip", "stock", source="one_click")
        rows = self.env["order.status.preference"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(sorted(rows.mapped("rule")), ["slip", "stock"])
        self.assertEqual(rows.company_id, self.company)
