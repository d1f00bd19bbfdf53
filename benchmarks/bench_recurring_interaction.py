"""Recurring interactions and invoices beside OCA's ``contract``, ``calendar.recurrence`` and Odoo itself.

``contract`` is fetched from PyPI into ``.state/peer`` for this measurement only. Everything is
measured in one Odoo process on one database that has both addons, each round taking its turn.
"""

import json
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.odoo_server import OdooInstallation
from tools.settings import LOG_DIR, STATE_DIR, ToolError, progress, venv_python

PEER = STATE_DIR / "peer"
SCRIPT = Path(__file__).with_name("recurring_interaction_rounds.py")
NIGHT = Path(__file__).with_name("recurring_interaction_night.py")
WORKER = Path(__file__).with_name("recurring_interaction_workers.py")
INVOICES = 1000
MARK = "RESULT "


def fetch_peer():
    """Put OCA's ``contract`` into its own folder; return that folder of addons."""
    addons = PEER / "odoo/addons"
    if not (addons / "contract").exists():
        progress("fetching odoo-addon-contract from PyPI")
        command = [
            venv_python(),
            "-m",
            "pip",
            "install",
            "-q",
            "--no-deps",
            "--target",
            PEER,
            "odoo-addon-contract==19.*",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ToolError(f"odoo-addon-contract could not be fetched: {done.stderr.strip()[-300:]}")
    return addons


class PeerInstallation(OdooInstallation):
    """The installation with the peer's addons on its path."""

    def addons_path(self):
        return f"{super().addons_path()},{PEER / 'odoo/addons'}"


def measure(context):
    """Return the figures of the script that runs inside Odoo."""
    fetch_peer()
    database = context.clone("recurring_interaction")
    peer = PeerInstallation(context.installation.database)
    config = peer.write_config("bench_peer", max_cron_threads=0)
    log = LOG_DIR / "bench-recurring_interaction.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    install = peer.command("-d", database, "-i", "contract", "--stop-after-init", "--no-http", config=config)
    with log.open("w") as file:
        subprocess.run(install, stdout=file, stderr=subprocess.STDOUT, check=True)
    return run_inside(peer, database, config, SCRIPT, log)


def measure_night(context):
    """Return the figures of the nightly run over many recurrences."""
    database = context.clone("recurring_interaction_night")
    config = context.installation.write_config("bench_night", max_cron_threads=0)
    log = LOG_DIR / "bench-recurring_interaction-night.log"
    return run_inside(context.installation, database, config, NIGHT, log)


def measure_workers(context, number):
    """Return how long a number of workers take to issue the same invoices, each of them once."""
    database = context.clone(f"recurring_interaction_{number}")
    config = context.installation.write_config("bench_workers", max_cron_threads=0)
    log = LOG_DIR / "bench-recurring_interaction-workers.log"
    go = STATE_DIR / f"bench-workers-{number}.go"

    def step(name):
        environment = {"STEP": str(name), "GO": str(go), "WORKERS_INVOICES": str(INVOICES)}
        return run_inside(context.installation, database, config, WORKER, log, environment)

    ready = [Path(f"{go}.ready{share}") for share in range(number)]
    for path in (go, *ready):
        path.unlink(missing_ok=True)
    step("fill")
    with ThreadPoolExecutor(number) as pool:
        steps = [pool.submit(step, share) for share in range(number)]
        while not all(path.exists() for path in ready) and not any(item.done() for item in steps):
            time.sleep(0.05)
        go.touch()
        found = [item.result() for item in steps]
    return {
        "seconds": max(item["end"] for item in found) - min(item["begin"] for item in found),
        "posted": max(item["posted"] for item in found),
        "customers": max(item["customers"] for item in found),
    }


def report_workers(context):
    """Record what a second worker brings, and that both together issue everything once."""
    one, two = (measure_workers(context, number) for number in (1, 2))
    for figures in (one, two):
        if (figures["posted"], figures["customers"]) != (INVOICES, INVOICES):
            raise ToolError(f"{figures['posted']} invoices of {figures['customers']} customers, not {INVOICES}")
    context.row(
        f"{INVOICES:,} invoices in automatic mode, two workers beside one",
        two["seconds"] / one["seconds"],
        "times",
        target="<= 0.6",
        peer=f"one: {one['seconds']:.1f} s; two: {two['seconds']:.1f} s; each customer one invoice",
    )


def run_inside(installation, database, config, script, log, environment=None):
    """Run a script in ``odoo shell``; return the figures that it prints last."""
    command = installation.command("-d", database, "--no-http", "--log-level=warn", subcommand="shell", config=config)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as file:
        done = subprocess.run(
            command, input=script.read_text(), stdout=subprocess.PIPE, stderr=file, text=True, check=False,
            env={**os.environ, **(environment or {})},
        )  # fmt: skip
    lines = [line.removeprefix(MARK) for line in done.stdout.splitlines() if line.startswith(MARK)]
    if not lines:
        raise ToolError(f"The measurement failed; see {log}.")
    return json.loads(lines[-1])


def report_night(context, figures):
    """Record what a night costs, and that one with nothing to do costs nothing."""
    due, idle = figures["due"], figures["idle"]
    parts = ("horizon", "agenda", "issue")
    context.row(
        f"nightly run, {figures['recurrences']:,} recurrences, {figures['interactions']:,} interactions",
        sum(due[part] for part in parts) / 60,
        "minutes",
        target="<= 15",
        peer=f"{due['recurrences']:,} planned further: {due['horizon']:.0f} s; agenda: {due['agenda']:.0f} s",
    )
    context.row(
        "  the same with nothing due",
        sum(idle[part] for part in parts),
        "s",
        target="<= 10",
        peer="what exists is free",
    )


def run(context):
    """Measure and record; see the module's docstring."""
    report_workers(context)
    report_night(context, measure_night(context))
    figures = measure(context)
    draft, contract, plain = figures["draft"], figures["contract"], figures["plain"]
    context.row("drafting 500 invoices of two lines", 500 / draft["seconds"], "invoices/s")
    context.row(
        "  rate beside OCA contract",
        contract["seconds"] / draft["seconds"],
        "times",
        target=">= 2.5",
        peer=f"contract {500 / contract['seconds']:.0f}/s; plain batched create {500 / plain['seconds']:.0f}/s",
    )
    context.row(
        "  queries per invoice",
        draft["queries"] / 500,
        target="<= 4",
        peer=f"contract {contract['queries'] / 500:.1f}; plain create {plain['queries'] / 500:.1f}",
    )
    context.row(
        "issuing 500 (create, post, queue the mail), rate beside Odoo's batched create and post",
        figures["plain_post"]["seconds"] / figures["issue"]["seconds"],
        "times",
        target=">= 1",
        peer=f"{500 / figures['plain_post']['seconds']:.0f}/s; ours {500 / figures['issue']['seconds']:.0f}/s",
    )
    mine, events = figures["interactions"], figures["events"]
    context.row(
        "10,000 interactions generated, rate per piece beside calendar.recurrence",
        (events["seconds"] / events["pieces"]) / (mine["seconds"] / mine["pieces"]),
        "times",
        target=">= 2",
        peer=f"events {1000 * events['seconds'] / events['pieces']:.2f} ms; "
        f"ours {1000 * mine['seconds'] / mine['pieces']:.2f} ms",
    )
    few, many = figures["idle"]
    context.row(
        "rolling horizon with nothing to do, 10,000 recurrences",
        many["queries"],
        "queries",
        target=f"= {few['queries']}, as with {few['recurrences']}",
        peer=f"{1000 * many['seconds']:.1f} ms",
    )
