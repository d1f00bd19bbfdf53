from odoo import models
from odoo.tools import email_normalize, html2plaintext

from ..delivery import is_failure_report


class MailThread(models.AbstractModel):
    """Mails that come back are noted at the address that they came back from."""

    _inherit = "mail.thread"

    def _routing_handle_bounce(self, email_message, message_dict):
        """Note what came back; a report that a mail is late, or was passed on, is no bounce (RFC 3464, 2.3.3)."""
        if not is_failure_report(email_message):
            return None
        result = super()._routing_handle_bounce(email_message, message_dict)
        if headers := message_dict.get("bounced_msg_ids"):
            address = email_normalize(message_dict.get("bounced_email") or "")
            reason = html2plaintext(message_dict.get("body") or "").strip()[:2000]
            # whoever reads the mailbox need not see the mails
            self.env["mail.delivery"].sudo()._bounce(headers, address, reason)
        return result
