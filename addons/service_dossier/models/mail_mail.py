"""Each reader's copy of a dossier's mail."""

from odoo import models

from .. import mail_text


class MailMail(models.Model):
    """A mail of a dossier that is sent to several readers."""

    _inherit = "mail.mail"

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        """Give everybody who is told of a dossier's message headers that only this person can answer with."""
        emails = super()._prepare_outgoing_list(mail_server=mail_server, doc_to_followers=doc_to_followers)
        mailing_sudo = self.env["service.dossier.mail"]._from_message_header_id(self.message_id)
        for email in emails:
            if mailing_sudo and email["partner_id"]:
                email.update(mailing_sudo._prepare_headers(email["partner_id"].email_normalized or ""))
        return emails

    def _prepare_delivery_values(self):
        """Let the mailing hear of its delivery; the mail itself names no document, whose readers could read it."""
        values = super()._prepare_delivery_values()
        if match := mail_text.MAILING.match(self.message_id or ""):
            values.update(res_model="service.dossier.mail", res_id=int(match["id"]))
        return values
