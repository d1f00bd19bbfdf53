from odoo import api, fields, models
from odoo.addons.base_safeguard.languages import installed_language

from ..utils import with_own_defaults


class RecurringInvoiceLine(models.Model):
    """A line of a recurring invoice: the fields of an invoice line, found as Odoo finds them."""

    _name = "recurring.invoice.line"
    _description = "Line of a Recurring Invoice"
    _inherit = ["analytic.mixin"]
    _order = "invoice_id, sequence, id"
    _check_company_auto = True

    invoice_id = fields.Many2one("recurring.invoice", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="invoice_id.recurrence_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="invoice_id.currency_id")
    partner_id = fields.Many2one(related="invoice_id.partner_id")
    sequence = fields.Integer(default=100)
    display_type = fields.Selection(
        [("product", "Product"), ("line_section", "Section"), ("line_subsection", "Subsection"), ("line_note", "Note")],
        required=True,
        default="product",
    )
    collapse_composition = fields.Boolean("Hide Composition")
    collapse_prices = fields.Boolean("Hide Prices")
    product_id = fields.Many2one("product.product", ondelete="restrict", check_company=True, index="btree_not_null")
    name = fields.Text("Label", compute="_compute_name", store=True, readonly=False)
    account_id = fields.Many2one(
        "account.account",
        index="btree_not_null",
        compute="_compute_account_id",
        store=True,
        readonly=False,
        check_company=True,
        domain="[('account_type', 'not in', ('asset_receivable', 'liability_payable', 'off_balance'))]",
    )
    quantity = fields.Float(compute="_compute_quantity", store=True, readonly=False, digits="Product Unit")
    product_uom_id = fields.Many2one(
        "uom.uom", "Unit", compute="_compute_product_uom_id", store=True, readonly=False, index="btree_not_null"
    )
    price_unit = fields.Float(
        compute="_compute_price_unit", store=True, readonly=False, min_display_digits="Product Price"
    )
    quantity_source = fields.Selection(
        [
            ("fixed", "As in this line"),
            ("typed", "Entered for each date"),
            ("analytic", "Hours on the analytic account"),
        ],
        "Quantity From",
        required=True,
        default="fixed",
        help="Entered: the invoice waits until the number of its date is there. Hours: what was booked on the "
        "analytic account within the invoiced period.",
    )
    quantity_ids = fields.One2many("recurring.quantity", "line_id", "Quantities")
    is_once = fields.Boolean("Next Invoice Only", help="Billed once, to the customer of this recurring invoice.")
    date_once = fields.Date("Billed For", readonly=True, copy=False, help="The date that a line was billed for once.")
    discount = fields.Float("Discount (%)", digits="Discount")
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes",
        compute="_compute_tax_ids",
        store=True,
        readonly=False,
        check_company=True,
        # an archived tax is not forgotten: it is told
        context={"active_test": False, "hide_original_tax_ids": True},
    )
    tax_source_ids = fields.Many2many(
        "account.tax",
        "recurring_invoice_line_tax_source_rel",
        string="Taxes of the Product",
        compute="_compute_tax_source_ids",
        store=True,
        readonly=False,
        context={"active_test": False},
        help="As they were when this was agreed, before any fiscal position.",
    )
    tax_found_ids = fields.Many2many(
        "account.tax",
        "recurring_invoice_line_tax_found_rel",
        string="Taxes When Agreed",
        compute="_compute_tax_found_ids",
        store=True,
        readonly=False,
        context={"active_test": False},
        help="What Odoo chose when this was agreed: other taxes since ask a person.",
    )
    account_found_id = fields.Many2one(
        "account.account",
        "Account When Agreed",
        compute="_compute_account_found_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        help="What Odoo chose when this was agreed: another account since asks a person.",
    )
    price_subtotal = fields.Monetary("Subtotal", compute="_compute_totals", store=True)
    price_total = fields.Monetary("Total", compute="_compute_totals", store=True)

    _accountable_has_no_heading = models.Constraint(
        "CHECK(display_type = 'product' OR (product_id IS NULL AND account_id IS NULL))",
        "Sections and notes have neither product nor account.",
    )

    @api.depends("product_id", "name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.product_id.display_name or line.name

    @api.depends("product_id")
    def _compute_name(self):
        for line in self:
            if line.product_id:
                line.name = line._product_text(line.partner_id.lang)
            else:
                line.name = line.name

    def _product_text(self, lang):
        """Return the text of the product on an invoice in a language."""
        product = self.product_id.with_context(lang=installed_language(self.env, lang))
        return "\n".join(filter(None, [product.display_name, product.description_sale]))

    @api.depends("product_id", "display_type")
    def _compute_account_id(self):
        for line in self:
            line.account_id = line._find_account() if line.display_type == "product" else False

    def _find_account(self):
        """Return the account that Odoo chooses for this line on an invoice."""
        if self.product_id:
            return self._product_account(self.invoice_id.fiscal_position_id) or self.account_id
        invoice = self.invoice_id
        frequent = invoice.partner_id and self.env["account.account"]._get_most_frequent_account_for_partner(
            company_id=invoice.company_id.id, partner_id=invoice.partner_id.id, move_type="out_invoice"
        )
        return self.env["account.account"].browse(frequent) or self.account_id or invoice.journal_id.default_account_id

    def _product_account(self, position):
        template = self.product_id.product_tmpl_id.with_company(self.company_id or self.invoice_id.company_id)
        return template.get_product_accounts(fiscal_pos=position)["income"]

    @api.depends("display_type")
    def _compute_quantity(self):
        for line in self:
            line.quantity = (line.quantity or 1.0) if line.display_type == "product" else 0.0

    @api.depends("product_id")
    def _compute_product_uom_id(self):
        for line in self:
            line.product_uom_id = line.product_id.uom_id

    @api.depends("product_id", "product_uom_id")
    def _compute_price_unit(self):
        for line in self:
            line.price_unit = line._find_price() if line.product_id else line.price_unit

    def _find_price(self):
        """Return the price that Odoo puts on an invoice for this product."""
        invoice = self.invoice_id
        company = invoice.company_id or self.env.company
        return self.product_id._get_tax_included_unit_price(
            company,
            invoice.currency_id or company.currency_id,
            fields.Date.context_today(self),
            "sale",
            fiscal_position=invoice.fiscal_position_id,
            product_uom=self.product_uom_id,
        )

    @api.depends("product_id", "product_uom_id")
    def _compute_tax_ids(self):
        for line in self:
            if line.display_type == "product" and (line.product_id or not line.tax_ids):
                line.tax_ids = line._find_taxes()
            else:
                line.tax_ids = line.tax_ids

    def _find_taxes(self):
        """Return the taxes that Odoo chooses for this line on an invoice."""
        return self.invoice_id.fiscal_position_id.map_tax(self._default_taxes())

    def _default_taxes(self):
        """Return the taxes that Odoo puts on this line before any fiscal position."""
        company = self.invoice_id.company_id or self.env.company
        domain = self.env["account.tax"]._check_company_domain(company)
        taxes = self.product_id.taxes_id.filtered_domain(domain) or self.account_id.tax_ids.filtered(
            lambda tax: tax.type_tax_use == "sale"
        )
        return taxes._filter_taxes_by_company(company)

    @api.depends("product_id", "product_uom_id")
    def _compute_tax_source_ids(self):
        for line in self:
            line.tax_source_ids = line.display_type == "product" and line._default_taxes()

    @api.depends("product_id", "product_uom_id")
    def _compute_tax_found_ids(self):
        for line in self:
            line.tax_found_ids = line.display_type == "product" and line._find_taxes()

    @api.depends("product_id", "display_type")
    def _compute_account_found_id(self):
        for line in self:
            position = line.invoice_id.fiscal_position_id
            line.account_found_id = line._product_account(position) if line.product_id else False

    def _note_found(self):
        """Note what Odoo would choose today as what was seen."""
        self._compute_tax_source_ids()
        self._compute_tax_found_ids()
        self._compute_account_found_id()

    @api.depends("product_id", "partner_id", "account_id")
    def _compute_analytic_distribution(self):
        models_of_distribution = self.env["account.analytic.distribution.model"]
        for line in self.filtered(lambda line: line.display_type == "product"):
            found = models_of_distribution._get_distribution(
                {
                    "product_id": line.product_id.id,
                    "product_categ_id": line.product_id.categ_id.id,
                    "partner_id": line.partner_id.id,
                    "partner_category_id": line.partner_id.category_id.ids,
                    "account_prefix": line.account_id.code,
                    "company_id": line.invoice_id.company_id.id,
                }
            )
            line.analytic_distribution = found or line.analytic_distribution

    @api.depends("display_type", "quantity", "discount", "price_unit", "tax_ids", "currency_id")
    def _compute_totals(self):
        taxes = self.env["account.tax"]
        for line in self:
            if line.display_type != "product":
                line.price_subtotal = line.price_total = 0.0
                continue
            company = line.invoice_id.company_id or self.env.company
            base_line = line._prepare_base_line()
            taxes._add_tax_details_in_base_line(base_line, company)
            taxes._round_base_lines_tax_details([base_line], company)
            line.price_subtotal = base_line["tax_details"]["total_excluded_currency"]
            line.price_total = base_line["tax_details"]["total_included_currency"]

    def _prepare_base_line(self):
        """Return this line as Odoo's computation of taxes takes it."""
        self.ensure_one()
        invoice = self.invoice_id
        company = invoice.company_id or self.env.company
        currency = invoice.currency_id or company.currency_id
        today = fields.Date.context_today(self)
        return self.env["account.tax"]._prepare_base_line_for_taxes_computation(
            self,
            price_unit=self.price_unit,
            quantity=self.quantity,
            discount=self.discount,
            tax_ids=self.tax_ids,
            currency_id=currency,
            partner_id=invoice.partner_id,
            rate=self.env["res.currency"]._get_conversion_rate(company.currency_id, currency, company, today),
            name=self.name,
        )

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: when somebody says that a line was billed once"""
        if not self.env.su:
            for vals in vals_list:
                self._check_noted({"date_once"} if vals.get("date_once") else ())
            vals_list = with_own_defaults(self, ["date_once"], vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """:raises AccessError: when it is moved to a recurring invoice of others, or said to be billed once"""
        if not self.env.su:
            self._check_noted(vals.keys() & {"date_once"})
        result = super().write(vals)
        if "invoice_id" in vals:
            self.check_access("write")  # Odoo asks before the move only
        return result

    def _check_noted(self, names):
        self.env["recurring.interaction"]._check_protected(names, self)

    # Another customer, or another day

    def _take_anew(self):
        """Find taxes, accounts and the prices that depend on them anew."""
        for line in self.filtered(lambda line: line.display_type == "product"):
            position = line.invoice_id.fiscal_position_id
            source = (line._default_taxes() if line.product_id else None) or line._unmapped_taxes()
            taxes = position.map_tax(source)
            line.price_unit = line._price_with(line.price_unit, taxes, source)
            line.account_id = line._find_account()
            line.tax_ids = taxes
        self._note_found()

    def _unmapped_taxes(self):
        """Return the taxes of this line as they would be without the fiscal position of its invoice."""
        if self.tax_source_ids and self.tax_ids == self.tax_found_ids:
            return self.tax_source_ids
        position = self.invoice_id.fiscal_position_id
        defaults = self._default_taxes() if self.product_id else self.env["account.tax"]
        if defaults and position.map_tax(defaults) == self.tax_ids:
            return defaults
        return self.env["account.tax"].union(
            *((tax in position.tax_ids and tax.original_tax_ids) or tax for tax in self.tax_ids)
        )

    def _price_with(self, price, taxes, source=None):
        """Return a price of this line as it is with other taxes than those of the line.

        The way is Odoo's: from the price without a fiscal position (net value kept where its taxes are all
        included) to the price with the other one.

        :param source: the taxes without a fiscal position where they were replaced: that alone changes no price,
            unless they are included in it and those before were not, or the other way round
        """
        if taxes == self.tax_ids:
            return price
        unmapped = self._unmapped_taxes()
        if unmapped != self.tax_ids and unmapped and all(unmapped.mapped("price_include")):
            price = self._gross(self._net(price, self.tax_ids), unmapped)
        if not source or (unmapped and {*unmapped.mapped("price_include")} != {*source.mapped("price_include")}):
            source = unmapped
        return source._adapt_price_unit_to_another_taxes(
            price_unit=price,
            product=self.product_id,
            original_taxes=source,
            new_taxes=taxes,
            product_uom=self.product_uom_id,
        )

    def _net(self, price, taxes):
        details = taxes._get_tax_details(
            price, 1.0, rounding_method="round_globally", product=self.product_id, product_uom=self.product_uom_id
        )
        return details["total_excluded"]

    def _gross(self, price, taxes):
        details = taxes._get_tax_details(
            price,
            1.0,
            rounding_method="round_globally",
            product=self.product_id,
            product_uom=self.product_uom_id,
            special_mode="total_excluded",
        )
        return price + sum(item["tax_amount"] for item in details["taxes_data"] if item["tax"].price_include)
