"""What an addon says about itself is read: no name is misspelled, no two say different things about the same."""

import re
import types

import pytest

from tools import surfaces
from tools.settings import our_addons

pytestmark = pytest.mark.plain

#: the names of the table in the module's docstring
KNOWN = set(re.findall(r"^``(\w+)", surfaces.__doc__, re.MULTILINE))


def own_names(module):
    """Return the public names that a surface defines itself, those that it imports left out."""
    imported = vars(surfaces)
    names = {name for name, value in vars(module).items() if not name.startswith("_") and name not in imported}
    return {name for name in names if not isinstance(vars(module)[name], types.ModuleType | type)}


def test_the_table_of_names_is_read():
    """The docstring lists the names."""
    assert {"ROUTES", "METHODS", "PAGES", "seed", "JOB"} <= KNOWN


@pytest.mark.parametrize("addon", [addon for addon in our_addons() if surfaces.surface(addon)])
def test_every_name_is_known(addon):
    """A name that no suite reads (``ROUTE`` for ``ROUTES``) would leave something out in silence."""
    assert own_names(surfaces.surface(addon)) <= KNOWN


def test_a_misspelled_name_is_seen(tmp_path, monkeypatch):
    """The test above sees what it is there for."""
    folder = tmp_path / "sixth/tests"
    folder.mkdir(parents=True)
    (folder / "surface.py").write_text("from tools.surfaces import Route\nROUTE = [Route('/x', 'GET')]\n_HELP = 1\n")
    monkeypatch.setattr(surfaces, "ADDONS_DIR", tmp_path)
    assert own_names(surfaces.surface("sixth")) - KNOWN == {"ROUTE"}
    assert surfaces.surface("seventh") is None


def test_the_same_key_twice_is_refused(monkeypatch):
    """Two surfaces that say what a table's clock is would hide one of them."""
    monkeypatch.setattr(surfaces, "by_addon", lambda name: {"one": {"key": 1}, "two": {"key": 2}})
    with pytest.raises(AssertionError, match="two: CLOCKS of key"):
        surfaces.merged("CLOCKS")


def test_methods_of_one_model_come_together():
    """Several addons extend one model; each names its own methods."""
    found = surfaces.methods({"mail.mail": "send create"})
    assert found["mail.mail"] == ["create", "mark_outgoing", "send"]
