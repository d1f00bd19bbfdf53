"""Sentences are translated whole: none is cut into pieces around the values in it.

``python -m tools.sentences`` shows where one is. In Python and JavaScript a sentence has named places. In a template it
stands in an element with the class ``o_translate_inline``, which Odoo gives to translators with the values in it where
it begins with a word. A label with a colon before its value (``Number: 12``) and a unit behind a field (``12 hours``)
are no sentences.
"""

import re

from lxml import etree

from tools.sentences_of_code import END, WORD, check_python, check_script
from tools.settings import ADDONS_DIR, ROOT, our_addons, run_tool

WHOLE = "o_translate_inline"
_LABEL = re.compile(r"[:：][\s\W]*$")  # noqa: RUF001 - both colons end a label
_INLINE = {"a", "b", "code", "em", "field", "i", "small", "span", "strong", "t", "time", "u"}
_VALUES = ("t-esc", "t-field", "t-out", "t-raw")
#: What makes an element one of several, or a box of its own.
_CONDITIONS = ("t-if", "t-elif", "t-else", "t-foreach", "t-set", "t-call", "invisible")
#: What makes it one that is there or not: words in it go on with the sentence around it.
_CHOICES = ("t-if", "t-elif", "t-else")
_BOXES = re.compile(r"\b(badge|btn|d-block|ms-auto|o_badge\w*|text-end|float-end)\b")
#: Attributes whose values are shown. Odoo translates them with ``t-attf-`` in templates of pages, not in those of OWL.
_SHOWN = ("alt", "aria-label", "aria-placeholder", "data-tooltip", "label", "placeholder", "title")
_EXPRESSIONS = (*_VALUES, "t-value", *(f"t-att-{name}" for name in _SHOWN))
_LITERAL = re.compile(r"\"([^\"]*)\"|'([^']*)'|`([^`]*)`")
#: A text for people: words with blanks or a capital, no address, name of a class, or format of a date.
_SPOKEN = re.compile(r"[^\W\d_]{2,} | [^\W\d_]{2,}|^\s*[A-Z][a-z]+\s*[:.]?\s*$")
_UNSPOKEN = re.compile(r"[/=_#<>;]|%[A-Za-z]\b(?<!%s)(?<!%d)|\w[.-]\w")


class Run:
    """Text and values that stand in one line."""

    def __init__(self, line):
        self.line, self.parts = line, []

    def text(self, text):
        """Add what is written in the template."""
        if text and text.strip():
            self.parts.append((False, " ".join(text.split())))

    def value(self, name):
        """Add what is put in when the template is shown."""
        self.parts.append((True, name))

    @property
    def is_cut(self):
        """Whether a sentence of it is in pieces."""
        return any(map(_is_cut, self._sentences()))

    def _sentences(self):
        sentence = []
        for is_value, text in self.parts:
            if is_value and sentence and END.search(sentence[-1][1]) and not sentence[-1][0]:
                yield sentence
                sentence = []
            sentence.append((is_value, text))
        yield sentence

    def __str__(self):
        return " ".join(f"<{text}>" if is_value else text for is_value, text in self.parts)


def _is_cut(sentence):
    words = [is_value or bool(WORD.search(text)) for is_value, text in sentence]
    parts = [part for part, has_words in zip(sentence, words, strict=True) if has_words]
    kinds = [is_value for is_value, _text in parts]
    if len(set(kinds)) < 2:
        return False
    is_label = kinds[0] is False and all(kinds[1:]) and _LABEL.search(parts[0][1])
    is_unit = kinds == [True, False] and parts[1][1].isalpha()
    return not (is_label or is_unit)


def runs(root):
    """Return the runs of a template."""
    reader = _Reader(root)
    reader.walk(root)
    return list(dict.fromkeys(reader.found))


class _Reader:
    """Goes through a template and begins a new run where a line ends; the last one is what goes on."""

    def __init__(self, root):
        self.found = [Run(root.sourceline)]

    def walk(self, node):
        """Read what is in an element."""
        classes = (node.get("class") or "").split()
        if WHOLE in classes and (node.text or "").strip():
            return
        is_row = "d-flex" in classes or node.tag == "nav"
        self.found[-1].text(node.text)
        for child in node:
            if isinstance(child.tag, str):
                self._visit(child, is_box=is_row or _is_box(child))
            self.found[-1].text(child.tail)

    def _visit(self, child, *, is_box):
        is_optional = child.tag in _INLINE and _has(child, _CONDITIONS)
        outer = self.found[-1]
        if not is_box and _has(child, _CHOICES) and not _stands_alone(child):
            outer.value("...")
        if is_box or is_optional:
            self._begin(child)
        self._read(child)
        if is_optional:
            # what stands behind an optional part goes on with the sentence
            self.found.append(outer)
        elif is_box:
            self._begin(child)

    def _read(self, child):
        name = next((child.get(key) for key in _VALUES if key in child.attrib), None)
        if child.tag == "field":
            name = child.get("name")
        if name is None:
            self.walk(child)
        else:
            self.found[-1].value(name)

    def _begin(self, node):
        self.found.append(Run(node.sourceline))


def _has(node, names):
    return any(name in node.attrib for name in names)


def _is_box(node):
    return node.tag not in _INLINE or bool(_BOXES.search(node.get("class") or ""))


def _stands_alone(node):
    """Return whether an optional part says nothing, or a whole sentence."""
    text = " ".join("".join(node.itertext()).split())
    return not WORD.search(text) or (text[:1].isupper() and bool(END.search(text)))


def expressions(root):
    """Yield the expressions in which words and values are put together; Odoo does not even translate the words."""
    for node in root.iter(etree.Element):
        for key, text in node.attrib.items():
            if (key in _EXPRESSIONS and _joins_words(text)) or (_is_script(root) and _is_cut_attribute(key, text)):
                yield node.sourceline, text


def _joins_words(text):
    for match in _LITERAL.finditer(text):
        literal = next(filter(None, match.groups()), "")
        before, behind = text[: match.start()].rstrip(), text[match.end() :].lstrip()
        is_joined = before.endswith("+") or behind.startswith(("+", "%", ".format(")) or "${" in literal
        if (is_joined or before.endswith("f")) and _SPOKEN.search(literal) and not _UNSPOKEN.search(literal):
            return True
    return False


def _is_script(root):
    return root.tag == "templates"


def _is_cut_attribute(key, text):
    words = re.sub(r"\{\{.*?\}\}|#\{.*?\}", "", text)
    return key.removeprefix("t-attf-") in _SHOWN and key.startswith("t-attf-") and bool(WORD.search(words))


def check_template(path):
    """Yield the sentences of an XML file that are in pieces."""
    tree = etree.parse(str(path))
    # of records, what is a template; not the text of mails, which Odoo gives to translators as one
    for root in tree.xpath("//template | //templates | //record[@model != 'mail.template']/field[@type='xml']"):
        for run in runs(root):
            if run.is_cut:
                yield run.line, str(run)
        yield from expressions(root)


CHECKS = {".xml": check_template, ".py": check_python, ".js": check_script}


def check_sentences(folder=ADDONS_DIR):
    """Yield everything that is not whole in the addons of a folder."""
    for addon in our_addons():
        for path in sorted((folder / addon).rglob("*")):
            parts = path.relative_to(folder / addon).parts
            if path.suffix in CHECKS and not {"tests", "lib", "migrations"} & set(parts):
                for line, text in sorted(set(CHECKS[path.suffix](path))):
                    yield f"{path.relative_to(ROOT)}:{line}: a sentence in pieces: {text}"


def main():
    found = list(check_sentences())
    print("\n".join([*found, f"{len(found)} complaint(s)"]))
    return 1 if found else 0


if __name__ == "__main__":
    run_tool(main)
