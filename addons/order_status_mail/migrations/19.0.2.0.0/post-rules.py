"""The switches of the rules were fields of the website; each rule is a row now."""

#: The rules of the first version, in their order.
_CODES = ("status", "slip", "picked", "tracking", "delivered", "date", "stock")


def migrate(cr, version):
    """Make a row of each website and rule, with the switches as they were."""
    for number, code in enumerate(_CODES, 1):
        cr.execute(
            f"""
            INSERT INTO order_status_rule (website_id, code, sequence, enabled, mandatory, create_date, write_date)
            SELECT id, %(code)s, %(sequence)s, COALESCE(status_mail_{code}, FALSE),
                   COALESCE(status_mail_{code}_mandatory, FALSE), NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
              FROM website
            ON CONFLICT (website_id, code) DO UPDATE SET enabled = EXCLUDED.enabled, mandatory = EXCLUDED.mandatory
            """,  # noqa: S608 - codes of our own
            {"code": code, "sequence": 10 * number},
        )
