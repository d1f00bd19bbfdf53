import logging
from datetime import timedelta

from odoo import api, fields, models

from ..delivery import addresses_in
from ..headers import ascii_address
from ..rows import insert_rows

_logger = logging.getLogger(__name__)

#: Days that it is known what became of a mail.
KEEP_DAYS = 400


class MailDelivery(models.Model):
    """What became of a mail at one of its addresses; the address as it was then.

    A mail that the product owes somebody goes through ``mail.mail._queue`` (or is made with ``mail_owed=True`` in
    the context, where Odoo makes it: templates, ``message_post``). It then has a row per address, is sent again with
    the same Message-Id while servers fail for the time being, and its document (``model`` and ``res_id`` of the
    mail) hears of the end: give that model ``mail.delivery.mixin`` and override ``_on_mail_delivery``.
    """

    _name = "mail.delivery"
    _description = "Delivery of a Mail"
    _inherit = ["cron.batch.mixin"]
    _order = "id desc"
    _rec_name = "address"

    mail_id = fields.Many2one("mail.mail", readonly=True, ondelete="set null", index="btree_not_null")
    mail_message_id = fields.Many2one("mail.message", readonly=True, ondelete="set null", index="btree_not_null")
    message_header = fields.Char("Message-Id", readonly=True, index="btree_not_null")
    res_model = fields.Char("Model", readonly=True)
    res_id = fields.Many2oneReference("Document", model_field="res_model", readonly=True)
    partner_id = fields.Many2one("res.partner", "Recipient", readonly=True, ondelete="set null", index="btree_not_null")
    address = fields.Char(readonly=True, index=True, help="Empty: the recipient had no address.")
    subject = fields.Char(readonly=True)
    state = fields.Selection(
        [("waiting", "Waiting"), ("sent", "Sent"), ("failed", "Failed"), ("bounced", "Bounced")],
        default="waiting",
        required=True,
        readonly=True,
    )
    reason = fields.Text(readonly=True, help="What the mail server said.")
    attempt_count = fields.Integer("Tries", readonly=True)
    date_next_try = fields.Datetime("Next Try", readonly=True)
    date_state = fields.Datetime("Since", readonly=True, default=fields.Datetime.now)
    is_pending = fields.Boolean(readonly=True, help="The document does not know yet what became of this mail.")

    _pending_idx = models.Index("(id) WHERE is_pending")
    _document_idx = models.Index("(res_model, res_id)")

    @api.model
    def _open(self, mails):
        """Make a row per address of each mail."""
        # Odoo forgets the document of a message that was just made; to ask for it alone leaves the body where it is
        mails.mail_message_id.fetch(["model", "res_id", "subject", "message_id"])
        now = fields.Datetime.now()
        return insert_rows(
            self,
            [
                {
                    **mail._prepare_delivery_values(),
                    "address": address,
                    "partner_id": partner_id,
                    "state": "waiting",
                    "date_state": now,
                }
                for mail in mails
                for address, partner_id in mail._get_delivery_addresses().items()
            ],
        )

    def _settle(self, state, reason):
        """Note what became of these addresses, and have the documents told."""
        self.write(
            {
                "state": state,
                "reason": reason,
                "date_state": fields.Datetime.now(),
                "date_next_try": False,
                "is_pending": True,
            }
        )
        self._wake()

    def _troubled(self):
        """Return the addresses of a recipient that do not have a mail; one that was taken away meanwhile is no trouble.

        Where no address has it, the one that was used is named, whatever the recipient has now.
        """
        missing = self.filtered(lambda row: row.state != "sent")
        if missing == self:
            return missing
        known = addresses_in(self.partner_id.email)
        return missing.filtered(lambda row: not row.partner_id or row.address in known)

    @api.model
    def _bounce(self, headers, addresses, reason):
        """Note that the mail with one of the Message-Ids ``headers`` came back from ``addresses``."""
        rows = self.search([("message_header", "in", headers)])
        # reports have domains in ASCII
        specs = {ascii_address(address) for address in addresses if address}
        # one that was passed on may come back from where it came to
        bounced = rows if len(rows) == 1 else rows.filtered(lambda row: ascii_address(row.address or "") in specs)
        if bounced := bounced.filtered(lambda row: row.state in ("sent", "waiting")):
            bounced._settle("bounced", reason)
        return bounced

    @api.model
    def _wake(self):
        self.env.ref("base_safeguard.ir_cron_tell_documents").sudo()._trigger()

    @api.model
    def _cron_tell_documents(self):
        """Tell the documents what became of their mails; apart from sending, which must not fail for it."""
        self._cron_each([("is_pending", "=", True)], "_tell_documents", batch_size=50)

    def _tell_documents(self):
        for (model, res_id), deliveries in self.grouped(lambda row: (row.res_model, row.res_id)).items():
            if model in self.env and hasattr(self.env[model], "_on_mail_delivery"):
                # what became of a mail is told whoever may see the document
                document_sudo = self.env[model].sudo().browse(res_id).exists()
                if document_sudo:
                    document_sudo._on_mail_delivery(deliveries)
        self.is_pending = False

    def action_send_again(self):
        """Send what failed once more, to the addresses as they are now."""
        mails = self.filtered(lambda row: row.state != "sent").mail_id
        self.filtered(lambda row: row.mail_id in mails and row.state != "sent").unlink()
        mails.write({"state": "outgoing", "scheduled_date": False, "failure_reason": False})
        mails._sync_deliveries()
        mails._wake_queue()

    @api.autovacuum
    def _gc_deliveries(self):
        before = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.search([("date_state", "<", before), ("is_pending", "=", False), ("state", "!=", "waiting")]).unlink()
