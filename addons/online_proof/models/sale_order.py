import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.http import request
from odoo.tools import email_normalize, float_repr

from ..const import DIFFERENCES, PROOF_TYPES
from ..engine.errors import FileRefusedError
from ..life import order_facts
from ..utils import sentence
from .online_proof import STATES

_logger = logging.getLogger(__name__)

#: Transactions whose order counts as placed.
PLACED = ("pending", "authorized", "done")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    production_status_id = fields.Many2one(
        "sale.production.status",
        default=lambda self: self._default_production_status_id(),
        domain="[('company_id', 'in', [False, company_id])]",
        group_expand="_group_expand_production_status",
        tracking=True,
        copy=False,
        index="btree_not_null",
    )
    proof_type = fields.Selection(
        PROOF_TYPES, compute="_compute_proof_type", store=True, readonly=False, precompute=True
    )
    proof_ids = fields.One2many("online.proof", "sale_order_id", string="Proofs", copy=False)
    proof_state = fields.Selection(STATES, compute="_compute_proof_state", store=True, string="Proof")
    proof_difference = fields.Text(
        compute="_compute_proof_difference", string="Differs From What Was Approved", compute_sudo=True
    )
    date_production = fields.Datetime(
        string="In Production Since", readonly=True, copy=False, help="When the approval was first made use of."
    )
    proof_file_count = fields.Integer(compute="_compute_proof_counts", compute_sudo=True)
    proof_thumbnail = fields.Binary(compute="_compute_proof_counts", compute_sudo=True)

    def _init_column(self, column_name):
        # orders from before the installation have no status: they are past it or get one by hand
        return None if column_name == "production_status_id" else super()._init_column(column_name)

    @api.model
    def _default_production_status_id(self):
        status = self.env["sale.production.status"]
        return status.search(status._get_domain(self.env.company), limit=1)

    @api.model
    def _group_expand_production_status(self, statuses, domain):
        # every column is there, also one without orders: orders are dragged into it; in the shop's order
        companies = [False, *self.env.companies.ids]
        return (statuses | statuses.search([("company_id", "in", companies)])).sorted()

    @api.depends("partner_id", "company_id")
    def _compute_proof_type(self):
        for order in self:
            order.proof_type = order.partner_id._get_proof_type(order.company_id or self.env.company)

    @api.depends("proof_ids.state")
    def _compute_proof_state(self):
        for order in self:
            order.proof_state = order.proof_ids[:1].state

    @api.depends("proof_ids.revision_ids.file_ids")
    def _compute_proof_counts(self):
        # a slice is read alone, unless it is told what it belongs to
        proofs = {order: order.proof_ids[:1].with_prefetch(self.proof_ids.ids) for order in self}
        files = {proof: proof.draft_revision_id or proof.latest_revision_id for proof in proofs.values()}
        shown = {proof: proof.latest_revision_id or proof.draft_revision_id for proof in proofs.values()}
        revisions = self.env["online.proof.revision"]
        counts = dict(
            self.env["online.proof.file"]._read_group(
                [("revision_id", "in", revisions.union(*files.values()).ids)], ["revision_id"], ["__count"]
            )
        )
        thumbnails = revisions.union(*shown.values())._get_thumbnails()
        for order, proof in proofs.items():
            order.proof_file_count = counts.get(files[proof], 0)
            order.proof_thumbnail = thumbnails.get(shown[proof].id)

    @api.depends("proof_ids.state", "order_line", "partner_id", "proof_ids.draft_revision_id")
    def _compute_proof_difference(self):
        for order in self:
            order.proof_difference = "\n".join(order._get_proof_differences())

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse orders that are made beyond the approval; a status that a proof is sent with needs the proof."""
        for vals in vals_list:
            self._check_derived(vals)
        orders = super().create(vals_list)
        for order in orders:
            status = order.production_status_id
            if status.sends_proof or status.needs_approval:
                order._check_production_status(status)
                order._begin_production(status)
        return orders

    def _check_derived(self, vals):
        """Refuse to set by hand what follows from proof and production."""
        derived = vals.keys() & {"proof_state", "date_production"}
        if derived and not self.env.su:
            raise AccessError(self.env._("%(fields)s cannot be set by hand.", fields=", ".join(sorted(derived))))

    def write(self, vals):
        self._check_derived(vals)
        status = self.env["sale.production.status"].browse(vals.get("production_status_id") or [])
        moved = self.filtered(lambda order: order.production_status_id != status) if status else self.browse()
        for order in moved:
            order._check_production_status(status)
        corrected = self.filtered(lambda order: "partner_id" in vals and order.partner_id.id != vals["partner_id"])
        result = super().write(vals)
        moved._begin_production(status)
        if vals.keys() & {"state", "proof_type"}:
            # sudo: who may cancel an order or take it up again does so with its proof
            self.sudo().proof_ids._follow_decisions()
        corrected.sudo().proof_ids._restart_for_customer()  # and who may correct the customer, too
        return result

    def unlink(self):
        self.check_access("unlink")
        # sudo: who may delete the order deletes its proof, unless it was sent
        self.sudo().proof_ids.unlink()
        return super().unlink()

    # Production status

    def _check_production_status(self, status):
        """Refuse a status that the proof does not allow yet.

        :raises RedirectWarning: for the status that sends the proof, with a button that opens the window
        :raises UserError: if files or the approval are missing
        """
        self.ensure_one()
        if status.sends_proof and not self.env.context.get("proof_sent"):
            self._check_proof_files()
            action = self.env.ref("online_proof.online_proof_send_action")
            raise RedirectWarning(
                self.env._(
                    "Choose who gets the proof of %(name)s; the status changes when it is sent.", name=self.name
                ),
                action.id,
                self.env._("Send the proof"),
                {"default_sale_order_id": self.id},
            )
        if status.needs_approval:
            self._check_production_allowed(status)

    def _check_production_allowed(self, status):
        """Refuse to produce what nobody ordered, nobody approved, or what is not what was approved."""
        names = {"name": self.name, "status": status.display_name}
        # sudo: salespeople without the role are told that the approval is missing
        proof_sudo = self.proof_ids.sudo()
        if self.proof_type != "none" and not (proof_sudo and proof_sudo._get_present_state() == "approved"):
            raise UserError(self.env._("%(name)s cannot go to %(status)s: the proof is not approved yet.", **names))
        if self.state != "sale":
            raise UserError(self.env._("%(name)s cannot go to %(status)s: the order is not confirmed.", **names))
        differences = self._get_proof_differences() if self.proof_type != "none" else []
        if differences:
            action = self.env.ref("online_proof.online_proof_keep_action")
            raise RedirectWarning(
                "\n".join([self.env._("%(name)s is not what was approved any more:", **names), *differences]),
                action.id,
                self.env._("Produce it with a reason"),
                {"default_sale_order_id": self.id},
            )

    def _begin_production(self, status):
        if status.needs_approval:
            # sudo: the moment is written by the move only
            self.sudo().filtered(lambda order: not order.date_production).date_production = fields.Datetime.now()

    def _has_begun_production(self):
        """Return whether the approval was made use of, whatever the status is now."""
        return bool(self.date_production) or self.production_status_id.needs_approval

    def _check_proof_files(self):
        if self.proof_type == "none":
            raise UserError(self.env._("This order needs no proof. Choose another proof type first."))
        draft = self.proof_ids.draft_revision_id
        if not draft.file_ids:
            raise UserError(self.env._("Upload the files of %(name)s first.", name=self.name))
        draft._check_sendable()

    def action_set_production_status(self, status_id):
        """Choose a production status; returns the window to open for the one that sends the proof."""
        self.ensure_one()
        self.check_access("write")
        status = self.env["sale.production.status"].browse(status_id)
        if status.sends_proof and self.production_status_id != status:
            return self._get_send_proof_action()
        if status.sends_proof and self.proof_ids.draft_revision_id.file_ids:
            # in 038 already, with new files: the next revision
            return self._get_send_proof_action()
        self.production_status_id = status
        return False

    def _get_send_proof_action(self):
        self._check_proof_files()
        action = self.env["ir.actions.act_window"]._for_xml_id("online_proof.online_proof_send_action")
        return {**action, "context": {"default_sale_order_id": self.id}}

    # What was approved

    def _get_proof_facts(self):
        """Return what the order says of what is printed, for the record and to see later what changed."""
        self.ensure_one()
        printed = self.order_line.filtered(lambda line: line._is_proofed())
        customer = self.proof_ids.commercial_partner_id[:1] or self.partner_id.commercial_partner_id
        return {
            "customer": customer.id,
            "customer_name": customer.name or "",
            "lines": [line._get_proof_facts() for line in printed],
            "total": float(float_repr(self.amount_total, self.currency_id.decimal_places)),
            "currency": self.currency_id.name,
        }

    def _get_proof_differences(self):
        """Return sentences about what is not as it was approved; empty where everything is."""
        self.ensure_one()
        proof_sudo = self.proof_ids.sudo()  # salespeople without the role see what differs
        approved = proof_sudo.filtered(lambda proof: proof.state == "approved")
        if not approved:
            return []
        before, watched = approved._get_approved_facts(), self.company_id._get_proof_watched()
        # approvals of the first version do not say what the order said
        found = order_facts.differences(before, self._get_proof_facts(), watched) if before else []
        if approved.draft_revision_id.file_ids.filtered(lambda file: file.create_date > approved.accepted_date):
            found.append(("files", {}))
        return self._get_difference_texts(found)

    def _get_difference_texts(self, found):
        return [sentence(self.env, DIFFERENCES[code], values) for code, values in found]

    # Proof

    def _get_or_create_proof(self):
        """Return the order's proof."""
        self.ensure_one()
        if self.proof_ids:
            return self.proof_ids
        self.env["online.proof"].check_access("create")
        proof_sudo = self.env["online.proof"].sudo()  # checked above; how it is made is no matter of rights
        proof = proof_sudo.create({"sale_order_id": self.id, "approval_rule": self.company_id.proof_approval_rule})
        return proof.sudo(self.env.su)

    def action_view_proof(self):
        """Open the order's proof, made now where there is none."""
        self.ensure_one()
        proof = self._get_or_create_proof()
        action = self.env["ir.actions.act_window"]._for_xml_id("online_proof.online_proof_action")
        return {**action, "res_id": proof.id, "views": [(False, "form")], "view_mode": "form"}

    # Template products: placing the order is the approval

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

    def _prepare_template_proofs(self):
        """Put the personalised files of orders that the shop confirms itself into proofs, ready to be sent."""
        for order in self.filtered(lambda order: order.proof_type != "none" and not order.proof_ids):
            lines = order.order_line.filtered(lambda line: line.product_template_id.is_proof_template)
            # sudo: a paid order of the web shop gets its proof, approved, once the payment is processed
            paid = order.website_id and order.sudo().transaction_ids.filtered(lambda tx: tx.state in PLACED)
            if lines and not paid:
                # sudo: salespeople without the right to make proofs confirm orders too
                order.sudo()._take_in_personalised(lines.sudo())

    def _approve_proofs_by_checkout(self):
        """Make the proofs of web shop orders of template products, approved unless an administrator has to."""
        for order in self.filtered("website_id"):
            lines = order.order_line.filtered(lambda line: line.product_template_id.is_proof_template)
            if lines and not order.proof_ids:
                # sudo: the customer places the order, the shop owns the proof
                order.sudo()._make_checkout_proof(lines.sudo())

    def _take_in_personalised(self, lines):
        """Return the draft revision with the personalised files; None where they cannot be made."""
        proof = self._get_or_create_proof()
        revision = proof._get_or_create_draft()
        try:
            for line in lines:
                content = line._get_personalised_file()
                file = self.env["online.proof.file"]._take_in(revision, line._get_personalised_name(), content)
                file.with_context(proof_natural_order=True).sequence = line.sequence
                file.sale_line_id = line
        except FileRefusedError as error:
            # a broken template must not stop somebody from paying
            _logger.exception("personalised file of order %s cannot be made", self.name)
            proof._note(proof._shop_env()._("The personalised file could not be made (%(reason)s).", reason=error.code))
            return None
        revision.manual_order = True
        self.env.ref("online_proof.ir_cron_prepare").sudo()._trigger()
        return revision

    def _make_checkout_proof(self, lines):
        self.proof_type = "online"
        revision = self._take_in_personalised(lines)
        if not revision:
            return
        proof = revision.proof_id
        now = fields.Datetime.now()
        revision.write({"state": "sent", "sent_date": now, "customer_id": proof.commercial_partner_id.id})
        proof._open("any", False)
        if proof._needs_administrator():
            self._wait_for_administrator(proof)
        else:
            self._record_checkout_approval(proof, revision)
        proof._move_order(revision)

    def _wait_for_administrator(self, proof):
        administrators = self.partner_id._get_proof_administrators().filtered(
            lambda partner: email_normalize(partner.email, strict=False)
        )
        reviewers = self.env["online.proof.reviewer"]
        for partner in administrators:
            reviewers |= reviewers._get_or_create(proof, partner)
        # the buyer is told that the order waits, too
        buyer = reviewers._get_or_create(proof, self.partner_id, can_decide=False)
        (reviewers | buyer)._send_mail_template("online_proof.mail_template_administrator")
        if reviewers:
            names = ", ".join(reviewers.mapped("name"))
            proof._note(proof._shop_env()._("The order waits for the approval of %(names)s.", names=names))
        else:
            proof._ask_person(proof._shop_env()._("Nobody at the customer can approve this order"))

    def _record_checkout_approval(self, proof, revision):
        reviewer = self.env["online.proof.reviewer"]._get_or_create(proof, self.partner_id)
        proof._decide(
            revision,
            "approved",
            reviewer=reviewer,
            channel="checkout",
            ip_address=request.httprequest.remote_addr if request else False,
            user_agent=request.httprequest.user_agent.string[:250] if request else False,
        )
