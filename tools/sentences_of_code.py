"""Texts in Python and JavaScript that are put together of pieces, see ``tools.sentences``.

A translated text may stand beside blanks, markup that breaks the line, and other whole sentences; beside anything else
it is a piece. ``", ".join(...)`` makes a list, which is none.
"""

import ast
import re

WORD = re.compile(r"[^\W\d_]{2,}")
#: Where a sentence ends; what follows is another one.
END = re.compile(r"[.!?…]\W*$")
_MARKUP = re.compile(r"<[^<>]*>")
#: Markup that breaks the line: what stands before and behind it are two texts.
_BREAK = re.compile(r"</?(?:address|blockquote|br|dd|div|dl|dt|h\d|hr|li|ol|p|table|tbody|td|th|thead|tr|ul)\b[^<>]*>")
#: A label with its value.
_LABELLED = re.compile(r":\s*(?:%(?:\(\w+\))?s|\{\w*\})$")
_SUFFIX = re.compile(r"\.\w{2,4}")
_PLACE = re.compile(r"%(?:\(\w+\))?s|\{\w*\}")
_TRANSLATES = ("_", "_lt")


def check_python(path):
    """Yield the texts of a Python file that are put together."""
    tree = ast.parse(path.read_text())
    for scope in (tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))):
        yield from _Scope(scope).check()


class _Scope:
    """A function or a module; names in it that stand for a translated text count as that text."""

    def __init__(self, scope):
        self.nodes = list(_own_nodes(scope))
        self.names = {}
        for node in self.nodes:
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                known = _translated(node.value)
                self.names[name] = known if known and self.names.get(name, "") is not None else None

    def check(self):
        for node in self.nodes:
            if (text := self._wrong(node)) is not None:
                yield node.lineno, text

    def _wrong(self, node):
        """Return the text that is a piece, or None."""
        match node:
            case ast.Call() if _is_translation(node):
                return _bad_source(node.args[0])
            case ast.BinOp(op=ast.Add()):
                return self._beside(_operands(node))
            case ast.AugAssign(op=ast.Add()):
                return self._beside([node.target, *_operands(node.value)])
            case ast.JoinedStr():
                return self._beside(
                    [each.value if isinstance(each, ast.FormattedValue) else each for each in node.values]
                )
            case ast.BinOp(op=ast.Mod(), left=form, right=values):
                return self._filled(form, values.elts if isinstance(values, ast.Tuple) else [values])
            case ast.Call(func=ast.Attribute(attr="format", value=form)):
                return self._filled(form, [*node.args, *(keyword.value for keyword in node.keywords)])
            case ast.Call(func=ast.Attribute(attr="join", value=glue), args=[ast.List() | ast.Tuple() as parts]):
                return self._beside(parts.elts) if _is_blank(glue) else None

    def _text(self, node):
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        return _translated(node)

    def _beside(self, parts):
        """Return the first translated text that stands beside something and is no whole sentence."""
        parts = [part for part in parts if not _is_blank(part)]
        texts = [self._text(part) for part in parts]
        if len(parts) < 2:
            return None
        return next((text for text in texts if text and not _is_whole(text)), None)

    def _filled(self, form, values):
        """Return the text that is put into a sentence, or beside another value in one line."""
        texts = list(filter(None, map(self._text, values)))
        form = _constant(form)
        if not texts or form is None:
            return None
        for line in _BREAK.split(form):
            places = len(_PLACE.findall(line))
            words = WORD.search(_MARKUP.sub("", _PLACE.sub("", line)))
            if places and (words or places > 1):
                return texts[0]
        return None


def _own_nodes(scope):
    """Yield the nodes of a scope without those of the functions in it."""
    for child in ast.iter_child_nodes(scope):
        if not isinstance(child, ast.FunctionDef):
            yield child
            yield from _own_nodes(child)


def _is_translation(node):
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    return bool(node.args) and name in _TRANSLATES


def _translated(node):
    """Return the source of a translated text."""
    return _constant(node.args[0]) if isinstance(node, ast.Call) and _is_translation(node) else None


def _bad_source(node):
    """Return what cannot be translated as it is: put together before, or with a blank for what comes beside it."""
    match node:
        case ast.Constant(value=str(text)) if text != text.strip():
            return text
        case ast.JoinedStr() | ast.BinOp() | ast.Call(func=ast.Attribute(attr="format")):
            return ast.unparse(node)
    return None


def _is_whole(text):
    return (text[:1].isupper() or text[:1] in "%{") and bool(END.search(text) or _LABELLED.search(text))


def _constant(node):
    """Return a text that is written down, also as markup."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Markup" and node.args:
        node = node.args[0]
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _operands(node):
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_operands(node.left), *_operands(node.right)]
    return [node]


def _is_blank(node):
    """Return whether a text says nothing: blanks, signs, markup, the end of a file's name."""
    text = _constant(node)
    if text is None or "," in text or ";" in text or "\n" in text:
        return False
    return not WORD.search(_MARKUP.sub("", text)) or bool(_SUFFIX.fullmatch(text))


# JavaScript, without a parser: what stands around each call of ``_t``

_CALL = re.compile(r"(?<![\w$])_t\(")
_STRING = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`", re.DOTALL)
_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\\\"'`])//[^\n]*", re.DOTALL)
_BEFORE = re.compile(r"(?:\+=?|\$\{)\s*(?:this\.)?(?:env\.)?$")
_BEHIND = re.compile(r"\s*\+(?!\+)")
_JOIN = re.compile(r"\s*\.join\(\s*(\"\s*\"|'\s*')\s*\)")


def check_script(path):
    """Yield the lines of a JavaScript file in which texts are put together."""
    script = path.read_text()
    code = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), script)
    lines = script.splitlines()
    for match in _CALL.finditer(code):
        if _is_piece(code, match.start(), match.end()):
            number = code.count("\n", 0, match.start()) + 1
            yield number, lines[number - 1].strip()


def _is_piece(code, start, inside):
    string = _STRING.match(code, inside + len(code[inside:]) - len(code[inside:].lstrip()))
    text = string[0][1:-1] if string else ""
    if text != text.strip() or (string and string[0].startswith("`") and "${" in text):
        return True
    end = _closing(code, inside)
    before, behind = _BEFORE.search(code[:start]), _BEHIND.match(code, end)
    if before and "$" in before[0]:
        return True
    # beside another whole sentence
    if (before or behind) and not _is_whole(text):
        return True
    opened = _opening(code, start)
    return opened is not None and bool(_JOIN.match(code, _closing(code, opened + 1)))


def _closing(code, inside):
    """Return the place behind the bracket that closes the one before ``inside``."""
    depth, place = 1, inside
    while depth and place < len(code):
        if string := _STRING.match(code, place):
            place = string.end()
            continue
        depth += (code[place] in "([{") - (code[place] in ")]}")
        place += 1
    return place


def _opening(code, place):
    """Return the place of the square bracket of a list that ``place`` stands in directly, or None."""
    depth = 0
    for number in range(place - 1, -1, -1):
        if code[number] == ";":
            break
        depth += (code[number] in ")]}") - (code[number] in "([{")
        if depth < 0:
            return number if code[number] == "[" else None
    return None
