"""What was mailed for a message, to know who may answer it."""

import secrets

from odoo import api, fields, models
from odoo.tools import consteq, email_normalize, formataddr, hmac

from ..const import ALIAS_NAME


class ServiceDossierMail(models.Model):
    """One mailing of a message; its id and signature make the reply address and the Message-Id."""

    _name = "service.dossier.mail"
    _description = "Dossier Mailing"
    _order = "id desc"
    _rec_name = "recipients"

    message_id = fields.Many2one("service.dossier.message", required=True, ondelete="cascade", index=True)
    recipients = fields.Text(required=True, help="Addresses that may answer, separated by commas.")
    salt = fields.Char(required=True, default=lambda self: secrets.token_hex(8), groups="base.group_system")

    def _signature(self):
        self.ensure_one()
        return hmac(self.env(su=True), "service_dossier-reply", (self.id, self.sudo().salt))[:32]

    def _message_header_id(self):
        """Return the Message-Id header of this mailing."""
        domain = self._alias_domain() or "localhost"
        return f"<dossier-{self.id}-{self._signature()}@{domain}>"

    def _alias_domain(self):
        return self.sudo().message_id.company_id.alias_domain_id.name

    def _alias_local_part(self):
        """Return the local part that replies are addressed to, as configured in the aliases."""
        return self._get_alias_name()

    @api.model
    def _get_alias_name(self):
        # not env.ref: that asks the database each time, and this is called for every mail
        alias_id = self.env["ir.model.data"]._xmlid_to_res_id("service_dossier.mail_alias_dossier")
        return self.env["mail.alias"].sudo().browse(alias_id).alias_name or ALIAS_NAME

    def _reply_to(self):
        """Return the signed reply address, or the author's own where mail cannot come in."""
        message_sudo = self.sudo().message_id
        domain = self._alias_domain()
        if not domain:
            return message_sudo._author_email() or message_sudo.company_id.email or ""
        name = message_sudo.dossier_id.name
        return formataddr((name, f"{self._get_alias_name()}+{self.id}-{self._signature()}@{domain}"))

    @api.model
    def _find_signed(self, candidates):
        """Return the mailing that one of the ``(id, signature)`` pairs proves knowledge of, or none."""
        for mail_id, signature in candidates:
            mailing_sudo = self.sudo().browse(mail_id).exists()
            if mailing_sudo and consteq(mailing_sudo._signature(), signature):
                return mailing_sudo
        return self.browse()

    def _is_personal(self):
        """Return whether the mailing went to one address only."""
        return len(self.recipients.split(",")) == 1

    def _accepts(self, email_from):
        """Return whether the mailing went to this address, so that it may answer."""
        sender = email_normalize(email_from)
        return bool(sender) and sender in (self.recipients or "").split(",")
