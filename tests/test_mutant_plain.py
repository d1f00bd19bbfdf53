"""PR4: an addon's pytest tests notice what is broken in its files that need no Odoo."""

import shutil

import pytest

from tools import mutant_plain
from tools.mutations import mutants
from tools.settings import ODOO_PREFIX, ROOT, VENV_DIR

pytestmark = pytest.mark.plain

#: one limit that a test tries, one that none comes by, one that a test comes by on both sides only
SOURCE = """
def few(number):
    return number < 3

def old(number):
    return number < 3

def many(number):
    return number > 3
"""
TESTS = """
from odoo.addons.some_addon.limits import few, many

def test_few():
    assert (few(2), few(3), few(4)) == (True, False, False)

def test_many():
    assert (many(2), many(4)) == (False, True)

def test_with_a_database(installation):
    raise AssertionError
"""


def test_what_plain_tests_notice(tmp_path, monkeypatch):
    """PR4: played is what differs in a test that needs no database; all else stays what it was."""
    files = {"addons/some_addon/__init__.py": "", "addons/some_addon/limits.py": SOURCE, "pyproject.toml": "",
             "addons/some_addon/model.py": f"from odoo import models\n{SOURCE}",
             "tests/some_addon/test_limits.py": TESTS}  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    shutil.copytree(ROOT / "tools", tmp_path / "tools", ignore=mutant_plain.LEFT_OUT)
    for path in (ODOO_PREFIX, VENV_DIR):
        (tmp_path / path.name).symlink_to(path.resolve())
    for name, path in (("ROOT", tmp_path), ("ADDONS_DIR", tmp_path / "addons"), ("LOG_DIR", tmp_path)):
        monkeypatch.setattr(mutant_plain, name, path)
    todo = [mutant for name in ("limits", "model")
            for mutant in mutants(f"some_addon/{name}.py", files[f"addons/some_addon/{name}.py"])]  # fmt: skip
    rows = [{"name": mutant.name, "outcome": "no test"} for mutant in todo]
    played = mutant_plain.play("some_addon", todo, rows, tmp_path)
    outcomes = {row["name"].partition(":")[0]: row["outcome"] for row in played}
    assert outcomes == {
        "some_addon/limits.py few": "noticed",
        "some_addon/limits.py old": "no test",
        "some_addon/limits.py many": "no test",
        "some_addon/model.py few": "no test",
        "some_addon/model.py old": "no test",
        "some_addon/model.py many": "no test",
    }
