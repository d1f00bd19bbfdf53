"""Complaints: tickets with a dossier, a deadline and an escalation."""

from datetime import datetime
from email.message import EmailMessage
from unittest.mock import patch

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import DossierCommon

PHOTO = b"\xff\xd8\xff\xe0 photo"


@tagged("post_install", "-at_install")
class TestComplaint(DossierCommon):
    """SD4, SD+4."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["helpdesk.ticket.team"].create({"name": "Complaints", "user_id": cls.manager.id})
        cls.company.dossier_complaint_team_id = cls.team
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {
                "name": "Nine to five",
                "tz": "UTC",
                "attendance_ids": [
                    Command.create({"name": f"Day {day}", "dayofweek": str(day), "hour_from": 9, "hour_to": 17})
                    for day in range(5)
                ],
            }
        )
        cls.categories = cls.env["helpdesk.ticket.category"].search([("dossier_complaint", "=", True)])

    def complain(self, **values):
        """Post a complaint as the dealer and return its ticket."""
        return self.post(self.dealer, "complaint", subject="Scratch", **values).sudo().ticket_ids

    def test_becomes_ticket(self):
        """SD4: the complaint is a ticket of the complaints' team, with dossier, warranty, category, customer."""
        ticket = self.complain(warranty_id=self.warranty.id, category_id=self.categories[1].id)
        self.assertEqual(len(ticket), 1)
        self.assertEqual((ticket.dossier_id, ticket.warranty_id), (self.dossier, self.warranty))
        self.assertEqual((ticket.team_id, ticket.category_id), (self.team, self.categories[1]))
        self.assertEqual(ticket.partner_id, self.dealer.partner_id)
        self.assertIn("Scratch", ticket.name)
        self.assertIn("Some text", ticket.description)
        self.assertTrue(ticket.stage_id.unattended)

    def test_stays_in_its_company(self):
        """SD7: a complaint is in the company of its dossier: nobody of another one reads what was said in it."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaisesRegex(ValidationError, "stays in"):
            self.complain().company_id = other
        self.complain().write({"dossier_id": False, "dossier_message_id": False, "company_id": other.id})

    def test_photos(self):
        """SD+4: photos of the complaint are seen on the ticket, without a second copy that could not be deactivated."""
        ticket = self.complain(files=[("a.jpg", PHOTO), ("b.jpg", PHOTO)])
        self.assertEqual(ticket.dossier_file_ids.mapped("name"), ["a.jpg", "b.jpg"])
        self.assertFalse(ticket.attachment_ids)

    def test_without_team(self):
        """SD4: without a team the dossier's contact person gets the ticket."""
        self.company.dossier_complaint_team_id = False
        self.assertEqual(self.complain().user_id, self.employee)

    def test_foreign_category(self):
        """SD4: a category that is not for complaints is not accepted from outside."""
        category = self.env["helpdesk.ticket.category"].create({"name": "Payroll"})
        self.assertIn(self.complain(category_id=category.id).category_id, self.categories)

    def test_stage_shows_in_dossier(self):
        """SD4: the dossier reflects the ticket's stage."""
        ticket = self.complain()
        self.assertEqual((self.dossier.complaint_count, self.dossier.open_complaint_count), (1, 1))
        ticket.stage_id = self.env["helpdesk.ticket.stage"].search([("closed", "=", True)], limit=1)
        self.dossier.invalidate_recordset()
        self.assertEqual((self.dossier.complaint_count, self.dossier.open_complaint_count), (1, 0))

    def test_deadline_in_working_hours(self):
        """SD+4: eight working hours from Friday afternoon end on Monday; a category has its own target."""
        self.company.dossier_response_hours = 8
        with freeze_time("2026-03-06 15:00:00"):
            ticket = self.complain()
            self.env.cr.execute(
                "UPDATE helpdesk_ticket SET create_date = '2026-03-06 15:00:00' WHERE id = %s", (ticket.id,)
            )
            ticket.invalidate_recordset(["create_date"])
            ticket._compute_date_response_deadline()
            self.assertEqual(ticket.date_response_deadline, datetime(2026, 3, 9, 15, 0))
            self.categories[0].response_hours = 1
            ticket.category_id = self.categories[0]
            self.assertEqual(ticket.date_response_deadline, datetime(2026, 3, 6, 16, 0))

    def test_escalation(self):
        """SD+4: an overdue answer gives the team leader one activity, however often the action runs."""
        ticket = self.complain()
        self.run_cron("ir_cron_escalate_responses")
        self.assertFalse(ticket.activity_ids, "not overdue yet")
        ticket.date_response_deadline = datetime(2020, 1, 1)
        for _time in range(2):
            self.run_cron("ir_cron_escalate_responses")
        self.assertEqual(len(ticket.activity_ids), 1)
        self.assertEqual(ticket.activity_ids.user_id, self.manager)

    def test_one_bad_complaint(self):
        """SD+4: a complaint that cannot be escalated is noted and keeps no other from being escalated."""
        tickets = self.complain() | self.complain() | self.complain()
        tickets.write({"date_response_deadline": datetime(2020, 1, 1)})
        bad = tickets[1]
        escalate = type(bad)._escalate_response

        def fail(ticket):
            if ticket == bad:
                raise ValueError("broken")
            return escalate(ticket)

        logger = "odoo.addons.base_safeguard.models.cron_batch_mixin"
        with patch.object(type(bad), "_escalate_response", fail), self.assertLogs(logger, "WARNING"):
            self.run_cron("ir_cron_escalate_responses")
        self.assertEqual(tickets.filtered("response_escalated"), tickets - bad)
        failure = self.env["cron.batch.failure"].search([("res_model", "=", "helpdesk.ticket")])
        self.assertEqual(failure.res_id, bad.id)
        failure.unlink()  # its retry time came
        self.run_cron("ir_cron_escalate_responses")
        self.assertTrue(bad.response_escalated)

    def test_answer_stops_the_clock(self):
        """SD+4: an employee's comment or a stage that is attended counts as the answer, the customer's does not."""
        first, second, third = (self.complain() for _number in range(3))
        first.with_user(self.env.ref("base.user_admin")).message_post(
            body="We look into it", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        second.with_user(self.env.ref("base.user_admin")).write(
            {"stage_id": self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress").id}
        )
        third.with_user(self.dealer).sudo().message_post(
            body="Hello?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertTrue(first.date_first_response)
        self.assertTrue(second.date_first_response)
        self.assertFalse(third.date_first_response)
        (first | second | third).write({"date_response_deadline": datetime(2020, 1, 1)})
        self.run_cron("ir_cron_escalate_responses")
        self.assertEqual((first | second | third).filtered("activity_ids"), third)

    def test_other_tickets_untouched(self):
        """SD4: tickets without a dossier have no deadline and are not escalated."""
        ticket = self.env["helpdesk.ticket"].create({"name": "x", "description": "<p>x</p>"})
        self.assertFalse(ticket.date_response_deadline)

    def test_ticket_form_opens(self):
        """SD4: the ticket's form works with the additions."""
        ticket = self.complain()
        with Form(ticket.with_user(self.env.ref("base.user_admin"))) as form:
            form.priority = "2"
        self.assertEqual(ticket.action_view_dossier()["res_id"], self.dossier.id)

    def test_answer_in_the_dossier_stops_the_clock(self):
        """SD4, SD+4: the manufacturer's answer in the dossier answers the complaint; a note among staff does not."""
        ticket = self.complain()
        complaint = ticket.dossier_message_id
        self.post(self.colleague, parent=complaint)
        self.assertFalse(ticket.date_first_response)
        answer = self.post(self.employee, parent=complaint)
        self.assertTrue(ticket.date_first_response)
        self.assertEqual(answer.root_id, complaint)

    def test_answer_by_mail_stops_the_clock(self):
        """SD4, SD+4: so does the contact person's answer by mail."""
        known = self.all_mails()
        ticket = self.complain()
        notice = self.new_mails(known).filtered(lambda mail: mail.recipient_ids == self.employee.partner_id)
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Message-Id"] = self.employee.email, notice[:1].reply_to, "<c1@m.example>"
        mail.set_content("We replace it.")
        self.env["mail.thread"].message_process(False, mail.as_bytes())
        self.assertTrue(ticket.date_first_response)
