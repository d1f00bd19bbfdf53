import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..recurrence import public_holidays, times

#: Years that one click fills, from this one on.
YEARS = 3


class RecurringHolidayImport(models.TransientModel):
    """Put the public holidays of a country, or of one of its regions, into the company's working hours."""

    _name = "recurring.holiday.import"
    _inherit = ["record.window.mixin"]
    _description = "Public Holidays"

    country_id = fields.Many2one(
        "res.country",
        required=True,
        domain=lambda self: [("code", "in", sorted(public_holidays.countries()))],
        default=lambda self: self.env.company.country_id,
    )
    region_ids = fields.Many2many("res.country.state", string="Known Regions", compute="_compute_region_ids")
    state_id = fields.Many2one(
        "res.country.state",
        "Region",
        domain="[('id', 'in', region_ids)]",
        compute="_compute_state_id",
        store=True,
        readonly=False,
        help="Empty: only what is a holiday in the whole country.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        required=True,
        default=lambda self: self.env.company.resource_calendar_id,
        domain=lambda self: [("company_id", "in", [False, self.env.company.id])],
    )
    result = fields.Text(compute="_compute_result")

    @api.depends("country_id")
    def _compute_region_ids(self):
        for wizard in self:
            codes = public_holidays.regions(wizard.country_id.code)
            wizard.region_ids = wizard.country_id.state_ids.filtered(
                lambda state: self._region_code(state) in codes  # noqa: B023
            )

    @api.depends("country_id")
    def _compute_state_id(self):
        for wizard in self:
            state = self.env.company.state_id
            wizard.state_id = state if state in wizard.region_ids else False

    @api.depends("country_id", "state_id", "calendar_id")
    def _compute_result(self):
        for wizard in self:
            missing = wizard._missing_days()
            wizard.result = "\n".join(f"{day:%Y-%m-%d}  {name}" for day, name in sorted(missing.items()))

    def action_import(self):
        """Add the days that the working hours do not know yet."""
        self.ensure_one()
        missing = self._missing_days()
        if not missing:
            raise UserError(self.env._("All public holidays of these years are days off already."))
        zone = self.calendar_id.tz or "UTC"
        one_second = datetime.timedelta(seconds=1)
        # days off of the whole company are otherwise entered by people of Odoo's settings
        self._leaves_sudo().create(
            [
                {
                    "name": name,
                    "calendar_id": self.calendar_id.id,
                    "company_id": self.calendar_id.company_id.id or self.env.company.id,
                    "resource_id": False,
                    "date_from": times.to_utc(day, 0, zone),
                    "date_to": times.to_utc(day + datetime.timedelta(days=1), 0, zone) - one_second,
                }
                for day, name in sorted(missing.items())
            ]
        )
        self.invalidate_recordset(["result"])
        return {"type": "ir.actions.act_window_close"}

    def _leaves_sudo(self):
        """Return the model of days off as superuser, for the working hours of the user's companies."""
        if self.calendar_id.company_id and self.calendar_id.company_id not in self.env.companies:
            raise UserError(self.env._("These working hours belong to another company."))
        return self.env["resource.calendar.leaves"].sudo()

    @api.model
    def _region_code(self, state):
        """Return the ISO code of a region without that of its country: Odoo has DE-BY, but CA for California."""
        return (state.code or "").removeprefix(f"{state.country_id.code}-")

    def _missing_days(self):
        """Return the public holidays of this year and the next ones that are not days off yet."""
        self.ensure_one()
        if not self.country_id or not self.calendar_id or self.country_id.code not in public_holidays.countries():
            return {}
        today = fields.Date.context_today(self)
        years = range(today.year, today.year + YEARS)
        region = self._region_code(self.state_id)
        found = public_holidays.days(self.country_id.code, region, years, self.env.lang)
        company = self.calendar_id.company_id or self.env.company
        domain = Domain("calendar_id", "in", [False, self.calendar_id.id]) & Domain("resource_id", "=", False)
        domain &= Domain("company_id", "in", [False, company.id])
        zone, known = self.calendar_id.tz or "UTC", set()
        for leave in self._leaves_sudo().search(domain & Domain("date_to", ">=", today)):
            day, last = (times.to_local(moment, zone).date() for moment in (leave.date_from, leave.date_to))
            while day <= last and day.year <= years[-1]:
                known.add(day)
                day += datetime.timedelta(days=1)
        return {day: name for day, name in found.items() if day >= today and day not in known}
