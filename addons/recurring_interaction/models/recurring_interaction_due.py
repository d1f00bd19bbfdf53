from odoo import api, fields, models

from ..utils import today_of


class RecurringInteraction(models.Model):
    """What has become of a date, and what stands in the way of its invoice before anybody presses a button."""

    _inherit = "recurring.interaction"

    outcome = fields.Selection(
        [
            ("done", "Done"),
            ("skipped", "Skipped"),
            ("missed", "Missed"),
            ("moved", "Moved"),
            ("planned", "Planned"),
        ],
        compute="_compute_outcome",
    )
    obstacle = fields.Text("What Is Missing", compute="_compute_obstacle")
    amount_expected = fields.Monetary(
        compute="_compute_amount_expected",
        currency_field="company_currency_id",
        help="Without taxes, of all customers.",
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")

    @api.depends("state", "day", "occurrence_date", "tz")
    def _compute_outcome(self):
        for record in self:
            record.outcome = record.state
            if record.state == "planned" and record.day:
                if record.day < today_of(record):
                    record.outcome = "missed"
                elif record.occurrence_date and record.day != record.occurrence_date:
                    record.outcome = "moved"

    @api.depends("state", "kind", "recurrence_id", "failure_reason")
    def _compute_obstacle(self):
        self.obstacle = False
        open_sudo = self.sudo().filtered(lambda item: item.kind == "invoice" and item.state == "planned")
        open_sudo = open_sudo.with_prefetch(self._prefetch_ids)  # what is missing is no secret to who sees the date
        partners = {item: item.recurrence_id._invoiced_partners() for item in open_sudo if item.recurrence_id}
        together = self.env["res.partner"].union(*partners.values()).ids
        known = {}
        for item in open_sudo:
            invoiced = partners.get(item, self.env["res.partner"]).with_prefetch(together)
            reasons = item._missing_reasons(invoiced, known)
            item.obstacle = "\n".join(dict.fromkeys(filter(None, reasons)))

    def _missing_reasons(self, partners, known):
        """Return what stands in the way of the invoices of a date, as sentences."""
        recurrence = self.recurrence_id
        if not recurrence:
            return [self._orphan_reason()]
        # what stood in the way when it was tried may be mended by now: that is found anew
        rows = self.interaction_invoice_ids
        tried = rows.filtered(lambda row: not row.is_obstacle).with_prefetch(rows._prefetch_ids)
        reasons = [recurrence._missing(), *tried._reason_lines()]
        if recurrence.auto_issue:
            reasons.append(recurrence._dropped_reason(self))
        for partner in partners:
            reasons += recurrence.pattern_id._obstacles(partner, known)
            if recurrence.send_mail:
                reasons.append(self.env["recurring.interaction.invoice"]._address_obstacle(partner))
        return reasons + recurrence.pattern_id._missing_quantities(self.occurrence_date)

    @api.depends("recurrence_id", "occurrence_date")
    def _compute_amount_expected(self):
        for record in self:
            pattern_sudo = record.sudo().recurrence_id.pattern_id  # one figure of it
            is_billed = record.kind == "invoice" and pattern_sudo
            record.amount_expected = pattern_sudo._revenue_of_date(record.occurrence_date) if is_billed else 0.0

    def action_open_pattern(self):
        """Open the recurring invoice of a date, to mend what stands in the way."""
        self.ensure_one()
        return self.recurrence_id.action_open_pattern()


class RecurringRecurrence(models.Model):
    """The year of a recurrence at a glance."""

    _inherit = "recurring.recurrence"

    def action_open_year(self):
        """Show a year of this recurrence: done, skipped, missed, moved, planned."""
        self.ensure_one()
        view = self.env.ref("recurring_interaction.recurring_interaction_view_calendar_year")
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "recurring.interaction",
            "views": [(view.id, "calendar"), (False, "list"), (False, "form")],
            "domain": [("recurrence_id", "=", self.id)],
            "context": {"create": False},
        }
