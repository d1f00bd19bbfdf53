from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.tools import format_date

from ..const import BILLING_GROUP, DRAFT_CONTEXT, PATTERNS_KEY
from ..recurrence import period
from ..utils import fill_placeholders, today_of

#: Kinds of invoice lines that carry a price.
PRICED = ("product",)


class RecurringRecurrence(models.Model):
    """The half of a recurrence that makes invoices from a pattern."""

    _inherit = "recurring.recurrence"

    move_id = fields.Many2one(
        "account.move",
        "Invoice Pattern",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        context={PATTERNS_KEY: True},
    )
    customer_ids = fields.Many2many(
        "res.partner",
        "recurring_recurrence_customer_rel",
        string="Further Customers",
        help="Each of them gets an invoice of their own from the same pattern.",
        check_company=True,
    )
    auto_issue = fields.Boolean(
        "Issue Automatically", help="Invoices are made, posted and mailed on the day without a confirmation."
    )
    send_mail = fields.Boolean("Send by E-Mail", default=True)
    price_mode = fields.Selection(
        [("fixed", "As in this invoice"), ("pricelist", "From the pricelist on the day")],
        "Prices",
        required=True,
        default="fixed",
    )
    period_mode = fields.Selection(
        [("advance", "From the date to the day before the next one"), ("arrears", "The period up to the day before")],
        "Invoiced Period",
        required=True,
        default="advance",
    )
    price_change_ids = fields.One2many("recurring.price.change", "recurrence_id", "Price Changes", copy=True)
    invoice_count = fields.Integer(compute="_compute_invoice_count")

    _move_uniq = models.Constraint("UNIQUE(move_id)", "An invoice pattern belongs to one recurrence.")

    def _compute_invoice_count(self):
        groups = self.env["recurring.issue"]._read_group(
            [("interaction_id.recurrence_id", "in", self.ids), ("move_id", "!=", False)],
            ["recurrence_id"],
            ["__count"],
        )
        counts = {recurrence.id: count for recurrence, count in groups}
        for record in self:
            record.invoice_count = counts.get(record.id, 0)

    @api.constrains("kind", "move_id", "company_id")
    def _check_move(self):
        for record in self:
            move_sudo = record.move_id.sudo()
            if record.kind == "interaction" and move_sudo:
                raise ValidationError(self.env._("Only a recurring invoice has an invoice pattern."))
            if move_sudo and (not move_sudo.is_recurring_pattern or move_sudo.company_id != record.company_id):
                raise ValidationError(self.env._("Recurring invoices are made from a pattern of their own company."))

    def _check_access(self, operation):
        """Leave recurring invoices to people of Invoicing; the others see those that concern them."""
        result = super()._check_access(operation)
        if result or operation == "read" or self.env.su or self.env.user.has_group(BILLING_GROUP):
            return result
        invoices = self.sudo().filtered(lambda record: record.kind == "invoice").with_env(self.env)
        return (invoices, self._make_billing_error) if invoices else None

    def _make_billing_error(self):
        return AccessError(self.env._("Only people of Invoicing can change recurring invoices."))

    def write(self, vals):
        """Refuse to turn interactions into invoices: nobody but a pattern makes those."""
        if "kind" in vals and any(record.kind != vals["kind"] for record in self):
            raise UserError(self.env._("Interactions and invoices cannot be turned into each other."))
        return super().write(vals)

    def copy(self, default=None):
        """Copy a recurring invoice together with its pattern."""
        copies = self.browse()
        for record in self:
            if record.kind == "invoice":
                copy = record.move_id.copy().recurring_recurrence_id
                copy.write(default or {})
            else:
                copy = super(RecurringRecurrence, record).copy(default)
            copies += copy
        return copies

    def unlink(self):
        """Delete the patterns, too."""
        moves_sudo = self.move_id.sudo()  # whoever may delete the recurrence may delete its pattern
        result = super().unlink()
        if moves_sudo:
            moves_sudo.unlink()
        return result

    # Actions

    def action_open_pattern(self):
        """Open the pattern in the invoice form."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(self.env.ref("recurring_interaction.account_move_view_form_recurring").id, "form")],
            "context": {PATTERNS_KEY: True},
        }

    def action_open_invoices(self):
        """List the invoices made from this pattern."""
        issues = self.env["recurring.issue"].search([("recurrence_id", "in", self.ids)])
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice")
        return {**action, "domain": [("id", "in", issues.move_id.ids)], "context": {"create": False}}

    # Business

    def _missing(self):
        """Return what a recurring invoice lacks, as a sentence."""
        reason = super()._missing()
        if reason or self.kind != "invoice":
            return reason
        if not self._invoiced_partners():
            return self.env._("Choose the customer of the recurring invoice first.")
        if not self.move_id.invoice_line_ids.filtered(lambda line: line.display_type in PRICED):
            return self.env._("Add at least one product to the recurring invoice first.")
        return ""

    def _preview_pdf(self):
        """Return the PDF of the next invoice; the draft it is made from is rolled back."""
        self.check_access("read")
        if not self.exists():
            raise MissingError(self.env._("This recurrence does not exist any more."))
        if self.kind != "invoice" or not self.env.user.has_group(BILLING_GROUP):
            raise AccessError(self.env._("Only people of Invoicing can preview invoices."))
        self._check_ready()
        today = today_of(self)
        dates = self._to_pattern(self).dates()
        day = next((day for day in dates if day >= today), self.date_start)
        savepoint = self.env.cr.savepoint()
        try:
            interaction = self.env["recurring.interaction"].new(
                {"recurrence_id": self.id, "occurrence_date": day, "day": day, "company_id": self.company_id.id}
            )
            partner = self._invoiced_partners()[0]
            values = self._prepare_invoice_values(self._pattern_templates()[self], interaction, partner)
            move = self.env["account.move"].with_context(**DRAFT_CONTEXT).create(values)
            report = move.with_context(lang=partner.lang).env["ir.actions.report"]
            content, _kind = report._render_qweb_pdf("account.account_invoices", res_ids=move.ids)
            return content
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)

    def _invoiced_partners(self):
        """Return the customers who get an invoice on each date."""
        self.ensure_one()
        # an archived customer is told as a failure, not left out in silence
        return self.move_id.partner_id | self.with_context(active_test=False).customer_ids

    def _period(self, date):
        """Return first and last day of the period that the invoice of a date is for."""
        self.ensure_one()
        bounds = period.in_advance if self.period_mode == "advance" else period.in_arrears
        return bounds(self._to_pattern(self), date)

    def _placeholder_values(self, date, lang):
        """Return what the placeholders in line descriptions stand for, in the customer's language."""
        first, last = self._period(date)
        env = self.with_context(lang=lang).env

        def text(day, pattern=None):
            return format_date(env, day, date_format=pattern)

        return {
            "date": text(date),
            "period_start": text(first),
            "period_end": text(last),
            "period": f"{text(first)} - {text(last)}",
            "month": text(first, "MMMM"),
            "month_year": text(first, "MMMM y"),
            "quarter": text(first, "QQQ"),
            "year": text(first, "y"),
        }

    def _pattern_templates(self):
        """Return, by recurrence, what its invoices have in common: values of the move and of its lines.

        Everything that Odoo and other addons let a copy of the invoice keep is in it.
        """
        moves_sudo = self.with_prefetch().move_id.sudo().with_prefetch()  # the invoices are created as the user
        lines_sudo = moves_sudo.invoice_line_ids.with_prefetch()
        self.price_change_ids.mapped("mode")
        line_values = dict(zip(lines_sudo, lines_sudo._recurring_copy_values(), strict=True))
        move_values = dict(zip(moves_sudo, moves_sudo._recurring_copy_values(), strict=True))
        templates, lines_of = {}, lines_sudo.grouped("move_id")
        for record, move in zip(self, moves_sudo, strict=True):
            lines = lines_of.get(move, lines_sudo.browse()).sorted(lambda line: (line.sequence, line.id))
            templates[record] = move_values[move], [(line, line_values[line]) for line in lines]
        return templates

    def _prepare_invoice_values(self, template, interaction, partner):
        """Return the values of the invoice of one customer for one interaction.

        :param template: of this recurrence, from ``_pattern_templates``
        """
        values, lines = template
        partner = partner.with_company(self.company_id)
        own = partner == self.move_id.partner_id
        result = {
            **values,
            "is_recurring_pattern": False,
            "partner_id": partner.id,
            "invoice_date": interaction.day,
            "date": interaction.day,
            "invoice_origin": values.get("invoice_origin") or self.name,
        }
        if not own:
            for name in self._partner_dependent_fields():
                result.pop(name, None)
            if partner.property_payment_term_id:
                result["invoice_payment_term_id"] = partner.property_payment_term_id.id
        placeholders = {}
        if any("{" in (data.get("name") or "") for _line, data in lines):
            placeholders = self._placeholder_values(interaction.occurrence_date, partner.lang or self.env.user.lang)
        position = self.env["account.fiscal.position"] if own else self._fiscal_position(partner)
        keep_taxes = own or position == self.move_id.fiscal_position_id
        result["invoice_line_ids"] = [
            Command.create(
                self._prepare_invoice_line_values(line, data, interaction, partner, placeholders, keep_taxes)
            )
            for line, data in lines
        ]
        return result

    @api.model
    def _partner_dependent_fields(self):
        """Return what another customer's invoice does not take over from the pattern."""
        return ("partner_shipping_id", "fiscal_position_id", "preferred_payment_method_line_id")

    def _fiscal_position(self, partner):
        positions = self.env["account.fiscal.position"].with_company(self.company_id)
        return positions._get_fiscal_position(partner)

    def _prepare_invoice_line_values(self, line, data, interaction, partner, placeholders, keep_taxes):
        data = dict(data)
        data["name"] = fill_placeholders(data.get("name"), placeholders)
        if line.display_type not in PRICED:
            return data
        if not keep_taxes and line.product_id:
            # the other customer's fiscal position decides
            data.pop("tax_ids", None)
            data.pop("account_id", None)
        price = self._line_price(line, partner, interaction.occurrence_date)
        data["price_unit"] = self.price_change_ids._apply(price, line.product_id, interaction.occurrence_date)
        if keep_taxes and data["price_unit"] == line.price_unit:
            data.update(line._recurring_expected_amounts())
        return data

    def _line_price(self, line, partner, day):
        pricelist = partner.with_company(self.company_id).property_product_pricelist
        if self.price_mode == "fixed" or not line.product_id or not pricelist:
            return line.price_unit
        return pricelist._get_product_price(
            line.product_id,
            line.quantity or 1.0,
            currency=line.move_id.currency_id,
            uom=line.product_uom_id,
            date=day,
        )
