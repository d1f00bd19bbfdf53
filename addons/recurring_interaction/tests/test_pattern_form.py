from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import RecurringCase


@tagged("post_install", "-at_install")
class TestPatternForm(RecurringCase):
    """What a person sees while editing a pattern."""

    def test_next_dates_while_editing(self):
        """RI+1: the next dates follow the fields before anything is saved."""
        with Form(self.env["recurring.recurrence"]) as form:
            form.name = "Call back customers"
            form.mon, form.tue, form.thu = False, True, True
            self.assertIn("Tue 3 Mar 2026", form.next_dates)
            self.assertIn("Thu 5 Mar 2026", form.next_dates)
            self.assertEqual(form.summary, "Every week on Tuesday, Thursday")
            form.freq = "monthly"
            form.month_by = "weekday"
            form.week, form.weekday = "-1", "4"
            self.assertEqual(form.summary, "Every month on the last Friday")
            self.assertEqual(form.next_dates.splitlines()[0], "Fri 27 Mar 2026")
        self.assertFalse(form.record.interaction_ids, "showing dates plans nothing")

    def test_incomplete_pattern_says_what_is_missing(self):
        """RI+1: an incomplete pattern shows a sentence instead of dates."""
        recurrence = self.env["recurring.recurrence"].new({"freq": "weekly", "date_start": "2026-03-02", "interval": 1})
        recurrence.update(dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), False))
        self.assertEqual(recurrence.summary, "Tick at least one day of the week.")

    def test_in_words(self):
        """RI+10: typed as people speak, in the user's language or in English, shown in words, then taken over."""
        self.env["res.lang"]._activate_lang("fr_FR")
        recurrence = self._make_recurrence(end_type="forever")
        for lang, text, meaning in (
            ("fr_FR", "chaque premier mardi à 9h30, sauf en août", "août"),
            ("fr_FR", "every first Tuesday at 9:30, not in August", "août"),
            ("en_US", "every first Tuesday at 9:30, not in August", "Every month on the first Tuesday, not in August"),
        ):
            wizard = self.env["recurring.rule.import"].with_context(lang=lang)
            wizard = wizard.create({"recurrence_id": recurrence.id, "text": text})
            self.assertIn(meaning, wizard.result)
            wizard.action_apply()
            self.assertEqual((recurrence.all_day, recurrence.time_of_day), (False, 9.5))
        dates = recurrence._to_pattern(recurrence).dates()
        months = {next(dates).month for _number in range(22)}
        self.assertEqual(months, set(range(1, 13)) - {8})
        refused = wizard.create({"recurrence_id": recurrence.id, "text": "every Tuesday before lunch"})
        self.assertIn("not understood", refused.result)
        self.assertIn("before", refused.result)
        with self.assertRaisesRegex(UserError, "before"):
            refused.action_apply()

    def test_months_in_words(self):
        """RI+10: a rule with months is described in words; one that words cannot say is shown as it is."""
        for rule, text in (
            ("FREQ=WEEKLY;BYDAY=MO;BYMONTH=6,7", "Every week on Monday, only in June, July"),
            ("FREQ=MONTHLY;BYDAY=2WE;BYMONTH=1,2,3,4,5,6,7,9,10,11,12",
             "Every month on the second Wednesday, not in August"),
            ("FREQ=MONTHLY;BYDAY=1TU,3TU", "FREQ=MONTHLY;BYDAY=1TU,3TU"),
        ):  # fmt: skip
            record = self.env["recurring.recurrence"].new(
                {"freq": "rule", "rule": rule, "date_start": "2026-03-02", "interval": 1, "all_day": True}
            )
            self.assertEqual(record.summary, text)

    def test_descriptions(self):
        """RI4: days, working days, weeks, months and years are described in words."""
        expected = {
            "Every 3 days, 10 times": {"freq": "daily", "interval": 3},
            "Every working day, 10 times": {"freq": "workday"},
            "Every 2 weeks on Tuesday, Thursday, 10 times": {"interval": 2},
            "Every month on day 31, 10 times": {"freq": "monthly", "month_by": "day", "month_day": 31},
            "Every month on the last day, 10 times": {"freq": "monthly", "month_by": "last_day"},
            "Every year in February on day 29, 10 times": {"freq": "yearly", "month": "2", "month_day": 29},
            "Every week on Tuesday, Thursday at 09:30, 10 times": {"all_day": False, "time_of_day": 9.5},
        }
        for text, values in expected.items():
            self.assertEqual(self._make_recurrence(**values).summary, text)

    def test_month_end_policy(self):
        """RI4: day 31 in a short month is the last day, or no day, as the user chooses; March is 31 again."""
        values = {"freq": "monthly", "month_by": "day", "month_day": 31, "date_start": "2026-03-31", "count": 3}
        clamp = self._make_recurrence(**values)
        clamp._generate()
        self.assertEqual(self._days(clamp), ["2026-03-31", "2026-04-30", "2026-05-31"])
        skip = self._make_recurrence(**values, month_end="skip")
        skip._generate()
        self.assertEqual(self._days(skip), ["2026-03-31", "2026-05-31", "2026-07-31"])

    def test_rule_out_and_in(self):
        """RI+4: the rule as text can be read back, into the fields of the form where there are any."""
        recurrence = self._make_recurrence()
        self.assertEqual(recurrence.rrule, "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=10")
        other = self._make_recurrence(freq="daily")
        action = other.action_import_rule()
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create({"text": recurrence.rrule})
        self.assertEqual(wizard.result.split("\n")[:2], ["Every week on Tuesday, Thursday, 10 times", "Tue 3 Mar 2026"])
        wizard.action_apply()
        self.assertEqual((other.freq, other.tue, other.thu, other.fri, other.count), ("weekly", True, True, False, 10))

    def test_rule_the_form_has_no_fields_for(self):
        """RI+4: any other rule is kept as text and gives its dates."""
        recurrence = self._make_recurrence()
        wizard = self.env["recurring.rule.import"].create(
            {"recurrence_id": recurrence.id, "text": "RRULE:FREQ=YEARLY;COUNT=2;BYDAY=20MO"}
        )
        wizard.action_apply()
        self.assertEqual(recurrence.freq, "rule")
        recurrence._generate()
        self.assertEqual(self._days(recurrence), ["2026-05-18", "2027-05-17"])

    def test_bad_rules(self):
        """RI+4: nonsense is refused with a sentence, never with a traceback."""
        recurrence = self._make_recurrence()
        for text in ("hello", "FREQ=SECONDLY", "FREQ=DAILY;BYHOUR=3", "FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY;COUNT=x"):
            wizard = self.env["recurring.rule.import"].create({"recurrence_id": recurrence.id, "text": text})
            self.assertTrue(wizard.result)
            with self.subTest(text), self.assertRaises(UserError):
                wizard.action_apply()

    def test_defaults(self):
        """RI2: a new recurrence starts on today's day of the week."""
        form = Form(self.env["recurring.recurrence"])
        self.assertTrue(form.mon)
        self.assertFalse(form.tue)

    def test_seldom(self):
        """RI+8: a rule without end that gives no date in the next five years is said to have none, in the form."""
        seldom = self._make_recurrence(
            freq="rule", rule="FREQ=YEARLY;INTERVAL=40;BYMONTH=1;BYMONTHDAY=1", end_type="forever"
        )
        self.assertEqual(seldom.next_dates.split("\n")[0], "No date in the next 5 years.")
        usual = self._make_recurrence(freq="rule", rule="FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1", end_type="forever")
        self.assertNotIn("5 years", usual.next_dates)
        union = self._make_recurrence(freq="rule", rule="FREQ=MONTHLY;BYDAY=SA,2FR", end_type="forever")
        self.assertEqual(union.next_dates.split("\n")[:3], ["Sat 7 Mar 2026", "Fri 13 Mar 2026", "Sat 14 Mar 2026"])
