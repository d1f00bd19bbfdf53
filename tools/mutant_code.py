"""The addons as they are loaded, and as they lie in their folder: functions whose code can be replaced."""

import ast
import builtins
import contextlib
import functools
import gc
import importlib
import os
import random
import re
import types
from pathlib import Path

from tools import mutant_notes
from tools.mutant_noting import NOTE, code_of, for_a_process, functions_of, key, noting
from tools.mutations import Mutant, broken

#: a file that imports nothing of Odoo may be read by a process that strangers' files are read in
OF_ODOO = re.compile(r"^\s*(from|import) odoo\b", re.MULTILINE)


class Code:
    """Functions of the addons.

    :param addons: folder of the addons
    :param paths: the files that are broken, or watched
    """

    def __init__(self, addons, paths):
        self.addons = addons
        self.texts = {path: (addons / path).read_text() for path in paths}
        self.functions = {}
        #: where processes without Odoo write what they come by
        self.notes = str(addons / "mutants-notes.txt")

    def load(self):
        """Import what is imported late: a fork that did while the file is broken would keep it."""
        for path in self.texts:
            if self.stands_alone(path) and not Path(path).name.startswith("__"):
                with contextlib.suppress(ImportError):
                    importlib.import_module(f"odoo.addons.{path.removesuffix('.py').replace('/', '.')}")

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

    def note(self, notes):
        """Make the code say what it comes by; ``mend_all`` afterwards."""
        setattr(builtins, NOTE, notes)
        for path, text in self.texts.items():
            tree = noting(path, text)
            for name in functions_of(tree):
                code = code_of(tree, name, str(self.addons / path))
                for function in self._held(path, name, code):
                    function.__code__ = code
            if self.stands_alone(path):
                self._write(path, for_a_process(tree, mutant_notes.__file__, self.notes))

    @functools.cache  # noqa: B019 - one object for each process
    def _broken(self, mutant: Mutant):
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
                self.mend(mutant.path)

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

    def mend_all(self):
        """Write all files as they were that processes without Odoo read."""
        for path in filter(self.stands_alone, self.texts):
            self.mend(path)

    def holds(self, mutant):
        """Return whether breaking a mutant's function changes what tests come by."""
        _tree, new = self._broken(mutant)
        return bool(self._held(mutant.path, mutant.function, new)) or self.stands_alone(mutant.path)
