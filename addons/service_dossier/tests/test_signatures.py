"""Signatures of reply addresses: one reader's right to answer is shown to no other."""

import base64
import io
import re
from email.message import EmailMessage

from odoo.addons.base_safeguard.file_content import PIECE, FileContent
from odoo.addons.service_dossier import mail_parts, mail_text
from odoo.tests import tagged

from .common import ALIAS_DOMAIN, DossierCommon

SIGNATURE = "0123456789abcdef" * 2


@tagged("post_install", "-at_install")
class TestSignatures(DossierCommon):
    """SD3: whoever answers quotes the address that only he may write to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.message, cls.mail = cls.mail_plan("a@x.example")
        cls.signature = re.search("[0-9a-f]{32}", cls.mail.reply_to)[0]
        cls.address = f"dossier+{cls.message.sudo().mailing_ids.id}-{cls.signature}@{ALIAS_DOMAIN}"

    def answer(self, *, sender="a@x.example", text="Thursday.", html="", files=()):
        """Let an answer come in; return what came of it."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, self.mail.reply_to, f"Re: {self.address}"
        mail["Message-Id"] = "<s1@x.example>"
        mail.set_content(text)
        if html:
            mail.add_alternative(html, "html")
        for file in files:
            mail.add_attachment(file)
        self.env["mail.thread"].message_process(False, mail.as_bytes())
        return self.message.sudo().child_ids

    def check_hidden(self, *texts):
        """Check that none of some texts, or bytes, holds the signature."""
        for text in texts:
            self.assertNotIn(self.signature, text.decode("latin-1") if isinstance(text, bytes) else str(text or ""))

    def test_quoted_heads(self):
        """SD3: the heads that mail programs quote hold the address; neither the dossier nor the mails on it show it."""
        text = f"Thursday.\n\nFrom: Dirk <{self.address}>\nSent: Monday\nTo: a@x.example\nSubject: Plan\n\nWhen?\n"
        quoted = self.address.replace("+", "%2B")
        html = (
            f'<p>Thursday. <a href="mailto:{quoted}">Dirk</a></p><hr><div><b>From:</b> Dirk &lt;'
            f'<a href="mailto:{self.address}">{self.address.replace("+", "&#43;")}</a>&gt;<br><b>Sent:</b> Monday<br>'
            "<b>To:</b> a@x.example<br><b>Subject:</b> Plan</div><p>When?</p>"
        )
        for values in ({"text": text}, {"html": html}):
            with self.subTest(values), self.env.cr.savepoint() as savepoint:
                known = self.all_mails()
                reply = self.answer(**values)
                self.assertIn("Thursday", reply.body)
                self.check_hidden(reply.body, reply.quote, reply.subject)
                self.assertIn("dossier@", f"{reply.body}{reply.quote}", "the address without the secret stays")
                mails = self.new_mails(known).filtered(lambda mail: mail.email_to == self.dealer.email)
                self.assertTrue(mails)
                self.check_hidden(*mails.mapped("body_html"), *mails.mapped("subject"))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_forwarded_mail(self):
        """SD3: the mail itself, forwarded as a file, keeps its text and loses the secret, however it is encoded."""
        inner = EmailMessage()
        inner["From"], inner["Reply-To"], inner["Subject"] = "office@maker.example.com", self.address, "Plan"
        inner.set_content(f"Answer to {self.address}, please. Café", cte="base64")
        [file] = self.answer(files=(inner,)).file_ids
        self.assertEqual(file.name, "Plan.eml")
        raw = file.attachment_id.raw.replace(b"\r", b"")
        body = base64.b64decode(raw.partition(b"\n\n")[2])
        self.assertIn("Café".encode(), body)
        self.check_hidden(raw, body)

    def test_uploaded_mail(self):
        """SD3: so do mails that somebody saved and adds on the portal, those of Outlook, too."""
        raw = f"Reply-To: {self.address}\n\nText".encode()
        wide = b"\xd0\xcf\x11\xe0" + self.address.encode("utf-16-le") + b"!"
        message = self.post(self.dealer, "attachment", files=[("a.eml", raw), ("b.msg", wide)])
        eml, msg = (file.attachment_id.raw for file in message.sudo().file_ids)
        self.check_hidden(eml, msg.replace(b"\0", b""))
        self.assertEqual((len(eml), len(msg)), (len(raw), len(wide)))

    def test_pasted_text(self):
        """SD3: nor does a text that somebody copies from his mail program."""
        self.check_hidden(self.post(self.dealer, body=f"<p>They wrote to {self.address}</p>").body)

    def test_queue(self):
        """SD3, SD+5: employees who place a mail read all of it but the secret; it can be attached as before."""
        self.answer(sender="other@x.example", text=f"Hello.\n\n> Reply-To: {self.address}\n")
        row = self.env["service.dossier.unplaced"].search([("mail_header", "=", "<s1@x.example>")])
        self.assertEqual(row.reason, "sender")
        self.check_hidden(row.body, row.subject, row.recipients, row.mail_id.raw)
        row.with_user(self.employee).action_attach()
        self.assertIn("Hello", row.message_id.body)

    def test_other_texts_stay(self):
        """SD3: what only looks like a signature stays as it is; files without one keep every byte."""
        for text in (
            f"https://cdn.example/plan-12-{SIGNATURE}.png",
            f"dossier-{SIGNATURE}",
            "dossier+12-abc@x.example",
        ):
            self.assertEqual(mail_text.hide_signatures(text), text)
            self.assertEqual(mail_parts.hide_signatures(text.encode(), is_mail=True), text.encode())
        mail = b"Subject: x\r\nContent-Transfer-Encoding: BASE64 \r\n\r\nSGVs\r\nbG8=\r\n"
        self.assertEqual(mail_parts.hide_signatures(mail, is_mail=True), mail)

    def test_uploaded_file(self):
        """SD3: an upload stays on the disk, but for one with a signature, wherever in it that is."""
        clean = FileContent(io.BytesIO(bytes(PIECE) + b"plan"))
        self.assertIs(mail_parts.hide_signatures(clean), clean)
        for before in (0, PIECE - 20, PIECE + 7):
            signed = bytes(before) + f"dossier+12-{SIGNATURE}@x.example".encode()
            hidden = mail_parts.hide_signatures(FileContent(io.BytesIO(signed)))
            self.assertEqual(hidden, signed.replace(SIGNATURE.encode(), b"0" * 32))
