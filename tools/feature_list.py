"""Check ``docs/features.md``: every row is there, and every test that it names exists."""

import ast
import re

from tools.settings import ADDONS_DIR, ROOT
from tools.surfaces import by_addon

PAGE = ROOT / "docs/features.md"
#: Per addon: the rows' letters, how many rows were asked for, how many (or which) are ours.
ROWS = {
    **by_addon("FEATURES"),
}
TEST = re.compile(r"`(test_\w+\.py)::([\w.]+)`")


def expected_rows(addon):
    """Return the ids of an addon's rows, in order."""
    letters, asked, ours = ROWS[addon]
    extra = range(1, ours + 1) if isinstance(ours, int) else ours
    return [f"{letters}{number + 1}" for number in range(asked)] + [f"{letters}+{number}" for number in extra]


def tests_in(path):
    """Return the names of the tests in a file: ``test_x`` and ``Class.test_x``."""
    names = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{item.name}" for item in node.body if isinstance(item, ast.FunctionDef)}
    return names


def check_rows(addon, rows):
    """Yield what is wrong with the rows of an addon, given as (id, text)."""
    if [row for row, _text in rows] != expected_rows(addon):
        yield f"docs/features.md: the rows of {addon} are not {', '.join(expected_rows(addon))}"
    for row, text in rows:
        found = TEST.findall(text)
        if not found:
            yield f"docs/features.md: {row} names no test"
        for file, name in found:
            own = (ADDONS_DIR / addon / "tests" / file, ROOT / "tests" / addon / file)
            paths = [path for path in own if path.exists()] or [ROOT / "tests" / "finish" / file]
            if len(paths) != 1 or not paths[0].exists():
                yield f"docs/features.md: {row}: {file} is there {len(paths)} times"
            elif name not in tests_in(paths[0]):
                yield f"docs/features.md: {row}: there is no {name} in {file}"


def check_features():
    """Yield what is wrong with the page."""
    rows = {addon: [] for addon in ROWS}
    addon = None
    for line in PAGE.read_text().splitlines():
        if line.startswith("## "):
            addon = line.removeprefix("## ").strip()
            if addon not in rows:
                yield f"docs/features.md: there is no addon {addon}"
                return
        elif addon and (match := re.match(r"\| ([A-Z]{2}\+?\d+) \|(.*)", line)):
            rows[addon].append(match.groups())
    for name, found in rows.items():
        yield from check_rows(name, found)
