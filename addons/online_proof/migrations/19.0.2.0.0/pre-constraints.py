"""Let the tables take what the new version holds: several acceptances, one open link a person."""

from odoo.tools import SQL


def migrate(cr, version):
    """Drop what held evidence back, and close second links of one person."""
    acceptances = "online_proof_terms_acceptance"
    cr.execute(f"ALTER TABLE {acceptances} DROP CONSTRAINT IF EXISTS {acceptances}_customer_uniq")
    cr.execute("DROP INDEX IF EXISTS online_proof_decision_reviewer_uniq")
    cr.execute("UPDATE online_proof_reviewer SET revoked = false WHERE revoked IS NULL")
    cr.execute("UPDATE online_proof_comment SET resolved = false WHERE resolved IS NULL")
    # the index of open links never held: NOT NULL is not true
    cr.execute(
        SQL(
            """
            UPDATE online_proof_reviewer AS later SET revoked = true
             WHERE partner_id IS NOT NULL AND NOT revoked AND EXISTS (
                   SELECT 1 FROM online_proof_reviewer AS first
                    WHERE first.proof_id = later.proof_id AND first.partner_id = later.partner_id
                      AND NOT first.revoked AND first.id < later.id)
            """
        )
    )
