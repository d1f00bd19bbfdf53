from odoo import models
from odoo.tools import email_normalize, html2plaintext


class MailThread(models.AbstractModel):
    """Mails that come back are noted at the address that they came back from."""

    _inherit = "mail.thread"

    def _routing_handle_bounce(self, email_message, message_dict):
        result = super()._routing_handle_bounce(email_message, message_dict)
        if headers := message_dict.get("bounced_msg_ids"):
            address = email_normalize(message_dict.get("bounced_email") or "")
            reason = html2plaintext(message_dict.get("body") or "").strip()[:2000]
            # whoever reads the mailbox need not see the mails
            self.env["mail.delivery"].sudo()._bounce(headers, address, reason)
        return result
