"""Let the tables take what the new version holds: several acceptances, one open link a person, no secrets."""

from odoo.addons.base_safeguard.upgrade import rename_column
from odoo.tools import SQL

#: Moments are called date_*: model, field of the first version, field now.
RENAMED = (
    ("online.proof", "decided_date", "date_decided"),
    ("online.proof.reviewer", "sent_date", "date_sent"),
    ("online.proof.revision", "sent_date", "date_sent"),
    ("online.proof.terms", "published_date", "date_published"),
    ("online.proof.view", "first_date", "date_first_opened"),
    ("online.proof.view", "last_date", "date_last_opened"),
    ("online.proof.template.text", "colour", "color"),
)


def migrate(cr, version):
    """Drop what held evidence back, close second links of one person, and keep digests of their tokens only."""
    acceptances = "online_proof_terms_acceptance"
    cr.execute(f"ALTER TABLE {acceptances} DROP CONSTRAINT IF EXISTS {acceptances}_customer_uniq")
    cr.execute("DROP INDEX IF EXISTS online_proof_decision_reviewer_uniq")
    # an order has a proof for each of its products now
    cr.execute("ALTER TABLE online_proof DROP CONSTRAINT IF EXISTS online_proof_order_uniq")
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
    for model, old, new in RENAMED:
        rename_column(cr, model, old, new)
    _keep_digests(cr)


def _keep_digests(cr):
    """Let the addresses that were given away go on working without their tokens standing anywhere."""
    rename_column(cr, "online.proof.reviewer", "revoked", "link_revoked")
    for statement in (
        "ALTER TABLE online_proof_reviewer ADD COLUMN access_link_previous_digest varchar,"
        " ADD COLUMN date_link_expiry timestamp",
        "UPDATE online_proof_reviewer SET"
        " access_link_previous_digest = encode(sha256(convert_to(access_token, 'UTF8')), 'hex'),"
        " date_link_expiry = expiry_date + interval '1 day'",
        "ALTER TABLE online_proof_reviewer DROP COLUMN access_token, DROP COLUMN expiry_date",
        # what was sent is read in the thread and needs no secret any more
        r"UPDATE mail_message SET body = regexp_replace(body, '(/proof/\d+[^\s\"?]*\?access_token=)[\w-]+', '\1', 'g')"
        " WHERE body LIKE '%/proof/%access_token=%'",
        r"UPDATE mail_mail SET body_html = regexp_replace("
        r"body_html, '(/proof/\d+[^\s\"?]*\?access_token=)[\w-]+', '\1', 'g')"
        " WHERE state = 'sent' AND body_html LIKE '%/proof/%access_token=%'",
    ):
        cr.execute(statement)
