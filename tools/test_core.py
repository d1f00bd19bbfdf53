"""``make test-core``: do Odoo's own tests still pass with our addons installed?

The test suites of the modules that our addons extend run twice, each time on a fresh clone of
a template database with demo data: without our addons and with all of them. What fails (or is
skipped, or runs) only with them is printed; there must be nothing of the kind. Results stay
under ``.state/core``; those without our addons are taken from there the next time, as long as
Odoo is the same.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from tools.core_exceptions import EXCEPTIONS
from tools.odoo_server import OdooInstallation, free_port, project_path
from tools.postgres import database_server
from tools.settings import ADDONS_DIR, ROOT, STATE_DIR, ToolError, our_addons, progress, run_tool, venv_python

CORE_DIR = STATE_DIR / "core"
#: Quick ones first; ``test_lint`` reads code and needs not be installed.
SUITES = (
    "sale",
    "purchase",
    "portal",
    "sms",
    "helpdesk_mgmt",
    "test_lint",
    "sale_stock",
    "purchase_stock",
    "website_sale",
    "mail",
    "account",
)
GOOD = ("passed", "skipped")
TIMEOUT = 2 * 3600


class Runner:
    """Runs suites on clones of two templates.

    :param browser: whether tests that need a browser run; otherwise they count as skipped
    :param fresh: whether cached results are ignored
    :param leave_out: regular expression of the names of tests that do not run
    """

    def __init__(self, installation, *, browser, fresh, leave_out):
        self.installation = installation
        self.browser = browser
        self.fresh = fresh
        self.leave_out = leave_out
        self._clones = {}
        self.base = installation.base_template()
        self.ours = installation.addons_template()

    def config(self, side):
        """Write the configuration of a side; the one without our addons does not see their folder."""
        options = {}
        if side == "without":
            folders = self.installation.addons_path().split(",")
            options["addons_path"] = ",".join(folder for folder in folders if folder != str(ADDONS_DIR))
        return self.installation.write_config(f"core-{side}", **options)

    def cache_key(self, suite):
        """Return a digest of everything that the results without our addons depend on."""
        parts = [self.base, suite, str(self.browser), self.leave_out, (ROOT / "tools/core_suite.py").read_text()]
        return hashlib.sha256("|".join(parts).encode()).hexdigest()[:10]

    def results(self, suite, side):
        """Return ``{test: {"outcome", "texts", "seconds"}}`` of a suite ``without`` or ``with`` our addons."""
        kept = CORE_DIR / f"{suite}-{side}{'' if self.browser else '-no-browser'}.jsonl"
        stamp = kept.with_suffix(".key")
        key = self.cache_key(suite)
        if side == "without" and not self.fresh and stamp.exists() and stamp.read_text() == key:
            progress(f"{suite}: results without our addons are from {time.ctime(stamp.stat().st_mtime)}")
            return read_results(kept)
        stamp.unlink(missing_ok=True)
        self._run(suite, side, kept)
        stamp.write_text(key)
        return read_results(kept)

    def _database(self, side):
        """Return a side's clone: tests roll back, so that all suites of a run share it and the assets made in it."""
        database = f"core_{side}"
        if side not in self._clones:
            self.installation.clone_database(self.base if side == "without" else self.ours, database)
            self._clones[side] = database
        return database

    def drop_clones(self):
        """Throw the databases of this run away."""
        for database in self._clones.values():
            self.installation.drop_database(database)
        self._clones.clear()

    def _run(self, suite, side, results):
        """:raises ToolError: if the process ends before the last test"""
        CORE_DIR.mkdir(parents=True, exist_ok=True)
        results.write_text("")
        database = self._database(side)
        log = results.with_suffix(".log")
        odoo = ["server", "-c", self.config(side), "-d", database, "--stop-after-init", "--test-tags", f"/{suite}"]
        odoo += ["--http-port", free_port(), "--max-cron-threads=0", "--db-filter", f"^{database}$"]
        command = [venv_python(), "-W", "ignore::DeprecationWarning", "-m", "tools.core_suite"]
        command += [results, int(self.browser), self.leave_out, suite, "--", *odoo]
        started = time.monotonic()
        with log.open("w") as file:
            subprocess.run(
                list(map(str, command)),
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=file,
                stderr=subprocess.STDOUT,
                timeout=TIMEOUT,
                check=False,
            )
        # the last thing a complete run says, whether or not tests failed
        if "Initiating shutdown" not in log.read_text(errors="replace"):
            raise ToolError(f"{suite} {side} our addons ended before its last test; see {project_path(log)}.")
        progress(f"{suite} {side} our addons: {summary(read_results(results))}, {time.monotonic() - started:.0f} s")


def read_results(path):
    """Return the outcome of each test; of several entries for one (its class), the worst."""
    found = {}
    for line in Path(path).read_text().splitlines():
        entry = json.loads(line)
        before = found.get(entry["test"])
        if before and before["outcome"] not in GOOD:
            before["texts"] += entry["texts"]
        else:
            found[entry["test"]] = entry
    return found


def summary(results):
    """Return how many tests have which outcome, in words."""
    outcomes = [entry["outcome"] for entry in results.values()]
    return ", ".join(f"{outcomes.count(outcome)} {outcome}" for outcome in dict.fromkeys(sorted(outcomes)))


def compare(without, ours):
    """Compare the results of one suite.

    :returns: ``(differences, common)``: lines on tests that our addons change; names that fail either way
    """
    differences, common = [], []
    for test in sorted({*without, *ours}):
        before, after = without.get(test), ours.get(test)
        if before and after and before["outcome"] not in GOOD and after["outcome"] not in GOOD:
            common.append(test)
            new = [text for text in after["texts"] if any(addon in text for addon in our_addons())]
            if new and not any(addon in text for text in before["texts"] for addon in our_addons()):
                differences.append((test, "fails either way, but with our addons it names them", new[0]))
        elif after is None:
            # a class that cannot be set up leaves its tests out; that is told by the class
            differences.append((test, f"only without our addons ({before['outcome']})", ""))
        elif before is None and after["outcome"] == "passed":
            differences.append((test, "only with our addons", ""))
        elif before is None or (after["outcome"] != before["outcome"] and after["outcome"] != "passed"):
            text = "\n".join(after["texts"])
            differences.append(
                (test, f"{after['outcome']} with our addons, {(before or after)['outcome']} without", text)
            )
    return differences, common


def report(suite, without, ours):
    """Print the comparison of a suite; return how many differences nobody has explained."""
    differences, common = compare(without, ours)
    unexplained = 0
    for test, what, text in differences:
        reason = EXCEPTIONS.get(test)
        print(f"  {'explained' if reason else 'DIFFERS'}: {test}: {what}{': ' + reason if reason else ''}")
        if not reason:
            unexplained += 1
            print("\n".join("      " + line for line in text.splitlines()[-25:]))
    for test in common:
        print(f"  also without us: {test}")
    progress(f"{suite}: {len(ours)} tests, {unexplained} differ, {len(common)} fail also without us")
    return unexplained


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suites", default="", help="modules, separated by commas")
    parser.add_argument("--no-browser", action="store_true", help="leave out the tests that need a browser")
    parser.add_argument("--fresh", action="store_true", help="run without our addons again too")
    parser.add_argument("--leave-out", default="", help="regular expression of tests that do not run, e.g. TestTaxes")
    options = parser.parse_args()
    suites = options.suites.split(",") if options.suites else SUITES
    for suite in suites:
        if suite not in SUITES:
            raise ToolError(f"There is no suite {suite}; there are: {', '.join(SUITES)}.")
    browser = not options.no_browser and bool(shutil.which("chromium"))
    if not browser:
        progress("tests that need a browser are left out")
    if options.leave_out:
        progress(f"tests like {options.leave_out} are left out")
    differing = 0
    with database_server() as database:
        runner = Runner(OdooInstallation(database), browser=browser, fresh=options.fresh, leave_out=options.leave_out)
        try:
            for suite in suites:
                progress(f"{suite}: Odoo's own tests")
                differing += report(suite, runner.results(suite, "without"), runner.results(suite, "with"))
        finally:
            runner.drop_clones()
    print(f"test-core: {differing} difference(s)", flush=True)
    return 1 if differing else 0


if __name__ == "__main__":
    run_tool(main)
