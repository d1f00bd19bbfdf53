import logging

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.http import request
from odoo.tools import email_normalize

from ..const import PROOF_TYPES
from ..engine.errors import FileRefusedError
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
        for order in self:
            proof = order.proof_ids[:1]
            order.proof_file_count = len((proof.draft_revision_id or proof.latest_revision_id).file_ids)
            order.proof_thumbnail = proof.thumbnail

    def write(self, vals):
        if vals.get("production_status_id"):
            status = self.env["sale.production.status"].browse(vals["production_status_id"])
            for order in self:
                if order.production_status_id != status:
                    order._check_production_status(status)
        reopened = self.browse()
        if vals.get("state", "cancel") != "cancel":
            reopened = self.filtered(lambda order: order.state == "cancel")
        result = super().write(vals)
        if reopened:
            reopened.sudo().proof_ids._restore_state()  # who may take the order up again takes up its proof
        if vals.get("state") == "cancel":
            # sudo: who may cancel the order cancels its proof
            self.sudo().proof_ids.write({"state": "cancelled", "next_reminder_date": False})
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
        if status.needs_approval and self.proof_type != "none" and self.proof_state != "approved":
            raise UserError(
                self.env._(
                    "%(name)s cannot go to %(status)s: the proof is not approved yet.",
                    name=self.name,
                    status=status.display_name,
                )
            )

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

    # Proof

    def _get_or_create_proof(self):
        """Return the order's proof."""
        self.ensure_one()
        return self.proof_ids or self.env["online.proof"].create(
            {"sale_order_id": self.id, "approval_rule": self.company_id.proof_approval_rule}
        )

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
        revision.write({"state": "sent", "sent_date": fields.Datetime.now()})
        proof._open("any", False)
        if self.partner_id.proof_user_level_id.needs_approval:
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
            reviewers |= reviewers._get_or_create(proof, partner, kind="administrator")
        reviewers._get_or_create(proof, self.partner_id, can_decide=False)
        reviewers._send_mail_template("online_proof.mail_template_administrator")
        if reviewers:
            names = ", ".join(reviewers.mapped("name"))
            proof._note(proof._shop_env()._("The order waits for the approval of %(names)s.", names=names))
        else:
            proof.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=proof._shop_env()._("Nobody at the customer can approve this order"),
                user_id=(self.user_id or self.env.ref("base.user_admin")).id,
            )

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
