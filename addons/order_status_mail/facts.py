"""What is known of an order, as plain values. Plain Python, no ORM."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from .rules.base import Rule

#: Raise it when the meaning of a fact changes, and read the older form in :meth:`Facts.load`.
VERSION = 3


@dataclass
class Facts:
    """How an order is, or how its customer was last told that it is.

    Each rule has its part of ``values``, see ``rules.Rule.facts``; ``gone`` says since when an entry that was told
    is no more: ``{"fact:key": ISO moment}``.
    """

    values: dict[str, Any]
    gone: dict[str, str] = field(default_factory=dict)
    version: int = VERSION

    @classmethod
    def empty(cls, rules: Iterable[Rule], **values: Any) -> Self:
        """Return the facts of an order that nobody has been told anything about."""
        nothing = {fact: copy(value) for rule in rules for fact, value in rule.facts.items()}
        return cls({**nothing, **values})

    @classmethod
    def load(cls, stored: Mapping[str, Any], now: Facts) -> Self:
        """Return facts as they were kept; of what a rule knows only since then, how it is now counts as told.

        The first version kept neither a version nor what was gone; before the third one, nobody was told less about
        payments than was kept.
        """
        values = {fact: value for fact, value in stored.items() if fact not in ("gone", "version")}
        if "payment" in values:
            values.setdefault("acknowledged", values["payment"])
        return cls({**now.values, **values}, dict(stored.get("gone") or {}))

    def dump(self) -> dict[str, Any]:
        """Return the facts as they are kept."""
        return {**self.values, "gone": self.gone, "version": self.version}

    def __getitem__(self, fact: str) -> Any:
        return self.values[fact]

    def with_values(self, values: Mapping[str, Any]) -> Facts:
        """Return these facts with some values in place of theirs."""
        return Facts({**self.values, **values}, self.gone)
