from datetime import timedelta

from odoo import api, fields, models

#: Hours until a record that made a scheduled action fail is tried again, by number of failures.
RETRY_HOURS = (1, 4, 24, 72)


class CronBatchFailure(models.Model):
    """A record that a scheduled action could not work on: set aside until its retry time."""

    _name = "cron.batch.failure"
    _description = "Failed Record of a Scheduled Action"
    _order = "id desc"
    _rec_name = "method"

    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", required=True, readonly=True)
    method = fields.Char("Work", required=True, readonly=True)
    record_name = fields.Char(compute="_compute_record_name")
    failure_count = fields.Integer("Failures", readonly=True)
    date_failure = fields.Datetime("Failed", readonly=True)
    date_next_try = fields.Datetime("Next Try", readonly=True, index=True)
    error = fields.Text(readonly=True)

    _record_uniq = models.UniqueIndex("(res_model, method, res_id)", "A record is set aside once for each work.")

    @api.depends("res_model", "res_id")
    def _compute_record_name(self):
        for failure in self:
            record = self.env[failure.res_model].browse(failure.res_id) if failure.res_model in self.env else None
            failure.record_name = record.exists().display_name if record is not None else False

    @api.model
    def _waiting_ids(self, model, method):
        """Return the ids of the records of ``model`` whose retry time has not come."""
        failures = self.search_fetch(
            [("res_model", "=", model), ("method", "=", method), ("date_next_try", ">", fields.Datetime.now())],
            ["res_id"],
        )
        return failures.mapped("res_id")

    @api.model
    def _set_aside(self, record, method, error):
        """Note that ``method`` failed for a record and when it is tried again."""
        now = fields.Datetime.now()
        domain = [("res_model", "=", record._name), ("method", "=", method), ("res_id", "=", record.id)]
        failure = self.search(domain, limit=1)
        count = failure.failure_count + 1
        hours = RETRY_HOURS[min(count, len(RETRY_HOURS)) - 1]
        values = {
            "failure_count": count,
            "date_failure": now,
            "date_next_try": now + timedelta(hours=hours),
            "error": f"{type(error).__name__}: {error}"[:2000],
        }
        if failure:
            failure.write(values)
        else:
            failure = self.create({"res_model": record._name, "res_id": record.id, "method": method, **values})
        return failure

    @api.model
    def _forget(self, model, method, ids):
        """Delete the notes on records that were worked on since."""
        self.search([("res_model", "=", model), ("method", "=", method), ("res_id", "in", list(ids))]).unlink()

    def action_retry(self):
        """Let the next run try again."""
        self.date_next_try = fields.Datetime.now()

    @api.autovacuum
    def _gc_failures(self):
        self.search([("date_failure", "<", fields.Datetime.now() - timedelta(days=180))]).unlink()
