from odoo import api, fields, models


class RecurringNotice(models.TransientModel):
    """Notice of a contract: the day it was given, and the day the contract ends by it."""

    _name = "recurring.notice"
    _inherit = ["record.window.mixin"]
    _description = "Notice"

    invoice_id = fields.Many2one("recurring.invoice", required=True, ondelete="cascade")
    date = fields.Date("Notice Given On", required=True, default=fields.Date.context_today)
    date_end = fields.Date("Contract Ends", compute="_compute_date_end")
    reason = fields.Char()

    @api.depends("invoice_id", "date")
    def _compute_date_end(self):
        for wizard in self:
            wizard.date_end = False
            if wizard.invoice_id and wizard.date:
                wizard.invoice_id.check_access("read")
                wizard.date_end = wizard.invoice_id._end_by_notice(wizard.date)

    def action_confirm(self):
        """End the contract."""
        self.ensure_one()
        self.invoice_id._give_notice(self.date, self.reason)
        return {"type": "ir.actions.act_window_close"}


class RecurringPause(models.TransientModel):
    """A time in which nothing is billed, and why."""

    _name = "recurring.pause"
    _inherit = ["record.window.mixin"]
    _description = "Pause"

    invoice_id = fields.Many2one("recurring.invoice", required=True, ondelete="cascade")
    date_from = fields.Date("From", required=True, default=fields.Date.context_today)
    date_to = fields.Date("Until", required=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Skip what is planned in that time."""
        self.ensure_one()
        self.invoice_id._pause(self.date_from, self.date_to, self.reason)
        return {"type": "ir.actions.act_window_close"}
