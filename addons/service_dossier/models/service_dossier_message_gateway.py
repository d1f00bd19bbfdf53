"""Answers that come in by mail."""

import logging
from email.message import EmailMessage

from lxml import html as lxml_html
from odoo import api, fields, models
from odoo.tools import email_normalize, email_split, mute_logger, parse_contact_from_email, plaintext2html
from psycopg2.errors import UniqueViolation

from .. import mail_text
from ..const import MAX_BODY, MAX_FILES, MAX_REPLIES_PER_HOUR, UNKNOWN_REPLY

_logger = logging.getLogger(__name__)


class ServiceDossierMessage(models.Model):
    _inherit = "service.dossier.message"

    @api.model
    def _is_dossier_mail(self, message_dict):
        """Return whether a parsed mail is addressed to the dossiers' alias, signed or not."""
        alias = self.env["service.dossier.mail"]._get_alias_name()
        domains = self.env["mail.alias.domain"].sudo().search([]).mapped("name")  # pylint: disable=no-search-all
        for address in email_split(message_dict.get("recipients") or ""):
            local, _at, domain = address.lower().partition("@")
            if domain in domains and local.partition("+")[0] == alias:
                return True
        return False

    @api.model
    def _receive_mail(self, message, message_dict):
        """Turn a mail into a reply; log and drop what is not a person's answer to a mailing of ours.

        :param message: ``email.message.EmailMessage``
        :param message_dict: what Odoo's gateway parsed of it
        :returns: the new message (superuser), or an empty recordset
        """
        header_id, sender = message_dict["message_id"], message_dict.get("email_from") or ""
        nothing = self.browse()
        if mail_text.is_automatic(message):
            _logger.info("Ignored automatic mail %s from %s to a dossier", header_id, sender)
            return nothing
        mailing_sudo, owner = self._find_mailing(message_dict)
        if email_normalize(sender) not in owner:
            reason = "unknown sender" if mailing_sudo else "no valid reference"
            _logger.warning("Refused mail %s from %s to a dossier: %s", header_id, sender, reason)
            self._refuse_mail(message, sender, known=bool(mailing_sudo))
            return nothing
        if self._is_mail_loop(mailing_sudo, sender):
            _logger.warning("Ignored mail %s from %s to a dossier: too many in an hour", header_id, sender)
            return nothing
        return self._create_from_mail(mailing_sudo, message_dict)

    @api.model
    def _find_mailing(self, message_dict):
        Mailing = self.env["service.dossier.mail"].sudo()  # the mail's sender has no account
        addresses = email_split(message_dict.get("recipients") or "")
        references = f"{message_dict.get('references') or ''} {message_dict.get('in_reply_to') or ''}"
        candidates = mail_text.find_signatures(addresses, references, Mailing._get_alias_name())
        return Mailing._find_signed(candidates)

    @api.model
    def _is_mail_loop(self, mailing_sudo, sender):
        since = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        count = self.sudo().search_count(
            [
                ("dossier_id", "=", mailing_sudo.message_id.dossier_id.id),
                ("origin", "=", "mail"),
                ("email_from", "=", email_normalize(sender)),
                ("date", ">=", since),
            ]
        )
        return count >= MAX_REPLIES_PER_HOUR

    @api.model
    def _create_from_mail(self, mailing_sudo, message_dict):
        parent_sudo = mailing_sudo.message_id
        Message = self.sudo()
        if Message.search_count([("header_id", "=", message_dict["message_id"])], limit=1):
            _logger.info("Ignored mail %s: it arrived before", message_dict["message_id"])
            return self.browse()
        files, refused = Message._mail_files(parent_sudo.dossier_id, message_dict)
        values = Message._prepare_mail_reply_values(mailing_sudo, message_dict, refused)
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                message_sudo = Message.create(values)
        except UniqueViolation:
            _logger.info("Ignored mail %s: another process is handling it", message_dict["message_id"])
            return self.browse()
        self.env["service.dossier.file"].sudo()._create_files(message_sudo, files)
        message_sudo._apply_effects()
        message_sudo._notify()
        return message_sudo

    @api.model
    def _prepare_mail_reply_values(self, mailing_sudo, message_dict, refused):
        parent_sudo = mailing_sudo.message_id
        name, address = parse_contact_from_email(message_dict["email_from"])
        # a signature that several share does not prove which of them writes: nobody's account is credited
        author = self.env["res.partner"] if mailing_sudo._is_shared() else self._mail_author(parent_sudo, address)
        new, quote = self._split_mail_body(message_dict.get("body") or "")
        if refused:
            new += plaintext2html(self.env._("Files that were not kept: %(names)s", names=", ".join(refused)))
        subject = " ".join((message_dict.get("subject") or "").split())[:200]
        return {
            "dossier_id": parent_sudo.dossier_id.id,
            "commercial_partner_id": parent_sudo.commercial_partner_id.id,
            "message_type": parent_sudo.message_type if parent_sudo.message_type in ("email", "remark") else "remark",
            "audience": parent_sudo.audience,
            "origin": "mail",
            "author_id": author.id,
            "author_name": author.name or name or address,
            "email_from": address,
            "is_staff": bool(author.user_ids) and not author.partner_share,
            "subject": subject,
            "body": new,
            "quote": quote,
            "parent_id": parent_sudo.id,
            "root_id": (parent_sudo.root_id or parent_sudo).id,
            "header_id": message_dict["message_id"],
        }

    @api.model
    def _mail_author(self, parent_sudo, address):
        """Return the partner behind an address: somebody of the dossier first, else of the same address book."""
        dossier = parent_sudo.dossier_id
        known = dossier.message_partner_ids | dossier.partner_id | dossier.user_id.partner_id | parent_sudo.author_id
        found = known.filtered(lambda partner: partner.email_normalized == address)[:1]
        if found:
            return found
        domain = [("email_normalized", "=", address), ("company_id", "in", [False, dossier.company_id.id])]
        return self.env["res.partner"].sudo().search(domain, limit=1)

    @api.model
    def _split_mail_body(self, body):
        """Return the new and the quoted part of a mail body as HTML."""
        if not body.strip():
            return "", ""
        root = mail_text.parse_body(body[: 20 * MAX_BODY])
        for image in root.xpath(".//img[starts-with(@src, 'cid:')]"):
            image.drop_tree()
        if len(root) == 1 and root[0].tag == "pre" and len(root[0]) == 0:
            new, quote = mail_text.fold_plain_quote(root[0].text or "")
            return plaintext2html(new[:MAX_BODY]), plaintext2html(quote[:MAX_BODY]) if quote else ""
        text = "".join([root.text or "", *(lxml_html.tostring(child, encoding="unicode") for child in root)])
        return mail_text.fold_quote(text)

    @api.model
    def _mail_files(self, dossier, message_dict):
        """Return the files of a mail that are kept, and the names of those that are not."""
        kept, refused = [], []
        File = self.env["service.dossier.file"]
        for attachment in message_dict.get("attachments") or []:
            name, content = attachment[0] or "file", attachment[1]
            if isinstance(content, EmailMessage):
                content = content.as_bytes()
            content = content.encode() if isinstance(content, str) else content
            if len(kept) >= MAX_FILES or File._get_refusal(dossier, name, content):
                refused.append(name)
            else:
                kept.append((name, content))
        return kept, refused

    @api.model
    def _refuse_mail(self, message, sender, *, known):
        """Tell the sender of a refused mail, but only somebody who is likely to be real (no backscatter)."""
        address = email_normalize(sender)
        users = self.env["res.users"].sudo().search([("email_normalized", "=", address)], limit=1)
        if not address or not (known or users):
            return
        company = self.env.company
        recipient_env = self.with_context(lang=users.lang or self.env.lang).env
        self.env["mail.mail"].sudo().create(
            {
                "subject": "Re: " + " ".join((message.get("Subject") or "").split())[:200],
                "email_from": company.email_formatted or company.alias_domain_id.default_from_email,
                "email_to": address,
                "reply_to": company.email or "",
                "references": message.get("Message-Id") or "",
                "headers": repr({"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}),
                "body_html": plaintext2html(recipient_env._(UNKNOWN_REPLY)),
                "auto_delete": True,
            }
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
