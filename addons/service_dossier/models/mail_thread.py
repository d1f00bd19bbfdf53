"""The mail gateway: mails that Odoo cannot read, and mail for dossiers."""

import logging

from odoo import api, models
from odoo.tools import plaintext2html

from .. import mail_parts
from ..const import ORIGINAL_NAME

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    """The gateway: nothing that comes in for a dossier is lost."""

    _inherit = "mail.thread"

    @api.model
    def message_parse(self, message, save_original=False):
        """Read mails with charsets that nobody knows as far as possible, and keep the original with them."""
        original = None
        if mail_parts.has_unknown_charset(message):
            original = mail_parts.raw_bytes(message)
            unknown = mail_parts.repair_charsets(message)
            _logger.info("Mail %s is in unknown charsets: %s", message.get("Message-Id"), ", ".join(unknown))
        message_dict = super().message_parse(message, save_original=save_original)
        for key, value in message_dict.items():
            if type(value) is str:
                message_dict[key] = mail_parts.clean_text(value)
        if original and not save_original:
            message_dict["attachments"].append(self._Attachment(ORIGINAL_NAME, original, {}))
        return message_dict

    def _message_parse_extract_payload(self, message, message_dict, save_original=False):
        """Keep a mail that cannot be taken apart: what can be read of it, and all of it as a file."""
        if message.get_content_type() == "text/calendar":
            # the whole mail is the answer to an invitation, not a text
            calendar = self._Attachment("attachment", message.get_content(), {"encoding": "utf-8"})
            return {"body": "", "attachments": [calendar]}
        try:
            return super()._message_parse_extract_payload(message, message_dict, save_original=save_original)
        except (LookupError, ValueError, TypeError, AttributeError):
            _logger.warning("Mail %s could not be read", message_dict.get("message_id"), exc_info=True)
        attachments = [self._Attachment(ORIGINAL_NAME, mail_parts.raw_bytes(message), {})]
        return {"body": plaintext2html(mail_parts.readable_text(message)), "attachments": attachments}

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        """Keep answers to dossier messages out of chatters: they belong to the dossier's own communication."""
        Message = self.env["service.dossier.message"]
        if Message._is_dossier_mail(message_dict):
            if not message_dict.get("is_bounce"):
                Message._receive_mail(message, message_dict)
                return []
            if not Message._receive_bounce(message, message_dict):
                return []
        return super().message_route(message, message_dict, model, thread_id, custom_values)
