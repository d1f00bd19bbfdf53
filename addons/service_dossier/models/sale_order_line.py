"""Measures of what is sold, the warranties that follow from it, and free service lines."""

import logging

from odoo import api, fields, models

from ..const import SIDES

_logger = logging.getLogger(__name__)

BATCH = 200


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    dossier_width = fields.Integer(string="Width (mm)")
    dossier_height = fields.Integer(string="Height (mm)")
    dossier_depth = fields.Integer(string="Depth (mm)")
    dossier_color = fields.Char(string="Colour")
    dossier_side = fields.Selection(SIDES, string="Side")
    warranty_ids = fields.One2many("service.warranty", "sale_line_id", string="Warranties", copy=False)
    warranty_due = fields.Integer(
        compute="_compute_warranty_due",
        store=True,
        help="Delivered pieces that have no warranty number yet.",
    )
    service_warranty_id = fields.Many2one(
        "service.warranty", string="Service for", index="btree_not_null", copy=False, readonly=True
    )
    service_free = fields.Boolean(string="Under warranty", readonly=True, copy=False)

    _dossier_sizes_positive = models.Constraint(
        "CHECK(dossier_width >= 0 AND dossier_height >= 0 AND dossier_depth >= 0)", "Dimensions cannot be negative."
    )
    _warranty_due_index = models.Index("(id) WHERE warranty_due > 0")

    @api.depends("qty_delivered", "product_id", "warranty_ids", "state", "service_warranty_id")
    def _compute_warranty_due(self):
        """Count by the product as it is now; a period that is set later makes no warranties for past sales."""
        counts = dict(
            self.env["service.warranty"]
            .sudo()  # salespeople need not see warranties
            .with_context(active_test=False)
            ._read_group([("sale_line_id", "in", self.ids)], ["sale_line_id"], ["__count"])
        )
        for line in self:
            due = 0
            if line.state == "sale" and line.product_id.warranty_months and not line.service_warranty_id:
                due = int(line.qty_delivered) - counts.get(line._origin, 0)
            line.warranty_due = max(due, 0)

    @api.depends("service_free")
    def _compute_price_unit(self):
        """Service lines under warranty stay free, whatever is recomputed later."""
        result = super()._compute_price_unit()
        for line in self.filtered("service_free"):
            line.price_unit = 0.0
            line.technical_price_unit = 0.0
        return result

    def write(self, vals):
        """Make the warranties at once when somebody fills in what was delivered."""
        result = super().write(vals)
        if "qty_delivered" in vals:
            self._create_warranties()
        return result

    def _create_warranties(self):
        """Make the missing warranties of delivered lines; several processes may try at once."""
        lines = self.sudo().filtered("warranty_due").try_lock_for_update()  # numbers are given to every sale
        lines.invalidate_recordset(["warranty_ids", "warranty_due"])
        values = [value for line in lines for value in line._prepare_warranty_values()]
        if values:
            self.env["service.warranty"].sudo().create(values)
        lines.order_id.dossier_id._after_delivery()

    def _prepare_warranty_values(self):
        self.ensure_one()
        used = set(self.with_context(active_test=False).warranty_ids.mapped("unit"))
        free = (unit for unit in range(1, int(self.qty_delivered) + len(used) + 1) if unit not in used)
        order = self.order_id
        common = {
            "company_id": order.company_id.id,
            "partner_id": order.partner_id.id,
            "dossier_id": order.dossier_id.id,
            "sale_line_id": self.id,
            "order_number": order.name.upper(),
            "product_id": self.product_id.id,
            "width": self.dossier_width,
            "height": self.dossier_height,
            "depth": self.dossier_depth,
            "color": self.dossier_color,
            "side": self.dossier_side,
            "element_ids": [(6, 0, self.product_id.warranty_element_ids.ids)],
            "date_start": fields.Date.context_today(self),
            "months": self.product_id.warranty_months,
        }
        return [{**common, "unit": next(free)} for _number in range(self.warranty_due)]

    @api.model
    def _cron_create_warranties(self):
        """Make warranties for what was delivered in other ways than by hand."""
        domain = [("warranty_due", ">", 0)]
        lines = self.search(domain, limit=BATCH)
        self.env["ir.cron"]._commit_progress(remaining=len(lines))
        for line in lines:
            try:
                line._create_warranties()
                self.env.flush_all()
            except Exception:
                self.env.cr.rollback()
                _logger.exception("No warranties for order line %s, the next run tries again", line.id)
            self.env["ir.cron"]._commit_progress(1)
        if len(lines) == BATCH:
            self.env.ref("service_dossier.ir_cron_create_warranties")._trigger()

    def _get_warranty_numbers(self):
        """Return the warranty numbers to print on orders and invoices."""
        warranties_sudo = self.sudo().warranty_ids | self.sudo().service_warranty_id  # printed for the customer
        return ", ".join(warranties_sudo.sorted("name").mapped("name"))
