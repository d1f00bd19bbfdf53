"""The addons' scripts and styles, checked by prettier and eslint with Odoo's own settings (``make lint``).

Both come from the npm registry, once, into ``.node``; without npm, or without a network, the check is left out and
says so. ``python -m tools.scripts --write`` formats the files.
"""

import subprocess
import sys

from tools.node import has_node, node_packages
from tools.settings import ADDONS_DIR, ROOT, progress, run_tool

PINNED = ROOT / "tools/lint_js/package.json"


def files():
    """Return the paths of our scripts and styles; what is somebody else's stands in folders ``lib``."""
    found = [*ADDONS_DIR.glob("*/static/**/*.js"), *ADDONS_DIR.glob("*/static/**/*.scss")]
    return sorted(str(path) for path in found if "lib" not in path.parts)


def installed():
    """Return the folder with prettier and eslint, None where npm cannot install them."""
    if not has_node():
        return None
    try:
        return node_packages("lint", PINNED) / "node_modules"
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None


def run(packages, tool, *arguments):
    """Run one of the two and return what it prints, one complaint a line; nothing where all is well."""
    command = [packages / ".bin" / tool, *arguments, *files()]
    done = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, check=False)
    return [line for line in (done.stdout + done.stderr).splitlines() if line.strip()] if done.returncode else []


def check_scripts():
    """Return what is wrong with the scripts and styles."""
    packages = installed()
    if not packages:
        progress("prettier and eslint: left out, npm cannot install them here")
        return []
    progress("prettier and eslint")
    found = run(packages, "prettier", "--list-different")
    scripts = run(packages, "eslint", "--no-warn-ignored")
    return [f"{line}: not formatted, python -m tools.scripts --write" for line in found] + scripts


def main():
    if "--write" in sys.argv:
        packages = installed()
        assert packages, "npm cannot install prettier here"
        print("\n".join(run(packages, "prettier", "--log-level=warn", "--write")))
        return 0
    found = check_scripts()
    print("\n".join([*found, f"{len(found)} complaint(s)"]))
    return 1 if found else 0


if __name__ == "__main__":
    run_tool(main)
