"""Expected delivery date changed."""

from datetime import date, timedelta

from odoo.tools import format_date

from ..changes import Change
from .lines import LineRule

#: An expected date that was taken back, and the customer knows.
WITHDRAWN = ""


class ExpectedDate(LineRule):
    """When goods are expected: a date beyond the tolerance, and one that no longer holds.

    ``held`` are dates within the tolerance, which are not told: small steps add up.
    """

    code = "date"
    sequence = 60
    facts = {"expected": {}, "held": {}}
    topics = {"expected": ("expected", "held")}
    revocable = {"expected": "expected"}
    watches = {"sale.order": ("commitment_date",), "sale.order.line": ("status_expected_date",)}
    icon = "fa-calendar"

    def label(self, env):
        return env._("Expected delivery date changed")

    def help(self, env):
        return env._("When goods from a supplier are expected earlier or later.")

    def topic_label(self, env, topic):
        return env._("Expected delivery")

    def gather(self, batch):
        waiting = batch.lines.filtered(batch.to_come)
        facts = batch.env["order.status.facts"]
        dates = facts._expected_dates(waiting)
        undated = waiting.filtered(lambda line: line not in dates)
        # a line whose goods came in has lost no date, though the purchase that had one is done
        for line in waiting - facts._in_stock(undated) if undated else waiting:
            batch.facts[line.order_id.id]["expected"][str(line.id)] = dates.get(line)

    def compare(self, told, now, comparison):
        for key, value in now["expected"].items():
            old = told["expected"].get(key)
            if ("expected", key) in comparison.gone:
                yield Change("expected", key=key, old=old)
            if not value or value in (old, told["held"].get(key)):
                continue
            yield Change("expected", key=key, old=old or None, new=value, reason=self._reason(old, value, comparison))

    def _reason(self, old, new, comparison):
        if old is None:
            return "first_date"
        moved = old and abs((date.fromisoformat(new) - date.fromisoformat(old)).days)
        return "tolerance" if old and moved <= comparison.tolerance_days else None

    def missing(self, told, now):
        # a line that was delivered needs no date: only one that still waits can lose it
        for key, value in told["expected"].items():
            if value and key in now["expected"] and not now["expected"][key]:
                yield "expected", key

    def settle_revoked(self, settled, fact, key):
        settled[fact][key] = WITHDRAWN

    def advance(self, told, now, changes):
        dates = {key: value for key, value in now["expected"].items() if value}
        held = {key: value for key, value in dates.items() if told["held"].get(key) == value}
        held.update({change.key: change.new for change in changes if change.reason == "tolerance"})
        settled = {key: value for key, value in dates.items() if key not in held}
        return {"expected": {**told["expected"], **settled}, "held": held}

    def format(self, event, value):
        return format_date(event.env, value) if value else ""

    def sentence(self, event, old, new):
        if not new:
            return event.env._("The expected date %(old)s no longer holds, a new one is not known yet", old=old)
        if not old:
            return event.env._("Expected on %(new)s", new=new)
        return event.env._("Expected on %(new)s instead of %(old)s", old=old, new=new)

    def rank(self, event):
        # a first date goes along with what the mail is about
        return 60 if event.old_value else 120

    def headline(self, order, event):
        if not event.new_value:
            return event.env._("The delivery date is open again")
        return event.env._("Expected on %(date)s", date=self.format(event, event.new_value))

    def example(self, order):
        today = order._status_day(order.env.cr.now())
        old, new = today.isoformat(), (today + timedelta(days=10)).isoformat()
        return [Change("expected", key=str(line.id), old=old, new=new, rule=self.code) for line in self.goods(order)]
