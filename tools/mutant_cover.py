"""Inside of Odoo: run an addon's tests once, without a mutant, and note what each comes by."""

import contextlib
import fcntl
import functools
import json
import os
import select
import signal
import time
import traceback
from pathlib import Path

import odoo
from odoo.modules.registry import Registry
from odoo.service.server import ThreadedServer
from odoo.tests.common import get_db_name
from odoo.tests.loader import make_suite
from odoo.tests.result import OdooTestResult
from odoo.tests.suite import OdooSuite

from tools.mutant_memory import TestFiles
from tools.mutant_notes import Notes, from_file
from tools.mutant_noting import place_key
from tools.mutant_plan import Coverage, class_of, set_up_of
from tools.mutant_rules import Rules, rules_of
from tools.odoo_server import free_port

#: a browser's tour takes longer than all others together
TOURS = {"start_tour", "browser_js"}
#: how long the set-up of a class may take
PATIENCE = 300


def now():
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
def fork(work):
    """Run ``work(tell)`` in a process of its own, and yield a reader of the lines that it tells."""
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


def lines(reading, patience):
    """Yield what a fork tells; ends with ``None`` where it is silent for longer than ``patience()``."""
    rest = b""
    while True:
        if not select.select([reading], [], [], patience())[0]:
            yield None
            return
        read = os.read(reading, 65536)
        if not read:
            return
        *whole, rest = (rest + read).split(b"\n")
        for line in map(json.loads, whole):
            if line[0] == "error":
                raise SystemExit(line[1])
            yield line


def passes(test):
    """Run a test, whose class is set up; return whether it passes."""
    instance = type(test)(test._testMethodName)
    odoo.modules.module.current_test = instance
    result = OdooTestResult()
    instance(result)
    return result.wasSuccessful()


@contextlib.contextmanager
def prepared(test):
    """Set up the class of a test and take it down; yield whether that worked."""
    suite, result = OdooSuite(), OdooTestResult()
    odoo.modules.module.current_test = test
    suite._handleClassSetUp(test, result)
    result._previousTestClass = type(test)
    yield not getattr(type(test), "_classSetupFailed", False)
    suite._tearDownPreviousClass(None, result)


def rules(addon, folder):
    """Return the addon's record rules, ready to be watched and broken in this process."""
    return Rules(Registry(get_db_name()), addon, rules_of(Path(folder)))


class Watch:
    """Collects which test of a class comes by what.

    :ivar strong: ``{key: {test}}``: tests in which a mutant would behave differently
    :ivar weak: ``{key: {test}}``: tests that come by its place, or by a function
    """

    def __init__(self, file):
        self._file, self._now = file, ""
        self.start()
        self.notes = Notes(self._noted, lambda key: self._now and self._now not in self.strong.get(key, ()))

    def start(self):
        """Begin with another class."""
        self.strong, self.weak, self.seconds, self.failing = {}, {}, {}, []

    @property
    def values(self):
        """What is known of the class, as fields of its ``Coverage``."""
        kinds = {"strong": self.strong, "weak": self.weak}
        found = {kind: {key: sorted(tests) for key, tests in by_key.items()} for kind, by_key in kinds.items()}
        return found | {"seconds": self.seconds, "failing": self.failing}

    def _noted(self, key, strong):
        if self._now:
            (self.strong if strong else self.weak).setdefault(key, set()).add(self._now)

    def of_rule(self, mutant, *, strong):
        """A record rule was looked up, or refused."""
        self._noted(place_key(mutant), strong)

    def test(self, name, work):
        """Note what is come by while ``work()`` tells whether a test passes."""
        self._now, started = name, now()
        passed = work()
        # what processes of their own wrote
        for key, strong in from_file(self._file):
            self._noted(key, strong)
        self.notes.again.clear()
        self._now, self.seconds[name] = "", now() - started
        if not passed:
            self.failing.append(name)
        return passed


def _work(addon, folder, code, classes, tell):
    watch = Watch(code.notes)
    code.find()
    code.note(watch.notes)
    rules(addon, folder).noted = watch.of_rule
    for class_, tests in classes.items():
        watch.start()
        with contextlib.ExitStack() as stack:
            made = prepared(next(iter(tests.values())))
            usable = watch.test(set_up_of(class_), functools.partial(stack.enter_context, made))
            for name, test in tests.items():
                watch.test(name, functools.partial(passes, test) if usable else bool)
                tell("test", name)
        tell("class", class_, watch.values)


class _Known:
    """The file of what is known of test classes: lines of JSON."""

    def __init__(self, file, addons, classes):
        self._file, self._classes = Path(file), classes
        files = TestFiles(addons)
        self._names = {class_: f"{class_} {files.digest(classes[class_])}" for class_ in classes}

    def read(self):
        """Return ``{class: fields of its Coverage}`` of the classes that are the same as when they were run."""
        text = self._file.read_text() if self._file.exists() else ""
        rows = dict(map(json.loads, text.splitlines()))
        return {class_: rows[name] for class_, name in self._names.items() if name in rows}

    def add(self, class_, values):
        """Remember a class at once: a run that is stopped goes on after it."""
        with self._file.open("a") as file:
            file.write(json.dumps([self._names[class_], values]) + "\n")


def read_coverage(addon, folder, code, file):
    """Return the coverage of an addon's tests; those that ``file`` does not know as they are now are run.

    Of several processes the first runs them.
    """
    classes = {}
    for name, test in tests_of(addon).items():
        classes.setdefault(class_of(name), {})[name] = test
    with Path(f"{file}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = _Known(file, code.addons, classes)
        if missing := {class_: classes[class_] for class_ in classes.keys() - known.read().keys()}:
            with fork(lambda tell: _work(addon, folder, code, missing, tell)) as reading:
                for line in lines(reading, lambda: PATIENCE):
                    if line is None:
                        raise SystemExit(f"the tests of {addon} hang without a mutant")
                    if line[0] == "class":
                        known.add(*line[1:])
            code.mend_all()
        if lacking := classes.keys() - known.read().keys():
            raise SystemExit(f"the tests of {addon} ended without a mutant, before {min(lacking)}")
        return Coverage.of_classes(known.read().values())
