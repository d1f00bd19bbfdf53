"""Compare what a customer was last told with how the order is now. Plain Python, no ORM."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

#: How much of an order is paid, from nothing to all.
PAYMENTS = ("no", "part", "paid")
#: Hours before the customer is told that something is taken back: most of it comes again, corrected.
GRACE_HOURS = 12
#: An expected date that was taken back, and the customer knows.
WITHDRAWN = ""
#: Facts whose entries can be taken back, and what is told then.
_REVOCABLE = {"invoices": "invoice", "tracking": "tracking", "expected": "expected"}


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
        "refunds": {},
        "failures": {},
        "slips": {},
        "picked": False,
        "tracking": {},
        "delivered": {},
        "expected": {},
        "held": {},
        "gone": {},
    }


def compare(told, now, *, tolerance_days=0, moment=None):
    """Return the changes from the facts ``told`` to the facts ``now``, in the order to tell them.

    :param moment: what was taken back is told when it is gone for :data:`GRACE_HOURS` at this moment
    """
    moment = moment or datetime.now()
    gone = _grace_over(told, now, moment)
    changes = []
    changes += _compare_status(told, now)
    changes += _compare_documents(told, now, gone)
    changes += _compare_growing(told, now, "slips", "slip")
    if now["picked"] and not told["picked"]:
        changes.append(Change("picked", new=True))
    changes += _compare_tracking(told, now, gone)
    changes += _compare_delivered(told, now)
    changes += _compare_expected(told, now, tolerance_days, gone)
    return changes


def advance(told, now, changes, *, moment=None):
    """Return what counts as told after ``changes`` are in the ledger.

    A slip that was printed and a tick that was set stay told when they are taken back, so that
    setting them again is no news. A date within the tolerance is not told: small steps add up. What is gone
    for less than the grace time still counts as told.
    """
    moment = moment or datetime.now()
    new = {fact: dict(value) if isinstance(value, dict) else value for fact, value in now.items()}
    for fact in ("slips", "refunds", "failures"):
        new[fact] = {**told[fact], **now[fact]}
    new["picked"] = told["picked"] or now["picked"]
    dates = {key: value for key, value in now["expected"].items() if value}
    new["held"] = {key: value for key, value in dates.items() if told["held"].get(key) == value}
    new["held"].update({change.key: change.new for change in changes if change.reason == "tolerance"})
    settled = {key: value for key, value in dates.items() if key not in new["held"]}
    new["expected"] = {**told["expected"], **settled}
    revoked = {(change.topic, change.key) for change in changes if change.new is None}
    new["gone"] = {}
    for fact, key in _missing(told, now):
        if (_REVOCABLE[fact], key) in revoked:
            if fact == "expected":
                new[fact][key] = WITHDRAWN
            continue
        new[fact][key] = told[fact][key]
        name = f"{fact}:{key}"
        new["gone"][name] = told["gone"].get(name) or moment.isoformat(timespec="seconds")
    return new


def next_look(facts):
    """Return when the grace time of what is gone ends, or None."""
    gone = facts["gone"].values()
    return datetime.fromisoformat(min(gone)) + timedelta(hours=GRACE_HOURS) if gone else None


def _missing(told, now):
    """Return the entries ``(fact, key)`` that were told and are no more."""
    missing = [(fact, key) for fact in ("invoices", "tracking") for key in told[fact] if key not in now[fact]]
    # a line that was delivered needs no date: only one that still waits can lose it
    missing += [("expected", key) for key, value in told["expected"].items() if value and _lost_date(key, now)]
    return missing


def _lost_date(key, now):
    return key in now["expected"] and not now["expected"][key]


def _grace_over(told, now, moment):
    limit = (moment - timedelta(hours=GRACE_HOURS)).isoformat(timespec="seconds")
    since = told["gone"]
    return {entry for entry in _missing(told, now) if since.get(":".join(entry), "9") <= limit}


def _compare_status(told, now):
    if told["state"] != now["state"]:
        silent = now["state"] in ("draft", "sent") or (now["state"] == "cancel" and told["state"] == "draft")
        yield Change("state", old=told["state"], new=now["state"], reason="not_news" if silent else None)
    if told["payment"] != now["payment"]:
        # less is paid than before: a line was added or money went back, which is told by what was done
        silent = PAYMENTS.index(now["payment"]) < PAYMENTS.index(told["payment"])
        yield Change("payment", old=told["payment"], new=now["payment"], reason="not_news" if silent else None)
    for key, name in now["failures"].items():
        if key not in told["failures"]:
            # whoever paid in the meantime need not hear of the attempt before
            reason = "not_news" if now["payment"] == "paid" or now["state"] == "cancel" else None
            yield Change("failure", key=key, new=name, document=name, reason=reason)


def _compare_documents(told, now, gone):
    for key, name in now["invoices"].items():
        if key not in told["invoices"]:
            yield Change("invoice", key=key, new=name, document=name)
    for key, name in told["invoices"].items():
        if ("invoices", key) in gone:
            yield Change("invoice", key=key, old=name, document=name)
    for key, amount in now["refunds"].items():
        if key not in told["refunds"]:
            yield Change("refund", key=key, new=amount)


def _compare_growing(told, now, fact, topic):
    for key, name in now[fact].items():
        if key not in told[fact]:
            yield Change(topic, key=key, new=name, document=name)


def _compare_tracking(told, now, gone):
    for key in {**told["tracking"], **now["tracking"]}:
        old, new = told["tracking"].get(key), now["tracking"].get(key)
        if new and old != new:
            yield Change("tracking", key=key, old=old, new=new)
        elif ("tracking", key) in gone:
            yield Change("tracking", key=key, old=old)


def _compare_delivered(told, now):
    for key, quantity in now["delivered"].items():
        old = told["delivered"].get(key, 0.0)
        if abs(quantity - old) > 1e-6:
            yield Change("delivered", key=key, old=old, new=quantity)


def _compare_expected(told, now, tolerance_days, gone):
    for key, value in now["expected"].items():
        old = told["expected"].get(key)
        if ("expected", key) in gone:
            yield Change("expected", key=key, old=old)
        if not value or value in (old, told["held"].get(key)):
            continue
        reason = None
        if old is None:
            reason = "first_date"
        elif old and abs((date.fromisoformat(value) - date.fromisoformat(old)).days) <= tolerance_days:
            reason = "tolerance"
        yield Change("expected", key=key, old=old or None, new=value, reason=reason)
