import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..life import chain, verdict

#: What answers a proof; the other kinds speak about these.
CHOICES = verdict.CHOICES
#: What is written once, when a decision takes its place in the chain.
SEAL = {"number", "previous_digest", "record", "digest"}


class OnlineProofDecision(models.Model):
    """What one person decided about one revision, and how that is known.

    Never changed and never deleted. Whatever is taken back is taken back by a row of its own.
    """

    _name = "online.proof.decision"
    _description = "Proof Decision"
    _inherit = ["online.proof.guarded"]
    _order = "date desc, id desc"
    _rec_name = "decided_by"

    revision_id = fields.Many2one(
        "online.proof.revision", required=True, ondelete="restrict", index=True, readonly=True
    )
    proof_id = fields.Many2one(related="revision_id.proof_id", store=True, index=True, precompute=True)
    company_id = fields.Many2one(related="revision_id.company_id", store=True, precompute=True, index="btree_not_null")
    decision = fields.Selection(
        [
            ("approved", "Approved"),
            ("changes", "Changes requested"),
            ("withdrawn", "Withdrawn"),
            ("corrected", "Put right by the shop"),
            ("kept", "Goes on in spite of changes"),
            ("asked", "Who is asked was changed"),
        ],
        required=True,
        readonly=True,
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
    # the moment that the record is of: called as that of mail.message
    date = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True)
    ip_address = fields.Char(string="IP Address", readonly=True)
    user_agent = fields.Char(string="Browser", readonly=True)
    message = fields.Text(readonly=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Files", readonly=True)
    terms_id = fields.Many2one(
        "online.proof.terms", string="Terms Accepted", ondelete="restrict", readonly=True, index="btree_not_null"
    )
    rate_consent = fields.Boolean(string="Agreed to the Hourly Rate", readonly=True)
    hourly_rate = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True, index="btree_not_null")
    order_facts = fields.Json(string="What the Order Said", readonly=True)
    asked_facts = fields.Json(string="Who Was Asked", readonly=True, help="The rule, and whose approval it asked for.")
    withdraws_id = fields.Many2one(
        "online.proof.decision", string="Takes Back", ondelete="restrict", index="btree_not_null", readonly=True
    )
    withdrawal_ids = fields.One2many("online.proof.decision", "withdraws_id", string="Taken Back By", readonly=True)
    date_withdrawn = fields.Datetime(compute="_compute_date_withdrawn", string="Withdrawn On")
    sale_line_id = fields.Many2one(
        "sale.order.line", string="Billed By", readonly=True, copy=False, index="btree_not_null"
    )
    number = fields.Integer(readonly=True, help="Within the proof, from 1.")
    previous_digest = fields.Char(readonly=True)
    record = fields.Text(readonly=True, help="What was written down when the decision was made.")
    digest = fields.Char(string="SHA-256", readonly=True, help="Of the record and of the digest before it.")

    _number_uniq = models.Constraint("UNIQUE (proof_id, number)", "Two decisions cannot have one place in the chain.")
    _withdrawn_once = models.Constraint("UNIQUE (withdraws_id)", "This decision was taken back already.")

    @api.depends("withdrawal_ids.date")
    def _compute_date_withdrawn(self):
        for decision in self:
            decision.date_withdrawn = decision.withdrawal_ids[:1].date

    # Append only

    @api.model_create_multi
    def create(self, vals_list):
        made = super().create(vals_list)
        for decision in made:
            decision._seal()
        return made

    def write(self, vals):
        sealing = vals.keys() <= SEAL and not any(self.mapped("digest"))
        if vals.keys() - {"sale_line_id"} and not sealing:
            raise UserError(self.env._("A decision is never changed; it can only be withdrawn."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A decision is kept as evidence."))

    def _seal(self):
        """Put the decision at the end of its proof's chain; the proof remembers where that is."""
        proof = self.proof_id
        self.flush_recordset()
        self.invalidate_recordset()  # as the database holds it: rounded
        previous = proof.chain_head or chain.START
        record = chain.canonical(self._prepare_record())
        digest = chain.digest(previous, record)
        number = proof.chain_length + 1
        values = {"number": number, "previous_digest": previous, "record": record, "digest": digest}
        self.write(values)
        # sudo: the end of the chain is written by decisions only
        proof.sudo().write({"chain_head": digest, "chain_length": number})

    def _prepare_record(self):
        """Return what is written down of a decision, from its columns."""
        terms, revision = self.terms_id, self.revision_id
        record = {
            "proof": self.proof_id.id,
            "revision": revision.number,
            "files": [[file.name, file.checksum] for file in revision.file_ids.sorted(lambda f: (f.sequence, f.id))],
            "decision": self.decision,
            "channel": self.channel,
            "who": self.decided_by,
            "email": self.decided_email or "",
            "link": self.reviewer_id.id,
            "user": self.user_id.id,
            "date": f"{fields.Datetime.to_string(self.date)} UTC",
            "address": self.ip_address or "",
            "browser": self.user_agent or "",
            "message": self.message or "",
            # sudo: the record names files, whoever makes it
            "attachments": sorted(f"{file.name} {file.checksum}" for file in self.attachment_ids.sudo()),
            "terms": [terms.version, terms.digest] if terms else [],
            "rate": [self.hourly_rate, self.currency_id.name] if self.rate_consent else [],
            "order": self.order_facts or {},
            "takes_back": self.withdraws_id.number,
        }
        # decisions of before this was written down verify as they were recorded
        return {**record, "asked": self.asked_facts} if self.asked_facts else record

    def _get_chain(self):
        """Return the decisions of one proof as ``life.chain`` looks at them."""
        return [
            chain.Link(
                number=made.number,
                previous=made.previous_digest or "",
                record=made.record or "",
                digest=made.digest or "",
                columns=chain.canonical(json.loads(json.dumps(made._prepare_record()))),
            )
            for made in self.sorted("number")
        ]

    # Standing

    @api.model
    def _get_standing(self, revision):
        """Return the answers to a revision that nobody took back."""
        return self.search_fetch(
            [
                ("revision_id", "=", revision.id),
                ("decision", "in", CHOICES),
                ("withdrawal_ids", "=", False),
            ]
        )

    def _get_own(self, reviewer):
        """Return what this person decided, through whichever link."""
        person = reviewer._get_person()
        return self.filtered(lambda made: made.reviewer_id and made.reviewer_id._get_person() == person)

    def _get_verdict_values(self):
        """Return the decisions as ``life.verdict`` looks at them."""
        return tuple(
            verdict.Standing(
                who=made.reviewer_id._get_person() if made.reviewer_id else None,
                choice=made.decision,
                final=made.channel != "online",
            )
            for made in self
        )

    # Billing

    def _get_mail_subject(self):
        """Return the subject of the shop's mail about this decision."""
        proof = self.proof_id.display_name
        if self.decision == "approved":
            return self.env._("%(proof)s: proof approved", proof=proof)
        return self.env._("%(proof)s: changes requested", proof=proof)

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
        self.check_access("read")
        self.proof_id.check_access("write")
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
                ("withdrawal_ids", "=", False),
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
        number = self.revision_id.number
        text = self.env._("Changes to the proof, revision %(number)s", number=number)
        if request:
            text = self.env._("Changes to the proof, revision %(number)s: %(request)s", number=number, request=request)
        line = self.env["sale.order.line"].create(
            {
                "order_id": order.id,
                "product_id": product.id,
                "name": text,
                "product_uom_qty": 1.0,
                "price_unit": price,
            }
        )
        self.sudo().sale_line_id = line  # which line bills it is no part of the decision
