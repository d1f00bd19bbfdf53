"""Compare what is planned with what should be: kept, moved, removed, added."""

import collections
import dataclasses
import datetime
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

#: What an occurrence is known by, and what its date has in common with those it may move to.
Key = TypeVar("Key")
Period = TypeVar("Period", bound=Hashable)


@dataclasses.dataclass
class Changes(Generic[Key]):
    """Result of :func:`reconcile`; the values are keys and dates as they were passed in."""

    kept: dict[Key, datetime.date] = dataclasses.field(default_factory=dict)
    moved: dict[Key, datetime.date] = dataclasses.field(default_factory=dict)
    removed: list[Key] = dataclasses.field(default_factory=list)
    added: list[datetime.date] = dataclasses.field(default_factory=list)


def reconcile(
    open_dates: Mapping[Key, datetime.date],
    fixed_dates: Collection[datetime.date],
    wanted: Sequence[datetime.date],
    period_key: Callable[[datetime.date], Period],
    settled_dates: Iterable[datetime.date] = (),
    *,
    is_counted: bool = False,
) -> Changes[Key]:
    """Return the changes that turn what is planned into what is wanted.

    An open occurrence whose date is no longer wanted moves to a new date of the same period
    (week, month, year) when there is one; it keeps its notes and attachments that way.

    :param open_dates: dict of record key to date: planned, free to be changed
    :param fixed_dates: dates of done or hand-edited occurrences: taken, never touched
    :param wanted: the dates that the pattern gives, in order
    :param period_key: callable from a date to its period
    :param settled_dates: those of ``fixed_dates`` that the pattern does not give any more; each stands for
        a date of its period: one date less of that period is wanted
    :param is_counted: the pattern is a number of dates: what is settled outside of the wanted periods
        makes the end come earlier
    """
    changes: Changes[Key] = Changes()
    targets = _unsettled(set(open_dates.values()), fixed_dates, wanted, period_key, settled_dates, is_counted)
    wanted_set = set(targets)
    orphans: dict[Period, collections.deque[Key]] = collections.defaultdict(collections.deque)
    for key, day in sorted(open_dates.items(), key=lambda item: (item[1], str(item[0]))):
        if day in wanted_set:
            changes.kept[key] = day
        else:
            orphans[period_key(day)].append(key)
    taken = set(changes.kept.values())
    for day in targets:
        if day in taken:
            continue
        taken.add(day)
        waiting = orphans.get(period_key(day))
        if waiting:
            changes.moved[waiting.popleft()] = day
        else:
            changes.added.append(day)
    changes.removed = [key for waiting in orphans.values() for key in waiting]
    return changes


def _unsettled(
    held: set[datetime.date],
    fixed_dates: Collection[datetime.date],
    wanted: Sequence[datetime.date],
    period_key: Callable[[datetime.date], Period],
    settled_dates: Iterable[datetime.date],
    is_counted: bool,
) -> list[datetime.date]:
    """Return the wanted dates that nothing done, skipped or moved by hand stands for."""
    settled = collections.Counter(period_key(day) for day in set(settled_dates) - set(wanted))
    free = []
    for day in wanted:
        if day in fixed_dates:
            continue
        period = period_key(day)
        if settled[period] and day not in held:
            settled[period] -= 1
        else:
            free.append(day)
    surplus = settled.total() if is_counted else 0
    return free[:-surplus] if surplus else free
