import shutil
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import config

from ..health import Check


class HealthMonitor(models.AbstractModel):
    """Collects the figures of an installation; addons extend :meth:`_get_checks` by their own."""

    _name = "health.monitor"
    _description = "Health of the Installation"

    @api.model
    def _get_checks(self):
        """Return a list of ``Check``; as superuser, for people and programs that may see them."""
        return [*self._check_database(), *self._check_scheduled_actions(), *self._check_mail()]

    def _check_database(self):
        self.env.cr.execute("SELECT pg_database_size(current_database())")
        disk = shutil.disk_usage(config["data_dir"])
        free = 100 * disk.free / disk.total
        return [
            Check("database_size", self.env._("Size of the database"), self.env.cr.fetchone()[0], "bytes"),
            Check(
                "database_copy",
                self.env._("The database is a copy that does nothing by itself"),
                int(not self.env["database.home"]._is_home()),
                warning=1,
            ),
            Check("filestore_free", self.env._("Free space for files, in percent"), free, "percent", 15, 5, below=True),
        ]

    def _check_scheduled_actions(self):
        now = fields.Datetime.now()
        crons = self.env["ir.cron"].search([("active", "=", True)], order="id")
        label, failing = (
            self.env._("A scheduled action is late by"),
            self.env._("Failures of a scheduled action in a row"),
        )
        checks = [
            Check(
                "scheduled_action_late",
                label,
                max((now - cron.nextcall).total_seconds(), 0),
                "seconds",
                # it may wait for its turn, and for a run that takes long
                *(900, 7200),
                subject=cron.with_context(lang=None).cron_name or str(cron.id),
            )
            for cron in crons
        ]
        checks += [
            Check("scheduled_action_failures", failing, cron.failure_count, "", 2, 5, subject=cron.cron_name)
            for cron in crons
            if cron.failure_count
        ]
        failed = self.env["cron.batch.failure"].search_count([])
        return [*checks, Check("set_aside", self.env._("Records that a scheduled action failed on"), failed, warning=1)]

    def _check_mail(self):
        mails, deliveries = self.env["mail.mail"], self.env["mail.delivery"]
        now = fields.Datetime.now()
        waiting = [("state", "=", "outgoing"), "|", ("scheduled_date", "=", False), ("scheduled_date", "<=", now)]
        [(count, oldest)] = mails._read_group(waiting, aggregates=["__count", "create_date:min"])
        age = (now - oldest).total_seconds() if oldest else 0
        failed = deliveries.search_count(
            [("state", "in", ("failed", "bounced")), ("date_state", ">", now - timedelta(days=7))]
        )
        return [
            Check("mail_waiting", self.env._("Mails in the queue"), count, "", 1000, 10_000),
            Check(
                "mail_oldest", self.env._("Age of the oldest mail in the queue"), age, "seconds", 3 * 3600, 24 * 3600
            ),
            Check("mail_undelivered", self.env._("Mails of this week that did not arrive"), failed, warning=1),
        ]
