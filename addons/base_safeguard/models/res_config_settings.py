from odoo import fields, models
from odoo.exceptions import AccessError


class ResConfigSettings(models.TransientModel):
    """Shows that a database is a copy, and lets an administrator say that it is the real one."""

    _inherit = "res.config.settings"

    is_database_copy = fields.Boolean(compute="_compute_is_database_copy")

    def _compute_is_database_copy(self):
        self.is_database_copy = not self.env["database.home"]._is_home()

    def action_database_move_in(self):
        """Let this database act from now on.

        :raises AccessError: for others than administrators
        """
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only administrators can say which database is the live one."))
        self.env["database.home"]._move_in()
        return {"type": "ir.actions.client", "tag": "reload"}
