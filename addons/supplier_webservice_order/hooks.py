"""Installation hooks."""


def post_init_hook(env):
    """Give the companies that exist already their credit account."""
    env["res.company"].search([])._create_credit_accounts()
