"""Compare what a customer was last told with how the order is now. Plain Python, no ORM."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .facts import Facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .rules.base import Rule

#: Hours before the customer is told that something is taken back: most of it comes again, corrected.
GRACE_HOURS = 12


@dataclass(frozen=True)
class Change:
    """One thing that is different.

    ``reason`` is the reason why it is kept to the ledger (a code of ``const.REASONS``), or None; ``rule`` is filled
    in by :func:`compare`.
    """

    topic: str
    key: str = ""
    old: object = None
    new: object = None
    document: str = ""
    reason: str | None = None
    rule: str = ""


@dataclass(frozen=True)
class Comparison:
    """What rules are given next to the facts.

    ``gone`` are the entries ``(fact, key)`` whose grace time is over; ``tolerance_days`` is the website's.
    """

    gone: frozenset[tuple[str, str]] = frozenset()
    tolerance_days: int = 0


def compare(
    rules: Sequence[Rule], told: Facts, now: Facts, *, tolerance_days: int = 0, moment: datetime | None = None
) -> list[Change]:
    """Return the changes from the facts ``told`` to the facts ``now``, in the order to tell them.

    :param moment: what was taken back is told when it is gone for :data:`GRACE_HOURS` at this moment
    """
    comparison = Comparison(_grace_over(rules, told, now, moment or datetime.now()), tolerance_days)
    return [replace(change, rule=rule.code) for rule in rules for change in rule.compare(told, now, comparison)]


def advance(
    rules: Sequence[Rule], told: Facts, now: Facts, changes: Iterable[Change], *, moment: datetime | None = None
) -> Facts:
    """Return what counts as told after ``changes`` are in the ledger.

    What each rule lets stand is up to the rule. What is gone for less than the grace time still counts as it was told.
    """
    moment = moment or datetime.now()
    new = Facts({fact: value for rule in rules for fact, value in rule.advance(told, now, changes).items()})
    revoked = {(change.topic, change.key) for change in changes}
    for rule in rules:
        for fact, key in rule.missing(told, now):
            if (rule.revocable[fact], key) in revoked:
                rule.settle_revoked(new, fact, key)
                continue
            if key in told[fact]:
                new[fact][key] = told[fact][key]
            else:
                new[fact].pop(key, None)
            name = f"{fact}:{key}"
            new.gone[name] = told.gone.get(name) or moment.isoformat(timespec="seconds")
    return new


def next_look(rules: Iterable[Rule], facts: Facts, moment: datetime) -> datetime | None:
    """Return when an order is to be looked at again though nothing touches it, or None.

    That is where the grace time of what is gone ends, or when a rule asks for it.
    """
    looks = [datetime.fromisoformat(since) + timedelta(hours=GRACE_HOURS) for since in facts.gone.values()]
    looks += [look for rule in rules if (look := rule.next_look(facts, moment))]
    return min(looks, default=None)


def _grace_over(rules: Iterable[Rule], told: Facts, now: Facts, moment: datetime) -> frozenset[tuple[str, str]]:
    limit = (moment - timedelta(hours=GRACE_HOURS)).isoformat(timespec="seconds")
    missing = (entry for rule in rules for entry in rule.missing(told, now))
    return frozenset(entry for entry in missing if told.gone.get(":".join(entry), "9") <= limit)
