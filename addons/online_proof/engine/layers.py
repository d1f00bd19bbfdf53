"""Layers (optional content): what of a page is switched off when it is printed (ISO 32000-1, 8.11)."""

from __future__ import annotations

from typing import Any

import pikepdf

#: Layers in layers, and expressions in expressions: deeper than this nobody writes them.
_DEPTH = 8


class Layers:
    """The layers of a document, as its first configuration shows them."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        properties = pdf.Root.get("/OCProperties")
        self.off: set[tuple[int, int]] = set()
        self.groups: list[Any] = []
        #: whether other layers are printed than are seen at first
        self.printed_otherwise = False
        if isinstance(properties, pikepdf.Dictionary):
            self._read(properties)

    def _read(self, properties: Any) -> None:
        shown = properties.get("/D", {})
        groups = self.groups = _groups(properties.get("/OCGs"))
        if shown.get("/BaseState") == "/OFF":
            self.off.update(group.objgen for group in groups)
        self.off.difference_update(group.objgen for group in _groups(shown.get("/ON")))
        self.off.update(group.objgen for group in _groups(shown.get("/OFF")))
        seen = set(self.off)
        for usage in _groups(shown.get("/AS")):
            if usage.get("/Event") == "/Print":
                self._follow_print(_groups(usage.get("/OCGs")))
        self.printed_otherwise = self.off != seen

    def _follow_print(self, groups: list[Any]) -> None:
        for group in groups:
            state = group.get("/Usage", {}).get("/Print", {}).get("/PrintState")
            if state == "/OFF":
                self.off.add(group.objgen)
            elif state == "/ON":
                self.off.discard(group.objgen)

    def show_as_printed(self, pdf: pikepdf.Pdf) -> None:
        """Make the first configuration of the document show what is printed: renderers look at nothing else."""
        shown = pdf.Root.OCProperties.D
        shown.BaseState = pikepdf.Name.ON
        shown.OFF = pikepdf.Array([group for group in self.groups if group.objgen in self.off])
        for name in ("/ON", "/AS"):
            if name in shown:
                del shown[name]
        self.printed_otherwise = False

    def is_off(self, content: Any, depth: int = 0) -> bool:
        """Return whether what belongs to a layer, or to several of them, is not printed."""
        if not self.off or not isinstance(content, pikepdf.Dictionary) or depth > _DEPTH:
            return False
        if content.get("/Type") != "/OCMD":
            return content.objgen in self.off
        if isinstance(content.get("/VE"), pikepdf.Array):
            return not self._is_true(content.VE, depth + 1)
        members = content.get("/OCGs")
        states = [group.objgen not in self.off for group in _groups(members)]
        if not states:
            return False
        policy = str(content.get("/P", "/AnyOn"))
        rules = {"/AllOn": all(states), "/AnyOff": not all(states), "/AllOff": not any(states)}
        return not rules.get(policy, any(states))

    def _is_true(self, expression: Any, depth: int) -> bool:
        """Return the value of a visibility expression; what cannot be read is shown."""
        if isinstance(expression, pikepdf.Dictionary):
            return expression.objgen not in self.off
        if depth > _DEPTH or not isinstance(expression, pikepdf.Array) or len(expression) < 2:
            return True
        operator, *parts = list(expression)
        values = [self._is_true(part, depth + 1) for part in parts]
        return {"/And": all(values), "/Or": any(values), "/Not": not values[0]}.get(str(operator), True)


def _groups(values: Any) -> list[Any]:
    """Return the dictionaries of an array; one alone may stand without it."""
    if isinstance(values, pikepdf.Dictionary):
        return [values]
    members: Any = values if isinstance(values, pikepdf.Array) else []
    return [value for value in members if isinstance(value, pikepdf.Dictionary)]
