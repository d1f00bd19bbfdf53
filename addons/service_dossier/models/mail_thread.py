"""The mail gateway hands mail for dossiers over before it looks for threads and aliases."""

from odoo import api, models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        """Keep answers to dossier messages out of chatters: they belong to the dossier's own communication."""
        Message = self.env["service.dossier.message"]
        if not message_dict.get("is_bounce") and Message._is_dossier_mail(message_dict):
            Message._receive_mail(message, message_dict)
            return []
        return super().message_route(message, message_dict, model, thread_id, custom_values)
