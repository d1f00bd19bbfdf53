"""Actions that Odoo binds to a model (the menu *Actions*), on records of ours: refused in words, or right.

The file runs last: what these actions change stays changed.
"""

from tools.rpc import Rpc, RpcError

from .seeded import SEEDED
from .server import DATABASE

BOUND = """
    SELECT action.id, action.name->>'en_US', model.model
      FROM ir_act_server action
      JOIN ir_model model ON model.id = action.binding_model_id
     WHERE action.binding_model_id IS NOT NULL
     ORDER BY action.id
"""
#: what proves something: an action may add to it, and takes nothing away
EVIDENCE = ("online_proof_decision", "online_proof_terms_acceptance", "credit_transaction", "order_status_event")
#: merged by an employee, as Odoo's *Merge contacts* does
MERGE = "base.partner.merge.automatic.wizard"


def _evidence(target):
    """Return ``{table: {id: row}}`` of what proves something."""
    return {
        table: dict(target.run_sql(f"SELECT id, to_jsonb(t)::text FROM {table} t"))  # noqa: S608 - ours
        for table in EVIDENCE
        if table in target.known["tables"]
    }


def _lost(before, after):
    return [f"{table}: {number}" for table, rows in before.items() for number in rows if number not in after[table]]


def test_bound_actions(target):
    """PR5: each action in the menu of a record of ours answers, or refuses in words; no evidence goes."""
    clerk, problems, tried = Rpc(target.url, DATABASE, "h_clerk", "h_clerk"), [], 0
    before = _evidence(target)
    for action, name, model in target.run_sql(BOUND):
        if model not in SEEDED:
            continue
        tried += 1
        record = target.world["b"][SEEDED[model]]
        context = {"active_model": model, "active_id": record, "active_ids": [record]}
        try:
            clerk.call("ir.actions.server", "run", [action], context=context)
        except RpcError as error:
            if not error.name.startswith("odoo.exceptions."):
                problems.append(f"{model}: {name}: {error.name}: {error}")
    assert tried > 5, "the query finds bound actions"
    assert not problems, "\n".join(problems)
    assert not _lost(before, _evidence(target))


def test_copies_are_fresh(target):
    """PR5: *Duplicate* takes no decision, no link and no history along, on any model that can be duplicated."""
    clerk, problems = Rpc(target.url, DATABASE, "h_clerk", "h_clerk"), []
    secrets = {value for name, value in target.world["b"].items() if name.endswith("token")}
    for model, name in SEEDED.items():
        try:
            [copy] = clerk.call(model, "copy", [target.world["b"][name]])
        except RpcError as error:
            if not error.name.startswith("odoo.exceptions."):
                problems.append(f"{model}: {error.name}: {error}")
            continue
        shown = str(clerk.call(model, "read", [copy]))
        problems += [f"{model}: the copy shows a secret" for secret in secrets if str(secret) in shown]
    assert not problems, "\n".join(problems)


def test_merged_contacts_keep_what_was_said(target):
    """PR5: merging the contact of a customer into another one loses no decision, no acceptance and no purchase."""
    before = _evidence(target)
    partner = target.world["b"]["partner"]
    other = target.rpc.call("res.partner", "create", [{"name": "Buyer b again", "email": "h_portal_b@example.com"}])[0]
    wizard = target.rpc.call(MERGE, "create", [{}], context={"active_model": "res.partner", "active_ids": [other]})[0]
    target.rpc.call(MERGE, "write", [wizard], {"partner_ids": [[6, 0, [partner, other]]], "dst_partner_id": other})
    target.rpc.call(MERGE, "action_merge", [wizard])
    assert not target.run_sql("SELECT 1 FROM res_partner WHERE id = %s", (partner,)), "the contact is merged"
    assert not _lost(before, _evidence(target))
    left = target.run_sql("SELECT count(*) FROM sale_order WHERE partner_id = %s", (other,))[0][0]
    assert left, "the orders follow"
