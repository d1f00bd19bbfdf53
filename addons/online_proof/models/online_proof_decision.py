from odoo import api, fields, models
from odoo.exceptions import UserError


class OnlineProofDecision(models.Model):
    """What one person decided about one revision, and how that is known; never changed, only withdrawn."""

    _name = "online.proof.decision"
    _description = "Proof Decision"
    _order = "date desc, id desc"
    _rec_name = "decided_by"

    revision_id = fields.Many2one("online.proof.revision", required=True, ondelete="cascade", index=True, readonly=True)
    proof_id = fields.Many2one(related="revision_id.proof_id", store=True, index=True)
    company_id = fields.Many2one(related="revision_id.company_id", store=True, index="btree_not_null")
    decision = fields.Selection(
        [("approved", "Approved"), ("changes", "Changes requested")], required=True, readonly=True
    )
    channel = fields.Selection(
        [
            ("online", "On the proof page"),
            ("checkout", "By placing the order"),
            ("recorded", "Recorded by the shop"),
        ],
        required=True,
        readonly=True,
    )
    reviewer_id = fields.Many2one("online.proof.reviewer", ondelete="restrict", index="btree_not_null", readonly=True)
    user_id = fields.Many2one("res.users", string="Recorded By", readonly=True, index="btree_not_null")
    decided_by = fields.Char(required=True, readonly=True)
    decided_email = fields.Char(string="E-mail", readonly=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True)
    ip_address = fields.Char(string="IP Address", readonly=True)
    user_agent = fields.Char(string="Browser", readonly=True)
    message = fields.Text(readonly=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Files", readonly=True)
    terms_id = fields.Many2one("online.proof.terms", string="Terms Accepted", readonly=True, index="btree_not_null")
    rate_consent = fields.Boolean(string="Agreed to the Hourly Rate", readonly=True)
    hourly_rate = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True, index="btree_not_null")
    withdrawn_date = fields.Datetime(string="Withdrawn On", readonly=True)
    sale_line_id = fields.Many2one(
        "sale.order.line", string="Billed By", readonly=True, copy=False, index="btree_not_null"
    )

    _reviewer_uniq = models.UniqueIndex(
        "(revision_id, reviewer_id) WHERE withdrawn_date IS NULL AND reviewer_id IS NOT NULL"
    )

    def write(self, vals):
        if vals.keys() - {"withdrawn_date", "sale_line_id", "attachment_ids"}:
            raise UserError(self.env._("A decision is never changed; it can only be withdrawn."))
        return super().write(vals)

    def action_download_files(self):
        """Download the file that came with a change request."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/proof/staff/{self.proof_id.id}/request/{self.attachment_ids[:1].id}",
            "target": "download",
        }

    def action_bill_changes(self):
        """Draft one line on the order for the changes asked for; pressed again, it opens the same order."""
        for decision in self & self._get_unbilled(self.proof_id):
            decision._create_sale_line()
        return self.proof_id.sale_order_id[:1].get_formview_action()

    @api.model
    def _get_unbilled(self, proofs):
        """Return the change requests that stand and that no order line bills yet."""
        return self.search(
            [
                ("proof_id", "in", proofs.ids),
                ("decision", "=", "changes"),
                ("withdrawn_date", "=", False),
                ("sale_line_id", "=", False),
            ],
            order="date, id",
        )

    def _create_sale_line(self):
        order = self.proof_id.sale_order_id
        product = self.company_id.proof_change_product_id
        if not product:
            raise UserError(self.env._("Choose the product for changes in the settings of online proofs first."))
        if order.locked or order.state == "cancel":
            raise UserError(self.env._("Order %(name)s is locked or cancelled.", name=order.name))
        currency = self.currency_id or self.company_id.currency_id
        # online the customer agreed to this rate, be it none; what the shop recorded has none
        rate = self.hourly_rate if self.channel == "online" else self.hourly_rate or self.company_id.proof_hourly_rate
        price = currency._convert(rate, order.currency_id, self.company_id, fields.Date.context_today(self))
        request = " ".join((self.message or "").split())[:200]
        text = self.env._("Changes to the proof, revision %(number)s", number=self.revision_id.number)
        self.sale_line_id = self.env["sale.order.line"].create(
            {
                "order_id": order.id,
                "product_id": product.id,
                "name": f"{text}: {request}" if request else text,
                "product_uom_qty": 1.0,
                "price_unit": price,
            }
        )

    @api.model
    def _get_standing(self, revision):
        """Return the decisions about a revision that were not withdrawn."""
        return self.search_fetch([("revision_id", "=", revision.id), ("withdrawn_date", "=", False)])
