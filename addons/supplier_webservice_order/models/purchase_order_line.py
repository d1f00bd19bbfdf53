from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..const import ANSWER_FIELDS, WITH_SUPPLIER_STATES
from ..utils import check_guarded, guarded_create

#: what of a line the supplier was told
ORDERED_FIELDS = ("order_id", "product_id", "product_qty", "product_uom_id")


class PurchaseOrderLine(models.Model):
    """What the supplier said about a line, and photos of the part."""

    _inherit = "purchase.order.line"

    photo_ids = fields.One2many("purchase.line.photo", "line_id", string="Photos", copy=False)
    photo_count = fields.Integer(compute="_compute_photo_count")
    part_number = fields.Char(
        compute="_compute_part_number", help="The supplier's number for the part, or our own reference."
    )
    supplier_line_state = fields.Selection(
        [
            ("pending", "Pending"),
            ("confirmed", "Confirmed"),
            ("changed", "Quantity changed"),
            ("substituted", "Substituted"),
            ("discontinued", "Discontinued"),
            ("backordered", "Back-ordered"),
            ("rejected", "Rejected"),
        ],
        string="Supplier's Answer",
        readonly=True,
        copy=False,
    )
    supplier_qty = fields.Float("Confirmed Quantity", digits="Product Unit", readonly=True, copy=False)
    supplier_date = fields.Date("Available On", readonly=True, copy=False)
    supplier_note = fields.Char("Supplier's Note", readonly=True, copy=False)
    substitute_number = fields.Char("Substitute", readonly=True, copy=False)
    expected_price = fields.Float(
        min_display_digits="Product Price", readonly=True, copy=False, help="Net, as the supplier was told."
    )
    delivery_ids = fields.One2many("purchase.line.delivery", "line_id", string="Part Deliveries", copy=False)
    supplier_schedule = fields.Char("Comes in Parts", compute="_compute_supplier_schedule")
    price_deviation = fields.Float("Deviation (%)", digits=(8, 1), readonly=True, copy=False)
    price_flagged = fields.Boolean(readonly=True, copy=False)
    answer_flagged = fields.Boolean(
        "To Review", readonly=True, copy=False, help="The supplier's answer differs from what was ordered."
    )
    review_reason = fields.Char("To Review Because", readonly=True, copy=False)

    @api.depends("photo_ids")
    def _compute_photo_count(self):
        counted = dict(
            self.env["purchase.line.photo"]._read_group([("line_id", "in", self.ids)], ["line_id"], ["__count"])
        )
        for line in self:
            line.photo_count = counted.get(line._origin, 0)

    @api.depends(
        "product_id",
        "product_qty",
        "product_uom_id",
        "order_id.partner_id",
        "order_id.date_order",
        "order_id.company_id",
        "product_id.seller_ids.product_code",
        "product_id.default_code",
    )
    def _compute_part_number(self):
        for line in self:
            line.part_number = line.product_id and line.product_id._get_supplier_part_number(
                line.order_id.partner_id,
                line.company_id or line.order_id.company_id,
                quantity=line.product_qty,
                uom=line.product_uom_id,
                date=line.order_id.date_order and line.order_id.date_order.date(),
                params=line._get_select_sellers_params(),
            )

    @api.depends("delivery_ids")
    def _compute_supplier_schedule(self):
        for line in self:
            # sudo: when parts come is for everybody who may read the order
            line.supplier_schedule = ", ".join(line.sudo().delivery_ids.mapped("display_name"))

    @api.model_create_multi
    def create(self, vals_list):
        model, vals_list = guarded_create(self, vals_list, ANSWER_FIELDS)
        lines = super(PurchaseOrderLine, model).create(vals_list)
        lines.filtered(lambda line: not line.display_type)._check_not_at_supplier()
        return lines

    def write(self, vals):
        check_guarded(self, [vals], ANSWER_FIELDS)
        if not any(name in vals for name in ORDERED_FIELDS):
            return super().write(vals)
        self._check_not_at_supplier()
        result = super().write(vals)
        if "order_id" in vals:
            self._check_not_at_supplier()
        return result

    def _check_not_at_supplier(self):
        """:raises UserError: where the supplier may be reading other lines than these just now"""
        # what Odoo itself adds is found when the order is approved; to stop it here would stop a sale or the scheduler
        if self.env.su:
            return
        order = self.order_id.filtered(lambda order: order.webservice_state in WITH_SUPPLIER_STATES)[:1]
        if order:
            raise UserError(
                self.env._(
                    "%(order)s was sent to the supplier. Its parts can be changed once the supplier has answered.",
                    order=order.name,
                )
            )

    def action_take_substitute(self):
        """Put the supplier's substitute into the line: the product that it is here, or a new one."""
        for line in self.filtered("substitute_number"):
            line.order_id.check_access("write")
            if line.order_id.state not in ("draft", "sent"):
                raise UserError(self.env._("%(order)s is confirmed: its parts stay.", order=line.order_id.name))
            product = line._get_substitute_product()
            note = self.env._("%(old)s is replaced by %(new)s.", old=line.product_id.name, new=product.display_name)
            price = {name: line[name] for name in ("price_unit", "discount", "technical_price_unit", "date_planned")}
            # as the system: the order may still be closed to users; the supplier knows this part
            line.sudo().write({"product_id": product.id, "name": product.display_name})
            # the same: Odoo takes the price of its list for the new product, the supplier's stays
            line.sudo().write({**price, "technical_price_unit": 0.0})
            line.order_id._message_log(body=note)
        return True

    def _get_substitute_product(self):
        """Return the product that the supplier calls so; where there is none, one like the line's is made."""
        self.ensure_one()
        supplier = self.order_id.partner_id.commercial_partner_id
        number = self.substitute_number
        row = self.env["product.supplierinfo"].search(
            [
                ("partner_id", "child_of", supplier.id),
                ("product_code", "=", number),
                ("company_id", "in", (False, self.company_id.id)),
            ],
            limit=1,
        )
        product = row.product_id or row.product_tmpl_id.product_variant_id
        product = product or self.env["product.product"].search([("default_code", "=", number)], limit=1)
        if product:
            return product
        seller = {
            "partner_id": supplier.id,
            "product_code": number,
            "price": self._to_net_price(self.price_unit),
            "currency_id": self.currency_id.id,
            "company_id": self.company_id.id,
        }
        # whoever may order may order what the supplier delivers instead; products are otherwise not theirs to make
        return self.product_id.sudo().copy(
            {
                "name": f"{self.product_id.name} ({number})",
                "default_code": number,
                "barcode": False,
                "seller_ids": [Command.clear(), Command.create(seller)],
            }
        )

    # What suppliers say and are told: net prices, and quantities

    def _to_net_price(self, price):
        """Return a price as it is typed in as one without any tax."""
        if not self._has_included_taxes():
            return price
        return self.tax_ids._get_tax_details(price, 1.0, rounding_method="round_globally", product=self.product_id)[
            "total_excluded"
        ]

    def _from_net_price(self, net):
        """Return a price without tax as it is typed in: with those taxes that are included in prices."""
        if not self._has_included_taxes():
            return net
        details = self.tax_ids._get_tax_details(
            net, 1.0, rounding_method="round_globally", special_mode="total_excluded", product=self.product_id
        )
        return net + sum(each["tax_amount"] for each in details["taxes_data"] if each["tax"].price_include)

    def _has_included_taxes(self):
        groups = self.tax_ids.filtered(lambda tax: tax.amount_type == "group")
        return any((self.tax_ids | groups.children_tax_ids).mapped("price_include"))

    def _get_known_quantities(self, sent):
        """Return the quantities of which the supplier knows: what it was told, and what it answered.

        :param sent: the row of the line in ``supplier.exchange.sent_lines``, or None
        """
        if not sent:
            return [0.0]
        known = [float(sent["quantity"])]
        if self.supplier_line_state and self.supplier_line_state != "pending":
            known.append(self.supplier_qty)
        return known

    def _prepare_account_move_line(self, move=False):
        # every way from an order to a new line of a bill goes through here
        self.order_id._check_prices_accepted()
        return super()._prepare_account_move_line(move)

    def get_photos(self):
        """Return the photos of a line for the gallery."""
        self.ensure_one()
        return self.photo_ids._get_public_values()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_at_supplier(self):
        self.filtered(lambda line: not line.display_type)._check_not_at_supplier()

    @api.ondelete(at_uninstall=False)
    def _unlink_photos(self):
        # deleting a line in SQL cascades to the photos, not to their files
        self.photo_ids.unlink()
