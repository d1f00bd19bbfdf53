"""OS+1 with real processes: several servers at once, and SIGKILL between any two statements."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("processes.py")


@pytest.fixture
def play(installation, database):
    """Run a scenario of ``processes.py`` in a process of its own and return its report."""

    def run(scenario):
        command = installation.command("-d", database, "--no-http", "--max-cron-threads=0", subcommand="shell")
        done = subprocess.run(
            command,
            input=SCRIPT.read_text(),
            env={**os.environ, "OSM_SCENARIO": scenario},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        lines = done.stdout.strip().splitlines()
        assert done.returncode == 0 and lines, done.stderr[-4000:]
        return json.loads(lines[-1])

    return run


def test_four_processes_tell_each_order_once(play):
    """OS+1: whoever is faster tells; nobody is told twice and nobody is forgotten."""
    report = play("together")
    assert report["ends"] == [0, 0, 0, 0]
    assert all(marks > 0 for _mails, _events, marks, _queued in report["before"])
    assert report["told"] == [[1, 1, 0, 1]] * 24


def test_a_killed_run_tells_nothing_twice_and_loses_nothing(play):
    """OS+1: wherever the run dies, each order is either told with its marks gone, or not told with its marks kept."""
    report = play("killed")
    kills = [entry for entry in report if entry["end"] == -signal.SIGKILL]
    assert len(kills) > 10, "the run has many steps"
    assert report[-1]["end"] == 0, "the last round was not killed any more"
    for entry in report:
        for mails, events, marks, queued in entry["after"]:
            assert (mails, events, queued) == ((0, 0, 0) if marks else (1, 1, 1)), entry
        assert entry["told"] == [[1, 1, 0, 1]] * 3, entry


def test_switching_on_waits_for_whoever_saves_an_order(play):
    """OS+6: the past of an order that another transaction holds is not told when it lets go."""
    report = play("switching")
    assert report["end"] == 0
    assert report["waited"] > 1, "the order was held"
    assert report["reasons"] == ["rule_off"]
