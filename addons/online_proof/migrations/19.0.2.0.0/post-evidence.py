"""Put the decisions of the first version into chains, and fill what rights and evidence rest on now."""

from odoo.api import SUPERUSER_ID, Environment
from odoo.tools import SQL


def migrate(cr, version):
    """Fill the new columns, then chain the decisions in the order in which they were made."""
    _fill_columns(cr)
    env = Environment(cr, SUPERUSER_ID, {})
    for terms in env["online.proof.terms"].search([("state", "=", "published"), ("digest", "=", False)]):
        terms.digest = terms._get_text_digest()
    _chain_decisions(env)
    env.flush_all()


def _fill_columns(cr):
    for statement in (
        "UPDATE online_proof_revision r SET customer_id = p.commercial_partner_id FROM online_proof p"
        " WHERE p.id = r.proof_id AND r.state <> 'draft'",
        "UPDATE online_proof_reviewer r SET customer_id = p.commercial_partner_id FROM online_proof p"
        " WHERE p.id = r.proof_id",
        "UPDATE online_proof_reviewer r SET employer_id = c.commercial_partner_id FROM res_partner c"
        " WHERE c.id = r.partner_id",
        # an approval is kept when a newer revision is sent
        "UPDATE online_proof_revision r SET date_approved = made.date FROM ("
        "  SELECT revision_id, max(date) AS date FROM online_proof_decision"
        "   WHERE decision = 'approved' AND withdrawn_date IS NULL GROUP BY revision_id) made"
        " WHERE made.revision_id = r.id AND r.state IN ('approved', 'superseded')",
        "UPDATE online_proof_comment SET date_told = create_date",
        # the one proof that an order had was for all of its products, and stays so
        "UPDATE sale_order_line l SET proof_id = p.id FROM online_proof p, res_company c"
        " WHERE p.sale_order_id = l.order_id AND c.id = l.company_id AND l.product_id IS NOT NULL"
        " AND l.display_type IS NULL AND l.is_downpayment IS NOT TRUE"
        " AND l.product_id IS DISTINCT FROM c.proof_change_product_id",
        "UPDATE sale_order o SET date_production = o.write_date FROM sale_production_status s"
        " WHERE s.id = o.production_status_id AND s.needs_approval",
    ):
        cr.execute(statement)


def _chain_decisions(env):
    decisions = env["online.proof.decision"]
    # the column of the first version; what is taken back is a row of its own now
    withdrawn = dict(
        env.execute_query(SQL("SELECT id, withdrawn_date FROM online_proof_decision WHERE withdrawn_date IS NOT NULL"))
    )
    events = [(made.date, made.id, False) for made in decisions.search([("digest", "=", False)])]
    events += [(date, number, True) for number, date in withdrawn.items()]
    for date, number, is_withdrawal in sorted(events):
        made = decisions.browse(number)
        if is_withdrawal:
            decisions.create(
                {
                    "revision_id": made.revision_id.id,
                    "withdraws_id": made.id,
                    "decision": "withdrawn",
                    "channel": made.channel,
                    "reviewer_id": made.reviewer_id.id,
                    "decided_by": made.decided_by,
                    "decided_email": made.decided_email,
                    "date": date,
                }
            )
        else:
            made._seal()
