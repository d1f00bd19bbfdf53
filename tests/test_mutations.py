"""PR4: what breaks the guards breaks each of them, and nothing else."""

import ast

import pytest

from tools.mutant_memory import Memory
from tools.mutant_noting import code_of, place_key
from tools.mutant_plan import Coverage, Trial, class_of, plan, set_up_of
from tools.mutant_rules import OPEN, rule_mutants
from tools.mutants import mutants_of
from tools.mutations import broken, mutants
from tools.surfaces import by_addon

pytestmark = pytest.mark.plain

SOURCE = """
class Order:
    def open(self, sign, now):
        self.check_access("read")
        if not sign or now > self.end:
            raise ValueError("closed")
        if compare_digest(sign, self.sign):
            return self.lines.filtered("active")
        return self.sudo().search([("order_id", "=", self.id), ("open", "=", True)])

    def either(self):
        return self.search(["|", ("a", "=", 1), ("b", "=", 2)])
"""


def broken_lines(mutant):
    """Return what a mutant's function says that the original does not."""
    tree = broken(mutant, SOURCE)
    code_of(tree, mutant.function, "order.py")
    return [line.strip() for line in ast.unparse(tree).splitlines() if line not in ast.unparse(ast.parse(SOURCE))]


def test_each_guard_is_broken_once():
    """PR4: refusals and their parts, locks, signs, limits, filters and the parts of a domain."""
    found = {mutant.what: broken_lines(mutant) for mutant in mutants("order.py", SOURCE)}
    assert found == {
        "without \"self.check_access('read')\"": ["None"],
        "never refuses": ["if False:"],
        "without 'not sign'": ["if now > self.end:"],
        "without 'now > self.end'": ["if not sign:"],
        "limit '> self.end' of 'now > self.end' by one": ["if not sign or now >= self.end:"],
        "every sign is right": ["if bool(1):"],
        "without filtered()": ["return self.lines.union()"],
        "without the superuser of 'self'": [
            "return self.with_context().search([('order_id', '=', self.id), ('open', '=', True)])"
        ],
        "without \"('order_id', '=', self.id)\"": ["return self.sudo().search([('open', '=', True)])"],
        "without \"('open', '=', True)\"": ["return self.sudo().search([('order_id', '=', self.id)])"],
    }


def test_mutants_of_the_same_kind_have_names_of_their_own():
    """PR4: the reason why one may live is no reason for the next one."""
    source = "def each(records):\n    return records.filtered('a').filtered('b')\n"
    names = [mutant.name for mutant in mutants("each.py", source)]
    assert names == ["each.py each: without filtered()", "each.py each: without filtered() (2)"]


def test_a_broken_method_takes_the_place_of_the_right_one():
    """PR4: the code of the broken method fits into the function that is loaded."""
    spaces = {"compare_digest": lambda one, two: one == two}
    exec(SOURCE, spaces)  # noqa: S102 - the text above
    order = spaces["Order"]()
    order.check_access, order.end, order.sign = (lambda mode: None), 5, "right"
    [refusal] = [mutant for mutant in mutants("order.py", SOURCE) if mutant.what == "never refuses"]
    with pytest.raises(ValueError, match="closed"):
        order.open("wrong", 6)
    spaces["Order"].open.__code__ = code_of(broken(refusal, SOURCE), refusal.function, "order.py")
    order.sudo, order.search, order.id = (lambda: order), len, 7
    assert order.open("wrong", 6) == 2


def test_the_tests_that_say_most_try_a_mutant_first():
    """PR4: of every class the test that comes by the fewest places, in turn, as long as time allows."""
    coverage = Coverage(
        strong={"one": ["m.A.wide", "m.A.narrow", "m.B.slow", "m.C.broken"]},
        weak={"two": ["m.A.wide"]},
        seconds={"m.A.wide": 1, "m.A.narrow": 2, "m.B.slow": 9, "m.C.broken": 1},
        failing=["m.C.broken"],
    )
    assert coverage.chosen(coverage.strong["one"], 4) == ["m.A.narrow"]
    assert coverage.chosen(coverage.strong["one"], 20) == ["m.A.narrow", "m.B.slow", "m.A.wide"]
    assert coverage.chosen(["m.B.slow"], 4) == ["m.B.slow"], "a single slow test is better than none"
    assert coverage.chosen(["m.C.broken"], 4) == []


def test_the_set_up_of_a_class_counts_with_its_tests():
    """PR4: what only the set-up of a class comes by is tried with the class's quickest tests after it."""
    tests = {"m.A.setUpClass": 2, "m.A.quick": 1, "m.A.slow": 5, "m.A.slowest": 9, "m.B.other": 1}
    coverage = Coverage(strong={"one": [set_up_of("m.A")]}, weak={}, seconds=tests)
    assert coverage.tests_after("m.A.setUpClass") == ["m.A.quick", "m.A.slow"]
    assert coverage.cost("m.A.setUpClass") == 8
    assert coverage.cost("m.A.slow") == 5
    assert coverage.chosen(["m.A.setUpClass", "m.B.other"], 9) == ["m.B.other", "m.A.setUpClass"]


def test_what_is_known_is_not_tried_again():
    """PR4: a class is set up once for all mutants; a test that does not recover proves nothing any more."""
    first, second = mutants("order.py", SOURCE)[:2]
    trials = [Trial(first, ["m.A.a", "m.B.b"]), Trial(second, ["m.A.a", "m.B.b"])]
    coverage = Coverage(strong={}, weak={}, seconds={"m.A.a": 1, "m.B.b": 1})
    assert plan(trials, coverage, (9, 0), set()) == {"m.A": {"m.A.a": [0, 1]}, "m.B": {"m.B.b": [0, 1]}}
    trials[0].outcome = "noticed"
    trials[1].tried.add("m.A.a")
    assert plan(trials, coverage, (9, 0), set()) == {"m.B": {"m.B.b": [1]}}
    assert plan(trials, coverage, (9, 0), {"m.B"}) == {}
    assert [trial.row["outcome"] for trial in trials] == ["noticed", "survived"]
    assert Trial(first, []).row["outcome"] == "no test"


def test_the_coverage_of_classes_is_put_together():
    """PR4: only classes whose file changed are run again."""
    one = {"strong": {"k": ["m.A.a"]}, "weak": {}, "seconds": {"m.A.a": 1}, "failing": []}
    two = {"strong": {"k": ["m.B.b"]}, "weak": {"w": ["m.B.b"]}, "seconds": {"m.B.b": 2}, "failing": ["m.B.b"]}
    whole = Coverage.of_classes([one, two])
    assert (whole.strong, whole.weak) == ({"k": ["m.A.a", "m.B.b"]}, {"w": ["m.B.b"]})
    assert (whole.seconds, whole.failing) == ({"m.A.a": 1, "m.B.b": 2}, ["m.B.b"])
    assert one["strong"] == {"k": ["m.A.a"]}


def test_tests_in_which_a_mutant_may_differ_come_last():
    """PR4: where no test is sure to come by a difference, one that may is played at once."""
    first = mutants("order.py", SOURCE)[0]
    coverage = Coverage(
        strong={place_key(first): ["m.A.sure", "m.A.slow"]},
        weak={place_key(first): ["m.A.sure", "m.B.maybe"]},
        seconds={"m.A.sure": 1, "m.A.slow": 5, "m.B.maybe": 1},
    )
    trial = coverage.trial(first)
    assert (trial.strong, trial.weak) == (["m.A.sure", "m.A.slow"], ["m.B.maybe"])
    assert trial.chosen(coverage, (0, 0)) == ["m.A.slow"]
    assert trial.chosen(coverage, (9, 2)) == ["m.A.slow", "m.A.sure", "m.B.maybe"]
    assert Trial(first, [], ["m.B.maybe"]).chosen(coverage, (0, 0)) == ["m.B.maybe"]


def test_a_stopped_run_goes_on(tmp_path):
    """PR4: what was noticed stays so until the function or the test changes, what lived until the addon does."""
    tests = tmp_path / "order/tests"
    tests.mkdir(parents=True)
    (tmp_path / "order/order.py").write_text(SOURCE)
    text = "limit = 1\n\nclass A:\n    def test_a(self):\n        return limit\n"
    (tests / "test_a.py").write_text(text)
    first, second = mutants("order/order.py", SOURCE)[:2]
    test = "odoo.addons.order.tests.test_a.A.test_a"
    assert class_of(test) == "odoo.addons.order.tests.test_a.A"

    def played(state):
        trials = [Trial(first, [test]), Trial(second, [test])]
        Memory(tmp_path / "played", tmp_path, state).recall(trials)
        return [trial.row["outcome"] for trial in trials]

    memory = Memory(tmp_path / "played", tmp_path, "state")
    assert played("state") == ["no test", "no test"]
    memory.add(Trial(first, [test]), test, "noticed")
    memory.add(Trial(second, [test]), test, "passed")
    assert played("state") == ["noticed", "survived"]
    assert played("another") == ["noticed", "no test"]
    (tests / "test_a.py").write_text(f"{text}\n    def test_b(self):\n        return 2\n")
    assert played("state") == ["noticed", "survived"], "the tests beside it are not asked"
    for changed in (text.replace("limit = 1", "limit = 2"), text.replace("return limit", "return -limit")):
        (tests / "test_a.py").write_text(changed)
        assert played("state") == ["no test", "no test"]
    (tests / "test_a.py").write_text(text)
    (tmp_path / "order/order.py").write_text(SOURCE.replace("closed", "shut"))
    assert played("state") == ["no test", "no test"]


def test_record_rules_that_restrict_are_opened():
    """PR4: each rule that keeps something from somebody; one for managers, who see all of it, is none."""
    rule = "<record id='{}' model='ir.rule'><field name='domain_force'>{}</field></record>"
    text = rule.format("own", "[('user_id', '=', user.id)]") + rule.format("all", "[(1, '=', 1)]")
    found = list(rule_mutants("a/security/rules.xml", f"<odoo>{text}<record id='g' model='res.groups'/></odoo>"))
    assert [(mutant.function, mutant.what) for mutant in found] == [("own", OPEN)]


def test_reasons_are_of_mutants_that_there_are():
    """PR4: whoever may live has a reason with its name; a reason of something that is gone would excuse nothing."""
    for addon, reasons in by_addon("SURVIVORS").items():
        assert reasons.keys() - {mutant.name for mutant in mutants_of(addon)} == set(), addon
