"""What was played stays known: a run goes on where one was stopped, and only what changed is played again.

A mutant that a test noticed is noticed as long as its function and the file of that test are the same; that a test let
it live is known as long as the rest of the addon is the same, too.
"""

import ast
import hashlib
import json
from pathlib import Path

from tools.mutant_noting import functions_of
from tools.mutant_plan import Trial, class_of
from tools.mutations import Mutant


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


class TestFiles:
    """The files of tests, by what they are known.

    :param addons: folder of the addons
    """

    def __init__(self, addons: Path):
        self._addons = addons
        self._texts: dict[str, str] = {}

    def digest(self, class_: str, *words: str) -> str:
        """Return what the file of a test class is known by, with some words."""
        module = class_.rpartition(".")[0]
        if module not in self._texts:
            file = self._addons.joinpath(*module.removeprefix("odoo.addons.").split(".")).with_suffix(".py")
            self._texts[module] = file.read_text() if file.exists() else ""
        return _digest(self._texts[module], *words)


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
        return self._tests.digest(class_of(test), self._state if what == "passed" else "")

    def _known(self, mutant: Mutant) -> str:
        return f"{mutant.name} {mutant.number} {self._function(mutant)}"

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
