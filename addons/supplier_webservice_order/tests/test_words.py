from odoo.tests import BaseCase, tagged

from ..connectors.texts import spoken
from .common import SupplierCase


@tagged("post_install", "-at_install")
class TestSpoken(BaseCase):
    """SW+1: of what a supplier's server reports people read the words, and managers the rest behind a fold."""

    def test_names_of_classes_and_stacks(self):
        """SW+1: as servers of .NET, Java and PHP report; words that only look alike stay."""
        for reported, expected in (
            ("System.Web.Services.Protocols.SoapException: No such depot\n   at WS.Check()\n   at X", "No such depot"),
            (
                "Server was unable to process request. ---> System.Data.SqlException: Timeout expired.\n   at A.B(C c)",
                "Server was unable to process request. Timeout expired.",
            ),
            ("acme.OrderException: java.lang.IllegalStateException: No stock (depot 3)\n\tat acme.X(X.java:1)",
             "No stock (depot 3)"),
            ("Uncaught RuntimeError: closed Stack trace: #0 {main}", "Uncaught RuntimeError: closed"),
            ("java.lang.NullPointerException", "java.lang.NullPointerException"),
            ("Error: 12 at depot (3)", "Error: 12 at depot (3)"),
            ("First line<br/>second &amp; last", "First line second & last"),
        ):  # fmt: skip
            with self.subTest(reported=reported):
                self.assertEqual(spoken(reported), expected)


@tagged("post_install", "-at_install")
class TestWords(SupplierCase):
    """SW8 SW+2: what is said is true, and is said in a language that is there."""

    def setUp(self):
        super().setUp()
        self._buy()
        self.env["res.lang"]._activate_lang("fr_FR")
        self.purchase = self._new_purchase()
        self._communicate(self.purchase)

    def _approve(self, price="100", currency=None, status="Confirmed", **more):
        self.fake.currency = currency
        lines = [
            {"position": line.id, "status": status, "quantity": 2, "price": price, **more}
            for line in self.purchase.order_line
        ]
        self.fake.approve(self.purchase, *lines, code="AP")
        self.purchase.sudo().date_next_status = "2000-01-01"
        with self._worker():
            self.env.ref("supplier_webservice_order.ir_cron_fetch_answers").method_direct_trigger()

    def _take_french_away(self, partner):
        """Leave a contact with a language that is not there any more: Odoo keeps those of users and active contacts."""
        partner.sudo().lang = "fr_FR"
        partner.sudo().active = False
        self.env["res.lang"].search([("code", "=", "fr_FR")]).active = False

    def test_why_prices_are_to_be_reviewed(self):
        """SW+2: the notice names by part why: a price that nobody can convert is not one outside of the tolerance."""
        self._approve(price="85", currency="XYZ")
        self.assertTrue(self.purchase.price_flagged)
        self.assertIn("PN-A: a price that cannot be converted", self.purchase.review_summary)
        self.assertNotIn("tolerance", self.purchase.review_summary)
        self.purchase.action_accept_answer()
        self.assertFalse(self.purchase.review_summary)

    def test_price_outside_of_the_tolerance(self):
        """SW+2: a price too far away is called that."""
        self._approve(price="185")
        self.assertIn("PN-A: a price outside of the tolerance", self.purchase.review_summary)

    def test_what_comes_instead(self):
        """SW+7: the notice says which part the supplier sends instead, before anybody takes it."""
        self._approve(status="Substituted", substitutePartNumber="PN-A2")
        self.assertIn("PN-A: Substituted → PN-A2", self.purchase.review_summary)
        self.purchase.action_accept_answer()
        self.assertFalse(self.purchase.review_summary)

    def test_sender_left(self):
        """SW8: the answer to an order is taken over, whatever became of who sent it."""
        self.user.sudo().active = False
        self._approve()
        self.assertEqual((self.purchase.webservice_state, self.purchase.state), ("AP", "purchase"))

    def test_supplier_with_a_language_that_was_taken_away(self):
        """SW6: the mail to the supplier is written in a language that is there."""
        self._take_french_away(self.supplier)
        template = self.env.ref("supplier_webservice_order.mail_template_order_photos")
        self.assertEqual(template._render_lang(self.purchase.ids), {self.purchase.id: self.env.lang or "en_US"})
        values = template._generate_template(self.purchase.ids, ("subject", "body_html"))[self.purchase.id]
        self.assertIn(self.purchase.name, values["subject"])

    def test_activity_for_somebody_who_is_there(self):
        """SW+7: what a person has to look at is given to one who is there: buyer, sender, or a manager."""
        buyer = self._new_user("buyer", "supplier_webservice_order.group_supplier_webservice_order_user")
        purchases = [self._new_purchase() for _number in range(3)]
        for purchase in purchases:
            self._communicate(purchase)
            purchase.sudo().user_id = buyer
        nobody = self.env["res.users"]
        turns = ((nobody, buyer), (buyer, self.user), (self.user, self.manager))
        for self.purchase, (gone, expected) in zip(purchases, turns, strict=True):
            gone.sudo().active = False
            self._approve(price="185")
            self.assertEqual(self.purchase.sudo().activity_ids.user_id, expected)
