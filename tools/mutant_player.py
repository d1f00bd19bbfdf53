"""Play mutants inside of one loaded Odoo (``odoo shell``): a process forked for each, with one function replaced.

The registry is loaded once; a fork of it takes the broken code into the function that everybody uses, writes the
broken file for processes that start of their own, and runs the tests that come by that function until one fails.
"""

import ast
import gc
import json
import os
import signal
import sys
import threading
import time
import types
from itertools import accumulate, zip_longest
from pathlib import Path

import odoo
from odoo.service.server import ThreadedServer
from odoo.tests.loader import make_suite
from odoo.tests.result import OdooTestResult
from odoo.tests.suite import OdooSuite

from tools.mutations import Mutant, broken, code_of
from tools.odoo_server import free_port

#: a mutant that makes the tests hang is noticed, too
PATIENCE = 240
#: how long the tests of one mutant run at most without it
SECONDS = 60
#: what starts the processes that strangers' files are read in: their code is loaded by none of ours
SANDBOX = "base_safeguard/sandbox/client.py"
#: a browser's tour takes longer than all others together
TOURS = ("start_tour", "browser_js")


class FirstFailure(OdooTestResult):
    """A result that ends the run at the first failure."""

    def addFailure(self, test, err):
        """Count the failure and stop."""
        super().addFailure(test, err)
        self.shouldStop = True

    def addError(self, test, err):
        """Count the error and stop."""
        super().addError(test, err)
        self.shouldStop = True


def _is_tour(test):
    names = getattr(type(test), test._testMethodName).__code__.co_names
    return any(name in names for name in TOURS)


def tests_of(addon):
    """Return ``{name: test}`` of an addon's own tests that are asked for, tours left out."""
    found = [test for position in ("at_install", "post_install") for test in make_suite([addon], position)]
    return {f"{type(test).__module__}.{type(test).__name__}.{test._testMethodName}": test for test in found
            if not _is_tour(test)}  # fmt: skip


def _run(tests, result):
    # a test that was made is used once: this process ends with it
    OdooSuite(sorted(tests, key=lambda test: (type(test).__module__, type(test).__name__)))(result)
    return result


def _serve():
    """Start the HTTP server that routes are tried through."""
    odoo.tools.config["http_port"] = free_port()
    odoo.service.server.server = ThreadedServer(odoo.http.root)
    odoo.service.server.server.http_spawn()


def _in_fork(work, patience):
    """Return what ``work`` returns as exit code in a process of its own, None where it takes too long."""
    odoo.sql_db.close_all()
    child = os.fork()
    if not child:
        code = 3
        try:
            os.setpgid(0, 0)
            _serve()
            code = work()
        finally:
            os._exit(code)
    end = time.monotonic() + patience
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def cover(addon, folder, target):
    """Write ``{file: {function: {test: seconds}}}`` of what each test comes by."""
    found, started = {}, {}

    def note(frame, event, _argument):
        path = frame.f_code.co_filename
        if event == "call" and (path.startswith(folder) or path.endswith(SANDBOX)):
            test = odoo.modules.module.current_test
            if test and test is not True:
                found.setdefault(path, {}).setdefault(frame.f_code.co_qualname, set()).add(names.get(id(test), ""))

    tests = tests_of(addon)
    names = {id(test): name for name, test in tests.items()}

    class Timed(OdooTestResult):
        """Notes how long each test takes."""

        def startTest(self, test):
            started[names[id(test)]] = time.monotonic()
            super().startTest(test)

        def stopTest(self, test):
            name = names[id(test)]
            started[name] = time.monotonic() - started[name]
            super().stopTest(test)

    def work():
        # a trace function that returns none is asked at calls only, a profiler at returns and in C, too
        threading.settrace(note)
        sys.settrace(note)
        result = _run(tests.values(), Timed())
        sys.settrace(None)
        tests_by = {
            path: {function: {name: started.get(name, 0) for name in names if name} for function, names in by.items()}
            for path, by in found.items()
        }
        Path(target).write_text(json.dumps(tests_by))
        return 0 if result.wasSuccessful() else 1

    return _in_fork(work, 1800)


def _replace(mutant, path, tree):
    """Put the broken code in the place of the right one, wherever the function is held."""
    new = code_of(tree, mutant.function, str(path))
    replaced = 0
    for function in gc.get_objects():
        if isinstance(function, types.FunctionType) and function.__code__.co_filename == str(path):
            code = function.__code__
            if code.co_qualname == mutant.function and code.co_firstlineno == new.co_firstlineno:
                function.__code__ = new
                replaced += 1
    return replaced


def play(addon, folder, mutant, chosen, *, loaded):
    """Return what became of a mutant that was tried with the tests of these names.

    :param loaded: its function is called in this process; otherwise the broken file is what counts
    """
    path = Path(folder).parent / mutant.path
    text = path.read_text()
    tree = broken(mutant, text)

    def work():
        if not _replace(mutant, path, tree) and loaded:
            return 4
        tests = tests_of(addon)
        result = _run([tests[name] for name in chosen if name in tests], FirstFailure())
        return 0 if result.wasSuccessful() else 1

    try:
        path.write_text(ast.unparse(tree))
        code = _in_fork(work, PATIENCE)
    finally:
        path.write_text(text)
    return {0: "survived", None: "timeout", 4: "not loaded"}.get(code, "noticed")


def chosen_tests(covering):
    """Return the names of the tests that try a mutant: the quickest of every class in turn, as long as time allows.

    A class stands for a subject: the forty quickest tests are often forty times the same one.

    :param covering: ``{name: seconds}`` of the tests that come by the mutant's function
    """
    by_class = {}
    for name in sorted(covering, key=covering.get):
        by_class.setdefault(name.rpartition(".")[0], []).append(name)
    turns = [name for turn in zip_longest(*by_class.values()) for name in turn if name]
    seconds = list(accumulate(covering[name] for name in turns))
    return [name for name, sum_ in zip(turns, seconds, strict=True) if sum_ <= SECONDS] or turns[:1]


def run(addon, folder, todo, target, coverage, tags):
    """Play the mutants of the JSON file ``todo`` and add a line of JSON to ``target`` for each."""
    odoo.tools.config["test_enable"] = True
    odoo.tools.config["test_tags"] = tags
    if not Path(coverage).exists() and cover(addon, folder, coverage):
        Path(coverage).unlink(missing_ok=True)
        raise SystemExit(f"the tests of {addon} fail without a mutant")
    tests_by = json.loads(Path(coverage).read_text())
    sandboxed = tests_by.get(str(Path(folder).parent / SANDBOX), {}).get("run_job", {})
    with Path(target).open("a") as file:
        for values in json.loads(Path(todo).read_text()):
            mutant = Mutant(**values)
            path = str(Path(folder).parent / mutant.path)
            loaded = path in tests_by
            covering = tests_by[path].get(mutant.function, {}) if loaded else sandboxed
            chosen = chosen_tests(covering)
            outcome = play(addon, folder, mutant, chosen, loaded=loaded) if chosen else "no test"
            row = {"name": mutant.name, "line": mutant.line, "outcome": outcome, "tests": len(chosen)}
            file.write(json.dumps(row) + "\n")
            file.flush()
    # the shell's own connection was closed for the forks
    os._exit(0)
