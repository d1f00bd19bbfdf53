from odoo import models
from odoo.tools import email_normalize, html2plaintext

from ..delivery import failed_recipients, is_failure_report


class MailThread(models.AbstractModel):
    """Mails that come back are noted at the address that they came back from."""

    _inherit = "mail.thread"

    def _routing_handle_bounce(self, email_message, message_dict):
        """Note what came back; a report that a mail is late, or was passed on, is no bounce (RFC 3464, 2.3.3)."""
        if not is_failure_report(email_message):
            return None
        result = super()._routing_handle_bounce(email_message, message_dict)
        if headers := message_dict.get("bounced_msg_ids"):
            # Odoo reads the first recipient of a report only
            addresses = failed_recipients(email_message) or [message_dict.get("bounced_email") or ""]
            addresses = [email_normalize(address) or "" for address in addresses]
            reason = html2plaintext(message_dict.get("body") or "").strip()[:2000]
            # whoever reads the mailbox need not see the mails
            self.env["mail.delivery"].sudo()._bounce(headers, addresses, reason)
        return result
