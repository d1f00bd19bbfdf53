"""What an order said when its proof was shown or approved, beside what it says now."""

from collections.abc import Collection, Sequence
from typing import Any

#: What an order, or one of its lines, says: as JSON keeps it.
Facts = dict[str, Any]
#: What changed: a code, and what a sentence about it names.
Difference = tuple[str, dict[str, Any]]

#: Which differences a shop can choose to look at, by kind.
KINDS = ("customer", "product", "quantity", "size", "text", "total")


def reduce_facts(facts: Facts, *, with_total: bool) -> Facts:
    """Return the facts that a person may see: who is not of the customer sees no prices.

    Notes may say them, too.
    """
    hidden = () if with_total else ("total", "currency", "notes")
    return {key: value for key, value in facts.items() if key not in hidden}


def differences(before: Facts, now: Facts, kinds: Collection[str] = KINDS) -> list[Difference]:
    """Return what changed as ``(code, values)``, in the order of the order's lines.

    :param kinds: the kinds of differences that matter
    """
    found = []
    # a merged contact has another number and is the same customer
    same = any(before.get(key) == now.get(key) for key in ("customer", "customer_name"))
    if "customer" in kinds and not same:
        found.append(("customer", _change(before.get("customer_name"), now.get("customer_name"))))
    found += _line_differences(before.get("lines", []), now.get("lines", []), kinds)
    # records of before the notes were written down do not say them
    if "text" in kinds and before.get("notes", now.get("notes")) != now.get("notes"):
        found.append(("notes", _change(before["notes"], now.get("notes"))))
    shown = [facts for facts in (before, now) if "total" in facts]
    if "total" in kinds and len(shown) == 2 and _total(before) != _total(now):
        found.append(("total", _change(_total(before), _total(now))))
    return found


def _change(before: Any, now: Any) -> dict[str, Any]:
    return {"before": before or "-", "now": now or "-"}


def _total(facts: Facts) -> str:
    return f"{facts['total']:.2f} {facts.get('currency') or ''}".strip()


def _pairs(before: Sequence[Facts], now: Sequence[Facts]) -> list[tuple[Facts | None, Facts | None]]:
    """Yield lines beside what they were: the same line, or one of the same product in its place."""
    left = {line["line"]: line for line in before}
    rest = [line for line in now if line["line"] not in left]
    pairs: list[tuple[Facts | None, Facts | None]] = [
        (left.pop(line["line"]), line) for line in now if line["line"] in left
    ]
    for line in rest:
        same = next((old for old in left.values() if old["product"] == line["product"]), None)
        pairs.append((left.pop(same["line"]) if same else None, line))
    return pairs + [(line, None) for line in left.values()]


def _line_differences(before: Sequence[Facts], now: Sequence[Facts], kinds: Collection[str]) -> list[Difference]:
    found = []
    for old, new in _pairs(before, now):
        if old is None or new is None:
            if "product" in kinds:
                found.append(("added" if old is None else "removed", {"product": (new or old or {})["name"]}))
            continue
        name = {"product": old["name"]}
        if "product" in kinds and old["product"] != new["product"]:
            found.append(("product", name | _change(old["name"], new["name"])))
        found += [
            (kind, name | _change(old.get(kind), new.get(kind)))
            for kind in ("quantity", "size", "text")
            if kind in kinds and _is_other(old, new, kind)
        ]
    return found


def _is_other(old: Facts, new: Facts, kind: str) -> bool:
    """Return whether something about a line changed; a unit has another name in each reader's language."""
    key = "amount" if kind == "quantity" and "amount" in old and "amount" in new else kind
    return old.get(key) != new.get(key)
