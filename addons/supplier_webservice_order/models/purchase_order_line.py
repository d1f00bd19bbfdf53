from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import WITH_SUPPLIER_STATES

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
    expected_price = fields.Float(digits="Product Price", readonly=True, copy=False)
    price_deviation = fields.Float("Deviation (%)", digits=(8, 1), readonly=True, copy=False)
    price_flagged = fields.Boolean(readonly=True, copy=False)
    answer_flagged = fields.Boolean(
        "To Review", readonly=True, copy=False, help="The supplier's answer differs from what was ordered."
    )

    @api.depends("photo_ids")
    def _compute_photo_count(self):
        counted = dict(
            self.env["purchase.line.photo"]._read_group([("line_id", "in", self.ids)], ["line_id"], ["__count"])
        )
        for line in self:
            line.photo_count = counted.get(line._origin, 0)

    @api.depends("product_id", "order_id.partner_id", "product_id.seller_ids.product_code", "product_id.default_code")
    def _compute_part_number(self):
        for supplier, lines in self.grouped(lambda line: line.order_id.partner_id).items():
            numbers = lines.product_id._get_supplier_part_numbers(supplier)
            for line in lines:
                line.part_number = numbers.get(line.product_id, "")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.filtered(lambda line: not line.display_type)._check_not_at_supplier()
        return lines

    def write(self, vals):
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
