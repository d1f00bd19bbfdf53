from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.fields import Command
from odoo.tests import BaseCase, TransactionCase, tagged

from ..delivery import Attempt, is_temporary, minutes_until_next_try
from ..health import Check
from ..hooks import uninstall_hook
from ..http import read_number
from ..models.database_home import PARAMETER
from ..models.mail_delivery import KEEP_DAYS
from .common import SafeguardCase


class TestLimits(BaseCase):
    """PR4: each limit at the value where it begins, and one beside it."""

    def test_answers_of_a_mail_server(self):
        """PR4: 500 to 599 is for good (RFC 5321, 4.2.1), everything around it is not; nine tries, no tenth."""
        for code, state in ((499, "waiting"), (500, "failed"), (599, "failed"), (600, "waiting"), (-1, "waiting")):
            attempt = Attempt()
            attempt.take(["a@example.com"], {"a@example.com": (code, b"no")})
            self.assertEqual(attempt.verdict("a@example.com")[0], state, code)
        self.assertTrue(is_temporary(ConnectionRefusedError()))
        self.assertEqual([minutes_until_next_try(number) for number in (0, 1, 9, 10)], [None, 5, 1440, None])

    def test_a_figure_at_its_limit(self):
        """PR4: what should be as much as its limit is fine at the limit; what should be less is not."""
        self.assertEqual(Check("free", "F", 15, "", 15, 5, below=True).state, "ok")
        self.assertEqual(Check("late", "L", 15, "", 15, 20).state, "warning")

    def test_the_length_of_a_number(self):
        """PR4: 32 characters are a number, 33 are not; the limits themselves are inside."""
        self.assertEqual(read_number("1." + "0" * 30, 0, 5), 1.0)
        self.assertIsNone(read_number("1." + "0" * 31, 0, 5))
        self.assertEqual([read_number(number, 0, 5) for number in ("0", "5", "5.1", "-1")], [0, 5, None, None])


@tagged("post_install", "-at_install")
class TestLinkGuards(SafeguardCase):
    """PR4: the edges of secret links."""

    def _of_length(self, length):
        document, token = self.documents.create({}), "a" * length
        document.access_link_previous_digest = self.documents._hash_access_token(token)
        return document, token

    def test_the_length_of_a_token(self):
        """PR4: old tokens of 16 to 256 characters open their record, others are not even looked up."""
        for length, found, searched in ((15, True, False), (16, True, True), (256, True, True), (257, False, False)):
            document, token = self._of_length(length)
            self.assertEqual(bool(self.documents._find_by_access_token(document.id, token)), found, length)
            self.assertEqual(bool(self.documents._search_by_access_token(token)), searched, length)

    def test_the_moment_of_expiry(self):
        """PR4: at the very second the link has ended."""
        with freeze_time("2026-05-04 10:00:00"):
            document = self.documents.create({"date_link_expiry": "2026-05-04 10:00:00"})
            self.assertFalse(document._is_access_link_open())
            document.date_link_expiry = "2026-05-04 10:00:01"
            self.assertTrue(document._is_access_link_open())


@tagged("post_install", "-at_install")
class TestFailureGuards(TransactionCase):
    """PR4: what is noted of one record, one work and one model is noted of no other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.failures = cls.env["cron.batch.failure"]
        cls.failures.search([]).unlink()
        cls.one, cls.two = cls.env["res.partner"].create([{"name": "One"}, {"name": "Two"}])
        # a record of another model with the same id
        cls.twin = cls.env["res.users"].browse(cls.one.id)
        for record, method in ((cls.one, "_work"), (cls.two, "_work"), (cls.one, "_rest"), (cls.twin, "_work")):
            cls.failures._set_aside(record, method, ValueError("bad"))

    def test_set_aside(self):
        """PR4: four things failed once each; the second failure of one raises the count of that one alone."""
        self.assertEqual(self.failures.search([]).mapped("failure_count"), [1, 1, 1, 1])
        again = self.failures._set_aside(self.one, "_rest", ValueError("bad"))
        self.assertEqual((again.res_id, again.method, again.failure_count), (self.one.id, "_rest", 2))
        again = self.failures._set_aside(self.twin, "_work", ValueError("bad"))
        self.assertEqual((again.res_model, again.failure_count), ("res.users", 2))

    def test_waiting(self):
        """PR4: who waits is asked of one work on one model, and of the time."""
        self.assertEqual(set(self.failures._waiting_ids("res.partner", "_work")), {self.one.id, self.two.id})
        self.assertEqual(self.failures._waiting_ids("res.partner", "_rest"), self.one.ids)
        self.assertEqual(self.failures._waiting_ids("res.users", "_work"), self.twin.ids)
        with freeze_time(fields.Datetime.now() + timedelta(hours=1, seconds=1)):
            self.assertFalse(self.failures._waiting_ids("res.partner", "_work"))

    def test_waiting_ends_at_its_time(self):
        """PR4: at the very second of the next try a record is due."""
        failure = self.failures.search([("method", "=", "_rest")])
        with freeze_time(failure.date_next_try):
            self.assertFalse(self.failures._waiting_ids("res.partner", "_rest"))

    def test_forget(self):
        """PR4: what went well is forgotten of these records, this work and this model."""
        self.failures._forget("res.partner", "_work", self.one.ids)
        left = {(row.res_model, row.res_id, row.method) for row in self.failures.search([])}
        self.assertEqual(
            left,
            {
                ("res.partner", self.two.id, "_work"),
                ("res.partner", self.one.id, "_rest"),
                ("res.users", self.one.id, "_work"),
            },
        )

    def test_old_notes_go(self):
        """PR4: after half a year a note is swept away, not a day before."""
        old, young = self.failures.search([], limit=2)
        old.date_failure = fields.Datetime.now() - timedelta(days=181)
        young.date_failure = fields.Datetime.now() - timedelta(days=179)
        self.failures._gc_failures()
        self.assertFalse(old.exists())
        self.assertTrue(young.exists())
        with freeze_time("2026-05-04 10:00:00"):
            young.date_failure = fields.Datetime.now() - timedelta(days=180)
            self.failures._gc_failures()
            self.assertTrue(young.exists())


@tagged("post_install", "-at_install")
class TestDeliveryGuards(TransactionCase):
    """PR4: what became of one mail says nothing about another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deliveries = cls.env["mail.delivery"]
        cls.ann, cls.bob = cls.env["res.partner"].create(
            [{"name": "Ann", "email": "ann@example.com"}, {"name": "Bob", "email": "bob@example.com"}]
        )

    def _row(self, **values):
        return self.deliveries.create({"address": "ann@example.com", "message_header": "<1@x>", **values})

    def test_a_bounce_is_of_its_mail(self):
        """PR4: another Message-Id, an address that failed already, another address of the mail: untouched."""
        sent, other = self._row(state="sent"), self._row(state="sent", message_header="<2@x>")
        failed = self._row(state="failed", reason="first")
        self.assertEqual(self.deliveries._bounce(["<1@x>"], ["ann@example.com"], "full"), sent)
        self.assertEqual((sent.state, other.state, failed.reason), ("bounced", "sent", "first"))
        two = self._row(state="sent", message_header="<3@x>") + self._row(
            state="sent", message_header="<3@x>", address="bob@example.com"
        )
        self.deliveries._bounce(["<3@x>"], ["bob@example.com"], "full")
        self.assertEqual(two.mapped("state"), ["sent", "bounced"])

    def test_only_what_did_not_arrive_is_sent_again(self):
        """PR4: who has the mail does not get it a second time."""
        mail = self.env["mail.mail"]._queue(
            [{"subject": "News", "body_html": "x", "recipient_ids": [Command.set((self.ann + self.bob).ids)]}]
        )
        ann, bob = mail.delivery_ids.sorted("address")
        ann._settle("sent", "")
        bob._settle("failed", "no")
        mail.state = "exception"
        (ann + bob).action_send_again()
        self.assertEqual(ann.exists().state, "sent")
        self.assertFalse(bob.exists())
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.delivery_ids.filtered(lambda row: row.state == "waiting").address, "bob@example.com")

    def test_one_that_arrived_alone(self):
        """PR4: *Send Again* on a mail that arrived does nothing."""
        mail = self.env["mail.mail"]._queue(
            [{"subject": "News", "body_html": "x", "recipient_ids": [Command.set(self.ann.ids)]}]
        )
        mail.delivery_ids._settle("sent", "")
        mail.state = "sent"
        mail.delivery_ids.action_send_again()
        self.assertEqual((mail.state, mail.delivery_ids.state), ("sent", "sent"))

    def test_documents_hear_of_news_only(self):
        """PR4: what a document knows already is not told again."""
        known, news = self._row(state="sent"), self._row(state="sent", is_pending=True)
        told = []

        def each(rows, domain, _method, **_options):
            told.extend(rows.search(domain).ids)

        self.patch(type(self.deliveries), "_cron_each", each)
        self.deliveries._cron_tell_documents()
        self.assertIn(news.id, told)
        self.assertNotIn(known.id, told)

    def test_old_deliveries_go(self):
        """PR4: swept away are old ones that are over and told; waiting, untold and younger ones stay."""
        old = fields.Datetime.now() - timedelta(days=KEEP_DAYS + 1)
        over = self._row(state="sent", date_state=old)
        kept = self._row(state="waiting", date_state=old) + self._row(state="sent", date_state=old, is_pending=True)
        kept += self._row(state="sent", date_state=fields.Datetime.now() - timedelta(days=KEEP_DAYS - 1))
        self.deliveries._gc_deliveries()
        self.assertFalse(over.exists())
        self.assertEqual(kept.exists(), kept)
        with freeze_time("2026-05-04 10:00:00"):
            kept[-1].date_state = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
            self.deliveries._gc_deliveries()
            self.assertTrue(kept[-1].exists())

    def test_notifications_of_others(self):
        """PR4: that a mail is tried again is told of this mail and these recipients."""
        values = {"subject": "News", "body_html": "x", "recipient_ids": [Command.set((self.ann + self.bob).ids)]}
        mail, other = self.env["mail.mail"]._queue([values, values])
        rows = self.env["mail.notification"].create(
            [
                {
                    "mail_message_id": one.mail_message_id.id,
                    "mail_mail_id": one.id,
                    "res_partner_id": partner.id,
                    "notification_type": "email",
                    "notification_status": "exception",
                    "failure_type": "unknown",
                }
                for one in (mail, other)
                for partner in (self.ann, self.bob)
            ]
        )
        mail._write_notifications(self.ann, "ready")
        self.assertEqual(rows.mapped("notification_status"), ["ready", "exception", "exception", "exception"])

    def test_the_end_of_a_mail_in_parts(self):
        """PR4: Odoo is told of who has the mail, and of the failure of who has not."""
        values = {"subject": "News", "body_html": "x", "recipient_ids": [Command.set((self.ann + self.bob).ids)]}
        mail = self.env["mail.mail"]._queue([values])
        ann, bob = mail.delivery_ids.sorted("address")
        ann._settle("sent", "")
        bob._settle("failed", "full")
        told = mail._finish_deliveries(False)
        self.assertEqual((told["success_pids"], told["success_emails"]), ([self.ann], ["ann@example.com"]))
        self.assertEqual((told["failure_reason"], told["failure_type"]), ("full", "unknown"))

    def test_figures_of_this_week(self):
        """PR4: mails that arrived, and failures of last week, are no matter of today."""

        def figure():
            checks = self.env["health.monitor"]._get_checks()
            return next(check.value for check in checks if check.code == "mail_undelivered")

        before = figure()
        self._row(state="sent")
        self._row(state="failed", date_state=fields.Datetime.now() - timedelta(days=8))
        self.assertEqual(figure(), before)
        self._row(state="failed")
        self.assertEqual(figure(), before + 1)
        with freeze_time("2026-05-04 10:00:00"):
            known = figure()
            self._row(state="failed", date_state="2026-04-27 10:00:00")
            self.assertEqual(figure(), known)

    def test_mails_of_tomorrow_do_not_wait(self):
        """PR4: a mail that is due this second waits, one of the next does not yet."""

        def waiting():
            checks = self.env["health.monitor"]._get_checks()
            return next(check.value for check in checks if check.code == "mail_waiting")

        with freeze_time("2026-05-04 10:00:00"):
            before = waiting()
            mail = self.env["mail.mail"].create({"state": "outgoing", "scheduled_date": "2026-05-04 10:00:00"})
            self.assertEqual(waiting(), before + 1)
            mail.scheduled_date = "2026-05-04 10:00:01"
            self.assertEqual(waiting(), before)
            mail.write({"state": "sent", "scheduled_date": False})
            self.assertEqual(waiting(), before)

    def test_paused_actions_are_not_late(self):
        """PR4: with archived records in sight, too."""
        cron = self.env.ref("base.autovacuum_job")
        cron.write({"nextcall": fields.Datetime.now() - timedelta(hours=3), "active": False})
        checks = self.env["health.monitor"].with_context(active_test=False)._get_checks()
        self.assertNotIn(cron.cron_name, {check.subject for check in checks if check.code == "scheduled_action_late"})


@tagged("post_install", "-at_install")
class TestProblemGuards(SafeguardCase):
    """PR4: what did not arrive is said on the document it was about."""

    def test_the_problem_of_this_document(self):
        """PR4: not on another record, not on a record of another model with the same id."""
        model = "safeguard.test.document"
        one, two = self.documents.create([{"name": "one"}, {"name": "two"}])
        self.env["mail.delivery"].create(
            [
                {"res_model": model, "res_id": one.id, "address": "one@example.com", "state": "failed"},
                {"res_model": "res.partner", "res_id": two.id, "address": "twin@example.com", "state": "failed"},
            ]
        )
        self.assertIn("one@example.com", one.mail_delivery_problem)
        self.assertFalse(two.mail_delivery_problem)

    def test_the_note_of_the_database_goes_alone(self):
        """PR4: uninstalling takes the addon's own parameter and no other."""
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param(PARAMETER, "x")
        parameters.set_param("somebody.elses", "kept")
        uninstall_hook(self.env)
        self.assertFalse(parameters.get_param(PARAMETER))
        self.assertEqual(parameters.get_param("somebody.elses"), "kept")
