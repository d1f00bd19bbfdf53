"""The mail gateway: mails that Odoo cannot read, and mail for dossiers."""

import logging

from odoo import api, models
from odoo.tools import plaintext2html
from odoo.tools.mail import append_content_to_html

from .. import mail_parts, mail_shown, mail_text
from ..const import MAX_SHOWN, ORIGINAL_NAME

_logger = logging.getLogger(__name__)

#: what Odoo calls a part without a name
NAMELESS = "attachment"


class MailThread(models.AbstractModel):
    """The gateway: nothing that comes in for a dossier is lost."""

    _inherit = "mail.thread"

    @api.model
    def _dossier_messages(self):
        """Return the model that takes mail in (superuser), whoever runs the gateway."""
        return self.env["service.dossier.message"].sudo()  # senders have no account, its user need see no dossiers

    @api.model
    def message_process(
        self, model, message, custom_values=None, save_original=False, strip_attachments=False, thread_id=None
    ):
        """Keep a mail for dossiers that cannot be processed in the queue of unplaced mail."""
        try:
            with self.env.cr.savepoint():
                return super().message_process(
                    model,
                    message,
                    custom_values=custom_values,
                    save_original=save_original,
                    strip_attachments=strip_attachments,
                    thread_id=thread_id,
                )
        except mail_parts.UNREADABLE:
            raw = message.encode() if isinstance(message, str) else bytes(getattr(message, "data", message))
            if not self._dossier_messages().env["service.dossier.unplaced"]._keep_unreadable(raw):
                raise
            _logger.warning("A mail that cannot be processed waits in the queue", exc_info=True)
        return False

    @api.model
    def message_parse(self, message, save_original=False):
        """Read mails with charsets that nobody knows as far as possible, and keep the original with them."""
        original = None
        if mail_parts.is_odd(message):
            original = mail_parts.raw_bytes(message)
            mail_parts.repair_headers(message)
            mail_parts.repair_boundaries(message)
            charsets = mail_parts.repair_charsets(message)
            _logger.info("Mail %s was repaired; charsets: %s", message.get("Message-Id"), ", ".join(charsets))
        message_dict = super().message_parse(message, save_original=save_original)
        body = message_dict.get("body") or ""
        if len(body) > MAX_SHOWN or "data:image/" in body:
            # what is cut off, and pictures that no page shows, are in the original
            original = original or mail_parts.raw_bytes(message)
        for key, value in message_dict.items():
            if type(value) is str:
                message_dict[key] = mail_parts.clean_text(value)
        kept = any(attachment[0] == ORIGINAL_NAME for attachment in message_dict["attachments"])
        if original and not kept and not save_original:
            message_dict["attachments"].append(self._Attachment(ORIGINAL_NAME, original, {}))
        return message_dict

    def _message_parse_extract_payload(self, message, message_dict, save_original=False):
        """Keep a mail that cannot be taken apart: what can be read of it, and all of it as a file."""
        if message.get_content_type() == "text/calendar":
            # the whole mail is the answer to an invitation, not a text
            calendar = self._Attachment(NAMELESS, message.get_content(), {"encoding": "utf-8"})
            return {"body": "", "attachments": [calendar]}
        try:
            payload = super()._message_parse_extract_payload(message, message_dict, save_original=save_original)
            if text := mail_parts.lost_text(message, payload["body"]):
                original = self._Attachment(ORIGINAL_NAME, mail_parts.raw_bytes(message), {})
                payload.update(body=plaintext2html(text), attachments=[*payload["attachments"], original])
            elif self._is_answer_to_dossier(message_dict):
                self._show_all_texts(message, payload)
            return payload
        except (LookupError, ValueError, TypeError, AttributeError):
            _logger.warning("Mail %s could not be read", message_dict.get("message_id"), exc_info=True)
        attachments = [self._Attachment(ORIGINAL_NAME, mail_parts.raw_bytes(message), {})]
        return {"body": plaintext2html(mail_parts.readable_text(message)), "attachments": attachments}

    def _show_all_texts(self, message, payload):
        """Show what Odoo leaves out of a mail's text or makes files of; ``payload`` is changed in place."""
        before, after = mail_shown.left_out(message, payload["body"])
        if before:
            payload["body"] = append_content_to_html(plaintext2html(before), payload["body"], plaintext=False)
        if after:
            payload["body"] = append_content_to_html(payload["body"], after)
        texts = mail_shown.plain_texts(message)
        payload["attachments"] = [
            file for file in payload["attachments"] if file[0] != NAMELESS or file[1] not in texts
        ]

    @api.model
    def _is_answer_to_dossier(self, message_dict):
        # of a mail server's report Odoo keeps the first text only, on purpose
        return not message_dict.get("is_bounce") and self._dossier_messages()._is_dossier_mail(message_dict)

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        """Keep answers to dossier messages out of chatters: they belong to the dossier's own communication."""
        Message = self._dossier_messages()
        is_bounce = message_dict.get("is_bounce")
        # a report to another address of ours, which says only in its text which mail came back
        text = mail_parts.readable_text(message) if is_bounce else ""
        quotes = mail_text.find_references(text)
        if quotes or Message._is_dossier_mail(message_dict):
            if not is_bounce:
                Message._receive_mail(message, message_dict)
                return []
            if not Message._receive_bounce(message, message_dict):
                return []
        elif is_bounce and not (message_dict.get("bounced_msg_ids") or "message-id:" in text.lower()):
            # it names no mail, of ours or of others
            Message._keep_vague_bounce(message, message_dict)
        try:
            return super().message_route(message, message_dict, model, thread_id, custom_values)
        except ValueError:
            # a blind copy names no address of ours, but says what it answers
            answered = f"{message_dict.get('references') or ''} {message_dict.get('in_reply_to') or ''}"
            if is_bounce or not mail_text.find_references(answered):
                raise
        Message._receive_mail(message, message_dict)
        return []
