from odoo import api, models


class MailMail(models.Model):
    """One way into the queue of outgoing mails."""

    _inherit = "mail.mail"

    @api.model
    def _queue(self, vals_list):
        """Create mails in the transaction of what they tell, and wake the queue.

        :param vals_list: values of ``mail.mail``; ``headers`` may be a dict of header names and values
        :returns: the mails
        """
        mails = self.create(
            [
                {**vals, "headers": repr(vals["headers"])} if isinstance(vals.get("headers"), dict) else vals
                for vals in vals_list
            ]
        )
        self._wake_queue()
        return mails

    @api.model
    def _wake_queue(self):
        """Let the queue run after this transaction; by itself it runs hourly."""
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
