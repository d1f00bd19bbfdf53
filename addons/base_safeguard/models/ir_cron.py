import logging
import random
import time

from odoo import models
from odoo.service.model import MAX_TRIES_ON_CONCURRENCY_FAILURE, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


class IrCron(models.Model):
    """Scheduled actions of a copied database do nothing; one that lost a conflict is repeated."""

    _inherit = "ir.cron"

    def _callback(self, cron_name, server_action_id):
        """Run the action; after a conflict with another transaction again, as Odoo repeats a request.

        Odoo takes a conflict for a failure and comes back at the action's next regular time. For an action
        that is otherwise woken by its work (the sending of invoices: once a day) that is tomorrow.

        :raises psycopg2.Error: when the last try of ``MAX_TRIES_ON_CONCURRENCY_FAILURE`` lost, too
        """
        if not self.env["database.home"]._is_home():
            _logger.warning("%s is a copy of another database: '%s' does nothing", self.env.cr.dbname, cron_name)
            return None
        for attempt in range(1, MAX_TRIES_ON_CONCURRENCY_FAILURE):
            try:
                return super()._callback(cron_name, server_action_id)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
                _logger.info("'%s' lost a conflict (try %s): %s", cron_name, attempt, str(error).strip())
                time.sleep(random.uniform(0.0, 2**attempt))  # noqa: S311 (two servers are to miss each other)
        return super()._callback(cron_name, server_action_id)
