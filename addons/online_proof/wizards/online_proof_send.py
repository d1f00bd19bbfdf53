from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import APPROVAL_RULES


class OnlineProofSend(models.TransientModel):
    """Who gets the proof, with which mail, and until when they are to answer."""

    _name = "online.proof.send"
    _description = "Send Online Proof"

    sale_order_id = fields.Many2one("sale.order", required=True, readonly=True)
    proof_id = fields.Many2one("online.proof", compute="_compute_proof")
    revision_id = fields.Many2one("online.proof.revision", compute="_compute_proof")
    file_ids = fields.One2many(related="revision_id.file_ids")
    finding_ids = fields.One2many(related="revision_id.finding_ids")
    severity = fields.Selection(related="revision_id.severity")
    proof_type = fields.Selection(related="sale_order_id.proof_type")
    partner_ids = fields.Many2many(
        "res.partner",
        string="Recipients",
        compute="_compute_partner_ids",
        store=True,
        readonly=False,
        domain=[("email", "!=", False)],
    )
    approval_rule = fields.Selection(
        APPROVAL_RULES, string="Approval Needed From", compute="_compute_defaults", store=True, readonly=False
    )
    deadline = fields.Date(compute="_compute_defaults", store=True, readonly=False)
    subject = fields.Char(compute="_compute_mail", store=True, readonly=False)
    body = fields.Html(
        string="Message",
        compute="_compute_mail",
        store=True,
        readonly=False,
        help="Each recipient's own link to the proof follows as a button.",
    )
    # of a method of their own: Odoo computes none of a method's fields where the form sends one of them
    default_body = fields.Html(compute="_compute_default_mail", store=True)
    default_subject = fields.Char(compute="_compute_default_mail", store=True)

    @api.depends("sale_order_id")
    def _compute_proof(self):
        for wizard in self:
            wizard.proof_id = wizard.sale_order_id.proof_ids[:1]
            wizard.revision_id = wizard.proof_id.draft_revision_id

    @api.depends("sale_order_id")
    def _compute_partner_ids(self):
        for wizard in self:
            people = wizard.proof_id.reviewer_ids.filtered(lambda person: person.kind != "guest" and person.is_active)
            buyer = wizard.sale_order_id.partner_id
            # whose level asks for it: an administrator decides, the buyer looks
            proposed = buyer | buyer._get_proof_administrators()
            wizard.partner_ids = people.partner_id or proposed.filtered("email")

    @api.depends("sale_order_id")
    def _compute_defaults(self):
        for wizard in self:
            company = wizard.sale_order_id.company_id
            wizard.approval_rule = wizard.proof_id.approval_rule or company.proof_approval_rule
            wizard.deadline = company._proof_today_plus(company.proof_deadline_days)

    @api.depends("sale_order_id")
    def _compute_mail(self):
        for wizard in self:
            text = wizard._get_usual_text()
            wizard.subject, wizard.body = text["subject"], text["body_html"]

    @api.depends("sale_order_id")
    def _compute_default_mail(self):
        for wizard in self:
            text = wizard._get_usual_text()
            wizard.default_subject, wizard.default_body = text["subject"], text["body_html"]

    def _get_usual_text(self):
        proof = self.proof_id
        return proof._get_invitation_text(proof.partner_id.lang) if proof else {"subject": "", "body_html": ""}

    def action_send(self):
        """Send the proof: the revision is frozen and the order's status becomes 038."""
        self.ensure_one()
        self.sale_order_id.check_access("write")
        self.proof_id.check_access("write")
        self.sale_order_id._check_proof_files()
        if not self.partner_ids and self.proof_type != "printed":
            raise UserError(self.env._("Choose at least one recipient."))
        missing = self.partner_ids.filtered(lambda partner: not partner.email)
        if missing:
            raise UserError(self.env._("%(names)s: no e-mail address.", names=", ".join(missing.mapped("name"))))
        self._check_administrator()
        # a text that nobody changed is sent to everybody in their own language
        # sudo: the state is changed by methods only
        self.proof_id.sudo()._send_revision(
            self.revision_id.sudo(),
            self.partner_ids,
            subject=self.subject if self.subject != self.default_subject else None,
            body=self.body if self.body != self.default_body else None,
            rule=self.approval_rule,
            deadline=self.deadline,
        )
        return {"type": "ir.actions.act_window_close"}

    def _check_administrator(self):
        """Refuse to send a proof to people of whom none can decide."""
        administrators = self.sale_order_id.partner_id._get_proof_administrators()
        if self.proof_type == "online" and administrators and not administrators & self.partner_ids:
            raise UserError(
                self.env._(
                    "What %(buyer)s orders needs an administrator's approval. Add one of: %(names)s.",
                    buyer=self.sale_order_id.partner_id.name,
                    names=", ".join(administrators.mapped("name")),
                )
            )
