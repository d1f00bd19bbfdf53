"""What the resources of a page list: overprint, inks beside the four of the press.

Quicker than reading what is painted; it says in which way a page has to be drawn, and being careful costs time only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from .paint import FAULTS

#: The inks that every press has.
PROCESS = ("Cyan", "Magenta", "Yellow", "Black")
#: Names that are no inks of their own.
_NO_INKS = {*PROCESS, "All", "None"}
#: Objects of a page that are looked at; one with more is taken for one that overprints.
_MOST = 5_000
#: A color space with an ink, the place of the ink there and how many inks it has.
Spot = tuple[Any, int, int]


@dataclass
class Usage:
    """What a page lists; ``spots`` by the names of the inks."""

    overprint: bool = False
    spots: dict[str, Spot] = field(default_factory=dict)


def of_page(page: pikepdf.Page) -> Usage:
    """Return what a page and the forms, patterns, letters and annotations on it list."""
    usage = Usage()
    seen: set[tuple[int, int]] = set()
    waiting = [page.obj, *_drawings_of(page.obj)]
    left = _MOST
    while waiting:
        holder = waiting.pop()
        key = holder.objgen
        if key in seen:
            continue
        if key != (0, 0):
            seen.add(key)
        left -= 1
        if left <= 0:
            usage.overprint = True
            break
        try:
            waiting += _read(holder, usage)
        except FAULTS:
            continue  # what is no resource draws nothing either
    return usage


def _drawings_of(page: Any) -> Iterator[Any]:
    """Yield what annotations draw; one that has several states has a stream for each."""
    for annotation in _members(page.get("/Annots")):
        if isinstance(annotation, pikepdf.Dictionary) and isinstance(annotation.get("/AP"), pikepdf.Dictionary):
            normal = annotation.AP.get("/N")
            if isinstance(normal, pikepdf.Stream):
                yield normal
            else:
                yield from (state for state in _members(normal) if isinstance(state, pikepdf.Stream))


def _members(values: Any) -> list[Any]:
    if isinstance(values, pikepdf.Array):
        return list(values)
    return list(values.values()) if isinstance(values, pikepdf.Dictionary) else []


def _read(holder: Any, usage: Usage) -> list[Any]:
    """Take in what a page, a form, a picture, a pattern or a font lists; return what else has to be looked at."""
    for space in (holder.get("/ColorSpace"), holder.get("/CS")):
        _take_space(space, usage)
    shading = holder.get("/Shading")
    if isinstance(shading, pikepdf.Dictionary):
        _take_space(shading.get("/ColorSpace"), usage)
    _take_state(holder.get("/ExtGState"), usage)
    resources = _resources_of(holder)
    if not isinstance(resources, pikepdf.Dictionary):
        return []
    found = []
    for state in _members(resources.get("/ExtGState")):
        found += _take_state(state, usage)
    for space in _members(resources.get("/ColorSpace")):
        _take_space(space, usage)
    for shading in _members(resources.get("/Shading")):
        _take_space(shading.get("/ColorSpace"), usage)
    for kind in ("/XObject", "/Pattern", "/Font"):
        found += [part for part in _members(resources.get(kind)) if _has_resources(part, kind)]
    return found


def _resources_of(holder: Any) -> Any:
    """Return the resources, which pages may have from their parents."""
    for _step in range(50):
        resources = holder.get("/Resources")
        if resources is not None or (holder.get("/Type") != "/Page" and holder.get("/Type") != "/Pages"):
            return resources
        holder = holder.get("/Parent")
        if not isinstance(holder, pikepdf.Dictionary):
            return None
    return None


def _has_resources(part: Any, kind: str) -> bool:
    return isinstance(part, pikepdf.Dictionary | pikepdf.Stream) and (
        kind != "/Font" or part.get("/Subtype") == "/Type3"
    )


def _take_state(state: Any, usage: Usage) -> list[Any]:
    """Take in a graphics state; return the drawing of its soft mask."""
    if not isinstance(state, pikepdf.Dictionary):
        return []
    if any(state.get(key) is True for key in ("/OP", "/op")):
        usage.overprint = True
    mask = state.get("/SMask")
    drawing = mask.get("/G") if isinstance(mask, pikepdf.Dictionary) else None
    return [drawing] if isinstance(drawing, pikepdf.Stream) else []


def _take_space(space: Any, usage: Usage, depth: int = 0) -> None:
    if not isinstance(space, pikepdf.Array) or len(space) < 2 or depth > 2:
        return
    kind = str(space[0])
    if kind in ("/Indexed", "/I", "/Pattern"):
        _take_space(space[1], usage, depth + 1)
        return
    if kind not in ("/Separation", "/DeviceN") or len(space) < 4:
        return
    names = [str(name)[1:] for name in (list(space[1]) if kind == "/DeviceN" else [space[1]])]
    for place, name in enumerate(names):
        if name not in _NO_INKS:
            usage.spots.setdefault(name, (space, place, len(names)))
