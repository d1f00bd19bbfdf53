"""Play mutants inside of one loaded Odoo (``odoo shell``), test by test.

The registry is loaded once. A fork of it makes what a class of tests needs once, and runs each test of it as
often as there are mutants that it may notice, each time with one function's code replaced, and once more without
where it failed. Another fork goes on where a mutant hung, or crashed, the first. The broken file is written, too, for
the processes that strangers' files are read in.
"""

import json
import os
from pathlib import Path

import hypothesis
import odoo

from tools.mutant_code import Code
from tools.mutant_cover import PATIENCE, fork, lines, passes, prepared, read_coverage, rules, tests_of
from tools.mutant_memory import Memory
from tools.mutant_plan import ROUNDS, plan, set_up_of
from tools.mutant_rules import is_rule
from tools.mutations import Mutant


class Player:
    """Plays trials, fork by fork.

    :param find_rules: finds the record rules, in each fork anew
    :param memory: is told of each trial at once
    """

    def __init__(self, tests, code, coverage, trials, find_rules, memory):
        self.tests, self.code, self.coverage, self.trials = tests, code, coverage, trials
        self.find_rules, self.rules, self.memory = find_rules, None, memory
        self.unsound = set()

    def play(self):
        """Play all of it: with the tests that say most first, then at length."""
        for seconds in ROUNDS:
            while todo := plan(self.trials, self.coverage, seconds, self.unsound):
                self._watch(todo)

    def _work(self, todo, tell):
        self.code.find()
        self.rules = self.find_rules()
        for name, by_test in todo.items():
            set_up = set_up_of(name)
            if not self._try_each(by_test.pop(set_up, ()), set_up, tell):
                return
            if not by_test:
                continue
            tell("class", name)
            with prepared(self.tests[next(iter(by_test))]) as usable:
                for test, numbers in by_test.items() if usable else ():
                    if not self._try_each(numbers, test, tell):
                        return
            tell("usable" if usable else "unsound", name)

    def _passes(self, name):
        """Run a test whose class is set up, or set a class up and run its quickest tests; return whether all pass."""
        if name in self.tests:
            return passes(self.tests[name])
        tests = [self.tests[test] for test in self.coverage.tests_after(name)]
        with prepared(tests[0]) as usable:
            return usable and all(map(passes, tests))

    def _try_each(self, numbers, test, tell):
        """Try mutants with a test; return whether it still proves something afterwards, else it has noticed none."""
        failed = [
            number for number in numbers if not self.trials[number].outcome and not self._lives(number, test, tell)
        ]
        if not failed:
            return True
        # a test that a mutant has spoilt for good fails without one, too
        tell("try", failed[-1], test)
        if not self._passes(test):
            tell("unsound", test)
            return False
        for number in failed:
            self.trials[number].outcome = "noticed"
            tell("noticed", number, test)
        return True

    def _lives(self, number, test, tell):
        """Try a mutant with a test; return whether that passes."""
        tell("try", number, test)
        mutant = self.trials[number].mutant
        place = self.rules if is_rule(mutant) else self.code
        if not place.holds(mutant):
            self.trials[number].outcome = "not loaded"
            tell("not loaded", number, test)
            return True
        with place.broken(mutant):
            passed = self._passes(test)
        if passed:
            tell("passed", number, test)
        return passed

    def _watch(self, todo):
        """Note what a fork tells of its trials, and what became of the last where it ends early."""
        now = []

        def patience():
            return 60 + 20 * self.coverage.cost(now[2]) if now[:1] == ["try"] else PATIENCE

        with fork(lambda tell: self._work(todo, tell)) as reading:
            for line in lines(reading, patience):
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
        self.memory.add(trial, test, what)
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


def run(addon, folder, todo, target, coverage, tags, memory):
    """Play the mutants of the JSON file ``todo`` and write a line of JSON to ``target`` for each."""
    odoo.tools.config["test_enable"] = True
    odoo.tools.config["test_tags"] = tags
    # that a mutant fails is enough: the smallest example of it takes minutes to find
    hypothesis.settings.register_profile("mutants", phases=[hypothesis.Phase.generate], report_multiple_bugs=False)
    hypothesis.settings.load_profile("mutants")
    addons = Path(folder).parent
    mutants = [Mutant(**values) for values in json.loads(Path(todo).read_text())]
    paths = {str(path.relative_to(addons)) for path in Path(folder).rglob("*.py")
             if path.relative_to(folder).parts[0] not in ("tests", "migrations")}  # fmt: skip
    code = Code(addons, sorted(paths))
    code.load()
    covered = read_coverage(addon, folder, code, coverage)
    trials = [covered.trial(mutant) for mutant in mutants]
    known = Memory(Path(memory), addons, Path(coverage).stem)
    known.recall(trials)
    player = Player(tests_of(addon), code, covered, trials, lambda: rules(addon, folder), known)
    player.play()
    failing = f"{len(covered.failing)} tests fail without a mutant, {len(player.unsound)} after one: "
    print(failing, *covered.failing, *sorted(player.unsound), sep="\n  ")
    Path(target).write_text("".join(json.dumps(trial.row) + "\n" for trial in trials))
    # the shell's own connection was closed for the forks
    os._exit(0)
