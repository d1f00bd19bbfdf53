"""What happens when the addon comes."""

from typing import Any

from .models.database_home import PARAMETER


def uninstall_hook(env: Any) -> None:
    """Take the note of which database this is along: nobody asks for it any more."""
    env["ir.config_parameter"].search([("key", "=", PARAMETER)]).unlink()
