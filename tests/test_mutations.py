"""PR4: what breaks the guards breaks each of them, and nothing else."""

import ast

import pytest

from tools.mutations import broken, code_of, mutants

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
