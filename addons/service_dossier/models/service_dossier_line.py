"""Parts that a customer configures for a service order."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain
from odoo.tools import escape_psql, mute_logger
from psycopg2.errors import UniqueViolation

from ..const import MAX_FREE_QUANTITY


class ServiceDossierLine(models.Model):
    """A configured part; it becomes a line of a service order when the order is placed."""

    _name = "service.dossier.line"
    _description = "Configured Part"
    _order = "id"
    _check_company_auto = True

    dossier_id = fields.Many2one("service.dossier", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="dossier_id.company_id", store=True)
    warranty_id = fields.Many2one("service.warranty", required=True, index=True, check_company=True)
    found_by = fields.Selection(
        [("number", "Warranty number"), ("dimensions", "Dimensions")], required=True, default="number"
    )
    element_id = fields.Many2one(
        "product.product", string="Part", help="An element of the product; empty: the whole product."
    )
    quantity = fields.Float(default=1.0, digits="Product Unit")
    reference = fields.Char(
        string="Your reference",
        help="Replaces the original order's reference. Left empty, the service order runs under the original number.",
    )
    note = fields.Text()
    is_free = fields.Boolean(string="Free of charge", compute="_compute_price")
    currency_id = fields.Many2one("res.currency", compute="_compute_price")
    price = fields.Monetary(string="Price (excl. taxes)", compute="_compute_price")
    order_id = fields.Many2one(
        "sale.order", string="Service order", readonly=True, copy=False, groups="sales_team.group_sale_salesman"
    )
    order_name = fields.Char(string="Placed as", readonly=True, copy=False)
    is_placed = fields.Boolean(readonly=True, copy=False)

    _quantity_positive = models.Constraint("CHECK(quantity > 0)", "The quantity must be more than zero.")

    @api.depends("warranty_id", "element_id", "quantity")
    def _compute_price(self):
        today = fields.Date.context_today(self)
        for line in self:
            line_sudo = line.sudo()  # customers may not read products and price lists
            partner = line_sudo.dossier_id.partner_id.with_company(line_sudo.company_id)
            pricelist = partner.property_product_pricelist
            currency = pricelist.currency_id or line_sudo.company_id.currency_id
            line.is_free = line_sudo.warranty_id._is_valid_on(today)
            line.currency_id = currency
            product = line_sudo._product()
            line.price = 0.0
            if not line.is_free and product:
                line.price = line.quantity * pricelist._get_product_price(product, line.quantity, currency=currency)

    def _product(self):
        """Return what is ordered: the chosen element or the whole product."""
        return self.element_id or self.warranty_id.product_id

    @api.model
    def _add(self, dossier, warranty, *, element=None, quantity=1.0, reference="", note="", found_by="number"):
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
        line_sudo = self.sudo().create(
            {
                "dossier_id": dossier.id,
                "warranty_id": warranty.id,
                "element_id": element.id if element else False,
                "quantity": quantity,
                "reference": " ".join(reference.split())[:100] or False,
                "note": note.strip()[:2000] or False,
                "found_by": found_by,
            }
        )
        dossier_sudo.line_ids.filtered(lambda line: not line.is_placed)._check_orderable()
        return line_sudo

    def _check_orderable(self):
        """Check parts that are not ordered yet.

        :raises UserError: if a warranty is not the customer's any more, or has to pay for more than it covers
        """
        for line in self:
            warranty = line.warranty_id
            if not warranty.active or warranty.commercial_partner_id != line.dossier_id.commercial_partner_id:
                raise UserError(
                    self.env._("Warranty %(number)s was archived or belongs to another customer.", number=warranty.name)
                )
        free = self.filtered("is_free")
        for (warranty, element), lines in free.grouped(lambda line: (line.warranty_id, line.element_id)).items():
            limit = MAX_FREE_QUANTITY if element else 1
            if sum(lines.mapped("quantity")) > limit:
                raise UserError(
                    self.env._(
                        "Warranty %(number)s covers one piece: at most %(limit)s of “%(product)s” can be ordered "
                        "free of charge. Please contact us if you need more.",
                        number=warranty.name,
                        limit=limit,
                        product=lines[:1]._product().display_name,
                    )
                )

    def _remove(self):
        """Take back a part that was not ordered yet."""
        self.check_access("read")
        if any(line.is_placed for line in self):
            raise UserError(self.env._("This part was ordered already."))
        self.sudo().unlink()  # customers have no unlink access; their own lines only, checked above

    # Placing the order

    @api.model
    def _place_orders(self, dossier):
        """Make the service orders of a dossier's configured parts, each part once.

        :returns: the new orders (superuser)
        :raises UserError: if there is nothing to order
        """
        dossier.check_access("read")
        dossier_sudo = dossier.sudo()
        if not dossier_sudo.configurator_open:
            raise UserError(self.env._("The configurator of this dossier is closed."))
        dossier_sudo.lock_for_update()
        lines_sudo = self.sudo().search([("dossier_id", "=", dossier.id), ("is_placed", "=", False)])
        if not lines_sudo:
            raise UserError(self.env._("Configure at least one part first."))
        lines_sudo._check_orderable()
        orders_sudo = self.env["sale.order"].sudo()
        for _key, lines in sorted(lines_sudo._by_order().items()):  # always in one order: nobody waits crosswise
            orders_sudo |= lines._create_order()
        if dossier_sudo.company_id.dossier_confirm_orders:
            orders_sudo.action_confirm()
        if dossier_sudo.stage_id.kind == "draft":
            dossier_sudo._move_to_kind("ordered")
        return orders_sudo

    def _by_order(self):
        """Return the lines by what makes an order: its original number, or the customer's reference."""
        groups = defaultdict(self.browse)
        for line in self:
            key = ("reference", line.reference) if line.reference else ("original", line.warranty_id.order_number)
            groups[key] |= line
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
            "order_line": [(0, 0, line._prepare_order_line_values()) for line in self],
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
        self.write({"order_id": order.id, "order_name": order.name, "is_placed": True})
        return order

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
            "client_order_ref": order.client_order_ref or self.dossier_id.reference,
        }

    def _prepare_order_line_values(self):
        self.ensure_one()
        warranty = self.warranty_id
        lang = self.dossier_id.partner_id.lang
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
