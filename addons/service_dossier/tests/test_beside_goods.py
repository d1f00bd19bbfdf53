"""Goods, warranties and claims beside those that are meant: other companies', other pieces', those that ended."""

import base64
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, LockError
from odoo.tests import tagged

from .test_beside import BesideCase


@tagged("post_install", "-at_install")
class TestBesidePieces(BesideCase):
    """SD+1, SD9: as many warranties as pieces, each begun and ended once."""

    def reasons(self, line):
        """Return why each warranty of a line ended, by its unit."""
        line.invalidate_recordset(["warranty_ids"])
        return line.with_context(active_test=False).warranty_ids.sorted("unit").mapped("end_reason")

    def test_one_piece_more(self):
        """SD9: of what was there before, nothing ends when one more piece is delivered."""
        line = self._make_order(self._make_dossier(), deliver=3).order_line
        line.product_uom_qty = 4
        line.qty_delivered = 4
        self.assertEqual(self.reasons(line), [False] * 4)

    def test_taken_back_and_delivered_again(self):
        """SD9: a piece that comes again has its number again; what came back once comes back once."""
        line = self._make_order(self._make_dossier(), deliver=3).order_line
        line.qty_delivered = 2
        self.assertEqual((self.reasons(line), line.warranty_due), ([False, False, "returned"], 0))
        line.qty_delivered = 1
        self.assertEqual(self.reasons(line), [False, "returned", "returned"])
        line.qty_delivered = 2
        self.assertEqual(self.reasons(line), [False, False, "returned"])

    def test_being_made_by_another_process(self):
        """SD9: what another process makes warranties of is left to it."""
        line = self._make_order(self._make_dossier()).order_line
        with patch.object(type(line), "try_lock_for_update", lambda lines, **_values: lines.browse()):
            line.qty_delivered = 0
        self.assertEqual(self.reasons(line), [False])

    def test_replaced_before(self):
        """SD+8: the day on which a warranty ended stays, whatever is delivered in its place later."""
        yesterday = self.company._dossier_day() - timedelta(days=1)
        self.warranty.write({"date_ended": yesterday, "end_reason": "replaced"})
        values = {"service_warranty_id": self.warranty.id, "service_free": True}
        line = self._make_order(self._make_dossier(), deliver=2, **values).order_line
        self.assertEqual(line.warranty_ids.replaces_id, self.warranty)
        self.assertEqual(self.warranty.date_ended, yesterday)
        line.product_uom_qty = 3
        line.qty_delivered = 3
        self.assertEqual((len(line.warranty_ids), self.warranty.date_ended), (3, yesterday))

    def test_nothing_is_due(self):
        """SD6: the nightly run leaves a dossier where somebody put it: nothing was delivered since."""
        self.assertFalse(self.order.order_line.warranty_due)
        self.dossier.stage_id = self.stage("ordered")
        self.run_cron("ir_cron_create_warranties")
        self.assertEqual(self.dossier.stage_id.kind, "ordered")

    def test_stages(self):
        """SD6: what is delivered moves what waits for it, into the stage of that meaning."""
        self.assertEqual(self.dossier._get_stage("service").kind, "service")
        service, delivered = self.stage("service"), self.stage("delivered")
        service.next_ids |= delivered
        self.dossier.stage_id = service
        self.dossier._after_delivery()
        self.assertEqual(self.dossier.stage_id, service)

    def test_numbers_of_another_company(self):
        """SD9: another company's sequence gives no numbers here."""
        sequence = {"name": "Theirs", "code": "service.warranty", "prefix": "XX", "padding": 4}
        self.env["ir.sequence"].create({**sequence, "company_id": self.elsewhere.id})
        for number in self.env["service.warranty"]._next_numbers(2):
            self.assertFalse(number.startswith("XX"), number)

    def test_lists_that_nobody_started(self):
        """SD9: a list of which the columns are still looked at is not imported."""
        lines = b"number;customer_number;product_code\n;C1;SCR"
        record = self.env["service.warranty.import"].with_user(self.manager).create({"file": base64.b64encode(lines)})
        record.action_read()
        with patch.object(type(record), "_import_batch") as batch:
            self.run_cron("ir_cron_import_warranties")
        batch.assert_not_called()


@tagged("post_install", "-at_install")
class TestBesideClaims(BesideCase):
    """SD+8, SD12: who decides, and what a service order takes over."""

    def place(self):
        """Order the part that is configured; return its claim."""
        self.dossier.stage_id = self.stage("service")
        line = self.add_line()
        self.env["service.dossier.line"]._place_orders(self.dossier)
        return line.sudo().claim_id

    def test_refused_stays_refused(self):
        """SD+8: what a manager refused is not claimed again when its order is taken up again."""
        self.place()
        second = self.place()
        second.with_user(self.manager).action_refuse()
        second._cancel()
        self.assertEqual(second.state, "refused")

    def test_who_is_asked(self):
        """SD+8: the contact person decides nothing: the settings name a manager."""
        self.company.dossier_contact_id = self.manager
        self.place()
        waiting = self.place()
        self.assertEqual((waiting.state, waiting.activity_ids.user_id), ("waiting", self.manager))

    def test_placed_at_once(self):
        """SD12 SD+8: whoever finds the dossier or the warranty taken orders nothing."""
        self.dossier.stage_id = self.stage("service")
        self.add_line()
        orders = self.env["sale.order"].search_count([])
        for records in (self.dossier, self.warranty):
            with (
                self.subTest(model=records._name),
                patch.object(type(records), "lock_for_update", side_effect=LockError("taken")),
                self.assertRaises(LockError),
            ):
                self.env["service.dossier.line"]._place_orders(self.dossier)
        self.assertEqual(self.env["sale.order"].search_count([]), orders)

    def test_placed_parts_go_with_the_program(self):
        """SD12: the program deletes what people may not: a part that was ordered."""
        self.place()
        lines = self.dossier.line_ids
        self.assertTrue(lines.is_placed)
        lines.unlink()
        self.assertFalse(lines.exists())

    def test_reference_of_another_customer(self):
        """SD12: how another customer calls its dossier does not go into an order."""
        theirs = self._make_dossier(self.stranger, reference="Secret")
        line = self.add_line()
        self.warranty.dossier_id = theirs
        nothing = self.env["sale.order"]
        self.assertFalse(line._original_reference("S1", nothing))
        self.warranty.dossier_id = self.dossier
        self.assertEqual(line._original_reference("S1", nothing), "Villa")

    def test_placed_by_an_employee(self):
        """SD12: the customer's person hears that an order is placed; an employee who placed it knows."""
        Message = self.env["service.dossier.message"]
        for user, told in ((self.manager, False), (self.dealer, True)):
            message = Message.with_user(user).sudo().create(
                {
                    "dossier_id": self.dossier.id,
                    "commercial_partner_id": self.customer.id,
                    "message_type": "order",
                    "audience": "company",
                    "author_name": self.company.name,
                    "author_id": self.company.partner_id.id,
                }
            )  # fmt: skip
            self.assertEqual(message._type().also_told(message), user.partner_id if told else user.partner_id.browse())


@tagged("post_install", "-at_install")
class TestBesideCompanies(BesideCase):
    """SD1, SD9: another company's managers and customers."""

    def test_records_of_another_company(self):
        """SD1: a manager finds nothing of a company that is not the own one."""
        message = self.post(self.dealer, "attachment", files=[("plan.pdf", b"%PDF-1.4")]).sudo()
        record = self.env["service.warranty.import"].create({"file": base64.b64encode(b"x")})
        column = record.column_ids.create({"import_id": record.id, "position": 1})
        problem = record.problem_ids.create({"import_id": record.id, "line": 1})
        for found in (message, message.file_ids, self.add_line(), self.warranty, record, column, problem):
            with self.subTest(model=found._name):
                own = found.browse().with_user(self.manager).search([("id", "in", found.ids)])
                self.assertEqual(own.ids, found.ids)
                self.assertFalse(found.browse().with_user(self.foreigner).search([("id", "in", found.ids)]))

    def test_complaints_that_are_followed(self):
        """SD+4: a complaint in a dossier is its customer's alone; a ticket beside dossiers is whose follows it."""
        values = {"name": "x", "description": "x", "partner_id": self.dealer.partner_id.id}
        tickets = self.env["helpdesk.ticket"].create([{**values, "dossier_id": self.dossier.id}, values])
        for ticket in tickets:
            ticket.message_subscribe(partner_ids=self.stranger.partner_id.ids)
        found = self.env["helpdesk.ticket"].with_user(self.stranger).search([("id", "in", tickets.ids)])
        self.assertEqual(found.ids, tickets[1].ids)

    def test_files_of_who_left(self):
        """SD2: who belongs to another customer now reaches the own files of before no more."""
        file = self.post(self.dealer, "attachment", files=[("plan.pdf", b"%PDF-1.4")]).sudo().file_ids
        self.dealer.partner_id.parent_id = self.other_customer
        for call in (file.with_user(self.dealer)._deactivate, file.with_user(self.dealer).action_download):
            with self.assertRaises(AccessError):
                self.assertTrue(file.attachment_id, "read before")
                call()
        self.assertFalse(file.deactivated)
