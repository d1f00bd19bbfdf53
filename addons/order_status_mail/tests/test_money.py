from odoo.fields import Command
from odoo.tests import tagged

from .common import StatusMailCommon


@tagged("post_install", "-at_install")
class TestMoney(StatusMailCommon):
    """Each payment and each refund is told once, with the right sum."""

    @classmethod
    def _create_order(cls, *products, confirm=True, **values):
        order = super()._create_order(*products, confirm=False, **values)
        # whatever price lists there are
        order.order_line.write({"price_unit": 50, "discount": 0})
        if confirm:
            order.action_confirm()
        return order

    def _texts(self, order, topic):
        """Return what was told of a topic, in the mails' order; amounts with plain spaces."""
        events = self.events(order).filtered(lambda event: event.topic == topic)
        return [event._describe()["text"].replace("\xa0", "") for event in events]

    def _transaction(self, order, amount=None, state="done", **values):
        amount = amount or order.amount_total
        values.setdefault("currency_id", order.currency_id.id)
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.env.ref("payment.payment_provider_transfer").id,
                "payment_method_id": self.env.ref("payment_custom.payment_method_wire_transfer").id,
                "reference": f"{order.name}-{self.env['payment.transaction'].search_count([])}",
                "amount": amount,
                "partner_id": order.partner_id.id,
                **values,
            }
        )
        if state == "done":
            transaction._set_done()
        return transaction

    def _pay(self, order, amount=None):
        return self._transaction(order, amount, sale_order_ids=[Command.set(order.ids)])

    def _refund(self, payment, amount):
        values = {"source_transaction_id": payment.id, "operation": "refund", "currency_id": payment.currency_id.id}
        return self._transaction(payment.sale_order_ids, -amount, **values)

    def _invoice(self, order):
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def _settle(self, move, amount=None):
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        wizard = wizard.create({"amount": amount} if amount else {})
        return wizard._create_payments()

    def _credit(self, invoice, amount=None):
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        refund = self.env["account.move"].browse(
            wizard.create({"journal_id": invoice.journal_id.id}).refund_moves()["res_id"]
        )
        if amount:
            refund.invoice_line_ids.write({"quantity": 1, "price_unit": amount})
        refund.action_post()
        return refund

    def test_a_corrected_invoice_is_not_paid_twice(self):
        """OS+6: a paid invoice is reset to draft, posted and paid again: the customer paid once, and knows it."""
        order = self._create_told_order(self.lamp)
        invoice = self._invoice(order)
        payment = self._settle(invoice)
        self.run_action()
        self.assertEqual(self._texts(order, "payment"), ["Your order is paid"])
        invoice.button_draft()
        self.run_action()
        invoice.action_post()
        self.run_action()
        payment.action_draft()
        payment.action_cancel()
        self._settle(invoice)
        self.run_action()
        self.assertEqual(self._texts(order, "payment"), ["Your order is paid"])
        self.assertEqual(order.status_snapshot_ids.facts["payment"], "paid")
        self.assertEqual(len(self._texts(order, "invoice")), 1)

    def test_a_part_is_paid(self):
        """OS+7: the subject says that a part is paid, where the mail tells nothing else."""
        order = self._create_told_order(self.lamp)
        self._pay(order, 40)
        self.run_action()
        self.assertEqual(self.mails(order)[-1].subject, f"Your order is partly paid (order {order.name})")

    def test_paid_again_after_more_was_ordered(self):
        """OS+6: a line is added to a paid order and paid, too: that is news, with new money."""
        order = self._create_told_order(self.lamp)
        self._pay(order)
        self.run_action()
        self.env["sale.order.line"].create({"order_id": order.id, "product_id": self.lamp.id})
        self.run_action()
        self._pay(order, 50)
        self.run_action()
        self.assertEqual(self._texts(order, "payment"), ["Your order is paid"] * 2)

    def test_paid_because_less_is_bought(self):
        """OS+6: an order that was partly paid is paid once a line is taken out; nobody was told so yet."""
        order = self._create_told_order(self.lamp, self.planter)
        self._pay(order, 100)
        self.run_action()
        self.assertEqual(self._texts(order, "payment"), ["Your order is partly paid"])
        order.order_line[1].product_uom_qty = 0
        self.run_action()
        self.assertEqual(self._texts(order, "payment"), ["Your order is partly paid", "Your order is paid"])

    def test_refunds_one_by_one(self):
        """OS+6: each part of a payment that goes back is told, with its own sum, also after the cancellation."""
        order = self._create_told_order(self.lamp)
        payment = self._pay(order)
        self.run_action()
        self._refund(payment, 20)
        self.run_action()
        self._refund(payment, 30)
        self.run_action()
        order._action_cancel()
        self.run_action()
        self._refund(payment, 50)
        self.run_action()
        self.assertEqual(
            self._texts(order, "refund"),
            ["$20.00 went back to you", "$30.00 went back to you", "$50.00 went back to you"],
        )
        self.assertIn("50.00 went back to you", self.mails(order)[-1].subject)
        self.assertEqual(self._texts(order, "payment"), ["Your order is paid"])

    def test_a_credit_note_paid_in_parts(self):
        """OS+6: 30 of 100 are given back now, 70 later; a second credit note is told for itself."""
        order = self._create_told_order(self.lamp)
        invoice = self._invoice(order)
        self._settle(invoice)
        self.run_action()
        refund = self._credit(invoice)
        self._settle(refund, 30)
        self.run_action()
        self._settle(refund)
        self.run_action()
        self._settle(self._credit(invoice, 5))
        self.run_action()
        self.assertEqual(
            self._texts(order, "refund"),
            ["$30.00 went back to you", "$70.00 went back to you", "$5.00 went back to you"],
        )

    def test_a_refund_online_and_its_credit_note_are_one(self):
        """OS+6: the credit note is settled by the payment of the refund: told once; one paid by the bank as well."""
        order = self._create_told_order(self.lamp)
        payment = self._pay(order)
        invoice = self._invoice(order)
        self._settle(invoice).payment_transaction_id = payment
        self.run_action()
        online = self._refund(payment, 100)
        refund = self._credit(invoice)
        self._settle(refund).payment_transaction_id = online
        self.run_action()
        self.assertEqual(self._texts(order, "refund"), ["$100.00 went back to you"])
        self._settle(self._credit(invoice, 7))
        self.run_action()
        self.assertEqual(self._texts(order, "refund"), ["$100.00 went back to you", "$7.00 went back to you"])

    def test_a_payment_and_its_invoice_are_one(self):
        """OS+6: the invoice is settled by the payment of the checkout: that is no second payment."""
        order = self._create_told_order(self.lamp)
        online = self._pay(order)
        self._settle(self._invoice(order)).payment_transaction_id = online
        self.run_action()
        self.assertEqual(order.status_snapshot_ids.facts["received"], 100)
        self.assertEqual(self._texts(order, "payment"), ["Your order is paid"])

    def test_a_refund_in_another_currency(self):
        """OS+6: the sum is told in the money that went back, not in that of the order."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create({"currency_id": euro.id, "rate": 0.5, "name": "2020-01-01"})
        order = self._create_told_order(self.lamp)
        payment = self._transaction(order, 50, currency_id=euro.id, sale_order_ids=[Command.set(order.ids)])
        self.run_action()
        self.assertEqual(self._texts(order, "payment"), ["Your order is paid"], "50 EUR are 100 USD here")
        self._refund(payment, 12.5)
        euro.active = False
        self.run_action()
        [text] = self._texts(order, "refund")
        self.assertIn("12.50", text)
        self.assertIn("€", text)
        self.assertNotIn("$", text)

    def test_a_payment_that_is_captured_in_parts(self):
        """OS+6: 40 of 100 are captured and the rest is let go: 40 are paid, not 140."""
        order = self._create_told_order(self.lamp)
        payment = self._transaction(order, state="draft", sale_order_ids=[Command.set(order.ids)])
        for amount, state in ((40, "done"), (60, "cancel")):
            part = self._transaction(order, amount, state, source_transaction_id=payment.id, operation="online_direct")
            if state == "cancel":
                part._set_canceled()
        payment._set_done()
        self.run_action()
        self.assertEqual(self._texts(order, "payment"), ["Your order is partly paid"])
        self.assertEqual(order.status_snapshot_ids.facts["received"], 40)

    def test_a_document_for_two_orders(self):
        """OS+6: one credit note for two orders: each customer's mail has the part of the order."""
        orders = self._create_told_order(self.lamp) | self._create_told_order(self.lamp, quantity=1)
        invoice = self._invoice(orders)
        self.assertEqual(len(invoice), 1)
        self._settle(invoice)
        self._settle(self._credit(invoice))
        self.run_action()
        self.assertEqual(
            [self._texts(order, "refund") for order in orders],
            [["$100.00 went back to you"], ["$50.00 went back to you"]],
        )

    def test_what_the_version_before_knew_of_payments(self):
        """OS+6: an order told as not paid by the version before is told as paid, one told as paid is not."""
        for known, told in (("no", ["Your order is paid"]), ("paid", [])):
            order = self._create_told_order(self.lamp)
            self._pay(order)
            snapshot = order.status_snapshot_ids
            facts = {fact: value for fact, value in snapshot.facts.items() if fact not in ("acknowledged", "received")}
            snapshot.facts = {**facts, "payment": known, "version": 2}
            self.run_action()
            self.assertEqual(self._texts(order, "payment"), told)
            self.assertEqual(snapshot.facts["acknowledged"], "paid")

    def test_paid_again_without_money(self):
        """OS+6: a line that comes and goes after the payment pays nothing: that the order is paid is told once."""
        order = self._create_told_order(self.lamp)
        self._pay(order)
        self.run_action()
        order.order_line = [Command.create({"product_id": self.lamp.id, "product_uom_qty": 1})]
        self.run_action()
        order.order_line[-1].product_uom_qty = 0
        self.run_action()
        self.assertEqual(self._texts(order, "payment"), ["Your order is paid"])
