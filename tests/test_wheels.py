"""Addons are packages: a wheel in a fresh environment brings what Odoo needs to find the addon."""

import subprocess
import sys

import pytest

from tools.settings import odoo_home, venv_python
from tools.wheels import build

pytestmark = pytest.mark.plain

PROGRAM = """
import importlib.metadata, odoo.addons
from odoo.modules.module import Manifest, initialize_sys_path
initialize_sys_path()
manifest = Manifest.for_addon("service_dossier")
needs = importlib.metadata.requires("odoo-addon-service_dossier")
print(manifest.path, manifest["license"], sorted(need.partition("=")[0] for need in needs), sep="|")
"""


def test_a_wheel_in_a_fresh_environment(tmp_path):
    """PR1: pip installs the addon with what it depends on named; Odoo finds it on its addons path."""
    wheel = build("service_dossier", tmp_path)
    fresh = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", fresh], check=True)
    python = fresh / "bin/python"
    # what the wheel depends on is here already: nothing is fetched
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel], check=True)
    [packages] = fresh.glob("lib/python3.*/site-packages")
    [ours] = venv_python().parent.parent.glob("lib/python3.*/site-packages")
    (packages / "others.pth").write_text(f"{odoo_home()}\n{ours}\n")
    found = subprocess.run([python, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout.strip()
    path, licence, needs = found.splitlines()[-1].split("|")
    assert path == str(packages / "odoo/addons/service_dossier")
    assert licence == "AGPL-3"
    assert "'odoo-addon-base_safeguard'" in needs or "'odoo-addon-helpdesk_mgmt'" in needs
    assert "'phonenumbers'" in needs
    assert (packages / "odoo/addons/service_dossier/LICENSE").read_text().startswith("GNU AFFERO")
