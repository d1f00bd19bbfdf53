from odoo import models


class MailMessage(models.Model):
    """What became of a message's mails outlives the message."""

    _inherit = "mail.message"

    def unlink(self):
        """Let the deliveries go before their mail and message.

        The database deletes the mail along with its message and empties both links of a delivery one by one, in an
        order of its own; a delivery that was written in this transaction must not point at what is gone by then.
        """
        deliveries_sudo = self.env["mail.delivery"].sudo()  # whoever may delete a message need not see who got it
        deliveries_sudo = deliveries_sudo.search([("mail_message_id", "in", self.ids)])
        if deliveries_sudo:
            deliveries_sudo.write({"mail_id": False, "mail_message_id": False})
            deliveries_sudo.flush_recordset(["mail_id", "mail_message_id"])
        return super().unlink()
