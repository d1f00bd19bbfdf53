"""Sentences are translated whole: none is cut into pieces around the values in it.

``python -m tools.sentences`` shows where one is. In Python and JavaScript a sentence has named places. In a template it
stands in an element with the class ``o_translate_inline``, which Odoo gives to translators with the values in it where
it begins with a word. A label with a colon before its value (``Number: 12``) and a unit behind a field (``12 hours``)
are no sentences.
"""

import ast
import re

from lxml import etree

from tools.settings import ADDONS_DIR, ROOT, our_addons, run_tool

WHOLE = "o_translate_inline"
_WORD = re.compile(r"[^\W\d_]{2,}")
_END = re.compile(r"[.!?]\W*$")
_LABEL = re.compile(r"[:：][\s\W]*$")  # noqa: RUF001 - both colons end a label
_INLINE = {"a", "b", "code", "em", "field", "i", "small", "span", "strong", "t", "time", "u"}
_VALUES = ("t-esc", "t-field", "t-out", "t-raw")
#: What makes an element one of several, or a box of its own.
_CONDITIONS = ("t-if", "t-elif", "t-else", "t-foreach", "t-set", "t-call", "invisible")
_BOXES = re.compile(r"\b(badge|btn|d-block|ms-auto|o_badge\w*|text-end|float-end)\b")
_JOINED = re.compile(r"\$\{\s*_t\(|_t\([^()]*\)\s*\+\s*[^\s\"'`]|[^\s\"'`(]\s*\+\s*_t\(")


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
            if is_value and sentence and _END.search(sentence[-1][1]) and not sentence[-1][0]:
                yield sentence
                sentence = []
            sentence.append((is_value, text))
        yield sentence

    def __str__(self):
        return " ".join(f"<{text}>" if is_value else text for is_value, text in self.parts)


def _is_cut(sentence):
    words = [is_value or bool(_WORD.search(text)) for is_value, text in sentence]
    parts = [part for part, has_words in zip(sentence, words, strict=True) if has_words]
    kinds = [is_value for is_value, _text in parts]
    if len(set(kinds)) < 2:
        return False
    is_label = kinds[0] is False and all(kinds[1:]) and _LABEL.search(parts[0][1])
    is_unit = kinds == [True, False] and parts[1][1].isalpha()
    return not (is_label or is_unit)


def runs(root):
    """Yield the runs of a template."""
    found = [Run(root.sourceline)]

    def begin(node):
        found.append(Run(node.sourceline))

    def walk(node):
        classes = (node.get("class") or "").split()
        if WHOLE in classes and (node.text or "").strip():
            return
        found[-1].text(node.text)
        for child in node:
            if isinstance(child.tag, str):
                visit(child, is_apart="d-flex" in classes)
            found[-1].text(child.tail)

    def visit(child, is_apart):
        name = next((child.get(key) for key in _VALUES if key in child.attrib), None)
        if child.tag == "field":
            name = child.get("name")
        is_apart = is_apart or child.tag not in _INLINE or any(key in child.attrib for key in _CONDITIONS)
        is_apart = is_apart or _BOXES.search(child.get("class") or "")
        outer = found[-1]
        if is_apart:
            begin(child)
        if name is not None:
            found[-1].value(name)
        else:
            walk(child)
        if is_apart and any(key in child.attrib for key in _CONDITIONS) and child.tag in _INLINE:
            # what stands behind an optional part goes on with the sentence
            found.append(outer)
        elif is_apart:
            begin(child)

    walk(root)
    return list(dict.fromkeys(found))


def check_template(path):
    """Yield the sentences of an XML file that are in pieces."""
    tree = etree.parse(str(path))
    # of records, what is a template; not the text of mails, which Odoo gives to translators as one
    for root in tree.xpath("//template | //templates | //record[@model != 'mail.template']/field[@type='xml']"):
        for run in runs(root):
            if run.is_cut:
                yield run.line, str(run)


def check_python(path):
    """Yield the texts of a Python file that are put together."""
    tree = ast.parse(path.read_text())
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        text = node.args[0].value
        if name not in ("_", "_lt") or not isinstance(text, str):
            continue
        around = parents[node]
        others = [around.left, around.right] if isinstance(around, ast.BinOp) and isinstance(around.op, ast.Add) else []
        words = [each for each in others if each is not node and not _is_space(each)]
        if text != text.strip() or isinstance(around, ast.FormattedValue) or words:
            yield node.lineno, text


def _is_space(node):
    return isinstance(node, ast.Constant) and not _WORD.search(str(node.value))


def check_script(path):
    """Yield the lines of a JavaScript file in which texts are put together."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if _JOINED.search(line):
            yield number, line.strip()


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
