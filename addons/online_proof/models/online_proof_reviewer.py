from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, email_normalize_all, formataddr, single_email_re

from ..const import MAX_FORWARDS_PER_HOUR, MAX_FORWARDS_TO_ADDRESS, MAX_GUESTS, PAUSE_BETWEEN_MAILS
from .online_proof_decision import CHOICES


class OnlineProofReviewer(models.Model):
    """A person with a link of their own to one proof, and what that person may do there."""

    _name = "online.proof.reviewer"
    _description = "Proof Reviewer"
    _inherit = ["online.proof.guarded", "access.link.mixin"]
    _order = "proof_id, id"
    _check_company_auto = True
    _by_hand = frozenset({"can_comment", "can_decide", "date_link_expiry", "lang"})

    proof_id = fields.Many2one("online.proof", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="proof_id.company_id", store=True, precompute=True, index="btree_not_null")
    website_id = fields.Many2one(related="proof_id.website_id")
    partner_id = fields.Many2one("res.partner", ondelete="restrict", index="btree_not_null", readonly=True)
    customer_id = fields.Many2one(
        "res.partner",
        ondelete="restrict",
        readonly=True,
        index="btree_not_null",
        help="The customer whose proof this person was invited to.",
    )
    employer_id = fields.Many2one(
        "res.partner",
        ondelete="restrict",
        readonly=True,
        index="btree_not_null",
        help="Whom the contact worked for when it was invited.",
    )
    name = fields.Char(required=True, readonly=True)
    email = fields.Char(required=True, readonly=True)
    email_formatted = fields.Char(compute="_compute_email_formatted")
    lang = fields.Char(string="Language")
    kind = fields.Selection(
        [("customer", "Customer"), ("administrator", "Customer's administrator"), ("guest", "Guest")],
        default="customer",
        required=True,
        readonly=True,
    )
    can_comment = fields.Boolean(string="May Comment", default=True)
    can_decide = fields.Boolean(string="May Decide", default=True)
    invited_by_id = fields.Many2one("online.proof.reviewer", readonly=True, index="btree_not_null")
    date_sent = fields.Datetime(string="Last Mail", readonly=True)
    view_ids = fields.One2many("online.proof.view", "reviewer_id", string="Opened")
    decision_ids = fields.One2many("online.proof.decision", "reviewer_id", string="Decisions")
    date_last_opened = fields.Datetime(string="Last Opened", compute="_compute_date_last_opened")
    decision = fields.Selection(
        [("approved", "Approved"), ("changes", "Changes requested")], compute="_compute_decision"
    )
    is_active = fields.Boolean(compute="_compute_is_active", string="Link Works")
    proof_link = fields.Char(compute="_compute_proof_link", compute_sudo=True, groups="base.group_system")
    certificate_link = fields.Char(compute="_compute_proof_link", compute_sudo=True, groups="base.group_system")

    _partner_uniq = models.UniqueIndex(
        "(proof_id, partner_id) WHERE partner_id IS NOT NULL AND link_revoked IS NOT TRUE"
    )

    @api.depends("view_ids.date_last_opened")
    def _compute_date_last_opened(self):
        for reviewer in self:
            reviewer.date_last_opened = max(reviewer.view_ids.mapped("date_last_opened"), default=False)

    @api.depends("decision_ids.withdrawal_ids", "proof_id.latest_revision_id")
    def _compute_decision(self):
        for reviewer in self:
            latest = reviewer.proof_id.latest_revision_id
            own = reviewer.decision_ids.filtered(
                lambda made, latest=latest: (
                    made.revision_id == latest and made.decision in CHOICES and not made.withdrawal_ids
                )
            )
            reviewer.decision = own[:1].decision

    @api.depends(
        "link_revoked",
        "date_link_expiry",
        "proof_id.commercial_partner_id",
        "partner_id.active",
        "partner_id.commercial_partner_id",
        "invited_by_id.link_revoked",
    )
    def _compute_is_active(self):
        for reviewer in self:
            reviewer.is_active = reviewer._is_access_link_open()

    def _is_access_link_open(self):
        """Return whether the link works now: in order by itself, and given for a reason that still holds."""
        return super()._is_access_link_open() and self._has_reason()

    def _has_reason(self):
        """Return whether what the link was given for still holds: customer, contact, employer, who invited."""
        self.ensure_one()
        partner = self.partner_id
        if self.customer_id != self.proof_id.commercial_partner_id:
            return False
        if partner and not (partner.active and partner.commercial_partner_id == self.employer_id):
            return False
        inviter = self.invited_by_id
        return not inviter or (not inviter.link_revoked and inviter._has_reason())

    @api.depends(
        "access_link_nonce",
        "proof_id.sale_order_id.proof_ids.latest_revision_id",
        "proof_id.sale_order_id.proof_ids.reviewer_ids",
    )
    def _compute_proof_link(self):
        for reviewer in self:
            base = reviewer.proof_id.get_base_url()
            # several proofs of one order are on one page
            reviewer.proof_link = base + reviewer._get_address("/order" if len(reviewer._get_siblings()) > 1 else "")
            reviewer.certificate_link = base + reviewer._get_address("/certificate")

    def _get_address(self, path=""):
        """Return the secret address of a part of this person's page, without the server."""
        self.ensure_one()
        return f"/proof/{self.id}{path}?access_token={self._get_access_token()}"

    @api.depends("name", "email")
    def _compute_email_formatted(self):
        for reviewer in self:
            addresses = email_normalize_all(reviewer.email or "") or [reviewer.email or ""]
            reviewer.email_formatted = ", ".join(formataddr((reviewer.name or "", each)) for each in addresses)

    @api.constrains("email")
    def _check_email(self):
        for reviewer in self:
            if not any(address.partition("@")[0] for address in email_normalize_all(reviewer.email or "")):
                raise UserError(self.env._("%(email)s is no e-mail address.", email=reviewer.email or "?"))

    # Who

    @api.model
    def _get_or_create(self, proof, partner, **values):
        """Return the reviewer that a contact is on a proof; made, or given the link again, where necessary."""
        customer = proof.commercial_partner_id
        found = proof.reviewer_ids.filtered(lambda person: person.partner_id == partner and not person.link_revoked)
        if found and found._has_reason():
            return found
        found._revoke_access_link()  # given for another customer or employer: that link stays closed
        self.flush_model(["link_revoked"])  # the index of open links looks at the table
        if partner.proof_user_level_id.is_administrator and partner.commercial_partner_id == customer:
            values = {"kind": "administrator", **values}
        return self.create(
            {
                "proof_id": proof.id,
                "partner_id": partner.id,
                "customer_id": customer.id,
                "employer_id": partner.commercial_partner_id.id,
                "name": partner.name or partner.email,
                "email": self._read_addresses(partner.email),
                "lang": partner.lang,
                **values,
            }
        )

    @api.model
    def _read_addresses(self, email):
        """Return all addresses of a contact, as they are where they cannot be read."""
        return ", ".join(email_normalize_all(email or "")) or email

    def _allow_decisions(self):
        """Give a say to people who were only looking so far, or where nobody else has one."""
        nobody = not self.proof_id._get_deciders()
        for reviewer in self.filtered(lambda person: person.kind == "customer" and not person.can_decide):
            if nobody or reviewer.create_uid.share:
                reviewer.write({"can_decide": True, "can_comment": True})

    def _invite_guest(self, name, email, *, can_comment=True, can_decide=True):
        """Forward the proof to a colleague, who gets a link of their own.

        Pressed again for the same colleague, nobody is mailed again for a while.

        :raises UserError: if this person may not, the address is wrong, or there were too many already
        """
        self.ensure_one()
        address = email_normalize(email or "")
        if not address or not single_email_re.match(address):
            raise UserError(self.env._("Please enter the e-mail address of one person."))
        if self.kind == "guest":
            raise UserError(self.env._("Only the customer can send the proof on."))
        self.proof_id._lock()
        self._check_no_second_link(address)
        guests = self.proof_id.reviewer_ids.filtered(lambda reviewer: reviewer.kind == "guest")
        # another's guest stays that person's: each inviter gives what they have
        same = guests.filtered(lambda guest: guest.email == address and guest.is_active and guest.invited_by_id == self)
        rights = {"can_comment": can_comment, "can_decide": can_decide and self._can_give_say()}
        if same:
            # sent once more, it takes nothing away: that might decide the proof
            added = {name: True for name, value in rights.items() if value and not same[name]}
            if added:
                same.write(added)
            if same.date_sent and same.date_sent > fields.Datetime.now() - PAUSE_BETWEEN_MAILS:
                return same
        self._check_forwarding(guests, address, new=not same)
        guest = same or self._create_guest(name, address, rights)
        guest._send_mail_template("online_proof.mail_template_forward")
        shop = self.proof_id._shop_env()
        self.proof_id._note(shop._("%(name)s sent the proof to %(guest)s.", name=self.name, guest=address), self)
        return guest

    def _can_give_say(self):
        """Return whether a guest of this person may decide: not about what everybody who was asked has approved."""
        proof = self.proof_id
        return self._may_decide() and not (proof.approval_rule == "all" and proof._is_approval_fixed())

    def _check_no_second_link(self, address):
        """Refuse to invite somebody who was sent the proof by the shop: one person has one link, and one voice.

        :raises UserError: for the address of this person or of another contact
        """
        if self.proof_id.reviewer_ids._get_of_address(self.customer_id, address):
            raise UserError(
                self.env._(
                    "This person has a link to the proof already. Please ask us if it does not work, "
                    "or if this person is to decide."
                )
            )

    def _check_forwarding(self, guests, address, *, new):
        """Refuse what would mail half the world: from one link, and to one address, in an hour."""
        since = fields.Datetime.now() - timedelta(hours=1)
        if new and len(guests) >= MAX_GUESTS:
            raise UserError(self.env._("The proof was sent to %(count)s colleagues already.", count=MAX_GUESTS))
        mailed = [("kind", "=", "guest"), ("date_sent", ">", since)]
        by_link = self.search_count([*mailed, ("invited_by_id", "=", self.id)])
        to_address = self.search_count([*mailed, ("email", "=", address)])
        if by_link >= MAX_FORWARDS_PER_HOUR or to_address >= MAX_FORWARDS_TO_ADDRESS:
            raise UserError(self.env._("Too many mails were sent within an hour. Please try again later."))

    def _create_guest(self, name, address, rights):
        return self.create(
            {
                "proof_id": self.proof_id.id,
                "customer_id": self.customer_id.id,
                "name": self._read_name(name) or address,
                "email": address,
                "lang": self.lang,
                "kind": "guest",
                # nobody can give more than they have
                **rights,
                "invited_by_id": self.id,
                "date_link_expiry": self.company_id._get_proof_link_expiry(),
            }
        )

    def _was_mailed_just_now(self):
        """Return whether a mail is on its way to this person, or got there, so shortly ago that one is enough."""
        since = fields.Datetime.now() - PAUSE_BETWEEN_MAILS
        return bool(self.date_sent and self.date_sent > since and not self.undelivered)

    @api.model
    def _read_name(self, name):
        """Return a name that a stranger entered: letters and what stands between them, no addresses of pages."""
        kept = "".join(
            sign for sign in str(name or "") if sign.isalpha() or sign.isspace() or sign in "-.'\u2019\u00b7"
        )
        # programs that read mail make links of what has a dot inside
        return " ".join(kept.replace(".", ". ").split())[:80]

    # Actions

    def action_revoke(self):
        """Stop the links from working. Whoever was asked is still waited for: silence is no consent."""
        self.check_access("write")
        self._revoke_access_link()

    def action_restore(self):
        """Let the links work again, with new tokens: the old ones stay useless."""
        self.check_access("write")
        for reviewer in self.sudo():  # tokens are for the system only
            person = reviewer._get_person()
            others = (reviewer.proof_id.reviewer_ids - reviewer).filtered(lambda other: not other.link_revoked)
            if any(other._get_person() == person for other in others):
                raise UserError(self.env._("%(name)s has a link that works already.", name=reviewer.name))
            reviewer._rotate_access_link()
            reviewer.date_sent = False  # no mail has the new link

    def action_resend(self):
        """Send the link again."""
        self.check_access("write")
        for reviewer in self.sudo():  # the link is a secret of the recipient
            if not reviewer.is_active:
                raise UserError(self.env._("The link of %(name)s does not work any more.", name=reviewer.name))
            if not reviewer.proof_id.latest_revision_id:
                raise UserError(self.env._("Nothing was sent on this proof so far."))
            reviewer.proof_id._lock()
            if reviewer._was_mailed_just_now():
                raise UserError(self.env._("The link was mailed to %(name)s just now.", name=reviewer.name))
            reviewer._send_invitation()
