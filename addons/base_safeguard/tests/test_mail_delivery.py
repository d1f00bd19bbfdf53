import smtplib
from email import message_from_string, policy
from unittest.mock import patch

from odoo import fields
from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..delivery import RETRY_MINUTES

_LOGGERS = (
    "odoo.addons.mail.models.mail_mail",
    "odoo.addons.base.models.ir_mail_server",
)


class FakeSession:
    """An SMTP session that keeps what it takes; ``answers`` are per address: a code, or an error for all."""

    def __init__(self, **answers):
        self.answers, self.taken = answers, []

    def send_message(self, message, _smtp_from, addresses):
        """Take or refuse a message as ``smtplib.SMTP.send_message`` does."""
        if error := self.answers.get("error"):
            raise error
        codes = {address: self.answers.get(address.split("@", 1)[0]) for address in addresses}
        refused = {address: (code, b"no") for address, code in codes.items() if code}
        if len(refused) == len(addresses):
            raise smtplib.SMTPRecipientsRefused(refused)
        self.taken.append((message.as_bytes(), sorted(set(addresses) - set(refused))))
        return refused

    def quit(self):
        """End the session."""


@tagged("post_install", "-at_install")
class TestMailDelivery(TransactionCase):
    """Mails that are owed: what becomes of them at each address, and when they are sent again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann, cls.bob = cls.env["res.partner"].create(
            [{"name": "Ann", "email": "ann@example.com"}, {"name": "Bob", "email": "bob@example.com"}]
        )

    def _queue(self, **values):
        return self.env["mail.mail"]._queue(
            [
                {
                    "subject": "News",
                    "body_html": "<p>News</p>",
                    "email_from": "shop@example.com",
                    "model": "res.partner",
                    "res_id": self.ann.id,
                    "recipient_ids": [fields.Command.set(self.ann.ids)],
                    **values,
                }
            ]
        )

    def test_a_message_goes_its_deliveries_stay(self):
        """PR3: a document is deleted in the transaction in which its mail was queued: what was to become of it stays.

        PostgreSQL empties foreign keys in the alphabetical order of its triggers' names, and looks at the other keys
        of a row that the same transaction wrote (``RI_FKey_fk_upd_check_required``): that order is chance.
        """
        mail = self._queue()
        delivery = mail.delivery_ids
        delivery.address = "ann@example.com"
        delivery.flush_recordset()
        mail.mail_message_id.unlink()
        self.assertFalse(mail.exists())
        self.assertTrue(delivery.exists())
        self.assertFalse(delivery.mail_id or delivery.mail_message_id)

    def _send(self, mail, session=None, error=None):
        """Let the queue hand a mail to a server that answers as ``session`` says, or is not reached."""
        session = session or FakeSession()

        def connect(_self, *_args, **_kwargs):
            if error:
                raise error
            return session

        with (
            patch.object(IrMail_Server, "_disable_send", lambda _self: False),
            patch.object(IrMail_Server, "_connect__", connect),
            mute_logger(*_LOGGERS),
        ):
            mail.filtered(lambda mail: mail.state == "outgoing").send()
        self.env.flush_all()
        return session

    def _rows(self, mail_or_header):
        header = mail_or_header if isinstance(mail_or_header, str) else mail_or_header.message_id
        return self.env["mail.delivery"].search([("message_header", "=", header)], order="id")

    def test_a_mail_that_another_process_sent(self):
        """OS+5: a mail that another process sent and deleted does not keep the others of a run waiting."""
        gone, mail = self._queue(), self._queue()
        waiting = gone + mail

        def connect(_self, *_args, **_kwargs):
            self.env.cr.execute("DELETE FROM mail_mail WHERE id = %s", (gone.id,))
            self.env.invalidate_all(flush=False)
            return FakeSession()

        with (
            patch.object(IrMail_Server, "_disable_send", lambda _self: False),
            patch.object(IrMail_Server, "_connect__", connect),
            mute_logger(*_LOGGERS),
        ):
            waiting.send()
        self.assertEqual(self._rows(mail).state, "sent")

    def test_a_server_that_is_not_reached(self):
        """OS+5: the mail waits and is sent again with the same Message-Id; the address says why it waits."""
        mail = self._queue()
        header = mail.message_id
        for number, minutes in enumerate(RETRY_MINUTES[:2], 1):
            before = fields.Datetime.now()
            self._send(mail, error=ConnectionRefusedError(111, "Connection refused"))
            self.assertEqual(mail.state, "outgoing")
            self.assertGreaterEqual((mail.scheduled_date - before).total_seconds(), minutes * 60 - 1)
            row = self._rows(mail)
            self.assertEqual((row.state, row.attempt_count, row.address), ("waiting", number, "ann@example.com"))
            self.assertIn("Connection refused", row.reason)
        session = self._send(mail)
        [(content, addresses)] = session.taken
        self.assertIn(header.encode(), content)
        self.assertEqual(addresses, ["ann@example.com"])
        self.assertEqual(self._rows(header).state, "sent")

    def test_answers_of_the_server(self):
        """OS+5: 4yz answers (RFC 5321, 4.2.1) are tried again, 5yz are not, lost connections are."""
        for error, state in (
            (smtplib.SMTPDataError(451, b"try later"), "waiting"),
            (smtplib.SMTPDataError(554, b"rejected"), "failed"),
            (smtplib.SMTPSenderRefused(452, b"full", "a@example.com"), "waiting"),
            (TimeoutError("timed out"), "waiting"),
            (smtplib.SMTPNotSupportedError("SMTPUTF8"), "failed"),
        ):
            mail = self._queue()
            self._send(mail, FakeSession(error=error))
            self.assertEqual(self._rows(mail).state, state, error)
            self.assertNotIn("b'", self._rows(mail).reason, "words that people can read")
            self.assertEqual(mail.state, "outgoing" if state == "waiting" else "exception", error)

    def test_a_connection_that_breaks_off(self):
        """OS+5: the mail in hand is tried again; without us Odoo leaves it in "failed" for ever."""
        mail = self._queue()
        with self.assertRaises(smtplib.SMTPServerDisconnected):
            self._send(mail, FakeSession(error=smtplib.SMTPServerDisconnected("lost")))
        self.assertEqual((mail.state, self._rows(mail).state), ("outgoing", "waiting"))
        self.assertEqual(len(self._send(mail).taken), 1)

    def test_nobody_gets_a_mail_twice(self):
        """OS+5: where one of two recipients is refused for now, only that one is tried again."""
        mail = self._queue(recipient_ids=[fields.Command.set((self.ann + self.bob).ids)])
        header = mail.message_id
        session = self._send(mail, FakeSession(bob=450))
        self.assertEqual([to for _bytes, to in session.taken], [["ann@example.com"]])
        self.assertEqual(self._rows(mail).mapped("state"), ["sent", "waiting"])
        session = self._send(mail)
        self.assertEqual([to for _bytes, to in session.taken], [["bob@example.com"]])
        self.assertEqual(self._rows(header).mapped("state"), ["sent", "sent"])

    def test_one_refused_address_does_not_keep_the_others_from_their_mail(self):
        """OS+5: a recipient who is refused for good fails alone, whatever the order."""
        for first, second in ((self.ann, self.bob), (self.bob, self.ann)):
            mail = self._queue(recipient_ids=[fields.Command.set([first.id, second.id])])
            header = mail.message_id
            taken = self._send(mail, FakeSession(bob=550)).taken
            taken += self._send(mail.exists(), FakeSession(bob=550)).taken
            self.assertEqual([to for _bytes, to in taken], [["ann@example.com"]])
            states = {row.address: row.state for row in self._rows(header)}
            self.assertEqual(states, {"ann@example.com": "sent", "bob@example.com": "failed"})

    def test_retry_by_hand(self):
        """OS+5: Odoo's own *Retry* sends a failed mail to whoever has not got it, and to nobody twice."""
        mail = self._queue(recipient_ids=[fields.Command.set((self.ann + self.bob).ids)])
        header = mail.message_id
        self._send(mail, FakeSession(bob=550))
        self.assertEqual(mail.state, "exception")
        self.bob.email = "robert@example.com"
        mail.action_retry()
        [(_content, addresses)] = self._send(mail).taken
        self.assertEqual(addresses, ["robert@example.com"])
        self.assertEqual(self._rows(header).mapped("state"), ["sent", "sent"])
        self.assertFalse(mail.exists() and mail.state == "outgoing")

    def test_several_addresses_in_one_message(self):
        """OS+5: one message to several addresses: who was refused for now gets it later, the header names all."""
        values = {"email_to": "ann@example.com, bob@example.com", "recipient_ids": False}
        mail = self._queue(**values)
        self._send(mail, FakeSession(bob=451))
        self.assertEqual(self._rows(mail).mapped("state"), ["sent", "waiting"])
        [(content, addresses)] = self._send(mail).taken
        self.assertEqual(addresses, ["bob@example.com"])
        self.assertIn(b"ann@example.com", content)

    def test_two_addresses_of_one_contact(self):
        """OS+5: a contact's field may hold two addresses; each has its delivery."""
        self.ann.email = "ann@example.com, office@example.com"
        mail = self._queue()
        session = self._send(mail)
        self.assertEqual(session.taken[0][1], ["ann@example.com", "office@example.com"])

    def test_the_tries_are_bounded(self):
        """OS+5: after the last try the mail has failed, and its document hears of it."""
        mail = self._queue()
        for _number in range(len(RETRY_MINUTES) + 1):
            self.assertEqual(mail.state, "outgoing")
            self._send(mail, error=ConnectionRefusedError("refused"))
        self.assertEqual(mail.state, "exception")
        self.assertEqual(self._told(), [("failed", "ann@example.com")])

    def _told(self):
        """Return what documents are told: pairs of state and address."""
        told = []
        partners = type(self.env["res.partner"])
        with patch.object(
            partners,
            "_on_mail_delivery",
            lambda _self, rows: told.extend((row.state, row.address) for row in rows),
            create=True,
        ):
            pending = self.env["mail.delivery"].search([("is_pending", "=", True), ("res_id", "=", self.ann.id)])
            pending._tell_documents()
        self.assertFalse(pending.filtered("is_pending"))
        return told

    def test_documents_hear_of_the_end(self):
        """OS+5: sent, failed and bounced reach the document once each."""
        mail = self._queue()
        header = mail.message_id
        self._send(mail, FakeSession(ann=450))
        self.assertEqual(self._told(), [])
        self._send(mail)
        self.assertEqual(self._told(), [("sent", "ann@example.com")])
        self.assertEqual(self._told(), [])
        self._bounce(header, "ann@example.com")
        self.assertEqual(self._told(), [("bounced", "ann@example.com")])
        self.assertEqual(self._rows(header).reason, "mailbox unavailable")

    def test_a_report_of_a_delay(self):
        """OS+5: only a report that a mail failed says so (RFC 3464, RFC 6533); the others change nothing."""
        self.ann.message_bounce = 0
        mail = self._queue()
        header = mail.message_id
        self._send(mail)
        for action in ("delayed", "Delivered", "relayed", "expanded"):
            for part in ("message/delivery-status", "message/global-delivery-status"):
                self._bounce(header, "ann@example.com", report=self._report("ann@example.com", action, part=part))
                self.assertEqual(self._rows(header).state, "sent", (action, part))
        for kind in ("disposition-notification", "Feedback-Report"):
            report = self._report("ann@example.com", "failed", kind)
            self._bounce(header, "ann@example.com", report=report)
            self.assertEqual(self._rows(header).state, "sent", f"{kind}: it arrived")
        self.assertEqual(self.ann.message_bounce, 0)
        self._bounce(header, "ann@example.com", "Failed (no such mailbox)")
        self.assertEqual(self._rows(header).state, "bounced")

    def _report(self, address, action, kind="delivery-status", more="", part="message/delivery-status"):
        """Return a mail server's report of what it did."""
        return message_from_string(
            f"Content-Type: multipart/report; report-type={kind}; boundary=b\n\n"
            f"--b\nContent-Type: {part}\n\nReporting-MTA: dns; mx.example.com\n\n"
            f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: 4.4.1\n\n{more}--b--\n",
            policy=policy.SMTP,
        )

    def test_a_report_of_several_addresses(self):
        """OS+5: one report gives up both addresses (RFC 3464, 2.3); the same report again is about no other address."""
        for more, states in (
            ("Final-Recipient: rfc822; bob@example.com\nAction: failed\n\n", {"bounced"}),
            ("Final-Recipient: rfc822; bob@example.com\nAction: delayed\n\n", {"bounced", "sent"}),
            ("", {"bounced", "sent"}),
        ):
            self.ann.email = "ann+news@example.com, bob@example.com"
            mail = self._queue()
            header = mail.message_id
            self._send(mail)
            # passed on by the server that it was sent to (RFC 3461, 4.2)
            passed_on = "ann@elsewhere.example\nOriginal-Recipient: rfc822;ann+2Bnews@example.com"
            for _copy in range(2):
                self._bounce(header, "ann@elsewhere.example", report=self._report(passed_on, "failed", more=more))
            self.assertEqual(set(self._rows(header).mapped("state")), states, more)

    def _bounce(self, header, address, action=None, report=None):
        self.env["mail.thread"]._routing_handle_bounce(
            report or (action and self._report(address, action)),
            {
                "bounced_email": address,
                "bounced_partner": self.env["res.partner"],
                "bounced_msg_ids": [header],
                "bounced_message": self.env["mail.message"],
                "body": "<p>mailbox unavailable</p>",
                "email_from": "mailer-daemon@example.com",
                "to": "bounce@example.com",
                "message_id": "<bounce@example.com>",
            },
        )

    def test_a_mended_address(self):
        """OS+5: a mail that waits goes to the address as it is when it is sent, and is known under that one."""
        mail = self._queue()
        header = mail.message_id
        self._send(mail, FakeSession(ann=450))
        self.ann.email = "ann@example.org"
        self._send(mail)
        self.assertEqual(self._rows(header).mapped("address"), ["ann@example.org"])

    def test_a_domain_beyond_ascii(self):
        """OS+5: Odoo looks for the domain of the envelope (ASCII) as it was typed, and found nobody to send to."""
        self.ann.email = "ann@bücher.example, bob@bücher.example"
        mail = self._queue()
        header = mail.message_id
        taken = self._send(mail, FakeSession(bob=550)).taken
        self.assertEqual([addresses for _content, addresses in taken], [["ann@xn--bcher-kva.example"]])
        states = {row.address: row.state for row in self._rows(header)}
        self.assertEqual(states, {"ann@bücher.example": "sent", "bob@bücher.example": "failed"})
        self._bounce(header, "ann@xn--bcher-kva.example")
        self.assertEqual(set(self._rows(header).mapped("state")), {"bounced", "failed"})

    def test_a_character_that_is_none(self):
        """OS+5: names from spreadsheets have characters that no document may have; lxml refuses the whole mail."""
        mail = self._queue(body_html="<p>Hello Ann\x0bMiller\x01</p>", body_text="Hello Ann\x0bMiller")
        header = mail.message_id
        self._send(mail)
        self.assertEqual(self._rows(header).state, "sent")

    def test_no_address(self):
        """OS+5: a recipient without an address is a failure that is seen."""
        self.ann.email = False
        mail = self._queue()
        self._send(mail)
        self.assertEqual(self._rows(mail).state, "failed")
        self.assertEqual(self._rows(mail).partner_id, self.ann)

    def test_other_mails_are_left_to_odoo(self):
        """OS+5: mails that nobody owes are sent as without us."""
        mail = self.env["mail.mail"].create({"email_to": "ann@example.com", "email_from": "shop@example.com"})
        self._send(mail, error=ConnectionRefusedError("refused"))
        self.assertEqual(mail.state, "exception")
        self.assertFalse(self._rows(mail))

    def test_mails_that_odoo_makes(self):
        """OS+5: what a template or ``message_post`` makes is owed where the context says so."""
        template = self.env["mail.template"].create(
            {
                "name": "News",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "News",
                "partner_to": "{{ object.id }}",
                "body_html": "<p>News</p>",
            }
        )
        mail = self.env["mail.mail"].browse(template.with_context(mail_owed=True).send_mail(self.ann.id))
        self.assertEqual(self._rows(mail).mapped("address"), ["ann@example.com"])

    def test_headers_on_the_wire(self):
        """OS+7: List-Unsubscribe leaves as one plain line (RFC 2369, RFC 8058), no encoded word (RFC 2047, 5)."""
        url = f"https://shop.example.com/order-status/12345/{'x' * 120}/unsubscribe"
        mail = self._queue(
            headers={
                "List-Unsubscribe": f"<{url}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "List-Id": f"<{'news.' * 20}example.com>",
            }
        )
        [(content, _addresses)] = self._send(mail).taken
        head = content.partition(b"\r\n\r\n")[0]
        self.assertIn(f"\r\nList-Unsubscribe: <{url}>\r\n".encode(), head)
        self.assertIn(b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", head)
        self.assertNotIn(b"=?", head)

    def test_a_text_part_of_its_own(self):
        """OS+7: the text part is the one that was written, where one was."""
        [(content, _addresses)] = self._send(self._queue(body_text="Plain words")).taken
        self.assertIn(b"Plain words", content)

    def test_the_problem_on_a_document(self):
        """OS+5: documents say what did not arrive, where it went, and why; the latest mail counts."""
        mixin = self.env["mail.delivery.mixin"]
        mail = self._queue()
        self._send(mail, FakeSession(ann=550))
        self.assertIn("could not be delivered", mixin._mail_delivery_sentence(self._rows(mail)))
        self.assertIn("ann@example.com", mixin._mail_delivery_sentence(self._rows(mail)))
        self.ann.email = "ann@example.org"
        self._rows(mail).action_send_again()
        self.assertEqual(self._rows(mail).mapped("address"), ["ann@example.org"])
        self.assertFalse(mixin._mail_delivery_sentence(self._rows(mail)), "nothing is wrong yet")
