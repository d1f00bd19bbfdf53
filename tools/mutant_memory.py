"""What was played stays known: a run goes on where one was stopped, and only what changed is played again.

A mutant that a test noticed is noticed as long as its function and that test are the same; that a test let it live is
known as long as the rest of the addon is the same, too.
"""

import ast
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from tools.mutant_noting import functions_of
from tools.mutant_plan import Trial, class_of
from tools.mutations import Mutant


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


class TestFiles:
    """The tests of an addon, by what they are known: their own text and what their file has beside its tests.

    :param addons: folder of the addons
    """

    def __init__(self, addons: Path):
        self._addons = addons
        self._read: dict[str, dict[str, str]] = {}

    def _texts(self, module: str) -> dict[str, str]:
        """Return ``{Class.method: text}`` of the tests of a module, with the rest of it under no name."""
        file = self._addons.joinpath(*module.removeprefix("odoo.addons.").split(".")).with_suffix(".py")
        tree = ast.parse(file.read_text() if file.exists() else "")
        found = {}
        for class_ in (node for node in tree.body if isinstance(node, ast.ClassDef)):
            tests = [node for node in class_.body if getattr(node, "name", "").startswith("test_")]
            found |= {f"{class_.name}.{node.name}": ast.dump(node) for node in tests}
            class_.body = [node for node in class_.body if node not in tests]
        return found | {"": ast.dump(tree)}

    def digest(self, tests: Iterable[str], *words: str) -> str:
        """Return what tests of one class (``module.Class.method``) are known by, with some words."""
        tests = sorted(tests)
        module = class_of(class_of(tests[0]))
        if module not in self._read:
            self._read[module] = self._texts(module)
        texts = self._read[module]
        names = [test.removeprefix(f"{module}.") for test in tests]
        return _digest(texts[""], *names, *(texts.get(name, "") for name in names), *words)


class Memory:
    """The file of what was played of an addon; several processes add to it.

    :param file: lines of JSON
    :param addons: folder of the addons that are played
    :param state: what the addon without its tests is known by
    """

    def __init__(self, file: Path, addons: Path, state: str):
        self._file, self._addons, self._state = file, addons, state
        self._functions: dict[str, dict[str, str]] = {}
        self._tests = TestFiles(addons)

    def _function(self, mutant: Mutant) -> str:
        """Return what a mutant's function is known by."""
        text = (self._addons / mutant.path).read_text()
        if not mutant.path.endswith(".py"):
            return _digest(text)
        if mutant.path not in self._functions:
            found = functions_of(ast.parse(text))
            self._functions[mutant.path] = {name: _digest(ast.dump(node)) for name, node in found.items()}
        return self._functions[mutant.path][mutant.function]

    def _under(self, what: str, test: str) -> str:
        """Return what has to stay the same for what became of a mutant in a test."""
        return self._tests.digest([test], self._state if what == "passed" else "")

    def _known(self, mutant: Mutant) -> str:
        return f"{mutant.path} {mutant.function}: {mutant.what} {mutant.number} {self._function(mutant)}"

    def add(self, trial: Trial, test: str, what: str) -> None:
        """Remember what became of a mutant in a test."""
        line = json.dumps([self._known(trial.mutant), what, test, self._under(what, test)])
        with self._file.open("a") as file:
            file.write(line + "\n")

    def recall(self, trials: list[Trial]) -> None:
        """Tell trials what is known of them."""
        by_name = {self._known(trial.mutant): trial for trial in trials}
        lines = self._file.read_text().splitlines() if self._file.exists() else []
        for name, what, test, under in map(json.loads, lines):
            trial = by_name.get(name)
            if trial and under == self._under(what, test):
                trial.tried.add(test)
                if what != "passed":
                    trial.outcome, trial.by = what, test
