from odoo import api, fields, models
from odoo.addons.base_safeguard.defaults import without_proposals
from odoo.exceptions import AccessError, RedirectWarning, UserError

from ..const import PROOF_TYPES, SENT
from ..life import verdict
from .online_proof import STATES

#: what follows from proof and production
DERIVED = frozenset(("proof_state", "date_production"))


class SaleOrder(models.Model):
    """An order on its way through the shop, and what its proofs allow."""

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

    @api.depends("proof_ids.state", "order_line.proof_id")
    def _compute_proof_state(self):
        for order in self:
            order.proof_state = verdict.together(order._get_needed_proofs().mapped("state"))

    @api.depends("proof_ids.revision_ids.file_ids")
    def _compute_proof_counts(self):
        # parts are read alone, unless they are told what they belong to
        proofs = {order: order.proof_ids.sorted("id").with_prefetch(self.proof_ids.ids) for order in self}
        shown = {order: own.latest_revision_id[:1] or own.draft_revision_id[:1] for order, own in proofs.items()}
        revisions = self.env["online.proof.revision"]
        files = {
            order: revisions.union(*(proof.draft_revision_id or proof.latest_revision_id for proof in own))
            for order, own in proofs.items()
        }
        counts = dict(
            self.env["online.proof.file"]._read_group(
                [("revision_id", "in", revisions.union(*files.values()).ids)], ["revision_id"], ["__count"]
            )
        )
        thumbnails = revisions.union(*shown.values())._get_thumbnails()
        for order in self:
            order.proof_file_count = sum(counts.get(revision, 0) for revision in files[order])
            order.proof_thumbnail = thumbnails.get(shown[order].id)

    @api.depends("proof_ids.state", "order_line", "partner_id", "proof_ids.draft_revision_id")
    def _compute_proof_difference(self):
        for order in self:
            order.proof_difference = "\n".join(order._get_proof_differences())

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse orders that are made beyond the approval; a status that a proof is sent with needs the proof."""
        for vals in vals_list:
            self._check_derived(vals)
        model, vals_list = without_proposals(self, DERIVED, vals_list)
        orders = super(SaleOrder, model).create(vals_list)
        for order in orders:
            status = order.production_status_id
            if status.sends_proof or status.needs_approval:
                order._check_production_status(status)
                order._begin_production(status)
        return orders

    def _check_derived(self, vals):
        """Refuse to set by hand what follows from proof and production."""
        derived = vals.keys() & DERIVED
        if derived and not self.env.su:
            raise AccessError(self.env._("%(fields)s cannot be set by hand.", fields=", ".join(sorted(derived))))

    def write(self, vals):
        self._check_derived(vals)
        status = self.env["sale.production.status"].browse(vals.get("production_status_id") or [])
        moved = self.filtered(lambda order: order.production_status_id != status) if status else self.browse()
        for order in moved:
            order._check_production_status(status)
        corrected = self.filtered(lambda order: "partner_id" in vals and order.partner_id.id != vals["partner_id"])
        types = self._get_proof_types() if vals.keys() & {"proof_type", "partner_id", "company_id"} else {}
        result = super().write(vals)
        moved._begin_production(status)
        self._note_proof_types(types)
        if vals.get("state") in ("draft", "sent"):
            self._leave_production()
        if vals.keys() & {"state", "proof_type"}:
            # sudo: who may cancel an order or take it up again does so with its proof
            self.sudo().proof_ids._follow_decisions()
        corrected.sudo().proof_ids._restart_for_customer()  # and who may correct the customer, too
        return result

    def _get_proof_types(self):
        """Return the kind of proof of the orders that have one."""
        # sudo: salespeople without the role choose it, too
        return {order: order.proof_type for order in self if order.sudo().proof_ids}

    def _note_proof_types(self, before):
        """Leave a note where the kind of proof was changed: one that needs no approval opens production.

        No ``tracking``: that writes messages on all orders when the addon is installed.
        """
        labels = dict(self._fields["proof_type"]._description_selection(self.env))
        for order, former in before.items():
            if order.proof_type != former:
                names = {"now": labels.get(order.proof_type), "before": labels.get(former)}
                text = self.env._("The proof type is “%(now)s” now; it was “%(before)s”.", **names)
                # sudo: the note is of what the user was allowed to do
                order.sudo().message_post(body=text, author_id=self.env.user.partner_id.id)

    def _leave_production(self):
        """Put quotations that were in production before a cancellation back to where they are not produced."""
        for order in self.filtered(lambda order: order.production_status_id.needs_approval):
            statuses = self.env["sale.production.status"]
            open_ones = statuses.search([*statuses._get_domain(order.company_id), ("needs_approval", "=", False)])
            # sudo: salespeople without the role do not see whether it was sent
            sent = order.sudo().proof_ids.latest_revision_id
            status = (sent and open_ones.filtered("sends_proof")[:1]) or open_ones[:1]
            if status:
                order.with_context(proof_sent=SENT).production_status_id = status

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
        if status.sends_proof and self.env.context.get("proof_sent") is not SENT:
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
        if self.proof_type != "none":
            self._check_proofs_approved(names)
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

    def _check_proofs_approved(self, names):
        # sudo: salespeople without the role are told that an approval is missing
        proofs_sudo = self.sudo()._get_needed_proofs()
        if not all(file._is_unaltered() for file in proofs_sudo.latest_revision_id.file_ids):
            raise UserError(
                self.env._("%(name)s cannot go to %(status)s: the files are not those that the customer saw.", **names)
            )
        waiting = proofs_sudo.filtered(lambda proof: proof._get_present_state() != "approved")
        unproofed = not proofs_sudo and (self._get_lines_without_proof() or not self.order_line)
        if unproofed or (waiting and len(proofs_sudo) == 1):
            raise UserError(self.env._("%(name)s cannot go to %(status)s: the proof is not approved yet.", **names))
        if waiting:
            products = ", ".join(waiting.mapped("title"))
            raise UserError(
                self.env._(
                    "%(name)s cannot go to %(status)s: these proofs are not approved yet: %(products)s.",
                    products=products,
                    **names,
                )
            )

    def _begin_production(self, status):
        if status.needs_approval:
            # sudo: the moment is written by the move only
            self.sudo().filtered(lambda order: not order.date_production).date_production = fields.Datetime.now()

    def _has_begun_production(self):
        """Return whether the approval was made use of, whatever the status is now."""
        return bool(self.date_production) or self.production_status_id.needs_approval

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
        self.sudo()._get_or_create_proofs()  # who sends one is shown which others are missing
        self._check_proof_files()
        action = self.env["ir.actions.act_window"]._for_xml_id("online_proof.online_proof_send_action")
        return {**action, "context": {"default_sale_order_id": self.id}}
