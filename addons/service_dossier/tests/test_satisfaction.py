"""The end of a complaint: told, asked, counted."""

from datetime import datetime

from freezegun import freeze_time
from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import DossierCommon


@tagged("post_install", "-at_install")
class TestSatisfaction(DossierCommon, HttpCase):
    """SD+10, SD+7: satisfaction is asked at the end, times are reported by team and category."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["helpdesk.ticket.team"].create({"name": "Screens", "user_id": cls.manager.id})
        cls.company.dossier_complaint_team_id = cls.team
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.company.dossier_ask_satisfaction = True

    def complain(self):
        """Make a complaint; returns its ticket."""
        return self.post(self.dealer, "complaint", subject="Scratch").sudo().ticket_ids

    def say(self, user, ticket, satisfaction="good", comment="", dossier=None):
        """Say how it was handled, on the portal."""
        user.sudo().password = user.login
        self.authenticate(user.login, user.login)
        data = {"satisfaction": satisfaction, "comment": comment, "csrf_token": http.Request.csrf_token(self)}
        dossier = dossier or self.dossier
        return self.url_open(f"/my/dossiers/{dossier.id}/complaint/{ticket.id}/satisfaction", data=data)

    def test_told_and_asked_once(self):
        """SD+10: closing tells it in the conversation and by one mail to its author, with the way to the question."""
        ticket = self.complain()
        known = self.all_mails()
        ticket.with_user(self.env.ref("base.user_admin")).stage_id = self.done
        self.env.flush_all()
        self.env.cr.flush()
        message = ticket.dossier_message_id.child_ids
        self.assertEqual((message.message_type, message.audience), ("complaint_solved", "company"))
        self.assertIn("How satisfied are you", message.body)
        mails = self.new_mails(known).filtered(
            lambda mail: mail.email_to == self.dealer.email or self.dealer.partner_id in mail.recipient_ids
        )
        self.assertEqual(len(mails), 1, mails.mapped("subject"))
        self.assertIn(f"#message-{message.id}", mails.body_html)
        ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
        self.say(self.dealer, ticket)
        self.assertFalse(ticket.satisfaction, "open again: nothing to judge")

    def test_answer(self):
        """SD+10: the customer's people answer on the dossier's page, the latest answer counts, the ticket shows it."""
        ticket = self.complain()
        self.assertNotIn("/satisfaction", self.page())
        ticket.stage_id = self.done
        self.assertIn(f"/complaint/{ticket.id}/satisfaction", self.page())
        self.assertIn("Thank you for your answer", self.say(self.dealer, ticket, "bad", " Took <b>long</b> ").text)
        self.assertEqual((ticket.satisfaction, ticket.satisfaction_comment), ("bad", "Took <b>long</b>"))
        note = ticket.message_ids[0]
        self.assertIn("Not satisfied", note.body)
        self.assertNotIn("<b>", note.body)
        self.say(self.colleague, ticket, "fair")
        self.assertEqual(ticket.satisfaction, "fair")
        self.assertTrue(ticket.closed, "an answer to the question does not open it again")

    def page(self):
        """Return the dossier's page as the dealer."""
        self.dealer.sudo().password = self.dealer.login
        self.authenticate(self.dealer.login, self.dealer.login)
        return self.url_open(f"/my/dossiers/{self.dossier.id}").text

    def test_others_do_not(self):
        """SD+10: neither strangers, guests nor employees judge, nor is a complaint of another dossier judged."""
        ticket = self.complain()
        ticket.stage_id = self.done
        self.dossier.message_subscribe(partner_ids=self.stranger.partner_id.ids)
        for user in (self.stranger, self.employee):
            self.assertEqual(self.say(user, ticket).status_code, 404)
        own = self._make_dossier(self.stranger)
        self.assertEqual(self.say(self.stranger, ticket, dossier=own).status_code, 404)
        self.assertFalse(ticket.satisfaction)
        with self.assertRaises(UserError):
            ticket._set_satisfaction("great", "")
        agent = new_test_user(self.env, "sd_verdict_agent", groups="helpdesk_mgmt.group_helpdesk_manager")
        for values in ({"satisfaction": "good"}, {"satisfaction_comment": "Great"}):
            with self.assertRaises(AccessError):
                ticket.with_user(agent).write(values)
            with self.assertRaises(AccessError):
                self.env["helpdesk.ticket"].with_user(agent).create({"name": "x", "description": "x", **values})

    def test_switched_off(self):
        """SD+10: without the setting nothing is asked, and helpdesk's own mail goes out as always."""
        self.company.dossier_ask_satisfaction = False
        ticket = self.complain()
        ticket.stage_id = self.done
        self.assertFalse(ticket.dossier_message_id.child_ids)
        self.assertFalse(ticket._asks_satisfaction())

    def test_merged_is_not_asked(self):
        """SD+10: a complaint that goes on in another one is not called solved."""
        first, second = self.complain(), self.complain()
        second._merge_into(first)
        self.assertTrue(second.closed)
        self.assertFalse(second.dossier_message_id.child_ids)

    def test_report(self):
        """SD+10: averages by team and category in working hours; what has not happened counts in no average."""
        with freeze_time("2026-03-06 09:00:00"):
            tickets = self.complain() | self.complain() | self.complain()
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE helpdesk_ticket SET create_date = '2026-03-06 09:00' WHERE id IN %s", (tuple(tickets.ids),)
            )
            tickets.invalidate_recordset(["create_date"])
        first, second, _third = tickets
        tickets.date_response_deadline = datetime(2026, 3, 6, 12)
        first.date_first_response = datetime(2026, 3, 6, 10)
        second.date_first_response = datetime(2026, 3, 9, 9)
        first.closed_date = datetime(2026, 3, 6, 11)
        first.satisfaction, second.satisfaction = "good", "bad"
        self.env.flush_all()
        [row] = (
            self.env["service.complaint.report"]
            .with_user(self.manager)
            .formatted_read_group(
                [("ticket_id", "in", tickets.ids)],
                ["team_id"],
                ["hours_to_answer:avg", "hours_to_close:avg", "answered_in_time:avg", "satisfaction:avg", "__count"],
            )
        )
        calendar = self.company.resource_calendar_id
        hours = [
            calendar.get_work_hours_count(datetime(2026, 3, 6, 9), end)
            for end in (datetime(2026, 3, 6, 10), datetime(2026, 3, 9, 9))
        ]
        self.assertEqual((row["team_id"][0], row["__count"]), (self.team.id, 3))
        self.assertAlmostEqual(row["hours_to_answer:avg"], sum(hours) / 2)
        self.assertAlmostEqual(
            row["hours_to_close:avg"],
            calendar.get_work_hours_count(datetime(2026, 3, 6, 9), datetime(2026, 3, 6, 11)),
        )
        self.assertAlmostEqual(row["answered_in_time:avg"], 100 / 3, 3, "one in time, one late, one still owed")
        self.assertAlmostEqual(row["satisfaction:avg"], 50)

    def test_report_is_not_for_everybody(self):
        """SD+10: agents who see only some tickets, and employees, do not see everybody's times."""
        member = new_test_user(self.env, "sd_times_member", groups="helpdesk_mgmt.group_helpdesk_user_team")
        for user in (member, self.employee, self.dealer):
            self.assertFalse(self.env["service.complaint.report"].with_user(user).has_access("read"))
