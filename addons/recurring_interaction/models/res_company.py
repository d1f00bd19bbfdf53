from odoo import fields, models


class ResCompany(models.Model):
    """The settings of recurring interactions and invoices."""

    _inherit = "res.company"

    recurring_horizon_months = fields.Integer(
        "Planning Horizon",
        default=12,
        help="Recurrences without an end are kept planned this many months ahead.",
    )
    recurring_agenda_days = fields.Integer(
        "Agenda Window",
        default=31,
        help="Planned interactions appear in activities and calendars this many days ahead.",
    )
    recurring_ending_days = fields.Integer(
        "About to End",
        default=30,
        help="A recurrence whose last date is nearer than this many days counts as about to end.",
    )

    recurring_automatic_limit = fields.Integer(
        "Most Dates per Night",
        default=5,
        help="Automatic mode issues at most so many dates of one recurrence per night; the others wait for a person.",
    )
    recurring_portal_cancel = fields.Boolean(
        "Customers May Ask to Cancel", default=True, help="On their page of a contract; nothing ends by asking."
    )
    recurring_skip_empty = fields.Boolean(
        "No Invoices of 0.00", default=True, help="A date with nothing to bill is closed without an invoice."
    )

    _recurring_limit_positive = models.Constraint(
        "CHECK(recurring_automatic_limit BETWEEN 1 AND 1000)",
        "One night issues 1 to 1000 dates of a recurrence.",
    )
    _recurring_settings_positive = models.Constraint(
        "CHECK(recurring_horizon_months BETWEEN 1 AND 120 AND recurring_agenda_days BETWEEN 0 AND 730"
        " AND recurring_ending_days BETWEEN 0 AND 730)",
        "The horizon is 1 to 120 months, the agenda window and the end warning 0 to 730 days.",
    )
