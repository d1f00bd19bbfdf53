"""One conversation: newest activity first, search, one message for one form, and the ticket's side."""

from datetime import timedelta

from markupsafe import Markup
from odoo import fields, http
from odoo.exceptions import UserError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import html2plaintext

from .common import DossierCommon


@tagged("post_install", "-at_install")
class TestTimeline(DossierCommon, HttpCase):
    """SD+7."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["helpdesk.ticket.team"].create({"name": "Complaints", "user_id": cls.manager.id})
        cls.company.dossier_complaint_team_id = cls.team

    def login(self):
        """Log in as the dealer."""
        self.dealer.sudo().password = self.dealer.login
        self.authenticate(self.dealer.login, self.dealer.login)

    def page(self, **arguments):
        """Return the dossier's page as the dealer."""
        self.login()
        query = "&".join(f"{key}={value}" for key, value in arguments.items())
        return self.url_open(f"/my/dossiers/{self.dossier.id}?{query}").text

    def test_newest_activity_first(self):
        """SD+7: an answer brings its conversation to the top, and the dossier to the top of the overview."""
        first = self.post(self.dealer, body="<p>First question</p>")
        self.post(self.dealer, body="<p>Second question</p>")
        other = self._make_dossier(reference="Later")
        self.env.cr.execute("UPDATE service_dossier_message SET date = date - interval '1 hour'")
        self.env.cr.execute("UPDATE service_dossier_message SET date_activity = date")
        self.env.cr.execute("UPDATE service_dossier SET date_activity = date_activity - interval '1 hour'")
        self.env.invalidate_all()
        self.post(self.employee, parent=first, body="<p>An answer</p>")
        page = self.page()
        self.assertLess(page.index("First question"), page.index("Second question"))
        self.assertRegex(page, r">1 new</span>")
        overview = self.url_open("/my/dossiers").text
        self.assertLess(overview.index(self.dossier.name), overview.index(other.name))

    def test_internal_messages_do_not_move_the_dossier(self):
        """SD7, SD+7: when customers write among themselves the manufacturer's lists do not show it."""
        self.env.cr.execute("UPDATE service_dossier SET date_activity = date_activity - interval '1 hour'")
        self.env.invalidate_all()
        before = self.dossier.date_activity
        self.post(self.dealer, audience="internal")
        self.assertEqual(self.dossier.date_activity, before)
        self.post(self.dealer)
        self.assertGreater(self.dossier.date_activity, before)

    def test_search(self):
        """SD+7: messages are found by their words and by the names of their files; others' are not."""
        self.post(self.dealer, body="<p>The motor hums</p>")
        self.post(self.dealer, "attachment", files=[("plan-groundfloor.pdf", b"%PDF-1.4")])
        self.post(self.employee, audience="staff", body="<p>The motor is old stock</p>")
        self.assertIn("hums", self.page(find="motor"))
        self.assertNotIn("old stock", self.page(find="motor"))
        page = self.page(find="groundfloor")
        self.assertIn("plan-groundfloor.pdf", page)
        self.assertNotIn("hums", page)

    def test_unread_only(self):
        """SD+7: the dossier shows only conversations with news, the overview only dossiers with news."""
        self.post(self.employee, body="<p>Old news</p>")
        self.dossier.with_user(self.dealer).action_mark_read()
        self.post(self.employee, body="<p>Fresh news</p>")
        self.login()
        self.assertIn(self.dossier.name, self.url_open("/my/dossiers?filterby=unread").text)
        page = self.page(unread=1)
        self.assertIn("Fresh news", page)
        self.assertNotIn("Old news", page)
        self.assertNotIn(self.dossier.name, self.url_open("/my/dossiers?filterby=unread").text, "now it is read")

    def test_same_form_twice(self):
        """SD+7: the same form posted twice makes one complaint and one ticket."""
        self.login()
        page = self.url_open(f"/my/dossiers/{self.dossier.id}").text
        key = page.split('name="post_key" value="')[1].split('"')[0]
        data = {
            "message_type": "complaint",
            "body": "Scratch",
            "post_key": key,
            "csrf_token": http.Request.csrf_token(self),
        }
        for _time in range(2):
            answer = self.url_open(f"/my/dossiers/{self.dossier.id}/message", data=data)
            self.assertIn("Your message was saved", answer.text)
        self.assertEqual(len(self.dossier.complaint_ids), 1)
        said = [("dossier_id", "=", self.dossier.id), ("message_type", "=", "complaint")]
        self.assertEqual(self.env["service.dossier.message"].sudo().search_count(said), 1)
        # the browser's way back shows the form with its key again
        for body in ("And a dent", "And a dent", "And a hole"):
            answer = self.url_open(f"/my/dossiers/{self.dossier.id}/message", data={**data, "body": body})
            self.assertIn("Your message was saved", answer.text)
        bodies = self.env["service.dossier.message"].sudo().search(said, order="id").mapped("body")
        self.assertEqual(bodies, [f"<p>{text}</p>" for text in ("Scratch", "And a dent", "And a hole")])

    def test_link_leads_to_the_message(self):
        """SD+7: the mail's link opens the very message."""
        remark = self.post(self.dealer)
        known = self.all_mails()
        answer = self.post(self.employee, parent=remark)
        link = f"/my/dossiers/{self.dossier.id}?thread={remark.id}#message-{answer.id}"
        self.assertIn(link, self.new_mails(known).body_html)
        self.assertIn(f'id="message-{answer.id}"', self.page(thread=remark.id))

    def test_answer_on_the_ticket_shows_in_the_dossier(self):
        """SD+7: an employee's answer on the ticket is an answer in the dossier, with its files; told once."""
        complaint = self.post(self.dealer, "complaint", subject="Scratch")
        ticket = complaint.sudo().ticket_ids
        known = self.all_mails()
        admin = self.env.ref("base.user_admin")
        upload = self.env["ir.attachment"].create({"name": "visit.pdf", "raw": b"%PDF-1.4"})
        ticket.with_user(admin).message_post(
            body="We send a technician on Monday",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachment_ids=upload.ids,
        )
        answer = complaint.sudo().child_ids
        self.assertIn("technician", answer.body)
        self.assertEqual((answer.author_id, answer.is_staff, answer.audience), (admin.partner_id, True, "company"))
        self.assertEqual(answer.file_ids.mapped("name"), ["visit.pdf"])
        told = self.new_mails(known).filtered(lambda mail: self.dealer.partner_id in mail.recipient_ids)
        self.assertLessEqual(len(told), 1)
        ticket.with_user(admin).message_post(body="He is late", message_type="comment", subtype_xmlid="mail.mt_note")
        self.assertEqual(complaint.sudo().child_ids, answer, "a note among employees stays on the ticket")

    def test_answer_in_the_dossier_shows_on_the_ticket(self):
        """SD+7: what the customer answers in the dossier reaches the service desk's conversation, once."""
        complaint = self.post(self.dealer, "complaint", subject="Scratch")
        ticket = complaint.sudo().ticket_ids
        count = len(ticket.message_ids)
        answer = self.post(self.dealer, parent=complaint, body="<p>Any news?</p>", files=[("b.jpg", b"\xff\xd8\xff")])
        post = ticket.message_ids[0]
        self.assertEqual(len(ticket.message_ids), count + 1)
        self.assertIn("Any news?", post.body)
        self.assertIn("b.jpg", post.body)
        self.assertEqual(post.author_id, self.dealer.partner_id)
        self.assertEqual(answer.sudo().mail_message_id, post)
        self.assertEqual(len(complaint.sudo().child_ids), 1)

    def test_mail_on_the_ticket(self):
        """SD+6: what a mail on the ticket quotes is folded in the dossier, what it passes on is not."""
        asked = "There is a deep scratch in the frame"
        complaint = self.post(self.dealer, "complaint", subject="Scratch", body=f"<p>{asked}</p>")
        head = Markup("From: Owner<br>Sent: 27 November 2026 10:00<br>To: Dirk<br>Subject: Door")
        for text, folded in (("It does not close", False), (asked, True)):
            complaint.sudo().ticket_ids.message_post(
                body=Markup("<p>See below.</p><p>%s</p><p>%s</p>") % (head, text), message_type="email",
                subtype_xmlid="mail.mt_comment", author_id=self.dealer.partner_id.id,
            )  # fmt: skip
            answer = complaint.sudo().child_ids.sorted("id")[-1:]
            self.assertEqual((text in (answer.quote or ""), text in answer.body), (folded, not folded))

    def test_waiting_for_the_customer(self):
        """SD+7: while a complaint waits for the customer its clock stands still; the customer's answer ends that."""
        complaint = self.post(self.dealer, "complaint", subject="Scratch")
        ticket = complaint.sudo().ticket_ids
        awaiting = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")
        before = ticket.stage_id
        ticket.sudo().stage_id = awaiting
        self.assertTrue(ticket.date_waiting)
        ticket.date_first_response = False
        ticket.date_response_deadline = ticket.date_waiting - timedelta(days=1)
        self.run_cron("ir_cron_escalate_responses")
        self.assertFalse(ticket.activity_ids)
        self.company.resource_calendar_id = False
        ticket.date_waiting -= timedelta(days=3)
        deadline = ticket.date_response_deadline
        self.post(self.dealer, parent=complaint)
        self.assertEqual(ticket.stage_id, before)
        self.assertFalse(ticket.date_waiting)
        self.assertAlmostEqual(ticket.date_response_deadline - deadline, timedelta(days=3), delta=timedelta(minutes=1))

    def test_reopened_by_an_answer(self):
        """SD+7: an answer within the time brings a closed complaint back to work; a late one is only kept."""
        complaint = self.post(self.dealer, "complaint", subject="Scratch")
        ticket = complaint.sudo().ticket_ids
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        ticket.stage_id = done
        ticket.closed_date = fields.Datetime.now() - timedelta(days=30)
        self.post(self.dealer, parent=complaint)
        self.assertEqual(ticket.stage_id, done)
        ticket.closed_date = fields.Datetime.now() - timedelta(days=2)
        self.post(self.employee, parent=complaint)
        self.assertEqual(ticket.stage_id, done, "the manufacturer's word does not reopen it")
        self.post(self.dealer, parent=complaint)
        self.assertFalse(ticket.stage_id.closed)

    def test_merge(self):
        """SD+7: two complaints become one; answers to either are heard there."""
        first, second = (self.post(self.dealer, "complaint", subject=f"Scratch {n}") for n in range(2))
        tickets = (first | second).sudo().ticket_ids
        tickets.action_merge()
        kept, merged = first.sudo().ticket_ids, second.sudo().ticket_ids
        self.assertEqual((merged.merged_into_id, merged.stage_id.closed), (kept, True))
        self.post(self.dealer, parent=second, body="<p>Still there</p>")
        self.assertIn("Still there", kept.message_ids[0].body)
        self.assertTrue(merged.stage_id.closed, "it stays closed: the other one goes on")
        self.assertRegex(self.page(), rf"Goes on as\s*{kept.number}", "the customer is not told that it is done")
        foreign = self.post(self.dealer, "complaint", dossier=self._make_dossier()).sudo().ticket_ids
        with self.assertRaises(UserError):
            (kept | foreign).action_merge()

    def test_merged_hears_of_its_own_thread(self):
        """SD+7: an answer to a mail of the merged complaint is heard where it goes on, and does not reopen it."""
        first, second = (self.post(self.dealer, "complaint", subject=f"Scratch {n}") for n in range(2))
        kept, merged = first.sudo().ticket_ids, second.sudo().ticket_ids
        (kept | merged).action_merge()
        kept.stage_id = kept.team_id._get_applicable_stages().filtered("closed")[:1]
        customer = self.dealer.partner_id
        merged.message_post(
            body="Still there", author_id=customer.id, message_type="email", subtype_xmlid="mail.mt_comment"
        )
        self.assertIn("Still there", kept.message_ids[0].body)
        self.assertEqual((merged.stage_id.closed, kept.stage_id.closed), (True, False))
        told = self.env["service.dossier.message"].search([("root_id", "=", second.id)])
        self.assertEqual([html2plaintext(body) for body in told.mapped("body")], ["Still there"], "it is said once")
        self.assertEqual(told.author_id, customer)
        merged.message_post(
            body="We come",
            author_id=self.employee.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertIn("We come", kept.message_ids[0].body)

    def test_canned_answer(self):
        """SD+7: a canned answer is added to what is written."""
        canned = (
            self.env["mail.canned.response"]
            .with_user(self.employee)
            .create({"source": "thanks", "substitution": "Thank you for the photos."})
        )
        remark = self.post(self.dealer)
        Compose = self.env["service.dossier.compose"].with_user(self.employee)
        with Form(Compose.with_context(default_dossier_id=self.dossier.id, default_parent_id=remark.id)) as form:
            form.body = "<p>Hello</p>"
            form.canned_id = canned
        self.assertIn("Thank you for the photos.", form.record.body)
        self.assertIn("Hello", form.record.body)
