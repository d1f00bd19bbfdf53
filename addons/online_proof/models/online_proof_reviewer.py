import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, formataddr, single_email_re

from ..const import MAX_GUESTS


class OnlineProofReviewer(models.Model):
    """A person with a link of their own to one proof, and what that person may do there."""

    _name = "online.proof.reviewer"
    _description = "Proof Reviewer"
    _inherit = ["portal.mixin"]
    _order = "proof_id, id"
    _check_company_auto = True

    proof_id = fields.Many2one("online.proof", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="proof_id.company_id", store=True, precompute=True, index="btree_not_null")
    website_id = fields.Many2one(related="proof_id.website_id")
    partner_id = fields.Many2one("res.partner", ondelete="restrict", index="btree_not_null")
    name = fields.Char(required=True)
    email = fields.Char(required=True)
    email_formatted = fields.Char(compute="_compute_email_formatted")
    lang = fields.Char(string="Language")
    kind = fields.Selection(
        [("customer", "Customer"), ("administrator", "Customer's administrator"), ("guest", "Guest")],
        default="customer",
        required=True,
    )
    access_token = fields.Char(groups="base.group_system", default=lambda self: secrets.token_urlsafe(32), copy=False)
    can_comment = fields.Boolean(string="May Comment", default=True)
    can_decide = fields.Boolean(string="May Decide", default=True)
    expiry_date = fields.Date(string="Link Works Until")
    revoked = fields.Boolean(readonly=True)
    invited_by_id = fields.Many2one("online.proof.reviewer", readonly=True, index="btree_not_null")
    sent_date = fields.Datetime(string="Last Mail", readonly=True)
    view_ids = fields.One2many("online.proof.view", "reviewer_id", string="Opened")
    decision_ids = fields.One2many("online.proof.decision", "reviewer_id", string="Decisions")
    last_opened = fields.Datetime(compute="_compute_last_opened")
    decision = fields.Selection(
        [("approved", "Approved"), ("changes", "Changes requested")], compute="_compute_decision"
    )
    is_active = fields.Boolean(compute="_compute_is_active", string="Link Works")
    proof_link = fields.Char(compute="_compute_proof_link", compute_sudo=True, groups="base.group_system")

    _partner_uniq = models.UniqueIndex("(proof_id, partner_id) WHERE partner_id IS NOT NULL AND NOT revoked")

    @api.depends("view_ids.last_date")
    def _compute_last_opened(self):
        for reviewer in self:
            reviewer.last_opened = max(reviewer.view_ids.mapped("last_date"), default=False)

    @api.depends("decision_ids.withdrawn_date", "proof_id.revision_ids.state")
    def _compute_decision(self):
        for reviewer in self:
            latest = reviewer.proof_id._get_latest_revision()
            own = reviewer.decision_ids.filtered(
                lambda decision, latest=latest: decision.revision_id == latest and not decision.withdrawn_date
            )
            reviewer.decision = own[:1].decision

    @api.depends("revoked", "expiry_date", "proof_id.sale_order_id.state")
    def _compute_is_active(self):
        today = fields.Date.context_today(self)
        for reviewer in self:
            over = reviewer.expiry_date and reviewer.expiry_date < today
            reviewer.is_active = not reviewer.revoked and not over

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for reviewer in self:
            reviewer.access_url = f"/proof/{reviewer.id}"
        return result

    @api.depends("access_token")
    def _compute_proof_link(self):
        for reviewer in self:
            reviewer.proof_link = (
                f"{reviewer.proof_id.get_base_url()}/proof/{reviewer.id}?access_token={reviewer.access_token}"
            )

    @api.depends("name", "email")
    def _compute_email_formatted(self):
        for reviewer in self:
            reviewer.email_formatted = formataddr((reviewer.name or "", reviewer.email or ""))

    @api.constrains("email")
    def _check_email(self):
        for reviewer in self:
            if not (email_normalize(reviewer.email) or "").partition("@")[0]:
                raise UserError(self.env._("%(email)s is no e-mail address.", email=reviewer.email or ""))

    # Who

    @api.model
    def _get_or_create(self, proof, partner, **values):
        """Return the reviewer that a contact is on a proof; made, or given the link again, where necessary."""
        found = proof.reviewer_ids.filtered(lambda reviewer: reviewer.partner_id == partner and not reviewer.revoked)
        if found:
            return found
        return self.create(
            {
                "proof_id": proof.id,
                "partner_id": partner.id,
                "name": partner.name or partner.email,
                "email": email_normalize(partner.email, strict=False) or partner.email,
                "lang": partner.lang,
                **values,
            }
        )

    def _let_recipients_decide(self):
        """Give a say to people who were only looking so far, or where nobody else has one."""
        nobody = not self.proof_id._get_deciders()
        for reviewer in self.filtered(lambda person: person.kind == "customer" and not person.can_decide):
            # an administrator of the customer decides instead of the buyer
            replaced = reviewer.partner_id.proof_user_level_id.needs_approval and "administrator" in (
                reviewer.proof_id.reviewer_ids.mapped("kind")
            )
            if not replaced and (nobody or reviewer.create_uid.share):
                reviewer.write({"can_decide": True, "can_comment": True})

    def write(self, vals):
        """Approve what the others have approved when the last one who was missing has no say any more."""
        result = super().write(vals)
        if {"revoked", "can_decide", "expiry_date"}.intersection(vals):
            for proof in self.proof_id.filtered(lambda proof: proof.state == "sent"):
                proof._conclude_without_the_others()
        return result

    def _invite_guest(self, name, email, *, can_comment=True, can_decide=True):
        """Forward the proof to a colleague, who gets a link of their own.

        :raises UserError: if this person may not, the address is wrong, or there are too many already
        """
        self.ensure_one()
        address = email_normalize(email or "")
        if not address or not single_email_re.match(address):
            raise UserError(self.env._("%(email)s is no e-mail address.", email=email or ""))
        if self.kind == "guest":
            raise UserError(self.env._("Only the customer can send the proof on."))
        guests = self.proof_id.reviewer_ids.filtered(lambda reviewer: reviewer.kind == "guest")
        same = guests.filtered(lambda guest: guest.email == address and guest.is_active)
        if same:
            same.write({"can_comment": can_comment, "can_decide": can_decide and self.can_decide})
            same._send_invitation()
            return same
        if len(guests) >= MAX_GUESTS:
            raise UserError(self.env._("The proof was sent to %(count)s colleagues already.", count=MAX_GUESTS))
        guest = self.create(
            {
                "proof_id": self.proof_id.id,
                "name": " ".join((name or "").split())[:120] or address,
                "email": address,
                "lang": self.lang,
                "kind": "guest",
                "can_comment": can_comment,
                # nobody can give more than they have
                "can_decide": can_decide and self.can_decide,
                "invited_by_id": self.id,
                "expiry_date": self.company_id._proof_today_plus(self.company_id.proof_link_days),
            }
        )
        guest._send_mail_template("online_proof.mail_template_forward")
        shop = self.proof_id._shop_env()
        self.proof_id._note(shop._("%(name)s sent the proof to %(guest)s.", name=self.name, guest=address))
        return guest

    # Mail

    def _send_invitation(self, subject=None, body=None, attachments=None):
        """Queue the mail with the person's own link.

        :param subject: where it is not the usual one, which everybody gets in their own language
        :param body: the same for the text above the link
        """
        for reviewer in self:
            usual = reviewer.proof_id._get_invitation_text(reviewer.lang)
            values = {"subject": subject or usual["subject"]}
            if attachments:
                values["attachment_ids"] = [(6, 0, attachments.ids)]
            mailer = reviewer.with_context(proof_body=body or usual["body_html"])
            mailer._send_mail_template("online_proof.mail_template_invitation", values)

    def _send_mail_template(self, xmlid, values=None):
        """Queue a mail to each person, in the transaction of what it tells."""
        # sudo: the links in the mails are secrets that nobody else reads, nor do guests read templates
        template_sudo = self.env.ref(xmlid).sudo()
        for reviewer in self.sudo():
            template_sudo.send_mail(
                reviewer.id,
                force_send=False,
                email_values={"is_internal": True, **(values or {})},
                email_layout_xmlid="mail.mail_notification_light",
            )
            reviewer.sent_date = fields.Datetime.now()
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    # Actions

    def action_revoke(self):
        """Stop the links from working."""
        self.check_access("write")
        self.revoked = True

    def action_restore(self):
        """Let the links work again, with new tokens: the old ones stay useless."""
        self.check_access("write")
        for reviewer in self.sudo():  # tokens are for the system only
            reviewer.write({"revoked": False, "access_token": secrets.token_urlsafe(32)})

    def action_resend(self):
        """Send the link again."""
        self.check_access("write")
        for reviewer in self:
            if not reviewer.is_active:
                raise UserError(self.env._("The link of %(name)s does not work any more.", name=reviewer.name))
            if not reviewer.proof_id._get_latest_revision():
                raise UserError(self.env._("Nothing was sent on this proof so far."))
            reviewer._send_invitation()
