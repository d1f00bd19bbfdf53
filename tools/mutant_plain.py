"""Mutants of files that need no Odoo, played with an addon's pytest tests that need no database.

What Odoo's tests leave alive is played here, in a copy of the tree: one process has the addon loaded, a fork of it
notes which tests come by what, and further forks run the tests in which a mutant behaves differently.
"""

import functools
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

from tools.mutant_code import OF_ODOO, Code
from tools.mutant_plan import Coverage
from tools.mutations import Mutant
from tools.settings import ADDONS_DIR, LOG_DIR, ODOO_PREFIX, ROOT, VENV_DIR, ToolError, venv_python

#: seconds that the tests of a mutant may take, beside twenty times what they take without
PATIENCE = 60
#: seconds that all of them may take once
WHOLE = 1200
#: seconds of tests for each mutant: with those in which it behaves differently, with those in which it may
SECONDS = (90, 20)
#: what is not copied
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".git", ".state", ODOO_PREFIX.name, VENV_DIR.name)


def play(addon: str, todo: Iterable[Mutant], rows: list[dict], folder: Path) -> list[dict]:
    """Play those of the mutants that the report's rows name as alive; return the rows with what became of them.

    :param folder: where the tree is copied to
    """
    alive = {row["name"] for row in rows if row["outcome"] in ("survived", "no test")}
    texts = {mutant.path: (ADDONS_DIR / mutant.path).read_text() for mutant in todo if mutant.path.endswith(".py")}
    plain = {path for path, text in texts.items() if not OF_ODOO.search(text)}
    tried = [asdict(mutant) for mutant in todo if mutant.name in alive and mutant.path in plain]
    if not tried or not list((ROOT / "tests" / addon).glob("test_*.py")):
        return rows
    copy = folder / f"{addon}-plain"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    for path in (ODOO_PREFIX, VENV_DIR):
        (copy / path.name).symlink_to(path.resolve())
    (copy / "todo.json").write_text(json.dumps(tried))
    log = LOG_DIR / f"mutants_{addon}_plain.log"
    with log.open("w") as file:
        subprocess.run([venv_python(), "-m", "tools.mutant_plain", addon], cwd=copy, check=False, stdout=file,
                       stderr=subprocess.STDOUT, env={**os.environ, "PYTHONPATH": str(copy)})  # fmt: skip
    target = copy / "report.json"
    if not target.exists():
        raise ToolError(f"{addon}: the tests without a database were not played; see {log}.")
    found = json.loads(target.read_text())
    return [row | found.get(row["name"], {}) for row in rows]


class _Tests:
    """Has pytest run the tests that need no database, each with ``watch(name, work)``."""

    def __init__(self, watch: Callable):
        self._watch = watch

    def pytest_collection_modifyitems(self, items):
        items[:] = [item for item in items if "installation" not in item.fixturenames]

    def pytest_runtest_protocol(self, item, nextitem):
        from _pytest.runner import runtestprotocol

        self._watch(item.nodeid, lambda: not any(one.failed for one in runtestprotocol(item, nextitem=nextitem)))
        return True


def _in_a_fork(work: Callable[[], int], patience: float) -> int | None:
    """Return what ``work`` returns in a process of its own; ``None`` where it takes too long."""

    def run():
        os.setsid()
        os._exit(work())

    child = multiprocessing.get_context("fork").Process(target=run)
    child.start()
    child.join(patience)
    code = child.exitcode
    # what it has started ends with it
    if code is None:
        os.killpg(child.pid or 0, signal.SIGKILL)
        child.join()
    return code


def _coverage(code: Code, tests: str) -> Coverage:
    """Run the tests once without a mutant and return what they come by."""
    import pytest

    # it needs Odoo
    from tools.mutant_cover import Watch

    target = Path("coverage.json")

    def work():
        watch = Watch(code.notes)
        code.note(watch.notes)
        pytest.main([tests, "-q"], plugins=[_Tests(watch.test)])
        target.write_text(json.dumps(watch.values))
        return 0

    _in_a_fork(work, WHOLE)
    code.mend_all()
    return Coverage.of_classes([json.loads(target.read_text())])


def _passes(code: Code, mutant: Mutant | None, tests: list[str], patience: float) -> bool:
    """Return whether tests pass, with a mutant or with none."""
    import pytest

    run = functools.partial(pytest.main, ["-x", "-q", *tests])

    def work():
        if not mutant:
            return run()
        with code.broken(mutant):
            return run()

    passed = _in_a_fork(work, patience) == 0
    if mutant:
        code.mend(mutant.path)
    return passed


def main(addon: str) -> None:
    """In the copy: play the mutants of ``todo.json`` and write what became of those that were tried."""
    import odoo.addons

    odoo.addons.__path__ = [*odoo.addons.__path__, str(ADDONS_DIR)]
    paths = [str(path.relative_to(ADDONS_DIR)) for path in sorted((ADDONS_DIR / addon).rglob("*.py"))
             if path.relative_to(ADDONS_DIR / addon).parts[0] not in ("tests", "migrations")]  # fmt: skip
    code = Code(ADDONS_DIR, paths)
    code.load()
    code.find()
    coverage, found = _coverage(code, f"tests/{addon}"), {}
    print(len(coverage.seconds), "tests,", len(coverage.failing), "fail without a mutant:", *coverage.failing)
    for mutant in (Mutant(**values) for values in json.loads(Path("todo.json").read_text())):
        tests = coverage.trial(mutant).chosen(coverage, SECONDS)
        if not tests:
            continue
        patience = PATIENCE + 20 * sum(coverage.seconds[test] for test in tests)
        noticed = not _passes(code, mutant, tests, patience) and _passes(code, None, tests, patience)
        outcome = "noticed" if noticed else "survived"
        found[mutant.name] = {"outcome": outcome, "tests": len(tests), "by": f"tests/{addon}" if noticed else ""}
        print(f"{outcome}: {mutant.name} ({len(tests)} tests)", flush=True)
    Path("report.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
