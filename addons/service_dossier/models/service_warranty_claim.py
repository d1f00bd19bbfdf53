"""What was claimed under warranties, over their whole life."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

COUNTED = ("waiting", "approved")


class ServiceWarrantyClaim(models.Model):
    """One part, or a whole product, that a warranty pays for; claims beyond its limit wait for a person.

    Claims outlive dossiers and orders: they are how a warranty knows what it has paid for.
    """

    _name = "service.warranty.claim"
    _description = "Warranty Claim"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "product_id"

    warranty_id = fields.Many2one("service.warranty", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="warranty_id.company_id", store=True, index=True)
    chain_id = fields.Many2one(
        "service.warranty",
        compute="_compute_chain_id",
        store=True,
        precompute=True,
        index=True,
        string="First Warranty",
        help="Of the unit that was delivered first: its replacements count together with it.",
    )
    dossier_id = fields.Many2one("service.dossier", readonly=True, ondelete="set null", index="btree_not_null")
    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        groups="sales_team.group_sale_salesman",
    )
    order_name = fields.Char(string="Ordered As", readonly=True)
    element_id = fields.Many2one(
        "product.product", string="Part", readonly=True, index="btree_not_null", help="Empty: the whole product."
    )
    product_id = fields.Many2one("product.product", string="Replaced", required=True, readonly=True, index=True)
    quantity = fields.Float(
        compute="_compute_quantity", store=True, precompute=True, readonly=False, digits="Product Unit"
    )
    date = fields.Date(string="Day of the Claim", required=True, readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waits for a decision"),
            ("approved", "Free of charge"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="approved",
        tracking=True,
        index=True,
    )
    decided_by_id = fields.Many2one("res.users", readonly=True, index="btree_not_null")
    date_decided = fields.Datetime(string="Decided On", readonly=True)

    @api.depends("warranty_id")
    def _compute_chain_id(self):
        for claim in self:
            claim.chain_id = claim.warranty_id._chain()

    @api.depends("sale_line_id.product_uom_qty", "sale_line_id.product_uom_id")
    def _compute_quantity(self):
        """Follow the order, in the product's unit: whoever raises it claims more; without it the last one is kept."""
        for claim in self:
            line = claim.sale_line_id
            if line:
                product, ordered = line.product_id, line.product_uom_qty
                claim.quantity = line.product_uom_id._compute_quantity(ordered, product.uom_id, round=False)
            else:
                claim.quantity = claim.quantity

    @api.model_create_multi
    def create(self, vals_list):
        """Change the first warranty with each claim, so that transactions at the same time conflict and take turns."""
        claims = super().create(vals_list)
        for chain, group in claims.grouped("chain_id").items():
            chain.claim_number += len(group)
        return claims

    def write(self, vals):
        """Let methods alone change what is claimed and decided; activities and followers are everybody's."""
        ours = {name for name, field in self._fields.items() if field._module == "service_dossier"}
        if not self.env.su and ours & vals.keys():
            raise AccessError(self.env._("Claims follow from orders and are decided with their buttons."))
        return super().write(vals)

    @api.model
    def _get_claimed(self, warranties):
        """Return the quantities that count, by first warranty and part (none: the whole product).

        (superuser: customers see their own claims only through what they order)
        """
        groups = self._read_group(
            [("chain_id", "in", [warranty._chain().id for warranty in warranties]), ("state", "in", COUNTED)],
            ["chain_id", "element_id"],
            ["quantity:sum"],
        )
        return {(chain.id, element.id): quantity for chain, element, quantity in groups}

    def _is_beyond_limit(self):
        """Return whether this claim and what was claimed otherwise are more than the warranty pays for."""
        self.ensure_one()
        claimed = self._get_claimed(self.warranty_id).get((self.chain_id.id, self.element_id.id), 0)
        own = self.quantity if self.state in COUNTED else 0
        return claimed - own + self.quantity > self.warranty_id._get_limit(self.element_id)

    def _check_raised(self):
        """:raises AccessError: if free claims are beyond their limit and the current user does not decide on them"""
        if any(claim._is_beyond_limit() for claim in self):
            self._check_decides()

    def _cancel(self):
        """Give back what is not ordered any more."""
        self.filtered(lambda claim: claim.state in COUNTED).state = "cancelled"

    def _reopen(self):
        """Claim again what was cancelled: within the limit at once, beyond it after a person's decision."""
        for claim in self.filtered(lambda claim: claim.state == "cancelled"):
            waits = claim._is_beyond_limit()
            claim.state = "waiting" if waits else "approved"
            claim.chain_id.claim_number += 1
            claim.sale_line_id.service_free = not waits
            if waits:
                claim._ask()

    def _ask(self):
        """Give somebody who can decide an activity."""
        for claim in self:
            company = claim.company_id
            candidates = claim.dossier_id.user_id | company.dossier_contact_id | self.env.ref("base.user_admin")
            managers = candidates.filtered(lambda u: u.has_group("service_dossier.group_service_dossier_manager"))
            person = (managers or candidates)[:1]
            env = claim.with_context(lang=person.lang).env
            claim.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=person.id,
                summary=env._("Decide on a warranty claim"),
                note=plaintext2html(
                    env._(
                        "Warranty %(number)s has paid for what it covers. The customer ordered more: %(product)s.",
                        number=claim.warranty_id.name,
                        product=claim.product_id.display_name,
                    )
                ),
            )

    # Decisions

    def _check_decides(self):
        if not self.env.user.has_group("service_dossier.group_service_dossier_manager"):
            raise AccessError(self.env._("Only dossier managers decide on warranty claims."))

    def _decide(self, state):
        self._check_decides()
        self.check_access("write")
        if any(claim.state != "waiting" for claim in self):
            raise UserError(self.env._("This claim was decided already."))
        claims_sudo = self.sudo()  # managers (checked above) need no sales role
        claims_sudo.write({"state": state, "decided_by_id": self.env.uid, "date_decided": fields.Datetime.now()})
        claims_sudo.sale_line_id.service_free = state == "approved"
        claims_sudo.activity_ids.unlink()
        claims_sudo.sale_line_id.order_id._after_claims()

    def action_approve(self):
        """Let the warranty pay for it; the order goes on when nothing of it waits any more."""
        self._decide("approved")
        return True

    def action_refuse(self):
        """Let the customer pay; the order stays a quotation with its prices."""
        self._decide("refused")
        return True
