"""Packages of the npm registry for tests and linters, installed once under ``.node``."""

import shutil
import subprocess

from tools.settings import ROOT

NODE_DIR = ROOT / ".node"
INSTALL = ("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts")


def has_node():
    """Return whether node and npm are on this machine."""
    return bool(shutil.which("npm"))


def node_packages(name, package_json):
    """Install what a ``package.json`` names, once; return the folder with its ``node_modules``.

    :param name: of the folder under ``.node``
    :param package_json: path of the file, its versions pinned
    :raises subprocess.CalledProcessError: when the registry does not give them
    """
    folder = NODE_DIR / name
    wanted, marker = package_json.read_text(), folder / "package.json"
    done = folder / "complete"
    if not done.exists() or marker.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        marker.write_text(wanted)
        subprocess.run(INSTALL, cwd=folder, check=True, capture_output=True, timeout=180)
        done.touch()
    return folder
