import collections
import datetime

from odoo import models
from odoo.tools import html2plaintext

from ..recurrence import ics, rule_text
from ..recurrence.rules import RuleError

#: So many dates are worth a rule.
SHORTEST_SERIES = 3
ONE_DAY = datetime.timedelta(days=1)


class RecurringInteraction(models.Model):
    """The half of an interaction that calendars of others read."""

    _inherit = "recurring.interaction"

    def _feed_entries(self):
        """Return the entries of the feed: a series for each recurrence that has a rule, events for the rest."""
        entries, of_recurrence = [], collections.defaultdict(self.browse)
        for record in self:
            of_recurrence[record.recurrence_id] += record
        for recurrence, records in of_recurrence.items():
            series = records._feed_series(recurrence.sudo()) if recurrence else None  # of interactions that are read
            entries += [series] if series else [record._feed_event() for record in records]
        return entries

    def _feed_series(self, recurrence_sudo):
        """Return these dates of a recurrence as a rule and what differs from it; None: they are told one by one."""
        by_date = {record.occurrence_date: record for record in self if record.occurrence_date}
        if len(by_date) < max(SHORTEST_SERIES, len(self)):
            return None
        # khal shows a date of a series with hours that became a whole day twice
        if set(self.mapped("all_day")) != {recurrence_sudo.all_day}:
            return None
        try:
            pattern = recurrence_sudo._to_pattern(recurrence_sudo)
            rule = rule_text.to_common_text(pattern)
        except RuleError:
            return None
        first, last = min(by_date), max(by_date)
        dates = [day for day in pattern.dates(until=last) if day >= first]
        left_out = [day for day in dates if day not in by_date]
        if not rule or len(dates) - len(left_out) < len(by_date) or len(left_out) > len(by_date):
            return None
        uid = self._feed_uid("recurrence", recurrence_sudo.id)
        usual = {day: recurrence_sudo._feed_usual_event(day, uid) for day in dates}
        changed = [(day, record._feed_event(uid)) for day, record in sorted(by_date.items())]
        changed = [(day, event) for day, event in changed if not _same(event, usual[day])]
        return ics.Series(
            first=usual[first],
            rule=rule,
            last=usual[last].start,
            tz=recurrence_sudo.tz,
            left_out=tuple(usual[day].start for day in left_out),
            changed=tuple((usual[day].start, event) for day, event in changed),
        )

    def _feed_uid(self, kind, record_id):
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return f"recurring-{kind}-{record_id}@{database}"

    def _feed_event(self, uid=None):
        self.ensure_one()
        parts = (self.partner_id.display_name, html2plaintext(self.description or ""))
        return ics.Event(
            uid=uid or self._feed_uid("interaction", self.id),
            start=self.day if self.all_day else self.start,
            stop=self.day + ONE_DAY if self.all_day else self.stop,
            summary=f"\u2713 {self.name}" if self.state == "done" else self.name,
            stamp=self.write_date,
            description="\n".join(filter(None, parts)),
            url="" if uid else f"{self.get_base_url()}/odoo/recurring.interaction/{self.id}",
        )


class RecurringRecurrence(models.Model):
    """The half of a recurrence that a calendar feed shows."""

    _inherit = "recurring.recurrence"

    def _feed_usual_event(self, day, uid):
        """Return the entry of a date on which nothing is out of the ordinary."""
        occurrence = self._occurrence(day, day, self.user_id)
        return ics.Event(
            uid=uid,
            start=day if self.all_day else occurrence.start,
            stop=day + ONE_DAY if self.all_day else occurrence.stop,
            summary=self.name,
            stamp=self.write_date,
            description="\n".join(filter(None, (self.partner_id.display_name, html2plaintext(self.description or "")))),
        )


def _same(event, usual):
    """Return whether a calendar shows two entries alike."""
    return all(getattr(event, name) == getattr(usual, name) for name in ("start", "stop", "summary", "description"))
