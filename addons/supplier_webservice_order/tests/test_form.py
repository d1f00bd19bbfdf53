from lxml import etree
from odoo.tests import Form, new_test_user
from odoo.tools.safe_eval import safe_eval

from .common import SupplierCase


class TestForm(SupplierCase):
    """What the form of an order offers and says."""

    def test_each_state(self):
        """SW5 SW8 SW+7: buttons and notices follow from the state of the transfer, as one table says."""
        purchase = self._new_purchase()
        offers = ("can_communicate", "can_ask_supplier", "can_accept_answer")
        says = ("is_transfer_running", "is_transfer_failed", "is_answer_awaited", "is_kept_by_supplier")
        for state, severity, *expected in (
            (False, False, True, False, False, False, False, False, False),
            ("queued", "info", False, False, False, True, False, False, False),
            ("unknown", "warning", False, False, False, False, False, False, False),
            ("AB", "info", False, True, False, True, False, True, False),
            ("AP", "success", False, True, False, False, False, False, False),
            ("CA", "warning", False, True, False, False, False, False, False),
            ("RE", "danger", True, False, False, False, True, False, False),
            ("cancelled", "muted", True, False, False, False, False, False, False),
            ("failed", "danger", True, False, False, False, True, False, False),
        ):
            with self.subTest(state=state):
                purchase.sudo().webservice_state = state
                self.assertEqual(purchase.webservice_severity, severity)
                self.assertEqual([purchase[name] for name in (*offers, *says)], expected)
        self.assertEqual(len(purchase._fields["webservice_state"].selection), 8, "a new state needs its row here")

    def test_answer_that_leaves_something_open(self):
        """SW+7: what is missing is named, an unusable answer, too; a person may close both."""
        order_sudo = self._new_purchase().sudo()
        order_sudo.write({"webservice_state": "AB", "webservice_missing": "HM-1: price"})
        self.assertEqual((order_sudo.is_answer_awaited, order_sudo.is_answer_incomplete), (False, True))
        order_sudo.webservice_pending_code = "AP"
        self.assertTrue(order_sudo.can_accept_answer)
        order_sudo.write({"webservice_missing": False, "webservice_error": "no answer"})
        self.assertEqual((order_sudo.is_answer_awaited, order_sudo.is_answer_unusable), (False, True))

    def test_change_of_mind(self):
        """SW+7: a receipt that is held is released by accepting; a rejection cannot be accepted."""
        order_sudo = self._new_purchase().sudo()
        order_sudo.write({"webservice_state": "AP", "receipt_held": True})
        self.assertTrue(order_sudo.can_accept_answer)
        order_sudo.webservice_state = "RE"
        self.assertFalse(order_sudo.can_accept_answer)

    def test_cancelled_here_only(self):
        """SW+9: a cancelled order that the supplier still has says so."""
        order_sudo = self._new_purchase().sudo()
        order_sudo.webservice_state = "AP"
        order_sudo.button_cancel()
        self.assertEqual((order_sudo.is_kept_by_supplier, order_sudo.can_communicate), (True, False))

    def test_no_quotation_of_what_is_ordered(self):
        """SW8: nobody is offered to ask for a quotation of what the supplier has as an order."""
        root = etree.fromstring(self._new_purchase().get_view(view_type="form")["arch"])
        hidden = [
            button.get("invisible")
            for button in root.iterfind(".//header/button[@name='action_rfq_send']")
            if button.get("string") == "Send RFQ"
        ]
        self.assertEqual(len(hidden), 2)
        for told in ("queued", "unknown", "AB", "AP", "CA"):
            for state in ("draft", "sent"):
                values = {"state": state, "webservice_state": told}
                self.assertTrue(all(safe_eval(each, dict(values)) for each in hidden), values)
        for told in (False, "RE", "failed", "cancelled"):
            shown = [not safe_eval(each, {"state": "draft", "webservice_state": told}) for each in hidden]
            self.assertEqual(shown, [True, False], told)

    def test_accountant(self):
        """SW5: who reads orders to pay them opens one without reading connections."""
        purchase = self._new_purchase()
        accountant = new_test_user(self.env, "form-accountant", "account.group_account_invoice")
        self.assertEqual(Form(purchase.with_user(accountant)).webservice_state, purchase.webservice_state)
