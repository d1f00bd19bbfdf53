"""How the XML of the addons looks: tags at most 120 columns wide, labels in Title Case.

``python -m tools.view_style`` says what does not, ``--fix`` breaks tags between their attributes, texts between their
words, and writes labels as titles. What a tag says stays the same; a text that is broken is another term for
translators, whose files follow with ``python -m tools.i18n``. A single value that is longer is for a person to shorten.
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
#: Elements around whose text white space has no meaning: the text may stand on lines of its own.
_BLOCK = re.compile(r"</?(?:dd|div|dt|h\d|li|p|td|th)\b[^<>]*>$")
#: The value of a field of a record as it is written, but for the domain of a rule, which is an expression.
_VALUE = re.compile(r"""<field\b(?![^<>]*\btype=)(?![^<>]*"domain_force")[^<>]*[^/]>$""")
_DOMAIN = re.compile(r"""<field\b[^<>]*"domain_force"[^<>]*>$""")
#: Elements whose text is no text: a break may mean something in it.
_NO_TEXT = re.compile(r"<(style|script|pre|textarea)\b.*?</\1>", re.S)
#: Attributes that are read: each space of them is shown.
_SENTENCES = re.compile(r"(add-label|alt|aria-[\w-]+|confirm|confirm-[\w-]+|help|placeholder|string|sum|title)\s*=")
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


def wrapped_texts(text):
    """Return an XML text whose wide lines are broken between the words of what is written between the tags."""
    gaps, parts, position = _gaps(text), [], 0
    for line in text.splitlines(keepends=True):
        inside = range(position, position + len(line))
        parts.append(_broken_line(line, {gap - position: gaps[gap] for gap in inside if gap in gaps}))
        position += len(line)
    return "".join(parts)


def _gaps(text):
    """Return where a text may be broken, and how deep in brackets that is (a dict).

    That is at the spaces between words, and at those of an expression that are outside of its strings.
    """
    gaps, position, before = {}, 0, ""
    for match in [*_TAG.finditer(text), None]:
        start, end = match.span() if match else (len(text), len(text))
        between = text[position:start]
        if not (_VALUE.match(before) and re.match("[^<]*</field>", between)):
            gaps.update(_spaces(between, position, quoted=bool(_DOMAIN.match(before))))
        before = match[0] if match else ""
        if before.startswith("<") and before[1] not in "!?":
            for attribute in _ATTRIBUTE.finditer(before):
                if not _SENTENCES.match(attribute[0]):
                    value = attribute[0].index("=") + 2
                    gaps.update(_spaces(attribute[0][value:-1], start + attribute.start() + value, quoted=True))
        position = end
    for match in _NO_TEXT.finditer(text):
        for place in range(*match.span()):
            gaps.pop(place, None)
    return gaps


def _spaces(text, start, *, quoted):
    """Yield the spaces of a text and their depth; of an expression (``quoted``) those outside of its own strings."""
    mark, depth = None, 0
    for place, letter in enumerate(text, start):
        if not quoted:
            if letter == " ":
                yield place, 0
        elif letter in "'\"" and mark in (None, letter):
            mark = None if mark else letter
        elif not mark:
            depth += (letter in "([{") - (letter in ")]}")
            if letter == " ":
                # rather between words of a text than in a tag, rather before "and" than in what it joins
                joins = re.compile("and |or |if |else ").match(text, place - start + 1)
                yield place, 1 + depth + (0 if joins else 0.5) + (text[place - start - 1] == ":")


def _broken_line(line, gaps):
    if len(line.rstrip("\n")) <= WIDEST:
        return line
    indent = len(line) - len(line.lstrip())
    if (block := re.match(r"(\s*<(\w+)\b[^<>]*>)(.*)(</\2>)$", line.rstrip("\n"))) and _BLOCK.match(block[1].strip()):
        inner = indent + 4
        shift = inner - len(block[1])
        inside = {gap + shift: depth for gap, depth in gaps.items() if gap >= len(block[1])}
        return f"{block[1]}\n{_broken_at(' ' * inner + block[3], inside, inner)}\n{' ' * indent}{block[4]}\n"
    return _broken_at(line, gaps, indent + (4 if re.match(r"\s*(<|[\w-]+=[\"'])", line) else 0))


def _broken_at(line, gaps, indent):
    """Return a line broken at the last of its outermost gaps that fits, what follows likewise."""
    lines = []
    while len(line.rstrip("\n")) > WIDEST:
        fitting = {gap: depth for gap, depth in gaps.items() if indent + 4 < gap <= WIDEST}
        if not fitting:
            break
        outermost = min(fitting.values())
        gap = max(gap for gap, depth in fitting.items() if depth == outermost)
        lines.append(line[:gap])
        shift = indent - gap - 1
        gaps = {each + shift: depth for each, depth in gaps.items() if each > gap}
        line = " " * indent + line[gap + 1 :]
    return "\n".join([*lines, line])


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
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) > WIDEST:
                yield f"{name}:{number}: more than {WIDEST} columns: python -m tools.view_style --fix"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fix", action="store_true")
    options = parser.parse_args()
    if options.fix:
        for path in files():
            text = path.read_text()
            fixed = wrapped_texts(wrapped(titled(text)))
            if fixed != text:
                path.write_text(fixed)
        return 0
    found = list(check_views())
    print("\n".join([*found, f"{len(found)} complaint(s)"]))
    return 1 if found else 0


if __name__ == "__main__":
    run_tool(main)
