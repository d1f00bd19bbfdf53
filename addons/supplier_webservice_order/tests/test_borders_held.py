"""What holds although another guard stands beside it: rights and companies, credits and connections."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SupplierCase

MANAGER = "supplier_webservice_order.group_supplier_webservice_order_manager"


@tagged("post_install", "-at_install")
class TestHeldByCompany(SupplierCase):
    """SW+1: nothing of a company is read by a manager of another one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.rival = cls._new_user("held-rival", MANAGER, company=cls.elsewhere)
        cls.both = cls._new_user("held-both", MANAGER)
        cls.both.company_ids += cls.elsewhere

    def _as(self, user, records, *companies):
        return records.with_user(user).with_context(allowed_company_ids=[each.id for each in companies])

    def test_records_of_a_company(self):
        """SW+1: neither found nor read, whatever number is asked for."""
        self._buy()
        purchase = self._new_purchase()
        purchase.action_communicate()
        line = purchase.order_line[0]
        values = {"connection_id": self.connection.id, "kind": "test", "operation": "Test"}
        operation = self.env["supplier.mapping.operation"].sudo().create(values)
        made = {
            "credit.block": {"name": "Own", "number": 5, "price": 4, "company_id": self.company.id},
            "purchase.line.delivery": {"line_id": line.id, "quantity": 1, "status": "confirmed"},
            "supplier.connection.address": {
                "connection_id": self.connection.id, "kind": "order", "url": "https://supplier.example.com/o"},
            "supplier.connection.charge": {
                "connection_id": self.connection.id, "word": "freight", "product_id": self.products[3].id},
            "supplier.connection.unit": {
                "connection_id": self.connection.id, "uom_id": self.ref("uom.product_uom_unit"), "code": "ST"},
            "supplier.mapping.element": {"operation_id": operation.id, "path": "note", "direction": "request"},
            "supplier.order.charge": {"purchase_id": purchase.id, "key": "freight", "name": "Freight"},
        }  # fmt: skip
        records = [self.connection, self.account, self.account.transaction_ids, purchase.exchange_ids, operation]
        records.append(self.env["purchase.photo.link"]._get_or_create(purchase))
        for model, values in made.items():
            records.append(self.env[model].sudo().create(values))
        self.env.flush_all()
        for record in records:
            with self.subTest(model=record._name):
                self.env.invalidate_all()
                theirs = self._as(self.rival, record, self.elsewhere)
                self.assertFalse(theirs.search([("id", "in", record.ids)]))
                with self.assertRaises(AccessError):
                    theirs.check_access("read")
                ours = self._as(self.both, record, self.company, self.elsewhere)
                self.assertEqual(ours.search([("id", "in", record.ids)]).ids, record.ids)

    def test_account_of_the_company(self):
        """SW11: each company has an account of its own."""
        accounts = self.env["credit.account"]
        for company in (self.elsewhere, self.company):
            self.assertEqual(accounts._get_for_company(company).company_id, company)

    def test_block_of_the_company(self):
        """SW10: the block that is proposed is one of this company, whatever other companies the person sees."""
        blocks = self.env["credit.block"].search([("company_id", "=", False)])
        theirs = blocks[:1].copy({"company_id": self.elsewhere.id, "name": "Theirs"})
        blocks.active = False
        windows = self._as(self.both, self.env["credit.purchase"], self.company, self.elsewhere)
        self.assertFalse(windows._default_block())
        own = theirs.copy({"company_id": self.company.id})
        self.assertEqual(windows._default_block(), own)

    def test_connection_of_the_company(self):
        """SW3: a connection to the same supplier that another company has is not ours."""
        connections = self.env["supplier.connection"]
        self.assertFalse(connections._get_for_supplier(self.supplier, self.elsewhere))
        self.assertEqual(connections._get_for_supplier(self.supplier, self.company), self.connection)

    def test_windows_of_others(self):
        """SW4 SW10: what somebody has open is nobody else's, not even where it has just been read."""
        file = self._new_file()
        window = self.env["supplier.order.wizard"].with_user(self.user)._create_for(file.with_user(self.user))
        window.line_ids[0].selected = True
        offers = self.env["supplier.order.wizard.offer"].with_user(self.user)
        offer = offers.create({"line_id": window.line_ids[0].id, "connection_id": self.connection.id})
        purchase = {"account_id": self.account.id, "mode": "correction", "credit": 5, "reason": "gift"}
        buying = self.env["credit.purchase"].with_user(self.manager).create(purchase)
        self.assertEqual((window.mapped("line_ids.selected")[0], buying.mapped("mode")), (True, ["correction"]))
        for record, action in ((window, "action_order"), (buying, "action_confirm")):
            with self.subTest(action=action), self.assertRaises(AccessError):
                getattr(self._as(self.both, record, self.company), action)()
        self.assertFalse(window.purchase_ids or self.account.transaction_ids)
        self.env.flush_all()
        for record in (window, window.line_ids, offer, buying):
            with self.subTest(model=record._name):
                self.assertFalse(self._as(self.both, record, self.company).search([("id", "in", record.ids)]))


@tagged("post_install", "-at_install")
class TestHeldCredits(SupplierCase):
    """SW10: what the window of credits refuses, and what a credit note takes back."""

    def _confirm(self, user=None, **values):
        window = self.env["credit.purchase"].with_user(user or self.manager)
        window.create({"account_id": self.account.id, "reason": "because", **values}).action_confirm()

    def test_corrections_go_both_ways(self):
        """SW10: a correction takes away as well; a bill is of one block at least."""
        self._confirm(mode="correction", credit=5)
        self._confirm(mode="correction", credit=-2)
        self.assertEqual(self.account.balance_units, 3_000)
        block = self.env.ref("supplier_webservice_order.credit_block_10").id
        for values in (
            {"mode": "correction", "credit": 0},
            {"mode": "entry", "block_id": block, "number": 0},
            {"mode": "entry", "credit": -1},
            {"mode": "bill", "block_id": block, "number": 0, "partner_id": self.supplier.id},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                self._confirm(**values)

    def test_users_buy_nothing(self):
        """SW10: a window that a manager left to a user is refused by name."""
        window = self.env["credit.purchase"].create({"account_id": self.account.id, "mode": "correction", "credit": 5})
        with self.assertRaisesRegex(AccessError, "Only a manager buys"):
            window.with_user(self.user).action_confirm()

    def _bill(self, credit):
        self.env["account.chart.template"].try_loading("generic_coa", company=self.company, install_demo=False)
        line = {"name": "Credits", "quantity": 1, "price_unit": 100.0, "tax_ids": False}
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "company_id": self.company.id, "partner_id": self.supplier.id,
             "invoice_date": fields.Date.today(), "invoice_line_ids": [Command.create(line)]}
        )  # fmt: skip
        bill.action_post()
        self.account._book(credit, "block", f"bill:{bill.id}", "test", bill_id=bill.id)
        return bill

    def _refund(self, bill, price):
        note = bill._reverse_moves([{"invoice_date": bill.invoice_date}])
        note.invoice_line_ids.price_unit = price
        note.action_post()

    def test_two_credit_notes(self):
        """SW10: together they take back what the bill has bought, however much else there is; nobody is troubled."""
        bill = self._bill(1_000)
        self._buy(50_000)
        activities, messages = self.account.activity_ids, self.account.message_ids
        self._refund(bill, 60.0)
        self._refund(bill, 100.0)
        self.assertEqual(self.account.balance_units, 50_000)
        refunds = self.account.transaction_ids.filtered(lambda row: row.kind == "refund")
        self.assertEqual(sorted(refunds.mapped("units")), [-600, -400])
        self.assertEqual((self.account.activity_ids, self.account.message_ids), (activities, messages))


@tagged("post_install", "-at_install")
class TestHeldConnections(SupplierCase):
    """SW+1: who takes a connection out of service, and what of it stays."""

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_who_suspends(self):
        """SW+1: users do not; a used connection keeps its company, and may have another name."""
        with self.assertRaises(AccessError):
            self.connection.with_user(self.user).action_suspend()
        self.assertEqual(self.connection.state, "active")
        self._buy()
        self._communicate(self._new_purchase())
        self.connection.with_user(self.manager).write({"name": "Renamed", "company_id": self.company.id})
        self.assertEqual(self.connection.name, "Renamed")
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaisesRegex(UserError, "Messages went over"):
            self.connection.company_id = elsewhere

    def test_suppliers_without_a_password(self):
        """SW+1: a supplier may ask for none; one that is kept elsewhere has to be there."""
        self.connection.password = False
        self.connection._check_password_found()
        self.connection.write({"auth_source": "environment", "auth_name": "HELD_NOWHERE"})
        with self.assertRaisesRegex(UserError, "HELD_NOWHERE"):
            self.connection._check_password_found()

    def test_settled_while_somebody_else_settles(self):
        """SW+1: a message that another request decides about is left to it."""
        self._buy()
        purchase = self._new_purchase()
        purchase.action_communicate()
        exchange = purchase.exchange_ids.sudo()
        exchange.state = "unknown"
        with patch.object(type(exchange), "try_lock_for_update", lambda rows, **_options: rows.browse()):
            exchange.with_user(self.manager).action_settle_ordered()
        self.assertEqual(exchange.state, "unknown")

    def test_who_waits_for_a_rest_to_end(self):
        """SW+8: told why it waits is what is not sent yet, where the connection rests."""
        self._buy()
        purchase, sent = self._new_purchase(), self._new_purchase()
        self._communicate(sent)
        purchase.action_communicate()
        exchanges = (purchase | sent).exchange_ids.sudo()
        exchanges._tell_pause()
        self.assertFalse(any(exchanges.mapped("error")))
        self.connection.sudo().date_pause_end = fields.Datetime.now() + timedelta(hours=1)
        self.env.invalidate_all()
        exchanges._tell_pause()
        self.assertEqual([bool(each.error) for each in (purchase.exchange_ids, sent.exchange_ids)], [True, False])
