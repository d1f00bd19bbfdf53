"""``make bench``: the measurements in ``benchmarks/``, each beside its peer in the same run.

A benchmark is a module ``benchmarks/bench_<addon>.py`` with ``run(context)``; see ``Context``.
The results are written to ``benchmarks/RESULTS.md``, a section per addon, each target with whether it
was met. What was missed is listed at the end, and the exit code is 1. A peer that is not there is left out and
named; it ends nothing. Each section says how PostgreSQL is set up;
``--durable`` measures on Debian's own, which waits for the disk (fsync).
"""

import contextlib
import importlib
import operator
import os
import platform
import re
import subprocess
import sys
import time

import psutil

from tools.debian_postgres import cluster, installed
from tools.odoo_server import OdooInstallation, free_port, start_odoo
from tools.postgres import connect, database_server
from tools.settings import ROOT, ToolError, progress, run_tool

BENCHMARKS = ROOT / "benchmarks"
TARGET = re.compile(r"(<=|<|>=|>|=) (\d[\d.]*)(?: x (\d[\d.]*))?(?![\d.])")
COMPARE = {"<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt, "=": operator.eq}


def is_met(value, target):
    """Return whether a value is what it should be.

    :param target: a comparison, a number, perhaps times another, and any words: ``<= 1.3 x 48 ms``
    :raises ValueError: for a target that nothing can be compared with
    """
    match = TARGET.match(target)
    if not match:
        raise ValueError(f"not a target: {target}")
    return COMPARE[match[1]](value, float(match[2]) * float(match[3] or 1))


class Context:
    """What a benchmark works with.

    :ivar installation: ``tools.odoo_server.OdooInstallation``
    :ivar template: name of a database with our addons and demo data; clone it, never change it
    """

    def __init__(self, installation, template):
        self.installation = installation
        self.template = template
        self.rows = []
        self.missed = []
        self._clones = []

    def clone(self, name):
        """Return the name of a fresh copy of the template, dropped after the run."""
        database = f"bench_{name}"
        self.installation.clone_database(self.template, database)
        self._clones.append(database)
        return database

    @contextlib.contextmanager
    def env(self, database):
        """Yield an ``odoo.api.Environment`` of the superuser in this process; rolled back at the end."""
        import odoo
        from odoo.modules.registry import Registry
        from odoo.tools import config

        config.parse_config(["-c", str(self.installation.write_config("bench")), "--max-cron-threads=0"])
        with Registry(database).cursor() as cursor:
            yield odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {})
            cursor.rollback()
        odoo.sql_db.close_db(database)

    def start_odoo(self, database, **options):
        """Start an Odoo server on a database (``tools.odoo_server.start_odoo``); the caller stops it."""
        return start_odoo(self.installation, database, **options)

    def row(self, name, value, unit="", *, target="", peer=""):
        """Record one result and print it.

        :param value: number, or text where there is no target
        :param target: what it should be, e.g. ``<= 1.3``; see ``is_met``
        :param peer: what it was measured beside
        """
        shown = f"{value:.4g}" if isinstance(value, float) else str(value)
        result = f"{shown} {unit}".strip()
        if target:
            met = is_met(value, target)
            if not met:
                self.missed.append(f"{name}: {result}, target {target}")
            target = f"{target}: {'met' if met else '**missed**'}"
        self.rows.append((name, result, target, peer))
        print("  " + "  |  ".join(filter(None, self.rows[-1])), flush=True)

    def leave_out(self, name, reason):
        """Record what could not be measured on this machine, such as a peer that is not there."""
        self.row(name, "left out", peer=reason)

    def drop_clones(self):
        for database in self._clones:
            self.installation.drop_database(database)
        self._clones.clear()


def _write_results(results):
    """Renew the sections of ``RESULTS.md`` that were measured; the others, and what people wrote on top, stay."""
    path = BENCHMARKS / "RESULTS.md"
    sections = {}
    top, *old = path.read_text().split("\n## ") if path.exists() else ("",)
    for section in old:
        sections[section.partition("\n")[0]] = "\n" + section.partition("\n")[2].strip() + "\n"
    for addon, (rows, load, settings) in results.items():
        lines = [
            "",
            f"{time.strftime('%Y-%m-%d')}, load average before {load:.1f}. {settings}",
            "",
            "| measured | result | target | beside |",
            "|---|---|---|---|",
            *("| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows),
            "",
        ]
        sections[addon] = "\n".join(lines)
    head = (
        f"# Measured\n\n`make bench` on {os.cpu_count()} cores, {round(psutil.virtual_memory().total / 2**30)} GiB, "
        f"Python {platform.python_version()}. "
        "Every ratio is between two things measured in the same run.\n"
    )
    # behind the title and the machine
    head += "".join(f"\n{paragraph.strip()}\n" for paragraph in top.split("\n\n")[2:])
    path.write_text("\n".join([head, *(f"## {addon}\n{sections[addon]}" for addon in sorted(sections))]))


def _settings(database):
    """Say how the database server is set up: what is fast because nothing is kept safe must not look like more."""
    with contextlib.closing(connect(database)) as connection, connection.cursor() as cursor:
        shown = {}
        for name in ("server_version", "fsync", "full_page_writes", "synchronous_commit", "shared_buffers"):
            cursor.execute(f"SHOW {name}")
            shown[name] = cursor.fetchone()[0].partition(" ")[0]
    version = shown.pop("server_version")
    return f"PostgreSQL {version}: {', '.join(f'{name} {value}' for name, value in shown.items())}."


@contextlib.contextmanager
def _durable():
    """Yield the parameters of a server that keeps what it commits: Debian's newest, as it comes."""
    versions = installed()
    if not versions:
        raise ToolError("There is no PostgreSQL of Debian here; apt-get install postgresql.")
    port = free_port()
    binaries = versions[max(versions)]
    with cluster(binaries, port) as socket:
        command = [
            binaries / "psql",
            "-h",
            socket,
            "-p",
            port,
            "-U",
            "postgres",
            "-qc",
            "CREATE ROLE odoo LOGIN CREATEDB",
        ]
        subprocess.run(list(map(str, command)), check=True)
        yield {"db_host": str(socket), "db_port": str(port), "db_user": "odoo", "db_password": ""}


def main():
    wanted = [word for word in sys.argv[1:] if word != "--durable"]
    available = sorted(path.stem.removeprefix("bench_") for path in BENCHMARKS.glob("bench_*.py"))
    for addon in wanted:
        if addon not in available:
            raise ToolError(f"There is no benchmark for {addon}; there are: {', '.join(available)}.")
    results, missed = {}, []
    with _durable() if "--durable" in sys.argv else database_server() as database:
        installation = OdooInstallation(database)
        template = installation.addons_template()
        for addon in wanted or available:
            progress(addon)
            load = os.getloadavg()[0]
            context = Context(installation, template)
            try:
                importlib.import_module(f"benchmarks.bench_{addon}").run(context)
            except ToolError as error:
                # what was measured is kept, and the other addons are measured, too
                context.leave_out("the rest", str(error))
                context.missed.append(f"the rest: {error}")
            finally:
                context.drop_clones()
            results[addon] = (context.rows, load, _settings(database))
            missed += [f"{addon}: {line}" for line in context.missed]
            _write_results(results)
    if missed:
        print("missed:", *missed, sep="\n  ")
    return 1 if missed else 0


if __name__ == "__main__":
    run_tool(main)
