"""The state of a proof follows from the decisions that stand; nothing ever sets it to a fixed value.

======================== ===================== =====================================================
order cancelled          whatever              cancelled
nothing sent to the      whatever              draft
present customer
a change request stands  whatever              changes: nobody's approval outvotes it
an approval stands       rule *any*, or final  approved
an approval stands       rule *all*            approved once everybody who was asked approved; a link
                                               that was revoked or ran out is no consent
it was approved already  whatever became of    approved, as long as the approvals stand that it was
                         rule and people       approved by
none of these            deadline passed       expired
none of these            deadline to come      sent
======================== ===================== =====================================================
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

#: What answers a proof.
CHOICES = ("approved", "changes")
#: What a person can do in which state; everything else is refused.
ALLOWED = {
    "send": {"draft", "sent", "changes", "approved", "expired"},
    "decide": {"sent"},
    "withdraw": {"sent", "changes", "approved"},
    "remind": {"sent"},
    "extend": {"expired"},
    "comment": {"sent", "changes", "approved"},
}


@dataclass(frozen=True)
class Standing:
    """A decision that nobody took back.

    :ivar who: the person, whichever of their links was used; None where the shop recorded it
    :ivar choice: ``approved`` or ``changes``
    :ivar final: recorded by the shop or made by placing the order: nobody else is waited for
    """

    who: object
    choice: str
    final: bool = False


@dataclass(frozen=True)
class Facts:
    """What a proof's state follows from.

    :ivar sent: a revision was sent to the present customer
    :ivar asked: the people whose approval is wanted, whether their links still work or not
    :ivar former_rule: the rule that it was approved under, once it was, and the people who were asked then
    """

    sent: bool
    standing: tuple[Standing, ...] = ()
    asked: frozenset[object] = field(default_factory=frozenset)
    rule: str = "any"
    over: bool = False
    cancelled: bool = False
    former_rule: str = ""
    former_asked: frozenset = field(default_factory=frozenset)


def outcome(standing: Sequence[Standing], rule: str = "any", asked: frozenset[object] = frozenset()) -> str:
    """Return what the decisions that stand amount to: ``changes``, ``approved``, or nothing yet."""
    if any(made.choice == "changes" for made in standing):
        return "changes"
    approved = {made.who for made in standing}
    if not approved:
        return ""
    enough = rule == "any" or any(made.final for made in standing) or asked <= approved
    return "approved" if enough else ""


def state(facts: Facts) -> str:
    """Return the state of a proof."""
    if facts.cancelled:
        return "cancelled"
    if not facts.sent:
        return "draft"
    found = outcome(facts.standing, facts.rule, facts.asked)
    if not found and facts.former_rule:
        found = outcome(facts.standing, facts.former_rule, facts.former_asked)
    return found or ("expired" if facts.over else "sent")


#: How several proofs of an order stand together: the first of these that one of them has.
TOGETHER = ("changes", "expired", "sent", "draft", "approved", "cancelled")


def together(states: Iterable[str]) -> str:
    """Return the state of all of an order's proofs: approved once all are; empty without proofs."""
    found = set(states)
    return next((each for each in TOGETHER if each in found), "")


def allows(act: str, present: str) -> bool:
    """Return whether an act is possible in a state."""
    return present in ALLOWED[act]
