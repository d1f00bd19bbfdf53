"""What was mailed for a message, to know who may answer it."""

import secrets

from odoo import api, fields, models
from odoo.tools import consteq, formataddr, hmac

from .. import mail_text
from ..const import ALIAS_NAME, BOUNCE_DAYS


class ServiceDossierMail(models.Model):
    """One mailing of a message; its id and a signature make the reply address and the Message-Id."""

    _name = "service.dossier.mail"
    _description = "Dossier Mailing"
    _inherit = ["mail.delivery.mixin"]
    _order = "id desc"
    _rec_name = "recipients"

    message_id = fields.Many2one("service.dossier.message", required=True, ondelete="cascade", index=True)
    recipients = fields.Text(required=True, help="Addresses that may answer, separated by commas.")
    salt = fields.Char(required=True, default=lambda self: secrets.token_hex(8), groups="base.group_system")

    kind = fields.Char(readonly=True, help="Why these addresses got it: chosen by the author, answered, or told.")

    def _get_deliveries(self):
        """Return what became of the mails at each address."""
        return self.env["mail.delivery"].search([("res_model", "=", self._name), ("res_id", "in", self.ids)])

    def _on_mail_delivery(self, deliveries):
        """Tell somebody when mails of this mailing did not arrive."""
        result = super()._on_mail_delivery(deliveries)
        lost = deliveries.filtered(lambda row: row.state in ("failed", "bounced"))
        if lost:
            self.message_id._tell_undelivered(self, lost)
        return result

    def _is_shared(self):
        """Return whether this is the one mail to all recipients of an E-mail, who see one another."""
        return "," in self.recipients and self.recipients == self.message_id._addressees()

    def _owners(self):
        """Return to whom signatures were given: to every reader one, to the recipients of an E-mail one together.

        An owner is an address, or several separated by commas.
        """
        return [self.recipients] if self._is_shared() else self.recipients.split(",")

    def _signature(self, owner):
        """Return what proves that an answer comes from the owner."""
        self.ensure_one()
        return hmac(self.env, "service_dossier-reply", (self.id, self.salt, owner))[:32]

    def _prepare_headers(self, owner):
        """Return the headers of the owner's copy, by their names in ``mail.mail``."""
        return {
            "message_id": self._message_header_id(owner),
            "reply_to": self._reply_to(owner),
            "references": self.message_id._mail_references(owner),
        }

    def _message_header_id(self, owner):
        """Return the Message-Id of the owner's copy."""
        domain = self._alias_domain() or "localhost"
        return f"<dossier-{self.id}-{self._signature(owner)}@{domain}>"

    @api.model
    def _from_message_header_id(self, mail_header):
        """Return the mailing (superuser) that a Message-Id of ours names, or none."""
        match = mail_text.MAILING.match(mail_header or "")
        mailing_sudo = self.sudo()  # mails are sent by whoever runs the queue
        return mailing_sudo.browse(int(match["id"]) if match else []).exists()

    def _alias_domain(self):
        return self.message_id.company_id.alias_domain_id.name

    def _alias_local_part(self):
        """Return the local part that replies are addressed to, as configured in the aliases."""
        return self._get_alias_name()

    @api.model
    def _get_alias_name(self):
        # not env.ref: that asks the database each time, and this is called for every mail
        alias_id = self.env["ir.model.data"]._xmlid_to_res_id("service_dossier.mail_alias_dossier")
        return self.env["mail.alias"].browse(alias_id).alias_name or ALIAS_NAME

    def _reply_to(self, owner):
        """Return the owner's signed reply address, or the author's own where mail cannot come in."""
        domain = self._alias_domain()
        if not domain:
            return self.message_id._author_email() or self.message_id.company_id.email or ""
        name = self.message_id.dossier_id.name
        return formataddr((name, f"{self._get_alias_name()}+{self.id}-{self._signature(owner)}@{domain}"))

    @api.model
    def _find_recent(self, addresses):
        """Return the last mailing to one of some addresses within the days in which mails come back."""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=BOUNCE_DAYS)
        domain = [
            ("res_model", "=", self._name),
            ("address", "in", addresses),
            ("state", "in", ("sent", "waiting")),
            ("date_state", ">=", since),
        ]
        return self.browse(self.env["mail.delivery"].search(domain, limit=1).mapped("res_id")).exists()

    @api.model
    def _find_signed(self, candidates):
        """Return the mailing that one of the ``(id, signature)`` pairs proves knowledge of, and the signature's owner.

        :returns: pair of a mailing or none, and the owner's addresses
        """
        for mail_id, signature in candidates:
            mailing = self.browse(mail_id).exists()
            for owner in mailing._owners() if mailing else []:
                if consteq(mailing._signature(owner), signature):
                    return mailing, owner.split(",")
        return self.browse(), []
