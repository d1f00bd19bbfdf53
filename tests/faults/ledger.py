"""What was put in beside what was found: the result of a scene."""

import dataclasses
from collections import Counter

HEADER = ("scene", "addon", "what", "put in", "found", "lost", "doubled", "repeated", "held", "verdict")


@dataclasses.dataclass
class Count:
    """One kind of thing of one addon, counted before and after a scene.

    :ivar expected: how often each thing should be there, by its key
    :ivar found: how often it is there, by the same key
    :ivar repeated: mails that the mail server saw again under the Message-Id of the first one
    :ivar held: mails of the scene that Odoo kept back with a failure that a person sees, sent after *Retry*
    :ivar is_mail: whether mails are counted
    """

    addon: str
    what: str
    expected: dict
    found: dict
    repeated: int = 0
    held: int = 0
    is_mail: bool = False

    @property
    def lost(self):
        return sum(max(number - self.found.get(key, 0), 0) for key, number in self.expected.items())

    @property
    def doubled(self):
        return sum(max(number - self.expected.get(key, 0), 0) for key, number in self.found.items())

    def wrong(self):
        """Return some of the keys that are lost or doubled, for the report."""
        keys = [key for key in {**self.expected, **self.found} if self.expected.get(key, 0) != self.found.get(key, 0)]
        return [f"{key}: {self.found.get(key, 0)} of {self.expected.get(key, 0)}" for key in keys[:5]]


@dataclasses.dataclass
class Verdict:
    """A ``Count`` in its scene.

    :ivar repeats: how many repeated mails the scene may cause
    :ivar may_hold: whether the scene may make Odoo hold mails back
    :ivar note: what else is to be said, or why the scene could not be played
    """

    scene: str
    count: Count
    repeats: int = 0
    may_hold: bool = False
    note: str = ""

    skipped = False

    @property
    def ok(self):
        count = self.count
        return not (
            count.lost
            or count.doubled
            or count.repeated > self.repeats
            or (count.held and not self.may_hold)
            or not count.expected
        )

    def row(self):
        count = self.count
        numbers = (sum(count.expected.values()), sum(count.found.values()), count.lost, count.doubled)
        verdict = "ok" if self.ok else f"WRONG {'; '.join(count.wrong())}"
        note = f" ({self.note})" if self.note else ""
        return (self.scene, count.addon, count.what, *numbers, count.repeated, count.held, verdict + note)


@dataclasses.dataclass
class Skipped:
    """A scene that could not be played, or a promise about the suite itself that failed."""

    scene: str
    reason: str
    ok: bool = True

    @property
    def skipped(self):
        return self.ok

    def row(self):
        return (self.scene, *("",) * 8, ("skipped: " if self.skipped else "WRONG ") + self.reason)


def outcome(verdicts):
    """Return in a word how a scene went."""
    if not all(verdict.ok for verdict in verdicts):
        return "WRONG"
    if any(verdict.skipped for verdict in verdicts):
        return "skipped" if all(verdict.skipped for verdict in verdicts) else "ok, partly skipped"
    return "ok"


def table(verdicts):
    """Return the verdicts as a Markdown table."""
    rows = [HEADER, ("---",) * len(HEADER), *(verdict.row() for verdict in verdicts)]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "/") for cell in row) + " |" for row in rows)


def tally(keys):
    """Return how often each key occurs."""
    return dict(Counter(keys))
