"""Who has seen which message."""

from odoo import api, fields, models
from odoo.tools import SQL


class ServiceDossierMessageRead(models.Model):
    """One row per message and reader."""

    _name = "service.dossier.message.read"
    _description = "Dossier Message Read Mark"
    _log_access = False
    _rec_name = "partner_id"

    message_id = fields.Many2one("service.dossier.message", required=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one("res.partner", string="Reader", required=True, ondelete="cascade", index=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now)

    _message_partner_unique = models.UniqueIndex("(message_id, partner_id)")

    @api.model
    def _mark(self, messages, partner):
        """Note that ``partner`` has seen ``messages``; a second time changes nothing."""
        if not messages:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO service_dossier_message_read (message_id, partner_id, date)
                     SELECT id, %s, now() AT TIME ZONE 'UTC' FROM unnest(%s) AS id
                ON CONFLICT (message_id, partner_id) DO NOTHING
                """,
                partner.id,
                list(messages.ids),
            )
        )
        messages.invalidate_recordset(["read_ids"])

    @api.model
    def _query_read_by(self, partner):
        """Return SQL for the ids of the messages that a partner has seen; one's own marks are no secret."""
        return SQL("(SELECT message_id FROM service_dossier_message_read WHERE partner_id = %s)", partner.id)
