"""Measures of what is sold, the warranties that follow from it, and free service lines."""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..const import SIDES
from .service_warranty_claim import COUNTED


class SaleOrderLine(models.Model):
    """A line whose delivery makes warranties, or that a warranty pays for."""

    _name = "sale.order.line"
    _inherit = ["sale.order.line", "cron.batch.mixin"]

    dossier_width = fields.Integer(string="Width (mm)")
    dossier_height = fields.Integer(string="Height (mm)")
    dossier_depth = fields.Integer(string="Depth (mm)")
    dossier_color = fields.Char(string="Colour")
    dossier_side = fields.Selection(SIDES, string="Side")
    warranty_ids = fields.One2many("service.warranty", "sale_line_id", string="Warranties", copy=False)
    warranty_due = fields.Integer(
        compute="_compute_warranty_due",
        store=True,
        help="Delivered pieces that have no warranty yet; below zero: warranties of pieces that came back.",
    )
    service_warranty_id = fields.Many2one(
        "service.warranty", string="Service For", index="btree_not_null", copy=False, readonly=True
    )
    service_free = fields.Boolean(string="Under Warranty", readonly=True, copy=False)
    warranty_claim_ids = fields.One2many("service.warranty.claim", "sale_line_id", string="Warranty Claims", copy=False)

    _dossier_sizes_positive = models.Constraint(
        "CHECK(dossier_width >= 0 AND dossier_height >= 0 AND dossier_depth >= 0)", "Dimensions cannot be negative."
    )
    _warranty_due_index = models.Index("(id) WHERE warranty_due <> 0")

    @api.depends("qty_delivered", "product_id", "warranty_ids.end_reason", "state", "service_warranty_id")
    def _compute_warranty_due(self):
        """Compare what was delivered and not returned with the warranties that were made of it.

        By the product as it is now: a period that is set later makes no warranties for past sales.
        """
        Warranty = self.env["service.warranty"].with_context(active_test=False)
        domain = [("sale_line_id", "in", self.ids), ("end_reason", "not in", ["returned", "cancelled"])]
        counts = dict(Warranty._read_group(domain, ["sale_line_id"], ["__count"]))
        for line in self:
            delivered = int(line.qty_delivered) if line.state == "sale" else 0
            due = delivered - counts.get(line._origin, 0)
            line.warranty_due = due if due < 0 or line._makes_warranties() else 0

    def _makes_warranties(self):
        """Return whether a delivered piece is a product under warranty; spare parts are none."""
        warranty = self.service_warranty_id
        return bool(self.product_id.warranty_months) and (not warranty or warranty.product_id == self.product_id)

    @api.depends("service_free")
    def _compute_price_unit(self):
        """Service lines under warranty stay free, whatever is recomputed later."""
        result = super()._compute_price_unit()
        for line in self.filtered("service_free"):
            line.price_unit = 0.0
            line.technical_price_unit = 0.0
        return result

    def copy_data(self, default=None):
        """A copy of what a warranty pays for claims nothing: it gets its own price and says nothing of a warranty."""
        vals_list = super().copy_data(default)
        for line, values in zip(self, vals_list, strict=True):
            if line.service_free:
                for name in {"name", "price_unit", "technical_price_unit"} - (default or {}).keys():
                    values.pop(name, None)
        return vals_list

    def write(self, vals):
        """Make and end warranties at once when somebody fills in what was delivered.

        :raises AccessError: if whoever does not decide on claims raises one beyond what the warranty pays for
        """
        self._check_claimed_product(vals)
        amounts = {"product_uom_qty", "product_uom_id"} & vals.keys()
        lines_sudo = (self if amounts else self.browse()).sudo()  # salespeople need not see claims
        claims_sudo = lines_sudo.warranty_claim_ids.filtered(lambda claim: claim.state == "approved")
        before = {claim: claim.quantity for claim in claims_sudo}
        result = super().write(vals)
        claims_sudo.filtered(lambda claim: claim.quantity > before[claim])._check_raised()
        if "qty_delivered" in vals:
            self._update_warranties()
        return result

    def _check_claimed_product(self, vals):
        """:raises UserError: if something else takes the place of what a warranty pays for, or may pay for"""
        lines_sudo = (self if vals.get("product_id") else self.browse()).sudo()  # salespeople need not see claims
        for line in lines_sudo.filtered(lambda line: line.product_id.id != vals["product_id"]):
            claims = line.warranty_claim_ids.filtered(lambda claim: claim.state in COUNTED)
            if claims:
                raise UserError(
                    self.env._(
                        "The warranty is claimed for %(product)s. Remove this line to order something else.",
                        product=claims[0].product_id.display_name,
                    )
                )

    def unlink(self):
        """What is not ordered is not claimed."""
        claims_sudo = self.sudo().warranty_claim_ids  # whoever may delete the line need not see claims
        claims_sudo._cancel()
        return super().unlink()

    def _update_warranties(self):
        """Make the warranties of what was delivered, end those of what came back; several processes may try at once."""
        self_sudo = self.sudo()  # numbers are given to every sale; whoever delivers need not see dossiers
        lines = self_sudo.filtered("warranty_due").try_lock_for_update()
        lines.invalidate_recordset(["warranty_ids", "warranty_due"])
        for line in lines.filtered(lambda line: line.warranty_due < 0):
            line._end_warranties(-line.warranty_due)
        for line in lines.filtered(lambda line: line.warranty_due > 0):
            line._resume_warranties()
        values = [value for line in lines for value in line._prepare_warranty_values()]
        replacements = lines.env["service.warranty"].create(values).filtered("replaces_id")
        replacements.replaces_id.filtered(lambda w: not w.date_ended)._end("replaced")
        self_sudo.order_id.dossier_id._after_delivery()
        self_sudo.order_id._tell_delivery()

    def _end_warranties(self, count):
        """End as many warranties as pieces came back; those that nothing was claimed for first."""
        self.ensure_one()
        running = self.with_context(active_test=False).warranty_ids.filtered(
            lambda w: w.end_reason not in ("returned", "cancelled")
        )
        chosen = running.sorted(lambda w: (bool(w.claim_ids), -w.unit))[:count]
        chosen._end("cancelled" if self.state == "cancel" else "returned")
        # the unit that the customer has is the old one again
        chosen.replaces_id.filtered(lambda w: w.end_reason == "replaced")._resume()

    def _resume_warranties(self):
        """Use ended numbers again before new ones are given: a return was taken back."""
        self.ensure_one()
        ended = self.with_context(active_test=False).warranty_ids.filtered(
            lambda w: w.end_reason in ("returned", "cancelled")
        )
        ended.sorted("unit")[: self.warranty_due]._resume()

    def _prepare_warranty_values(self):
        self.ensure_one()
        if self.warranty_due <= 0:
            return []
        used = set(self.with_context(active_test=False).warranty_ids.mapped("unit"))
        free = (unit for unit in range(1, int(self.qty_delivered) + len(used) + 1) if unit not in used)
        order = self.order_id
        common = {
            "company_id": order.company_id.id,
            "partner_id": order.partner_id.id,
            "dossier_id": order.dossier_id.id,
            "sale_line_id": self.id,
            "order_number": order.name,
            "product_id": self.product_id.id,
            "width": self.dossier_width,
            "height": self.dossier_height,
            "depth": self.dossier_depth,
            "color": self.dossier_color,
            "side": self.dossier_side,
            "element_ids": [Command.set(self.product_id.warranty_element_ids.ids)],
            "date_start": order.company_id._dossier_day(),
            "months": self.product_id.warranty_months,
            **self._prepare_replacement_values(),
        }
        return [{**common, "unit": next(free)} for _number in range(self.warranty_due)]

    def _prepare_replacement_values(self):
        """Return what a unit takes over from the one that it replaces free of charge; a paid one is new."""
        replaced = self.service_warranty_id
        if not replaced or not self.service_free:
            return {}
        return {
            "order_number": replaced.order_number,
            "element_ids": [Command.set(replaced.element_ids.ids)],
            "replaces_id": replaced.id,
            "first_id": replaced._chain().id,
            "months": replaced.months,
            "is_rest": self.company_id.dossier_replacement_warranty == "rest",
        }

    @api.model
    def _cron_create_warranties(self):
        """Make and end warranties for what was delivered and returned in other ways than by hand."""
        self._cron_each([("warranty_due", "!=", 0)], "_update_warranties")
        self.env["sale.order"]._cron_each([("is_delivery_untold", "=", True)], "_tell_delivery")

    def _get_warranty_numbers(self):
        """Return the warranty numbers to print on orders and invoices."""
        warranties = self.warranty_ids | self.service_warranty_id
        return ", ".join(warranties.sorted("name").mapped("name"))
