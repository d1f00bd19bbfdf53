"""``make lint``: what ``.pre-commit-config.yaml`` runs, and what none of its hooks looks at.

Ruff, pylint-odoo, OCA's checks of XML, CSV and translations, mypy over the modules that know nothing of Odoo, prettier
and eslint; then manifests, open access lists, complete translations and ``docs/features.md``.
"""

import csv
import os
import re
import subprocess

from tools.dialect import check_dialect, plain_modules
from tools.feature_list import check_features
from tools.i18n import LANGUAGES, problems
from tools.manifests import read_manifest
from tools.scripts import check_scripts
from tools.sentences import check_sentences
from tools.settings import ADDONS_DIR, ROOT, our_addons, progress, run_tool, venv_python
from tools.view_style import check_views

VERSION = re.compile(r"^19\.0\.\d+\.\d+\.\d+$")
MANIFEST_KEYS = ("name", "summary", "version", "author", "license", "category", "depends", "data")
SHIPPED = ("README.md", "static/description/icon.png", "static/description/index.html", "security/ir.model.access.csv")


def run_command(name, *command):
    """Run a linter and return its complaints, one a line."""
    progress(name)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [str(word) for word in command], cwd=ROOT, capture_output=True, text=True, check=False, env=environment
    )
    return [line for line in (done.stdout + done.stderr).splitlines() if line.strip()] if done.returncode else []


def check_manifest(addon):
    """Yield what is wrong with an addon's manifest and the files it names or forgets."""
    manifest = read_manifest(addon)
    folder = ADDONS_DIR / addon
    for key in MANIFEST_KEYS:
        if not manifest.get(key):
            yield f"{addon}: the manifest has no {key}"
    if not VERSION.match(manifest.get("version", "")):
        yield f"{addon}: version {manifest.get('version')} is not 19.0.x.y.z"
    listed = {*manifest.get("data", []), *manifest.get("demo", [])}
    for name in (*listed, *SHIPPED):
        if not (folder / name).exists():
            yield f"{addon}: {name} is missing"
    for folder_name in ("data", "demo", "report", "security", "views", "wizards"):
        for path in (folder / folder_name).glob("*.xml"):
            if str(path.relative_to(folder)) not in listed:
                yield f"{addon}: {path.relative_to(folder)} is not in the manifest"


def check_access(addon):
    """Yield rows of the access list that are open to everybody."""
    path = ADDONS_DIR / addon / "security/ir.model.access.csv"
    if not path.exists():
        return
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            if not row["group_id:id"]:
                yield f"{path.relative_to(ROOT)}: {row['id']} names no group"


def check_types():
    """Return what mypy says about the modules that know nothing of Odoo."""
    # without its closing line: a count is no complaint
    return run_command("mypy", venv_python(), "-m", "mypy", "--no-error-summary", *plain_modules())


def main():
    python = venv_python()
    addons = our_addons()
    found = run_command("ruff", python, "-m", "ruff", "check", "--output-format=concise", ".")
    found += run_command("ruff format", python, "-m", "ruff", "format", "--check", ".")
    if addons:
        found += run_command(
            "pylint-odoo",
            *(python, "-W", "ignore", "-m", "pylint", "--load-plugins=pylint_odoo", "--rcfile=.pylintrc", "--jobs=0"),
            # large models are split by theme, one file each
            "--disable=consider-merging-classes-inherited",
            *(ADDONS_DIR / addon for addon in addons),
        )
        tools = python.parent
        modules = [ADDONS_DIR / addon for addon in addons]
        found += run_command("OCA's hooks: modules", python, tools / "oca-checks-odoo-module", *modules)
        texts = sorted(ADDONS_DIR.glob("*/i18n/*.po*"))
        found += run_command("OCA's hooks: translations", python, tools / "oca-checks-po", *texts)
    found += check_types()
    found += check_scripts()
    progress("the dialect of the addons")
    found += check_dialect()
    found += check_views()
    found += check_sentences()
    progress("manifests, access lists and translations")
    for addon in addons:
        found += [*check_manifest(addon), *check_access(addon)]
        for language in LANGUAGES:
            found += problems(addon, language)
    found += check_features()
    print("\n".join(found))
    print(f"lint: {len(found)} complaint(s)" if found else "lint: clean", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    run_tool(main)
