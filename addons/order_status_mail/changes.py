"""Compare what a customer was last told with how the order is now. Plain Python, no ORM."""

from dataclasses import dataclass
from datetime import date

#: How much of an order is paid, from nothing to all.
PAYMENTS = ("no", "part", "paid")


@dataclass(frozen=True)
class Change:
    """One thing that is different.

    ``reason`` is the reason why it is kept to the ledger (a code of ``const.REASONS``), or None.
    """

    topic: str
    key: str = ""
    old: object = None
    new: object = None
    document: str = ""
    reason: str | None = None


def empty_facts():
    """Return the facts of an order that nobody has been told anything about."""
    return {
        "state": "draft",
        "payment": "no",
        "invoices": {},
        "slips": {},
        "picked": False,
        "tracking": {},
        "delivered": {},
        "expected": {},
        "held": {},
    }


def compare(told, now, *, tolerance_days=0):
    """Return the changes from the facts ``told`` to the facts ``now``, in the order to tell them."""
    changes = []
    changes += _compare_status(told, now)
    changes += _compare_growing(told, now, "slips", "slip")
    if now["picked"] and not told["picked"]:
        changes.append(Change("picked", new=True))
    changes += _compare_tracking(told, now)
    changes += _compare_delivered(told, now)
    changes += _compare_expected(told, now, tolerance_days)
    return changes


def advance(told, now, changes):
    """Return what counts as told after ``changes`` are in the ledger.

    A slip that was printed and a tick that was set stay told when they are taken back, so that
    setting them again is no news. A date within the tolerance is not told: small steps add up.
    """
    new = dict(now)
    new["slips"] = {**told["slips"], **now["slips"]}
    new["picked"] = told["picked"] or now["picked"]
    new["held"] = {key: value for key, value in now["expected"].items() if told["held"].get(key) == value}
    new["held"].update({change.key: change.new for change in changes if change.reason == "tolerance"})
    new["expected"] = {
        **told["expected"],
        **{key: value for key, value in now["expected"].items() if value and key not in new["held"]},
    }
    return new


def _compare_status(told, now):
    if told["state"] != now["state"]:
        silent = now["state"] in ("draft", "sent") or (now["state"] == "cancel" and told["state"] == "draft")
        yield Change("state", old=told["state"], new=now["state"], reason="not_news" if silent else None)
    if told["payment"] != now["payment"]:
        # less is paid than before: a line was added or money went back, which is told by what was done
        silent = PAYMENTS.index(now["payment"]) < PAYMENTS.index(told["payment"])
        yield Change("payment", old=told["payment"], new=now["payment"], reason="not_news" if silent else None)
    for key, name in now["invoices"].items():
        if key not in told["invoices"]:
            yield Change("invoice", key=key, new=name, document=name)
    for key, name in told["invoices"].items():
        if key not in now["invoices"]:
            yield Change("invoice", key=key, old=name, document=name)


def _compare_growing(told, now, fact, topic):
    for key, name in now[fact].items():
        if key not in told[fact]:
            yield Change(topic, key=key, new=name, document=name)


def _compare_tracking(told, now):
    for key in {**told["tracking"], **now["tracking"]}:
        old, new = told["tracking"].get(key), now["tracking"].get(key)
        if old != new:
            yield Change("tracking", key=key, old=old, new=new)


def _compare_delivered(told, now):
    for key, quantity in now["delivered"].items():
        old = told["delivered"].get(key, 0.0)
        if abs(quantity - old) > 1e-6:
            yield Change("delivered", key=key, old=old, new=quantity)


def _compare_expected(told, now, tolerance_days):
    for key, value in now["expected"].items():
        old = told["expected"].get(key)
        if not value or value in (old, told["held"].get(key)):
            continue
        reason = None
        if not old:
            reason = "first_date"
        elif abs((date.fromisoformat(value) - date.fromisoformat(old)).days) <= tolerance_days:
            reason = "tolerance"
        yield Change("expected", key=key, old=old, new=value, reason=reason)
