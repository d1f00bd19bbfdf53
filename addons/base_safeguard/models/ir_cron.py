import logging

from odoo import models

_logger = logging.getLogger(__name__)


class IrCron(models.Model):
    """Scheduled actions of a copied database do nothing."""

    _inherit = "ir.cron"

    def _callback(self, cron_name, server_action_id):
        if not self.env["database.home"]._is_home():
            _logger.warning("%s is a copy of another database: '%s' does nothing", self.env.cr.dbname, cron_name)
            return None
        return super()._callback(cron_name, server_action_id)
