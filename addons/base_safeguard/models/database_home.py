import logging

import psycopg2
from odoo import api, models, tools
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

PARAMETER = "base_safeguard.database_home"


class DatabaseHome(models.AbstractModel):
    """Knows whether this database is the one that people work with, or a copy of it that must reach nobody.

    At its first start a database notes which one it is: the identifier of its PostgreSQL cluster and its own number
    there. A copy (``createdb --template``, a restored dump, a cloned disk that got a new cluster) carries the note of
    the original. Until an administrator says that the copy is the real one now, or it is neutralized, its scheduled
    actions do nothing and it sends no mail; the addons ask :meth:`_is_home` before they talk to others.
    """

    _name = "database.home"
    _description = "Home of the Database"

    def _register_hook(self):
        super()._register_hook()
        # SQL: servers that start at the same time must not conflict
        self.env.cr.execute(
            SQL(
                "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s) ON CONFLICT (key) DO NOTHING",
                PARAMETER,
                self._get_identity(),
            )
        )

    @api.model
    @tools.ormcache()
    def _get_identity(self):
        """Return what tells this database from its copies; a process serves the same one for as long as it runs."""
        number = "SELECT oid::text FROM pg_database WHERE datname = current_database()"
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute("SELECT system_identifier::text FROM pg_control_system()")
                cluster = self.env.cr.fetchone()[0]
        except psycopg2.errors.InsufficientPrivilege:
            cluster = ""  # some hosters do not let roles see it
        self.env.cr.execute(number)
        return f"{cluster}/{self.env.cr.fetchone()[0]}"

    @api.model
    def _is_home(self):
        """Return whether this database may act: it is no copy of another one."""
        known = self.env["ir.config_parameter"].sudo().get_param(PARAMETER)
        return not known or known == self._get_identity()

    @api.model
    def _move_in(self):
        """Say that this database is the real one from now on."""
        self.env["ir.config_parameter"].sudo().set_param(PARAMETER, self._get_identity())
        _logger.warning("%s acts from now on (user %s)", self.env.cr.dbname, self.env.uid)
