"""Code that says which of its mutants would behave differently: the syntax tree of a file with notes in it.

A test that never comes to a state in which a mutant does something else cannot notice it: such mutants are not played.
"""

import ast
from collections.abc import Iterable
from types import CodeType

from tools.mutations import LIMITS, NARROWING, Mutant, calls, changes, functions_in

#: the object that notes are given to, see ``tools.mutant_notes``
NOTE = "_mutants_noted"
#: calls that do more than refuse: whether they did says not everything
DOING = ("lock_for_update", "_lock", "_ensure_", "try_lock_for_update", "_check_evidence")
#: searches whose first argument is a domain
SEARCHES = ("search", "search_count", "search_fetch", "search_read", "_read_group")


def key(path: str, function: str) -> str:
    """Return what a function is called in the coverage."""
    return f"{path} {function}"


def place_key(mutant: Mutant) -> str:
    """Return what a mutant is called in the coverage."""
    return f"{mutant.path}:{mutant.place or mutant.function} {mutant.what}"


def _call(method: str, *args: ast.expr, keywords: Iterable[ast.keyword] = ()) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name(NOTE, ast.Load()), method, ast.Load()), list(args), list(keywords))


def _keys(keys: Iterable[str]) -> ast.expr:
    return ast.Tuple([ast.Constant(one) for one in keys], ast.Load())


class _Noter(ast.NodeTransformer):
    """Puts a note around each place that has a mutant; order and short cuts of the code stay what they are.

    :param keys: ``{node: {what: key}}``
    """

    def __init__(self, path: str, places: dict[ast.AST, int], keys: dict[ast.AST, dict[str, str]]):
        self._path, self._places, self._keys = path, places, keys
        self._searched: set[ast.AST] = set()

    def visit_If(self, node):
        keys = list(self._keys.get(node, {}).values())
        self.generic_visit(node)
        if keys:
            method = "false" if isinstance(getattr(node.test, "op", None), ast.And) else "true"
            for number, one in enumerate(keys[1:]):
                node.test.values[number] = _call(method, ast.Constant(one), node.test.values[number])
            node.test = _call("true", ast.Constant(keys[0]), node.test)
        return node

    def visit_Expr(self, node):
        keys = list(self._keys.get(node, {}).values())
        does = calls(node.value, DOING)
        self.generic_visit(node)
        if not keys:
            return node
        failed = [ast.Expr(_call("failed", ast.Constant(keys[0]))), ast.Raise()]
        came = [ast.Expr(_call("came", _keys(keys)))] if does else []
        return ast.Try([*came, node], [ast.ExceptHandler(body=failed)], [], [])

    def visit_Compare(self, node):
        keys = self._keys.get(node, {})
        of_operator = iter(keys.values())
        by_side = [""] + [next(of_operator) if keys and type(one) in LIMITS else "" for one in node.ops]
        self.generic_visit(node)
        if keys:
            place = f"{self._path}:{self._places[node]}"
            sides = [
                _call("side", ast.Constant(place), ast.Constant(one), ast.Constant(number == len(node.ops)), side)
                for number, (one, side) in enumerate(zip(by_side, [node.left, *node.comparators], strict=True))
            ]
            node.left, *node.comparators = sides
        return node

    def visit_List(self, node):
        keys = self._keys.get(node, {})
        self.generic_visit(node)
        return _call("value", _keys(keys.values()), node) if keys and node not in self._searched else node

    def _parts(self, node: ast.Call) -> dict[int, str]:
        """Return ``{number: key}`` of the parts of the domain that a search is given as it stands."""
        domain = node.args[0] if node.args else None
        plain = isinstance(node.func, ast.Attribute) and node.func.attr in SEARCHES and domain in self._keys
        if not plain or any(isinstance(item, ast.Starred | ast.Constant) for item in domain.elts):
            return {}
        texts = {f"without {ast.unparse(item)!r:.60}": number for number, item in enumerate(domain.elts)}
        return {texts[what]: one for what, one in self._keys[domain].items()}

    def visit_Call(self, node):
        keys = list(self._keys.get(node, {}).values())
        parts = self._parts(node)
        if parts:
            self._searched.add(node.args[0])
        narrows, sure = calls(node, NARROWING), not calls(node, DOING)
        self.generic_visit(node)
        if parts:
            numbers = ast.Dict([ast.Constant(one) for one in parts], [ast.Constant(one) for one in parts.values()])
            name = ast.Constant(node.func.attr)
            return _call("searched", numbers, node.func.value, name, *node.args, keywords=node.keywords)
        if not keys:
            return node
        if narrows:
            given = (ast.Constant(keys[0]), ast.Constant(sure), node.func.value, ast.Constant(node.func.attr))
            return _call("narrows", *given, *node.args, keywords=node.keywords)
        if getattr(node.func, "attr", "") == "sudo":
            return _call("value", _keys(keys), node)
        return _call("false", ast.Constant(keys[0]), node)


def functions_of(tree: ast.Module) -> dict[str, ast.AST]:
    """Return the functions and methods of a file by their qualified names."""
    return dict(functions_in(tree))


def noting(path: str, text: str) -> ast.Module:
    """Return the tree of a file that says what it comes by: functions, and places where a mutant would differ."""
    tree = ast.parse(text)
    places = {node: number for number, node in enumerate(ast.walk(tree))}
    for name, function in functions_in(tree):
        keys = {}
        for node in ast.walk(function):
            whats = [what for what, _change in changes(node)]
            if whats:
                mutants = [Mutant(path, 0, name, places[node], what) for what in whats]
                keys[node] = {mutant.what: place_key(mutant) for mutant in mutants}
        noter = _Noter(path, places, keys)
        came = ast.copy_location(ast.Expr(_call("came", _keys([key(path, name)]))), function)
        function.body = [came, *(noter.visit(part) for part in function.body)]
    return ast.fix_missing_locations(tree)


def for_a_process(tree: ast.Module, notes: str, file: str) -> str:
    """Return the text of such a tree for a process without Odoo, which writes its notes to a file.

    :param notes: path of ``tools/mutant_notes.py``
    """
    first = next(
        (number for number, node in enumerate(tree.body)
         if not isinstance(getattr(node, "value", None), ast.Constant)
         and getattr(node, "module", "") != "__future__"), len(tree.body)
    )  # fmt: skip
    start = f"import runpy\nrunpy.run_path({notes!r})['of_process']({NOTE!r}, {file!r})"
    return ast.unparse(ast.Module([*tree.body[:first], *ast.parse(start).body, *tree.body[first:]], []))


def code_of(tree: ast.Module, function: str, path: str) -> CodeType:
    """Return the code object of a function or method, by its qualified name."""
    code = compile(tree, path, "exec")
    for name in function.split("."):
        code = next(part for part in code.co_consts if isinstance(part, CodeType) and part.co_name == name)
    return code
