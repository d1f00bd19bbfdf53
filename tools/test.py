"""Run the tests: ``make test``, ``make test ADDON=<name>``.

Two kinds. Odoo's own runner takes ``addons/*/tests``, each addon on a database of its own,
cloned from a template that has everything the addons depend on. pytest takes ``tests/``, a process for each
folder: really running servers, a real browser, SMTP and SOAP over sockets. ``JOBS`` of them run side by side
(default: one more than there are cores, at most four). The last line counts both kinds.
"""

import argparse
import itertools
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tools.children import ending_with_us
from tools.manifests import foreign_dependencies
from tools.odoo_server import ODOO_TEST, OdooInstallation, free_port, log_lines, project_path
from tools.postgres import database_server
from tools.settings import LOG_DIR, ROOT, STATE_DIR, ToolError, our_addons, progress, run_tool, venv_python

RESULT = re.compile(r"odoo\.tests\.result: (\d+) failed, (\d+) error\(s\) of (\d+) tests")
SHOWN = re.compile(r" (ERROR|CRITICAL) |FAIL: |ERROR: |AssertionError|Traceback")
STARTED = re.compile(r"^(\S+ \S+) \d+ INFO \S+ (\S+): Starting (\S+) \.\.\.", re.MULTILINE)
#: Folders of ``tests/`` that take longest: they are started first.
LONG_FOLDERS = ("hostile", "finish", "service_dossier", "online_proof", "lifecycle")
#: The mark of a test file that needs no database: it runs while the templates are made.
PLAIN = re.compile(r"^pytestmark = pytest\.mark\.plain$", re.MULTILINE)
#: Not part of ``make test``: what it needs is Debian's, see ``make production-check``.
APART = ("production",)
#: They crash the database server under everybody: nothing else runs meanwhile.
ALONE = ("faults",)


@dataclass
class Outcome:
    """What one part of the run has given; ``tests`` as pairs of seconds and name.

    ``seconds`` it took, and ``processor_seconds`` its processes did; the database server's are not among them.
    """

    part: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0
    processor_seconds: float = 0
    output: str = ""
    tests: list = field(default_factory=list)


def base_template(installation):
    """Return the template database with everything that our addons depend on."""
    progress(f"template database with {', '.join(foreign_dependencies())} (made once, takes some minutes)")
    return installation.base_template()


def _run(command, log, **options):
    """Run a part's process to its end with its output in a file.

    :return: its exit code, and the seconds of processor time that it and its children took
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as file:
        process = subprocess.Popen(ending_with_us(command), stdout=file, stderr=subprocess.STDOUT, **options)
        _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_utime + usage.ru_stime


def run_addon(installation, addon, tags):
    """Install ``addon`` on a clone of the template and run its tests.

    :rtype: Outcome
    """
    database = f"test_{addon}"
    log = LOG_DIR / f"test-{addon}.log"
    installation.clone_database(installation.base_template(), database)
    command = installation.command(
        *("-d", database, "-i", addon, "--with-demo", "--stop-after-init"),
        *("--test-tags", tags or f"/{addon}", "--http-port", free_port(), "--max-cron-threads=0"),
        script=ODOO_TEST,
    )
    code, processor_seconds = _run(command, log)
    text = log.read_text(errors="replace")
    results = RESULT.findall(text)
    part = f"{addon} (Odoo)"
    if not results:
        message = f"{text[-4000:]}\n{addon}: FAILED before any test ran; see {project_path(log)}"
        return Outcome(part, failed=1, output=message)
    failures, errors, total = map(int, results[-1])
    bad = failures + errors
    # an error that Odoo logs while no test fails (a broken view, a cron that dies) is a failure too
    logged = len(log_lines(text, "ERROR", "CRITICAL"))
    bad = max(bad, 1 if logged or code or not total else 0)
    outcome = Outcome(part, passed=max(total - bad, 0), failed=bad, tests=_odoo_durations(text))
    outcome.processor_seconds = processor_seconds
    if bad:
        outcome.output = (
            f"{_failures(text)}\n{failures} failures, {errors} errors, {logged} logged errors; log {project_path(log)}"
        )
    else:
        installation.drop_database(database)
    return outcome


def _failures(text):
    lines = text.splitlines()
    return "\n...\n".join(
        "\n".join(lines[number : number + 25]) for number, line in enumerate(lines) if SHOWN.search(line)
    )


def _odoo_durations(text):
    """Return pairs of seconds and name of the tests in a log: from one start to the next."""
    starts = [(datetime.fromisoformat(when.replace(",", ".")), f"{logger.rpartition('.')[2]}.{name}")
              for when, logger, name in STARTED.findall(text)]  # fmt: skip
    spans = [((then - when).total_seconds(), name) for (when, name), (then, _name) in itertools.pairwise(starts)]
    # a test that moves the clock has no duration that could be read from the log
    return [(seconds, name) for seconds, name in spans if 0 <= seconds < 3600]


def run_pytest(paths, addon="", arguments=(), label=""):
    """Run tests of ``tests/`` against running servers.

    :param paths: files or folders, one part of the run
    :param addon: where given, the databases have this addon only
    :param label: the part's name, where it is not that of its only path
    :rtype: Outcome
    """
    part = label or " ".join(str(Path(path).relative_to(ROOT)) for path in paths)
    name = "-".join(re.findall(r"\w+", part))
    report, log = STATE_DIR / f"pytest-{name}.xml", LOG_DIR / f"pytest-{name}.log"
    report.unlink(missing_ok=True)
    command = [venv_python(), "-m", "pytest", *paths, f"--junitxml={report}", *arguments]
    code, processor_seconds = _run(command, log, cwd=ROOT, env={**os.environ, "ADDON": addon})
    output = log.read_text(errors="replace")
    if not report.exists():
        return Outcome(part, failed=1, output=output[-4000:])
    suite = ElementTree.parse(report).getroot().find("testsuite")
    total, failures, errors, skipped = (int(suite.get(key)) for key in ("tests", "failures", "errors", "skipped"))
    bad = max(failures + errors, 1 if code not in (0, 5) else 0)
    tests = [
        (float(case.get("time")), f"{case.get('classname')}.{case.get('name')}") for case in suite.iter("testcase")
    ]
    outcome = Outcome(part, max(total - bad - skipped, 0), bad, skipped, tests=tests)
    outcome.processor_seconds = processor_seconds
    outcome.output = output if bad or skipped else ""
    return outcome


def _plain(path):
    return bool(PLAIN.search(path.read_text()))


def _pytest_parts(addon, folder):
    """Return pairs of a label and paths, each for a pytest process of its own: the longest first.

    In a whole run those without a database come before all others, as ``plain``.
    """
    tests = ROOT / "tests"
    if folder or addon:
        return [(name, [tests / name]) for name in (folder or addon,) if (tests / name).exists()]
    folders = {path.parent.name: sorted(path.parent.glob("test_*.py")) for path in tests.glob("*/__init__.py")}
    folders = {name: files for name, files in sorted(folders.items()) if files and name not in APART}
    folders["tests"] = sorted(tests.glob("test_*.py"))
    names = sorted(folders, key=lambda name: LONG_FOLDERS.index(name) if name in LONG_FOLDERS else len(LONG_FOLDERS))
    parts = [("plain", [path for name in names for path in folders[name] if _plain(path)])]
    parts += [(name, [path for path in folders[name] if not _plain(path)]) for name in names]
    return [(name, paths) for name, paths in parts if paths]


def _timed(part, function, arguments):
    """Call a part's function, say how it went and return its ``Outcome``."""
    started = time.monotonic()
    outcome = function(*arguments)
    outcome.seconds = time.monotonic() - started
    if outcome.output:
        print(outcome.output)
    word = "FAILED" if outcome.failed else "ok"
    progress(f"{part}: {word}, {outcome.passed} passed, {outcome.failed} failed, {outcome.seconds:.0f} s")
    return outcome


def _build_templates(installation):
    """Make the template of the end-to-end tests while Odoo's own runner is at work."""
    installation.addons_template()
    return Outcome("template with the addons")


def _build_base(installation):
    """Make the template of everything while the tests without a database are at work."""
    base_template(installation)
    return Outcome("template of what the addons need")


def _parts(installation, options):
    """Return lists of ``(name, function, arguments)``: what runs before, with and after everything else."""
    addons = [options.addon] if options.addon else our_addons()
    first, together, alone = [("template", _build_base, (installation,))], [], []
    if options.only != "odoo":
        for label, paths in _pytest_parts(options.addon, options.folder):
            part = (label, run_pytest, (paths, options.addon, options.pytest_arguments, label))
            (alone if label in ALONE else first if label == "plain" else together).append(part)
    if options.only != "pytest":
        odoo = [(addon, run_addon, (installation, addon, options.tags)) for addon in addons]
        # Odoo's suites calculate, the others often wait for a browser or a clock: they take turns
        together = [part for pair in itertools.zip_longest(odoo, together) for part in pair if part]
    if options.only != "odoo" and not options.addon:
        together.insert(0, ("template with the addons", _build_templates, (installation,)))
    return first, together, alone


def _report(outcomes, started):
    """Print what took how long, and the closing line."""
    for outcome in sorted(outcomes, key=lambda outcome: -outcome.seconds):
        busy = f", {outcome.processor_seconds:.0f} s of a processor" if outcome.processor_seconds else ""
        progress(f"{outcome.seconds:6.0f} s  {outcome.part}{busy}")
    progress(f"{time.monotonic() - started:6.0f} s  in all; slowest tests:")
    for seconds, name in sorted((test for outcome in outcomes for test in outcome.tests), reverse=True)[:10]:
        progress(f"{seconds:6.0f} s  {name}")
    passed, failed, skipped = (sum(getattr(o, key) for o in outcomes) for key in ("passed", "failed", "skipped"))
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
    return 1 if failed or not passed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--addon", default="", help="only this addon")
    parser.add_argument("--tags", default="", help="Odoo test tags, e.g. /my_addon:TestClass.test_method")
    parser.add_argument("--only", choices=("odoo", "pytest"), help="only one kind of tests")
    parser.add_argument("--folder", default="", help="only this folder of the pytest tests")
    parser.add_argument("pytest_arguments", nargs="*", help="passed on to pytest, after --")
    options = parser.parse_args()
    if options.addon and options.addon not in our_addons():
        raise ToolError(f"There is no addon {options.addon}; there are: {', '.join(our_addons())}.")
    started = time.monotonic()
    # one more than cores: a part often waits, for a browser or a clock
    jobs = int(os.environ.get("JOBS") or min((os.cpu_count() or 1) + 1, 4))
    with database_server() as database, ThreadPoolExecutor(jobs) as pool:
        installation = OdooInstallation(database)
        first, together, alone = _parts(installation, options)
        running = [pool.submit(_timed, *part) for part in first]
        # everything else starts from the template
        running[0].result()
        running += [pool.submit(_timed, *part) for part in together]
        outcomes = [future.result() for future in running]
        outcomes += [_timed(*part) for part in alone]
    return _report(outcomes, started)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    run_tool(main)
