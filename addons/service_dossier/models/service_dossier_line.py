"""Parts that a customer configures for a service order."""

from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.addons.base_safeguard.defaults import without_proposals
from odoo.addons.base_safeguard.languages import installed_language
from odoo.exceptions import AccessError, LockError, UserError
from odoo.fields import Domain
from odoo.tools import escape_psql, mute_logger
from psycopg2.errors import UniqueViolation

from ..dimension_search import order_key

#: What follows from orders; nobody fills it in.
BY_ORDERS = {"date_claim", "claim_id", "sale_line_id", "order_id", "order_name", "is_placed"}


class ServiceDossierLine(models.Model):
    """A configured part; it becomes a line of a service order when the order is placed."""

    _name = "service.dossier.line"
    _description = "Configured Part"
    _order = "id"
    _check_company_auto = True
    _rec_name = "warranty_id"

    dossier_id = fields.Many2one("service.dossier", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="dossier_id.company_id", store=True, index="btree_not_null")
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_commercial_partner_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="Who configured this part; it does not follow a dossier that is handed over.",
    )
    warranty_id = fields.Many2one("service.warranty", required=True, index=True, check_company=True)
    found_by = fields.Selection(
        [("number", "Warranty number"), ("dimensions", "Dimensions")], required=True, default="number"
    )
    element_id = fields.Many2one(
        "product.product",
        string="Part",
        index="btree_not_null",
        help="An element of the product; empty: the whole product.",
    )
    quantity = fields.Float(default=1.0, digits="Product Unit")
    reference = fields.Char(
        string="Your Reference",
        help="Replaces the original order's reference. Left empty, the service order runs under the original number.",
    )
    note = fields.Text()
    date_claim = fields.Date(
        string="Day of the Claim",
        compute="_compute_date_claim",
        store=True,
        precompute=True,
        help="The day on which the customer asked for service: it decides whether the warranty pays.",
    )
    is_free = fields.Boolean(string="Free of Charge", compute="_compute_is_free")
    is_waiting = fields.Boolean(
        string="Needs Approval",
        compute="_compute_is_free",
        help="The warranty has paid for what it covers: a person decides whether it pays for this, too.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_price")
    price = fields.Monetary(string="Price (Excl. Taxes)", compute="_compute_price")
    price_total = fields.Monetary(string="Price (Incl. Taxes)", compute="_compute_price")
    claim_id = fields.Many2one("service.warranty.claim", readonly=True, copy=False, index="btree_not_null")
    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="sales_team.group_sale_salesman",
    )
    order_id = fields.Many2one(
        "sale.order",
        string="Service Order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="sales_team.group_sale_salesman",
    )
    order_name = fields.Char(string="Placed As", readonly=True, copy=False)
    is_placed = fields.Boolean(readonly=True, copy=False)
    post_key = fields.Char(readonly=True, copy=False)

    _post_key_unique = models.UniqueIndex("(dossier_id, post_key) WHERE post_key IS NOT NULL AND is_placed IS NOT TRUE")
    _quantity_positive = models.Constraint("CHECK(quantity > 0)", "The quantity must be more than zero.")

    @api.depends("dossier_id")  # not on the dossier's customer, on purpose
    def _compute_commercial_partner_id(self):
        for line in self:
            line.commercial_partner_id = line.dossier_id.commercial_partner_id

    @api.depends("dossier_id", "warranty_id")
    def _compute_date_claim(self):
        for line in self:
            if line.dossier_id and line.warranty_id:
                line.date_claim = line.dossier_id._claim_day(line.warranty_id)
            else:
                line.date_claim = line.date_claim or self.env.company._dossier_day()

    @api.depends("warranty_id", "element_id", "quantity", "date_claim", "claim_id.state")
    def _compute_is_free(self):
        """Say what the warranty pays for: what was decided, or what would be if it was ordered now."""
        self_sudo = self.sudo()  # customers do not see other claims
        open_sudo = self_sudo.filtered(lambda line: not line.is_placed)
        claimed = open_sudo.env["service.warranty.claim"]._get_claimed(open_sudo.warranty_id)
        basket_sudo = open_sudo.dossier_id._basket()
        for line in basket_sudo | open_sudo:
            covered = line.warranty_id._is_valid_on(line.date_claim) if line.date_claim else False
            key = (line.warranty_id._chain().id, line.element_id.id)
            claimed[key] = claimed.get(key, 0) + line.quantity * covered
            beyond = covered and claimed[key] > line.warranty_id._get_limit(line.element_id)
            if line in open_sudo:
                line.is_free, line.is_waiting = covered and not beyond, beyond
        for line in self_sudo - open_sudo:
            line.is_free = line.claim_id.state == "approved"
            line.is_waiting = line.claim_id.state == "waiting"

    @api.depends("warranty_id", "element_id", "quantity", "is_free", "is_placed")
    def _compute_price(self):
        """Ask the order what it says, or will say: with its price list, taxes, fiscal position, date and currency."""
        for line in self:
            line_sudo = line.sudo()  # customers may not read orders and products
            order_line = line_sudo.sale_line_id or line_sudo._preview_order_line()
            line.currency_id = order_line.currency_id or line_sudo.company_id.currency_id
            line.price = order_line.price_subtotal
            line.price_total = order_line.price_total

    def _preview_order_line(self):
        """Return the order line, not stored, that this part would become now."""
        dossier, product = self.dossier_id, self._product()
        if not dossier or not product or not self.quantity:
            return self.env["sale.order.line"]
        order = (
            self.env["sale.order"]
            .with_company(dossier.company_id)
            .new(
                {
                    "partner_id": dossier.partner_id.id,
                    "company_id": dossier.company_id.id,
                    "order_line": [Command.create(self._prepare_order_line_values())],
                }
            )
        )
        return order.order_line

    def _product(self):
        """Return what is ordered: the chosen element or the whole product."""
        return self.element_id or self.warranty_id.product_id

    @api.model
    def _add(
        self, dossier, warranty, *, element=None, quantity=1.0, reference="", note="", found_by="number", post_key=False
    ):
        """Configure a part for the current user.

        :raises UserError: if the configurator is closed or the part does not belong to the warranty
        """
        dossier.check_access("read")
        warranty.check_access("read")
        dossier_sudo, warranty_sudo = dossier.sudo(), warranty.sudo()  # checked above; customers have no create access
        if not dossier_sudo.configurator_open:
            raise UserError(self.env._("The configurator of this dossier is closed."))
        if element and element not in warranty_sudo.element_ids:
            raise UserError(self.env._("This part does not belong to the product."))
        if not 0 < quantity <= 1000:
            raise UserError(self.env._("The quantity must be between 1 and 1000."))
        self._check_pieces(element or warranty_sudo.product_id, quantity)
        line_sudo = self.sudo().create(  # see above
            {
                "dossier_id": dossier.id,
                "warranty_id": warranty.id,
                "element_id": element.id if element else False,
                "quantity": quantity,
                "reference": " ".join(reference.split())[:100] or False,
                "note": note.strip()[:2000] or False,
                "found_by": found_by,
                "post_key": post_key,
            }
        )
        dossier_sudo._basket()._check_orderable()
        return line_sudo

    @api.model
    def _check_pieces(self, product_sudo, quantity):
        """:raises UserError: for a part of a piece, of what is sold by the piece"""
        unit = self.env.ref("uom.product_uom_unit", raise_if_not_found=False)
        if unit and product_sudo.uom_id._has_common_reference(unit) and quantity != int(quantity):
            raise UserError(self.env._("“%(product)s” is ordered by the piece.", product=product_sudo.name))

    def _check_orderable(self):
        """Check parts that are not ordered yet.

        :raises UserError: if a warranty is not the customer's any more, or a part of a piece is ordered
        """
        for line in self:
            warranty = line.warranty_id
            if not warranty.active or warranty.commercial_partner_id != line.dossier_id.commercial_partner_id:
                raise UserError(
                    self.env._("Warranty %(number)s was archived or belongs to another customer.", number=warranty.name)
                )
            self._check_pieces(line._product(), line.quantity)

    @api.model_create_multi
    def create(self, vals_list):
        """Keep to what people fill in: what was ordered follows from orders."""
        for values in vals_list:
            self._check_filled_in(values)
        model, vals_list = without_proposals(self, BY_ORDERS, vals_list)
        return super(ServiceDossierLine, model).create(vals_list)

    def write(self, vals):
        """Keep to what people fill in: what was ordered follows from orders and stays as it is."""
        self._check_filled_in(vals)
        if not self.env.su and any(line.is_placed for line in self):
            raise UserError(self.env._("This part was ordered already."))
        return super().write(vals)

    def _check_filled_in(self, values):
        """:raises AccessError: where somebody fills in what only orders may set"""
        if not self.env.su and BY_ORDERS & values.keys():
            raise AccessError(self.env._("What was ordered, and when it was claimed, is not filled in by hand."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_placed(self):
        if not self.env.su and any(line.is_placed for line in self):
            raise UserError(self.env._("This part was ordered already."))

    def _remove(self):
        """Take back a part that was not ordered yet."""
        self.check_access("read")
        if any(line.is_placed for line in self):
            raise UserError(self.env._("This part was ordered already."))
        self_sudo = self.sudo()  # customers have no unlink access; their own lines only, checked above
        self_sudo.unlink()

    # Placing the order

    @api.model
    def _place_orders(self, dossier):
        """Make the service orders of a dossier's configured parts, each part once.

        :returns: the new orders (superuser)
        :raises UserError: if there is nothing to order
        """
        dossier.check_access("read")
        dossier_sudo = dossier.sudo()  # checked above; customers place orders, but write no records
        if not dossier_sudo.configurator_open:
            raise UserError(self.env._("The configurator of this dossier is closed."))
        dossier_sudo.lock_for_update()
        lines_sudo = dossier_sudo._basket()
        if not lines_sudo:
            raise UserError(self.env._("Configure at least one part first."))
        lines_sudo._check_orderable()
        # two dossiers that claim under one warranty take turns, always in one order
        chains = lines_sudo.warranty_id.mapped(lambda warranty: warranty._chain())
        chains.sorted("id").lock_for_update()
        lines_sudo.invalidate_recordset(["is_free", "is_waiting"])
        orders_sudo = dossier_sudo.env["sale.order"]
        for _key, lines in sorted(lines_sudo._by_order().items()):  # always in one order: nobody waits crosswise
            orders_sudo |= lines._create_order()
        waiting = orders_sudo.filtered(lambda order: "waiting" in order.order_line.warranty_claim_ids.mapped("state"))
        if dossier_sudo.company_id.dossier_confirm_orders:
            (orders_sudo - waiting).action_confirm()
        waiting.order_line.warranty_claim_ids.filtered(lambda claim: claim.state == "waiting")._ask()
        if dossier_sudo.stage_id.kind == "draft":
            dossier_sudo._move_to_kind("ordered")
        dossier_sudo._tell_orders(orders_sudo, waiting)
        return orders_sudo

    def _by_order(self):
        """Return the lines by what makes an order: its original number, or the customer's reference.

        What waits for a decision keeps nothing else from being delivered.
        """
        groups = defaultdict(self.browse)
        for line in self:
            key = ("reference", line.reference) if line.reference else ("original", line.warranty_id.order_number or "")
            groups[(line.is_waiting, *key)] |= line
        return groups

    def _create_order(self):
        """Make one service order of lines that belong together.

        :raises LockError: if another dossier takes the order's number at the same time
        """
        dossier = self.dossier_id
        first = self[:1]
        original = first.warranty_id.order_number
        values = {
            "partner_id": dossier.partner_id.id,
            "company_id": dossier.company_id.id,
            "dossier_id": dossier.id,
            "is_service_order": True,
            "origin": dossier.name,
            "user_id": dossier.user_id.id,
            "order_line": [Command.create(line._prepare_order_line_values()) for line in self],
        }
        if first.reference:
            values["client_order_ref"] = first.reference
        elif original:
            values |= self._prepare_original_values(original)
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                order = self.env["sale.order"].with_company(dossier.company_id).create(values)
        except UniqueViolation as error:
            message = self.env._("Another service order gets the number %(number)s now.", number=values["name"])
            raise LockError(message) from error
        for line, order_line in zip(self, order.order_line, strict=True):
            claim = line._claim(order_line)
            line.write(
                {
                    "order_id": order.id,
                    "order_name": order.name,
                    "sale_line_id": order_line.id,
                    "claim_id": claim.id,
                    "is_placed": True,
                }
            )
        return order

    def _claim(self, order_line):
        """Note what the warranty pays for, or may pay for; nothing where the customer pays."""
        Claim = self.env["service.warranty.claim"]
        if not self.is_free and not self.is_waiting:
            return Claim
        return Claim.create(
            {
                "warranty_id": self.warranty_id.id,
                "dossier_id": self.dossier_id.id,
                "sale_line_id": order_line.id,
                "order_name": order_line.order_id.name,
                "element_id": self.element_id.id,
                "product_id": self._product().id,
                "date": self.date_claim,
                "state": "waiting" if self.is_waiting else "approved",
            }
        )

    def _prepare_original_values(self, original):
        """Return what makes a service order run under its original's number.

        The document's own name gets a suffix, so that invoices and deliveries can tell the two apart.
        """
        Order = self.env["sale.order"]
        company, customer = self.dossier_id.company_id, self.dossier_id.commercial_partner_id
        own = Domain("company_id", "=", company.id) & Domain("partner_id.commercial_partner_id", "=", customer.id)
        order = self.warranty_id.sale_line_id.order_id.filtered_domain(own)[:1]
        order = order or Order.search(own & Domain("name", "=ilike", escape_psql(original)), limit=1)
        earlier = Order.search([("service_number", "=", original), ("company_id", "=", company.id)]).mapped("name")
        suffixes = [int(name.rpartition("-S")[2]) for name in earlier if name.rpartition("-S")[2].isdecimal()]
        return {
            "name": f"{original}-S{max(suffixes, default=0) + 1}",
            "service_number": original,
            "client_order_ref": self._original_reference(original, order),
        }

    def _original_reference(self, original, order):
        """Return the customer's reference of the original order: its own, not that of the dossier it is claimed in."""
        dossiers = order.dossier_id | self.warranty_id.dossier_id
        if not dossiers and order_key(original) == order_key(self.dossier_id.order_number):
            dossiers = self.dossier_id
        own = dossiers.filtered(lambda d: d.commercial_partner_id == self.dossier_id.commercial_partner_id)
        return order.client_order_ref or own[:1].reference

    def _prepare_order_line_values(self):
        self.ensure_one()
        warranty = self.warranty_id
        lang = installed_language(self.env, self.dossier_id.partner_id.lang)
        product = self._product().with_context(lang=lang)
        parts = [
            product.get_product_multiline_description_sale(),
            self.with_context(lang=lang).env._("Warranty %(number)s", number=warranty.name),
            " · ".join(filter(None, [warranty.dimensions, warranty.color])),
        ]
        if self.is_free:
            day = fields.Date.to_string(warranty.date_end)
            parts.append(self.with_context(lang=lang).env._("Free of charge, under warranty until %(day)s", day=day))
        return {
            "product_id": product.id,
            "product_uom_qty": self.quantity,
            "name": "\n".join(filter(None, [*parts, self.note])),
            "service_warranty_id": warranty.id,
            "service_free": self.is_free,
            "dossier_width": warranty.width,
            "dossier_height": warranty.height,
            "dossier_depth": warranty.depth,
            "dossier_color": warranty.color,
            "dossier_side": warranty.side,
        }
