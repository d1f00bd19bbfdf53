"""Folding the quotes of HTML mails: a tree is read as lines, and cut along them; no ORM here."""

import copy
import re
from collections.abc import Collection, Iterable
from typing import Literal

from lxml import etree
from lxml import html as lxml_html

from .mail_quote import Line, Slot, fold, seen

#: what lxml takes for a text; mails hold control characters, too
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
INLINE = {
    *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "img", "ins"),
    *("kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var"),
}
#: programs that indent with a quoting element draw no line beside it
#: longer cells are no labels of a head
LONGEST_LABEL = 30
NO_BORDER = re.compile(r"border(?:-left|-style)?\s*:\s*(?:medium\s+)?none|border(?:-left)?\s*:\s*0", re.IGNORECASE)


def parse_body(body: str) -> etree._Element:
    """Return a mail body (HTML) as an lxml element around all of it."""
    return lxml_html.fragment_fromstring(NOT_XML.sub("", body), create_parent="div")


def visible_text(body: str) -> str:
    """Return the text of a mail body (HTML), line by line as it is seen."""
    return "\n".join(line.text for line in read_lines(parse_body(body)))


def inner_html(element: etree._Element) -> str:
    """Return what is inside an element."""
    parts = [element.text or ""]
    parts += [lxml_html.tostring(child, encoding="unicode") for child in element]
    return "".join(parts).strip()


def fold_html(body: str | Literal[False] | None, known: Collection[str] = ()) -> tuple[str, str]:
    """Split a mail body (HTML) into what is new and what is quoted.

    :param known: texts that were sent before; empty where that is not known
    :returns: pair of HTML strings, the second one empty when nothing is quoted
    """
    if not body or not body.strip():
        return "", ""
    root = parse_body(body)
    _split_preformatted(root)
    lines = read_lines(root)
    folded = fold(lines, known)
    if not any(folded):
        return body, ""
    numbered = {node: number for number, node in enumerate(root.iter())}
    other = copy.deepcopy(root)
    twins = list(other.iter())
    hidden = [slot for line, hide in zip(lines, folded, strict=True) if hide for slot in line.slots]
    shown = [slot for line, hide in zip(lines, folded, strict=True) if not hide for slot in line.slots]
    _cut(root, hidden)
    _cut(other, [(twins[numbered[node]], kind) for node, kind in shown])
    return inner_html(root), inner_html(other)


class _Reader:
    """Walks through a tree and gathers its lines."""

    def __init__(self) -> None:
        self.lines = [Line()]
        self._inside: list[tuple[bool, bool]] = [(False, False)]

    def _break_line(self, *, block: bool = True) -> None:
        if self.lines[-1].slots:
            self.lines.append(Line())
        self.lines[-1].block |= block

    def _add(self, node: etree._Element, kind: str, text: str) -> None:
        line, (cited, hinted) = self.lines[-1], self._inside[-1]
        line.slots.append((node, kind))
        line.text += text
        line.cited, line.hinted = line.cited or cited, line.hinted or hinted

    def start(self, node: etree._Element) -> None:
        """Enter an element."""
        if _follows_label(node):
            self.lines[-1].text += " "
        elif node.tag not in INLINE and node.tag != "br":
            self._break_line()
        cited, hinted = self._inside[-1]
        self._inside.append((cited or _quotes(node), hinted or bool(node.get("data-o-mail-quote"))))
        if node.tag in ("img", "hr", "br"):
            self._add(node, node.tag, "")
        if node.text:
            # what nobody sees goes where its line goes, and says nothing
            self._add(node, "text", "" if node.tag in ("style", "script", "title") else node.text)

    def end(self, node: etree._Element) -> None:
        """Leave an element."""
        self._inside.pop()
        following = node.getnext()
        if node.tag not in INLINE and (following is None or not _follows_label(following)):
            self._break_line(block=node.tag != "br")
        self.skip(node)

    def skip(self, node: etree._Element) -> None:
        """Read only what stands behind an element or a comment."""
        if node.tail:
            self._add(node, "tail", node.tail)


def read_lines(root: etree._Element) -> list[Line]:
    """Return the text of a tree as lines, each with the places (element, ``text``/``tail``/tag) that make it up."""
    reader = _Reader()
    steps = {"start": reader.start, "end": reader.end, "comment": reader.skip, "pi": reader.skip}
    for event, node in etree.iterwalk(root, events=tuple(steps)):
        steps[event](node)
    for line in reader.lines:
        line.text = seen(line.text)
        line.marked = line.cited or line.text.startswith(">")
    return reader.lines


def _follows_label(node: etree._Element) -> bool:
    """Return whether a cell stands beside ``From:``, as in the heads that Lotus Notes draws as a table."""
    label = node.getprevious() if node.tag in ("td", "th") else None
    if label is None or label.tag not in ("td", "th"):
        return False
    text = "".join(label.itertext()).strip()
    return len(text) <= LONGEST_LABEL and text.endswith(":")


def _quotes(node: etree._Element) -> bool:
    """Return whether an element is a quote; mail programs indent with the same element, but without a border."""
    if node.tag != "blockquote":
        return False
    return node.get("type") == "cite" or bool(node.get("cite")) or not NO_BORDER.search(node.get("style") or "")


def _split_preformatted(root: etree._Element) -> None:
    """Turn the line breaks of preformatted text into elements, so that each line has a place of its own."""
    for block in list(root.iter("pre")):
        for node in list(block.iter()):
            if isinstance(node.tag, str) and node.text and "\n" in node.text:
                first, *rest = node.text.split("\n")
                node.text = first
                for position, text in enumerate(rest):
                    node.insert(position, _break(text))
            if node is not block and node.tail and "\n" in node.tail:
                first, *rest = node.tail.split("\n")
                node.tail = first
                parent, place = node.getparent(), node.getparent().index(node) + 1
                for position, text in enumerate(rest):
                    parent.insert(place + position, _break(text))


def _break(text: str) -> etree._Element:
    element = lxml_html.Element("br")
    element.tail = text
    return element


def _cut(root: etree._Element, slots: Iterable[Slot]) -> None:
    """Take places out of a tree, and the elements in which nothing is left."""
    slots = set(slots)
    touched = {node for node, _kind in slots}
    for node, kind in slots:
        if kind == "text":
            node.text = None
        elif kind == "tail":
            node.tail = None
    for node in reversed(list(root.iter())):
        kept_leaf = node.tag in ("img", "hr", "br") and (node, node.tag) not in slots
        cell = node.tag in ("td", "th") and node.getparent() is not None and len(node.getparent()) > 1
        if node is root or node not in touched or len(node) or (node.text or "").strip() or kept_leaf or cell:
            continue
        touched.add(node.getparent())
        _drop(node)


def _drop(node: etree._Element) -> None:
    """Remove an element, not what stands behind it."""
    parent, previous, tail = node.getparent(), node.getprevious(), node.tail
    if tail and previous is not None:
        previous.tail = (previous.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail
    parent.remove(node)
