import base64
import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import SupplierCase

INNER = "http://127.0.0.1:8070/web"


@tagged("post_install", "-at_install")
class TestAccess(SupplierCase):
    """SW+4: where a connection may lead, and where its secrets are kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env,
            login="administrator",
            groups="base.group_system,supplier_webservice_order.group_supplier_webservice_order_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.as_manager = cls.connection.with_user(cls.manager)

    def test_computed_addresses_follow_and_are_not_written(self):
        """SEC-10: where a message goes is computed from what was checked, and is not written around that."""
        self.as_manager.address_ids = [Command.create({"kind": "stock", "url": "https://stock.example.com/"})]
        self.assertEqual(self.connection.address_urls, {"stock": "https://stock.example.com/"})
        self.as_manager.address_ids.url = "https://other.example.com/"
        self.assertEqual(dict(self.as_manager._get_endpoint().others)["stock"], "https://other.example.com/")
        for values in ({"address_urls": {"order": INNER}}, {"unit_codes": {"1": "XX"}}):
            with self.assertRaises(AccessError):
                self.as_manager.write(values)

    def test_manager_reaches_no_inner_host(self):
        """SEC-10: a manager's connection leads to no host of this machine or of a private network."""
        for url in (INNER, "http://localhost/", "http://169.254.169.254/", "https://10.0.0.7/soap", "http://[::1]/"):
            with self.subTest(url=url):
                with self.assertRaises(ValidationError), self.cr.savepoint():
                    self.as_manager.endpoint_url = url
                with self.assertRaises(ValidationError), self.cr.savepoint():
                    self.as_manager.address_ids = [Command.create({"kind": "stock", "url": url})]
                with self.assertRaises(ValidationError), self.cr.savepoint():
                    self.env["supplier.connection.address"].with_user(self.manager).create(
                        {"connection_id": self.connection.id, "kind": "stock", "url": url}
                    )
        self.as_manager.endpoint_url = "https://soap.example.com/"
        self.assertTrue(self.as_manager._get_endpoint().public_only)

    def test_manager_cannot_allow_it(self):
        """SEC-10: neither a value nor a default out of the context makes a manager an administrator."""
        with self.assertRaises(AccessError):
            self.as_manager.inner_network = True
        partner = self.env["res.partner"].create({"name": "Inner"})
        values = {"name": "x", "partner_id": partner.id, "company_id": self.company.id, "connector": "standard"}
        connections = self.env["supplier.connection"].with_user(self.manager)
        with self.assertRaises(AccessError):
            connections.create({**values, "inner_network": True})
        with self.assertRaises(ValidationError):
            connections.create({**values, "endpoint_url": INNER})
        proposed = connections.with_context(default_inner_network=True).create(values)
        self.assertFalse(proposed.sudo().inner_network)
        with self.assertRaises(ValidationError):
            proposed.endpoint_url = INNER

    def test_administrator_allows_it(self):
        """SEC-10: the address that an administrator enters is allowed, and no other one after it."""
        self.connection.with_user(self.admin).endpoint_url = INNER
        self.assertFalse(self.as_manager._get_endpoint().public_only)
        self.as_manager.write({"name": "Renamed", "endpoint_url": INNER})
        self.assertFalse(self.as_manager._get_endpoint().public_only, "the same address stays allowed")
        self.as_manager.endpoint_url = "https://supplier.example.com/"
        self.assertTrue(self.as_manager._get_endpoint().public_only)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.as_manager.endpoint_url = INNER

    def test_parameter_allows_it(self):
        """SEC-10: a host that an administrator listed in a system parameter is free for managers."""
        self.env["ir.config_parameter"].set_param("supplier_webservice_order.inner_hosts", "127.0.0.1, 10.1.0.0/16")
        self.as_manager.endpoint_url = INNER
        self.assertEqual(self.as_manager._get_endpoint().inner_hosts, ("127.0.0.1", "10.1.0.0/16"))
        self.as_manager.endpoint_url = "http://10.1.7.7/"
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.as_manager.endpoint_url = "http://10.2.0.1/"

    def test_manager_of_another_company(self):
        """SW+4: the role is one of a company: nobody tests, starts or stops the connection of another, nor maps it."""
        company = self.env["res.company"].create({"name": "Rival Garage"})
        rival = self._new_user("rival", "supplier_webservice_order.group_supplier_webservice_order_manager", company)
        self.connection._load_mapping("standard")
        operation = self.connection.mapping_ids[0]
        for records, names in (
            (
                self.connection,
                ("action_test", "action_activate", "action_suspend", "action_deactivate", "action_resume"),
            ),
            (operation, ("action_try", "action_read_schema")),
        ):
            for name in names:
                with self.subTest(name=name), self.assertRaises(AccessError), self.cr.savepoint():
                    getattr(self._as(rival, records), name)()
        self.assertEqual((self.connection.state, self.fake.calls), ("active", []))

    def test_password_outside_of_the_database(self):
        """SW+5: a password comes from the environment or from a file of secrets, and from nowhere else."""
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "hemo").write_text("from-file\n")
            variables = {"ODOO_SUPPLIER_PASSWORD_hemo": "from-environment", "ODOO_SUPPLIER_SECRETS": folder}
            with patch.dict(os.environ, variables):
                for source, expected in (("environment", "from-environment"), ("file", "from-file")):
                    self.as_manager.write({"auth_source": source, "auth_name": "hemo"})
                    self.assertEqual(self.as_manager._get_endpoint().password, expected)
                self.as_manager.auth_name = "nothing"
                self.assertEqual(self.as_manager._get_endpoint().password, "")
                with self.assertRaises(UserError), self.cr.savepoint():
                    self.as_manager.action_activate()
        for name in ("../etc/passwd", "/etc/passwd", "a b", "", "a/b"):
            with self.subTest(name=name), self.assertRaises(ValidationError), self.cr.savepoint():
                self.as_manager.auth_name = name

    def test_certificates_are_checked(self):
        """SW+5: what is no certificate is refused when it is uploaded, in words."""
        for name in ("ca_certificate", "client_certificate"):
            with self.subTest(name=name), self.assertRaises(ValidationError), self.cr.savepoint():
                self.as_manager[name] = base64.b64encode(b"no certificate")

    def test_users_see_no_secrets(self):
        """SW+4: who sends orders reads no credentials, certificates or addresses of the own network."""
        as_user = self.connection.with_user(self.user)
        for name in ("password", "auth_source", "client_certificate", "client_certificate_password", "inner_network"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                as_user.read([name])
        self.assertTrue(as_user._get_client().endpoint.password)
