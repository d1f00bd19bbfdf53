"""Choices go from contacts to addresses; of the links' keys only digests are kept."""


def migrate(cr, version):
    """Give each choice the addresses of its contact, and each link the digest of its key."""
    cr.execute("ALTER TABLE order_status_preference ADD COLUMN email varchar")
    cr.execute("ALTER TABLE order_status_preference DROP CONSTRAINT IF EXISTS order_status_preference_choice_unique")
    # a contact may have several addresses in one field: the first one keeps the row
    cr.execute(
        r"""
        UPDATE order_status_preference choice
           SET email = lower(substring(partner.email FROM '[^\s<>,;"]+@[^\s<>,;"]+'))
          FROM res_partner partner WHERE partner.id = choice.partner_id
        """
    )
    cr.execute("DELETE FROM order_status_preference WHERE email IS NULL")
    cr.execute(
        r"""
        INSERT INTO order_status_preference
               (email, partner_id, website_id, company_id, rule, source, create_date, create_uid, write_date, write_uid)
        SELECT DISTINCT lower(found[1]), choice.partner_id, choice.website_id, choice.company_id, choice.rule,
               choice.source, choice.create_date, choice.create_uid, choice.write_date, choice.write_uid
          FROM order_status_preference choice
          JOIN res_partner partner ON partner.id = choice.partner_id
          CROSS JOIN LATERAL regexp_matches(partner.email, '[^\s<>,;"]+@[^\s<>,;"]+', 'g') AS found
         WHERE lower(found[1]) != choice.email
        """
    )
    # the latest choice of an address counts
    cr.execute(
        """
        DELETE FROM order_status_preference older USING order_status_preference newer
         WHERE older.email = newer.email AND older.website_id = newer.website_id AND older.rule = newer.rule
           AND older.id < newer.id
        """
    )
    cr.execute("ALTER TABLE order_status_preference ALTER COLUMN partner_id DROP NOT NULL")
    cr.execute("ALTER TABLE order_status_snapshot ADD COLUMN access_link_digest varchar")
    cr.execute("ALTER TABLE order_status_snapshot ADD COLUMN date_link_expiry timestamp")
    cr.execute(
        """
        UPDATE order_status_snapshot
           SET access_link_digest = encode(sha256(access_token::bytea), 'hex'),
               date_link_expiry = token_expires_on + interval '1 day'
         WHERE access_token IS NOT NULL
        """
    )
    cr.execute("ALTER TABLE order_status_snapshot DROP COLUMN access_token")
    cr.execute("ALTER TABLE order_status_snapshot DROP COLUMN token_expires_on")
