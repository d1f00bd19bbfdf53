"""Run Odoo's own tests of some modules on a fully loaded database; ``tools.test_core`` starts this.

Odoo runs a module's ``at_install`` tests while it loads that module, with a registry that
knows nothing yet of the modules loaded after it: neither would they see our addons, nor could
they write to tables that have our NOT NULL columns. Here all tests of a module run, whatever
their position, after everything is loaded. Each result becomes a line of JSON at once, so that
a process that dies still says how far it came.

``python -m tools.core_suite RESULTS BROWSER LEAVE_OUT MODULES -- ODOO_ARGUMENTS``
"""

import json
import re
import sys
import time
import unittest
from pathlib import Path

import odoo.init  # noqa: F401  Odoo's core set-up, before anything else of it
from odoo.cli.command import main as odoo_main
from odoo.tests import common, loader, result
from odoo.tests.case import _SubTest
from odoo.tests.suite import OdooSuite
from odoo.tests.tag_selector import TagsSelector

#: From the best outcome to the worst; a test has the worst of its parts.
OUTCOMES = ("passed", "skipped", "failed", "error")


def test_id(test):
    """Return the name of a test, also of a subtest's test and of what fails outside of tests."""
    while isinstance(test, _SubTest):
        test = test.test_case
    return test.id() if isinstance(test, unittest.TestCase) else str(test)


class RecordingResult(result.OdooTestResult):
    """Odoo's test result, which also writes each test's outcome to a file."""

    file = None

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self._running = None

    def startTest(self, test):
        super().startTest(test)
        self._running = {"test": test_id(test), "outcome": "passed", "texts": [], "started": time.monotonic()}

    def stopTest(self, test):
        super().stopTest(test)
        running, self._running = self._running, None
        self._write(running, time.monotonic() - running["started"])

    def addError(self, test, err):
        super().addError(test, err)
        self._note(test, "error", self._exc_info_to_string(err, test) if not self._soft_fail else None)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._note(test, "failed", self._exc_info_to_string(err, test) if not self._soft_fail else None)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._note(test, "skipped", reason)

    def _note(self, test, outcome, text):
        if text is None:
            # a first try that Odoo repeats
            return
        name = test_id(test)
        if self._running and self._running["test"] == name:
            self._running["outcome"] = max(self._running["outcome"], outcome, key=OUTCOMES.index)
            self._running["texts"].append(text)
        else:
            self._write({"test": name, "outcome": outcome, "texts": [text]}, 0)

    def _write(self, entry, seconds):
        line = {key: entry[key] for key in ("test", "outcome", "texts")}
        with self.file.open("a") as file:
            file.write(json.dumps({**line, "seconds": round(seconds, 2)}) + "\n")


def make_suite(modules, leave_out):
    """Return Odoo's ``make_suite`` for tests of ``modules`` only, none before everything is loaded.

    :param leave_out: regular expression of the names of tests that do not run
    """
    unwanted = re.compile(leave_out or "(?!)")

    def both_positions(_module_names, position="at_install"):
        if position == "at_install":
            return OdooSuite()
        positions = TagsSelector("at_install,post_install")
        standard = TagsSelector("standard")
        tests = [
            test
            for module in modules
            for test_module in loader.get_test_modules(module)
            for test in loader.get_module_test_cases(test_module)
            if positions.check(test) and standard.check(test) and not unwanted.search(test.id())
        ]
        return OdooSuite(sorted(tests, key=lambda test: getattr(test, "test_sequence", 0)))

    return both_positions


def without_browser(_self, *_arguments, **_options):
    """Stand in for ``HttpCase.browser_js``."""
    raise unittest.SkipTest("needs a browser")


def main():
    results, browser, leave_out, modules = sys.argv[1:5]
    RecordingResult.file = Path(results)
    loader.OdooTestResult = RecordingResult
    loader.make_suite = make_suite(modules.split(","), leave_out)
    if browser == "0":
        common.HttpCase.browser_js = without_browser
    sys.argv[1:] = sys.argv[sys.argv.index("--") + 1 :]
    odoo_main()


if __name__ == "__main__":
    main()
