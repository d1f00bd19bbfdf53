"""What happens when the addon comes."""

from .models.database_home import PARAMETER


def uninstall_hook(env):
    """Take the note of which database this is along: nobody asks for it any more."""
    env["ir.config_parameter"].search([("key", "=", PARAMETER)]).unlink()
