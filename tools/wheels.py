"""``make wheels``: build a wheel of each addon under ``.state/wheels``, as OCA's addons are packaged (whool)."""

import argparse
import shutil
import subprocess

from tools.settings import ADDONS_DIR, STATE_DIR, ToolError, our_addons, progress, run_tool, venv_python

WHEEL_DIR = STATE_DIR / "wheels"


def build(addon, target=WHEEL_DIR):
    """Build the wheel of an addon and return its path.

    :raises ToolError: if it cannot be built
    """
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob(f"odoo_addon_{addon}-*.whl"):
        old.unlink()
    command = [venv_python(), "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", target]
    done = subprocess.run([*command, ADDONS_DIR / addon], capture_output=True, text=True, check=False)
    # left behind by the build in the addon's folder
    shutil.rmtree(ADDONS_DIR / addon / "build", ignore_errors=True)
    if done.returncode:
        raise ToolError(f"No wheel of {addon}: {done.stderr.strip()[-800:]}")
    return next(target.glob(f"odoo_addon_{addon}-*.whl"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("addon", nargs="?", default="", help="only this one")
    options = parser.parse_args()
    for addon in [options.addon] if options.addon else our_addons():
        progress(build(addon).name)


if __name__ == "__main__":
    run_tool(main)
