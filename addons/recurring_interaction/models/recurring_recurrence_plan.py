import dataclasses
import datetime
import hashlib

from dateutil.relativedelta import relativedelta
from odoo import api, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import CHUNK, MAX_OCCURRENCES, QUIET
from ..recurrence import holidays, times
from ..recurrence.pattern import RuleError
from ..recurrence.reconcile import reconcile
from ..utils import agenda_end_of, due_domain, reason_of, rule_error_text, today_of


@dataclasses.dataclass(frozen=True)
class Occurrence:
    """One date of a recurrence, worked out: where it falls and who does it."""

    date: datetime.date
    day: datetime.date
    start: datetime.datetime
    stop: datetime.datetime
    user_id: int


class RecurringRecurrence(models.Model):
    """The half of a recurrence that plans its dates."""

    _inherit = "recurring.recurrence"

    # Planning: which occurrences there should be

    def _pattern_dates(self):
        """Return all dates of the pattern up to the horizon, in order."""
        return list(self._to_pattern(self).dates(until=self._horizon_end()))

    def _occurrences(self, existing=(), dates=None, resume=None):
        """Return the occurrences that the pattern gives up to the horizon, in order.

        :param existing: dates of open interactions, which stay planned although they have passed
        :param dates: the dates of the pattern where they are known
        :param resume: as in ``_compare``
        :raises UserError: when there are too many to plan at once
        """
        self.ensure_one()
        today = today_of(self)
        resume = resume or self.date_resume
        members = self._members()
        chosen = []
        for number, day in enumerate(self._pattern_dates() if dates is None else dates):
            if resume and day < resume and day not in existing:
                continue
            if self.catch_up or day >= today or day in existing:
                chosen.append((day, members[number % len(members)]))
            if len(chosen) > MAX_OCCURRENCES:
                raise UserError(
                    self.env._(
                        "This pattern gives more than %(number)s dates. Let it end earlier.", number=MAX_OCCURRENCES
                    )
                )
        return self._placed(chosen)

    def _placed(self, chosen):
        """Return the occurrences of pairs of date and user, days off taken into account."""
        if not chosen:
            return []
        tests = {}
        occurrences, used_days = [], set()
        for day, user in chosen:
            moved = day
            if self.holiday_policy != "none":
                owner = user if self.holiday_calendar == "user" else self.env["res.users"]
                if owner not in tests:
                    tests[owner] = self._working_day_test(self.company_id, owner, chosen[0][0], chosen[-1][0])
                moved = holidays.adjust(day, tests[owner], self.holiday_policy)
            # two dates that days off push onto one day are one piece of work, but two invoices
            if not moved or (moved in used_days and self.kind != "invoice"):
                continue
            used_days.add(moved)
            occurrences.append(self._occurrence(day, moved, user))
        return occurrences

    def _occurrence(self, date, day, user):
        if self.all_day:
            start = datetime.datetime.combine(day, datetime.time(8))
            stop = datetime.datetime.combine(day, datetime.time(18))
        else:
            start = times.to_utc(day, self.time_of_day, self.tz)
            stop = start + datetime.timedelta(hours=self.duration)
        return Occurrence(date, day, start, stop, user.id)

    # Comparing and writing

    def _compare(self, resume=None):
        """Return the occurrences wanted, by date, the ``Changes`` that lead there, and what is left alone.

        :param resume: dates before this day are left out, instead of those before the day that is kept
        """
        self.ensure_one()
        interactions_sudo = self.env["recurring.interaction"].sudo()  # also those of other responsibles
        current = interactions_sudo.search_fetch(
            [("recurrence_id", "=", self.id)],
            ["occurrence_date", "state", "is_edited", "start", "stop", "user_id"],
        )
        free = current.filtered(lambda item: item.state == "planned" and not item.is_edited)
        open_dates = {item.id: item.occurrence_date for item in free}
        dates = self._pattern_dates()
        wanted = {item.date: item for item in self._occurrences(set(open_dates.values()), dates, resume)}
        fixed_dates = set((current - free).mapped("occurrence_date"))
        is_counted = self.end_type == "count"
        # a period that was done, skipped or moved by hand does not come again because the day of it changes
        settled = fixed_dates.difference(dates) if is_counted or self.freq not in ("daily", "workday") else ()
        period_key = self._to_pattern(self).period_key
        changes = reconcile(open_dates, fixed_dates, list(wanted), period_key, settled, is_counted=is_counted)
        by_id = {item.id: item for item in free}
        for key, day in list(changes.kept.items()):
            if by_id[key].start != wanted[day].start:
                changes.moved[key] = changes.kept.pop(key)
        return wanted, changes, current - free

    def _is_plan_outdated(self):
        """Return whether what is planned is not where the pattern puts it now."""
        try:
            wanted, changes, _fixed = self._compare()
        except (RuleError, UserError):
            return True
        planned = [*changes.kept.values(), *changes.moved.values()]
        last = max((wanted[day].date for day in planned), default=datetime.date.min)
        return bool(changes.moved or changes.removed or any(day < last for day in changes.added))

    def _still_gives(self, interaction):
        """Return whether the pattern as it is now, generated again or not, gives the date of an interaction."""
        try:
            _wanted, changes, fixed = self._compare()
        except (RuleError, UserError):
            return False
        date = interaction.occurrence_date
        if interaction in fixed:
            return date in self._pattern_dates()
        return {**changes.kept, **changes.moved}.get(interaction.id) == date

    def _dropped_reason(self, interaction):
        """Return why a date of changed dates waits for a person, as a sentence; empty where it is still one of them."""
        if not self._is_pattern_changed() or self._still_gives(interaction):
            return ""
        return self.env._(
            "The dates of the recurrence were changed and this is none of the new ones. Generate it again, "
            "or issue the invoice by hand."
        )

    def _generate(self, resume=None):
        """Make the interactions what the pattern says; return the ``Changes``.

        :param resume: after a pause: dates before this day are not made up for

        :raises UserError: when somebody else is generating the same recurrence at this moment
        """
        self.ensure_one()
        self.check_access("write")
        # asked again: the window that confirms may have been open for long
        if not self.active:
            raise UserError(self.env._("This recurrence is archived. Unarchive it first."))
        self._check_ready()
        self._lock_plan()
        try:
            if resume:
                self.date_resume = resume
            wanted, changes, _fixed = self._compare()
        except RuleError as error:
            raise UserError(rule_error_text(self.env, error)) from error
        interactions_sudo = self.env["recurring.interaction"].sudo().with_context(**QUIET)
        interactions_sudo.browse(changes.removed).unlink()
        self._update_interactions(interactions_sudo, wanted, changes)
        self._create_interactions(interactions_sudo, [wanted[day] for day in changes.added])
        self._store_progress()
        self._try_again()
        return changes

    def _lock_plan(self, is_changed=False):
        """Keep others from planning these recurrences until this transaction ends.

        :param is_changed: what is planned is about to change beside the recurrence itself: whoever began to plan
            before that, and has to wait, starts over instead of going by what was
        :raises UserError: when somebody plans one of them at this moment
        """
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._("Somebody else is generating this recurrence at this moment. Try again.")
            ) from error
        if is_changed and self:
            # a lock alone turns nobody away who reads an older snapshot
            self.env.cr.execute(
                SQL("UPDATE recurring_recurrence SET write_date = write_date WHERE id IN %s", tuple(self.ids))
            )

    def _try_again(self):
        """Let the scheduler issue what had failed: a person has looked at it."""
        issues_sudo = self.env["recurring.interaction.invoice"].sudo()  # those of all responsibles
        failed = [("state", "=", "failed"), ("interaction_id.state", "=", "planned")]
        issues_sudo.search([("recurrence_id", "in", self.ids), *failed])._mark_due()

    def _update_interactions(self, interactions_sudo, wanted, changes):
        common = self._prepare_interaction_common_values()
        kept = interactions_sudo.browse(changes.kept)
        stale = kept.filtered(lambda item: item._differs(common))
        stale._write_synchronised(common)
        for interaction in kept:
            occurrence = wanted[changes.kept[interaction.id]]
            if (interaction.user_id.id, interaction.stop) != (occurrence.user_id, occurrence.stop):
                interaction._write_synchronised(self._prepare_occurrence_values(occurrence))
        for key, day in changes.moved.items():
            interactions_sudo.browse(key)._write_synchronised(
                {**common, **self._prepare_occurrence_values(wanted[day])}
            )

    def _create_interactions(self, interactions_sudo, occurrences):
        """Create interactions; of those beyond the agenda only the first, the others are copies of its row."""
        common = {"recurrence_id": self.id, **self._prepare_interaction_common_values()}
        agenda_end = agenda_end_of(self)
        far = [item for item in occurrences if item.day > agenda_end]
        occurrences = [item for item in occurrences if item.day <= agenda_end] + far[:1]
        for first in range(0, len(occurrences), CHUNK):
            interactions_sudo.create(
                [{**common, **self._prepare_occurrence_values(item)} for item in occurrences[first : first + CHUNK]]
            )
        if far[1:]:
            first = interactions_sudo.search([("recurrence_id", "=", self.id), ("occurrence_date", "=", far[0].date)])
            first._insert_copies([self._prepare_occurrence_values(item) for item in far[1:]])
            self.invalidate_recordset(["interaction_ids", "open_count", "done_count"])

    def _skip_ahead(self, first, last, feedback):
        """Leave out dates between two days that are not planned yet, with a reason; return them.

        Planning further leaves them alone, and the dates before them as they are.
        """
        self.ensure_one()
        interactions_sudo = self.env["recurring.interaction"].sudo().with_context(**QUIET)  # see _create_interactions
        if not self._horizon_end():
            return interactions_sudo.browse()  # all of them are planned
        known = set(interactions_sudo.search([("recurrence_id", "=", self.id)]).mapped("occurrence_date"))
        first = max(first, today_of(self))
        days = [day for day in self._to_pattern(self).dates(until=last) if day >= first and day not in known]
        if len(days) > MAX_OCCURRENCES:
            raise UserError(self.env._("More than %(number)s dates lie in this time.", number=MAX_OCCURRENCES))
        common = {"recurrence_id": self.id, **self._prepare_interaction_common_values()}
        skipped = {"state": "skipped", "is_edited": True, "feedback": feedback}
        occurrences = [self._occurrence(day, day, self.user_id) for day in days]
        return interactions_sudo.create(
            [{**common, **self._prepare_occurrence_values(item), **skipped} for item in occurrences]
        )

    def _prepare_interaction_common_values(self):
        """Return the values that all interactions of this recurrence share."""
        return {
            "name": self.name,
            "company_id": self.company_id.id,
            "type_id": self.type_id.id,
            "partner_id": self.partner_id.id,
            "document": f"{self.document._name},{self.document.id}" if self.document else False,
            "team_id": self.team_id.id if self.assignment == "team" else False,
            "description": self.description,
            "in_calendar": self.in_calendar,
            "all_day": self.all_day,
            "tz": self.tz,
            "kind": self.kind,
        }

    @api.model
    def _prepare_occurrence_values(self, occurrence):
        """Return the values of one interaction that depend on its date."""
        return {
            "occurrence_date": occurrence.date,
            "day": occurrence.day,
            "start": occurrence.start,
            "stop": occurrence.stop,
            "user_id": occurrence.user_id,
        }

    def _pattern_key(self):
        """Return a text that changes whenever the dates would."""
        self.ensure_one()
        values = [self[name] for name in self._pattern_fields()]
        return repr([*map(str, values), self.assignment, self.user_id.id, self.team_id.id])

    @api.model
    def _detail_fields(self):
        """Return the names of the fields that planned interactions take over, and of those that say who does them."""
        return (
            "name", "type_id", "partner_id", "document", "description", "in_calendar", "assignment", "user_id",
            "team_id", "team_id.member_ids",
        )  # fmt: skip

    def _details_key(self):
        """Return a text that changes whenever the planned interactions would, their dates apart."""
        self.ensure_one()
        common = self._prepare_interaction_common_values()
        text = repr([sorted((name, str(value)) for name, value in common.items()), self._members().ids])
        return hashlib.sha256(text.encode()).hexdigest()

    def _is_pattern_changed(self):
        """Return whether other dates were chosen since they were generated."""
        return self.generated_key != self._pattern_key()

    def _is_detail_changed(self):
        """Return whether the planned interactions lack a change; unknown for those of the first version."""
        return bool(self.generated_details) and self.generated_details != self._details_key()

    def _store_progress(self):
        """Note when the recurrence ends, or when it has to be planned further."""
        pattern = self._to_pattern(self)
        values = {
            "is_generated": True,
            "generated_key": self._pattern_key(),
            "generated_details": self._details_key(),
            "date_paused": False,
            "date_last": False,
            "refill_on": False,
        }
        horizon = self._horizon_end()
        if horizon:
            coming = next((day for day in pattern.dates() if day > horizon), None)
            months = relativedelta(months=self.horizon_months or self.company_id.recurring_horizon_months)
            values["refill_on"] = coming and coming - months
        else:
            values["date_last"] = self._last_date(pattern)
        self.sudo().with_context(tracking_disable=True).write(values)  # set by methods only

    def _last_date(self, pattern):
        """Return the last date of a recurrence with an end; what was done already can make it earlier."""
        *_others, last = pattern.dates()
        interactions_sudo = self.env["recurring.interaction"].sudo()  # also those of other responsibles
        [(latest,)] = interactions_sudo._read_group([("recurrence_id", "=", self.id)], [], ["occurrence_date:max"])
        return min(last, latest) if latest and self.end_type == "count" else last

    # Scheduled action

    @api.model
    def _cron_fill_horizon(self):
        """Do the work of the night: dates that come into reach, contracts, announcements, revenue.

        Here is no batch: each of the four has its own.
        """
        self._plan_further()
        self.env["recurring.invoice"]._cron_contracts()
        self.env["recurring.price.change"]._cron_announce()
        self.env["recurring.invoice"]._cron_note_revenue()

    @api.model
    def _plan_further(self):
        """Keep recurrences without an end planned ahead, one transaction each."""
        self._cron_each(
            Domain("is_generated", "=", True) & due_domain("refill_on"), "_fill_horizon", order="refill_on, id"
        )

    def _cron_failed(self, method, error):
        """Tell the responsible that the dates do not go on."""
        self.ensure_one()
        self = self.with_context(lang=self.user_id.lang)
        self.with_context(mail_owed=True).message_notify(
            partner_ids=self.user_id.partner_id.ids,
            subject=self.name,
            body=self.env._("This recurrence could not be planned further: %(reason)s", reason=reason_of(self, error)),
        )
        return super()._cron_failed(method, error)

    def _fill_horizon(self):
        """Add the dates that have come into reach; nothing that exists is changed."""
        self.ensure_one()
        if self._is_pattern_changed() or self._missing():
            # edited but not generated again: nobody has confirmed the new dates yet
            self.refill_on = today_of(self) + datetime.timedelta(days=1)
            return
        wanted, changes, _fixed = self._compare()
        known_sudo = self.env["recurring.interaction"].sudo().search([("recurrence_id", "=", self.id)])
        known = set(known_sudo.mapped("occurrence_date"))
        added = [*changes.added, *(day for day in changes.moved.values() if day not in known)]
        interactions_sudo = self.env["recurring.interaction"].sudo().with_context(**QUIET)
        self._create_interactions(interactions_sudo, [wanted[day] for day in sorted(added)])
        self._store_progress()
