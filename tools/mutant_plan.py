"""Which tests try which mutants, and what became of each: decided here, played by ``tools.mutant_player``."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate, zip_longest

from tools.mutant_noting import place_key
from tools.mutations import Mutant

#: rounds of seconds of tests for each mutant: with those in which it behaves differently, with those in which it may.
#: Most are noticed by the first test that tries them, the others are tried at length.
ROUNDS = ((0, 0), (6, 3), (60, 20))

#: what stands for a test: the set-up of a class, with its quickest tests after it
SET_UP = "setUpClass"
#: seconds of these tests
SET_UP_TESTS = 8


def set_up_of(class_: str) -> str:
    """Return the name of what tries a mutant in the set-up of a class."""
    return f"{class_}.{SET_UP}"


def is_set_up(test: str) -> bool:
    """Return whether this stands for the set-up of a class."""
    return test.endswith(f".{SET_UP}")


def class_of(test: str) -> str:
    """Return the class of a test (``module.Class.method``)."""
    return test.rpartition(".")[0]


@dataclass
class Coverage:
    """What the tests come by without a mutant.

    :ivar strong: ``{key: [test]}``: tests in which a mutant would behave differently, see ``tools.mutant_noting``
    :ivar weak: ``{key: [test]}``: tests that come by a place where nobody can tell, or by a function
    :ivar seconds: ``{test: seconds}``
    :ivar failing: tests that fail without a mutant: they prove nothing
    """

    strong: dict[str, list[str]]
    weak: dict[str, list[str]]
    seconds: dict[str, float]
    failing: list[str] = field(default_factory=list)

    def __post_init__(self):
        #: how many places a test comes by: the fewer, the more it has to say about each
        self.breadth: Counter = Counter()
        for tests in (*self.strong.values(), *self.weak.values()):
            self.breadth.update(tests)

    @classmethod
    def of_classes(cls, classes: Iterable[dict]) -> "Coverage":
        """Return the coverage of several test classes, given their fields."""
        whole = cls({}, {}, {})
        for values in classes:
            for kind in ("strong", "weak"):
                for one, tests in values[kind].items():
                    getattr(whole, kind).setdefault(one, []).extend(tests)
            whole.seconds.update(values["seconds"])
            whole.failing += values["failing"]
        return cls(whole.strong, whole.weak, whole.seconds, whole.failing)

    def trial(self, mutant: Mutant) -> "Trial":
        """Return the trial of a mutant."""
        strong = self.strong.get(place_key(mutant), [])
        return Trial(mutant, strong, [test for test in self.weak.get(place_key(mutant), ()) if test not in strong])

    def tests_after(self, set_up: str) -> list[str]:
        """Return the tests that are run after the set-up of their class was played with a mutant."""
        found, left = [], float(SET_UP_TESTS)
        for test in sorted(self.seconds, key=lambda test: self.seconds[test]):
            if test != set_up and class_of(test) == class_of(set_up) and test not in self.failing:
                left -= self.seconds[test]
                if found and left < 0:
                    break
                found.append(test)
        return found

    def cost(self, test: str) -> float:
        """Return how many seconds it takes to try a mutant with a test."""
        seconds = self.seconds.get(test, 0)
        if is_set_up(test):
            seconds += sum(self.seconds[after] for after in self.tests_after(test))
        return seconds

    def chosen(self, tests: Iterable[str], budget: float) -> list[str]:
        """Return the tests to try a mutant with: the narrowest of every class in turn, as long as time allows.

        A class stands for a subject: the forty quickest tests are often forty times the same one.
        """
        by_class: dict[str, list[str]] = {}
        usable = {test for test in set(tests) - set(self.failing) if not is_set_up(test) or self.tests_after(test)}
        for test in sorted(usable, key=lambda test: (self.breadth[test], self.seconds.get(test, 0), test)):
            by_class.setdefault(class_of(test), []).append(test)
        turns = [test for turn in zip_longest(*by_class.values()) for test in turn if test]
        seconds = list(accumulate(self.cost(test) for test in turns))
        return [test for test, sum_ in zip(turns, seconds, strict=True) if sum_ <= budget] or turns[:1]


@dataclass
class Trial:
    """A mutant, the tests that may notice it and what became of it.

    :ivar strong: tests in which it behaves differently
    :ivar weak: tests in which it may
    :ivar outcome: empty until it is known
    :ivar by: the test that noticed it
    """

    mutant: Mutant
    strong: list[str]
    weak: list[str] = field(default_factory=list)
    tried: set[str] = field(default_factory=set)
    outcome: str = ""
    by: str = ""

    @property
    def row(self) -> dict:
        """The trial's row of the report."""
        outcome = self.outcome or ("survived" if self.tried else "no test")
        mutant = self.mutant
        return {"name": mutant.name, "line": mutant.line, "outcome": outcome, "tests": len(self.tried), "by": self.by}

    def chosen(self, coverage: Coverage, seconds: tuple[float, float]) -> list[str]:
        """Return the tests of a round: the weak ones where there is no other, or there is time."""
        weak = coverage.chosen(self.weak, seconds[1]) if seconds[1] or not self.strong else []
        return coverage.chosen(self.strong, seconds[0]) + weak


def plan(
    trials: list[Trial], coverage: Coverage, seconds: tuple[float, float], unsound: set[str]
) -> dict[str, dict[str, list[int]]]:
    """Return ``{class: {test: [number of a trial]}}`` of what is still to be tried in a round.

    :param unsound: tests and classes that did not pass again once a mutant was gone
    """
    todo: dict[str, dict[str, list[int]]] = {}
    for number, trial in enumerate(trials):
        if not trial.outcome:
            for test in trial.chosen(coverage, seconds):
                if test not in trial.tried and not unsound & {test, class_of(test)}:
                    todo.setdefault(class_of(test), {}).setdefault(test, []).append(number)
    return todo
