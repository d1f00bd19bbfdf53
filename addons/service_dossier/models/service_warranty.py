"""Warranties: what was delivered, with its measures, and how long it is covered."""

import base64
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.addons.base_safeguard.domains import either
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .. import dimension_search, warranty_number
from ..const import SIDES, WARRANTY_ENDS
from ..warranty_list import MAX_MONTHS, YEARS

DIMENSIONS = ("width", "height", "depth")
#: What follows from deliveries, returns and imports; nobody fills it in.
BY_METHODS = {"date_ended", "end_reason", "is_rest", "replaces_id", "first_id", "claim_number", "import_key"}


class ServiceWarranty(models.Model):
    """One delivered piece under warranty."""

    _name = "service.warranty"
    _description = "Warranty"
    _inherit = ["service.customer.mixin", "part.search.mixin", "mail.thread"]
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "order_number"]
    _company_bound = ("dossier_id", "sale_line_id", "claim_ids")

    name = fields.Char(
        string="Warranty Number",
        required=True,
        copy=False,
        tracking=True,
        index="trigram",
        default=lambda self: self._next_number(),
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    dossier_id = fields.Many2one("service.dossier", index="btree_not_null", check_company=True)
    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line",
        index="btree_not_null",
        copy=False,
        groups="sales_team.group_sale_salesman",
    )
    unit = fields.Integer(string="Piece", default=1, copy=False, help="Which piece of the order line.")
    order_number = fields.Char(index="trigram", help="Number of the original order.")
    order_key = fields.Char(
        compute="_compute_order_key",
        store=True,
        precompute=True,
        help="The order number as it is searched for: capitals and digits only.",
    )
    product_id = fields.Many2one("product.product", required=True, index=True, check_company=True)
    width = fields.Integer(string="Width (mm)")
    height = fields.Integer(string="Height (mm)")
    depth = fields.Integer(string="Depth (mm)")
    dimensions = fields.Char(compute="_compute_dimensions")
    color = fields.Char(string="Colour")
    side = fields.Selection(SIDES)
    element_ids = fields.Many2many("product.product", "service_warranty_element_rel", string="Elements")
    element_codes = fields.Char(string="Article Codes", compute="_compute_element_codes", compute_sudo=True)
    date_start = fields.Date(
        string="Start Date", required=True, default=lambda self: self.env.company._dossier_day(), tracking=True
    )
    months = fields.Integer(string="Duration (Months)", required=True, default=24, tracking=True)
    date_end = fields.Date(
        string="Covered Until", compute="_compute_date_end", store=True, precompute=True, recursive=True
    )
    is_rest = fields.Boolean(
        string="Rest of the Replaced Unit's Time",
        readonly=True,
        copy=False,
        help="Covered until the replaced unit would have been.",
    )
    date_ended = fields.Date(string="Ended On", readonly=True, copy=False, tracking=True)
    end_reason = fields.Selection(WARRANTY_ENDS, string="Ended Because", readonly=True, copy=False, tracking=True)
    is_valid = fields.Boolean(string="Under Warranty", compute="_compute_is_valid", search="_search_is_valid")
    replaces_id = fields.Many2one("service.warranty", readonly=True, copy=False, index="btree_not_null")
    first_id = fields.Many2one(
        "service.warranty",
        string="First Warranty",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Of the unit that was delivered first; claims of all its replacements count together.",
    )
    claim_ids = fields.One2many("service.warranty.claim", "warranty_id", string="Claims")
    claim_number = fields.Integer(
        string="Claims So Far",
        readonly=True,
        copy=False,
        help="Goes up with each claim under this warranty and its replacements: of two at once, one comes second.",
    )
    import_key = fields.Char(readonly=True, copy=False, help="Which line of a list this was imported from.")

    _name_unique = models.Constraint("UNIQUE(name)", "This warranty number exists already.")
    _line_unit_unique = models.UniqueIndex("(sale_line_id, unit) WHERE sale_line_id IS NOT NULL")
    _customer_size_index = models.Index("(commercial_partner_id, width, height, depth)")
    _size_index = models.Index("(width, height, depth)")
    _customer_order_key_index = models.Index("(commercial_partner_id, order_key)")
    _import_key_unique = models.UniqueIndex("(company_id, import_key) WHERE import_key IS NOT NULL")
    _sizes_positive = models.Constraint(
        "CHECK(width >= 0 AND height >= 0 AND depth >= 0 AND months >= 0)",
        "Dimensions and duration cannot be negative.",
    )

    @api.model
    def _next_number(self):
        body = self.env["ir.sequence"].next_by_code("service.warranty") or ""
        return warranty_number.with_check_digit(warranty_number.normalize(body)) if body else ""

    @api.depends(*DIMENSIONS)
    def _compute_dimensions(self):
        for warranty in self:
            sizes = [str(warranty[name]) for name in DIMENSIONS if warranty[name]]
            warranty.dimensions = " x ".join(sizes) + " mm" if sizes else ""

    @api.depends("element_ids.default_code")
    def _compute_element_codes(self):
        for warranty in self:
            warranty.element_codes = ", ".join(filter(None, warranty.element_ids.mapped("default_code")))

    @api.depends("order_number")
    def _compute_order_key(self):
        for warranty in self:
            warranty.order_key = dimension_search.order_key(warranty.order_number) or False

    @api.depends("date_start", "months", "is_rest", "replaces_id.date_end")
    def _compute_date_end(self):
        for warranty in self:
            if warranty.is_rest:
                warranty.date_end = warranty.replaces_id.date_end
            elif warranty._has_sensible_period():
                after = warranty.date_start + relativedelta(months=warranty.months)
                # where the last month has no such day, its own last day is covered as well
                warranty.date_end = after - timedelta(days=after.day == warranty.date_start.day)
            else:
                warranty.date_end = False  # the constraint says what is wrong

    def _has_sensible_period(self):
        return bool(self.date_start) and self.date_start.year in YEARS and 0 <= self.months <= MAX_MONTHS

    @api.depends("date_start", "date_end", "date_ended")
    def _compute_is_valid(self):
        for warranty in self:
            warranty.is_valid = warranty._is_valid_on((warranty.company_id or self.env.company)._dossier_day())

    def _is_valid_on(self, day):
        """Return whether a claim of that day is covered.

        A unit that was returned or cancelled was never the customer's to claim for; a replaced one was
        until that day.
        """
        if self.date_ended and (self.end_reason != "replaced" or day > self.date_ended):
            return False
        return bool(self.date_start and self.date_end and self.date_start <= day <= self.date_end)

    @api.model
    def _search_is_valid(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._dossier_day()
        running = Domain("date_ended", "=", False) | (
            Domain("end_reason", "=", "replaced") & Domain("date_ended", ">=", today)
        )
        valid = running & Domain("date_start", "<=", today) & Domain("date_end", ">=", today)
        return either(valid, value)

    @api.constrains("name")
    def _check_name(self):
        for warranty in self:
            if not warranty_number.is_valid(warranty.name):
                raise ValidationError(
                    self.env._("“%(number)s” is not a warranty number: its check digit is wrong.", number=warranty.name)
                )

    @api.constrains("date_start", "months")
    def _check_period(self):
        if not all(warranty._has_sensible_period() for warranty in self):
            raise ValidationError(
                self.env._(
                    "A warranty starts between %(first)s and %(last)s and lasts %(months)s months at most.",
                    first=YEARS[0],
                    last=YEARS[-1],
                    months=MAX_MONTHS,
                )
            )

    @api.model
    def _normalize_values(self, values):
        """Return values as they are stored: numbers are searched for in one way of writing."""
        values = dict(values)
        if values.get("name"):
            values["name"] = warranty_number.normalize(values["name"])
        if values.get("order_number"):
            values["order_number"] = " ".join(values["order_number"].upper().split())
        if not self.env.su and BY_METHODS & values.keys():
            raise AccessError(self.env._("How a warranty ends and what it replaces follows from orders."))
        return values

    @api.model_create_multi
    def create(self, vals_list):
        """Store numbers the way they are searched for."""
        return super().create([self._normalize_values(values) for values in vals_list])

    def write(self, vals):
        """Store numbers the way they are searched for."""
        return super().write(self._normalize_values(vals))

    # Claims

    def _chain(self):
        """Return the warranty of the unit that was delivered first."""
        return self.first_id or self

    def _get_limit(self, element=None):
        """Return how much of an element, or of the whole product, this warranty pays for over its life."""
        return self.product_id.product_tmpl_id._get_warranty_limit(element)

    def _end(self, reason):
        """End warranties from today on."""
        for company, warranties in self.grouped("company_id").items():
            warranties.write({"date_ended": company._dossier_day(), "end_reason": reason})

    def _resume(self):
        """Take back that warranties ended."""
        self.write({"date_ended": False, "end_reason": False})

    @api.model
    def _next_numbers(self, count):
        """Return many new numbers at once; a sequence without gaps gives them one by one."""
        domain = [("code", "=", "service.warranty"), ("company_id", "in", [self.env.company.id, False])]
        sequence = self.env["ir.sequence"].search(domain, order="company_id", limit=1)
        if not sequence or sequence.implementation != "standard" or sequence.use_date_range:
            return [self._next_number() for _number in range(count)]
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence.id:03d}",
                count,
            )
        )
        bodies = [sequence.get_next_char(number) for (number,) in rows]
        return [warranty_number.with_check_digit(warranty_number.normalize(body)) for body in bodies]

    # Finding

    @api.model
    def _find_by_number(self, customer, text):
        """Return a customer's warranty with this number, however it is written.

        :raises UserError: if the number cannot be right, so that a typing error is told apart from an unknown number
        """
        number = warranty_number.normalize(text)
        if not number:
            raise UserError(self.env._("Fill in the warranty number."))
        found = self.search([("name", "=", number), ("commercial_partner_id", "in", customer.ids)], limit=1)
        if not found and not warranty_number.is_valid(number):
            raise UserError(
                self.env._("“%(number)s” is not a warranty number; please check what you typed.", number=number[:30])
            )
        return found

    @api.model
    def _find_by_dimensions(self, customer, sizes, *, order_number="", tolerance=0, limit=20):
        """Return a customer's warranties near the given sizes, the nearest first.

        Where nothing has these sizes under this order number, what was probably meant is looked for: sides
        swapped, centimetres, metres, the dossier's number. Each result says so; the customer chooses.

        :param customer: commercial partner, or None for all customers
        :param sizes: width, height, depth in mm; 0 or None where unknown
        :returns: list of ``(warranty, deviation in mm, reasons)``; 0 and no reasons: an exact match
        """
        domain = Domain.TRUE if customer is None else Domain("commercial_partner_id", "=", customer.id)
        for orders, order_reasons in self._order_readings(customer, order_number):
            for reading, size_reasons in dimension_search.readings(sizes):
                found = self._near(domain & orders, reading, tolerance, limit)
                if found:
                    return [(*pair, (*size_reasons, *order_reasons)) for pair in found]
        return []

    @api.model
    def _order_readings(self, customer, order_number):
        """Yield domains for what an order number may mean, and the reasons."""
        key = dimension_search.order_key(order_number)
        if not key:
            yield Domain.TRUE, ()
            return
        yield Domain("order_key", "=", key), ()
        own = Domain.TRUE if customer is None else Domain("commercial_partner_id", "=", customer.id)
        dossiers = self.env["service.dossier"].search(own & Domain("name_key", "=", key))
        if dossiers:
            yield Domain("dossier_id", "in", dossiers.ids), ("dossier",)

    @api.model
    def _near(self, domain, sizes, tolerance, limit):
        """Return pairs of warranty and deviation of a domain, in one query."""
        known = {name: size for name, size in zip(DIMENSIONS, sizes, strict=True) if size}
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
