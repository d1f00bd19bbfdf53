"""Expected delivery date changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from ..changes import Change
from .lines import LineRule

if TYPE_CHECKING:
    from ..batch import Batch
    from ..changes import Comparison
    from ..facts import Facts

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

    def label(self, env: Any) -> str:
        return env._("Expected delivery date changed")

    def help(self, env: Any) -> str:
        return env._("When goods from a supplier are expected earlier or later.")

    def topic_label(self, env: Any, topic: str) -> str:
        return env._("Expected delivery")

    def gather(self, batch: Batch) -> None:
        waiting = batch.lines.filtered(batch.to_come)
        facts = batch.env["order.status.facts"]
        dates = facts._expected_dates(waiting)
        undated = waiting.filtered(lambda line: line not in dates)
        # a line whose goods came in has lost no date, though the purchase that had one is done
        for line in waiting - facts._in_stock(undated) if undated else waiting:
            batch.facts[line.order_id.id]["expected"][str(line.id)] = dates.get(line)

    def compare(self, told: Facts, now: Facts, comparison: Comparison) -> Iterator[Change]:
        for key, value in now["expected"].items():
            old = told["expected"].get(key)
            if ("expected", key) in comparison.gone:
                yield Change("expected", key=key, old=old)
            if not value or value in (old, told["held"].get(key)):
                continue
            yield Change("expected", key=key, old=old or None, new=value, reason=self._reason(old, value, comparison))

    def _reason(self, old: str | None, new: str, comparison: Comparison) -> str | None:
        if old is None:
            return "first_date"
        if not old:
            return None
        moved = abs((date.fromisoformat(new) - date.fromisoformat(old)).days)
        return "tolerance" if moved <= comparison.tolerance_days else None

    def missing(self, told: Facts, now: Facts) -> Iterator[tuple[str, str]]:
        # a line that was delivered needs no date: only one that still waits can lose it
        for key, value in told["expected"].items():
            if value and key in now["expected"] and not now["expected"][key]:
                yield "expected", key

    def settle_revoked(self, settled: Facts, fact: str, key: str) -> None:
        settled[fact][key] = WITHDRAWN

    def advance(self, told: Facts, now: Facts, changes: Iterable[Change]) -> dict[str, Any]:
        dates = {key: value for key, value in now["expected"].items() if value}
        held = {key: value for key, value in dates.items() if told["held"].get(key) == value}
        held.update({change.key: change.new for change in changes if change.reason == "tolerance"})
        settled = {key: value for key, value in dates.items() if key not in held}
        return {"expected": {**told["expected"], **settled}, "held": held}

    def format(self, event: Any, value: str | Literal[False]) -> str:
        return event.env["order.status.words"]._day(value) if value else ""

    def sentence(self, event: Any, old: str, new: str) -> str:
        if not new:
            return event.env._("The expected date %(old)s no longer holds, a new one is not known yet", old=old)
        if not old:
            return event.env._("Expected on %(new)s", new=new)
        return event.env._("Expected on %(new)s instead of %(old)s", old=old, new=new)

    def rank(self, event: Any) -> int:
        # a first date goes along with what the mail is about
        return 60 if event.old_value else 120

    def headline(self, order: Any, event: Any) -> str:
        if not event.new_value:
            return event.env._("The delivery date is open again")
        return event.env._("Expected on %(date)s", date=self.format(event, event.new_value))

    def example(self, order: Any) -> list[Change]:
        today = order._status_day(order.env.cr.now())
        old, new = today.isoformat(), (today + timedelta(days=10)).isoformat()
        return [Change("expected", key=str(line.id), old=old, new=new, rule=self.code) for line in self.goods(order)]
