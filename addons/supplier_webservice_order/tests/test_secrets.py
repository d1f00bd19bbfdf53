import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import PASSWORD, SupplierCase
from .test_mapping import wsdl_zip

REFUSALS = (AccessError, UserError, ValidationError, ValueError, KeyError, NotImplementedError)
GROUP = "supplier_webservice_order.group_supplier_webservice_order_"
#: who sends orders or only sees them, and nobody who sets up connections
ROLES = {
    "portal": "base.group_portal",
    "employee": "base.group_user",
    "seller": "base.group_user,sales_team.group_sale_manager",
    "buyer": "base.group_user,purchase.group_purchase_manager",
    "accountant": "base.group_user,account.group_account_manager",
    "orders": f"base.group_user,{GROUP}user",
}
SECRETS = ("username", "password", "auth_name", "client_certificate_password", "ca_certificate", "wsdl_file")


@tagged("post_install", "-at_install")
class TestSecrets(SupplierCase):
    """SW+4: passwords, certificates and what goes with them are reached through no door by anybody below a manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection.write({"connector": "mapped", "wsdl_file": wsdl_zip()})
        # what is checked when it is entered is written past that: only that nobody reads it matters here
        cls.env.cr.execute(
            "UPDATE supplier_connection SET username = %s, auth_name = %s, client_certificate_password = %s,"
            " ca_certificate = %s WHERE id = %s",
            ["user-of-ours", "name-of-ours", "word-of-ours", b"c2VjcmV0", cls.connection.id],
        )
        cls.connection.invalidate_recordset()
        cls.people = {
            name: new_test_user(
                cls.env,
                login=f"secret-{name}",
                groups=groups,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for name, groups in ROLES.items()
        }

    def _values(self, name):
        # a file is read as its size, its contents only without that
        value = self.connection.with_context(bin_size=False)[name]
        return [value.decode() if isinstance(value, bytes) else value]

    def _doors(self, model, name, condition):
        """Yield what somebody may try over RPC to read a field, or to guess it by what is found."""
        own = [("id", "=", self.connection.id)]
        yield "read", lambda: self.connection.with_env(model.env).read([name])
        yield "web_read", lambda: self.connection.with_env(model.env).web_read({name: {}})
        yield "search_read", lambda: model.search_read(own, [name])
        yield "web_search_read", lambda: model.web_search_read(own, {name: {}})
        yield "export", lambda: self.connection.with_env(model.env).export_data([name])
        yield "export by path", lambda: model.env["purchase.order"].search([]).export_data([f"connection_id/{name}"])
        yield "group", lambda: model.formatted_read_group(own, [name], ["__count"])
        yield "aggregate", lambda: model.formatted_read_group(own, [], [f"{name}:array_agg"])
        yield "web group", lambda: model.web_read_group(own, [name], ["__count"])
        yield "copy", lambda: self.connection.with_env(model.env).copy_data()
        yield "names", lambda: model.name_search("", [condition])
        yield "onchange", lambda: self.connection.with_env(model.env).onchange({}, [], {name: {}})
        yield "default", lambda: model.with_context(**{f"default_{name}": "x"}).default_get([name])
        yield (
            "nested",
            lambda: model.env["supplier.exchange"].web_search_read([], {"connection_id": {"fields": {name: {}}}}),
        )

    def _oracles(self, model, name):
        """Yield what tells by its result whether a guess is right: the question with it, and with a wrong one."""
        [value] = self._values(name)
        exchanges, orders = model.env["supplier.exchange"], model.env["purchase.order"]
        for operator, right, wrong in (("=like", f"{value[:4]}%", "zz-wrong%"), ("in", [value], ["zz-wrong"])):
            for door, search, before in (
                ("search", model.search, ""),
                ("count", model.search_count, ""),
                ("path", exchanges.search, "connection_id."),
                ("path of orders", orders.search, "exchange_ids.connection_id."),
            ):
                conditions = [[(f"{before}{name}", operator, guess)] for guess in (right, wrong)]
                yield f"{door} {operator}", *(lambda s=search, c=each: s(c) for each in conditions)

    def _orders(self, model, name):
        """Yield what shows the order of the values."""
        yield "sorted", lambda: model.search([], order=f"{name} desc")
        yield "sorted by path", lambda: model.env["supplier.exchange"].search([], order=f"connection_id.{name}")

    @mute_logger("odoo.models", "odoo.domains", "odoo.addons.base.models.ir_rule")
    def test_doors(self):
        """SW+4: read, search as an oracle, groups, exports, copies, windows and paths show no secret to any role."""
        self._buy()
        self._communicate(self._new_plain_purchase())
        self.connection.write({"connector": "mapped", "wsdl_file": wsdl_zip()})
        for role, user in self.people.items():
            model = self.env["supplier.connection"].with_user(user)
            for name in SECRETS:
                for door, enter in self._doors(model, name, (name, "!=", False)):
                    with self.subTest(role=role, name=name, door=door), self.cr.savepoint():
                        try:
                            shown = repr(enter())
                        except REFUSALS:
                            continue
                        for value in self._values(name):
                            self.assertNotIn(value[:40], shown)
                for oracle, ask, ask_wrong in self._oracles(model, name):
                    with self.subTest(role=role, name=name, oracle=oracle), self.cr.savepoint():
                        try:
                            found = ask()
                        except REFUSALS:
                            continue
                        # of a file Odoo says whether there is one, and nothing of what is in it
                        self.assertEqual((found, name), (ask_wrong(), "wsdl_file"))
                for door, enter in self._orders(model, name):
                    with self.subTest(role=role, name=name, door=door), self.cr.savepoint():
                        try:
                            enter()
                        except REFUSALS:
                            continue
                        self.fail("the values were compared")

    def _new_plain_purchase(self):
        # what the tests' connector is called is no selection's label
        self.connection.with_context(mail_notrack=True).write({"connector": "standard", "wsdl_file": False})
        return self._new_purchase()

    def test_file_behind_the_field(self):
        """SW+4: the attachment that holds an uploaded WSDL is no other door to it."""
        attachment = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "supplier.connection"),
                ("res_field", "=", "wsdl_file"),
                ("res_id", "=", self.connection.id),
            ]
        )
        self.assertTrue(attachment)
        for role, user in self.people.items():
            with self.subTest(role=role), self.assertRaises(AccessError):
                attachment.with_user(user).read(["datas", "raw"])

    def test_nothing_of_it_is_kept_elsewhere(self):
        """SW+4: in all that is kept of an order that was sent with the password, it does not stand."""
        self._buy()
        purchase = self._new_plain_purchase()
        exchange = self._communicate(purchase)
        packed = base64.b64encode(f"user-of-ours:{PASSWORD}".encode()).decode()
        texts = [
            *(exchange.sudo()[name] or "" for name in ("payload", "request_text", "response_text", "error_detail")),
            *self.env["mail.message"]
            .search([("model", "in", ("purchase.order", "supplier.connection"))])
            .mapped("body"),
            *self.env["mail.tracking.value"]
            .search([])
            .mapped(lambda row: f"{row.old_value_char} {row.new_value_char}"),
        ]
        self.connection.password = "another-secret-word"
        texts += self.connection.message_ids.mapped("body")
        for text in texts:
            for secret in (PASSWORD, packed, "another-secret-word"):
                self.assertNotIn(secret, str(text))

    def test_messages_before_they_left(self):
        """SW+4: what is on its way, and who has taken it, is nobody's but the system's."""
        self._buy()
        exchange = self._communicate(self._new_plain_purchase())
        for role, user in {**self.people, "manager": self.manager}.items():
            for name in ("payload", "attempt_token", "slot", "date_lease_end"):
                with self.subTest(role=role, name=name), self.assertRaises(AccessError):
                    exchange.with_user(user).read([name])
                with self.subTest(role=role, name=name), self.assertRaises(AccessError):
                    exchange.with_user(user).search([(name, "!=", False)])

    def test_credits_are_the_companys(self):
        """SW+4 SW10: a company's credits are seen by its own people who order, and in no sum of others."""
        self._buy()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._new_user("stranger", f"{GROUP}manager", company=other)
        for model in ("credit.account", "credit.transaction"):
            rows = self.env[model].search([])
            self.assertTrue(rows)
            for user in (stranger, *(self.people[name] for name in ("portal", "employee", "seller", "buyer"))):
                records = self.env[model].with_user(user)
                with self.subTest(model=model, user=user.login):
                    try:
                        found = records.search([("company_id", "=", self.company.id)])
                        total = records.formatted_read_group([("company_id", "=", self.company.id)], [], ["__count"])
                    except AccessError:
                        continue
                    self.assertFalse(found)
                    self.assertEqual([row["__count"] for row in total], [0])
