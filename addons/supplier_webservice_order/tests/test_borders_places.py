"""Connections, their addresses and mappings: what is refused, and what stays as it was."""

import base64
from unittest.mock import patch

import psycopg2
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import supplier_connection_access
from ..stock_glue.receipts import _patch_moves
from ..utils import in_own_transaction
from .common import SupplierCase
from .test_mapping import wsdl_zip

MANAGER = "supplier_webservice_order.group_supplier_webservice_order_manager"
USER = "supplier_webservice_order.group_supplier_webservice_order_user"


@tagged("post_install", "-at_install")
class TestConnectionBorders(SupplierCase):
    """SW1 SW+4 SW+5: a connection that is used, and its neighbour that is not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["supplier.connection"].create(
            {
                "name": "Unused",
                "partner_id": cls.env["res.partner"].create({"name": "Unused Ltd"}).id,
                "company_id": cls.company.id,
                "connector": "standard",
            }
        )

    def _send_order(self):
        self._buy()
        return self._communicate(self._new_purchase())

    def test_nothing_is_filled_in_yet(self):
        """SW1: address and e-mail can be taken out again."""
        self.connection.write({"endpoint_url": False, "contact_email": False})
        self.assertFalse(self.connection.endpoint_url or self.connection.contact_email)

    def test_secrets_in_addresses(self):
        """SW+4: neither user nor password stands in an address, one alone neither, in none of the addresses."""
        for url in (
            "https://me@a.example.com/",
            "https://:secret@a.example.com/",
            "ftp://a.example.com/",
            "https:///x",
        ):
            with self.subTest(url=url):
                with self.assertRaises(ValidationError), self.cr.savepoint():
                    self.connection.endpoint_url = url
                with self.assertRaises(ValidationError), self.cr.savepoint():
                    self.connection.address_ids = [Command.create({"kind": "stock", "url": url})]

    def test_states(self):
        """SW1: what is not in service is not suspended, neither by its button nor by archiving it."""
        self.other.action_suspend()
        self.assertEqual(self.other.state, "inactive")
        (self.connection | self.other).write({"active": False})
        self.assertEqual((self.connection.state, self.other.state), ("suspended", "inactive"))

    def test_requests_go_somewhere(self):
        """SW1: a connection is requested once there is somebody to ask."""
        self.other.write({"customer_number": "U-1", "contact_email": "u@example.com"})
        self.company.supplier_support_email = False
        with self.assertRaisesRegex(UserError, "support e-mail"):
            self.other.action_request_activation()
        self.assertEqual(self.other.state, "inactive")

    def test_used_connections_stay(self):
        """SW+4: a connection that messages went over stays that company's and supplier's; an unused one may go."""
        exchange = self._send_order()
        partner = self.env["res.partner"].create({"name": "Moved Ltd"})
        self.other.partner_id = partner
        self.assertEqual(self.other.partner_id, partner)
        with self.assertRaises(UserError):
            self.connection.partner_id = partner
        with self.assertRaisesRegex(UserError, "Archive it"):
            self.connection.unlink()
        for connection, found in ((self.connection, exchange), (self.other, exchange.browse())):
            purchases = self.env["purchase.order"].search(connection.action_view_purchases()["domain"])
            self.assertEqual(exchange.search(connection.action_view_exchanges()["domain"]), found)
            self.assertEqual(purchases, found.purchase_id)
        self.other.unlink()
        self.assertFalse(self.other.exists())

    def test_large_certificates(self):
        """SW+5: a file of exactly the size that is allowed is looked at, a larger one is not."""
        for limit, words in ((5, "too large"), (6, "certificate")):
            with (
                self.subTest(limit=limit),
                patch.object(supplier_connection_access, "MAX_CERTIFICATE_BYTES", limit),
                self.assertRaisesRegex(ValidationError, words) as refused,
            ):
                self.connection.ca_certificate = base64.b64encode(b"nobody")
            self.assertEqual("too large" in str(refused.exception), limit == 5)

    def test_password_that_the_server_holds(self):
        """SW+4: with the password in its place the connection goes into service; without it, it does not."""
        self.connection.action_deactivate()
        self.connection.write({"auth_source": "environment", "auth_name": "GARAGE"})
        with self.assertRaisesRegex(UserError, "does not hold"):
            self.connection.action_activate()
        name = f"{supplier_connection_access.ENVIRONMENT_PREFIX}GARAGE"
        with patch.dict("os.environ", {name: "word"}):
            self.connection.action_activate()
        self.assertEqual(self.connection.state, "active")

    def test_unit_codes_of_others(self):
        """SW5: a manager of another company sees no unit codes of this one."""
        unit = {"uom_id": self.env.ref("uom.product_uom_unit").id, "code": "PCE"}
        self.connection.unit_ids = [Command.create(unit)]
        rival = self._new_user("unit-rival", MANAGER, company=self.env["res.company"].create({"name": "Elsewhere"}))
        units = self.env["supplier.connection.unit"]
        self.assertTrue(units.with_user(self.manager).search([("connection_id", "=", self.connection.id)]))
        self.assertFalse(self._as(rival, units).search([]))


@tagged("post_install", "-at_install")
class TestMessageBorders(SupplierCase):
    """SW+1: one message and the next one, and who may do something with them."""

    def setUp(self):
        super().setUp()
        self._buy()
        self.first, self.second = self._new_purchase(), self._new_purchase(self.products[2])
        (self.first | self.second).with_user(self.user).action_communicate()
        self.exchanges = self.first.exchange_ids | self.second.exchange_ids

    def test_who_sends(self):
        """SW+1: neither a person without the role, nor one of another company, sends a message or settles it."""
        one = self.first.exchange_ids
        buyer = self._new_user("message-buyer", "purchase.group_purchase_user")
        rival = self._new_user("message-rival", MANAGER, company=self.env["res.company"].create({"name": "Elsewhere"}))
        for action in ("action_retry", "process_now"):
            with self.subTest(action=action), self._worker():
                with self.assertRaisesRegex(AccessError, "not allowed to send"):
                    getattr(one.with_user(buyer), action)()
                with self.assertRaises(AccessError):
                    getattr(self._as(rival, one), action)()
        one.sudo().state = "unknown"
        with self.assertRaises(AccessError):
            self._as(rival, one).action_settle_ordered()
        self.assertEqual((one.state, self.fake.calls), ("unknown", []))

    def test_outcome_that_cannot_be_written(self):
        """SW+1: of two messages under way the one that is meant is put into doubt, and none that is done."""
        one, other = self.exchanges
        exchanges = self.env["supplier.exchange"].sudo()
        with self._worker():
            claim = exchanges._take(one.ids)
        self.env.invalidate_all()
        other.sudo().write({"state": "sending", "attempt_token": claim.token})
        exchanges._park(claim, "x")
        self.assertEqual((one.state, other.state), ("unknown", "sending"))
        one.sudo().write({"state": "done", "attempt_token": claim.token})
        exchanges._park(claim, "x")
        self.assertEqual(one.state, "done")

    def test_rejected_later(self):
        """SW9: what the order cost is booked back; what was corrected by hand stays."""
        one = self.first.exchange_ids
        with self._worker():
            one.with_user(self.user).process_now()
        self.env.invalidate_all()
        self.account._book(-7, "correction", "by hand", "by hand", exchange_id=one.id)
        before = self.account.available_units
        one.sudo()._reject("no")
        self.assertEqual(self.account.available_units - before, 100)

    def test_withdrawn_while_it_is_taken(self):
        """SW+1: a message that a worker is just taking is not withdrawn."""
        one = self.first.exchange_ids.sudo()
        with (
            patch.object(type(one), "try_lock_for_update", lambda rows, **_values: rows.browse()),
            self.assertRaisesRegex(UserError, "on its way"),
        ):
            one._cancel()
        self.assertEqual(one.state, "queued")

    def test_messages_that_wait(self):
        """PR3: only what waits to be sent is counted, and how long it has."""
        self.first.exchange_ids.sudo().state = "done"
        checks = {check.code: check for check in self.env["health.monitor"].sudo()._get_checks()}
        waiting = self.env["supplier.exchange"].sudo().search_count([("state", "=", "queued")])
        self.assertEqual(checks["supplier_messages_waiting"].value, waiting)

    def test_conflicts_without_an_end(self):
        """SW+8: what is written after a call is tried again, and in the end said, not lost."""
        tries = []

        def conflict(_env):
            tries.append(1)
            raise psycopg2.errors.SerializationFailure

        with self._worker(), self.assertRaises(psycopg2.errors.SerializationFailure):
            in_own_transaction(self.env, conflict, attempts=3)
        self.assertEqual(len(tries), 3)

    def test_receipts_that_are_held(self):
        """SW+9: goods of an order whose answer wants a look are not received; those of its neighbour are."""

        class Moves:
            env = self.env

            def sudo(self):
                return self

            def _action_done(self):
                return "received"

        class Patched(Moves):
            pass

        _patch_moves(Patched)
        moves = Patched()
        moves.purchase_line_id = (self.first | self.second).sudo().order_line
        self.assertEqual(moves._action_done(), "received")
        self.second.sudo().receipt_held = True
        with self.assertRaisesRegex(UserError, self.second.name) as refused:
            moves._action_done()
        self.assertNotIn(self.first.name, str(refused.exception))


@tagged("post_install", "-at_install")
class TestMappingBorders(SupplierCase):
    """SW+5: what a mapping cannot be."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection.write({"connector": "mapped", "wsdl_file": wsdl_zip()})
        cls.operation = (
            cls.env["supplier.mapping.operation"]
            .with_user(cls.manager)
            .create({"connection_id": cls.connection.id, "kind": "order", "operation": "PlaceOrder"})
        )
        cls.elements = {element.path: element for element in cls.operation.request_ids}

    def test_one_element_per_part(self):
        """SW+5: one element stands once per part, and it is one that may stand several times."""
        repeated = self.elements["line"]
        with self.assertRaisesRegex(ValidationError, "several times"), self.cr.savepoint():
            self.elements["note"].is_lines = True
        repeated.is_lines = True
        with self.assertRaisesRegex(ValidationError, "Only one"), self.cr.savepoint():
            (self.operation.request_ids - repeated).filtered("repeats")[:1].is_lines = True
            self.elements["note"].write({"repeats": True, "is_lines": True})

    def test_formats_and_tables(self):
        """SW+5: a format may be left out; a line of a table names both values."""
        element = self.elements["note"]
        element.date_format = "%d.%m.%Y"
        element.date_format = False
        for line in ("= theirs", " =x", "ours"):
            with self.subTest(line=line), self.assertRaises(ValidationError), self.cr.savepoint():
                element.table_text = line
        element.table_text = "ours ="
        self.assertEqual(element._get_table(), (("ours", ""),))

    def test_elements_that_were_given(self):
        """SW+5: an operation that comes with its elements keeps them as they are."""
        element = {"path": "customerNumber", "direction": "request", "constant": "own"}
        created = self.operation.create(
            {
                "connection_id": self.connection.id,
                "kind": "test",
                "operation": "Test",
                "request_ids": [Command.create(element)],
            }
        )
        self.assertEqual(created.request_ids.mapped("constant"), ["own"])

    def test_who_maps(self):
        """SW+5: a test call and a new reading are the manager's."""
        for action in ("action_read_schema", "action_try"):
            with self.subTest(action=action), self.assertRaisesRegex(AccessError, "Only a manager"):
                getattr(self.operation.with_user(self.user), action)()

    @mute_logger("odoo.addons.supplier_webservice_order.models.supplier_mapping_operation")
    def test_preview_without_notes(self):
        """SW+5: a note between the parts of an order is none of them."""
        purchase = self._new_purchase()
        purchase.order_line = [
            Command.create({"display_type": "line_note", "name": "Mind the paint", "product_qty": 0})
        ]
        self.operation.preview_purchase_id = purchase
        with patch.object(type(purchase), "_prepare_supplier_order", lambda _order, _id, lines: lines):
            connector = type("Connector", (), {"order_message": lambda _self, _account, lines: lines})()
            [lines] = self.operation._write_preview(connector)
        self.assertEqual(lines, purchase.order_line.filtered("product_id"))
