"""Sending an e-mail again that did not arrive."""

from odoo import fields, models


class ServiceDossierResend(models.TransientModel):
    """Send an e-mail of a dossier to a corrected address."""

    _name = "service.dossier.resend"
    _inherit = ["record.window.mixin"]
    _description = "Send a Dossier E-mail Again"

    message_id = fields.Many2one("service.dossier.message", required=True, readonly=True)
    address = fields.Char(string="Did Not Reach", required=True, readonly=True)
    new_address = fields.Char(string="Send To", required=True)

    def action_send(self):
        """Send the message."""
        self.ensure_one()
        self.message_id._send_again(self.address, self.new_address)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
