"""Warranties: what was delivered, with its measures, and how long it is covered."""

import base64

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .. import warranty_number
from ..const import SIDES

DIMENSIONS = ("width", "height", "depth")


class ServiceWarranty(models.Model):
    """One delivered piece under warranty."""

    _name = "service.warranty"
    _description = "Warranty"
    _inherit = ["service.customer.mixin", "mail.thread"]
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "order_number"]

    name = fields.Char(
        string="Warranty number", required=True, copy=False, tracking=True, default=lambda self: self._next_number()
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    dossier_id = fields.Many2one("service.dossier", index="btree_not_null", check_company=True)
    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Order line",
        index="btree_not_null",
        copy=False,
        groups="sales_team.group_sale_salesman",
    )
    unit = fields.Integer(string="Piece", default=1, copy=False, help="Which piece of the order line.")
    order_number = fields.Char(index="btree_not_null", help="Number of the original order.")
    product_id = fields.Many2one("product.product", required=True, index=True, check_company=True)
    width = fields.Integer(string="Width (mm)")
    height = fields.Integer(string="Height (mm)")
    depth = fields.Integer(string="Depth (mm)")
    dimensions = fields.Char(compute="_compute_dimensions")
    color = fields.Char(string="Colour")
    side = fields.Selection(SIDES)
    element_ids = fields.Many2many("product.product", "service_warranty_element_rel", string="Elements")
    element_codes = fields.Char(string="Article codes", compute="_compute_element_codes", compute_sudo=True)
    date_start = fields.Date(string="Start", required=True, default=fields.Date.context_today, tracking=True)
    months = fields.Integer(string="Duration (months)", required=True, default=24, tracking=True)
    date_end = fields.Date(string="Covered until", compute="_compute_date_end", store=True, precompute=True)
    is_valid = fields.Boolean(string="Under warranty", compute="_compute_is_valid", search="_search_is_valid")

    _name_unique = models.Constraint("UNIQUE(name)", "This warranty number exists already.")
    _line_unit_unique = models.UniqueIndex("(sale_line_id, unit) WHERE sale_line_id IS NOT NULL")
    _customer_size_index = models.Index("(commercial_partner_id, width, height, depth)")
    _size_index = models.Index("(width, height, depth)")
    _customer_order_index = models.Index("(commercial_partner_id, order_number)")
    _sizes_positive = models.Constraint(
        "CHECK(width >= 0 AND height >= 0 AND depth >= 0 AND months >= 0)",
        "Dimensions and duration cannot be negative.",
    )

    @api.model
    def _next_number(self):
        body = self.env["ir.sequence"].sudo().next_by_code("service.warranty") or ""
        return warranty_number.with_check_digit(warranty_number.normalise(body)) if body else ""

    @api.depends(*DIMENSIONS)
    def _compute_dimensions(self):
        for warranty in self:
            sizes = [str(warranty[name]) for name in DIMENSIONS if warranty[name]]
            warranty.dimensions = " x ".join(sizes) + " mm" if sizes else ""

    @api.depends("element_ids.default_code")
    def _compute_element_codes(self):
        for warranty in self:
            warranty.element_codes = ", ".join(filter(None, warranty.element_ids.mapped("default_code")))

    @api.depends("date_start", "months")
    def _compute_date_end(self):
        for warranty in self:
            end = warranty.date_start and warranty.date_start + relativedelta(months=warranty.months, days=-1)
            warranty.date_end = end

    @api.depends("date_start", "date_end")
    def _compute_is_valid(self):
        today = fields.Date.context_today(self)
        for warranty in self:
            warranty.is_valid = warranty._is_valid_on(today)

    def _is_valid_on(self, day):
        """Return whether a day is covered."""
        return bool(self.date_start and self.date_end and self.date_start <= day <= self.date_end)

    @api.model
    def _search_is_valid(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        valid = Domain("date_start", "<=", today) & Domain("date_end", ">=", today)
        return (valid if True in value else Domain.FALSE) | (~valid if False in value else Domain.FALSE)

    @api.constrains("name")
    def _check_name(self):
        for warranty in self:
            if not warranty_number.is_valid(warranty.name):
                raise ValidationError(
                    self.env._("“%(number)s” is not a warranty number: its check digit is wrong.", number=warranty.name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Store numbers the way they are searched for."""
        for values in vals_list:
            if values.get("name"):
                values["name"] = warranty_number.normalise(values["name"])
        return super().create(vals_list)

    def write(self, vals):
        """Store numbers the way they are searched for."""
        if vals.get("name"):
            vals = {**vals, "name": warranty_number.normalise(vals["name"])}
        return super().write(vals)

    # Finding

    @api.model
    def _find_by_number(self, customer, text):
        """Return a customer's warranty with this number, however it is written.

        :raises UserError: if the number cannot be right, so that a typing error is told apart from an unknown number
        """
        number = warranty_number.normalise(text)
        if not number:
            raise UserError(self.env._("Fill in the warranty number."))
        found = self.search([("name", "=", number), ("commercial_partner_id", "=", customer.id)], limit=1)
        if not found and not warranty_number.is_valid(number):
            raise UserError(
                self.env._("“%(number)s” is not a warranty number; please check what you typed.", number=number[:30])
            )
        return found

    @api.model
    def _find_by_dimensions(self, customer, sizes, *, order_number="", tolerance=0, limit=20):
        """Return a customer's warranties near the given sizes, the nearest first.

        :param customer: commercial partner, or None for all customers
        :param sizes: width, height, depth in mm; 0 or None where unknown
        :returns: list of ``(warranty, deviation in mm)``; 0 is an exact match
        """
        known = {name: size for name, size in zip(DIMENSIONS, sizes, strict=True) if size}
        domain = Domain.TRUE
        if customer is not None:
            domain &= Domain("commercial_partner_id", "=", customer.id)
        if order_number:
            domain &= Domain("order_number", "=", order_number.strip().upper())
        for name, size in known.items():
            domain &= Domain(name, ">=", size - tolerance) & Domain(name, "<=", size + tolerance)
        query = self._search(domain, limit=limit)
        table = self._table
        deviation = SQL(" + ").join(
            [SQL("abs(%s - %s)", SQL.identifier(table, name), size) for name, size in known.items()] or [SQL("0")]
        )
        query._order = SQL("%s, %s", deviation, SQL.identifier(table, "id"))
        rows = self.env.execute_query(query.select(SQL.identifier(table, "id"), SQL("%s", deviation)))
        warranties = self.browse([row[0] for row in rows])
        return list(zip(warranties, [row[1] for row in rows], strict=True))

    # Pricing and transfer

    def _service_url(self):
        """Return the address that the QR code of this warranty stands for."""
        self.ensure_one()
        return f"{self.get_base_url()}/my/service/{self.name}"

    def _qr_code(self):
        """Return the QR code of this warranty as a data URI."""
        self.ensure_one()
        image = self.env["ir.actions.report"].barcode("QR", self._service_url(), width=220, height=220)
        return "data:image/png;base64," + base64.b64encode(image).decode()

    def _transfer(self, partner):
        """Hand warranties over to another customer; the dossier stays with the old one."""
        self._hand_over(partner)
        self.dossier_id = False
