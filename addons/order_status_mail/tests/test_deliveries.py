from odoo.tests import Form, tagged

from .common import StatusMailCommon


@tagged("post_install", "-at_install")
class TestDeliveries(StatusMailCommon):
    """Packing slip, Picked, tracking number, delivered quantities."""

    def _print_slip(self, picking, **context):
        report = self.env["ir.actions.report"].with_context(**context)
        return report._render_qweb_pdf("stock.report_deliveryslip", picking.ids)

    def test_printing_the_slip_is_told_once(self):
        """OS3: printing the delivery slip is told; printing it again is not."""
        order = self._create_told_order(self.lamp)
        picking = order.picking_ids
        self._print_slip(picking)
        self.run_action()
        [event] = self.events(order, "slip")
        self.assertEqual((event.picking_id, event.new_value), (picking, picking.name))
        self._print_slip(picking)
        self.run_action()
        self.assertEqual(len(self.mails(order)), 2, "confirmation and slip")

    def test_a_slip_attached_to_a_mail_is_not_printed(self):
        """OS3: Odoo's own delivery mail renders the slip too; that is no printing."""
        order = self._create_told_order(self.lamp)
        template = self.env.ref("stock.mail_template_data_delivery_confirmation")
        template.report_template_ids = self.env.ref("stock.action_report_delivery")
        template._generate_template(order.picking_ids.ids, ("report_template_ids",))
        self.assertFalse(order.picking_ids.date_slip_printed)

    def test_a_slip_on_the_portal_is_not_printed(self):
        """OS3, OS4: a customer who opens the slip on the portal, or signs for it, has not printed it."""
        self.company.status_mail_picked_when = "slip"
        order = self._create_told_order(self.lamp)
        guest = self.env["ir.actions.report"].with_user(self.env.ref("base.public_user")).sudo()
        guest._render_qweb_pdf("stock.action_report_delivery", order.picking_ids.ids)
        order.picking_ids._attach_sign()
        self.assertFalse(order.picking_ids.date_slip_printed or order.status_picked)
        self._print_slip(order.picking_ids)
        self.assertTrue(order.picking_ids.date_slip_printed and order.status_picked)

    def test_goods_decide_what_is_delivered(self):
        """OS11: a discount or a service on the order does not keep it from being delivered."""
        service = self.env["product.product"].create({"name": "Gift wrapping", "type": "service"})
        order = self._create_told_order(self.lamp, service)
        line = order.order_line.filtered(lambda line: line.product_id == self.lamp)
        self.deliver(order, {self.lamp: 2})
        self.run_action()
        self.assertEqual((line.qty_delivered, order.status_snapshot_ids.status), (2.0, "delivered"))

    def test_the_picking_operations_report_is_no_packing_slip(self):
        """OS3: only the delivery slip counts."""
        order = self._create_told_order(self.lamp)
        self.env["ir.actions.report"]._render_qweb_pdf("stock.report_picking", order.picking_ids.ids)
        self.assertFalse(order.picking_ids.date_slip_printed)

    def test_ticking_picked_is_told(self):
        """OS4: a person ticks Picked on the order."""
        order = self._create_told_order(self.lamp)
        with Form(order) as form:
            form.status_picked = True
        self.run_action()
        self.assertEqual(len(self.events(order, "picked")), 1)

    def test_the_slip_ticks_picked_where_the_company_wants_it(self):
        """OS4: the company setting lets the printed slip tick the box; both are told in one mail."""
        self.company.status_mail_picked_when = "slip"
        order = self._create_told_order(self.lamp)
        self._print_slip(order.picking_ids)
        self.assertTrue(order.status_picked)
        self.run_action()
        mail = self.events(order, "picked").message_id
        self.assertEqual(mail, self.events(order, "slip").message_id)

    def test_the_slip_does_not_tick_picked_by_default(self):
        """OS4: without the company setting the box is ticked by people only."""
        order = self._create_told_order(self.lamp)
        self._print_slip(order.picking_ids)
        self.assertFalse(order.status_picked)

    def test_a_validated_delivery_ticks_picked_where_the_company_wants_it(self):
        """OS4: the other occasion of the company setting."""
        self.company.status_mail_picked_when = "done"
        order = self._create_told_order(self.lamp)
        self.deliver(order, {self.lamp: 2})
        self.assertTrue(order.status_picked)

    def test_tracking_number_entered_changed_and_taken_back(self):
        """OS5: each is told, with the old and the new number."""
        order = self._create_told_order(self.lamp)
        picking = order.picking_ids
        for number in ("TRACK1", "TRACK2", False):
            picking.carrier_tracking_ref = number
            self.run_action()
        self.pass_grace(order)
        self.run_action()
        values = [(event.old_value, event.new_value) for event in self.events(order, "tracking")]
        self.assertEqual(values, [(False, "TRACK1"), ("TRACK1", "TRACK2"), ("TRACK2", False)])

    def test_tracking_number_with_the_carriers_page(self):
        """OS5: the mail links to the carrier's page where the carrier has one."""
        order = self._create_told_order(self.lamp)
        carrier = self.env["delivery.carrier"].search([("delivery_type", "=", "fixed")], limit=1)
        carrier.tracking_url = "https://carrier.example.com/<shipmenttrackingnumber>"
        order.picking_ids.write({"carrier_id": carrier.id, "carrier_tracking_ref": "T-9"})
        self.run_action()
        self.assertIn("https://carrier.example.com/T-9", self.mails(order)[-1].body_html)

    def test_partly_delivered_then_the_rest(self):
        """OS6: delivered quantities are told per line, old and new."""
        order = self._create_told_order(self.lamp, quantity=5)
        self.deliver(order, {self.lamp: 2})
        self.run_action()
        self.deliver(order, {self.lamp: 3})
        self.run_action()
        values = [(event.old_value, event.new_value, event.line_id) for event in self.events(order, "delivered")]
        line = order.order_line
        self.assertEqual(values, [("0.0", "2.0", line), ("2.0", "5.0", line)])
        self.assertEqual(order.status_snapshot_ids.status, "delivered")

    def test_a_return_is_told_as_a_return(self):
        """OS6: goods that come back lower the delivered quantity and are called returned."""
        order = self._create_told_order(self.lamp, quantity=3)
        delivery = self.deliver(order, {self.lamp: 3})
        self.run_action()
        wizard = self.env["stock.return.picking"].with_context(active_id=delivery.id, active_model="stock.picking")
        wizard = wizard.create({})
        wizard.product_return_moves.write({"quantity": 1, "to_refund": True})
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.write({"quantity": 1, "picked": True})
        back.button_validate()
        self.run_action()
        event = self.events(order, "delivered")[-1]
        self.assertEqual((event.old_value, event.new_value), ("3.0", "2.0"))
        self.assertIn("Returned", self.mails(order)[-1].body_html)
        self.assertFalse(self.events(order, "stock", told=None), "one's own return is no arrival")

    def _headline(self, order):
        return self.mails(order)[-1].subject

    def test_too_many_of_one_line_are_none_of_another(self):
        """OS3: 3 of 2 lamps and no planter are 2 of 3 pieces, not a delivered order."""
        order = self._create_told_order(self.lamp, self.planter)
        order.order_line[1].product_uom_qty = 1
        self.deliver(order, {self.lamp: 3})
        self.run_action()
        self.assertIn("2 of 3 delivered, 1 to come", self._headline(order))

    def test_hours_are_typed(self):
        """OS3: 1 of 10 hours is no delivered order; a typing error that is corrected is no return."""
        service = self.env["product.product"].create(
            {"name": "Advice", "type": "service", "service_type": "manual", "invoice_policy": "delivery"}
        )
        order = self._create_told_order(service, quantity=10)
        for quantity, headline in (
            (1, "1 of 10 delivered, 9 to come"),
            (10, "Your order is completed"),
            (8, "8 of 10 delivered, 2 to come"),
        ):
            order.order_line.write({"qty_delivered": quantity})
            self.run_action()
            self.assertIn(headline, self._headline(order))
        self.assertNotIn("Returned", "".join(self.events(order).mapped("summary")))

    def test_a_number_that_changes_its_delivery_stays_valid(self):
        """OS5: what counts is the number, not on which delivery it stands; a blank is no news, nor is what stays."""
        order = self._create_told_order(self.lamp)
        first = self.deliver(order, {self.lamp: 1})
        second = order.picking_ids - first
        second.carrier_tracking_ref = "PN1"
        self.run_action()
        second.carrier_tracking_ref = False
        first.carrier_tracking_ref = "PN1"
        self.run_action()
        self.assertFalse(order.status_snapshot_ids.facts["gone"])
        for text in ("PN1, PN2", "PN1,PN2", "PN2"):
            first.carrier_tracking_ref = text
            self.run_action()
        values = [(event.old_value, event.new_value) for event in self.events(order, "tracking")]
        self.assertEqual(values, [(False, "PN1"), (False, "PN2"), ("PN1", False)])
