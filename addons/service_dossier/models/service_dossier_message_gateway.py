"""Answers that come in by mail."""

import logging
from email.message import EmailMessage

import idna
from odoo import api, fields, models
from odoo.addons.base_safeguard.delivery import is_failure_report
from odoo.tools import (
    email_normalize,
    email_split,
    is_html_empty,
    mute_logger,
    parse_contact_from_email,
    plaintext2html,
)
from psycopg2.errors import UniqueViolation

from .. import mail_html, mail_parts, mail_quote, mail_text, message_types
from ..const import MAX_BODY, MAX_FILES, MAX_REPLIES_PER_HOUR, MAX_SHOWN, MAX_SUBJECT, ORIGINAL_NAME, UNKNOWN_REPLY

_logger = logging.getLogger(__name__)


class ServiceDossierMessage(models.Model):
    """A message that comes in by mail; all of it is superuser's work: the sender of a mail has no account."""

    _inherit = "service.dossier.message"

    @api.model
    def _is_dossier_mail(self, message_dict):
        """Return whether a parsed mail is addressed to the dossiers' alias, signed or not."""
        alias = self.env["service.dossier.mail"]._get_alias_name()
        domains = self.env["mail.alias.domain"].search([]).mapped("name")  # pylint: disable=no-search-all
        for address in email_split(message_dict.get("recipients") or ""):
            local, _at, domain = address.lower().partition("@")
            if domain in domains and local.partition("+")[0] == alias:
                return True
        return False

    @api.model
    def _receive_mail(self, message, message_dict):
        """Turn a mail into a reply, or put it into the queue of unplaced mail: nothing is dropped.

        :param message: ``email.message.EmailMessage``
        :param message_dict: what Odoo's gateway parsed of it
        :returns: the new message, or an empty recordset
        """
        mailing_sudo, owner = self._find_mailing(message_dict)
        sender = self._sender_among(owner, message, message_dict)
        reason = self._unplaced_reason(message, mailing_sudo, sender)
        if reason:
            self._keep_unplaced(message, message_dict, mailing_sudo, reason)
            return self.browse()
        # a signature that several share does not prove which of them writes: nobody's account is credited
        parent_sudo, author = mailing_sudo.message_id, self.env["res.partner"]
        if not mailing_sudo._is_shared():
            author = self._mail_author(parent_sudo.dossier_id, parent_sudo, email_normalize(sender))
        message_dict = {**message_dict, "email_from": sender}
        message_sudo = self._create_from_mail(parent_sudo.dossier_id, parent_sudo, message_dict, author)
        if message_sudo:
            self.env["service.dossier.unplaced"]._note_arrived(message_dict, mailing_sudo, message_sudo)
        self._keep_refused(message, message_dict, mailing_sudo, message_sudo)
        return message_sudo

    @api.model
    def _sender_among(self, owner, message, message_dict):
        """Return the writer, as the mail names him, where it is one of ``owner``; empty where it is not."""
        named = (message_dict.get("email_from") or "", mail_parts.clean_text(message.get("Sender") or ""))
        return next((sender for sender in named if self._plain_address(sender) in owner), "")

    @api.model
    def _plain_address(self, sender):
        """Return the address of a sender as mailings hold it; empty where it is none."""
        try:
            return mail_text.wire_address(email_normalize(sender) or "")
        except idna.IDNAError:
            return ""

    @api.model
    def _unplaced_reason(self, message, mailing_sudo, sender):
        """Return why a mail cannot be placed, or an empty string."""
        if mail_text.is_automatic(message):
            return "automatic"
        if not sender:
            return "list" if mail_text.is_list(message) else "sender" if mailing_sudo else "unknown"
        if self._is_removed(mailing_sudo.message_id.commercial_partner_id, email_normalize(sender)):
            return "sender"
        return "rate" if self._is_mail_loop(mailing_sudo, sender) else ""

    @api.model
    def _is_removed(self, customer, address):
        """Return whether an address is that of people alone whose logins were taken away, the customer's own first."""
        Partner = self.env["res.partner"].with_context(active_test=False)
        found = Partner.search([("email_normalized", "=", address)])
        people = found.filtered(lambda partner: partner._acts_for(customer)) or found
        return bool(self._removed(people)) and not self._present(people)

    @api.model
    def _keep_unplaced(self, message, message_dict, mailing_sudo, reason):
        sender = message_dict.get("email_from") or ""
        _logger.info("Mail %s from %s waits in the queue: %s", message_dict["message_id"], sender, reason)
        kept = self.env["service.dossier.unplaced"]._keep(message, message_dict, mailing_sudo, reason)
        if kept and reason in ("sender", "unknown"):
            self._tell_unplaced(message, sender, known=bool(mailing_sudo))

    @api.model
    def _keep_refused(self, message, message_dict, mailing_sudo, message_sudo):
        """Keep the whole mail for the employees where not all of its files were taken into the dossier."""
        files = self._open_attachments(message_dict)[1] if message_sudo else []
        refused = self._mail_files(message_sudo.dossier_id, files)[1]
        if refused:
            _logger.info(
                "Mail %s is kept whole: files were refused: %s", message_dict["message_id"], ", ".join(refused)
            )
            self.env["service.dossier.unplaced"]._keep_refused(message, message_dict, mailing_sudo, message_sudo)

    @api.model
    def _keep_vague_bounce(self, message, message_dict):
        """Let a person look at a report that names an address we mailed to, but not which mail came back.

        Anybody can write such a mail: what became of the mail stays as it is.

        :returns: whether it was kept
        """
        if not is_failure_report(message) or mail_text.is_delay(message):
            return False
        text = mail_parts.readable_text(message)
        mailing_sudo = self.env["service.dossier.mail"]._find_recent(mail_text.find_addresses(text[:MAX_BODY]))
        if mailing_sudo:
            self._keep_unplaced(message, message_dict, mailing_sudo, "bounce")
        return bool(mailing_sudo)

    @api.model
    def _receive_bounce(self, message, message_dict):
        """Prepare a mail server's report for Odoo's handling of bounces.

        A report that names no mailing, or only says that a mail is late, is listed with the unplaced mail.

        :returns: whether a mailing came back
        """
        text = mail_parts.readable_text(message)
        quoted = mail_text.find_references(text)
        signed = [*(message_dict.get("bounced_msg_ids") or []), *quoted, message_dict.get("references") or ""]
        mailing_sudo, owner = self._find_mailing({**message_dict, "references": " ".join(signed)})
        if not mailing_sudo and self._keep_vague_bounce(message, message_dict):
            return False
        if not mailing_sudo or not is_failure_report(message) or mail_text.is_delay(message):
            self._keep_unplaced(message, message_dict, mailing_sudo, "automatic")
            return False
        message_dict["bounced_msg_ids"] = [*signed[:-1], mailing_sudo._message_header_id(",".join(owner))]
        if not message_dict.get("bounced_email"):
            # not in the form of a report: the address stands in the text
            lowered = text.lower()
            message_dict["bounced_email"] = next((address for address in owner if address in lowered), False)
        return True

    @api.model
    def _find_mailing(self, message_dict):
        Mailing = self.env["service.dossier.mail"]
        addresses = email_split(message_dict.get("recipients") or "")
        references = f"{message_dict.get('references') or ''} {message_dict.get('in_reply_to') or ''}"
        candidates = mail_text.find_signatures(addresses, references, Mailing._get_alias_name())
        return Mailing._find_signed(candidates)

    @api.model
    def _is_mail_loop(self, mailing_sudo, sender):
        since = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        count = self.search_count(
            [
                ("dossier_id", "=", mailing_sudo.message_id.dossier_id.id),
                ("origin", "=", "mail"),
                ("email_from", "=", email_normalize(sender)),
                ("date", ">=", since),
            ]
        )
        return count >= MAX_REPLIES_PER_HOUR

    @api.model
    def _create_from_mail(self, dossier, parent_sudo, message_dict, author):
        """Make a message of a mail.

        :param parent_sudo: the message that it answers, or none
        :param author: the partner whose account is credited, or none
        :returns: the new message, or an empty recordset where it is there already
        """
        if self.search_count([("mail_header", "=", message_dict["message_id"])], limit=1):
            _logger.info("Ignored mail %s: it arrived before", message_dict["message_id"])
            return self.browse()
        body, attachments = self._open_attachments(message_dict)
        attachments = sorted(attachments, key=lambda file: file[0] != ORIGINAL_NAME)
        files, refused = self._mail_files(dossier, attachments)
        values = self._prepare_mail_values_in(dossier, parent_sudo, message_dict, author)
        original = any(name == ORIGINAL_NAME for name, _content in files)
        known = self._known_texts(dossier, parent_sudo)
        values.update(self._prepare_mail_body(body, known, refused, original=original))
        if is_html_empty(values["body"]) and not values["quote"]:
            values["body"] = self._empty_text(name for name, _content in files)
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                message_sudo = self.create(values)
        except UniqueViolation:
            _logger.info("Ignored mail %s: another process is handling it", message_dict["message_id"])
            return self.browse()
        self.env["service.dossier.file"]._create_files(message_sudo, files)
        message_sudo._apply_effects()
        message_sudo._notify()
        return message_sudo

    @api.model
    def _prepare_mail_values_in(self, dossier, parent_sudo, message_dict, author):
        name, address = parse_contact_from_email(message_dict["email_from"])
        return {
            "dossier_id": dossier.id,
            "commercial_partner_id": (parent_sudo or dossier).commercial_partner_id.id,
            "message_type": message_types.answer_code(parent_sudo.message_type),
            "audience": parent_sudo.audience or "company",
            "origin": "mail",
            "author_id": author.id,
            "author_name": author.name or name or address or dossier.company_id.name,
            "email_from": address,
            "is_staff": bool(author.user_ids) and not author.partner_share,
            "subject": self._mail_subject_in(message_dict),
            "parent_id": parent_sudo.id,
            "root_id": (parent_sudo.root_id or parent_sudo).id,
            "mail_header": message_dict["message_id"],
        }

    @api.model
    def _mail_subject_in(self, message_dict):
        """Return the subject of a mail as one line without characters that turn a line around."""
        subject = "".join(c for c in message_dict.get("subject") or "" if c.isprintable() or c.isspace())
        return " ".join(subject.split())[:MAX_SUBJECT]

    @api.model
    def _prepare_mail_body(self, body, known, refused, *, original=False):
        new, quote = self._split_mail_body(body, known)
        if original:
            notice = self.env._(
                "Not all of this mail may be shown here. It is kept in the file %(name)s.", name=ORIGINAL_NAME
            )
            new += plaintext2html(notice)
        new += self._refused_text(refused)
        label = self.env._("Show the picture from %(server)s", server="%(server)s")
        return {
            "body": mail_parts.hold_back_pictures(new, label),
            "quote": mail_parts.hold_back_pictures(quote, label),
        }

    @api.model
    def _refused_text(self, names):
        """Return as HTML which files of a mail are not in the dossier, empty where all are."""
        if not names:
            return ""
        notice = self.env._(
            "Files that are not accepted here: %(names)s. The manufacturer has the whole mail.", names=", ".join(names)
        )
        return plaintext2html(notice)

    @api.model
    def _empty_text(self, names):
        """Return as HTML why a mail shows no text."""
        sealed = next((name for name in names if name.lower().endswith(mail_parts.SEALED)), "")
        if sealed:
            return plaintext2html(
                self.env._("The text of this mail is encrypted: it is in the file %(name)s.", name=sealed)
            )
        return plaintext2html(self.env._("(This mail has no text.)"))

    @api.model
    def _known_texts(self, dossier, parent_sudo):
        """Return what was said before, in the thread or else in the dossier: only that comes back unmarked.

        There is always something: the rest of a mail that is no answer, or passes another one on, is new to all.
        """
        root = parent_sudo.root_id or parent_sudo
        told = [("dossier_id", "=", dossier.id), ("audience", "not in", ("internal", "staff"))]
        thread = root | root.search([("root_id", "=", root.id)] if root else told, limit=50)
        bodies = [str(text) for message in thread for text in (message.body, message.quote, message.subject) if text]
        if parent_sudo:
            bodies.append(str(parent_sudo._render_mail("email" if parent_sudo.recipients else "answer")))
        return [dossier.name, *map(mail_html.visible_text, bodies)]

    @api.model
    def _mail_author(self, dossier, parent_sudo, address):
        """Return the partner behind an address: somebody of the dossier first, else of the same address book."""
        known = dossier.message_partner_ids | dossier.partner_id | dossier.user_id.partner_id | parent_sudo.author_id
        found = known.filtered(lambda partner: partner.email_normalized == address)[:1]
        if found:
            return found
        domain = [("email_normalized", "=", address), ("company_id", "in", [False, dossier.company_id.id])]
        return self.env["res.partner"].search(domain, limit=1)

    @api.model
    def _split_mail_body(self, body, known=()):
        """Return the new and the quoted part of a mail body as HTML.

        :param known: texts that were sent before
        """
        if not body.strip():
            return "", ""
        root = mail_html.parse_body(body[:MAX_SHOWN])
        for image in root.xpath(".//img[starts-with(@src, 'cid:')]"):
            image.drop_tree()
        if len(root) == 1 and root[0].tag == "pre" and len(root[0]) == 0:
            new, quote = mail_quote.fold_text(root[0].text or "", known)
            return plaintext2html(new), plaintext2html(quote) if quote else ""
        return mail_html.fold_html(mail_html.inner_html(root), known)

    @api.model
    def _open_attachments(self, message_dict):
        """Return the body of a mail and its files as pairs of name and content, what Outlook packs unpacked.

        An invitation, or the answer to one, says in the text what it is.
        """
        body, files = message_dict.get("body") or "", []
        for name, content, *_info in message_dict.get("attachments") or []:
            unpacked = mail_parts.unpack_tnef(content) if mail_parts.is_tnef(name, content) else None
            if unpacked:
                text, packed = unpacked
                body = body if body.strip() else text if "<" in text[:200] else plaintext2html(text)
                files += [(mail_parts.part_name(inner, data), data) for inner, data in packed]
                continue
            name = mail_parts.part_name(name, content)
            if name.lower().endswith(".ics"):
                body = f"{self._calendar_sentence(content)}{body}"
            content = mail_parts.raw_bytes(content) if isinstance(content, EmailMessage) else content
            files.append((name, content.encode("utf-8", "replace") if isinstance(content, str) else content))
        return body, files

    @api.model
    def _calendar_sentence(self, content):
        """Return as HTML what a calendar file says, empty where it cannot be read."""
        event = mail_parts.read_calendar(content if isinstance(content, str) else content.decode("utf-8", "replace"))
        if not event:
            return ""
        sentences = {
            "ACCEPTED": self.env._("The invitation “%(event)s” was accepted.", event=event["summary"]),
            "DECLINED": self.env._("The invitation “%(event)s” was declined.", event=event["summary"]),
            "TENTATIVE": self.env._("The invitation “%(event)s” was accepted tentatively.", event=event["summary"]),
        }
        sentence = sentences.get(event["answer"]) if event["method"] == "REPLY" else ""
        if event["method"] == "CANCEL":
            sentence = self.env._("The appointment “%(event)s” was cancelled.", event=event["summary"])
        if not sentence:
            sentence = self.env._(
                "Invitation “%(event)s”, %(start)s.", event=event["summary"], start=event["start"] or ""
            )
        return plaintext2html(sentence)

    @api.model
    def _mail_files(self, dossier, files):
        """Return the files that are kept, and the names of those that are not."""
        kept, refused = [], []
        File = self.env["service.dossier.file"]
        for name, content in files:
            name = File._clean_name(name)
            if File._get_refusal(dossier, name, content) or len(kept) >= MAX_FILES:
                refused.append(name)
            else:
                kept.append((name, content))
        return kept, refused

    @api.model
    def _tell_unplaced(self, message, sender, *, known):
        """Tell the sender of a mail that waits, but only somebody who is likely to be real (no backscatter)."""
        address = email_normalize(sender)
        user = self.env["res.users"].search([("email_normalized", "=", address)], limit=1)
        if not address or not (known or user):
            return
        company = self.env.company
        recipient_env = self.with_context(lang=user.lang or self.env.lang).env
        self._queue_mails(
            [
                {
                    "subject": "Re: " + " ".join((message.get("Subject") or "").split())[:200],
                    "email_from": company.email_formatted or company.alias_domain_id.default_from_email,
                    "email_to": address,
                    "reply_to": company.email or "",
                    "references": message.get("Message-Id") or "",
                    "headers": {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"},
                    "body_html": plaintext2html(recipient_env._(UNKNOWN_REPLY)),
                    "auto_delete": True,
                }
            ]
        )
