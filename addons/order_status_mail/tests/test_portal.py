import re

from odoo.fields import Datetime
from odoo.tests import HttpCase, new_test_user, tagged

from .common import RULE_CODES, StatusMailCommon


@tagged("post_install", "-at_install")
class TestPortal(StatusMailCommon, HttpCase):
    """The customer's pages, with a login and by the mail's link."""

    def setUp(self):
        super().setUp()
        self.user = new_test_user(self.env, "osm_customer", groups="base.group_portal", email="c@example.com")
        self.stranger = new_test_user(self.env, "osm_stranger", groups="base.group_portal", email="s@example.com")
        self.website = self.env["website"].get_current_website()
        self.switch(self.website, "status", "tracking")
        self.order = self._create_told_order(self.lamp, customer=self.user.partner_id, website=self.website)
        self.order.picking_ids.carrier_tracking_ref = "TRACK-ME"
        self.run_action()
        self.token = self.order.status_snapshot_ids._get_access_token()
        self.link = f"/order-status/{self.order.id}/{self.token}"

    def test_the_order_list_has_status_and_last_change(self):
        """OS11: the list of orders says where each is."""
        self.authenticate("osm_customer", "osm_customer")
        page = self.url_open("/my/orders").text
        self.assertIn("On its way", page)
        self.assertIn("Last change", page)

    def test_the_order_page_has_the_history(self):
        """OS11, OS12, OS+3: the order's page and its timeline show what the mails told."""
        self.authenticate("osm_customer", "osm_customer")
        for url in (f"/my/orders/{self.order.id}", f"/my/orders/{self.order.id}/timeline"):
            page = self.url_open(url).text
            self.assertIn("Your order is confirmed", page)
            self.assertIn("TRACK-ME", page)

    def test_contact_details_and_password_are_reachable(self):
        """OS11: from the timeline to the account's pages, which work."""
        self.authenticate("osm_customer", "osm_customer")
        page = self.url_open(f"/my/orders/{self.order.id}/timeline").text
        for url in ("/my/account", "/my/security"):
            self.assertIn(f'href="{url}"', page)
            self.assertEqual(self.url_open(url).status_code, 200)

    def test_a_form_after_the_visit(self):
        """OS11: what was written is shown again, but no password, and nothing that another site sent."""
        values = {"csrf_token": "of yesterday", "old": "correct horse", "new1": "battery staple", "note": "Two words"}
        values["more"] = "ランプが壊れました"
        lost = self.url_open("/my/security", data=values)
        self.assertEqual(lost.status_code, 400)
        self.assertIn("Two words", lost.text)
        self.assertIn("ランプが壊れました", lost.text, "no blanks")
        for secret in ("correct horse", "battery staple", "of yesterday"):
            self.assertNotIn(secret, lost.text)
        foreign = self.url_open("/my/security", data=values, headers={"Sec-Fetch-Site": "cross-site"})
        self.assertNotIn("Two words", foreign.text)

    def test_change_the_password(self):
        """OS11: the customer changes the password; the new one opens the pages, the old one does not."""
        self.authenticate("osm_customer", "osm_customer")
        page = self.url_open("/my/security").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        values = {"csrf_token": token, "old": "osm_customer", "new1": "Another-1", "new2": "Another-1"}
        self.assertIn("alert-success", self.url_open("/my/security", data=values).text)
        for password, url in (("osm_customer", "/web/login"), ("Another-1", f"/my/orders/{self.order.id}/timeline")):
            self.opener.cookies.clear()
            login = self.url_open("/web/login").text
            token = re.search(r'name="csrf_token" value="([^"]+)"', login)[1]
            self.url_open("/web/login", data={"csrf_token": token, "login": "osm_customer", "password": password})
            self.assertIn(url, self.url_open(f"/my/orders/{self.order.id}/timeline").url, password)

    def test_a_foreign_customer_sees_nothing(self):
        """OS11: another customer is sent away, from the order's pages and from the timeline."""
        self.authenticate("osm_stranger", "osm_stranger")
        for url in (f"/my/orders/{self.order.id}/timeline", f"/my/orders/{self.order.id}"):
            response = self.url_open(url)
            self.assertNotIn("TRACK-ME", response.text)
            self.assertTrue(response.url.endswith("/my"))

    def test_the_mails_link_needs_no_login(self):
        """OS+3: the timeline by the key of the mail, which other sites do not learn."""
        response = self.url_open(self.link)
        self.assertEqual(response.status_code, 200)
        self.assertIn("TRACK-ME", response.text)
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(response.headers["X-Robots-Tag"], "noindex, nofollow")
        self.assertNotIn("Open the order", response.text, "a guest has no page of the order")

    def test_wrong_expired_and_revoked_keys(self):
        """OS+3: a key opens its own order, for its time, until it is closed."""
        other = self._create_told_order(self.lamp, website=self.website)
        self.assertEqual(self.url_open(f"/order-status/{other.id}/{self.token}").status_code, 404)
        self.assertEqual(self.url_open(f"/order-status/{self.order.id}/wrong").status_code, 404)
        self.assertEqual(self.url_open(f"/order-status/{self.order.id}/%C3%A9%E2%82%AC").status_code, 404)
        self.order._portal_ensure_token()
        self.env.flush_all()
        self.assertEqual(self.url_open(f"/order-status/{self.order.id}/{self.order.access_token}").status_code, 404)
        snapshot = self.order.status_snapshot_ids
        snapshot.date_link_expiry = Datetime.subtract(Datetime.now(), days=1)
        self.env.flush_all()
        self.assertEqual(self.url_open(self.link).status_code, 404)
        snapshot.date_link_expiry = Datetime.add(Datetime.now(), days=1)
        self.env.flush_all()
        self.assertEqual(self.url_open(self.link).status_code, 200)
        snapshot.action_revoke_links()
        self.env.flush_all()
        self.assertEqual(self.url_open(self.link).status_code, 404)

    def test_opening_the_unsubscribe_link_changes_nothing(self):
        """OS+3: mail scanners open every link."""
        response = self.url_open(f"{self.link}/unsubscribe")
        self.assertTrue(response.url.endswith("/preferences"))
        self.assertFalse(self.env["order.status.preference"].search([]))

    def test_one_click_unsubscribe(self):
        """OS+3: RFC 8058: a POST without cookie or page stops all that can be stopped."""
        self.make_mandatory(self.website, "tracking")
        self.env.flush_all()
        for _twice in range(2):
            response = self.url_open(f"{self.link}/unsubscribe", data={"List-Unsubscribe": "One-Click"})
            self.assertEqual(response.status_code, 200)
        rows = self.env["order.status.preference"].search([("partner_id", "=", self.user.partner_id.id)])
        self.assertEqual(sorted(rows.mapped("rule")), sorted(set(RULE_CODES) - {"tracking"}))
        self.assertEqual(set(rows.mapped("source")), {"one_click"})
        self.assertEqual(
            self.url_open(f"/order-status/{self.order.id}/wrong/unsubscribe", data={"x": 1}).status_code, 404
        )

    def test_pictures_by_the_mails_key(self):
        """OS1: pictures of the order's own lines only."""
        line = self.order.order_line
        response = self.url_open(f"{self.link}/picture/{line.id}")
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.headers["Content-Type"].startswith("image/"))
        other = self._create_order(self.lamp).order_line
        self.assertEqual(self.url_open(f"{self.link}/picture/{other.id}").status_code, 404)

    def test_preferences_need_the_csrf_token(self):
        """OS+3: another site cannot choose for the customer."""
        self.authenticate("osm_customer", "osm_customer")
        response = self.url_open("/my/status-mails", data={"rule_tracking": "on"})
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self.env["order.status.preference"].search([]))

    def test_printing_over_http(self):
        """OS3: the warehouse prints the slip in the browser; the page's read-only cursor is no obstacle."""
        order = self._create_told_order(self.lamp, website=self.website)
        self.authenticate("admin", "admin")
        response = self.url_open(f"/report/pdf/stock.report_deliveryslip/{order.picking_ids.id}")
        self.assertEqual(response.status_code, 200)
        self.env.invalidate_all()
        self.assertTrue(order.picking_ids.date_slip_printed)

    def test_the_list_needs_no_query_per_order(self):
        """OS11, OS+2: the list of orders reads all statuses at once."""
        orders = self.order
        for _number in range(4):
            orders += self._create_told_order(self.lamp, customer=self.user.partner_id, website=self.website)
        self.env.invalidate_all()
        orders.sudo().mapped("name")
        with self.assertQueryCount(3):
            for order in orders:
                order._get_status_snapshot().mapped("status")

    def test_the_page_of_a_parcel_service(self):
        """OS+9: the expected date first, the steps with the present one marked, each parcel with its link."""
        carrier = self.env["delivery.carrier"].search([("delivery_type", "=", "fixed")], limit=1)
        carrier.write({"name": "Post Nord", "tracking_url": "https://track.example.net/<shipmenttrackingnumber>"})
        self.order.picking_ids.write({"carrier_id": carrier.id, "carrier_tracking_ref": "PN1, PN2"})
        self.order.commitment_date = "2030-05-01 12:00:00"
        self.run_action()
        page = self.env["order.status.page"]._values(self.order)
        self.assertEqual(page["expected"], "Expected on Wednesday, May 1, 2030")
        self.assertEqual([step["state"] for step in page["steps"]], ["done", "done", "now", "next"])
        html = self.url_open(self.link).text
        for number in ("PN1", "PN2"):
            self.assertIn(f'href="https://track.example.net/{number}"', html)
        places = [html.index(words) for words in ("Expected on Wednesday", "on its way to you", "Order history")]
        self.assertEqual(places, sorted(places))
        self.assertIn('aria-current="step"', html)
        self.deliver(self.order, {self.lamp: 2})
        self.run_action()
        page = self.env["order.status.page"]._values(self.order)
        self.assertEqual((page["expected"], page["steps"][-1]["state"]), ("", "now"), "what is there is not expected")

    def test_what_never_travels_has_a_way_of_its_own(self):
        """OS+9: a service is ordered and completed; a cancelled order has no way any more."""
        service = self.env["product.product"].create({"name": "Advice", "type": "service", "list_price": 5})
        order = self._create_told_order(service, website=self.website, customer=self.user.partner_id)
        page = self.env["order.status.page"]._values(order)
        self.assertEqual([step["label"] for step in page["steps"]], ["Ordered", "Completed"])
        self.assertIn("we carry it out", page["now"])
        order._action_cancel()
        self.run_action()
        self.assertEqual(self.env["order.status.page"]._values(order)["steps"], [])
