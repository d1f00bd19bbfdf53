"""The dossier itself: who sees it, how it moves."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import DossierCommon


@tagged("post_install", "-at_install")
class TestDossier(DossierCommon):
    """Numbers, stages and access."""

    def test_numbered(self):
        """SD1: every dossier has a number of its own, copies too."""
        copy = self.dossier.copy()
        self.assertNotIn("/", (self.dossier.name, copy.name))
        self.assertNotEqual(copy.name, self.dossier.name)
        self.assertEqual(copy.stage_id.kind, "draft")

    def test_customer_number_shares(self):
        """SD1: all users of a customer number find the dossier, others do not."""
        Dossier = self.env["service.dossier"]
        for user, expected in ((self.dealer, 1), (self.colleague, 1), (self.stranger, 0)):
            found = Dossier.with_user(user).search_count([("id", "=", self.dossier.id)])
            self.assertEqual(found, expected, user.login)
        with self.assertRaises(AccessError):
            self.dossier.with_user(self.stranger).read(["name"])

    def test_guest(self):
        """SD1: a portal user of another company who was invited as follower reads the dossier."""
        self.dossier.message_subscribe(partner_ids=self.stranger.partner_id.ids)
        self.dossier.with_user(self.stranger).read(["name"])

    def test_customers_change_nothing(self):
        """SD1: customers cannot write, create or delete dossiers, messages, warranties over RPC."""
        for record in (self.dossier, self.warranty, self.post(self.dealer)):
            as_dealer = record.with_user(self.dealer)
            with self.assertRaises(AccessError):
                as_dealer.write({"active": False} if "active" in record._fields else {"subject": "x"})
            with self.assertRaises(AccessError):
                as_dealer.unlink()
            with self.assertRaises(AccessError):
                as_dealer.copy()

    def test_role_needed(self):
        """SD1: an employee without the role reads no dossier."""
        user = new_test_user(self.env, "sd_plain", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.dossier.with_user(user).read(["name"])

    def test_second_company(self):
        """SD1: dossiers, messages and warranties of another company are invisible to an employee."""
        company = self.env["res.company"].create({"name": "Second"})
        other = self._make_dossier(company_id=company.id, user_id=False)
        warranty = self.make_warranty(company_id=company.id, product_id=self.product.id)
        self.post(self.dealer, dossier=other)
        as_employee = self.env(user=self.employee)
        self.assertFalse(as_employee["service.dossier"].search([("id", "=", other.id)]))
        self.assertFalse(as_employee["service.dossier.message"].search([("dossier_id", "=", other.id)]))
        self.assertFalse(as_employee["service.warranty"].search([("id", "=", warranty.id)]))

    def test_flow(self):
        """SD6: the configured flow holds for users, managers may leave it."""
        with self.assertRaisesRegex(UserError, "cannot go from"):
            self.dossier.with_user(self.employee).stage_id = self.stage("draft")
        self.dossier.with_user(self.employee).stage_id = self.stage("service")
        self.dossier.with_user(self.manager).stage_id = self.stage("draft")
        self.assertEqual(self.dossier.stage_id.kind, "draft")

    def test_flow_is_configurable(self):
        """SD6: a stage without next stages may move anywhere."""
        self.stage("finished").next_ids = False
        self.dossier.with_user(self.employee).stage_id = self.stage("production")
        self.assertEqual(self.dossier.stage_id.kind, "production")

    def test_order_moves_dossier(self):
        """SD1: confirming and delivering the original order moves the dossier on."""
        dossier = self._make_dossier()
        self.assertEqual(dossier.stage_id.kind, "draft")
        order = self._make_order(dossier, deliver=0)
        self.assertEqual(dossier.stage_id.kind, "ordered")
        self.assertEqual(dossier.order_number, order.name)
        order.order_line.write({"qty_delivered": 1})
        self.assertEqual(dossier.stage_id.kind, "delivered")

    def test_backend_search(self):
        """SD1: employees find a dossier by customer number, order, warranty number and dimensions."""
        Dossier = self.env["service.dossier"].with_user(self.employee)
        domains = (
            [("customer_number", "=", "C1")],
            [("order_number", "=", self.order.name)],
            [("warranty_ids.name", "=", self.warranty.name)],
            [("warranty_ids.width", "=", 1200), ("warranty_ids.height", "=", 2000)],
        )
        for domain in domains:
            self.assertIn(self.dossier, Dossier.search(domain))

    def test_contact_must_be_employee(self):
        """SD5: a portal user cannot be the contact person."""
        with self.assertRaises(UserError):
            self.dossier.user_id = self.dealer
