"""Mails that came in before: their remote pictures load only after a click, and mailings know why they were sent."""

from odoo import SUPERUSER_ID, api
from odoo.addons.service_dossier.mail_parts import hold_back_pictures
from odoo.tools import SQL


def migrate(cr, version):
    """Bring messages and mailings of the first version up to date."""
    cr.execute(
        """
        UPDATE service_dossier_mail mailing SET kind = 'email' FROM service_dossier_message message
         WHERE message.id = mailing.message_id AND message.recipients = mailing.recipients
        """
    )
    cr.execute(
        """
        UPDATE service_dossier_message root SET date_activity = thread.newest
          FROM (SELECT COALESCE(root_id, id) AS id, max(date) AS newest FROM service_dossier_message GROUP BY 1) thread
         WHERE root.id = thread.id
        """
    )
    cr.execute(
        """
        UPDATE service_dossier dossier SET date_activity = COALESCE(
            (SELECT max(date) FROM service_dossier_message message
              WHERE message.dossier_id = dossier.id AND message.audience IN ('everyone', 'company')),
            dossier.create_date)
        """
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    if awaiting := env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting", raise_if_not_found=False):
        awaiting.dossier_waits = True
    label = env._("Show the picture from %(server)s", server="%(server)s")
    for column in ("body", "quote"):
        name = SQL.identifier(column)
        cr.execute(
            SQL(
                "SELECT id, %s FROM service_dossier_message WHERE origin = 'mail' AND %s ILIKE %s", name, name, "%<img%"
            )
        )
        for message_id, markup in cr.fetchall():
            held_back = hold_back_pictures(markup, label)
            cr.execute(SQL("UPDATE service_dossier_message SET %s = %s WHERE id = %s", name, held_back, message_id))
