from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import APPROVAL_RULES


class OnlineProofSend(models.TransientModel):
    """Who gets the proof, with which mail, and until when they are to answer."""

    _name = "online.proof.send"
    _inherit = ["record.window.mixin"]
    _description = "Send Online Proof"

    sale_order_id = fields.Many2one("sale.order", required=True, readonly=True)
    draft_ids = fields.Many2many("online.proof.revision", compute="_compute_draft_ids", string="Ready to Be Sent")
    revision_ids = fields.Many2many(
        "online.proof.revision",
        string="Proofs",
        compute="_compute_revision_ids",
        store=True,
        readonly=False,
        domain="[('id', 'in', draft_ids)]",
        help="What is sent, in one mail to each recipient.",
    )
    missing = fields.Char(compute="_compute_draft_ids", string="Files Are Missing Of")
    several = fields.Boolean(compute="_compute_draft_ids", string="Several Proofs")
    file_ids = fields.Many2many("online.proof.file", compute="_compute_files", string="Files")
    finding_ids = fields.Many2many("online.proof.finding", compute="_compute_files", string="Preflight")
    severity = fields.Selection(
        [("ok", "Ready"), ("info", "Notes"), ("warning", "Warnings"), ("error", "Errors")], compute="_compute_files"
    )
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
    def _compute_draft_ids(self):
        for wizard in self:
            proofs = wizard.sale_order_id._get_proofs() if wizard.sale_order_id else self.env["online.proof"]
            drafts = proofs.draft_revision_id.filtered("file_ids")
            empty = (proofs - drafts.proof_id).filtered(lambda proof: proof.state == "draft")
            wizard.draft_ids, wizard.several = drafts, len(proofs) > 1
            wizard.missing = ", ".join(empty.mapped("title"))

    @api.depends("sale_order_id")
    def _compute_revision_ids(self):
        for wizard in self:
            wizard.revision_ids = wizard.draft_ids

    @api.depends("revision_ids")
    def _compute_files(self):
        for wizard in self:
            revisions = wizard.revision_ids._origin
            wizard.file_ids, wizard.finding_ids = revisions.file_ids, revisions.finding_ids
            found = revisions.mapped("severity")
            wizard.severity = next((level for level in ("error", "warning", "info") if level in found), "ok")

    def _get_proofs(self):
        """Return what is sent, in the order of the order's lines."""
        return self.revision_ids._origin.proof_id.sorted("id")

    @api.depends("sale_order_id")
    def _compute_partner_ids(self):
        for wizard in self:
            reviewers = wizard.sale_order_id.proof_ids.reviewer_ids
            people = reviewers.filtered(lambda person: person.kind != "guest" and person.is_active)
            buyer = wizard.sale_order_id.partner_id
            # whose level asks for it: an administrator decides, the buyer looks
            proposed = buyer | buyer._get_proof_administrators() if buyer else buyer
            if any(wizard.sale_order_id.proof_ids.mapped("customer_moved")):
                proposed = buyer.browse()  # who works for somebody else by now is no recipient of this customer
            wizard.partner_ids = people.partner_id or proposed.filtered("email")

    @api.depends("sale_order_id")
    def _compute_defaults(self):
        for wizard in self:
            company = wizard.sale_order_id.company_id
            wizard.approval_rule = wizard.sale_order_id.proof_ids[:1].approval_rule or company.proof_approval_rule
            wizard.deadline = company._proof_today_plus(company.proof_deadline_days)

    @api.depends("sale_order_id", "revision_ids")
    def _compute_mail(self):
        for wizard in self:
            text = wizard._get_usual_text()
            wizard.subject, wizard.body = text["subject"], text["body_html"]

    @api.depends("sale_order_id", "revision_ids")
    def _compute_default_mail(self):
        for wizard in self:
            text = wizard._get_usual_text()
            wizard.default_subject, wizard.default_body = text["subject"], text["body_html"]

    def _get_usual_text(self):
        proofs = self._get_proofs()
        if not proofs:
            return {"subject": "", "body_html": ""}
        return proofs._get_invitation_text(self.sale_order_id.partner_id.lang)

    def action_send(self):
        """Send the proof: the revision is frozen and the order's status becomes 038."""
        self.ensure_one()
        self.sale_order_id.check_access("write")
        proofs = self._get_proofs()
        proofs.check_access("write")
        if not proofs:
            self.sale_order_id._check_proof_files()
            raise UserError(self.env._("Choose at least one proof."))
        if not self.partner_ids and self.proof_type != "printed":
            raise UserError(self.env._("Choose at least one recipient."))
        missing = self.partner_ids.filtered(lambda partner: not partner.email)
        if missing:
            raise UserError(self.env._("%(names)s: no e-mail address.", names=", ".join(missing.mapped("name"))))
        self._check_administrator()
        reviewers_sudo = self.env["online.proof.reviewer"].sudo()
        # sudo: the state is changed by methods only
        for revision_sudo in self.revision_ids.sudo().sorted(lambda draft: draft.proof_id.id):
            if revision_sudo.proof_id.sale_order_id != self.sale_order_id:
                raise UserError(self.env._("Choose proofs of this order only."))
            reviewers_sudo |= revision_sudo.proof_id._freeze_revision(
                revision_sudo, self.partner_ids, rule=self.approval_rule, deadline=self.deadline
            )
        if self.proof_type != "printed":
            # a text that nobody changed is sent to everybody in their own language
            reviewers_sudo._send_invitation(
                self.subject if self.subject != self.default_subject else None,
                self.body if self.body != self.default_body else None,
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
