"""Who has seen which message."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class ServiceDossierMessageRead(models.Model):
    """One row per message and reader."""

    _name = "service.dossier.message.read"
    _description = "Dossier Message Read Mark"
    _log_access = False
    _rec_name = "partner_id"

    message_id = fields.Many2one("service.dossier.message", required=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one("res.partner", string="Reader", required=True, ondelete="cascade", index=True)
    # named as in mail.message
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
    def _query_unread(self, partner, domain):
        """Return a query for the messages of a domain that the current user may see and ``partner`` has not seen.

        An anti-join, which asks the index (message, reader) for each message that is looked at; ``NOT IN``
        would read every mark that the partner ever left.
        """
        query = self.env["service.dossier.message"]._search(Domain(domain) & Domain("author_id", "!=", partner.id))
        query.add_where(
            SQL(
                """NOT EXISTS (SELECT FROM service_dossier_message_read AS mark
                                WHERE mark.message_id = %s AND mark.partner_id = %s)""",
                SQL.identifier(query.table, "id"),
                partner.id,
            )
        )
        return query
