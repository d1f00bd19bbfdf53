from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PASSWORD, SupplierCase


@tagged("post_install", "-at_install")
class TestActivation(SupplierCase):
    """SW1: a connection is inactive until it was requested and activated."""

    def setUp(self):
        super().setUp()
        self.other = self.env["res.partner"].create(
            {"name": "Glass & Co", "phone": "+32 2 555 12 12", "email": "help@glass.example.com"}
        )
        self.new = (
            self.env["supplier.connection"]
            .with_user(self.manager)
            .create(
                {"name": "Glass", "partner_id": self.other.id, "company_id": self.company.id, "connector": "standard"}
            )
        )

    def test_both_data_are_needed(self):
        """SW1: the refusal names what is missing, and the supplier's phone and e-mail."""
        self.assertEqual(self.new.state, "inactive")
        with self.assertRaises(UserError) as refused:
            self.new.action_request_activation()
        for text in ("Customer Number", "Contact E-mail", self.other.phone, self.other.email):
            self.assertIn(text, str(refused.exception))
        self.new.customer_number = "G-1"
        with self.assertRaises(UserError):
            self.new.action_request_activation()
        self.assertEqual(self.new.state, "inactive")

    def test_request_goes_to_support(self):
        """SW1: one e-mail to support with both data; the state says so."""
        self.new.write({"customer_number": " G-1 ", "contact_email": "Parts@Garage.Example.com"})
        self.new.action_request_activation()
        self.assertEqual(self.new.state, "requested")
        mail = self.env["mail.mail"].sudo().search([("model", "=", self.new._name), ("res_id", "=", self.new.id)])
        self.assertEqual(len(mail), 1)
        self.assertTrue(mail.is_owed, "sent until it arrives (OS+5)")
        self.assertIn("support@example.com", mail.email_to or mail.recipient_ids.email)
        self.assertIn("G-1", mail.body_html)
        self.assertIn("parts@garage.example.com", mail.body_html)
        with self.assertRaises(UserError):
            self.new.action_request_activation()

    def test_phone_and_mail_are_checked(self):
        """SW1: phone numbers are formatted with phonenumbers, e-mail addresses validated."""
        self.new.contact_phone = "014 28 52 00"
        self.assertEqual(self.new.contact_phone, "+32 14 28 52 00")
        with self.assertRaises(UserError):
            self.new.contact_phone = "12"
        with self.assertRaises(ValidationError):
            self.new.contact_email = "nobody"

    def test_states(self):
        """SW1: activate, suspend, activate again; only a manager does."""
        self.new.write({"customer_number": "G-1", "contact_email": "a@b.example.com"})
        with self.assertRaises(UserError):
            self.new.action_activate()
        self.new.endpoint_url = "https://glass.example.com/ws"
        self.new.action_activate()
        self.assertEqual(self.new.state, "active")
        self.new.action_suspend()
        self.assertEqual(self.new.state, "suspended")
        with self.assertRaises(AccessError):
            self.new.with_user(self.user).action_activate()
        with self.assertRaisesRegex(AccessError, "Only a manager"):
            self.new.with_user(self.user).action_request_activation()

    def test_orders_need_an_active_connection(self):
        """SW1: nothing goes over a connection that is not active."""
        self._buy()
        self.connection.action_suspend()
        with self.assertRaises(UserError):
            self._new_purchase().action_communicate()
        self.assertFalse(self.fake.calls)

    def test_addresses(self):
        """SW+4: an address is http or https and carries no password."""
        for url in ("ftp://x.example.com", "file:///etc/passwd", "https://", "https://me:word@x.example.com/"):
            with self.subTest(url=url), self.assertRaises(ValidationError):
                self.new.endpoint_url = url

    def test_credentials_are_for_managers(self):
        """SW1: users send with credentials that they cannot read, search or write."""
        as_user = self.connection.with_user(self.user)
        self.assertTrue(as_user.read(["name"]))
        for name in ("username", "password", "wsdl_file"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                as_user.read([name])
        with self.assertRaises(AccessError):
            as_user.search([("password", "=like", "v%")])
        with self.assertRaises(AccessError):
            as_user.write({"endpoint_url": "https://attacker.example.com"})
        self.assertEqual(self.connection.with_user(self.manager).password, PASSWORD)

    @mute_logger("odoo.sql_db")
    def test_own_wsdl_is_checked(self):
        """SW+4: another WSDL is parsed when it is uploaded; one that fetches things is refused."""
        import base64

        for text in ("<html/>", "no xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                self.new.wsdl_file = base64.b64encode(text.encode())
