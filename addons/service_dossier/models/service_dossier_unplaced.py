"""Mail for dossiers that nobody knows the place of yet: nothing is dropped."""

import email
import email.parser
import email.policy
import hashlib
import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize, email_split, html2plaintext, parse_contact_from_email, plaintext2html

from .. import mail_parts, mail_text
from ..const import KEEP_AUTOMATIC_DAYS, MAX_BODY, MAX_REPLIES_PER_HOUR, ORIGINAL_NAME, UNPLACED_REASONS


class ServiceDossierUnplaced(models.Model):
    """A mail that waits for an employee to attach it to a dossier, to answer it or to discard it.

    The mail is kept as it came; what is shown is for reading only. State and dossier change by the buttons alone.
    """

    _name = "service.dossier.unplaced"
    _description = "Unplaced Mail"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "subject"
    _mail_post_access = "read"
    _primary_email = "email_from"

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    # named as in mail.message
    date = fields.Datetime(string="Received", required=True, readonly=True, default=fields.Datetime.now)
    email_from = fields.Char(string="From", readonly=True)
    author_name = fields.Char(string="Written By", readonly=True)
    recipients = fields.Text(string="To", readonly=True)
    subject = fields.Char(readonly=True)
    body = fields.Html(string="Text", readonly=True, sanitize=True, sanitize_style=True)
    mail_header = fields.Char(string="Message-Id", required=True, readonly=True)
    reason = fields.Selection(UNPLACED_REASONS, required=True, readonly=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("aside", "Set Aside"), ("attached", "Attached"), ("discarded", "Discarded")],
        required=True,
        readonly=True,
        default="waiting",
        tracking=True,
        help="Mail that machines write is set aside at once.",
    )
    dossier_id = fields.Many2one("service.dossier", readonly=True, index="btree_not_null", ondelete="set null")
    parent_id = fields.Many2one(
        "service.dossier.message", string="Answers", readonly=True, index="btree_not_null", ondelete="set null"
    )
    message_id = fields.Many2one("service.dossier.message", readonly=True, index="btree_not_null", ondelete="set null")
    user_id = fields.Many2one("res.users", string="Handled By", readonly=True, index="btree_not_null")
    file_names = fields.Text(string="Files", readonly=True)
    mail_id = fields.Many2one(
        "ir.attachment", string="The Mail", readonly=True, ondelete="set null", index="btree_not_null"
    )

    _header_unique = models.UniqueIndex("(mail_header)")
    _state_index = models.Index("(state, id DESC)")

    # Coming in

    @api.model
    def _keep(self, message, message_dict, mailing_sudo, reason):
        """Put a mail into the queue, once.

        :returns: the new row, or none where the mail is there already
        """
        known = self.search_count([("mail_header", "=", message_dict["message_id"])], limit=1)
        arrived = self.env["service.dossier.message"].search_count(
            [("mail_header", "=", message_dict["message_id"])], limit=1
        )
        if known or arrived:
            return self.browse()
        row = self.create(self._prepare_values(message_dict, mailing_sudo, reason))
        row._keep_original(message, message_dict)
        if row.state == "waiting":
            row._remind()
        return row

    @api.model
    def _keep_refused(self, message, message_dict, mailing_sudo, message_sudo):
        """Keep a mail that is in a dossier already, but without all of its files, and have somebody look at it."""
        row = self.search([("mail_header", "=", message_dict["message_id"])])
        if not row:
            values = self._prepare_values(message_dict, mailing_sudo, "files")
            row = self.create({**values, "state": "attached", "message_id": message_sudo.id})
            row._keep_original(message, message_dict)
        elif row.message_id == message_sudo:
            row.reason = "files"
        row._remind()

    @api.model
    def _note_arrived(self, message_dict, mailing_sudo, message_sudo):
        """Take a mail out of the queue whose other copy says where it belongs: blind copies come one by one.

        Anybody may write the Message-Id of a mail that waits; only the very same mail is placed with it.
        """
        row = self.search([("mail_header", "=", message_dict["message_id"]), ("state", "!=", "attached")])
        if row and row._is_copy(self._prepare_values(message_dict, mailing_sudo, row.reason)):
            dossier = message_sudo.dossier_id
            row._finish(state="attached", user_id=False, dossier_id=dossier.id, message_id=message_sudo.id)
            row._carry_over(row.message_ids.sorted("id"))

    def _is_copy(self, values):
        words = [html2plaintext(body or "").split() for body in (self.body, values["body"])]
        return words[0] == words[1] and all(self[name] == values[name] for name in ("email_from", "subject"))

    @api.model
    def _keep_unreadable(self, raw):
        """Put a mail (bytes) that cannot be processed into the queue.

        :returns: whether it is addressed to dossiers
        """
        message_dict = self._read_headers(raw)
        Message = self.env["service.dossier.message"]
        if not Message._is_dossier_mail(message_dict):
            return False
        mailing_sudo, _owner = Message._find_mailing(message_dict)
        self._keep(None, message_dict, mailing_sudo, "unreadable")
        return True

    @api.model
    def _read_headers(self, raw):
        """Return what the gateway would parse of a mail (bytes), without taking it apart."""
        message = email.parser.BytesHeaderParser(policy=email.policy.SMTP).parsebytes(raw)
        mail_parts.repair_headers(message)
        text = mail_parts.clean_text((message.get_payload(decode=True) or b"").decode("utf-8", "replace"))
        found = {name: str(message.get(name) or "") for name in ("From", "Subject", "References", "In-Reply-To")}
        addressed = [message.get_all(name, []) for name in ("To", "Cc", "Delivered-To")]
        return {
            # named by what it is: it may come again
            "message_id": str(message.get("Message-Id") or f"<{hashlib.sha256(raw).hexdigest()}@unreadable>").strip(),
            "email_from": found["From"],
            "recipients": ",".join(str(value) for values in addressed for value in values),
            "subject": found["Subject"],
            "references": found["References"],
            "in_reply_to": found["In-Reply-To"],
            "body": plaintext2html(text[:MAX_BODY]),
            "attachments": [(ORIGINAL_NAME, raw, {})],
        }

    def _read_mail(self, raw):
        """Return what the gateway parses of a mail (bytes), as far as it can be read."""
        try:
            message = email.message_from_bytes(raw, policy=email.policy.SMTP)
            return self.env["mail.thread"].message_parse(message)
        except mail_parts.UNREADABLE:
            return self._read_headers(raw)

    @api.model
    def _prepare_values(self, message_dict, mailing_sudo, reason):
        name, address = parse_contact_from_email(message_dict.get("email_from") or "")
        message_sudo = mailing_sudo.message_id
        company = message_sudo.company_id or self._company_of(message_dict)
        Message = self.env["service.dossier.message"]
        body, files = Message._open_attachments(message_dict)
        label = self.env._("Show the picture from %(server)s", server="%(server)s")
        return {
            "company_id": company.id,
            "email_from": address or (message_dict.get("email_from") or "")[:200],
            "author_name": name or address,
            "recipients": mail_text.hide_signatures(message_dict.get("recipients") or ""),
            "subject": mail_text.hide_signatures(Message._mail_subject_in(message_dict)) or self.env._("(no subject)"),
            "body": mail_text.hide_signatures(mail_parts.hold_back_pictures(body, label)) if body.strip() else "",
            "mail_header": message_dict["message_id"],
            "reason": reason,
            "state": self._first_state(reason, address),
            "dossier_id": (message_sudo.dossier_id or self._guess_dossier(message_dict, company)).id,
            "parent_id": message_sudo.id,
            "file_names": ", ".join(file_name for file_name, _content in files),
        }

    @api.model
    def _company_of(self, message_dict):
        """Return the company whose address a mail was sent to."""
        domains = {address.rpartition("@")[2].lower() for address in email_split(message_dict.get("recipients") or "")}
        companies = self.env["res.company"].search([("alias_domain_id.name", "in", list(domains))])
        return self.env.company if self.env.company in companies else companies[:1] or self.env.company

    @api.model
    def _guess_dossier(self, message_dict, company):
        """Return the dossier whose number is in the subject, or none."""
        words = {word.strip("-/.").upper() for word in re.findall(r"[\w/.-]{3,40}", message_dict.get("subject") or "")}
        Dossier = self.env["service.dossier"]
        found = Dossier.search([("name", "in", list(words)), ("company_id", "=", company.id)], limit=2)
        return found if len(found) == 1 else Dossier

    @api.model
    def _first_state(self, reason, address):
        """Return ``aside`` for machines: what says that it is one, and who writes on and on."""
        if reason == "automatic":
            return "aside"
        since = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        domain = [("email_from", "=", address), ("date", ">=", since), ("state", "!=", "attached")]
        return "aside" if self.search_count(domain, limit=MAX_REPLIES_PER_HOUR) >= MAX_REPLIES_PER_HOUR else "waiting"

    def _keep_original(self, message, message_dict):
        """Attach the mail as it came; where it had to be repaired to be read, the parser kept that."""
        kept = [file[1] for file in message_dict.get("attachments") or [] if file[0] == ORIGINAL_NAME]
        raw = kept[0] if kept else mail_parts.raw_bytes(message)
        self.mail_id = self.env["ir.attachment"].create(
            {
                "name": ORIGINAL_NAME,
                "raw": mail_parts.hide_signatures(raw, is_mail=True),
                "mimetype": "application/octet-stream",
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _remind(self):
        """Give whom it concerns an activity: the dossier's contact person, else whoever takes new dossiers."""
        user = self.dossier_id._get_contact() or self.company_id.dossier_contact_id
        if user:
            env = self.with_context(lang=user.lang).env
            self.with_context(lang=user.lang).activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=env._("Look at the mail from %(sender)s", sender=self.author_name or env._("somebody unknown")),
                note=dict(self._fields["reason"]._description_selection(env))[self.reason],
            )

    # Going out

    def _check_handling(self):
        """:raises AccessError: for whoever does not handle dossiers"""
        self.check_access("read")
        if not self.env.user.has_group("service_dossier.group_service_dossier_user"):
            raise AccessError(self.env._("Only employees who handle dossiers can do this."))

    def _finish(self, **values):
        self_sudo = self.sudo()  # checked by the callers; nobody writes these fields by hand
        self_sudo.write({"user_id": self.env.uid, **values})
        if values.get("state") != "waiting":
            self_sudo.activity_ids.unlink()

    def action_attach(self):
        """Attach the mails to the dossiers that they seem to belong to; ask where that is not known."""
        self._check_handling()
        if len(self) == 1 and not self.dossier_id:
            return self.action_choose_dossier()
        for mail in self.filtered(lambda mail: mail.dossier_id and mail.state != "attached"):
            mail._attach(mail.dossier_id, mail.parent_id)
        return True

    def action_choose_dossier(self):
        """Choose the dossier that this mail belongs to."""
        self.ensure_one()
        self._check_handling()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Attach to a dossier"),
            "res_model": "service.dossier.place",
            "view_mode": "form",
            "target": "new",
            "context": {"default_unplaced_id": self.id, "default_dossier_id": self.dossier_id.id},
        }

    def _attach(self, dossier, parent):
        """Make a message of this mail in a dossier.

        :param parent: the message that it answers; left out where it is of another dossier
        :raises UserError: where it is in a dossier already
        """
        self.ensure_one()
        dossier.check_access("write")
        parent.check_access("read")
        self_sudo = self.sudo()  # the mail's parts are kept where no user reads them
        locked = self_sudo.try_lock_for_update()
        if not locked or self_sudo.state == "attached" or not self_sudo.mail_id:
            raise UserError(self.env._("This mail was attached already."))
        message_dict = self_sudo._read_mail(self_sudo.mail_id.raw)
        message_dict["message_id"] = self_sudo.mail_header
        dossier_sudo = dossier.with_env(self_sudo.env)
        parent_sudo = (parent if parent.dossier_id == dossier else parent.browse()).with_env(self_sudo.env)
        Message = self_sudo.env["service.dossier.message"]
        # an employee says where it belongs, not that the sender is who the mail says: no employee's account is credited
        author = Message._mail_author(dossier_sudo, parent_sudo, email_normalize(self_sudo.email_from or ""))
        author = author.filtered("partner_share")
        message_sudo = Message._create_from_mail(dossier_sudo, parent_sudo, message_dict, author)
        self._finish(state="attached", dossier_id=dossier.id, message_id=message_sudo.id)
        self_sudo._carry_over(self_sudo.message_ids.sorted("id"))
        return message_sudo

    def _message_post_after_hook(self, message, msg_vals):
        """What is said when the mail is in its dossier is said there as well, and the readers hear of it."""
        result = super()._message_post_after_hook(message, msg_vals)
        for kept in self._carry_over(message):
            if message.message_type == "email":
                kept._notify()
        return result

    def _carry_over(self, posts):
        """Keep what was written to the sender, and back, with the mail where it is in a dossier; notes stay here."""
        comment = self.env.ref("mail.mt_comment")
        kept = self.env["service.dossier.message"]
        for mail, post in ((mail, post) for mail in self for post in posts if post.subtype_id == comment):
            # From: is no proof that an employee wrote it
            author = post.author_id.filtered("partner_share") if post.message_type == "email" else post.author_id
            kept += kept._create_from_post(mail, "message_id", post, author)
        return kept

    def action_answer(self):
        """Write to the sender; the answer to that comes back to this mail."""
        self.ensure_one()
        self._check_handling()
        # who handles dossiers need not be allowed to write contacts; the composer needs one to write to
        self_sudo = self.sudo()
        partner = self_sudo._partner_find_from_emails_single([self.email_from or ""])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_partner_ids": partner.ids,
                "default_subject": f"Re: {self.subject or ''}",
            },
        }

    def action_discard(self):
        """Take the mails out of the queue; they stay readable under the filter for discarded ones."""
        self._check_handling()
        self.filtered(lambda mail: mail.state != "attached")._finish(state="discarded")
        return True

    def action_wait(self):
        """Put mails that were set aside or discarded back into the queue."""
        self._check_handling()
        self.filtered(lambda mail: mail.state in ("aside", "discarded"))._finish(state="waiting")
        return True

    def action_open_message(self):
        """Open the message that was made of this mail."""
        self.ensure_one()
        return self.message_id.get_formview_action()

    @api.autovacuum
    def _gc_unplaced(self):
        before = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_AUTOMATIC_DAYS)
        self.search([("state", "=", "aside"), ("date", "<", before)], limit=1000).unlink()
