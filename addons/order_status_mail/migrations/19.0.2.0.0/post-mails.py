"""The mails sent so far become rows of their own, with what is known of their delivery."""


def migrate(cr, version):
    """Make a status mail of each message that told something."""
    cr.execute(
        """
        INSERT INTO order_status_mail
               (order_id, company_id, website_id, partner_id, message_header, subject, body_html, date_queued, state,
                reason, create_date, write_date)
        SELECT DISTINCT ON (message.id)
               event.order_id, event.company_id, event.website_id, event.partner_id, message.message_id,
               message.subject, message.body, event.date_found,
               CASE notification.notification_status
                    WHEN 'bounce' THEN 'bounced' WHEN 'exception' THEN 'failed' WHEN 'ready' THEN 'waiting' ELSE 'sent'
               END,
               notification.failure_reason, event.date_found, event.date_found
          FROM order_status_event event
          JOIN mail_message message ON message.id = event.message_id AND message.message_id IS NOT NULL
          LEFT JOIN mail_notification notification ON notification.mail_message_id = message.id
         ORDER BY message.id, event.id
        """
    )
    cr.execute(
        """
        UPDATE order_status_event event SET mail_id = mail.id
          FROM mail_message message JOIN order_status_mail mail ON mail.message_header = message.message_id
         WHERE message.id = event.message_id AND mail.order_id = event.order_id
        """
    )
    # what waits in the queue is sent until it arrives, too
    cr.execute(
        """
        UPDATE mail_mail SET is_owed = TRUE
          FROM mail_message message JOIN order_status_mail mail ON mail.message_header = message.message_id
         WHERE message.id = mail_mail.mail_message_id AND mail.state = 'waiting'
        """
    )
