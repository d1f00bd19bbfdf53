from odoo import api, fields, models
from odoo.addons.base_safeguard.languages import installed_language
from odoo.exceptions import AccessError, UserError
from odoo.tools import is_html_empty

from ..utils import with_own_defaults
from . import recurring_pattern, recurring_recurrence  # noqa: F401 - what it inherits from is defined first

#: Computed as on an invoice when it is made, editable afterwards.
CHOSEN = {"store": True, "readonly": False}
#: The same, of a record that may be looked for.
CHOSEN_RECORD = {**CHOSEN, "index": "btree_not_null"}
#: What methods note of a contract and its revenue.
NOTED = ("date_notice_given", "date_reminded", "date_cancel_asked", "noted_revenue")


class RecurringInvoice(models.Model):
    """What the invoices of a recurrence are made from: the fields of an invoice, none of the books."""

    _name = "recurring.invoice"
    _description = "Recurring Invoice"
    _inherits = {"recurring.recurrence": "recurrence_id"}
    _inherit = ["mail.thread", "utm.mixin"]
    _order = "id desc"
    _rec_name = "name"
    _check_company_auto = True

    recurrence_id = fields.Many2one(
        "recurring.recurrence", required=True, readonly=True, ondelete="cascade", index=True
    )
    # a column, too: Odoo's privacy lookup reads it in every table that names people
    active = fields.Boolean(related="recurrence_id.active", store=True, readonly=False)
    journal_id = fields.Many2one(
        "account.journal",
        compute="_compute_journal_id",
        domain="[('type', '=', 'sale')]",
        check_company=True,
        **CHOSEN_RECORD,
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id", **CHOSEN_RECORD)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    commercial_partner_id = fields.Many2one(related="partner_id.commercial_partner_id", string="Commercial Entity")
    partner_shipping_id = fields.Many2one(
        "res.partner", "Delivery Address", compute="_compute_partner_shipping_id", check_company=True, **CHOSEN_RECORD
    )
    fiscal_position_id = fields.Many2one(
        "account.fiscal.position", compute="_compute_fiscal_position_id", check_company=True, **CHOSEN_RECORD
    )
    fiscal_position_found_id = fields.Many2one(
        "account.fiscal.position",
        compute="_compute_fiscal_position_found_id",
        **CHOSEN_RECORD,
        help="The fiscal position of the customer when it was chosen: another one since then asks a person.",
    )
    show_update_fpos = fields.Boolean(store=False)
    invoice_payment_term_id = fields.Many2one(
        "account.payment.term",
        "Payment Terms",
        compute="_compute_invoice_payment_term_id",
        check_company=True,
        **CHOSEN_RECORD,
    )
    preferred_payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        "Payment Method",
        compute="_compute_preferred_payment_method_line_id",
        **CHOSEN_RECORD,
    )
    partner_bank_id = fields.Many2one(
        "res.partner.bank", "Recipient Bank", compute="_compute_partner_bank_id", check_company=True, **CHOSEN_RECORD
    )
    payment_reference = fields.Char(help="The same on every invoice; empty: each invoice gets its own.")
    qr_code_method = fields.Selection(
        selection=lambda self: self.env["res.partner.bank"].get_available_qr_methods_in_sequence(),
        string="Payment QR-code",
    )
    ref = fields.Char("Customer Reference")
    invoice_user_id = fields.Many2one("res.users", "Salesperson", compute="_compute_invoice_user_id", **CHOSEN_RECORD)
    sales_team_id = fields.Many2one(
        "crm.team", compute="_compute_sales_team_id", check_company=True, ondelete="set null", **CHOSEN_RECORD
    )
    campaign_id = fields.Many2one(ondelete="set null", index="btree_not_null")
    medium_id = fields.Many2one(ondelete="set null", index="btree_not_null")
    source_id = fields.Many2one(ondelete="set null", index="btree_not_null")
    invoice_incoterm_id = fields.Many2one(
        "account.incoterms", "Incoterm", default=lambda self: self.env.company.incoterm_id, index="btree_not_null"
    )
    incoterm_location = fields.Char()
    invoice_cash_rounding_id = fields.Many2one("account.cash.rounding", "Cash Rounding Method", index="btree_not_null")
    narration = fields.Html("Terms and Conditions", compute="_compute_narration", sanitize_style=True, **CHOSEN)
    invoice_line_ids = fields.One2many("recurring.invoice.line", "invoice_id", "Invoice Lines", copy=True)
    tax_country_id = fields.Many2one("res.country", compute="_compute_tax_country_id")
    company_price_include = fields.Selection(related="company_id.account_price_include")
    tax_totals = fields.Binary(compute="_compute_tax_totals", exportable=False)
    amount_untaxed = fields.Monetary(compute="_compute_amounts", store=True)
    amount_tax = fields.Monetary("Tax", compute="_compute_amounts", store=True)
    amount_total = fields.Monetary("Total", compute="_compute_amounts", store=True)
    # the pattern is described while the recurrence does not exist yet
    summary = fields.Char("Pattern", compute="_compute_preview")
    next_dates = fields.Text(compute="_compute_preview")
    rrule = fields.Char("RFC 5545 Rule", compute="_compute_preview")

    _recurrence_uniq = models.Constraint("UNIQUE(recurrence_id)", "A recurrence has one recurring invoice.")

    @api.model
    def default_get(self, fields):
        """Start with a monthly recurrence that catches up."""
        monthly = {"default_freq": "monthly", "default_month_by": "day", "default_catch_up": True}
        return super(RecurringInvoice, self.with_context(**{**monthly, **self.env.context})).default_get(fields)

    @api.depends("company_id")
    def _compute_journal_id(self):
        for record in self:
            company = record.company_id or self.env.company
            if record.journal_id.company_id not in company.parent_ids:
                journals = self.env["account.journal"]
                domain = [*journals._check_company_domain(company), ("type", "=", "sale")]
                record.journal_id = journals.search(domain, limit=1)

    @api.depends("journal_id", "company_id")
    def _compute_currency_id(self):
        for record in self:
            record.currency_id = record.journal_id.currency_id or record.currency_id or record._find_currency()

    def _find_currency(self):
        """Return the currency that Odoo chooses for an invoice in the journal."""
        return self.journal_id.currency_id or (self.company_id or self.env.company).currency_id

    @api.depends("partner_id")
    def _compute_partner_shipping_id(self):
        for record in self:
            record.partner_shipping_id = record._find_delivery_address()

    def _find_delivery_address(self):
        """Return the address that Odoo chooses for an invoice of the customer."""
        return self.env["res.partner"].browse(self.partner_id.address_get(["delivery"])["delivery"])

    @api.depends("partner_id", "partner_shipping_id", "company_id")
    def _compute_fiscal_position_id(self):
        for record in self:
            record.fiscal_position_id = record._find_fiscal_position(record.partner_id, record.partner_shipping_id)

    @api.depends("partner_id", "partner_shipping_id", "company_id")
    def _compute_fiscal_position_found_id(self):
        for record in self:
            record.fiscal_position_found_id = record._find_fiscal_position(
                record.partner_id, record.partner_shipping_id
            )

    def _find_fiscal_position(self, partner, delivery=None):
        """Return the fiscal position that Odoo chooses for an invoice of a customer."""
        delivery = delivery or self.env["res.partner"].browse(partner.address_get(["delivery"])["delivery"])
        positions = self.env["account.fiscal.position"].with_company(self.company_id)
        return positions._get_fiscal_position(partner, delivery=delivery)

    @api.depends("partner_id", "company_id")
    def _compute_invoice_payment_term_id(self):
        for record in self:
            record.invoice_payment_term_id = record._find_payment_term()

    def _find_payment_term(self):
        """Return the payment term of the customer."""
        return self.partner_id.with_company(self.company_id).property_payment_term_id

    @api.depends("partner_id", "company_id")
    def _compute_preferred_payment_method_line_id(self):
        for record in self:
            record.preferred_payment_method_line_id = record._find_payment_method()

    def _find_payment_method(self):
        """Return the payment method of the customer."""
        return self.partner_id.with_company(self.company_id).property_inbound_payment_method_line_id

    @api.depends("currency_id", "preferred_payment_method_line_id", "company_id")
    def _compute_partner_bank_id(self):
        for record in self:
            record.partner_bank_id = record._find_bank_account()

    def _find_bank_account(self):
        """Return the bank account of the company that Odoo chooses for an invoice."""
        owner = self.company_id.partner_id
        method = self.preferred_payment_method_line_id or owner.property_inbound_payment_method_line_id
        if method.journal_id:
            return method.journal_id.bank_account_id
        banks = owner.bank_ids.filtered(lambda bank: not bank.company_id or bank.company_id == self.company_id)
        # the order in which an invoice takes them
        return banks.sorted(
            lambda bank: (bool(bank.currency_id) and bank.currency_id != self.currency_id, not bank.allow_out_payment)
        )[:1]

    @api.depends("partner_id")
    def _compute_invoice_user_id(self):
        for record in self:
            partner = record.partner_id
            if partner:
                record.invoice_user_id = (
                    record.invoice_user_id or partner.user_id or partner.commercial_partner_id.user_id or self.env.user
                )

    @api.depends("invoice_user_id", "company_id")
    def _compute_sales_team_id(self):
        for record in self:
            teams = self.env["crm.team"].with_context(allowed_company_ids=record.company_id.ids)
            record.sales_team_id = teams._get_default_team_id(user_id=record.invoice_user_id.id)

    @api.depends("partner_id", "company_id")
    def _compute_narration(self):
        for record in self:
            record.narration = record._default_terms(record.partner_id)

    def _default_terms(self, partner):
        """Return the terms that Odoo puts on an invoice of a customer, in the customer's language."""
        parameters_sudo = self.env["ir.config_parameter"].sudo()  # as Odoo reads it for everybody
        if not parameters_sudo.get_param("account.use_invoice_terms"):
            return False
        company = self.company_id.with_context(lang=installed_language(self.env, partner.lang, self.env.user.lang))
        if company.terms_type == "html":
            return company.env._("Terms & Conditions: %s", f"{company.get_base_url()}/terms")
        return False if is_html_empty(company.invoice_terms) else company.invoice_terms

    @api.depends("company_id", "fiscal_position_id")
    def _compute_tax_country_id(self):
        for record in self:
            foreign = record.fiscal_position_id.foreign_vat and record.fiscal_position_id.country_id
            record.tax_country_id = foreign or record.company_id.account_fiscal_country_id

    @api.depends(
        "invoice_line_ids.price_subtotal", "invoice_line_ids.price_total", "invoice_line_ids.date_once",
        "currency_id", "invoice_cash_rounding_id",
    )  # fmt: skip
    def _compute_tax_totals(self):
        for record in self:
            record.tax_totals = record._summarize_taxes()

    @api.depends(
        "invoice_line_ids.price_subtotal", "invoice_line_ids.price_total", "invoice_line_ids.date_once",
        "currency_id", "invoice_cash_rounding_id",
    )  # fmt: skip
    def _compute_amounts(self):
        for record in self:
            totals = record._summarize_taxes()
            record.amount_untaxed = totals["base_amount_currency"]
            record.amount_tax = totals["tax_amount_currency"]
            record.amount_total = totals["total_amount_currency"]

    def _summarize_taxes(self):
        """Return the totals as Odoo finds them for an invoice with these lines."""
        self.ensure_one()
        company = self.company_id or self.env.company
        taxes = self.env["account.tax"]
        lines = self.invoice_line_ids.filtered(lambda line: line.display_type == "product" and not line.date_once)
        base_lines = [line._prepare_base_line() for line in lines]
        taxes._add_tax_details_in_base_lines(base_lines, company)
        taxes._round_base_lines_tax_details(base_lines, company)
        return taxes._get_tax_totals_summary(
            base_lines=base_lines,
            currency=self.currency_id or company.currency_id,
            company=company,
            cash_rounding=self.invoice_cash_rounding_id,
        )

    @api.depends(lambda self: (*self.env["recurring.pattern"]._pattern_fields(), "user_id", "company_id"))
    @api.depends_context("lang")
    def _compute_preview(self):
        recurrences = self.env["recurring.recurrence"]
        for record in self:
            record.update(recurrences._pattern_preview(record))

    @api.onchange("fiscal_position_id")
    def _onchange_fiscal_position_id(self):
        self.show_update_fpos = bool(self.invoice_line_ids)

    @api.model_create_multi
    def create(self, vals_list):
        """Make the recurrence together with its invoice."""
        type_id = self.env.ref("recurring_interaction.mail_activity_type_invoice").id
        prepared = []
        self._check_own_recurrence(*vals_list)
        if not self.env.su:
            for vals in vals_list:
                self.env["recurring.interaction"]._check_protected((name for name in NOTED if vals.get(name)), self)
            vals_list = with_own_defaults(self, ["recurrence_id", *NOTED], vals_list)
            vals_list = with_own_defaults(self.env["recurring.recurrence"], recurring_recurrence.GENERATED, vals_list)
        for vals in vals_list:
            if vals.get("recurrence_id"):
                prepared.append(vals)
                continue
            start = {"freq": "monthly", "catch_up": True, "name": self._default_name(vals), **vals}
            start["name"] = start["name"] or self._default_name(vals)
            prepared.append({**start, "kind": "invoice", "type_id": type_id})
        return super().create(prepared)

    def write(self, vals):
        """Keep the recurrence that was made together with it, and write what belongs to that in one go.

        Field by field, as Odoo does, an end and its day would each be checked without the other.
        """
        self._check_own_recurrence(vals)
        if not self.env.su:
            self.env["recurring.interaction"]._check_protected(vals.keys() & NOTED, self)
        shared = {name: value for name, value in vals.items() if self._fields[name].inherited}
        if shared:
            self.check_access("write")
            self.recurrence_id.write(shared)
        return super().write({name: value for name, value in vals.items() if name not in shared})

    def _check_own_recurrence(self, *vals_list):
        """:raises AccessError: when somebody gives a recurring invoice another recurrence than its own"""
        if not self.env.su and any(vals.get("recurrence_id") for vals in vals_list):
            raise AccessError(self.env._("A recurring invoice makes its recurrence itself."))

    @api.model
    def _default_name(self, vals):
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        return self.env._("Invoice for %(customer)s", customer=partner.display_name or self.env._("customer"))

    def copy_data(self, default=None):
        """A copy recurs like the first and is not generated yet."""
        result = super().copy_data(default)
        for record, values in zip(self, result, strict=True):
            if "name" not in (default or {}):
                values["name"] = self.env._("%(name)s (copy)", name=record.name)
        return result

    def unlink(self):  # pylint: disable=method-required-super  # deleting the recurrence comes back to the method below
        """Take the recurrences along, and what they have planned."""
        self.check_access("unlink")
        return self.recurrence_id.unlink()

    def _unlink_with_recurrence(self):
        return super().unlink()  # pylint: disable=super-method-mismatch

    # Actions

    def action_archive(self):
        """Stop the recurrences: what is still open from today on is taken back."""
        return self.recurrence_id.action_archive()

    def action_unarchive(self):
        """Take the recurrences up again; nothing is planned by that."""
        return self.recurrence_id.action_unarchive()

    def action_generate(self):
        """Ask for confirmation before the invoices are planned."""
        return self.recurrence_id.action_generate()

    def action_open_interactions(self):
        """List the planned invoices."""
        return self.recurrence_id.action_open_interactions()

    def action_open_year(self):
        """Show a year of the planned and issued invoices."""
        return self.recurrence_id.action_open_year()

    def action_open_invoices(self):
        """List the invoices made from this one."""
        return self.recurrence_id.action_open_invoices()

    def action_preview(self):
        """Show the PDF of the next invoice."""
        self.ensure_one()
        self.recurrence_id._check_ready()
        return {
            "type": "ir.actions.act_url",
            "url": f"/recurring_interaction/preview/{self.recurrence_id.id}",
            "target": "new",
        }

    def action_update_fpos_values(self):
        """Find prices, taxes and accounts anew for the fiscal position."""
        self.check_access("write")
        if not all(record.recurrence_id.active for record in self):
            raise UserError(self.env._("This recurrence is archived. Unarchive it first."))
        self.invoice_line_ids._take_anew()

    def action_take_anew(self):
        """Take terms, addresses, taxes and accounts as they are for the customer today."""
        self.check_access("write")
        self._compute_anew(
            "partner_shipping_id", "fiscal_position_id", "invoice_payment_term_id",
            "preferred_payment_method_line_id", "partner_bank_id", *self._found_fields(),
        )  # fmt: skip
        for record in self.filtered(lambda record: not record.journal_id.active):
            record.journal_id = False
            record._compute_journal_id()
        self.invoice_line_ids._take_anew()
        self.recurrence_id._try_again()

    def action_keep_agreed(self):
        """Go on with what was agreed, whatever it was replaced by: it was seen."""
        self.check_access("write")
        self._compute_anew(*self._found_fields())
        self.invoice_line_ids._note_found()
        self.recurrence_id._try_again()

    def _compute_anew(self, *names):
        for name in names:
            self.env.add_to_compute(self._fields[name], self)
        self._recompute_recordset(names)
