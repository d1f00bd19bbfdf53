"""Installation hooks."""

from typing import Any


def post_init_hook(env: Any) -> None:
    """Give the companies that exist already their credit account."""
    env["res.company"].search([])._create_credit_accounts()


def uninstall_hook(env: Any) -> None:
    """Drop the function that guards the ledger, its trigger with it: Odoo knows of neither."""
    env.cr.execute("DROP FUNCTION IF EXISTS credit_transaction_append_only() CASCADE")
