"""Two Odoo servers on one database with all addons, and two witnesses outside: a supplier and a mail server."""

import contextlib
import http.client
import shutil
import subprocess
import threading
import time

import psutil

from tests.faults.mail import FaultyMailbox
from tools.odoo_server import answers, free_port, start_odoo
from tools.postgres import connect
from tools.rpc import Rpc, RpcError, configure_server
from tools.sandbox_supplier import running
from tools.settings import ALIAS_DOMAIN, FILESTORE_DIR, HOST, STATE_DIR, our_addons, progress

#: scheduled actions of Odoo's own that carry what our addons put into its queues
QUEUES = (
    "mail.ir_cron_mail_scheduler_action",
    "account.ir_cron_account_move_send",
    "base_safeguard.ir_cron_tell_documents",
)
#: two HTTP workers and the cron workers in processes of their own; a second server with threads
SERVERS = {"first": ("--workers=2",), "second": ("--workers=0",)}


class World:
    """Everything that runs. Use it as a context manager.

    :ivar rng: the seeded source of every random choice
    :ivar sandbox: the supplier (``tools.sandbox_supplier.Sandbox``)
    :ivar mailbox: the mail server (``FaultyMailbox``)
    """

    def __init__(self, installation, template, rng, name="faults"):
        self.installation, self.template, self.rng, self.database = installation, template, rng, name
        self.ports = {server: free_port() for server in SERVERS}
        self.servers, self._sessions, self._action_ids = {}, {}, {}
        #: further words and environment of the servers that are started from now on, by server
        self.words, self.environments = {}, {}
        self.folder = STATE_DIR / name
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        with self._stack:
            shutil.rmtree(self.folder, ignore_errors=True)
            clear_small_disk(FILESTORE_DIR / "filestore" / self.database)
            self.installation.clone_database(self.template, self.database)
            self._stack.callback(self.installation.drop_database, self.database)
            port = free_port()
            self.sandbox = self._stack.enter_context(running(self.folder / "supplier", port=port, approval_delay=0.5))
            self.supplier_url = f"http://{HOST}:{port}/standard"
            self.mailbox = self._stack.enter_context(FaultyMailbox(self.folder / "mail", port=free_port()))
            # no scheduled action before a scene asks for it
            self.sql("UPDATE ir_cron SET active = false")
            self.start()
            self._stack.callback(self.stop)
            configure_server(self.rpc(), ALIAS_DOMAIN)
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *exc_info):
        return self._stack.__exit__(*exc_info)

    # Servers

    def start(self, *names):
        """Start the servers that do not run."""
        for name in names or SERVERS:
            if name in self.servers and self.servers[name].popen.poll() is None:
                continue
            self.servers[name] = start_odoo(
                self.installation,
                self.database,
                name=f"{self.database}-{name}",
                cron_threads=1,
                smtp_port=self.mailbox.port,
                port=self.ports[name],
                extra=(*SERVERS[name], f"--gevent-port={free_port()}", *self.words.get(name, ())),
                env=self.environments.get(name),
            )

    @contextlib.contextmanager
    def restarted(self, name, *, words=(), env=None):
        """Let a server run with other words of its command line, or another environment, while the body runs."""
        self.words[name], self.environments[name] = words, env
        self.servers[name].stop()
        try:
            self.start(name)
            yield
        finally:
            del self.words[name], self.environments[name]
            self.servers[name].stop()
            self.start(name)

    def stop(self):
        for server in self.servers.values():
            server.stop()

    def kill(self, name):
        """End a server with all its workers at once, by SIGKILL."""
        workers = self._workers(name)
        self.servers[name].kill()
        psutil.wait_procs(workers, timeout=10)

    def kill_workers(self, name):
        """End the workers of a server by SIGKILL; the server starts others."""
        for process in self._workers(name):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def _workers(self, name):
        return psutil.Process(self.servers[name].popen.pid).children(recursive=True)

    def rpc(self, name="first"):
        """Return the administrator's session on a server, waiting for the server while it comes up."""
        url = f"http://{HOST}:{self.ports[name]}"
        deadline = time.monotonic() + 60
        while not answers(f"{url}/web/health") and time.monotonic() < deadline:
            time.sleep(0.2)
        if name not in self._sessions:
            self._sessions[name] = Rpc(url, self.database)
        return self._sessions[name]

    # Database

    def sql(self, statement, parameters=None):
        """Run one SQL statement on a connection of its own; return the rows."""
        connection = connect(self.installation.database, self.database)
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def others_connected(self):
        """Return the databases of this PostgreSQL server, ours excepted, that somebody uses."""
        rows = self.sql(
            "SELECT DISTINCT datname FROM pg_stat_activity WHERE datname NOT IN ('postgres', current_database())"
        )
        return [name for (name,) in rows]

    # Scheduled actions

    def our_actions(self):
        """Return the external ids of our addons' scheduled actions, as ``ir.cron`` has them."""
        rows = self.sql(
            "SELECT module || '.' || name FROM ir_model_data WHERE model = 'ir.cron' AND module = ANY(%s) ORDER BY 1",
            (our_addons(),),
        )
        return [xmlid for (xmlid,) in rows if xmlid not in QUEUES]

    def schedule(self, xmlids):
        """Let the cron workers of both servers run these scheduled actions, from now on and often; no others."""
        self.sql(
            "UPDATE ir_cron c SET active = false WHERE active AND NOT EXISTS (SELECT FROM ir_model_data d"
            " WHERE d.model = 'ir.cron' AND d.res_id = c.id AND d.module || '.' || d.name = ANY(%s))",
            (list(xmlids),),
        )
        self.sql(
            "UPDATE ir_cron c SET active = true, interval_number = 1, interval_type = 'minutes',"
            " nextcall = now() AT TIME ZONE 'UTC' FROM ir_model_data d"
            " WHERE d.model = 'ir.cron' AND d.res_id = c.id AND d.module || '.' || d.name = ANY(%s)",
            (list(xmlids),),
        )
        with contextlib.closing(connect(self.installation.database)) as connection, connection.cursor() as cursor:
            # what Odoo itself does to wake its cron workers
            cursor.execute("SELECT pg_notify('cron_trigger', %s)", (self.database,))

    def run(self, xmlid, server="first"):
        """Run a scheduled action in an HTTP worker; one that runs already is left alone.

        :returns: what went wrong, or None
        """
        try:
            answer = self.trigger(self.rpc(server), xmlid)
        except RpcError as error:
            if "cannot unpack" in str(error):
                # what was killed three times Odoo never again runs by hand: it stumbles over the note that it writes
                # of that, and takes the count back; its scheduler counts anew at its next turn
                self.sql("UPDATE ir_cron_progress SET timed_out_counter = 0")
            return str(error)
        except (OSError, ValueError, http.client.HTTPException) as error:
            return f"no answer: {type(error).__name__}"
        return None if answer is True else str(answer)[:200]

    def trigger(self, rpc, xmlid):
        """Run a scheduled action in the request of a session; return the server's answer."""
        if xmlid not in self._action_ids:
            self._action_ids[xmlid] = rpc.ref(xmlid)
        return rpc.call("ir.cron", "method_direct_trigger", [self._action_ids[xmlid]])

    def run_all(self, *, server="first"):
        """Run all scheduled actions once."""
        for xmlid in (*self.our_actions(), *QUEUES):
            self.run(xmlid, server)

    def start_actions(self, server, xmlids, stop):
        """Run scheduled actions over and over in a thread until ``stop`` is set; return the thread."""

        def work():
            while not stop.is_set():
                for xmlid in xmlids:
                    if stop.is_set():
                        return
                    self.run(xmlid, server)
                stop.wait(0.1)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        return thread

    def recover(self, jobs, timeout=120):
        """Start what is down and run the scheduled actions on both servers until nothing is pending.

        :returns: how many mails a person had to press *Retry* for
        """
        self.mailbox.sink.behave()
        self.sandbox.behaviours.clear()
        self.start()
        deadline, held = time.monotonic() + timeout, 0
        while time.monotonic() < deadline:
            held += self._retry_held()
            for job in jobs:
                job.leap()
            other = threading.Thread(target=self.run_all, kwargs={"server": "second"}, daemon=True)
            other.start()
            self.run_all()
            other.join()
            pending = {job.addon: job.pending() for job in jobs} | {"mails": self._outgoing()}
            if not any(pending.values()):
                return held
        progress(f"  still pending after {timeout} s: {pending}")
        return held

    def _outgoing(self):
        return self.sql("SELECT count(*) FROM mail_mail WHERE state IN ('outgoing', 'exception')")[0][0]

    def _retry_held(self):
        """Press *Retry* on the mails that Odoo holds back, as a person does who sees the failures."""
        # hours pass until a mail is sent again by itself
        self.sql("UPDATE mail_mail SET scheduled_date = NULL WHERE state = 'outgoing' AND scheduled_date IS NOT NULL")
        rows = self.sql(
            "SELECT mail.id, message.model, message.subject, mail.is_owed FROM mail_mail mail"
            " JOIN mail_message message ON message.id = mail.mail_message_id WHERE mail.state = 'exception'"
        )
        held = [mail for mail, *_what in rows]
        for _mail, model, subject, is_owed in rows[:5]:
            progress(f"  held back: {model}: {subject}{' (owed)' if is_owed else ''}")
        if held:
            self.rpc().call("mail.mail", "mark_outgoing", held)
        # what Odoo tells by itself (activities, followers) is not owed: it holds these back as it always does
        return sum(bool(is_owed) for *_what, is_owed in rows)

    # What the mail server saw

    def received(self):
        """Return ``(recipient, message id, subject, text)`` of every mail that arrived."""
        found = []
        for message in self.mailbox.messages():
            body = message.get_body(("html", "plain"))
            text = body.get_content() if body else ""
            found += [
                (to.strip().lower(), message["Message-Id"], str(message["Subject"]), text)
                for to in message["X-Envelope-To"].split(",")
            ]
        return found


def clear_small_disk(path):
    """Remove what a killed run has left of its :func:`small_disk`."""
    if path.is_mount():
        subprocess.run(["umount", "-l", path], check=True)
    for suffix in ("", ".keep", ".after"):
        shutil.rmtree(path.with_name(path.name + suffix), ignore_errors=True)


@contextlib.contextmanager
def small_disk(path, megabytes):
    """Mount a file system of its own at ``path``, with what is there copied into it.

    :raises PermissionError: where this process may not mount
    """
    keep = path.with_name(path.name + ".keep")
    path.rename(keep)
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", path]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        path.rmdir()
        keep.rename(path)
        raise PermissionError(done.stderr.strip())
    try:
        shutil.copytree(keep, path, dirs_exist_ok=True)
        yield path
    finally:
        content = path.with_name(path.name + ".after")
        shutil.copytree(path, content)
        subprocess.run(["umount", "-l", path], check=True)
        path.rmdir()
        content.rename(path)
        shutil.rmtree(keep)


def remount(path, mode):
    """Make a mounted file system read-only (``ro``) or writable (``rw``).

    :raises PermissionError: where this process may not
    """
    done = subprocess.run(["mount", "-o", f"remount,{mode}", path], capture_output=True, text=True, check=False)
    if done.returncode:
        raise PermissionError(done.stderr.strip())
