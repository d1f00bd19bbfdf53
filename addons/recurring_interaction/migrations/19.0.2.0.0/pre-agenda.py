"""An event that two interactions pointed to stays with the first one: the link was set by hand."""


def migrate(cr, version):
    """Let every calendar event belong to one interaction, as the new index wants."""
    cr.execute(
        """
        UPDATE recurring_interaction
           SET calendar_event_id = NULL
         WHERE id IN (
                SELECT id
                  FROM (SELECT id, row_number() OVER (PARTITION BY calendar_event_id ORDER BY id) AS number
                          FROM recurring_interaction
                         WHERE calendar_event_id IS NOT NULL) linked
                 WHERE number > 1)
        """
    )
    # not null in the first version; the column goes when the update ends
    cr.execute("ALTER TABLE recurring_feed ALTER COLUMN token_digest DROP NOT NULL")
