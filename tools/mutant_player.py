"""Play mutants inside of one loaded Odoo (``odoo shell``), test by test.

The registry is loaded once. A fork of it makes what a class of tests needs once, and runs each test of it as
often as there are mutants that it comes by, each time with one function's code replaced, and once more without
where it failed. Another fork goes on where a mutant hung, or crashed, the first. The broken file is written, too, for
the processes that strangers' files are read in.
"""

import ast
import builtins
import contextlib
import fcntl
import functools
import gc
import json
import os
import random
import re
import select
import signal
import time
import traceback
import types
from pathlib import Path

import odoo
from odoo.modules.registry import Registry
from odoo.service.server import ThreadedServer
from odoo.tests.common import get_db_name
from odoo.tests.loader import make_suite
from odoo.tests.result import OdooTestResult
from odoo.tests.suite import OdooSuite

from tools.mutant_plan import BUDGETS, Coverage, Trial, class_of, key, plan, set_up_of
from tools.mutant_rules import Rules, is_rule, rules_of
from tools.mutations import NOTE, Mutant, broken, code_of, functions_of, noting
from tools.odoo_server import free_port

#: what starts the processes that strangers' files are read in: their code is loaded by none of ours
SANDBOX = "base_safeguard/sandbox/client.py"
STARTERS = ("run_job", "start_job")
#: a file that imports nothing of Odoo may be read by such a process
OF_ODOO = re.compile(r"^\s*(from|import) odoo\b", re.MULTILINE)
#: a browser's tour takes longer than all others together
TOURS = {"start_tour", "browser_js"}
#: how long the set-up of a class may take
PATIENCE = 300


def _now():
    """Return seconds of a clock that no test moves."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def _name(test):
    return f"{type(test).__module__}.{type(test).__name__}.{test._testMethodName}"


def tests_of(addon):
    """Return ``{name: test}`` of an addon's own tests that are asked for, tours left out."""
    found = [test for position in ("at_install", "post_install") for test in make_suite([addon], position)]
    methods = {test: getattr(type(test), test._testMethodName) for test in found}
    return {_name(test): test for test in found if not TOURS & set(methods[test].__code__.co_names)}


def _serve():
    """Start the HTTP server that routes are tried through."""
    odoo.tools.config["http_port"] = free_port()
    odoo.service.server.server = ThreadedServer(odoo.http.root)
    odoo.service.server.server.http_spawn()


@contextlib.contextmanager
def _fork(work):
    """Run ``work(tell)`` in a process of its own, and yield a reader of the lines that it tells and its id."""
    odoo.sql_db.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:

        def tell(*words):
            os.write(writing, (json.dumps(words) + "\n").encode())

        try:
            os.setpgid(0, 0)
            os.close(reading)
            _serve()
            work(tell)
        except Exception:
            # not a mutant's: tests keep theirs
            tell("error", traceback.format_exc())
        finally:
            os._exit(0)
    os.close(writing)
    try:
        yield reading
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)


def _lines(reading, patience):
    """Yield what a fork tells; ends with ``None`` where it is silent for longer than ``patience()``."""
    rest = b""
    while True:
        if not select.select([reading], [], [], patience())[0]:
            yield None
            return
        read = os.read(reading, 65536)
        if not read:
            return
        *lines, rest = (rest + read).split(b"\n")
        for line in map(json.loads, lines):
            if line[0] == "error":
                raise SystemExit(line[1])
            yield line


class Code:
    """The addons as they are loaded: functions whose code can be replaced.

    :param addons: folder of the addons
    :param paths: the files that are broken, or watched
    """

    def __init__(self, addons, paths):
        self.addons = addons
        self.texts = {path: (addons / path).read_text() for path in paths}
        self.functions = {}

    def find(self):
        """Find the functions of the files, wherever they are held: once for each process, it takes a second."""
        files = {str(self.addons / path): path for path in self.texts}
        for function in gc.get_objects():
            if isinstance(function, types.FunctionType) and function.__code__.co_filename in files:
                code = function.__code__
                name = key(files[code.co_filename], code.co_qualname)
                self.functions.setdefault((name, code.co_firstlineno), []).append(function)

    def _held(self, path, function, code):
        return self.functions.get((key(path, function), code.co_firstlineno), ())

    def note(self, noted):
        """Make every function say that it was come by: ``noted(key)``."""
        setattr(builtins, NOTE, noted)
        for path, text in self.texts.items():
            tree = noting(path, text)
            for name in functions_of(tree):
                code = code_of(tree, name, str(self.addons / path))
                for function in self._held(path, name, code):
                    function.__code__ = code

    @functools.cache  # noqa: B019 - one object for each process
    def _broken(self, mutant):
        tree = broken(mutant, self.texts[mutant.path])
        return tree, code_of(tree, mutant.function, str(self.addons / mutant.path))

    @contextlib.contextmanager
    def broken(self, mutant):
        """Put the broken code in the place of the right one."""
        tree, new = self._broken(mutant)
        held = self._held(mutant.path, mutant.function, new)
        old = [function.__code__ for function in held]
        alone = self.stands_alone(mutant.path)
        try:
            for function in held:
                function.__code__ = new
            if alone:
                self._write(mutant.path, ast.unparse(tree))
            yield
        finally:
            for function, code in zip(held, old, strict=True):
                function.__code__ = code
            if alone:
                self._write(mutant.path, self.texts[mutant.path])

    def stands_alone(self, path):
        """Return whether a process without Odoo may read a file."""
        return not OF_ODOO.search(self.texts[path])

    def _write(self, path, text):
        (self.addons / path).write_text(text)
        # Python knows its compiled files by the second of their text: each has another one
        second = random.getrandbits(30)
        os.utime(self.addons / path, (second, second))

    def mend(self, path):
        """Write a file as it was, after a process that did not come to that."""
        self._write(path, self.texts[path])

    def holds(self, mutant):
        """Return whether breaking a mutant's function changes what tests come by."""
        _tree, new = self._broken(mutant)
        return bool(self._held(mutant.path, mutant.function, new)) or self.stands_alone(mutant.path)


def _passes(test):
    """Run a test, whose class is set up; return whether it passes."""
    instance = type(test)(test._testMethodName)
    odoo.modules.module.current_test = instance
    result = OdooTestResult()
    instance(result)
    return result.wasSuccessful()


@contextlib.contextmanager
def _set_up(test):
    """Set up the class of a test and take it down; yield whether that worked."""
    suite, result = OdooSuite(), OdooTestResult()
    odoo.modules.module.current_test = test
    suite._handleClassSetUp(test, result)
    result._previousTestClass = type(test)
    yield not getattr(type(test), "_classSetupFailed", False)
    suite._tearDownPreviousClass(None, result)


def _rules(addon, folder):
    """Return the addon's record rules, ready to be watched and broken in this process."""
    return Rules(Registry(get_db_name()), addon, rules_of(Path(folder)))


def cover(addon, folder, code):
    """Return the ``Coverage`` of an addon's tests, as its fields."""
    tests = tests_of(addon)
    by_class = {}
    for name in tests:
        by_class.setdefault(class_of(name), []).append(name)

    def work(tell):
        reached, current = {}, [None]

        def noted(function):
            if current[0]:
                reached.setdefault(function, set()).add(current[0])

        code.find()
        code.note(noted)
        _rules(addon, folder).noted = lambda mutant: noted(key(mutant.path, mutant.function))
        for class_, names in by_class.items():
            started = _now()
            current[0] = set_up_of(class_)
            with _set_up(tests[names[0]]) as usable:
                current[0] = None
                tell("test", set_up_of(class_), _now() - started, usable)
                for name in names:
                    started = _now()
                    current[0] = name
                    passes = usable and _passes(tests[name])
                    current[0] = None
                    tell("test", name, _now() - started, passes)
        for function, names in reached.items():
            tell("reached", function, sorted(names))

    values = {"reached": {}, "seconds": {}, "failing": []}
    with _fork(work) as reading:
        for line in _lines(reading, lambda: PATIENCE):
            if line is None:
                raise SystemExit(f"the tests of {addon} hang without a mutant")
            if line[0] == "reached":
                values["reached"][line[1]] = line[2]
            else:
                values["seconds"][line[1]] = line[2]
                values["failing"] += [line[1]] if not line[3] else []
    return values


class Player:
    """Plays trials, fork by fork.

    :param done: called with each trial once its outcome is known
    """

    def __init__(self, tests, code, coverage, trials, rules):
        self.tests, self.code, self.coverage, self.trials = tests, code, coverage, trials
        self.find_rules, self.rules = rules, None
        self.unsound = set()

    def play(self):
        """Play all of it: with the tests that say most first, then at length."""
        for budget in BUDGETS:
            while todo := plan(self.trials, self.coverage, budget, self.unsound):
                self._watch(todo)

    def _work(self, todo, tell):
        self.code.find()
        self.rules = self.find_rules()
        for name, by_test in todo.items():
            set_up = set_up_of(name)
            for number in by_test.pop(set_up, ()):
                if not self._try(number, set_up, tell):
                    return
            if not by_test:
                continue
            tell("class", name)
            with _set_up(self.tests[next(iter(by_test))]) as usable:
                for test, numbers in by_test.items() if usable else ():
                    for number in numbers:
                        if not self.trials[number].outcome and not self._try(number, test, tell):
                            return
            tell("usable" if usable else "unsound", name)

    def _passes(self, name):
        """Run a test whose class is set up, or set a class up and run its quickest tests; return whether all pass."""
        if name in self.tests:
            return _passes(self.tests[name])
        tests = [self.tests[test] for test in self.coverage.tests_after(name)]
        with _set_up(tests[0]) as usable:
            return usable and all(map(_passes, tests))

    def _try(self, number, test, tell):
        """Try a mutant with a test; return whether the test still proves something afterwards."""
        tell("try", number, test)
        mutant = self.trials[number].mutant
        place = self.rules if is_rule(mutant) else self.code
        if not place.holds(mutant):
            self.trials[number].outcome = "not loaded"
            tell("not loaded", number, test)
            return True
        with place.broken(mutant):
            passes = self._passes(test)
        if passes:
            tell("passed", number, test)
        elif self._passes(test):
            self.trials[number].outcome = "noticed"
            tell("noticed", number, test)
        else:
            tell("unsound", test)
            return False
        return True

    def _watch(self, todo):
        """Note what a fork tells of its trials, and what became of the last where it ends early."""
        now = []

        def patience():
            return 60 + 20 * self.coverage.cost(now[2]) if now[:1] == ["try"] else PATIENCE

        with _fork(lambda tell: self._work(todo, tell)) as reading:
            for line in _lines(reading, patience):
                if line is None:
                    self._settle(now, "timeout")
                    return
                now[:] = line
                if line[0] == "unsound":
                    self.unsound.add(line[1])
                elif line[0] in ("passed", "noticed", "not loaded"):
                    self._note(*line)
        self._settle(now, "noticed")

    def _note(self, what, number, test):
        trial = self.trials[number]
        trial.tried.add(test)
        if what != "passed":
            trial.outcome, trial.by = what, test
            # for whoever looks on
            print(f"{what}: {trial.mutant.name} (by {test})", flush=True)

    def _settle(self, now, outcome):
        """A fork has ended: after all that it had to do, or in a trial, or while it made ready for a class."""
        if not now:
            raise SystemExit("No test could be played.")
        if now[0] == "try":
            self._note(outcome, now[1], now[2])
            mutant = self.trials[now[1]].mutant
            if not is_rule(mutant):
                self.code.mend(mutant.path)
        elif now[0] == "class":
            self.unsound.add(now[1])


def _read_coverage(addon, folder, code, file):
    """Return the coverage that ``file`` holds; the first of several processes makes it."""
    with Path(f"{file}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not Path(file).exists():
            Path(file).write_text(json.dumps(cover(addon, folder, code)))
    return Coverage(**json.loads(Path(file).read_text()))


def run(addon, folder, todo, target, coverage, tags):
    """Play the mutants of the JSON file ``todo`` and write a line of JSON to ``target`` for each."""
    odoo.tools.config["test_enable"] = True
    odoo.tools.config["test_tags"] = tags
    addons = Path(folder).parent
    mutants = [Mutant(**values) for values in json.loads(Path(todo).read_text())]
    paths = {str(path.relative_to(addons)) for path in Path(folder).rglob("*.py")
             if path.relative_to(folder).parts[0] not in ("tests", "migrations")}  # fmt: skip
    code = Code(addons, sorted({*paths, SANDBOX}))
    covered = _read_coverage(addon, folder, code, coverage)
    sandboxed = {test for name in STARTERS for test in covered.reached.get(key(SANDBOX, name), ())}
    trials = []
    for mutant in mutants:
        tests = set(covered.reached.get(key(mutant.path, mutant.function), ()))
        alone = not is_rule(mutant) and code.stands_alone(mutant.path)
        trials.append(Trial(mutant, sorted(tests | sandboxed if alone else tests)))
    player = Player(tests_of(addon), code, covered, trials, lambda: _rules(addon, folder))
    player.play()
    failing = f"{len(covered.failing)} tests fail without a mutant, {len(player.unsound)} after one: "
    print(failing, *covered.failing, *sorted(player.unsound), sep="\n  ")
    Path(target).write_text("".join(json.dumps(trial.row) + "\n" for trial in trials))
    # the shell's own connection was closed for the forks
    os._exit(0)
