from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, email_normalize_all

from ..const import OBSTACLES, RIGHT_NOTES
from ..utils import sentence


class OnlineProofReviewer(models.Model):
    """What a person may do: asked where it is used, never where a page is looked at; changed with a trace."""

    _inherit = "online.proof.reviewer"

    def write(self, vals):
        """What a person may do is what the proof's state follows from."""
        before = {person: person._get_rights() for person in self} if self._get_rights_keys() & vals.keys() else {}
        if vals.get("can_decide"):
            self.filtered(lambda person: not person.can_decide)._check_say_open()
        result = super().write(vals)
        for person, rights in before.items():
            person._note_rights(rights)
        if {"link_revoked", "can_decide", "date_link_expiry"}.intersection(vals):
            # sudo: the state is changed by methods only
            self.sudo().proof_id._follow_decisions()
        return result

    # Who

    def _get_person(self):
        """Return who this is, whichever of the person's links is meant."""
        self.ensure_one()
        contact = self.partner_id or self._get_same_contact().partner_id
        return ("contact", contact.id) if contact else ("address", email_normalize(self.email))

    def _get_same_contact(self):
        """Return the link of the customer's contact whose address a guest has: one person with two links."""
        return self.proof_id.sale_order_id.proof_ids.reviewer_ids._get_of_address(self.customer_id, self.email)

    def _get_of_address(self, customer, email):
        """Return the oldest of these links that a contact was given for a customer, and that goes to an address."""
        address = email_normalize(email or "")
        return self.filtered(
            lambda person: (
                person.partner_id
                and person.customer_id == customer
                and address in email_normalize_all(person.email or "")
            )
        ).sorted("id")[:1]

    def _is_of_customer(self):
        """Return whether this is one of the customer's own people, who can bind the customer."""
        self.ensure_one()
        customer = self.proof_id.commercial_partner_id
        return self.kind != "guest" and bool(customer) and self.partner_id.commercial_partner_id == customer

    def _is_administrator(self):
        """Return whether the person approves what others of the customer order."""
        self.ensure_one()
        return self._is_of_customer() and self.partner_id.proof_user_level_id.is_administrator

    # What

    def _has_say(self):
        """Return whether this person's approval is asked for, be the link in order or not."""
        self.ensure_one()
        if not self.can_decide or self.customer_id != self.proof_id.commercial_partner_id:
            return False
        if self.invited_by_id:
            return self.invited_by_id._has_say()  # nobody can give more than they have
        if self.partner_id.proof_user_level_id.needs_approval:
            return False
        return not self.proof_id._needs_administrator() or self._is_administrator()

    def _can_answer(self):
        """Return whether this person has a say and can make use of it: a guest no longer than who invited."""
        self.ensure_one()
        inviter = self.invited_by_id
        return self.is_active and self._has_say() and (not inviter or inviter.is_active)

    def _may_decide(self):
        """Return whether this person can decide about the proof now."""
        self.ensure_one()
        return self.proof_id.proof_type == "online" and self._can_answer()

    def _check_say_open(self):
        """Refuse to ask somebody else about what everybody who was asked has approved.

        :raises UserError: where the approval of all stands
        """
        for person in self:
            proof = person.proof_id
            if proof.approval_rule == "all" and proof._is_approval_fixed():
                raise UserError(
                    self.env._(
                        "Everybody who was asked approved the proof of %(order)s. "
                        "Send a new revision to ask %(name)s, too.",
                        order=proof.name,
                        name=person.name,
                    )
                )

    def _get_obstacle(self):
        """Return why this person, who is asked, cannot answer, as a code of ``const.OBSTACLES``; empty where they can.

        Who was never mailed this revision, on whichever of the order's pages, does not know of it.
        """
        self.ensure_one()
        partner, inviter, sent = self.partner_id, self.invited_by_id, self.proof_id.latest_revision_id.date_sent
        if partner and not partner.active:
            return "archived"
        if partner and partner.commercial_partner_id != self.employer_id:
            return "moved"
        if self.link_revoked:
            return "revoked"
        if self.date_link_expiry and self.date_link_expiry <= fields.Datetime.now():
            return "expired"
        if inviter and not inviter.is_active:
            return "inviter"
        person, links = self._get_person(), self.proof_id.sale_order_id.proof_ids.reviewer_ids
        mailed = links.filtered(lambda link: link.date_sent and link._get_person() == person).mapped("date_sent")
        return "unsent" if not mailed or (sent and max(mailed) < sent) else ""

    def _get_obstacle_text(self):
        """Return the same as a sentence, or the name alone where nothing is in the way."""
        code = self._get_obstacle()
        names = {
            "name": self.name,
            "inviter": self.invited_by_id.name,
            "employer": self.partner_id.commercial_partner_id.name,
        }
        return sentence(self.env, OBSTACLES[code], names) if code else self.name

    # Trace

    def _get_rights_keys(self):
        return {"can_comment", "can_decide", "link_revoked"}

    def _get_rights(self):
        return {key: bool(self[key]) for key in self._get_rights_keys()}

    def _note_rights(self, before):
        """Leave a note where somebody of the shop gave or took a right, as evidence where it may decide the proof."""
        if self.env.user.share or not self.proof_id.latest_revision_id:
            return  # what a customer does is noted where it is done
        shop = self.proof_id._shop_env()
        for key, value in self._get_rights().items():
            if value != before[key]:
                text = sentence(shop, RIGHT_NOTES[key][value], {"name": self.name})
                self.proof_id._note_circle(text, evidence=key == "can_decide")
