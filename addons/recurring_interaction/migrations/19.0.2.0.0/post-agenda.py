"""Calendar entries become private, feeds keep their addresses, stored addresses of feeds go."""


def migrate(cr, version):
    """Bring what the first version stored about agendas up to date."""
    cr.execute(
        """
        UPDATE calendar_event event
           SET privacy = 'private'
          FROM recurring_interaction interaction
         WHERE interaction.calendar_event_id = event.id
           AND event.privacy IS DISTINCT FROM 'private'
        """
    )
    # the address that a phone has goes on working until its owner makes another one
    cr.execute("UPDATE recurring_feed SET access_link_previous_digest = token_digest WHERE token_digest IS NOT NULL")
    # the first version wrote whole addresses into the rows of its window
    cr.execute("DELETE FROM recurring_feed_link")
