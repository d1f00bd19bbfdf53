"""The short form of ``make faults``: one seed, the faults together; the long form has each of them alone."""

import os

import pytest

from tests.faults.__main__ import play
from tests.faults.jobs import JOBS
from tests.faults.ledger import Count, Skipped, Verdict, outcome, table
from tests.faults.scenes import Stage


@pytest.mark.skipif(bool(os.environ.get("ADDON")), reason="needs all addons together")
@pytest.mark.timeout(900)
def test_nothing_is_lost_or_doubled(installation, template):
    """SW+1, OP3, OP14, RI+3, RI+5, OS+1, SD3, SD8: through SIGKILL, a database crash, a full disk, bad mail days."""
    verdicts = play(installation, template, seed=1, short=True)
    wrong = [verdict for verdict in verdicts if not verdict.ok]
    assert not wrong, f"\n{table(wrong)}"
    played = {verdict.count.addon for verdict in verdicts if isinstance(verdict, Verdict)}
    assert played == {job.addon for job in JOBS}, "each addon's work was counted"


@pytest.mark.parametrize(
    ("found", "options", "lost", "doubled", "ok"),
    [
        ({"a": 1, "b": 1}, {}, 0, 0, True),
        ({"a": 1}, {}, 1, 0, False),
        ({"a": 2, "b": 1}, {}, 0, 1, False),
        ({"a": 1, "b": 1, "c": 1}, {}, 0, 1, False),
        ({"a": 1, "b": 1}, {"repeated": 1}, 0, 0, False),
        ({"a": 1, "b": 1}, {"held": 1}, 0, 0, False),
    ],
)
def test_the_checker_sees(found, options, lost, doubled, ok):
    """What is missing, there twice, or there uninvited makes a scene fail."""
    count = Count("addon", "things", {"a": 1, "b": 1}, found, **options)
    assert (count.lost, count.doubled, Verdict("scene", count).ok) == (lost, doubled, ok)
    assert Verdict("scene", count, repeats=1, may_hold=True).ok == (not lost and not doubled)


def test_crash_of_a_foreign_database_is_skipped(monkeypatch):
    """A PostgreSQL that is not ours is not crashed, and nobody reads that it was."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@elsewhere/postgres")
    stage = Stage.__new__(Stage)
    stage.verdicts = []
    stage.postgres()
    assert [verdict.row()[-1] for verdict in stage.verdicts] == ["skipped: the server of DATABASE_URL is not ours"]
    assert outcome(stage.verdicts) == "skipped"


def test_outcome():
    """A scene that was left out in part is not simply right."""
    right = Verdict("scene", Count("addon", "things", {"a": 1}, {"a": 1}))
    left_out, wrong = Skipped("scene", "cannot be"), Skipped("scene", "never asked", ok=False)
    assert outcome([right]) == "ok"
    assert outcome([right, left_out]) == "ok, partly skipped"
    assert outcome([right, left_out, wrong]) == "WRONG"
