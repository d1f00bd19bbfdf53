"""Record rules as mutants: each lets everything through once, as if somebody had written ``[(1, '=', 1)]``.

Found without Odoo; broken inside of it, where rules are looked up (``ir.rule``), not in the database.
"""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from lxml import etree

from tools.mutations import Mutant

OPEN = "lets everything through"
EVERYTHING = ("[(1,'=',1)]", "[]", "")


def rule_mutants(path: str, text: str) -> Iterator[Mutant]:
    """Yield the mutants of a file of ``security/``: its record rules that restrict anything."""
    for record in etree.fromstring(text.encode()).iter("record"):
        domain = record.findtext("field[@name='domain_force']", "")
        if record.get("model") == "ir.rule" and "".join(domain.split()).replace('"', "'") not in EVERYTHING:
            yield Mutant(path, record.sourceline or 0, record.get("id", ""), 0, OPEN)


def rules_of(folder: Path) -> list[Mutant]:
    """Return the mutants of an addon's record rules, by its folder."""
    paths = sorted((folder / "security").glob("*.xml"))
    return [mutant for path in paths for mutant in rule_mutants(str(path.relative_to(folder.parent)), path.read_text())]


def is_rule(mutant: Mutant) -> bool:
    """Return whether a mutant is a record rule."""
    return Path(mutant.path).suffix == ".xml"


class Rules:
    """The addon's record rules in the loaded registry.

    :ivar noted: called with the mutant whose rule is looked up, and whether it refuses
    """

    def __init__(self, registry, addon, mutants):
        with registry.cursor() as cr:
            cr.execute("SELECT name, res_id FROM ir_model_data WHERE module = %s AND model = 'ir.rule'", (addon,))
            ids = dict(cr.fetchall())
        self.by_id = {ids[mutant.function]: mutant for mutant in mutants if mutant.function in ids}
        self.noted: Callable = lambda _mutant, *, strong: None
        self._open = None
        self._patch(registry["ir.rule"])

    def _patch(self, rules):
        original, failing = rules._get_rules, rules._get_failing

        def get_rules(model, model_name, mode="read"):
            found = original(model, model_name, mode=mode)
            for number in found.ids:
                if number in self.by_id:
                    self.noted(self.by_id[number], strong=False)
            opened = found.filtered(lambda rule: self._open and self.by_id.get(rule.id) == self._open).sudo()
            # rules of groups are alternatives: an open one opens all of them
            closed = found.sudo().filtered("groups") if opened.groups else opened
            return found - closed.with_env(found.env)

        def get_failing(model, for_records, mode="read"):
            found = failing(model, for_records, mode=mode)
            for number in found.ids:
                if number in self.by_id:
                    self.noted(self.by_id[number], strong=True)
            return found

        rules._get_rules, rules._get_failing = get_rules, get_failing

    def holds(self, mutant):
        """Return whether the rule of a mutant is there."""
        return mutant in self.by_id.values()

    @contextlib.contextmanager
    def broken(self, mutant):
        """Let a rule let everything through."""
        self._open = mutant
        try:
            yield
        finally:
            self._open = None
