import datetime
import itertools

from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.exceptions import ValidationError
from odoo.tools import format_date, format_duration

from ..const import FREQUENCIES, MONTHS, WEEKDAY_FIELDS
from ..recurrence import rule_text
from ..recurrence.pattern import Pattern, RuleError
from ..utils import rule_error_text

#: Dates shown while a pattern is edited.
PREVIEW_DATES = 8
#: A recurrence without end that has no date for so long is said to have none.
SELDOM = datetime.timedelta(days=5 * 365 + 1)
#: A Monday, for the names of the days of the week.
SOME_MONDAY = datetime.date(2024, 1, 1)


class RecurringPattern(models.AbstractModel):
    """Fields of a recurrence pattern, its dates and its description."""

    _name = "recurring.pattern"
    _description = "Recurrence Pattern"

    freq = fields.Selection(FREQUENCIES, "Repeats", required=True, default="weekly")
    interval = fields.Integer("Every", required=True, default=1)
    mon = fields.Boolean()
    tue = fields.Boolean()
    wed = fields.Boolean()
    thu = fields.Boolean()
    fri = fields.Boolean()
    sat = fields.Boolean()
    sun = fields.Boolean()
    month_by = fields.Selection(
        [("day", "On a day of the month"), ("weekday", "On a day of the week"), ("last_day", "On the last day")],
        "In the Month",
        required=True,
        default="day",
    )
    month_day = fields.Integer("Day", default=lambda self: fields.Date.context_today(self).day)
    week = fields.Selection(
        [("1", "First"), ("2", "Second"), ("3", "Third"), ("4", "Fourth"), ("5", "Fifth"), ("-1", "Last")],
        "Which One",
        required=True,
        default="1",
    )
    weekday = fields.Selection(
        [
            ("0", "Monday"), ("1", "Tuesday"), ("2", "Wednesday"), ("3", "Thursday"),
            ("4", "Friday"), ("5", "Saturday"), ("6", "Sunday"),
        ],
        "Day of the Week",
        required=True,
        default="0",
    )  # fmt: skip
    month = fields.Selection(MONTHS, required=True, default=lambda self: str(fields.Date.context_today(self).month))
    month_end = fields.Selection(
        [("clamp", "Take the last day of the month"), ("skip", "Skip the month")],
        "If the Month Is Too Short",
        required=True,
        default="clamp",
    )
    rule = fields.Char("Rule Text", help="An RFC 5545 rule, e.g. FREQ=YEARLY;BYDAY=20MO")
    date_start = fields.Date(
        "From",
        required=True,
        default=fields.Date.context_today,
        help="The anchor: all dates are counted from this day.",
    )
    end_type = fields.Selection(
        [("forever", "Without end"), ("until", "Until a date"), ("count", "A number of times")],
        "Ends",
        required=True,
        default="forever",
    )
    date_until = fields.Date("Last Day")
    count = fields.Integer("Number of Times", default=12)
    all_day = fields.Boolean(default=True)
    time_of_day = fields.Float("At", default=9.0)
    duration = fields.Float(default=0.5, help="Hours reserved in the calendar.")
    tz = fields.Selection(
        _tz_get,
        "Time Zone",
        required=True,
        default=lambda self: self.env.context.get("tz") or self.env.user.tz or "UTC",
    )
    holiday_policy = fields.Selection(
        [
            ("none", "Keep the date"),
            ("skip", "Skip the date"),
            ("before", "Take the working day before"),
            ("after", "Take the working day after"),
        ],
        "On Days Off",
        required=True,
        default="none",
    )
    holiday_calendar = fields.Selection(
        [("company", "The company's working hours"), ("user", "The responsible's working hours")],
        "Days Off Of",
        required=True,
        default="company",
    )
    summary = fields.Char("Pattern", compute="_compute_pattern_preview")
    next_dates = fields.Text(compute="_compute_pattern_preview")
    rrule = fields.Char("RFC 5545 Rule", compute="_compute_pattern_preview", help="The pattern as an RFC 5545 rule.")

    @api.model
    def _pattern_fields(self):
        """Return the names of the fields that make up the dates."""
        return (
            "freq", "interval", *WEEKDAY_FIELDS, "month_by", "month_day", "week", "weekday", "month", "month_end",
            "rule", "date_start", "end_type", "date_until", "count", "all_day", "time_of_day", "duration", "tz",
            "holiday_policy", "holiday_calendar",
        )  # fmt: skip

    @api.depends(lambda self: self._pattern_fields())
    @api.depends_context("lang")
    def _compute_pattern_preview(self):
        for record in self:
            values = self._pattern_preview(record)
            record.update(values)

    @api.constrains(lambda self: self._pattern_fields())
    def _check_pattern(self):
        for record in self:
            try:
                pattern = self._to_pattern(record)
                rule_text.to_text(pattern)
                first = next(pattern.dates(), None)
            except RuleError as error:
                raise ValidationError(rule_error_text(self.env, error)) from error
            if not first:
                raise ValidationError(rule_error_text(self.env, RuleError("never")))
            if not record.all_day and not 0 <= record.time_of_day < 24:
                raise ValidationError(self.env._("The time of day must be between 00:00 and 23:59."))
            if not 0 <= record.duration <= 24:
                raise ValidationError(self.env._("The duration must be between 0 and 24 hours."))

    # Reading: `record` may be any record whose fields are named like ours, behind a prefix

    @api.model
    def _to_pattern(self, record, prefix=""):
        """Return the ``Pattern`` that the fields of a record describe.

        :raises RuleError: if a number is missing or out of range
        """

        def value(name):
            return record[prefix + name]

        if value("end_type") == "until" and not value("date_until"):
            raise RuleError("until")
        pattern = Pattern(
            start=value("date_start") or None,
            freq=value("freq") or "weekly",
            interval=value("interval"),
            weekdays=tuple(number for number, name in enumerate(WEEKDAY_FIELDS) if value(name)),
            month_by=value("month_by") or "day",
            month_day=value("month_day"),
            week=int(value("week") or 1),
            weekday=int(value("weekday") or 0),
            month=int(value("month") or 1),
            month_end=value("month_end") or "clamp",
            until=value("date_until") if value("end_type") == "until" else None,
            count=value("count") if value("end_type") == "count" else None,
            rule=value("rule") or "",
        )
        pattern.validate()
        return pattern

    @api.model
    def _from_pattern(self, pattern):
        """Return field values for a ``Pattern``."""
        return {
            "date_start": pattern.start,
            "freq": pattern.freq,
            "interval": pattern.interval,
            **{name: number in pattern.weekdays for number, name in enumerate(WEEKDAY_FIELDS)},
            "month_by": pattern.month_by,
            "month_day": pattern.month_day,
            "week": str(pattern.week),
            "weekday": str(pattern.weekday),
            "month": str(pattern.month),
            "month_end": pattern.month_end,
            "rule": pattern.rule,
            "end_type": "count" if pattern.count else "until" if pattern.until else "forever",
            "date_until": pattern.until,
            **({"count": pattern.count} if pattern.count else {}),
        }

    @api.model
    def _pattern_preview(self, record, prefix=""):
        """Return ``summary``, ``next_dates`` and ``rrule``; an incomplete pattern says what is missing."""
        try:
            pattern = self._to_pattern(record, prefix)
            rrule = rule_text.to_text(pattern)
            today = fields.Date.context_today(self)
            upcoming = (day for day in pattern.dates() if day >= min(today, pattern.until or today))
            dates = list(itertools.islice(upcoming, PREVIEW_DATES))
        except RuleError as error:
            return {"summary": rule_error_text(self.env, error), "next_dates": "", "rrule": ""}
        start = max(today, pattern.start)
        seldom = pattern.is_open_ended and not any(day <= start + SELDOM for day in dates)
        moves = self._without_repeats(self._preview_adjusted(record, prefix, dates))
        lines = [
            format_date(self.env, moved, date_format="EEE d MMM y") if moved else self._preview_skipped(day)
            for day, moved in moves
        ]
        if seldom:
            lines.insert(0, self.env._("No date in the next 5 years."))
        return {
            "summary": self._pattern_text(pattern, record, prefix),
            "next_dates": "\n".join(lines) or self.env._("No date left."),
            "rrule": rrule,
        }

    @api.model
    def _preview_adjusted(self, record, prefix, dates):
        """Return pairs of pattern date and the day it takes place on (None: skipped)."""
        return [(day, day) for day in dates]

    @api.model
    def _without_repeats(self, moves):
        """Return the pairs of which each day is there once: two dates that are moved to one day are planned once."""
        first = {}
        for day, moved in moves:
            first.setdefault((moved is None, moved or day), (day, moved))
        return list(first.values())

    @api.model
    def _preview_skipped(self, day):
        return self.env._("%(day)s (skipped: day off)", day=format_date(self.env, day, date_format="EEE d MMM y"))

    # Description

    @api.model
    def _pattern_text(self, pattern, record, prefix):
        text = self._pattern_text_unit(pattern)
        if not record[prefix + "all_day"]:
            text = self.env._(
                "%(pattern)s at %(time)s", pattern=text, time=format_duration(record[prefix + "time_of_day"])
            )
        if pattern.count:
            return self.env._("%(pattern)s, %(count)s times", pattern=text, count=pattern.count)
        if pattern.until:
            return self.env._("%(pattern)s, until %(date)s", pattern=text, date=format_date(self.env, pattern.until))
        return text

    @api.model
    def _pattern_text_unit(self, pattern):
        number = pattern.interval
        if pattern.freq == "rule":
            return self._rule_text(pattern)
        if pattern.freq == "daily":
            return self.env._("Every day") if number == 1 else self.env._("Every %(number)s days", number=number)
        if pattern.freq == "workday":
            if number == 1:
                return self.env._("Every working day")
            return self.env._("Every %(number)s working days", number=number)
        if pattern.freq == "weekly":
            days = ", ".join(self._weekday_name(day) for day in pattern.weekdays)
            if number == 1:
                return self.env._("Every week on %(days)s", days=days)
            return self.env._("Every %(number)s weeks on %(days)s", number=number, days=days)
        day = self._pattern_text_day(pattern)
        if pattern.freq == "monthly":
            if number == 1:
                return self.env._("Every month on %(day)s", day=day)
            return self.env._("Every %(number)s months on %(day)s", number=number, day=day)
        month = format_date(self.env, SOME_MONDAY.replace(month=pattern.month), date_format="MMMM")
        if number == 1:
            return self.env._("Every year in %(month)s on %(day)s", month=month, day=day)
        return self.env._("Every %(number)s years in %(month)s on %(day)s", number=number, month=month, day=day)

    @api.model
    def _rule_text(self, pattern):
        """Return a rule in words where only the months keep it from being one of the form; else as it is written."""
        parts = dict(piece.split("=", 1) for piece in pattern.rule.upper().split(";") if "=" in piece)
        chosen = {int(month) for month in parts.pop("BYMONTH", "").split(",") if month.isdigit()}
        try:
            plain = rule_text.from_text(";".join(f"{key}={value}" for key, value in parts.items()), pattern.start)
        except RuleError:
            return pattern.rule
        if not chosen or plain.freq == "rule":
            return pattern.rule
        left_out = set(range(1, 13)) - chosen
        text = self._pattern_text_unit(plain)
        if len(left_out) < len(chosen):
            return self.env._("%(pattern)s, not in %(months)s", pattern=text, months=self._month_names(left_out))
        return self.env._("%(pattern)s, only in %(months)s", pattern=text, months=self._month_names(chosen))

    @api.model
    def _month_names(self, months):
        days = (SOME_MONDAY.replace(month=month) for month in sorted(months))
        return ", ".join(format_date(self.env, day, date_format="MMMM") for day in days)

    @api.model
    def _pattern_text_day(self, pattern):
        if pattern.month_by == "last_day":
            return self.env._("the last day")
        if pattern.month_by == "day":
            return self.env._("day %(number)s", number=pattern.month_day)
        week = dict(self._fields["week"]._description_selection(self.env))[str(pattern.week)]
        return self.env._("the %(week)s %(weekday)s", week=week.lower(), weekday=self._weekday_name(pattern.weekday))

    @api.model
    def _weekday_name(self, number):
        return format_date(self.env, SOME_MONDAY + datetime.timedelta(days=number), date_format="EEEE")
