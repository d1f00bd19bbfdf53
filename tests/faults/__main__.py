"""``make faults SEED=1``: play all scenes, print the table, end with 1 where something was lost or doubled."""

import argparse
import random
import sys
import time

from tests.faults.ledger import Skipped, outcome, table
from tests.faults.scenes import Stage
from tests.faults.world import World
from tools.odoo_server import OdooInstallation
from tools.postgres import database_server
from tools.settings import STATE_DIR, progress, run_tool


def play(installation, template, *, seed, short=False, kills=3, only=""):
    """Play the scenes whose name contains ``only``; return their verdicts."""
    with World(installation, template, random.Random(seed)) as world:
        stage = Stage(world, kills=1 if short else kills, short=short)
        missing = stage.uncovered()
        if missing:
            stage.verdicts.append(Skipped("all", f"nobody puts work in for {', '.join(missing)}", ok=False))
        for name, scene in stage.scenes():
            if only and only not in name and name != "calm":
                continue
            started, known = time.monotonic(), len(stage.verdicts)
            progress(f"faults: {name}")
            scene()
            progress(f"  {outcome(stage.verdicts[known:])} in {time.monotonic() - started:.0f} s")
        return stage.verdicts


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=3, help="how often each scheduled action is killed")
    parser.add_argument("--short", action="store_true", help="all faults in one scene, and the full disk")
    parser.add_argument("--only", default="", help="only scenes whose name contains this")
    options = parser.parse_args()
    with database_server() as database:
        installation = OdooInstallation(database)
        template = installation.addons_template()
        verdicts = play(
            installation, template, seed=options.seed, short=options.short, kills=options.kills, only=options.only
        )
    text = table(verdicts)
    sys.stdout.write(f"\n{text}\n\n")
    (STATE_DIR / "faults.md").write_text(f"`make faults SEED={options.seed}`, {time.strftime('%F')}\n\n{text}\n")
    bad = sum(not verdict.ok for verdict in verdicts)
    skipped = sum(verdict.skipped for verdict in verdicts)
    sys.stdout.write(f"{len(verdicts)} verdicts, {bad} wrong, {skipped} skipped; seed {options.seed}\n")
    return 1 if bad else 0


if __name__ == "__main__":
    run_tool(main)
