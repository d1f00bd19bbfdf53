"""PR6: whoever logs in after ``make run`` finds something of every addon."""

import pytest

from tests.hostile.people import ROLES
from tools.surfaces import logins

HAS_GROUP = """
    SELECT data.module || '.' || data.name
      FROM res_users login
      JOIN res_groups_users_rel held ON held.uid = login.id
      JOIN ir_model_data data ON data.model = 'res.groups' AND data.res_id = held.gid
     WHERE login.login = %s
"""


def test_every_login_is_there(sql):
    """PR6: the logins that the start page shows exist and are active."""
    there = {login for (login,) in sql("SELECT login FROM res_users WHERE active")}
    assert set(logins()) <= there


def test_the_employee_has_every_role(sql):
    """PR6: the employee ``demo`` works with all addons, not with two of them."""
    held = {name for (name,) in sql(HAS_GROUP, ("demo",))}
    # a team member of recurrences sees the own agenda; the user's role would show everybody's
    wanted = {f"{addon}.{group}" for addon, group in ROLES.items() if addon != "recurring_interaction"}
    assert wanted <= held, wanted - held


OWN = {
    "a proof that waits for an answer": """
        SELECT count(*) FROM online_proof_reviewer reviewer JOIN online_proof proof ON proof.id = reviewer.proof_id
         WHERE reviewer.partner_id = %(partner)s AND proof.state = 'sent'
           AND NOT EXISTS (SELECT FROM online_proof_page page JOIN online_proof_file file ON file.id = page.file_id
                            JOIN online_proof_revision revision ON revision.id = file.revision_id
                           WHERE revision.proof_id = proof.id AND page.state != 'ready')""",
    "an order of the shop": "SELECT count(*) FROM sale_order WHERE partner_id = %(partner)s AND website_id IS NOT NULL",
    "a subscription": """
        SELECT count(*) FROM recurring_invoice invoice
          JOIN recurring_recurrence recurrence ON recurrence.id = invoice.recurrence_id
         WHERE recurrence.partner_id = %(partner)s""",
}


@pytest.mark.parametrize("what", OWN)
def test_the_customer_finds_something(sql, what):
    """PR6: the demo customer ``portal`` has a proof to decide, an order and a subscription."""
    [(partner,)] = sql("SELECT partner_id FROM res_users WHERE login = 'portal'")
    [(count,)] = sql(OWN[what], {"partner": partner})
    assert count


def test_an_invoice_is_due(sql):
    """PR6: on the day of the start there is a recurring invoice to issue."""
    [(count,)] = sql(
        "SELECT count(*) FROM recurring_interaction "
        " WHERE kind = 'invoice' AND state = 'planned' AND day <= CURRENT_DATE"
    )
    assert count
