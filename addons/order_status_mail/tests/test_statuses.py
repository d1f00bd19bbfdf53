from odoo.fields import Command
from odoo.tests import tagged

from .common import StatusMailCommon


@tagged("post_install", "-at_install")
class TestStatuses(StatusMailCommon):
    """Status changes: confirmed, cancelled, paid, invoiced."""

    def test_a_confirmed_order_is_told_once(self):
        """OS1, OS2: the customer gets one mail saying that the order is confirmed, and no second one."""
        order = self._create_order(self.lamp)
        self.run_action()
        [event] = self.events(order, "status")
        self.assertEqual((event.old_value, event.new_value), ("draft", "sale"))
        self.assertEqual(len(self.mails(order)), 1)
        order.write({"note": "nothing the customer is told"})
        self.run_action()
        self.assertEqual(len(self.mails(order)), 1)

    def test_invoiced_means_posted(self):
        """OS2: a draft invoice is not told; posting it is, with its number."""
        order = self._create_told_order(self.lamp)
        invoice = order._create_invoices()
        self.run_action()
        self.assertEqual(len(self.mails(order)), 1)
        invoice.action_post()
        self.run_action()
        event = self.events(order, "status")[-1]
        self.assertEqual((event.topic, event.new_value, event.invoice_id), ("invoice", invoice.name, invoice))
        self.assertEqual(len(self.mails(order)), 2)

    def test_a_cancelled_order_is_told(self):
        """OS2: cancelling is a status too."""
        order = self._create_told_order(self.lamp)
        order._action_cancel()
        self.run_action()
        self.assertEqual(self.events(order, "status")[-1].new_value, "cancel")
        self.assertIn("Your order is cancelled", self.mails(order)[-1].body_html)

    def test_an_online_payment_is_told(self):
        """OS2: paid is a status too; a payment that is only announced is not."""
        order = self._create_told_order(self.lamp)
        provider = self.env.ref("payment.payment_provider_transfer")
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref("payment_custom.payment_method_wire_transfer").id,
                "reference": order.name,
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        transaction._set_pending()
        self.run_action()
        self.assertFalse(self.events(order).filtered(lambda event: event.topic == "payment"))
        transaction._set_done()
        self.run_action()
        event = self.events(order).filtered(lambda event: event.topic == "payment")
        self.assertEqual((event.old_value, event.new_value), ("no", "paid"))

    def test_a_paid_invoice_is_told(self):
        """OS2: an order whose invoices are paid is paid."""
        order = self._create_told_order(self.lamp)
        invoice = order._create_invoices()
        invoice.action_post()
        self.run_action()
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids).create(
            {}
        )._create_payments()
        self.run_action()
        event = self.events(order).filtered(lambda event: event.topic == "payment")
        self.assertEqual(event.new_value, "paid")
        return order, invoice

    def test_less_is_paid_than_before(self):
        """OS2: a line added to a paid order, or money given back, is no news of a payment; the ledger has it."""
        order, invoice = self.test_a_paid_invoice_is_told()
        self.env["sale.order.line"].create({"order_id": order.id, "product_id": self.lamp.id})
        self.run_action()
        self.assertEqual(self.events(order, told=False).filtered(lambda e: e.topic == "payment").reason, "not_news")
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        refund = wizard.create({"journal_id": invoice.journal_id.id})
        refund = self.env["account.move"].browse(refund.refund_moves()["res_id"])
        refund.action_post()
        self.run_action()
        self.assertNotIn("not paid", "".join(self.mails(order).mapped("body_html")))
        event = self.events(order).filtered(lambda event: event.invoice_id == refund)
        self.assertEqual(event._describe()["text"], f"Credit note: {refund.name}")

    def test_a_deleted_invoice(self):
        """OS1: an invoice that was told, taken back and deleted is told as gone."""
        order = self._create_told_order(self.lamp)
        invoice = order._create_invoices()
        invoice.action_post()
        self.run_action()
        name = invoice.name
        invoice.button_draft()
        self.commit_marks()
        invoice.unlink()
        self.run_action()
        self.assertEqual(len(self.mails(order)), 2, "not before the grace time is over")
        self.pass_grace(order)
        self.run_action()
        self.assertFalse(order.status_snapshot_ids.date_next_try)
        self.assertIn(f"Invoice {name} is no longer valid", self.mails(order)[-1].body_html)

    def test_orders_from_elsewhere_are_left_alone(self):
        """OS1: only orders of the web shop are told."""
        order = self._create_order(self.lamp, website=self.env["website"])
        self.run_action()
        self.assertFalse(self.events(order, told=None))
        self.assertFalse(self.mails(order))

    def test_carts_are_not_marked(self):
        """OS+2: filling a cart costs no mark."""
        order = self._create_order(self.lamp, confirm=False)
        order.order_line.product_uom_qty = 5
        self.commit_marks()
        self.assertFalse(self.env["order.status.mark"].search([("order_id", "=", order.id)]))
