"""Values shared by models, wizards and tests."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

#: Context for writing many records at once: no tracking, no log, no mails about assignments.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_activity_quick_update": True,
}
#: Context for calendar events that mirror an interaction.
QUIET_EVENT = {
    **QUIET,
    "no_mail_to_attendees": True,
    "skip_attendee_notification": True,
    "skip_contact_description": True,
    "dont_notify": True,
    "calendar_event_meeting_update": True,
    "mail_activity_meeting_update": True,
}
#: Invoices are made in one go: no line-by-line tracking, no subscription of every responsible.
DRAFT_CONTEXT = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
}
#: Who may make invoices, and change what makes them.
BILLING_GROUP = "account.group_account_invoice"
#: Most occurrences that one recurrence plans at a time.
MAX_OCCURRENCES = 5000
#: Records per INSERT when interactions are generated.
CHUNK = 1000
#: Invoices that one transaction makes.
ISSUE_BATCH = 100
#: Into how many shares of the customers automatic mode is split, one scheduled action for each, where they do not say.
ISSUE_SHARES = 2
#: What automatic mode issues within so many hours counts as one night.
NIGHT_HOURS = 20
#: Hours until the next automatic attempt, by number of failed attempts; then a person decides.
RETRY_HOURS = (1, 4, 24, 72)

FREQUENCIES = [
    ("daily", "Days"),
    ("workday", "Working days"),
    ("weekly", "Weeks"),
    ("monthly", "Months"),
    ("yearly", "Years"),
    ("rule", "RFC 5545 rule"),
]
MONTHS = [
    ("1", "January"), ("2", "February"), ("3", "March"), ("4", "April"), ("5", "May"), ("6", "June"),
    ("7", "July"), ("8", "August"), ("9", "September"), ("10", "October"), ("11", "November"), ("12", "December"),
]  # fmt: skip
WEEKDAY_FIELDS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

RULE_ERRORS = {
    "no_start": _lt("Choose the day from which the recurrence runs."),
    "interval": _lt("A recurrence repeats every 1 to 1000 days, weeks, months or years."),
    "no_weekday": _lt("Tick at least one day of the week."),
    "month_day": _lt("The day of the month must be between 1 and 31."),
    "count": _lt("The number of repetitions must be at least 1."),
    "until": _lt("The recurrence ends before it starts."),
    "no_rule": _lt("Enter the text of the rule, for example FREQ=MONTHLY;BYDAY=1TU."),
    "syntax": _lt("This is not a valid RFC 5545 rule."),
    "frequency": _lt("The rule must repeat daily, weekly, monthly or yearly (FREQ)."),
    "part": _lt("This part of the rule is not supported."),
    "never": _lt("This rule never gives a date."),
    "speech": _lt("This was not understood. Write for example: every first Tuesday at 9, not in August."),
    "calendar": _lt("This is not a calendar file (.ics)."),
    "calendar_size": _lt("The calendar file is too large: at most 1 MB with 200 entries can be planned at once."),
    "calendar_empty": _lt("The calendar file has no entry that takes place."),
    "calendar_parts": _lt("An entry of the calendar file is incomplete or damaged."),
    "calendar_length": _lt("An entry of more than one day cannot be planned."),
    "zone": _lt("This time zone is not known."),
}
