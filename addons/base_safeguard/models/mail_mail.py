import smtplib
from datetime import timedelta

from odoo import api, fields, models

from ..delivery import FAILED, SENT, WAITING, Attempt, addresses_in, minutes_until_next_try
from ..texts import without_controls


class MailMail(models.Model):
    """One way into the queue of outgoing mails; those that are owed are sent until they arrive (``mail.delivery``)."""

    _inherit = "mail.mail"

    is_owed = fields.Boolean(
        "Sent Until It Arrives", readonly=True, help="Sent again, with the same Message-Id, after temporary failures."
    )
    body_text = fields.Text("Text Part", help="Empty: made from the rich text.")
    delivery_ids = fields.One2many("mail.delivery", "mail_id", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        """Open the deliveries of mails that are owed, and wake the queue: whoever made them need not think of it."""
        if self.env.context.get("mail_owed"):
            vals_list = [{"is_owed": True, **vals} for vals in vals_list]
        vals_list = [_with_plain_bodies(vals) for vals in vals_list]
        mails = super().create(vals_list)
        if owed := mails.filtered("is_owed"):
            self.env["mail.delivery"].sudo()._open(owed)  # senders do not see the deliveries of others
            self._wake_queue()
        return mails

    @api.model
    def _queue(self, vals_list):
        """Create mails that are owed, in the transaction of what they tell; the queue runs after it.

        :param vals_list: values of ``mail.mail``; ``headers`` may be a dict of header names and values
        :returns: the mails
        """
        return self.create(
            [
                {
                    **vals,
                    "is_owed": True,
                    **({"headers": repr(vals["headers"])} if isinstance(vals.get("headers"), dict) else {}),
                }
                for vals in vals_list
            ]
        )

    @api.model
    def _wake_queue(self, at=None):
        """Let the queue run after this transaction, or at a moment; by itself it runs hourly."""
        # not env.ref: that asks the database each time
        queue_id = self.env["ir.model.data"]._xmlid_to_res_id("mail.ir_cron_mail_scheduler_action")
        self.env["ir.cron"].browse(queue_id).sudo()._trigger(at)

    def mark_outgoing(self):
        """Retry, as Odoo's buttons do it: addresses that failed are tried again, as they are now."""
        self.check_access("write")
        # senders do not see the deliveries of others
        failed_sudo = self.sudo().delivery_ids.filtered(lambda row: row.state == FAILED)
        failed_sudo.unlink()
        self.invalidate_recordset(["delivery_ids"])
        return super().mark_outgoing()

    def _call_off(self):
        """Let mails that wait not be sent: something else is told in their place."""
        self.env["mail.delivery"].flush_model()
        # not unlink: that empties the cache, and whoever calls off many mails looks at many documents
        self.env.cr.execute("DELETE FROM mail_delivery WHERE mail_id = ANY(%s)", (self.ids,))
        self.invalidate_recordset(["delivery_ids"])
        self.write({"state": "cancel"})
        notifications_sudo = self.env["mail.notification"].sudo()  # as Odoo does when a mail is cancelled
        notifications_sudo.search([("mail_mail_id", "in", self.ids)]).notification_status = "canceled"

    # Addresses

    def _prepare_delivery_values(self):
        return {
            "mail_id": self.id,
            "mail_message_id": self.mail_message_id.id,
            "message_header": self.message_id,
            "res_model": self.model,
            "res_id": self.res_id,
            "subject": self.subject,
        }

    def _get_delivery_addresses(self):
        """Return ``{address: partner id}`` of this mail; a recipient without an address stands under an empty one."""
        self.ensure_one()
        addresses = dict.fromkeys(addresses_in(self.email_to) + addresses_in(self.email_cc), False)
        for partner in self.recipient_ids:
            for address in addresses_in(partner.email) or [""]:
                addresses[address] = addresses.get(address) or partner.id
        return addresses

    def _sync_deliveries(self):
        """Follow recipients whose address was mended while the mail waited; return the rows that still wait."""
        deliveries_sudo = self.env["mail.delivery"].sudo()  # see create
        for mail in self:
            rows_sudo, wanted = mail.sudo().delivery_ids, mail._get_delivery_addresses()
            rows_sudo.filtered(lambda row, wanted=wanted: row.state == WAITING and row.address not in wanted).unlink()
            known = set(rows_sudo.exists().mapped("address"))
            deliveries_sudo.create(
                [
                    {**mail._prepare_delivery_values(), "address": address, "partner_id": partner_id}
                    for address, partner_id in wanted.items()
                    if address not in known
                ]
            )
        self.invalidate_recordset(["delivery_ids"])
        rows_sudo = self.sudo().delivery_ids
        return rows_sudo.filtered(lambda row: row.state == WAITING)

    # Sending

    def _send(self, auto_commit=False, **kwargs):
        attempt = Attempt()
        # another process may have sent and deleted some of them meanwhile; Odoo would stop at the first of these
        waiting = self.exists().with_context(mail_attempt=attempt)
        try:
            return super(MailMail, waiting)._send(auto_commit=auto_commit, **kwargs)
        except smtplib.SMTPServerDisconnected as error:
            mail = self.browse(attempt.mail_id or [])
            if mail.is_owed:
                mail._settle_deliveries(attempt, str(error), temporary=True)
                self._wake_queue(fields.Datetime.now() + timedelta(minutes=1))
                if auto_commit:
                    self.env["ir.cron"]._commit_progress()  # as Odoo does after each mail
            raise

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        emails = super()._prepare_outgoing_list(mail_server=mail_server, doc_to_followers=doc_to_followers)
        for email in emails:
            email["body_alternative"] = self.body_text or email["body_alternative"]
        attempt = self.env.context.get("mail_attempt")
        if attempt is None or not self.is_owed:
            return emails
        attempt.start(self.id)
        waiting = set(self._sync_deliveries().mapped("address"))
        for email in emails:
            # the header names all recipients, the envelope those that do not have it yet
            email["email_to_normalized"] = [a for a in email["email_to_normalized"] or [""] if a in waiting]
        return [email for email in emails if email["email_to_normalized"]]

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        owed = self.filtered("is_owed")
        values = {"failure_reason": failure_reason, "failure_type": failure_type}
        if others := self - owed:
            super(MailMail, others)._postprocess_sent_message(success_pids, success_emails, **values)
        attempt = self.env.context.get("mail_attempt") or Attempt()
        for mail in owed:
            tried = attempt if attempt.mail_id == mail.id else Attempt()
            reason = failure_reason or mail.failure_reason or ""
            if not mail._settle_deliveries(tried, reason, temporary=failure_type == "mail_smtp"):
                outcome = mail._finish_deliveries(failure_type)
                super(MailMail, mail)._postprocess_sent_message(**outcome)
        attempt.stop()
        return True

    def _settle_deliveries(self, attempt, reason, *, temporary):
        """Note what became of the mail's addresses; return whether it is sent again.

        :param temporary: whether addresses that no server was asked about may be served later
        """
        waiting = self._sync_deliveries()
        again = waiting.browse()
        for delivery in waiting:
            # where one address made Odoo give up, the others were not tried
            unasked = WAITING if temporary or not attempt.is_empty else FAILED
            state, answer = attempt.verdict(delivery.address) or (unasked, reason)
            if not delivery.address:
                state = FAILED
            if state == WAITING and minutes_until_next_try(delivery.attempt_count + 1):
                delivery.reason = answer
                again |= delivery
            else:
                delivery._settle(FAILED if state == WAITING else state, answer)
        waiting.attempt_count = max(waiting.mapped("attempt_count"), default=0) + 1
        if again:
            self._send_again(again)
        return bool(again)

    def _send_again(self, deliveries):
        minutes = minutes_until_next_try(deliveries[0].attempt_count)
        moment = fields.Datetime.now() + timedelta(minutes=minutes)
        deliveries.date_next_try = moment
        self.write({"state": "outgoing", "scheduled_date": moment, "failure_type": False})
        self._write_notifications(deliveries.partner_id, "ready")
        self._wake_queue(moment)

    def _finish_deliveries(self, failure_type):
        """Bring the mail to the end that its deliveries have come to.

        :returns: what Odoo is told about it, for the notifications in the chatter
        """
        rows = self.sudo().delivery_ids  # see create
        sent, failed = rows.filtered(lambda row: row.state == SENT), rows.filtered(lambda row: row.state == FAILED)
        if sent and not failed:
            self.write({"state": "sent", "failure_type": False, "failure_reason": False})
        elif failed and not failure_type:
            failure_type = "unknown"
            self.write({"state": "exception", "failure_type": failure_type, "failure_reason": failed[0].reason})
        return {
            "success_pids": list(sent.partner_id),
            "success_emails": sent.mapped("address"),
            "failure_reason": failed[:1].reason,
            "failure_type": failure_type if failed else None,
        }

    def _write_notifications(self, partners, status):
        notifications_sudo = self.env["mail.notification"].sudo()  # as Odoo does after sending
        notifications_sudo.search([("mail_mail_id", "in", self.ids), ("res_partner_id", "in", partners.ids)]).write(
            {"notification_status": status, "failure_type": False, "failure_reason": False}
        )


def _with_plain_bodies(vals):
    """Return the values of a mail; a name with a character that no document may have would keep it from being sent."""
    bodies = {name: without_controls(vals[name]) for name in ("body_html", "body_text") if vals.get(name)}
    return {**vals, **bodies}
