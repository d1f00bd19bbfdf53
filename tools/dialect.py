"""The dialect of the addons, checked on their syntax trees: what ruff and pylint-odoo do not look at.

Each rule is a function that takes a ``Source`` and yields pairs of a node and a sentence. The rules in words stand
in ``CONTRIBUTING.md``; ``python -m tools.dialect [addon]`` shows what breaks them. Where a rule allows an exception,
that is a comment which says why, on the line or above it.
"""

import argparse
import ast
import io
import re
import tokenize
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from tools.manifests import read_manifest
from tools.settings import ADDONS_DIR, ROOT, our_addons, run_tool

#: headers that ``base_safeguard.http`` sets on pages whose address is the secret, and nobody else
POLICIES = {"referrer-policy", "x-robots-tag", "x-frame-options", "x-content-type-options", "content-security-policy"}
#: numbers of x2many commands that take ids or values
COMMANDS = range(7)
BRITISH = re.compile(
    r"colour|favour|behaviour|centre|catalogue|licence|normalise|organis|initialis|serialis|grey", re.I
)
#: fields of Odoo's own that name a record without being a link to it
FOREIGN_IDS = {"res_id", "db_id"}


#: moments as Odoo's own models call them
FOREIGN_MOMENTS = {"start", "stop", "create_date", "write_date"}


@dataclass
class Source:
    """A Python file of an addon, parsed.

    :ivar shipped: it is part of the product, no test
    """

    addon: str
    name: str
    text: str
    shipped: bool = True
    tree: ast.Module = field(init=False)

    def __post_init__(self):
        self.tree = ast.parse(self.text)

    @cached_property
    def comments(self):
        """Return the numbers of the lines that hold a comment."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return {token.start[0] for token in tokens if token.type == tokenize.COMMENT}

    @cached_property
    def parents(self):
        """Return ``{child: parent}`` of the tree's nodes."""
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def ancestors(self, node):
        """Yield the nodes around a node, from the inside."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def statement(self, node):
        """Return the statement that a node is in."""
        return next(parent for parent in (node, *self.ancestors(node)) if isinstance(parent, ast.stmt))

    def has_reason(self, node):
        """Return whether a comment stands in a node's statement or right above it, or its function says why."""
        statement = self.statement(node)
        # of a compound statement (if, for, with) its head alone
        body = getattr(statement, "body", None)
        last = body[0].lineno - 1 if isinstance(body, list) and body else statement.end_lineno
        if self.comments & set(range(statement.lineno - 1, max(last, statement.lineno) + 1)):
            return True
        functions = [parent for parent in self.ancestors(node) if isinstance(parent, ast.FunctionDef)]
        return any("superuser" in (ast.get_docstring(function) or "") for function in functions)


def _is_field(node):
    """Return the kind of a field (``Char``) that an assignment in a class declares, or an empty string."""
    call = node.value if isinstance(node, ast.Assign) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        base = call.func.value
        if isinstance(base, ast.Name) and base.id == "fields":
            return call.func.attr
    return ""


def _fields(source):
    """Yield triples of node, name and kind of the fields that classes declare."""
    for cls in ast.walk(source.tree):
        for node in cls.body if isinstance(cls, ast.ClassDef) else ():
            kind = _is_field(node)
            if kind and isinstance(node.targets[0], ast.Name):
                yield node, node.targets[0].id, kind


def x2many_commands(source):
    """Say ``Command.create(...)``, not ``(0, 0, ...)``."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Tuple) or len(node.elts) not in (2, 3) or not isinstance(node.ctx, ast.Load):
            continue
        first, second = node.elts[0], node.elts[1]
        if not (isinstance(first, ast.Constant) and type(first.value) is int and first.value in COMMANDS):
            continue
        if len(node.elts) == 3:
            third = node.elts[2]
            zero = isinstance(second, ast.Constant) and type(second.value) is int and second.value == 0
            values = isinstance(third, (ast.Dict, ast.DictComp))
            ids = isinstance(third, (ast.List, ast.ListComp)) or (
                isinstance(third, ast.Attribute) and third.attr in ("id", "ids")
            )
            found = (first.value in (0, 6) and zero and (values or ids)) or (first.value == 1 and values)
        else:
            # a pair of numbers may be anything else; one that stands alone in a list beside an id is a command
            single = isinstance(source.parents.get(node), ast.List)
            found = single and first.value in (3, 4) and isinstance(second, ast.Attribute) and second.attr == "id"
        if found:
            yield node, "an x2many command as a tuple: say it with Command"


def docstrings(source):
    """Say what a class and a public name are for."""
    if not source.shipped:
        return
    if source.tree.body and not ast.get_docstring(source.tree) and not source.name.endswith("__manifest__.py"):
        names = [node for node in source.tree.body if not isinstance(node, (ast.Import, ast.ImportFrom))]
        if names and not all(isinstance(node, ast.Assign) for node in names) and _is_plain(source):
            yield source.tree.body[0], "a module without a docstring"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and not ast.get_docstring(node):
            yield node, f"the class {node.name} has no docstring"
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or ast.get_docstring(node):
            continue
        inside = [parent for parent in source.ancestors(node) if isinstance(parent, (ast.FunctionDef, ast.Lambda))]
        if not inside and not _is_override(node) and not _has_own_base(source, node):
            yield node, f"{node.name}() has no docstring"


def _is_override(node):
    """Return whether a method extends Odoo's of that name: it calls ``super()``."""
    return any(isinstance(part, ast.Name) and part.id == "super" for part in ast.walk(node))


def _has_own_base(source, node):
    """Return whether a method may be documented in a base class of its addon: docstrings are inherited."""
    cls = source.parents.get(node)
    relative = [item for item in ast.walk(source.tree) if isinstance(item, ast.ImportFrom) and item.level]
    own = {alias.asname or alias.name for item in relative for alias in item.names}
    own |= {item.name for item in source.tree.body if isinstance(item, ast.ClassDef)}
    return isinstance(cls, ast.ClassDef) and any(isinstance(base, ast.Name) and base.id in own for base in cls.bases)


def _is_plain(source):
    """Return whether a module knows nothing of Odoo."""
    imported = [node for node in ast.walk(source.tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = [getattr(node, "module", None) or node.names[0].name for node in imported]
    return not any(name.split(".")[0] == "odoo" and name.split(".")[1:2] != ["addons"] for name in names)


def reasons_for_sudo(source):
    """Keep what runs as superuser in sight: a variable ``..._sudo``, or a comment that says why."""
    if not source.shipped:
        return
    for node in ast.walk(source.tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "sudo"):
            continue
        # back to the user's own rights; what nobody below administrator could read; waking a scheduled action
        around = source.parents.get(node)
        wakes = isinstance(around, ast.Attribute) and around.attr == "_trigger"
        if node.args or wakes or ast.unparse(node.func.value).endswith("['ir.config_parameter']"):
            continue
        statement = source.statement(node)
        targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
        names = [part.id for target in targets if target is not None for part in ast.walk(target)
                 if isinstance(part, ast.Name)]  # fmt: skip
        if not source.has_reason(node) and not any(name.endswith("_sudo") for name in names):
            yield node, "sudo() without a reason: into a variable ..._sudo, or a comment that says why"


def response_policies(source):
    """Leave the headers of secret pages to ``base_safeguard.http``."""
    if source.addon == "base_safeguard" or not source.shipped:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and str(node.value).lower() in POLICIES and not source.has_reason(node):
            yield node, f"{node.value} is set by base_safeguard.http alone"


def field_names(source):
    """Name moments ``date_*`` and keep ``_id`` for links."""
    if not source.shipped:
        return
    for node, name, kind in _fields(source):
        related = any(word.arg == "related" for word in node.value.keywords)
        named = name.startswith("date_") or name in FOREIGN_MOMENTS
        if kind == "Datetime" and not related and not named and not source.has_reason(node):
            yield node, f"the moment {name} is not called date_*"
        links = ("Many2one", "Many2oneReference")
        if name.endswith("_id") and kind not in links and not related and name not in FOREIGN_IDS:
            yield node, f"{name} is a {kind}: _id is for links"


def spelling(source):
    """Spell identifiers as Odoo does."""
    for node in ast.walk(source.tree):
        names = [getattr(node, key, None) for key in ("id", "name", "arg", "attr")]
        for name in names:
            if isinstance(name, str) and BRITISH.search(name) and not isinstance(node, ast.Attribute):
                yield node, f"{name}: identifiers are spelled the American way"


def hooks(source):
    """Keep hooks of installation in ``hooks.py``."""
    if source.name.endswith("/hooks.py") or not source.shipped:
        return
    manifest = read_manifest(source.addon)
    called = {manifest.get(key) for key in ("pre_init_hook", "post_init_hook", "uninstall_hook")} - {None}
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in called:
            yield node, f"the hook {node.name}() stands outside of hooks.py"


def type_hints(source):
    """Say in the signature what goes in and out, where a machine can check it: in modules that know nothing of Odoo."""
    if not source.shipped or not _is_plain(source):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            missing = [argument.arg for argument in _arguments(source, node) if argument.annotation is None]
            missing += ["what it returns"] if node.returns is None else []
            if missing:
                yield node, f"{node.name}() has no type hints for {', '.join(missing)}"


def _arguments(source, node):
    """Return the arguments of a function that a caller gives: not the object or class of a method."""
    given = [*node.args.posonlyargs, *node.args.args]
    static = any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in node.decorator_list)
    if isinstance(source.parents.get(node), ast.ClassDef) and not static:
        given = given[1:]
    return [each for each in (*given, node.args.vararg, *node.args.kwonlyargs, node.args.kwarg) if each is not None]


RULES = (x2many_commands, docstrings, reasons_for_sudo, response_policies, field_names, spelling, hooks, type_hints)


def complaints(source):
    """Return what the rules find in a file, one line each."""
    found = [(node.lineno, text) for rule in RULES for node, text in rule(source)]
    return [f"{source.name}:{line}: {text}" for line, text in sorted(set(found))]


def sources(addon):
    """Yield the Python files of an addon; migrations speak the language of their version."""
    folder = ADDONS_DIR / addon
    for path in sorted(folder.rglob("*.py")):
        part = path.relative_to(folder).parts[0]
        if part != "migrations":
            name = str(path.relative_to(ROOT))
            yield Source(addon, name, path.read_text(), shipped=part != "tests")


def plain_modules():
    """Return the names of all modules of ours that know nothing of Odoo: their type hints are checked."""
    manifest = "/__manifest__.py"
    return [
        source.name
        for addon in our_addons()
        for source in sources(addon)
        if source.shipped and _is_plain(source) and not source.name.endswith(manifest)
    ]


# Scheduled actions: found in the data, looked up in the code


def scheduled_actions(addon):
    """Yield pairs of external id and code of the scheduled actions that an addon makes."""
    for path in sorted((ADDONS_DIR / addon / "data").glob("*.xml")):
        for record in etree.parse(path).iter("record"):
            if record.get("model") == "ir.cron":
                model = record.findtext("field[@name='code']") or ""
                link = record.find("field[@name='model_id']")
                yield record.get("id"), link.get("ref") if link is not None else "", model.strip()


def _cron_bodies(addon):
    """Return ``{method: its function}`` of the methods ``_cron_*`` of an addon."""
    return {
        node.name: node
        for source in sources(addon)
        if source.shipped
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("_cron_")
    }


def _calls(node):
    return {part.func.attr for part in ast.walk(node) if isinstance(part, ast.Call) and hasattr(part.func, "attr")}


def check_scheduled_actions(addon):
    """Yield scheduled actions that do not run on ``cron.batch.mixin`` and do not say why."""
    bodies = _cron_bodies(addon)
    for xmlid, _model, code in scheduled_actions(addon):
        called = re.fullmatch(r"model\.(_cron_\w+)\(.*\)", code)
        if not called or called[1] not in bodies:
            yield f"{addon}: the scheduled action {xmlid} calls no _cron_ method of the addon: {code}"
            continue
        body = bodies[called[1]]
        if "_cron_each" not in _calls(body) and "no batch:" not in (ast.get_docstring(body) or ""):
            yield f"{addon}: {called[1]}() works without _cron_each; its docstring says 'no batch: why' if it has to"


def wizards(addon):
    """Return ``{model: its folder}`` of the windows that an addon makes."""
    return {
        statement.value.value: (ROOT / source.name).parent
        for source in sources(addon)
        if source.shipped
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef) and "TransientModel" in {getattr(base, "attr", "") for base in node.bases}
        for statement in node.body
        if isinstance(statement, ast.Assign) and statement.targets[0].id == "_name"
    }


def check_wizard_views(addon):
    """Yield views of windows that do not stand beside them."""
    folders = wizards(addon)
    for path in sorted((ADDONS_DIR / addon).rglob("*.xml")):
        for model in etree.parse(path).iterfind(".//record[@model='ir.ui.view']/field[@name='model']"):
            folder = folders.get(model.text, path.parent)
            if folder != path.parent:
                yield f"{path.relative_to(ROOT)}:{model.sourceline}: the view of {model.text} belongs to {folder.name}/"


def check_dialect():
    """Yield everything that is wrong in all addons."""
    for addon in our_addons():
        for source in sources(addon):
            yield from complaints(source)
        yield from check_scheduled_actions(addon)
        yield from check_wizard_views(addon)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("addon", nargs="?", default="", help="only this addon")
    options = parser.parse_args()
    found = [line for line in check_dialect() if options.addon in line]
    print("\n".join([*found, f"{len(found)} complaint(s)"]))
    return 1 if found else 0


if __name__ == "__main__":
    run_tool(main)
