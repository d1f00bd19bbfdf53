from odoo import api, fields, models


class RecurringInteractionInvoice(models.Model):
    """What becomes of an invoice's mail when the invoice is reset to a draft before the mail left.

    Odoo takes such an invoice out of its sending queue, and whoever posts it again presses *Send*. Nobody presses
    anything where the recurrence sends: the customer would wait for a mail for ever.
    """

    _inherit = "recurring.interaction.invoice"

    is_mail_taken_back = fields.Boolean(
        "Mail Taken Back",
        readonly=True,
        help="The invoice was reset before its mail left: it is sent when the invoice is posted again.",
    )

    @api.model
    def _take_back_mails(self, moves):
        """Keep back the mails of invoices that are drafts again; a mail that a server has taken is not sent twice."""
        issues_sudo = self.sudo().search([("move_id", "in", moves.ids)])  # whoever resets need not see recurrences
        mails_sudo = self.env["mail.mail"].sudo()  # nor the queue
        mails_sudo = mails_sudo.search(
            [
                ("model", "=", "account.move"),
                ("res_id", "in", issues_sudo.move_id.ids),
                ("is_owed", "=", True),
                ("state", "=", "outgoing"),
            ]
        ).try_lock_for_update()
        mails_sudo = mails_sudo.filtered(lambda mail: set(mail.delivery_ids.mapped("state")) <= {"waiting"})
        mails_sudo._call_off()
        called_off = set(mails_sudo.mapped("res_id"))
        queued = issues_sudo.filtered(lambda issue: issue.move_id.sending_data or issue.move_id.id in called_off)
        queued.is_mail_taken_back = True

    @api.model
    def _queue_mails_again(self, moves):
        """Put invoices that are posted again into Odoo's sending queue, where their mails were kept back."""
        issues_sudo = self.sudo().search([("move_id", "in", moves.ids), ("is_mail_taken_back", "=", True)])
        if not issues_sudo:
            return
        for move, issues in issues_sudo.grouped("move_id").items():
            # the recurrence may have stopped sending meanwhile
            move.write(issues[-1]._sending_values())
        issues_sudo.is_mail_taken_back = False
        self.env.ref("account.ir_cron_account_move_send").sudo()._trigger()
