"""Warranties: made at delivery, validity, document, transfer, printing."""

from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from odoo.addons.service_dossier import warranty_number
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .common import DossierCommon


@tagged("post_install", "-at_install")
class TestWarranty(DossierCommon):
    """SD8, SD9, SD+1, SD+3."""

    def test_made_at_delivery(self):
        """SD8: one warranty per delivered piece, with what was sold."""
        order = self._make_order(self._make_dossier(), deliver=3)
        warranties = order.order_line.warranty_ids
        self.assertEqual(len(warranties), 3)
        self.assertEqual(sorted(warranties.mapped("unit")), [1, 2, 3])
        warranty = warranties[0]
        self.assertEqual(warranty.dimensions, "1200 x 2000 x 95 mm")
        self.assertEqual((warranty.color, warranty.side), ("RAL 7016", "left"))
        self.assertEqual(warranty.element_codes, "EL-1")
        self.assertEqual(warranty.order_number, order.name)
        self.assertEqual(warranty.commercial_partner_id, self.customer)
        self.assertEqual(warranty.dossier_id, order.dossier_id)

    def test_made_once(self):
        """SD8: delivering step by step, writing twice and the scheduled action make each warranty once."""
        order = self._make_order(self._make_dossier(), deliver=0, product_uom_qty=3)
        line = order.order_line
        for delivered in (1, 1, 2, 3):
            line.write({"qty_delivered": delivered})
            self.run_cron("ir_cron_create_warranties")
            self.assertEqual(len(line.warranty_ids), delivered)
        self.assertEqual(line.warranty_due, 0)

    def test_scheduled_action(self):
        """SD8: what is delivered in other ways than by hand is found by the scheduled action."""
        order = self._make_order(self._make_dossier(), deliver=0)
        with patch.object(type(order.order_line), "_update_warranties"):
            order.order_line.write({"qty_delivered": 1})
        self.assertEqual(order.order_line.warranty_due, 1)
        self.assertFalse(order.order_line.warranty_ids)
        self.run_cron("ir_cron_create_warranties")
        self.assertEqual(len(order.order_line.warranty_ids), 1)

    def test_database_refuses_doubles(self):
        """SD8: the database itself keeps a piece from getting two numbers."""
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.make_warranty(sale_line_id=self.order.order_line.id, unit=1)

    def test_no_warranty_no_number(self):
        """SD8: products without a warranty period get none."""
        self.product.warranty_months = 0
        order = self._make_order(self._make_dossier())
        self.assertFalse(order.order_line.warranty_ids)

    def test_number(self):
        """SD9: numbers are unique, carry a check digit, and are stored in one way of writing."""
        self.assertTrue(warranty_number.is_valid(self.warranty.name))
        number = warranty_number.with_check_digit("AB123456")
        warranty = self.make_warranty(name=f"{number[:4].lower()}-{number[4:]}")
        self.assertEqual(warranty.name, number)
        with self.assertRaisesRegex(ValidationError, "check digit"):
            self.make_warranty(name=number[:-1] + ("0" if number[-1] != "0" else "1"))

    def test_find_by_number(self):
        """SD9: found however it is written, by its own customer only; a typing error is told apart."""
        Warranty = self.env["service.warranty"].with_user(self.dealer)
        written = f" {self.warranty.name[:3].lower()} {self.warranty.name[3:]}"
        self.assertEqual(Warranty._find_by_number(self.customer, written), self.warranty)
        as_stranger = self.env["service.warranty"].with_user(self.stranger)
        self.assertFalse(as_stranger._find_by_number(self.other_customer, self.warranty.name))
        self.assertFalse(as_stranger._find_by_number(self.customer, self.warranty.name), "the rule holds as well")
        with self.assertRaisesRegex(UserError, "check what you typed"):
            Warranty._find_by_number(self.customer, "W1234567")

    def test_validity(self):
        """SD+1: the last day is covered, the day after is not; searching agrees."""
        warranty = self.make_warranty(date_start=date(2024, 1, 31), months=13)
        self.assertEqual(warranty.date_end, date(2025, 2, 28))
        for day, valid in (("2024-01-30", False), ("2024-01-31", True), ("2025-02-28", True), ("2025-03-01", False)):
            with freeze_time(f"{day} 12:00"):
                warranty.invalidate_recordset(["is_valid"])
                self.assertEqual(warranty.is_valid, valid, day)
                domain = [("id", "=", warranty.id), ("is_valid", "=", valid)]
                self.assertTrue(self.env["service.warranty"].search(domain), day)
                self.assertFalse(
                    self.env["service.warranty"].search([("id", "=", warranty.id), ("is_valid", "!=", valid)])
                )

    def test_short_months(self):
        """SD+1: a period ends the day before the one it began on; a month without such a day is covered to its end.

        German Civil Code, sections 187 (2) and 188 (2) and (3); Regulation (EEC, Euratom) 1182/71, article 3 (2) (c).
        """
        for start, months, end in (
            (date(2028, 2, 29), 12, date(2029, 2, 28)),
            (date(2028, 2, 29), 48, date(2032, 2, 28)),
            (date(2027, 2, 28), 12, date(2028, 2, 27)),
            (date(2027, 3, 1), 12, date(2028, 2, 29)),
            (date(2026, 8, 31), 6, date(2027, 2, 28)),
            (date(2026, 8, 31), 3, date(2026, 11, 30)),
            (date(2026, 11, 30), 24, date(2028, 11, 29)),
        ):
            self.assertEqual(self.make_warranty(date_start=start, months=months).date_end, end, (start, months))

    def test_day_of_the_company(self):
        """SD+1: what is delivered after midnight at the company is covered, whatever the customer's clock says."""
        self.company.resource_calendar_id.tz = "Europe/Brussels"
        self.dealer.tz = "America/New_York"
        with freeze_time("2026-03-01 23:30"):
            warranty = self._make_order(self.dossier).order_line.warranty_ids
            self.assertEqual(warranty.date_start, date(2026, 3, 2))
            as_dealer = warranty.with_user(self.dealer).with_context(tz=self.dealer.tz)
            self.assertTrue(as_dealer.is_valid)
            self.assertIn(as_dealer, as_dealer.search([("is_valid", "=", True)]))
        with freeze_time(f"{warranty.date_end} 23:30"):
            as_dealer.invalidate_recordset(["is_valid"])
            self.assertFalse(as_dealer.is_valid, "the next day has begun")

    def test_absurd_period(self):
        """SD+9: a start or a duration that no warranty has is refused with a sentence, also in the form."""
        for values in ({"months": 99999}, {"date_start": date(9999, 12, 31)}):
            with self.subTest(values), self.assertRaisesRegex(ValidationError, "lasts 1200 months at most"):
                self.make_warranty(**values)

    def test_returned(self):
        """SD+8: what came back has no warranty; what was delivered again gets its number back."""
        order = self._make_order(self._make_dossier(), deliver=3)
        line, warranties = order.order_line, order.order_line.warranty_ids
        line.qty_delivered = 2
        ended = warranties.filtered("date_ended")
        self.assertEqual((len(ended), ended.end_reason, ended.unit), (1, "returned", 3))
        self.assertFalse(ended.is_valid)
        self.assertNotIn(ended, self.env["service.warranty"].search([("is_valid", "=", True)]))
        line.qty_delivered = 0
        self.assertFalse(any(warranties.mapped("is_valid")))
        line.qty_delivered = 3
        self.assertTrue(all(warranties.mapped("is_valid")))
        self.assertEqual(line.warranty_ids, warranties, "no new numbers for the same pieces")

    def test_returned_the_other_way(self):
        """SD+8: a return that stock books, not a person, is found by the scheduled action."""
        with patch.object(type(self.order.order_line), "_update_warranties"):
            self.order.order_line.write({"qty_delivered": 0})
        self.assertEqual(self.order.order_line.warranty_due, -1)
        self.run_cron("ir_cron_create_warranties")
        self.assertEqual(self.warranty.end_reason, "returned")

    def test_cancelled(self):
        """SD+8: the warranties of a cancelled order end."""
        self.order._action_cancel()
        self.assertEqual(self.warranty.end_reason, "cancelled")
        self.assertFalse(self.warranty.is_valid)

    def test_one_way_of_writing(self):
        """SD10: an order number is stored in one way, however it is filled in, and found however it is typed."""
        warranty = self.make_warranty(order_number=" so-abc  12 ", width=700)
        self.assertEqual((warranty.order_number, warranty.order_key), ("SO-ABC 12", "SOABC12"))
        Warranty = self.env["service.warranty"].with_user(self.dealer)
        for typed in ("so-abc 12", "SO ABC-12", "soabc12"):
            self.assertEqual(
                Warranty._find_by_dimensions(self.customer, (700, 0, 0), order_number=typed), [(warranty, 0, ())]
            )

    def test_ends_are_not_filled_in(self):
        """SD+8: nobody brings an ended warranty back by writing its fields."""
        self.warranty._end("returned")
        for values in ({"date_ended": False}, {"end_reason": False}, {"is_rest": True}, {"first_id": False}):
            with self.assertRaises(AccessError):
                self.warranty.with_user(self.manager).write(values)

    def test_document(self):
        """SD8: the document holds all numbers, product, dimensions, colour, side and article codes."""
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("service_dossier.report_warranty_document", self.dossier.ids)[0]
            .decode()
        )
        for text in (
            self.warranty.name,
            "Screen",
            "1200 x 2000 x 95 mm",
            "RAL 7016",
            "Left",
            "EL-1",
            "data:image/png;base64,",
        ):
            self.assertIn(text, html)

    def test_document_is_posted_and_mailed(self):
        """SD8: an employee posts it; the customer gets it by mail too."""
        known = self.all_mails()
        with patch.object(
            type(self.env["ir.actions.report"]), "_render_qweb_pdf", lambda *args, **kw: (b"%PDF-1.4 warranty", "pdf")
        ):
            self.dossier.with_user(self.employee).action_post_warranty_document()
        message = self.dossier.communication_ids.filtered(lambda m: m.message_type == "warranty_document")
        self.assertEqual(len(message.file_ids), 1)
        mail = self.new_mails(known)
        self.assertEqual(mail.recipient_ids, self.dealer.partner_id)
        self.assertEqual(mail.attachment_ids.raw, b"%PDF-1.4 warranty")
        self.assertIn("warranty document", mail.body_html)

    def test_document_needs_role(self):
        """SD8: customers cannot post it, and without warranties there is nothing to post."""
        with self.assertRaises(AccessError):
            self.dossier.with_user(self.dealer).action_post_warranty_document()
        with self.assertRaisesRegex(UserError, "no warranty"):
            self._make_dossier().with_user(self.employee).action_post_warranty_document()

    def test_qr_code(self):
        """SD+3: the code stands for the address that opens the service request for that part."""
        self.assertTrue(self.warranty._service_url().endswith(f"/my/service/{self.warranty.name}"))
        self.assertTrue(self.warranty._qr_code().startswith("data:image/png;base64,iVBOR"))

    def test_printed_on_order_and_invoice(self):
        """SD9: the number is on the order confirmation and on the invoice."""
        Report = self.env["ir.actions.report"]
        order_html = Report._render_qweb_html("sale.report_saleorder", self.order.ids)[0].decode()
        self.assertIn(self.warranty.name, order_html)
        invoice = self.order._create_invoices()
        invoice_html = Report._render_qweb_html("account.report_invoice", invoice.ids)[0].decode()
        self.assertIn(self.warranty.name, invoice_html)

    def test_transfer(self):
        """SD9: a transferred warranty is the new customer's alone; managers only; the move is on record."""
        wizard = self.env["service.warranty.transfer"].with_context(active_ids=self.warranty.ids)
        with self.assertRaises(AccessError):
            wizard.with_user(self.employee).create({"partner_id": self.other_customer.id})
        wizard.with_user(self.manager).create({"partner_id": self.other_customer.id}).action_transfer()
        self.assertEqual(self.warranty.commercial_partner_id, self.other_customer)
        Warranty = self.env["service.warranty"]
        self.assertTrue(Warranty.with_user(self.stranger)._find_by_number(self.other_customer, self.warranty.name))
        self.assertFalse(Warranty.with_user(self.dealer)._find_by_number(self.customer, self.warranty.name))
        self.assertIn("Transferred from Dealer to Other shop", self.warranty.message_ids[0].body)

    def test_period_set_later(self):
        """SD8: a warranty period that a product gets later makes no warranties for what was delivered before."""
        self.product.warranty_months = 0
        order = self._make_order(self._make_dossier())
        self.product.warranty_months = 24
        self.run_cron("ir_cron_create_warranties")
        self.assertEqual(order.order_line.warranty_due, 0)
        self.assertFalse(order.order_line.warranty_ids)

    def test_one_bad_line(self):
        """SD8: a line whose warranty cannot be made is logged and keeps no other from getting its own."""
        lines = [self._make_order(self._make_dossier(), deliver=0).order_line for _number in range(2)]
        with patch.object(type(lines[0]), "_update_warranties"):
            for line in lines:
                line.write({"qty_delivered": 1})
        self.env.flush_all()
        prepare = type(lines[0])._prepare_warranty_values

        def fail(line):
            if line == lines[0]:
                raise ValueError("broken")
            return prepare(line)

        logger = "odoo.addons.base_safeguard.models.cron_batch_mixin"
        with patch.object(type(lines[0]), "_prepare_warranty_values", fail), self.assertLogs(logger, "WARNING"):
            self.run_cron("ir_cron_create_warranties")
        self.assertEqual([len(line.warranty_ids) for line in lines], [0, 1])
        self.env["cron.batch.failure"].search([("res_model", "=", "sale.order.line")]).unlink()  # its retry time came
        self.run_cron("ir_cron_create_warranties")
        self.assertEqual([len(line.warranty_ids) for line in lines], [1, 1])

    def test_document_reaches_who_asked(self):
        """SD8: who asked for service gets the document, too; where it can reach nobody, it is not posted."""
        self.post(self.colleague, "service_request")
        self.warranty.dossier_id = self.dossier
        known = self.all_mails()
        with patch.object(
            type(self.env["ir.actions.report"]), "_render_qweb_pdf", lambda *args, **kw: (b"%PDF-1.4 warranty", "pdf")
        ):
            self.dossier.with_user(self.employee).action_post_warranty_document()
            told = self.new_mails(known).recipient_ids
            self.assertEqual(told, (self.dealer | self.colleague).partner_id)
            (self.dealer | self.colleague).partner_id.email = False
            with self.assertRaisesRegex(UserError, "e-mail address"):
                self.dossier.with_user(self.employee).action_post_warranty_document()

    def test_copies(self):
        """SD8: a copied warranty stands for no delivered piece, and a copied order belongs to no dossier."""
        copy = self.warranty.copy({"name": warranty_number.with_check_digit("COPY0001")})
        self.assertFalse(copy.sale_line_id)
        self.assertFalse(self.order.copy().dossier_id)
