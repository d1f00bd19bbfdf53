"""How the XML of the addons looks: tags at most 120 columns wide, labels in Title Case.

``python -m tools.view_style`` says what does not, ``--fix`` breaks tags between their attributes and writes labels as
titles. What a tag says stays the same; a text or a single value that is longer stays on its line.
"""

import argparse
import re

from tools.settings import ADDONS_DIR, ROOT, our_addons, run_tool

WIDEST = 120
#: Words that titles write small between others (as Odoo's own labels do).
SMALL = re.compile("(a|an|and|as|at|but|by|for|from|if|in|nor|of|on|or|per|the|to|via|with)$")
_SKIPPED = r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
_TAG = re.compile(_SKIPPED + r"""|<[A-Za-z_](?:[^<>"']|"[^"]*"|'[^']*')*>""", re.S)
_NAME = re.compile(r"<[\w:.-]+")
_ATTRIBUTE = re.compile(r"""[\w:.@-]+\s*=\s*(?:"[^"]*"|'[^']*')""", re.S)
#: Elements whose ``string`` (of menus: ``name``) is a label.
_LABELLED = re.compile(r"<(button|field|filter|group|label|menuitem|page|separator)\b")


def title(text):
    """Return a label in Title Case; what begins with anything but a small letter stays."""
    words = re.split(r"(\s+)", text)
    last = len(words) - 1
    return "".join(
        word if number not in (0, last) and SMALL.match(word) else word[:1].upper() + word[1:]
        for number, word in enumerate(words)
    )


def titled(text):
    """Return an XML text with its labels in Title Case."""

    def of_tag(match):
        kind = _LABELLED.match(match[0])
        if not kind:
            return match[0]
        name = "name" if kind[1] == "menuitem" else "string"
        return re.sub(rf'(\s{name}=")([^"]*)', lambda label: label[1] + title(label[2]), match[0])

    return _TAG.sub(of_tag, text)


def wrapped(text):
    """Return an XML text whose wide tags are broken between their attributes."""
    before, after = "", text
    while after != before:
        # what one tag is broken into moves those behind it
        before, after = after, _wrapped_once(after)
    return after


def _wrapped_once(text):
    for match in reversed(list(_TAG.finditer(text))):
        start = text.rfind("\n", 0, match.start()) + 1
        lines = text[start : match.end()].split("\n")
        attributes = _ATTRIBUTE.findall(match[0])
        if match[0].startswith(("<!", "<?")) or not attributes or max(map(len, lines)) <= WIDEST:
            continue
        before = text[start : match.start()]
        tag = _broken(match[0], attributes, before)
        text = text[: match.start()] + tag + text[match.end() :]
    return text


def _broken(tag, attributes, before):
    indent = "\n" + " " * (len(before) - len(before.lstrip()) + 4)
    parts = [_NAME.match(tag)[0]]
    column = len(before) + len(parts[0])
    close = tag[-2:] if tag.endswith("/>") else ">"
    close = f" {close}" if tag[: -len(close)].endswith(" ") else close
    for attribute in attributes:
        behind = len(close) if attribute is attributes[-1] else 0
        fits = column + 1 + len(attribute.split("\n", maxsplit=1)[0]) + behind <= WIDEST
        parts.append((" " if fits else indent) + attribute)
        column = len((" " * (column + 1) if fits else indent[1:]) + attribute)
        if "\n" in attribute:
            column = len(attribute.rsplit("\n", maxsplit=1)[1])
    return "".join([*parts, close])


def files():
    """Yield the XML files of the addons."""
    for addon in our_addons():
        for path in sorted((ADDONS_DIR / addon).rglob("*.xml")):
            if "lib" not in path.relative_to(ADDONS_DIR).parts:
                yield path


def check_views():
    """Yield what is wrong with the XML files of all addons."""
    for path in files():
        text = path.read_text()
        name = path.relative_to(ROOT)
        if titled(text) != text:
            yield f"{name}: labels that are not in Title Case: python -m tools.view_style --fix"
        if wrapped(text) != text:
            yield f"{name}: tags of more than {WIDEST} columns: python -m tools.view_style --fix"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fix", action="store_true")
    options = parser.parse_args()
    if options.fix:
        for path in files():
            text = path.read_text()
            fixed = wrapped(titled(text))
            if fixed != text:
                path.write_text(fixed)
        return 0
    found = list(check_views())
    print("\n".join([*found, f"{len(found)} complaint(s)"]))
    return 1 if found else 0


if __name__ == "__main__":
    run_tool(main)
