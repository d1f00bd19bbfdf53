from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common import RULE_CODES, StatusMailCommon


@tagged("post_install", "-at_install")
class TestTruth(StatusMailCommon):
    """Only what is true is told: money, returns, dates, parcels, imports."""

    def _texts(self, order):
        return [event._describe()["text"] for event in self.events(order)]

    def _invoice(self, order):
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def _credit(self, invoice):
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        wizard = wizard.create({"journal_id": invoice.journal_id.id})
        refund = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        refund.action_post()
        return refund

    def test_a_credit_note_of_an_unpaid_invoice_is_no_payment(self):
        """OS+6: nothing was paid, so nothing is said to be paid."""
        order = self._create_told_order(self.lamp)
        invoice = self._invoice(order)
        self.run_action()
        refund = self._credit(invoice)
        (invoice + refund).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        ).reconcile()
        self.run_action()
        self.assertFalse([text for text in self._texts(order) if "paid" in text or "went back" in text])
        self.assertIn(f"Credit note: {refund.name}", self._texts(order))

    def _transaction(self, order, amount=None, **values):
        return self.env["payment.transaction"].create(
            {
                "provider_id": self.env.ref("payment.payment_provider_transfer").id,
                "payment_method_id": self.env.ref("payment_custom.payment_method_wire_transfer").id,
                "reference": f"{order.name}-{amount or 'all'}",
                "amount": amount or order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                **values,
            }
        )

    def test_money_back_is_told(self):
        """OS+6: a refund is a transaction of its own, linked to the one that it takes back."""
        order = self._create_told_order(self.lamp)
        payment = self._transaction(order, sale_order_ids=[Command.set(order.ids)])
        payment._set_done()
        self.run_action()
        refund = self._transaction(order, -5, source_transaction_id=payment.id, operation="refund")
        refund._set_done()
        self.run_action()
        self.assertIn("$\xa05.00 went back to you", [text.replace("$ ", "$\xa0") for text in self._texts(order)])
        self.assertNotIn("Your order is partly paid", self._texts(order))

    def test_a_failed_payment_is_told(self):
        """OS+6: a payment that did not work is told, with its reference."""
        order = self._create_told_order(self.lamp)
        payment = self._transaction(order, sale_order_ids=[Command.set(order.ids)])
        payment._set_error("card declined")
        self.run_action()
        self.assertIn(f"The payment {payment.reference} did not work, nothing was charged", self._texts(order))
        self.assertIn("Your payment did not work", self.mails(order)[-1].subject)

    def test_an_order_that_came_back(self):
        """OS+6: everything delivered and returned is "Returned", not "On its way"."""
        order = self._create_told_order(self.lamp)
        order.picking_ids.carrier_tracking_ref = "T1"
        picking = self.deliver(order, {self.lamp: 2})
        self.run_action()
        wizard = self.env["stock.return.picking"].with_context(active_id=picking.id, active_model="stock.picking")
        wizard = wizard.create({})
        wizard.product_return_moves.write({"quantity": 2, "to_refund": True})
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.write({"quantity": 2, "picked": True})
        back.button_validate()
        self.run_action()
        self.assertEqual(order._get_status_snapshot().status, "returned")
        self.assertIn("Your return has arrived", self.mails(order)[-1].subject)

    def test_a_cancelled_delivery_carries_nothing(self):
        """OS+6: the tracking number of a cancelled delivery is no longer valid, the order not on its way."""
        order = self._create_told_order(self.lamp)
        order.picking_ids.carrier_tracking_ref = "T1"
        self.run_action()
        order.picking_ids.action_cancel()
        order.order_line._mark_status_changed()
        self.run_action()
        self.assertEqual(order._get_status_snapshot().status, "confirmed")
        self.pass_grace(order)
        self.run_action()
        self.assertIn("Tracking number T1 is no longer valid", self._texts(order))

    def test_a_withdrawn_date_is_news(self):
        """OS+6: the purchase that brings the goods is cancelled: the customer does not go on waiting for its date."""
        order = self._create_told_order(self.planter)
        purchase = self._create_purchase(self.planter, 10, "2030-05-01")
        self.run_action()
        purchase.order_line.date_planned = "2030-05-11 12:00:00"
        self.run_action()
        purchase.button_cancel()
        self.run_action()
        self.pass_grace(order)
        self.run_action()
        self.assertIn("no longer holds", self._texts(order)[-1])
        self.assertNotIn("changed_back", self.events(order, "date", told=False).mapped("reason"))

    def test_the_day_of_the_shop(self):
        """OS+6: 9 December 17:00 in Los Angeles is the 9th for the shop's customers (stored as the 10th, UTC)."""
        self.website.status_mail_tz = "America/Los_Angeles"
        order = self._create_told_order(self.lamp, commitment_date="2030-01-01 12:00:00")
        order.date_order = "2026-11-28 02:00:00"
        order.commitment_date = "2030-12-10 01:00:00"
        self.run_action()
        self.assertEqual(self.events(order, "date")[-1].new_value, "2030-12-09")
        self.assertIn("of 11/27/2026", self.mails(order)[-1].body_html)

    def test_precise_quantities(self):
        """OS+6: 0.125 kg is told as 0.125 kg, one piece is no "Units"."""
        self.env.ref("uom.decimal_product_uom").digits = 3
        self.lamp.uom_id = self.env.ref("uom.product_uom_kgm")
        order = self._create_told_order(self.lamp, quantity=1)
        self.deliver(order, {self.lamp: 0.125})
        self.run_action()
        self.assertIn("Delivered: 0.125 kg", self._texts(order))
        event = self.events(self._create_told_order(self.planter, quantity=1))[:1].new(
            {"topic": "delivered", "line_id": self._create_order(self.planter).order_line.id}
        )
        for quantity, words in (("1.0", "1 piece"), ("2.0", "2 pieces")):
            event.update({"new_value": quantity, "rule": "delivered"})
            self.assertEqual(event._describe()["text"], f"Delivered: {words}")

    def test_several_parcels(self):
        """OS+6: one link per parcel, the carrier's name, and what a new number replaces."""
        order = self._create_told_order(self.lamp)
        carrier = self.env["delivery.carrier"].search([("delivery_type", "=", "fixed")], limit=1)
        carrier.write({"name": "Post Nord", "tracking_url": "https://track.example.net/<shipmenttrackingnumber>"})
        order.picking_ids.write({"carrier_id": carrier.id, "carrier_tracking_ref": "PN1, PN2"})
        self.run_action()
        body = self.mails(order)[-1].body_html
        for number in ("PN1", "PN2"):
            self.assertIn(f'href="https://track.example.net/{number}"', body)
            self.assertIn(f"Follow parcel {number}", body)
        self.assertIn("On its way with Post Nord", self.mails(order)[-1].subject)
        order.picking_ids.carrier_tracking_ref = "PN9"
        self.run_action()
        self.assertIn("Tracking number PN9 instead of PN1, PN2", self._texts(order))

    def test_an_import_is_a_baseline(self):
        """OS+6: orders brought in from another shop are not told; what happens to them later is."""
        past = fields.Datetime.now() - timedelta(days=90)
        old = self._create_order(self.lamp, confirm=False)
        old.write({"state": "sale", "date_order": past})
        silent = self._create_order(self.lamp, confirm=False)
        silent.with_context(order_status_baseline=True).action_confirm()
        self.run_action()
        self.assertFalse(self.mails(old) + self.mails(silent))
        (old + silent).status_picked = True
        self.run_action()
        for order in old + silent:
            self.assertEqual(self.events(order).mapped("rule"), ["picked"])

    def test_the_last_news_counts_for_the_oldest_order(self):
        """OS+6: an order that is alive is told, however long ago it was placed."""
        order = self._create_told_order(self.lamp)
        order.date_order = fields.Datetime.subtract(fields.Datetime.now(), days=400)
        order.status_picked = True
        self.run_action()
        self.assertEqual(len(self.events(order, "picked")), 1)

    def test_one_confirmation(self):
        """OS+6: either Odoo's order confirmation or the status mail, as the website says."""
        for sender, status_mails in (("ours", 1), ("odoo", 0)):
            self.website.status_mail_confirmation = sender
            order = self._create_order(self.lamp, confirm=False)
            order.with_context(send_email=True).action_confirm()
            self.run_action()
            self.assertEqual(len(self.mails(order)), status_mails)
            subjects = (order.message_ids - self.events(order).message_id).mapped("subject")
            name = order.name
            self.assertEqual(len([text for text in subjects if name in (text or "")]), 1 - status_mails, subjects)
        self.assertEqual(self.events(order, told=False).reason, "odoo_tells")

    def _confirmations(self, order):
        """Return how many mails confirm an order: ``(status mails, Odoo's own)``."""
        subjects = (order.message_ids - self.events(order).message_id).mapped("subject")
        return len(self.mails(order)), len([text for text in subjects if order.name in (text or "")])

    def test_whoever_refuses_status_mails_gets_a_confirmation(self):
        """OS+6: a confirmation is owed by law (Directive 2011/83/EU, article 8(7)): then it is Odoo's own, once."""
        choose = self.env["order.status.preference"]._choose
        codes = set(RULE_CODES)
        for before, after in ((set(), set()), (set(), codes), (codes, set())):
            choose(self.customer, self.website, before, "one_click")
            order = self._create_order(self.lamp, confirm=False)
            order.with_context(send_email=True).action_confirm()
            choose(self.customer, self.website, after, "one_click")
            self.run_action()
            self.assertEqual(self._confirmations(order), (0, 1), (before, after))
            self.assertEqual(order.status_confirmed_by, "odoo")
        order._action_cancel()
        order.action_draft()
        self.assertFalse(order.status_confirmed_by)

    def test_an_attempt_before_the_order_is_no_news(self):
        """OS+6: a card that failed on the cart helps nobody once the order is confirmed otherwise."""
        order = self._create_order(self.lamp, confirm=False)
        payment = self._transaction(order, sale_order_ids=[Command.set(order.ids)])
        payment._set_error("card declined")
        payment.last_state_change = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        order.action_confirm()
        self.run_action()
        self.assertFalse([text for text in self._texts(order) if "did not work" in text])

    def test_a_name_with_a_line_break(self):
        """OS+6: a line break in a name ends no header of the mail (RFC 5322, 2.2)."""
        self.website._status_mail_rule("status").subject = "{customer}: {order}"
        order = self._create_told_order(self.lamp, customer=self._create_customer("Karen\nBlixen", "k@example.com"))
        self.assertEqual(self.mails(order).subject, f"Karen Blixen: {order.name}")

    def test_confirmed_and_cancelled_before_the_run(self):
        """OS+6: whose confirmation was promised, or sent by Odoo, hears that nothing comes of it; nobody else does."""
        for sender, is_asked, told in (("ours", True, 1), ("odoo", True, 1), ("ours", False, 0)):
            self.website.status_mail_confirmation = sender
            order = self._create_order(self.lamp, confirm=False)
            order.with_context(send_email=is_asked).action_confirm()
            order._action_cancel()
            self.run_action()
            self.assertEqual(len(self.mails(order)), told, (sender, is_asked))
            if told:
                self.assertIn("Your order is cancelled", self.mails(order).subject)

    def test_picking_in_three_steps(self):
        """OS+6: the pick is validated: picked is told then, not with the delivery."""
        self.warehouse.write({"delivery_steps": "pick_pack_ship", "status_mail_picked_when": "pick"})
        order = self._create_told_order(self.lamp)
        pick = order.picking_ids.filtered(lambda picking: picking.picking_type_id == self.warehouse.pick_type_id)
        self.assertTrue(pick)
        pick.move_ids.write({"quantity": 2, "picked": True})
        pick.button_validate()
        self.assertTrue(order.status_picked)

    def test_people_go_before_mass_changes(self):
        """OS+2: an order that a person changed is looked at before thousands that one purchase marked."""
        orders = self.env["sale.order"].union(*(self._create_told_order(self.planter) for _n in range(3)))
        self._create_purchase(self.planter, 10, "2030-05-01")
        self.commit_marks()
        self.env["order.status.supply"].search([])._share_out()
        mine = orders[-1]
        mine.status_picked = True
        self.commit_marks()
        run = self.env["order.status.run"]
        ceiling, *_counts = run._count_pending()
        self.env.cr.execute("DELETE FROM order_status_mark WHERE order_id = %s AND is_mass", (mine.id,))
        self.assertEqual(run._next_orders(ceiling, 1, set()), mine.ids)
