"""The mails as they were sent, and what became of them."""

from odoo import api, fields, models


class OrderStatusMail(models.Model):
    """One mail to the customer of a web order: its words, for the service desk, and how the order was known before.

    News counts as told when a mail server took the mail. Where it could not be delivered, or came back,
    ``facts_before`` says what the customer still does not know.
    """

    _name = "order.status.mail"
    _description = "Status Mail"
    _order = "id desc"
    _rec_name = "subject"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade", index=True)
    # not related: what is related is looked up again for each row, also where whoever makes it names it
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True, readonly=False, index=True
    )
    website_id = fields.Many2one("website", readonly=True, ondelete="set null", index="btree_not_null")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, ondelete="set null", index="btree_not_null")
    event_ids = fields.One2many("order.status.event", "mail_id", string="Changes", readonly=True)
    message_header = fields.Char("Message-Id", required=True, readonly=True, index=True)
    subject = fields.Char(readonly=True)
    body_html = fields.Html("As Sent", readonly=True, sanitize=False)
    address = fields.Char("Sent To", readonly=True, help="The customer's addresses as they were then.")
    facts_before = fields.Json(readonly=True, help="The facts that this mail told, as they were known before.")
    date_queued = fields.Datetime(readonly=True, default=fields.Datetime.now)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("bounced", "Bounced"),
            ("replaced", "Replaced"),
        ],
        default="waiting",
        required=True,
        readonly=True,
    )
    reason = fields.Char(readonly=True, help="Why it was not delivered.")

    @api.depends("order_id.company_id")
    def _compute_company_id(self):
        for mail in self:
            mail.company_id = mail.order_id.company_id

    @api.model
    def _take_back(self, orders, reason):
        """Take back the mails of these orders that have reached nobody; what they told is owed again.

        A mail that is being sent at this moment is left to the queue.

        :returns: the orders that had such mails
        """
        # whoever changes an order need not see its mails
        mails_sudo = self.sudo().search([("order_id", "in", orders.ids), ("state", "=", "waiting")])
        if not mails_sudo:
            return orders.browse()
        outgoing_sudo = self.env["mail.mail"].sudo()
        outgoing_sudo = outgoing_sudo.search(
            [("message_id", "in", mails_sudo.mapped("message_header")), ("state", "=", "outgoing")]
        ).try_lock_for_update()
        # whoever has it at one of two addresses knows
        outgoing_sudo = outgoing_sudo.filtered(lambda mail: set(mail.delivery_ids.mapped("state")) <= {"waiting"})
        outgoing_sudo._call_off()
        headers = set(outgoing_sudo.mapped("message_id"))
        replaced = mails_sudo.filtered(lambda mail: mail.message_header in headers)
        replaced.write({"state": "replaced", "reason": reason})
        replaced._owe_again()
        return orders & replaced.order_id.with_env(orders.env)

    def _owe_again(self):
        """Note that nobody got these mails."""
        snapshots = self.env["order.status.run"]._snapshots(self.order_id)
        for mail in self:
            snapshots[mail.order_id.id]._owe(mail.facts_before or {}, mail.date_queued)
        self.event_ids.reason = "undelivered"

    def _settle(self):
        """Take over what became of the mail at its addresses; what nobody got is owed again."""
        # whoever hears of a delivery need not see that of others
        deliveries_sudo = self.env["mail.delivery"].sudo()
        for mail in self:
            rows = deliveries_sudo.search([("message_header", "=", mail.message_header)])
            states = set(rows.mapped("state"))
            # one address that got it is enough: the customer knows
            state = next((s for s in ("sent", "waiting", "bounced", "failed") if s in states), mail.state)
            missed = state in ("failed", "bounced") and mail.state not in ("failed", "bounced")
            reasons = rows.filtered(lambda row: row.state in ("failed", "bounced")).mapped("reason")
            values = {"state": state, "reason": (reasons[0] or "")[:500] if reasons else False}
            if addresses := sorted(set(filter(None, rows.mapped("address")))):
                # one that was mended while the mail waited
                values["address"] = ", ".join(addresses)
            mail.write(values)
            if missed:
                mail._owe_again()
