"""Run the tests: ``make test``, ``make test ADDON=<name>``.

Two kinds. Odoo's own runner takes ``addons/*/tests``, each addon on a database of its own,
cloned from a template that has everything the addons depend on. pytest takes ``tests/``:
really running servers, a real browser, SMTP and SOAP over sockets. The last line counts both.
"""

import argparse
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

from tools.manifests import foreign_dependencies
from tools.odoo_server import OdooInstallation, free_port, log_lines, project_path
from tools.postgres import database_server
from tools.settings import LOG_DIR, ROOT, STATE_DIR, ToolError, our_addons, progress, run_tool, venv_python

RESULT = re.compile(r"odoo\.tests\.result: (\d+) failed, (\d+) error\(s\) of (\d+) tests")
SHOWN = re.compile(r" (ERROR|CRITICAL) |FAIL: |ERROR: |AssertionError|Traceback")


class Counts:
    """Numbers of tests, added up over all runs."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def add(self, passed, failed, skipped=0):
        self.passed += passed
        self.failed += failed
        self.skipped += skipped

    def line(self):
        """Return the closing summary line."""
        return f"{self.passed} passed, {self.failed} failed" + (f", {self.skipped} skipped" if self.skipped else "")


def base_template(installation):
    """Return the template database with everything that our addons depend on."""
    progress(f"template database with {', '.join(foreign_dependencies())} (made once, takes some minutes)")
    return installation.base_template()


def run_addon(installation, template, addon, tags, counts):
    """Install ``addon`` on a clone of the template and run its tests."""
    database = f"test_{addon}"
    log = LOG_DIR / f"test-{addon}.log"
    installation.clone_database(template, database)
    started = time.monotonic()
    command = installation.command(
        *("-d", database, "-i", addon, "--with-demo", "--stop-after-init"),
        *("--test-tags", tags or f"/{addon}", "--http-port", free_port(), "--max-cron-threads=0"),
    )
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as file:
        done = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, check=False)
    text = log.read_text(errors="replace")
    results = RESULT.findall(text)
    if not results:
        counts.add(0, 1)
        print(text[-4000:])
        progress(f"{addon}: FAILED before any test ran; see {project_path(log)}")
        return
    failures, errors, total = map(int, results[-1])
    bad = failures + errors
    # an error that Odoo logs while no test fails (a broken view, a cron that dies) is a failure too
    logged = len(log_lines(text, "ERROR", "CRITICAL"))
    bad = max(bad, 1 if logged or done.returncode or not total else 0)
    counts.add(total - bad if total > bad else 0, bad)
    progress(
        f"{addon}: {'FAILED' if bad else 'ok'}, {total} tests, {failures} failures, {errors} errors, "
        f"{logged} logged errors, {time.monotonic() - started:.0f} s; log {project_path(log)}"
    )
    if bad:
        _show_failures(text)
    else:
        installation.drop_database(database)


def _show_failures(text):
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if SHOWN.search(line):
            print("\n".join(lines[number : number + 25]))
            print("...")


def run_pytest(addon, arguments, counts, folder=""):
    """Run ``tests/`` (with ``addon`` or ``folder``: only that folder) against running servers."""
    folders = [ROOT / "tests" / (folder or addon)]
    if not any(folder.exists() for folder in folders):
        return
    report = STATE_DIR / "pytest.xml"
    report.unlink(missing_ok=True)
    command = [venv_python(), "-m", "pytest", *folders, f"--junitxml={report}", *arguments]
    environment = {**os.environ, "ADDON": addon or ""}
    code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    if not report.exists():
        counts.add(0, 1)
        return
    suite = ElementTree.parse(report).getroot().find("testsuite")
    total, failures, errors, skipped = (int(suite.get(key)) for key in ("tests", "failures", "errors", "skipped"))
    bad = max(failures + errors, 1 if code not in (0, 5) else 0)
    counts.add(max(total - bad - skipped, 0), bad, skipped)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--addon", default="", help="only this addon")
    parser.add_argument("--tags", default="", help="Odoo test tags, e.g. /my_addon:TestClass.test_method")
    parser.add_argument("--only", choices=("odoo", "pytest"), help="only one kind of tests")
    parser.add_argument("--folder", default="", help="only this folder of the pytest tests")
    parser.add_argument("pytest_arguments", nargs="*", help="passed on to pytest, after --")
    options = parser.parse_args()
    addons = our_addons()
    if options.addon and options.addon not in addons:
        raise ToolError(f"There is no addon {options.addon}; there are: {', '.join(addons)}.")
    counts = Counts()
    with database_server() as database:
        installation = OdooInstallation(database)
        template = base_template(installation)
        if options.only != "pytest":
            for addon in [options.addon] if options.addon else addons:
                progress(f"{addon}: Odoo tests")
                run_addon(installation, template, addon, options.tags, counts)
        if options.only != "odoo":
            run_pytest(options.addon, options.pytest_arguments, counts, options.folder)
    print(counts.line(), flush=True)
    return 1 if counts.failed or not counts.passed else 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    run_tool(main)
