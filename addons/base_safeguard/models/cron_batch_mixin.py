import logging

from odoo import api, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every

_logger = logging.getLogger(__name__)


class CronBatchMixin(models.AbstractModel):
    """The loop of a scheduled action over many records.

    Every batch is locked, filtered again, worked on and committed. Records that somebody else holds, and
    conflicts of transactions, are skipped: the next run sees how they stand. A failure is rolled back, noted in
    ``cron.batch.failure`` (and by :meth:`_cron_failed` where the model wants to), logged in one line, and the
    record is set aside until its retry time. The other records go on.
    """

    _name = "cron.batch.mixin"
    _description = "Records of a Scheduled Action"

    @api.model
    def _cron_each(self, domain, method, *, batch_size=1, order="id", limit=None):
        """Call ``method`` (a name) on all records of ``domain``, ``batch_size`` of them a transaction.

        :param domain: which records are due; asked again after they are locked
        :param limit: how many records one run takes at most
        :returns: number of records that were worked on
        """
        cron, domain = self.env["ir.cron"], Domain(domain)
        failures_sudo = self.env["cron.batch.failure"].sudo()  # scheduled actions need not run as administrator
        waiting = failures_sudo._waiting_ids(self._name, method)
        due = domain & Domain("id", "not in", waiting) if waiting else domain
        ids = self.search(due, order=order, limit=limit).ids
        remaining = self.search_count(due) if limit and len(ids) == limit else len(ids)
        # what an earlier loop of the same run had to leave is still to be done: Odoo goes on at once
        left = self.env["ir.cron.progress"].sudo().browse(self.env.context.get("ir_cron_progress_id")).remaining
        if not cron._commit_progress(remaining=remaining + left) and left:
            return 0
        done = 0
        for batch in split_every(batch_size, ids):
            done += self._cron_work(batch, domain, method)
            if not cron._commit_progress(len(batch)):
                break
        return done

    def _cron_work(self, ids, domain, method):
        """Work on one batch; where that fails, on its records one by one. Returns the number of records done."""
        try:
            records = self.browse(ids)._cron_lock().filtered_domain(domain)
            if not records:
                return 0
            getattr(records, method)()
            # nobody but administrators sees the failures, whoever runs the action
            failures_sudo = self.env["cron.batch.failure"].sudo()
            failures_sudo._forget(self._name, method, records.ids)
            self.env.flush_all()
            self.env.cr.flush()  # precommit hooks belong to the work: what they raise is this batch's failure
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.cr.rollback()
            _logger.info("%s.%s: %s: somebody else was faster, left to the next run", self._name, method, ids)
            return 0
        except Exception as error:
            self.env.cr.rollback()
            if len(ids) == 1:
                self._cron_set_aside(self.browse(ids), method, error)
                return 0
            done = 0
            for record_id in ids:
                done += self._cron_work([record_id], domain, method)
                self.env["ir.cron"]._commit_progress()
            return done
        return len(records)

    def _cron_lock(self):
        """Lock those of the records that nobody else holds, and return them."""
        return self.try_lock_for_update()

    def _cron_set_aside(self, record, method, error):
        _logger.warning(
            "%s.%s failed for record %s, it is tried again later", self._name, method, record.id, exc_info=error
        )
        try:
            # see above
            failures_sudo = self.env["cron.batch.failure"].sudo()
            failures_sudo._set_aside(record, method, error)
            record._cron_failed(method, error)
            self.env.flush_all()
        except Exception:
            self.env.cr.rollback()
            _logger.exception("%s.%s: the failure of record %s could not be noted", self._name, method, record.id)
        self.env["ir.cron"]._commit_progress()

    def _cron_failed(self, method, error):
        """Hook: tell people on the record itself that ``method`` failed with ``error``."""
