"""What a rule is, and the registry that finds all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ..changes import Change

if TYPE_CHECKING:
    from datetime import datetime

    from ..batch import Batch
    from ..changes import Comparison
    from ..facts import Facts

#: By code the classes that were defined, the latest last.
_CLASSES: dict[str, list[type[Rule]]] = {}
#: The addons that have rules.
_ADDONS: set[str | None] = set()
#: Rules by the addons that are installed.
_CHOSEN: dict[frozenset[str | None], list[Rule]] = {}


class Rule:
    """Something about an order that customers are told when it changes.

    A class with a ``code`` registers itself when its module is imported, in any addon; it counts in databases where
    that addon is installed. A later class with the same code takes the place of the earlier one: to change a rule,
    derive from it. Settings, ledger, mails, pages and previews find it without being told of it.

    Objects of rules hold nothing: a method gets all that it needs.
    """

    code = ""
    #: Position in settings and mails.
    sequence = 100
    #: Its part of the facts, kept as JSON: ``{fact: value of an order that nobody was told anything about}``.
    facts: ClassVar[dict[str, Any]] = {}
    #: What a change may be about, and the facts it comes from: ``{topic: (fact, ...)}``. Most rules have one topic.
    topics: ClassVar[dict[str, tuple[str, ...]]] = {}
    #: Facts (dictionaries) whose entries can be taken back, and the topic of that. It is told after a grace time.
    revocable: ClassVar[dict[str, str]] = {}
    #: Facts whose entries stay told when they are gone: to have them again is no news.
    growing: ClassVar[tuple[str, ...]] = ()
    #: Topics that only marks say (:meth:`read_marks`): what of them reached nobody is kept beside the facts.
    marked: ClassVar[tuple[str, ...]] = ()
    #: Fields whose writing has the order looked at: ``{"sale.order": ("state",)}``; on models that inherit
    #: ``order.status.watched``. For other things call ``order.status.mark._mark``.
    watches: ClassVar[dict[str, tuple[str, ...]]] = {}
    #: Icon of its events on the customer's page (Font Awesome 4).
    icon = "fa-info-circle"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if cls.code:
            classes = _CLASSES.setdefault(cls.code, [])
            # a module that is loaded again replaces its own class
            classes[:] = [known for known in classes if _path(known) != _path(cls)] + [cls]
            _ADDONS.add(_addon(cls))
            _CHOSEN.clear()
        return super().__init_subclass__(**kwargs)

    # Words. ``env`` has the language of the reader.

    def label(self, env: Any) -> str:
        """Return the name of the rule, as settings and customers' choices show it."""
        raise NotImplementedError

    def help(self, env: Any) -> str:
        """Return when it tells something, for the shop."""
        return ""

    def topic_label(self, env: Any, topic: str) -> str:
        """Return the name of one of its topics."""
        return self.label(env)

    def sentence(self, event: Any, old: str, new: str) -> str:
        """Return a change as a whole sentence; ``old`` and ``new`` are formatted."""
        raise NotImplementedError

    def format(self, event: Any, value: str | Literal[False]) -> str:
        """Return a value of the ledger as people read it."""
        return value or ""

    def rank(self, event: Any) -> int | None:
        """Return how much a change says, None where it gives no headline: the lowest of a mail is its headline."""
        return 500

    def headline(self, order: Any, event: Any) -> str:
        """Return what happened, in a few words."""
        return event._describe()["text"]

    def parcels(self, event: Any) -> list[dict[str, str]]:
        """Return the parcels that an event tells of: dicts with ``number``, ``carrier``, ``url`` and ``label``."""
        return []

    # Facts

    def gather(self, batch: Batch) -> None:
        """Fill in its facts for all orders of ``batch`` (see ``batch.Batch``), in a fixed number of queries."""

    def compare(self, told: Facts, now: Facts, comparison: Comparison) -> Iterable[Change]:
        """Yield a ``Change`` for each difference between two ``Facts``; see ``changes.Comparison``."""
        return ()

    def missing(self, told: Facts, now: Facts) -> Iterator[tuple[str, str]]:
        """Yield the entries ``(fact, key)`` that were told and are no more."""
        for fact in self.revocable:
            yield from ((fact, key) for key in told[fact] if key not in now[fact])

    def advance(self, told: Facts, now: Facts, changes: Iterable[Change]) -> dict[str, Any]:
        """Return its facts as they count as told from now on."""
        settled = {fact: dict(now[fact]) if isinstance(now[fact], dict) else now[fact] for fact in self.facts}
        settled.update({fact: {**told[fact], **now[fact]} for fact in self.growing})
        return settled

    def settle_revoked(self, settled: Facts, fact: str, key: str) -> None:
        """Note in the facts that count as told that the customer knows of an entry that is gone."""

    def next_look(self, facts: Facts, moment: datetime) -> datetime | None:
        """Return when the order is to be looked at again though nothing touches it, or None."""

    # Marks

    def uses_mark(self, mark: Mapping[str, Any]) -> bool:
        """Return whether a mark says something to this rule alone, so that it may not be dropped before."""
        return False

    def read_marks(self, marks: Iterable[Mapping[str, Any]], told: Facts, now: Facts) -> Iterable[Change]:
        """Yield changes that marks themselves say (dicts with ``line_id`` and ``quantity``)."""
        return ()

    # Records

    def links(self, env: Any, change: Change) -> dict[str, Any]:
        """Return the fields of the ledger that say which record a change is about."""
        return {}

    def example(self, order: Any) -> list[Change]:
        """Return changes as this order could go through them, for the preview."""
        return [Change(topic, rule=self.code) for topic in list(self.topics)[:1]]


def _path(cls: type) -> tuple[str, str]:
    return cls.__module__, cls.__qualname__


def _addon(cls: type) -> str | None:
    parts = cls.__module__.split(".")
    return parts[2] if parts[:2] == ["odoo", "addons"] else None


def rules_of(env: Any) -> list[Rule]:
    """Return the rules of the addons that are installed in this database, in their order."""
    # this addon's own count while its data is loaded, too
    return _choose(frozenset({_addon(Rule), *(_ADDONS & env.registry._init_modules)}))


def rule_of(env: Any, code: str) -> Rule | None:
    """Return the rule with a code, or None: the addon of an old entry of the ledger may be gone."""
    return next((rule for rule in rules_of(env) if rule.code == code), None)


def own_rules() -> list[Rule]:
    """Return the rules of this addon, without a database."""
    return _choose(frozenset({_addon(Rule)}))


def _choose(addons: frozenset[str | None]) -> list[Rule]:
    if addons not in _CHOSEN:
        latest = (next((cls for cls in reversed(all_) if _addon(cls) in addons), None) for all_ in _CLASSES.values())
        _CHOSEN[addons] = sorted((cls() for cls in latest if cls), key=lambda rule: (rule.sequence, rule.code))
    return _CHOSEN[addons]


def forget(cls: type[Rule]) -> None:
    """Take a rule out of the registry: tests do, after they have put one in."""
    _CLASSES[cls.code].remove(cls)
    _CHOSEN.clear()


def compare_entries(told: Facts, now: Facts, fact: str, topic: str) -> Iterator[Change]:
    """Yield a change for each entry of ``fact`` that was not told: ``{key: name of a document}``."""
    for key, name in now[fact].items():
        if key not in told[fact]:
            yield Change(topic, key=key, new=name, document=name)
