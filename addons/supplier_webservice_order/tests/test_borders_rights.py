"""Rights that an administrator narrows: who may read a record, and may not change it, changes nothing around it."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SupplierCase

USER = "supplier_webservice_order.group_supplier_webservice_order_user"
MANAGER = "supplier_webservice_order.group_supplier_webservice_order_manager"


class ReadersCase(SupplierCase):
    """Base class: people see what is not theirs to change."""

    def setUp(self):
        super().setUp()
        self._buy()
        self.enterContext(mute_logger("odoo.addons.base.models.ir_rule"))

    def _narrow(self, model, domain):
        """Let people change only some records of a model, as a record rule of the administrator's does."""
        rights = dict.fromkeys(("perm_read", "perm_create", "perm_unlink"), False)
        values = {"name": "Narrowed", "model_id": self.env["ir.model"]._get_id(model), "domain_force": domain}
        self.env["ir.rule"].sudo().create({**values, **rights})


@tagged("post_install", "-at_install")
class TestReadersOfOrders(ReadersCase):
    """SW+2 SW+7 SW+9: buttons that go on as the system ask first whether the person may change the order."""

    def setUp(self):
        super().setUp()
        self.purchase = self._new_purchase()
        self._communicate(self.purchase)
        self._narrow("purchase.order", "[('user_id', '=', user.id)]")
        self.colleague = self._new_user("orders-reader", USER)

    def _refused(self, records, *names):
        for name in names:
            with self.subTest(name=name), self.assertRaises(AccessError), self.cr.savepoint():
                getattr(records.with_user(self.colleague), name)()

    def test_rest(self):
        """SW+9: what the supplier does not know of stays in the order of a colleague; its owner may take it out."""
        lines = self.purchase.order_line.sudo()
        lines[1].product_qty = 3
        self._refused(self.purchase, "action_order_rest")
        self.assertEqual(lines.mapped("product_qty"), [2, 3])
        self.assertEqual(self.env["purchase.order"].search_count([("origin", "=", self.purchase.name)]), 0)
        self.purchase.action_order_rest()
        self.assertEqual(lines.exists().mapped("product_qty"), [2, 2])

    def test_substitute(self):
        """SW+2: the substitute of a colleague's line."""
        line = self.purchase.order_line[0]
        line.sudo().substitute_number = "PN-D"
        self._refused(line, "action_take_substitute")
        self.assertEqual(line.product_id, self.products[0])

    def test_charges(self):
        """SW+7: what the supplier added to a colleague's order, whoever may write the proposal itself."""
        values = {"purchase_id": self.purchase.id, "key": "k", "name": "Freight", "product_id": self.products[3].id}
        charge = self.env["supplier.order.charge"].sudo().create({**values, "quantity": 1, "price": 5})
        self._refused(charge, "action_accept", "action_decline")
        self.assertEqual((charge.state, len(self.purchase.order_line)), ("proposed", 2))
        charge.with_user(self.user).action_accept()
        self.assertEqual((charge.state, len(self.purchase.order_line)), ("accepted", 3))

    def test_charges_for_accountants(self):
        """SW+7: who writes bills may change orders, and only reads what is proposed."""
        values = {"purchase_id": self.purchase.id, "key": "k", "name": "Freight", "product_id": self.products[3].id}
        charge = self.env["supplier.order.charge"].sudo().create({**values, "quantity": 1, "price": 5})
        self.colleague = self._new_user("orders-biller", "account.group_account_invoice")
        self.purchase.sudo().user_id = self.colleague
        self.purchase.with_user(self.colleague).check_access("write")
        self._refused(charge, "action_accept", "action_decline")
        self.assertEqual((charge.state, len(self.purchase.order_line)), ("proposed", 2))


@tagged("post_install", "-at_install")
class TestReadersOfSettings(ReadersCase):
    """SW+5 SW10: what a manager sees and may not change."""

    def test_mapped_operations(self):
        """SW+5: of an operation that is not theirs to change managers send no test call."""
        self.connection._load_mapping("standard")
        operation = self.connection.mapping_ids.filtered(lambda each: each.kind == "status").with_user(self.manager)
        self._narrow("supplier.mapping.operation", "[(0, '=', 1)]")
        for name in ("action_try", "action_read_schema"):
            with self.subTest(name=name), self.assertRaises(AccessError), self._worker():
                getattr(operation, name)()
        self.assertFalse(self.fake.calls)

    def test_account_of_a_company_that_was_left(self):
        """SW10: a window that was open while its manager lost the company buys nothing for it."""
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.sudo().company_ids += elsewhere
        account = self.env["credit.account"]._get_for_company(elsewhere)
        values = {"account_id": account.id, "mode": "correction", "credit": 5, "reason": "gift"}
        window = self._as(self.manager, self.env["credit.purchase"])
        window = window.with_context(allowed_company_ids=(self.company | elsewhere).ids).create(values)
        self.env.flush_all()
        self.manager.sudo().company_ids -= elsewhere
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self._as(self.manager, window).action_confirm()
        self.assertFalse(account.transaction_ids)

    def test_window_of_another_manager(self):
        """SW10: a window is confirmed by who opened it, even where all of it was read already."""
        other = self._new_user("credits-other", MANAGER)
        values = {"account_id": self.account.id, "mode": "correction", "credit": 5, "reason": "gift"}
        window = self.env["credit.purchase"].with_user(self.manager).create(values)
        booked = len(self.account.transaction_ids)
        self.env.flush_all()
        window.read()
        with self.assertRaises(AccessError):
            window.with_user(other).action_confirm()
        self.assertEqual(len(self.account.transaction_ids), booked)

    def test_bill_of_nothing(self):
        """SW10: a bill without a seller, without a block, or of none of it is refused by its own sentence."""
        block = self.env.ref("supplier_webservice_order.credit_block_10").id
        whole = {"mode": "bill", "block_id": block, "number": 1, "partner_id": self.supplier.id}
        for name in ("block_id", "partner_id", "number"):
            window = self.env["credit.purchase"].with_user(self.manager)
            with self.subTest(name=name), self.assertRaisesRegex(UserError, "A bill needs"):
                window.create({**whole, name: False, "account_id": self.account.id}).action_confirm()
