"""What a method decides is not proposed either: by a default of a call, or one that somebody keeps."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SupplierCase


@tagged("post_install", "-at_install")
class TestProposals(SupplierCase):
    """SEC-07: a guard that looks at the values sees no default; nothing comes through that way."""

    def _keep(self, user, model, name, value):
        """Let a user keep a default for himself, as everybody may."""
        self.env["ir.default"].with_user(user).set(model, name, value, user_id=True)

    def _new(self, **context):
        partner = self.env["res.partner"].create({"name": "Another Supplier"})
        values = {"name": "New", "partner_id": partner.id, "connector": "ubl", "company_id": self.company.id}
        connections = self.env["supplier.connection"].with_user(self.manager).with_context(**context)
        return connections.create(values)

    def test_a_connection_is_not_born_active(self):
        """SW1: it is activated by somebody who has tested it, whatever a call proposes."""
        self.assertEqual(self._new(default_state="active", default_last_test_ok=True).state, "inactive")
        self._keep(self.manager, "supplier.connection", "state", "active")
        self._keep(self.manager, "supplier.connection", "last_test_ok", True)
        made = self._new()
        self.assertEqual((made.state, made.last_test_ok), ("inactive", False))

    def test_nobody_lets_himself_into_the_own_network(self):
        """SEC-10: a default of one's own is no administrator's word."""
        self._keep(self.manager, "supplier.connection", "inner_network", True)
        self._keep(self.manager, "supplier.connection", "endpoint_url", "http://127.0.0.1/")
        with self.assertRaises(UserError):
            self._new()

    def test_no_telephone_of_a_contact_of_others(self):
        """PR5: the form of a connection tells nothing of a contact that its user may not read."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        private = self.env["res.partner"].create({"name": "Private", "phone": "+32 1", "company_id": company.id})
        connections = self.env["supplier.connection"].with_user(self.manager)
        with self.assertRaises(AccessError):
            connections.onchange({"partner_id": private.id}, ["partner_id"], {"supplier_phone": {}})

    def test_an_operation_before_its_connection(self):
        """SW+4: the form of an operation opens where it is not said yet of which connection it is."""
        shown = (
            self.env["supplier.mapping.operation"]
            .with_user(self.manager)
            .onchange({}, [], {"available_operations": {}, "preview_problems": {}})
        )
        self.assertFalse(shown["value"].get("available_operations"))

    def test_an_order_is_not_born_approved(self):
        """SW8: what a supplier has said comes from the supplier."""
        self._keep(self.user, "purchase.order", "receipt_held", True)
        orders = self.env["purchase.order"].with_user(self.user)
        order = orders.with_context(default_webservice_state="AP", default_supplier_order_ref="X").create(
            {"partner_id": self.supplier.id, "company_id": self.company.id}
        )
        self.assertEqual((order.webservice_state, order.supplier_order_ref, order.receipt_held), (False, False, False))

    def test_a_line_is_not_born_answered(self):
        """SW8: nor what it has said of a part."""
        purchase = self._new_purchase()
        self._keep(self.user, "purchase.order.line", "supplier_note", "agreed")
        lines = self.env["purchase.order.line"].with_user(self.user).with_context(default_supplier_qty=5)
        line = lines.create(
            {"order_id": purchase.id, "product_id": self.products[0].id, "product_qty": 1, "name": "Part"}
        )
        self.assertEqual((line.supplier_qty, line.supplier_note), (0, False))
