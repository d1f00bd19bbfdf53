"""``make load MINUTES=5``: 50 customers on the portal at once, while the scheduled actions run.

Two HTTP workers and two cron workers (Odoo's prefork server), each customer with an own login,
own orders, proofs and dossier, and a person's think time between clicks. Employees put work in
for the scheduled actions meanwhile. The result goes to ``benchmarks/LOAD.md``.
"""

import argparse
import contextlib
import os
import random
import re
import shutil
import statistics
import sys
import threading
import time
from pathlib import Path

import psutil

from benchmarks.load_people import Customer, Office, Records
from tools.mail_sink import Mailbox
from tools.odoo_server import OdooInstallation, free_port, start_odoo
from tools.postgres import connect, database_server
from tools.rpc import Rpc, configure_server
from tools.sandbox_supplier import running
from tools.settings import ALIAS_DOMAIN, HOST, ROOT, STATE_DIR, our_addons, progress, run_tool

USERS = 50
THINK = (1.0, 3.0)
DATABASE = "load"
RETRIED = re.compile(r"SerializationFailure|DeadlockDetected|could not serialize|deadlock detected")


class Memory:
    """Resident memory of the server's worker processes, by process id."""

    def __init__(self, pid):
        self.parent = psutil.Process(pid)
        self.start = self.take()

    def take(self):
        sizes = {}
        for child in self.parent.children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                # what renders a page for a second is no worker
                if "odoo" in " ".join(child.cmdline()):
                    sizes[child.pid] = child.memory_info().rss / 2**20
        return sizes

    def growth(self):
        """Return ``(pid, at the start, at the end)`` of the workers that lived all the time."""
        end = self.take()
        return [(pid, size, end[pid]) for pid, size in sorted(self.start.items()) if pid in end]


def quantile(values, share):
    """Return the value that ``share`` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def play(url, people, minutes):
    """Let everybody click for so many minutes; return all requests and how long it took."""
    stop, threads = threading.Event(), []
    for customer in people:
        threads.append(threading.Thread(target=customer.live, args=(stop, THINK), daemon=True))
        threads[-1].start()
    started = time.monotonic()
    stop.wait(minutes * 60)
    stop.set()
    for thread in threads:
        thread.join(60)
    return [entry for customer in people for entry in customer.requests], time.monotonic() - started


def log_in(people):
    """Log everybody in, four at a time; this is not measured."""
    for first in range(0, len(people), 4):
        threads = [threading.Thread(target=customer.log_in) for customer in people[first : first + 4]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def report(requests, seconds, memory, facts):
    """Return the Markdown page."""
    kinds = {}
    for kind, duration, error in requests:
        kinds.setdefault(kind, []).append((duration, error))
    lines = [
        "# Under load",
        "",
        f"`make load MINUTES={facts['minutes']}` on {os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}: "
        f"{facts['users']} customers logged in at once, {THINK[0]:.0f} to {THINK[1]:.0f} seconds of thinking between "
        f"clicks, for {seconds / 60:.1f} minutes, against Odoo with two HTTP workers and two cron workers. The "
        "clients, PostgreSQL, the mail server and the supplier run on the same cores; load average before the "
        f"start {facts['load_before']:.1f}, at the end {facts['load_after']:.1f}.",
        "",
        "| request | number | per second | p50 | p95 | p99 | longest | errors |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for kind, entries in [*sorted(kinds.items()), ("all", [(d, e) for _k, d, e in requests])]:
        durations = [duration for duration, _error in entries]
        numbers = (statistics.median(durations), quantile(durations, 0.95), quantile(durations, 0.99), max(durations))
        shown = " | ".join(f"{number * 1000:.0f} ms" for number in numbers)
        errors = sum(bool(error) for _duration, error in entries)
        lines.append(f"| {kind} | {len(entries)} | {len(entries) / seconds:.1f} | {shown} | {errors} |")
    lines += [
        "",
        f"Scheduled actions meanwhile: {facts['cron_runs']} runs, {facts['mails']} mails sent, "
        f"{facts['orders']} orders at the supplier, {facts['office']}. Conflicts between transactions that Odoo "
        f"solved by running a request again: {facts['conflicts']}; errors in the server's log: {facts['logged']}.",
        "",
        "Memory of the worker processes (HTTP, cron, websocket) that lived through the run:",
        "",
        "| process | at the start | at the end | growth |",
        "|---|---|---|---|",
    ]
    for pid, start, end in memory:
        lines.append(f"| {pid} | {start:.0f} MB | {end:.0f} MB | {end - start:+.0f} MB |")
    return "\n".join(lines) + "\n"


def log_facts(log):
    """Return what the server's log says: errors, conflicts, runs of our scheduled actions."""
    text = log.read_text(errors="replace")
    # a record goes on until the next line that begins with a date
    errors = re.findall(r"^\S+ \S+ \d+ (?:ERROR|CRITICAL) .*(?:\n(?!\d{4}-).*)*", text, re.MULTILINE)
    real = [record.partition("\n")[0] for record in errors if not RETRIED.search(record)]
    return {
        "logged": len(real),
        "conflicts": len(errors) - len(real),
        "cron_runs": len(re.findall(r"Job '[^']*' \(\d+\) fully done", text)),
        "errors": real[:20],
    }


def silence(parameters):
    """No scheduled action while the records are made."""
    with contextlib.closing(connect(parameters, DATABASE)) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE ir_cron SET active = false")


def schedule(parameters):
    """Let the scheduled actions of our addons and the queues run every minute, from now on."""
    with contextlib.closing(connect(parameters, DATABASE)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ir_cron SET active = true, interval_number = 1, interval_type = 'minutes', nextcall = now()"
            " WHERE id IN (SELECT res_id FROM ir_model_data WHERE model = 'ir.cron' AND (module = ANY(%s)"
            " OR name IN ('ir_cron_mail_scheduler_action', 'ir_cron_account_move_send')))",
            (our_addons(),),
        )


def measure(installation, template, options):
    """Play the load on a fresh database; return the page's text and whether all is well."""
    facts = {"minutes": f"{options.minutes:g}", "users": options.users, "load_before": os.getloadavg()[0]}
    folder = STATE_DIR / DATABASE
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.ExitStack() as stack:
        mailbox = stack.enter_context(Mailbox(folder / "mail", port=free_port()))
        port = free_port()
        sandbox = stack.enter_context(running(folder / "supplier", port=port, approval_delay=5))
        installation.clone_database(template, DATABASE)
        stack.callback(installation.drop_database, DATABASE)
        silence(installation.database)
        server = start_odoo(
            installation,
            DATABASE,
            name=DATABASE,
            cron_threads=2,
            smtp_port=mailbox.port,
            extra=("--workers=2", f"--gevent-port={free_port()}"),
        )
        stack.callback(server.stop)
        rpc = Rpc(server.url, DATABASE)
        configure_server(rpc, ALIAS_DOMAIN)
        progress(f"{options.users} customers with orders, proofs and dossiers")
        records = Records(rpc, f"http://{HOST}:{port}/standard")
        people = [
            Customer(server.url, random.Random(options.seed * 1000 + number), known)
            for number, known in enumerate(records.make_customers(options.users))
        ]
        log_in(people)
        mailbox.clear()
        schedule(installation.database)
        memory = Memory(server.popen.pid)
        office = stack.enter_context(Office(server.url, DATABASE, records))
        progress(f"{options.minutes:g} minutes of load")
        requests, seconds = play(server.url, people, options.minutes)
        facts.update(
            log_facts(server.log),
            load_after=os.getloadavg()[0],
            mails=len(mailbox.messages()),
            orders=len(sandbox.store.all()),
            office=office.summary(),
        )
        text = report(requests, seconds, memory.growth(), facts)
    wrong = [f"{kind}: {error}" for kind, _duration, error in requests if error]
    for line in [*wrong[:20], *office.errors[:5], *facts["errors"]]:
        progress(line)
    return text, not (wrong or office.errors or facts["logged"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--users", type=int, default=USERS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks/LOAD.md")
    options = parser.parse_args()
    with database_server() as database:
        installation = OdooInstallation(database)
        template = installation.addons_template()
        text, well = measure(installation, template, options)
    print(text)
    options.output.write_text(text)
    return 0 if well else 1


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    run_tool(main)
