from odoo import fields, models


class OnlineProofReviewer(models.Model):
    """Mails to one person."""

    _inherit = "online.proof.reviewer"

    undelivered = fields.Boolean(string="Mail Did Not Arrive", readonly=True, default=False)

    def _send_invitation(self, subject=None, body=None, attachments=None):
        """Queue the mail with the person's own link.

        :param subject: where it is not the usual one, which everybody gets in their own language
        :param body: the same for the text above the link
        """
        for reviewer in self:
            usual = reviewer.proof_id._get_invitation_text(reviewer.lang)
            values = {"subject": subject or usual["subject"]}
            if attachments:
                values["attachment_ids"] = [(6, 0, attachments.ids)]
            mailer = reviewer.with_context(proof_body=body or usual["body_html"])
            mailer._send_mail_template("online_proof.mail_template_invitation", values)

    def _send_mail_template(self, xmlid, values=None, **context):
        """Queue a mail to each person, in the transaction of what it tells."""
        # sudo: the links in the mails are secrets that nobody else reads
        for reviewer in self.sudo().with_context(**context):
            reviewer.proof_id.with_context(**reviewer.env.context)._queue_mail(
                xmlid, reviewer, values, secret=reviewer._get_access_token()
            )
            reviewer.write({"sent_date": fields.Datetime.now(), "undelivered": False})
