"""What goes wrong. Each scene puts work in, breaks something, repairs it, and counts."""

import contextlib
import http.client
import threading
import time
from pathlib import Path

from tests.faults.jobs import JOBS
from tests.faults.ledger import Skipped, Verdict
from tests.faults.mail import DROP_AFTER_DATA, DROP_IN_DATA, FAULTS, REFUSED, STALL, UNREACHABLE
from tests.faults.world import QUEUES, remount, small_disk
from tools.postgres import crash_embedded, is_embedded
from tools.rpc import RpcError
from tools.settings import FILESTORE_DIR

#: how much work of each addon a scene puts in
SIZE, SHORT_SIZE = 6, 4
#: how far the clock of one host is off, as libfaketime says it
CLOCKS = ("-1h", "+1h", "+1d")
SUPPLIER_ANSWERS = ("timeout", "html", "malformed", "doctype", "server_fault")


class Stage:
    """The world with the jobs of all addons, and the verdicts so far."""

    def __init__(self, world, *, kills=3, short=False):
        self.world, self.kills, self.short = world, kills, short
        self.jobs = [job(world) for job in JOBS]
        self.verdicts = []
        self.durations = {}
        self.batches = 0

    def job_of(self, xmlid):
        """Return the jobs that put work in for a scheduled action."""
        if xmlid in QUEUES:
            return self.jobs
        return [job for job in self.jobs if job.addon == xmlid.partition(".")[0]]

    def put_in(self, jobs, size=None):
        self.batches += 1
        for job in jobs:
            job.put_in(f"b{self.batches}", size or (SHORT_SIZE if self.short else SIZE))

    def close(self, scene, jobs, **allowed):
        """Recover, count, and keep the verdicts of a scene."""
        held = self.world.recover(jobs)
        mails = self.world.received()
        for job in jobs:
            for count in job.counts(mails):
                count.held = held if count.is_mail else 0
                self.verdicts.append(Verdict(scene, count, **allowed))
        self.world.mailbox.clear()

    # Scenes

    def calm(self):
        """Nothing goes wrong: the counting itself is right, and how long each action takes is known."""
        self.put_in(self.jobs)
        for xmlid in (*self.world.our_actions(), *QUEUES):
            started = time.monotonic()
            problem = self.world.run(xmlid)
            self.durations[xmlid] = time.monotonic() - started
            if problem:
                self.verdicts.append(Skipped("calm", f"{xmlid}: {problem}", ok=False))
        self.close("nothing goes wrong", self.jobs)

    def kill(self, xmlid):
        """SIGKILL in the middle of a scheduled action, at random moments."""
        jobs, hits = self.job_of(xmlid), 0
        self.put_in(jobs)
        if xmlid in QUEUES:
            self._fill_queue(xmlid)
        tries = 3 * self.kills
        while hits < self.kills and tries:
            tries -= 1
            hit = self._kill_once(xmlid)
            hits += hit
            if not hit and tries:
                # it was faster than the executioner: new work, on top of what is there
                self.durations[xmlid] *= 0.7
        label = xmlid.partition(".")[2].removeprefix("ir_cron_")
        if not hits:
            self.verdicts.append(Skipped(f"kill in {label}", "never hit while it ran", ok=False))
        self.close(f"{hits} kills in {label}", jobs, repeats=2 * hits)

    def _fill_queue(self, xmlid):
        for action in self.world.our_actions():
            self.world.run(action)
        # invoices make mails, mails that were sent make news for their documents
        for feeding in {QUEUES[0]: (QUEUES[1],), QUEUES[2]: (QUEUES[1], QUEUES[0])}.get(xmlid, ()):
            self.world.run(feeding)

    def _kill_once(self, xmlid):
        """Kill a server while it runs an action; return whether the action was still running."""
        world, rng = self.world, self.world.rng
        victim = rng.choice(["first", "first", "second"])
        whole = victim == "second" or rng.random() < 0.3
        rpc, result = world.rpc(victim), []

        def run():
            with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
                try:
                    result.append(world.trigger(rpc, xmlid))
                except RpcError as error:
                    result.append(error)

        caller = threading.Thread(target=run, daemon=True)
        caller.start()
        time.sleep(rng.uniform(0.02, max(0.1, self.durations.get(xmlid, 1.0))))
        running = not result
        if whole:
            world.kill(victim)
        else:
            world.kill_workers(victim)
        caller.join(30)
        world.start()
        return running and not result

    @contextlib.contextmanager
    def busy(self, jobs=None):
        """Let both servers work on everything while the body runs.

        :param jobs: those that put more work in meanwhile, by default all
        """
        stop = threading.Event()
        actions = [*self.world.our_actions(), *QUEUES]
        self.world.schedule(actions)
        threads = [self.world.start_actions("first", actions, stop)]
        threads.append(self.world.start_actions("second", actions[::-1], stop))
        for job in self.jobs if jobs is None else jobs:
            threads.append(threading.Thread(target=job.during, args=(stop,), daemon=True))
            threads[-1].start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join(120)
            self.world.schedule([])

    def postgres(self):
        """PostgreSQL dies (immediate) while both servers work, and comes up again."""
        reason = self._no_crash()
        if reason:
            self.verdicts.append(Skipped("PostgreSQL crashes", reason))
            return
        self.put_in(self.jobs)
        with self.busy():
            for _number in range(self.kills):
                time.sleep(self.world.rng.uniform(0.3, 4.0))
                crash_embedded()
        self.close(f"{self.kills} crashes of PostgreSQL", self.jobs, repeats=2 * self.kills)

    def _no_crash(self):
        """Return why PostgreSQL must not be crashed here; empty where it may."""
        if not is_embedded():
            return "the server of DATABASE_URL is not ours"
        others = self.world.others_connected()
        return f"others use this server: {', '.join(others)}" if others else ""

    def all_at_once(self):
        """Everything of the other scenes in one, the full disk excepted."""
        self.put_in(self.jobs)
        supplier, rng = self.jobs[0], self.world.rng
        for reference in sorted(supplier.names.values())[::2]:
            booked = rng.random() < 0.5
            self.world.sandbox.behaviours.tell("timeout", reference=reference, booked=booked, seconds=4.0)
        self.world.mailbox.sink.tell(DROP_IN_DATA, times=2)
        blows = [lambda: self.world.kill_workers("first"), lambda: self.world.kill("second")]
        names, reason = ["SIGKILL", "database crash", "bad mail", "slow supplier"], self._no_crash()
        if reason:
            names.remove("database crash")
            self.verdicts.append(Skipped("database crash", reason))
        else:
            blows.append(crash_embedded)
        rng.shuffle(blows)
        with self.busy():
            for blow in blows:
                time.sleep(rng.uniform(1.0, 4.0))
                blow()
                self.world.start()
            time.sleep(3)
        self.close(", ".join(names), self.jobs, repeats=4, may_hold=True)

    def disk(self):
        """The disk of the filestore is full while both servers work."""
        filestore = FILESTORE_DIR / "filestore" / self.world.database
        writers = [job for job in self.jobs if job.addon in ("online_proof", "recurring_interaction")]
        jobs = writers if self.short else self.jobs
        try:
            with small_disk(filestore, 64) as disk:
                self.put_in(jobs)
                filler = disk / "filler"
                # unbuffered: what no longer fits must not be written again when the file is closed
                with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
                    while True:
                        file.write(b"\0" * 65536)
                with self.busy(jobs):
                    time.sleep(6 if self.short else 20)
                if not self._refused_writes():
                    self.verdicts.append(Skipped("full disk", "no write was refused", ok=False))
                filler.unlink()
                self.close("full disk", jobs, may_hold=True)
        except PermissionError as error:
            self.verdicts.append(Skipped("full disk", f"no file system of its own may be mounted here ({error})"))

    def _refused_writes(self):
        """Return how often the servers' logs say that the disk is full."""
        logs = [server.log.read_text(errors="replace") for server in self.world.servers.values()]
        return sum(text.count("No space left on device") for text in logs)

    def read_only(self):
        """The filestore cannot be written to, as after a fault of its disk, while both servers work."""
        filestore = FILESTORE_DIR / "filestore" / self.world.database
        try:
            with small_disk(filestore, 256) as disk:
                self.put_in(self.jobs)
                remount(disk, "ro")
                try:
                    with self.busy():
                        time.sleep(20)
                finally:
                    remount(disk, "rw")
                self.close("read-only filestore", self.jobs, may_hold=True)
        except PermissionError as error:
            self.verdicts.append(Skipped("read-only filestore", f"nothing may be mounted here ({error})"))

    def clock(self, jump):
        """One host's clock is off, PostgreSQL's and the other host's are right; then it is set right."""
        library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
        if not library:
            self.verdicts.append(Skipped(f"clock {jump}", "libfaketime is not installed"))
            return
        # timers go on as they are: the jump is one of the calendar
        env = {"LD_PRELOAD": str(library), "FAKETIME": jump, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        self.put_in(self.jobs)
        with self.world.restarted("second", env=env), self.busy():
            time.sleep(15)
        self.close(f"clock {jump} on one host", self.jobs, may_hold=True)

    def limits(self):
        """Odoo ends workers at its limits of time while they work."""
        self.put_in(self.jobs)
        words = ("--limit-time-real=2", "--limit-time-cpu=1", "--limit-time-real-cron=2")
        with self.world.restarted("first", words=words), self.busy():
            time.sleep(20)
            text = self.world.servers["first"].log.read_text(errors="replace")
        if "timeout after" not in text and "CPU time limit" not in text:
            self.verdicts.append(Skipped("limits of a worker", "no worker reached a limit", ok=False))
        self.close("limits of time end workers", self.jobs, repeats=8, may_hold=True)

    def mail(self, fault):
        """The mail server misbehaves with many messages, then behaves."""
        self.put_in(self.jobs)
        sink = self.world.mailbox.sink
        if fault == UNREACHABLE:
            with self.world.mailbox.away(), self.busy():
                time.sleep(12)
            asked = self.world.sql("SELECT count(*) FROM mail_delivery WHERE state = 'waiting' AND attempt_count > 0")
            asked = asked[0][0]
        else:
            sink.tell(fault, times=1 if fault == STALL else 12, seconds=65)
            with self.busy([] if fault == STALL else None):
                time.sleep(75 if fault == STALL else 12)
            asked = sink.misbehaved
        if not asked:
            self.verdicts.append(Skipped(f"mail: {fault}", "the mail server was never asked", ok=False))
        dropped = asked if fault == DROP_AFTER_DATA else 0
        # whatever passes by itself is waited for: nobody has to press a button
        self.close(f"mail server: {fault}", self.jobs, repeats=dropped, may_hold=fault == REFUSED)

    def supplier(self, behaviour):
        """The supplier stalls or answers garbage, with the order booked or not."""
        jobs = self.jobs[:1]
        self.put_in(jobs, 8)
        references = sorted(jobs[0].names.values())
        for reference in references:
            booked = self.world.rng.random() < 0.5
            seconds = 5.0 if behaviour == "timeout" else 0.0
            self.world.sandbox.behaviours.tell(behaviour, reference=reference, booked=booked, seconds=seconds)
        self.world.run(jobs[0].actions[0])
        self.close(f"supplier: {behaviour}", jobs)

    # The whole play

    def scenes(self):
        """Return ``(name, function)`` of all scenes, in their order."""
        if self.short:
            return [("all at once", self.all_at_once), ("disk", self.disk)]
        actions = [*self.world.our_actions(), *QUEUES]
        return [
            ("calm", self.calm),
            *((f"kill:{action}", lambda action=action: self.kill(action)) for action in actions),
            ("postgres", self.postgres),
            ("disk", self.disk),
            ("read-only", self.read_only),
            ("limits", self.limits),
            *((f"clock:{jump}", lambda jump=jump: self.clock(jump)) for jump in CLOCKS),
            *((f"mail:{fault}", lambda fault=fault: self.mail(fault)) for fault in FAULTS),
            *((f"supplier:{answer}", lambda answer=answer: self.supplier(answer)) for answer in SUPPLIER_ANSWERS),
            ("all at once", self.all_at_once),
        ]

    def uncovered(self):
        """Return our scheduled actions that no job puts work in for."""
        covered = {
            action
            for job in self.jobs
            for name in ("actions", "fetching", "planning", "reminding", "escalating")
            for action in getattr(job, name, ())
        }
        return sorted(set(self.world.our_actions()) - covered)
