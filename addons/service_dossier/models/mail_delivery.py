"""What became of dossiers' mails at each address."""

from odoo import api, models
from odoo.addons.base_safeguard.headers import ascii_address

from .. import mail_text


class MailDelivery(models.Model):
    """Bounces of dossiers' mails."""

    _inherit = "mail.delivery"

    @api.model
    def _bounce(self, headers, addresses, reason):
        """Recognize each reader's own copy of a mailing, too: its Message-Id is known from its signature only."""
        found = super()._bounce(headers, addresses, reason)
        if found:
            return found
        mailing_sudo, owner = self.env["service.dossier.mail"]._find_signed(
            mail_text.find_signatures([], " ".join(headers), "")
        )
        if not mailing_sudo:
            return found
        rows = mailing_sudo._get_deliveries().filtered(
            lambda row: row.address in owner and row.state in ("sent", "waiting")
        )
        specs = set(map(ascii_address, addresses))
        bounced = rows.filtered(lambda row: ascii_address(row.address) in specs) or (
            rows if len(rows) == 1 else rows.browse()
        )
        if bounced:
            bounced._settle("bounced", reason)
        return bounced
