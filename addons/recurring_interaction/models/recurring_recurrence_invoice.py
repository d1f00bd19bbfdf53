from odoo import api, fields, models
from odoo.addons.base_safeguard.languages import installed_language
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..const import BILLING_GROUP, DRAFT_CONTEXT
from ..recurrence import period
from ..utils import today_of


class RecurringRecurrence(models.Model):
    """The half of a recurrence that makes invoices from a pattern."""

    _inherit = "recurring.recurrence"

    pattern_ids = fields.One2many("recurring.invoice", "recurrence_id", "Recurring Invoices")
    pattern_id = fields.Many2one("recurring.invoice", "Recurring Invoice", compute="_compute_pattern_id")
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
    terms_mode = fields.Selection(
        [("agreed", "As agreed in this invoice"), ("day", "As they are on the day")],
        "Taxes and Terms",
        required=True,
        default="agreed",
        help="As agreed: what is archived or replaced since asks a person. On the day: taxes and accounts of the "
        "products, fiscal position, addresses and terms of the customer are found anew for each invoice.",
    )
    missed_mode = fields.Selection(
        [("each", "Each its own invoice, with its own date"), ("one", "One invoice for all of them")],
        "Missed Dates",
        required=True,
        default="each",
        help="What automatic mode does with several dates of a customer that have become due, after an outage.",
    )
    period_mode = fields.Selection(
        [("advance", "From the date to the day before the next one"), ("arrears", "The period up to the day before")],
        "Invoiced Period",
        required=True,
        default="advance",
    )
    proration = fields.Selection(
        [("none", "Whole periods"), ("days", "By days")],
        "First and Last Period",
        required=True,
        default="none",
        help="By days: where the recurrence starts or ends within a period, only its days are billed.",
    )
    price_change_ids = fields.One2many("recurring.price.change", "recurrence_id", "Price Changes", copy=True)
    invoice_count = fields.Integer(compute="_compute_invoice_count")

    @api.depends("pattern_ids")
    def _compute_pattern_id(self):
        for record in self:
            record.pattern_id = record.sudo().pattern_ids[:1]  # that there is one is no secret

    def _compute_invoice_count(self):
        groups = self.env["recurring.interaction.invoice"]._read_group(
            [("interaction_id.recurrence_id", "in", self.ids), ("move_id", "!=", False)],
            ["recurrence_id"],
            ["__count"],
        )
        counts = {recurrence.id: count for recurrence, count in groups}
        for record in self:
            record.invoice_count = counts.get(record.id, 0)

    def _check_access(self, operation):
        """Leave recurring invoices to people of Invoicing; the others see those that concern them."""
        result = super()._check_access(operation)
        if result or operation == "read" or self.env.su or self.env.user.has_group(BILLING_GROUP):
            return result
        records_sudo = self.sudo()  # only the kind is looked at
        invoices = records_sudo.filtered(lambda record: record.kind == "invoice").with_env(self.env)
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
                copy = record.pattern_id.copy(default).recurrence_id
            else:
                copy = super(RecurringRecurrence, record).copy(default)
            copies += copy
        return copies

    def unlink(self):
        """Delete what the invoices are made from, too."""
        self.check_access("unlink")
        self.sudo().pattern_ids._unlink_with_recurrence()  # whoever may delete the recurrence may delete it
        return super().unlink()

    # Actions

    def action_open_pattern(self):
        """Open what the invoices are made from."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "recurring.invoice",
            "res_id": self.pattern_id.id,
            "views": [(False, "form")],
        }

    def action_open_invoices(self):
        """List the invoices made from this pattern."""
        issues = self.env["recurring.interaction.invoice"].search([("recurrence_id", "in", self.ids)])
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice")
        return {**action, "domain": [("id", "in", issues.move_id.ids)], "context": {"create": False}}

    # Business

    def _missing(self):
        """Return what a recurring invoice lacks, as a sentence."""
        reason = super()._missing()
        if reason or self.kind != "invoice":
            return reason
        if not self.pattern_id:
            return self.env._("The recurring invoice does not exist any more.")
        if not self._invoiced_partners():
            return self.env._("Choose the customer of the recurring invoice first.")
        lines_sudo = self.pattern_id.sudo().invoice_line_ids  # that there are some is no secret
        if not lines_sudo.filtered(lambda line: line.display_type == "product"):
            return self.env._("Add at least one product to the recurring invoice first.")
        return ""

    def _preview_pdf(self):
        """Return the PDF of the next invoice; the draft it is made from is rolled back."""
        if not self.exists():
            # before the rights: of what is gone Odoo says it in its own words
            raise MissingError(self.env._("This recurrence does not exist any more."))
        self.check_access("read")
        if self.kind != "invoice" or not self.env.user.has_group(BILLING_GROUP):
            raise AccessError(self.env._("Only people of Invoicing can preview invoices."))
        self._check_ready()
        today = today_of(self)
        dates = self._to_pattern(self).dates()
        day = next((day for day in dates if day >= today), self.date_start)
        savepoint = self.env.cr.savepoint()
        try:
            partner = self._invoiced_partners()[0]
            values = self.pattern_id._prepare_invoice_values(day, partner)
            move = self.env["account.move"].with_context(**DRAFT_CONTEXT).create(values)
            report = move.with_context(lang=installed_language(self.env, partner.lang)).env["ir.actions.report"]
            content, _kind = report._render_qweb_pdf("account.account_invoices", res_ids=move.ids)
            return content
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)

    def _invoiced_partners(self):
        """Return the customers who get an invoice on each date."""
        self.ensure_one()
        # an archived customer is told as a failure, not left out in silence
        return self.partner_id | self.with_context(active_test=False).customer_ids

    def _period(self, date):
        """Return first and last day of the period that the invoice of a date is for."""
        self.ensure_one()
        if self.proration == "days":
            return self._prorated(date)[:2]
        bounds = period.in_advance if self.period_mode == "advance" else period.in_arrears
        return bounds(self._to_pattern(self), date)

    def _date_billed_before(self, date, customer):
        """Return the date of the pattern before a date on which a customer was or will be invoiced, None for the first.

        A date that was skipped, or whose invoice was let go, told the customer nothing.
        """
        untold = (
            Domain("recurrence_id", "=", self.id)
            & Domain("occurrence_date", "<", date)
            & (
                Domain("state", "=", "skipped")
                | Domain("interaction_invoice_ids", "any", [("partner_id", "=", customer.id), ("state", "=", "waived")])
            )
        )
        untold_sudo = self.env["recurring.interaction"].sudo().search(untold)  # also those of other responsibles
        dates = set(self._to_pattern(self).dates(until=date)) - set(untold_sudo.mapped("occurrence_date"))
        return max((day for day in dates if day < date), default=None)

    def _prorated(self, date):
        """Return first day, last day and part to pay of the period of a date; see ``period.prorated``."""
        return period.prorated(self._to_pattern(self), date, is_advance=self.period_mode == "advance")

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
