"""Break what decides something, one place at a time: the mutants of a Python file, on its syntax tree.

Whatever refuses, locks, narrows or limits is taken away or turned round: that no test notices it means that
nobody would. Odoo is not needed here, ``tools.mutants`` plays the mutants.
"""

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

#: calls that stand alone and refuse, or lock
REFUSING = ("check_access", "_check_", "check_", "lock_for_update", "_lock", "_ensure_", "_refuse_")
#: calls that pass on fewer records than they were given
NARROWING = ("filtered", "filtered_domain", "try_lock_for_update", "_filtered_access")
#: comparisons in constant time: a signature, a secret
SIGNS = ("compare_digest", "consteq", "verify_hash_signed")
#: what a mutant without the superuser says in its name: such mutants are played apart (``--superuser``)
SUPERUSER = "without the superuser"
LIMITS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}


@dataclass(frozen=True)
class Mutant:
    """A file with one place broken.

    :ivar function: qualified name of the function or method it is in
    :ivar place: number of the node in the order of ``ast.walk``
    :ivar what: what was done to it
    :ivar number: how many of the same name the file has before it
    """

    path: str
    line: int
    function: str
    place: int
    what: str
    number: int = 0

    @property
    def name(self) -> str:
        """The mutant's name in lists; it stays the same when lines move."""
        again = f" ({self.number + 1})" if self.number else ""
        return f"{self.path} {self.function}: {self.what}{again}"


def calls(node: ast.AST, names: tuple[str, ...]) -> bool:
    """Return whether a node is a call of one of these functions or methods."""
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    return any(name == word or (word.endswith("_") and name.startswith(word)) for word in names)


def _leaf(node: ast.AST) -> bool:
    """Return whether a node is a part of a domain: ``("field", "operator", value)``."""
    return (
        isinstance(node, ast.Tuple)
        and len(node.elts) == 3
        and all(isinstance(item, ast.Constant) and isinstance(item.value, str) for item in node.elts[:2])
    )


def _set(name: str, value: ast.AST) -> Callable:
    return lambda node: setattr(node, name, value)


def _drop(name: str, number: int) -> Callable:
    def change(node):
        del getattr(node, name)[number]

    return change


def _leave_out(number: int) -> Callable:
    def change(node):
        left = node.test.values[:number] + node.test.values[number + 1 :]
        # one part is no "and" any more, and Python compiles none of one part
        node.test = left[0] if len(left) == 1 else ast.BoolOp(node.test.op, left)

    return change


def _swap(number: int) -> Callable:
    def change(node):
        node.ops[number] = LIMITS[type(node.ops[number])]()

    return change


def _of_condition(node: ast.If) -> Iterator[tuple[str, Callable]]:
    """A condition whose body only refuses: never true; each part of an ``and`` or ``or`` left out."""
    if isinstance(node.body[-1], ast.Raise):
        yield "never refuses", _set("test", ast.Constant(False))
        if isinstance(node.test, ast.BoolOp) and len(node.test.values) > 1:
            for number, part in enumerate(node.test.values):
                yield f"without {ast.unparse(part)!r:.60}", _leave_out(number)


def _of_domain(node: ast.List) -> Iterator[tuple[str, Callable]]:
    """A domain of parts that all have to hold: each left out."""
    parts = [number for number, item in enumerate(node.elts) if _leaf(item)]
    if any(isinstance(item, ast.Constant) and item.value in ("|", "!") for item in node.elts):
        return
    for number in parts:
        yield f"without {ast.unparse(node.elts[number])!r:.60}", _drop("elts", number)


def changes(node: ast.AST) -> Iterator[tuple[str, Callable]]:
    """Yield pairs of a sentence and a function that changes such a node in place."""
    if isinstance(node, ast.If):
        yield from _of_condition(node)
    elif isinstance(node, ast.List):
        yield from _of_domain(node)
    elif isinstance(node, ast.Expr) and calls(node.value, REFUSING):
        yield f"without {ast.unparse(node.value)!r:.60}", _set("value", ast.Constant(None))
    elif isinstance(node, ast.Call) and calls(node, SIGNS):
        yield "every sign is right", lambda node: (
            setattr(node, "func", ast.Name("bool", ast.Load())), setattr(node, "args", [ast.Constant(1)]))  # fmt: skip
    elif isinstance(node, ast.Call) and calls(node, NARROWING) and isinstance(node.func, ast.Attribute):
        # x.filtered(f) -> x[:]
        yield f"without {node.func.attr}()", lambda node: (
            setattr(node, "func", ast.Attribute(node.func.value, "union", ast.Load())),
            setattr(node, "args", []), setattr(node, "keywords", []))  # fmt: skip
    elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "sudo" and not node.args:
        # x.sudo() -> x.with_context(), which is x
        yield (
            f"{SUPERUSER} of {ast.unparse(node.func.value)!r:.60}",
            _set("func", ast.Attribute(node.func.value, "with_context", ast.Load())),
        )
    elif isinstance(node, ast.Compare):
        for number, operator in enumerate(node.ops):
            if type(operator) in LIMITS:
                word = ast.unparse(ast.Compare(ast.Name("x"), [operator], [node.comparators[number]]))
                yield f"limit {word[2:]!r:.40} of {ast.unparse(node)!r:.60} by one", _swap(number)


def functions_in(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Yield the functions of a module and the methods of its classes, with their qualified names."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        for item in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(item, ast.FunctionDef):
                yield f"{node.name}.{item.name}", item


def mutants(path: str, text: str) -> list[Mutant]:
    """Return the mutants of a file."""
    tree = ast.parse(text)
    places = {node: number for number, node in enumerate(ast.walk(tree))}
    found, numbers = [], Counter()
    for name, function in functions_in(tree):
        for node in ast.walk(function):
            for what, _change in changes(node):
                found.append(Mutant(path, node.lineno, name, places[node], what, numbers[name, what]))
                numbers[name, what] += 1
    return found


def broken(mutant: Mutant, text: str) -> ast.Module:
    """Return the tree of the file with the mutant's place broken."""
    tree = copy.deepcopy(ast.parse(text))
    node = list(ast.walk(tree))[mutant.place]
    dict(changes(node))[mutant.what](node)
    return ast.fix_missing_locations(tree)
