from . import controllers, models, recurrence, wizards


def uninstall_hook(env):
    """Delete the patterns: without this addon they would turn into ordinary draft invoices."""
    env["account.move"].search([("is_recurring_pattern", "=", True)]).unlink()
