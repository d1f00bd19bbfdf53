from odoo.tools import SQL


def uninstall_hook(env):
    """Delete the proofs first: Odoo deletes records of the addon (demo orders, customers) before its tables.

    In this order: deleting an order would both delete a file (by its revision) and empty its order line.
    """
    env.flush_all()
    for table in ("file", "comment", "decision", "terms_acceptance"):
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(f"online_proof_{table}")))
    env.cr.execute("DELETE FROM online_proof")
    env.invalidate_all()
