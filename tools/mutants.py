"""``make mutants``: break every guard of an addon once and see whether a test of the addon notices.

The addons are copied, one Odoo loads them for each core, and each mutant (``tools.mutations``) is played with the
tests in which it behaves differently (``tools.mutant_player``). What was played stays known as long as nothing of it
changes, a run that was stopped goes on. What survives, stands in no test's way or cannot be loaded
is listed; an addon's ``tests/surface.py`` says of those that may live why (``SURVIVORS``).
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

from tools import mutant_plain
from tools.mutant_rules import rules_of
from tools.mutations import SUPERUSER, mutants
from tools.odoo_server import OdooInstallation
from tools.postgres import database_server
from tools.settings import ADDONS_DIR, LOG_DIR, ROOT, STATE_DIR, ToolError, our_addons, progress, run_tool
from tools.surfaces import by_addon

FOLDER = STATE_DIR / "mutants"
#: The share of the mutants that tests of their addon have to notice.
WANTED = 0.95
#: a mutant that makes a test hang is noticed, too
NOTICED = ("noticed", "timeout")
#: files among the tests that no test takes anything from
NO_TESTS = ("surface", "survivors", "__init__")


def mutants_of(addon, share=1, only="", *, superuser=False):
    """Return the mutants of an addon's code, every ``share``-th of them, whose names match ``only``.

    :param superuser: those that act as the user where the code acts as superuser, instead of all others
    """
    found = []
    for path in sorted((ADDONS_DIR / addon).rglob("*.py")):
        parts = path.relative_to(ADDONS_DIR / addon).parts
        if parts[0] not in ("tests", "migrations") and path.name not in ("__init__.py", "__manifest__.py"):
            found += mutants(str(path.relative_to(ADDONS_DIR)), path.read_text())
    found += rules_of(ADDONS_DIR / addon)
    wanted = (mutant for mutant in found if (SUPERUSER in mutant.what) == superuser)
    return [mutant for mutant in wanted if re.search(only, mutant.name)][::share]


def _fingerprint(addon):
    """Return what an addon without its tests is known by; what tests share counts with it."""
    digest = hashlib.sha256()
    for path in sorted((ADDONS_DIR / addon).rglob("*")):
        test = path.parent.name == "tests" and (path.name.startswith("test_") or path.stem in NO_TESTS)
        if path.suffix in (".py", ".xml", ".csv") and not test:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def _play(installation, addon, number, todo, tags):
    """Play a part of the mutants on a database and a copy of the addons of its own; return the rows of the report."""
    folder = FOLDER / f"{addon}-{number}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ADDONS_DIR, folder / "addons", ignore=shutil.ignore_patterns("__pycache__"))
    database = f"mutants_{addon}_{number}"
    installation.clone_database(installation.addons_template(addon), database)
    paths = installation.addons_path().replace(str(ADDONS_DIR), str(folder / "addons"))
    config = installation.write_config(database, addons_path=paths)
    (folder / "todo.json").write_text(json.dumps([asdict(mutant) for mutant in todo]))
    report = folder / "report.jsonl"
    coverage = FOLDER / f"{addon}-{_fingerprint(addon)}.jsonl"
    memory = FOLDER / f"{addon}-played.jsonl"
    arguments = (addon, folder / "addons" / addon, folder / "todo.json", report, coverage, tags, memory)
    script = f"from tools import mutant_player\nmutant_player.run{tuple(map(str, arguments))!r}\n"
    log = LOG_DIR / f"{database}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as file:
        subprocess.run(
            installation.command("-d", database, "--no-http", subcommand="shell", config=config),
            input=script, text=True, stdout=file, stderr=subprocess.STDOUT, check=False, cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    installation.drop_database(database)
    rows = [json.loads(line) for line in report.read_text().splitlines()] if report.exists() else []
    if len(rows) < len(todo):
        raise ToolError(f"{addon}: not all {len(todo)} mutants were played; see {log}, which names those that were.")
    return rows


def _unnoticed(addon):
    """Return the names of the mutants that the last run of an addon left alive."""
    file = FOLDER / f"{addon}-last.json"
    rows = json.loads(file.read_text()) if file.exists() else []
    return {row["name"] for row in rows if row["outcome"] not in NOTICED}


def report(addon, rows):
    """Print the survivors of an addon and return the share that was noticed."""
    (FOLDER / f"{addon}-last.json").write_text(json.dumps(rows))
    reasons = by_addon("SURVIVORS").get(addon, {})
    counts = Counter(row["outcome"] for row in rows)
    alive = [row for row in rows if row["outcome"] not in NOTICED]
    for row in alive:
        print(f"  {row['outcome']:10} {row['name']} (line {row['line']})  {reasons.get(row['name'], '')}")
    may = sum(row["name"] in reasons for row in alive)
    noticed = len(rows) - len(alive)
    share = noticed / (len(rows) - may) if len(rows) > may else 1.0
    progress(f"{addon}: {len(rows)} mutants, {dict(counts)}, {may} of them may live: {share:.1%} noticed")
    return share


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("addon", nargs="*", help="only these addons")
    parser.add_argument("--share", type=int, default=1, help="every n-th mutant only")
    parser.add_argument("--only", default="", help="mutants whose names (path, function: what) match this pattern")
    parser.add_argument("--tests", default="", help="Odoo's tags of the tests to play with, not all of the addon")
    parser.add_argument("--again", action="store_true", help="only those that the last run left alive")
    parser.add_argument("--fresh", action="store_true", help="forget what was played before")
    parser.add_argument("--superuser", action="store_true", help="each sudo() left out, instead of all others")
    options = parser.parse_args()
    jobs, shares = int(os.environ.get("JOBS") or os.cpu_count() or 1), []
    with database_server() as database:
        installation = OdooInstallation(database)
        for addon in options.addon or our_addons():
            started = time.monotonic()
            todo = mutants_of(addon, options.share, options.only, superuser=options.superuser)
            if options.again:
                alive = _unnoticed(addon)
                todo = [mutant for mutant in todo if mutant.name in alive]
            installation.addons_template(addon)
            FOLDER.mkdir(parents=True, exist_ok=True)
            if options.fresh:
                (FOLDER / f"{addon}-played.jsonl").unlink(missing_ok=True)
            with ThreadPoolExecutor(jobs) as pool:
                tags = options.tests or f"/{addon}"
                numbers = range(min(jobs, len(todo)))
                parts = [pool.submit(_play, installation, addon, n, todo[n::jobs], tags) for n in numbers]
                rows = [row for part in parts for row in part.result()]
            rows = mutant_plain.play(addon, todo, rows, FOLDER)
            shares.append(report(addon, rows))
            progress(f"{addon}: {time.monotonic() - started:.0f} s")
    return 1 if min(shares) < WANTED else 0


if __name__ == "__main__":
    run_tool(main)
