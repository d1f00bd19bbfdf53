import hashlib
import logging

from odoo import fields, models
from odoo.exceptions import ValidationError
from odoo.http import request
from odoo.tools import email_normalize

from ..engine.errors import FileRefusedError
from ..life.chain import canonical

_logger = logging.getLogger(__name__)

#: Transactions whose order counts as placed.
PLACED = ("pending", "authorized", "done")


class SaleOrder(models.Model):
    """Template products: placing the order is the approval."""

    _inherit = "sale.order"

    def _validate_order(self):
        result = super(SaleOrder, self.with_context(proof_by_checkout=True))._validate_order()
        self._approve_proofs_by_checkout()
        self._prepare_template_proofs()
        return result

    def action_confirm(self):
        """Prepare the proofs of template products that nobody approved by a checkout."""
        result = super().action_confirm()
        if not self.env.context.get("proof_by_checkout"):
            self._prepare_template_proofs()
        return result

    proof_terms_id = fields.Many2one(
        "online.proof.terms",
        string="Terms Shown at Checkout",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="What the customer accepts by placing the order.",
    )
    proof_shown = fields.Char(
        string="Shown at Checkout",
        readonly=True,
        copy=False,
        help="Digest of what the last step of the checkout showed, with the sentence that makes the order an approval.",
    )

    def _check_cart_is_ready_to_be_paid(self):
        """Refuse texts that cannot be printed before they are paid for."""
        problems = self._get_personalised_problems()
        if problems:
            raise ValidationError("\n".join(problems))
        return super()._check_cart_is_ready_to_be_paid()

    def _get_personalised_problems(self):
        """Return sentences about what of the customer's texts cannot be printed."""
        lines = self.order_line.filtered(lambda line: line.product_template_id.is_proof_template)
        return [problem for line in lines for problem in line._get_personalised_problems()]

    def _approves_by_checkout(self):
        """Return whether placing the order approves what is printed."""
        lines = self.order_line.filtered(lambda line: line.product_template_id.is_proof_template)
        # sudo: visitors do not read levels
        return bool(lines) and not self.partner_id.sudo().proof_user_level_id.needs_approval

    def _show_proofs(self):
        """Remember that the checkout shows what is printed, and says that placing the order approves it.

        :returns: the terms that placing the order accepts: those shown now, unless they were accepted before
        """
        self.ensure_one()
        order_sudo = self.sudo()  # the visitor's own cart
        shown = order_sudo._get_shown_digest()
        if order_sudo.proof_shown != shown:
            order_sudo.proof_shown = shown
        terms_sudo = self.env["online.proof.terms"].sudo()._get_current(self.company_id)  # visitors read no terms
        if terms_sudo._is_accepted_by(self.partner_id.commercial_partner_id):
            return terms_sudo.browse()
        if terms_sudo and order_sudo.proof_terms_id != terms_sudo:
            order_sudo.proof_terms_id = terms_sudo
        return terms_sudo

    def _get_shown_digest(self):
        """Return the digest of what of the order is printed, the same in every language."""
        lines = self.order_line.filtered(lambda line: line.product_template_id.is_proof_template)
        return hashlib.sha256(canonical([line._get_shown_values() for line in lines]).encode()).hexdigest()

    def _is_approved_by_checkout(self):
        """Return whether the customer saw what is printed, as it is now, and nothing of it is wrong.

        A quotation that is signed, a payment link and the like lead here without that page.
        An administrator who has to approve sees the proof anyhow.
        """
        seen = not self._approves_by_checkout() or self.proof_shown == self._get_shown_digest()
        return seen and not self._get_personalised_problems()

    def _get_template_lines(self):
        """Return the lines of template products that have no proof yet."""
        lines = self._get_lines_without_proof()
        return lines.filtered(lambda line: line.product_template_id.is_proof_template)

    def _prepare_template_proofs(self):
        """Put the personalised files of orders that the shop confirms itself into proofs, ready to be sent."""
        for order in self.filtered(lambda order: order.proof_type != "none" and not order.proof_ids):
            lines = order._get_template_lines()
            # sudo: a paid order of the web shop gets its proof, approved, once the payment is processed
            paid = order.website_id and order.sudo().transaction_ids.filtered(lambda tx: tx.state in PLACED)
            if lines and not paid:
                # sudo: salespeople without the right to make proofs confirm orders too
                order.sudo()._take_in_personalised(lines.sudo())

    def _approve_proofs_by_checkout(self):
        """Make the proofs of web shop orders of template products, approved unless an administrator has to."""
        for order in self.filtered("website_id"):
            lines = order._get_template_lines()
            if not lines or order.proof_ids:
                continue
            # sudo: the customer places the order, the shop owns the proof
            order_sudo, lines_sudo = order.sudo(), lines.sudo()
            if order_sudo._is_approved_by_checkout():
                order_sudo._make_checkout_proofs(lines_sudo)
            elif order_sudo.proof_type != "none":
                order_sudo._leave_proofs_to_shop(lines_sudo)

    def _take_in_personalised(self, lines):
        """Return the draft revisions with the personalised files; without those that cannot be made."""
        self._get_or_create_proofs()
        revisions = self.env["online.proof.revision"]
        for line in lines:
            proof = line.proof_id
            revision = proof._get_or_create_draft()
            try:
                self.env["online.proof.file"]._take_in(
                    revision, line._get_personalised_name(), line._get_personalised_file(), line
                )
            except FileRefusedError as error:
                # a broken template must not stop somebody from paying
                _logger.exception("personalised file of order %s cannot be made", self.name)
                text = proof._shop_env()._("The personalised file could not be made (%(reason)s).", reason=error.code)
                proof._note(text)
            else:
                revision.manual_order = True
                revisions |= revision
        self.env.ref("online_proof.ir_cron_prepare").sudo()._trigger()
        return revisions

    def _leave_proofs_to_shop(self, lines):
        """Prepare proofs that the customer has still to see, and let somebody send them."""
        self._take_in_personalised(lines)
        problems = "\n".join(self._get_personalised_problems())
        for proof in lines.proof_id:
            summary = proof._shop_env()._("The customer has not seen this proof yet: send it")
            proof._ask_person(summary, note=problems)

    def _make_checkout_proofs(self, lines):
        self.proof_type = "online"
        revisions = self._take_in_personalised(lines)
        now = fields.Datetime.now()
        for revision in revisions:
            proof = revision.proof_id
            revision.write({"state": "sent", "date_sent": now, "customer_id": proof.commercial_partner_id.id})
            proof.with_context(proof_sending=True)._open("any", False)
        waiting = revisions.proof_id.filtered(lambda proof: proof._needs_administrator())
        if waiting:
            self._wait_for_administrator(waiting)
        for revision in revisions:
            if revision.proof_id not in waiting:
                self._record_checkout_approval(revision.proof_id, revision)
            revision.proof_id._move_order(revision)
        revisions.proof_id._tell_stuck()

    def _wait_for_administrator(self, proofs):
        """Ask the customer's administrators, in one mail for all proofs."""
        administrators = self.partner_id._get_proof_administrators().filtered(
            lambda partner: email_normalize(partner.email, strict=False)
        )
        reviewers = people = self.env["online.proof.reviewer"]
        for proof in proofs:
            for partner in administrators:
                reviewers |= people._get_or_create(proof, partner)
            # the buyer is told that the order waits, too
            people |= people._get_or_create(proof, self.partner_id, can_decide=False)
        (reviewers | people)._get_one_each()._send_mail_template("online_proof.mail_template_administrator")
        names = ", ".join(administrators.mapped("name"))
        for proof in proofs:
            if administrators:
                proof._note(proof._shop_env()._("The order waits for the approval of %(names)s.", names=names))

    def _record_checkout_approval(self, proof, revision):
        reviewer = self.env["online.proof.reviewer"]._get_or_create(proof, self.partner_id)
        trace = {
            "ip_address": request.httprequest.remote_addr if request else False,
            "user_agent": request.httprequest.user_agent.string[:250] if request else False,
        }
        terms, customer = self.proof_terms_id, proof.commercial_partner_id
        if terms and not terms._is_accepted_by(customer):
            terms._accept(customer, reviewer, **trace)
        terms = terms or self.env["online.proof.terms"]._get_current(self.company_id)
        if not terms._is_accepted_by(customer):
            terms = terms.browse()
        proof._decide(revision, "approved", reviewer=reviewer, channel="checkout", terms_id=terms.id, **trace)
