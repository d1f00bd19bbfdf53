"""What may know of what inside the addon: credits, photos and connectors can be read alone."""

import ast

import pytest

from tools.settings import ADDONS_DIR

FOLDER = ADDONS_DIR / "supplier_webservice_order"
#: package: what of the addon, and of the world, it may import
ALLOWED = {
    "credit": {"", "const", "utils"},
    "photos": {"", "const", "utils"},
    "stock_glue": {"", "const"},
    "connectors": {"", "soap"},
    "soap": {""},
}


def imported(path):
    """Return the packages of the addon that a file imports, and whether it imports Odoo."""
    own, odoo = set(), False
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            odoo |= any(alias.name.split(".")[0] == "odoo" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            odoo |= not node.level and node.module.split(".")[0] == "odoo"
            if node.level == 2:
                own.add((node.module or node.names[0].name).split(".")[0])
    return own, odoo


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_package_stands_alone(package):
    """SW+4: nothing but what is named above."""
    files = list((FOLDER / package).glob("*.py"))
    assert files
    for path in files:
        own, odoo = imported(path)
        assert own <= ALLOWED[package], path.name
        assert not (odoo and package in ("connectors", "soap")), path.name


@pytest.mark.parametrize("name", ["delivery.py", "judge.py", "pool.py"])
def test_plain_python(name):
    """SW+7 SW+8: what an outcome means is read and tested without Odoo."""
    assert not imported(FOLDER / name)[1]
