"""Odoo processes and Odoo databases."""

import configparser
import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from psycopg2 import sql

from tools.children import ending_with_us
from tools.manifests import code_fingerprint, foreign_dependencies, with_own_dependencies
from tools.postgres import connect
from tools.settings import (
    ADDONS_DIR,
    FILESTORE_DIR,
    HOST,
    LOG_DIR,
    ROOT,
    STATE_DIR,
    ToolError,
    odoo_home,
    our_addons,
    progress,
    venv_python,
)

ODOO_BIN = ROOT / "tools/bin/odoo-bin"
ODOO_TEST = ROOT / "tools/bin/odoo-test"
#: What every browser asks for first: made once in the template instead of once in every copy of it.
MAKE_BUNDLES = """
for bundle in ("assets_web", "assets_frontend", "assets_frontend_minimal", "assets_frontend_lazy"):
    made = env["ir.qweb"]._get_asset_bundle(f"web.{bundle}")
    made.js(), made.css()
for bundle in ("assets_web_print", "report_assets_common"):
    env["ir.qweb"]._get_asset_bundle(f"web.{bundle}").css()
env.cr.commit()
"""
LOADING = re.compile(r"odoo\.modules\.loading: Loading module (\S+) \((\d+)/(\d+)\)")


def log_lines(text, *levels):
    """Return the lines of a log that Odoo wrote with one of these levels."""
    return re.findall(rf"^\S+ \S+ \d+ (?:{'|'.join(levels)}) .*", text, re.MULTILINE)


def free_port():
    """Return a TCP port of the loopback interface that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def check_port(port, purpose, variable):
    """:raises ToolError: if somebody listens on ``port`` already"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ToolError(
                f"Port {port} for {purpose} is in use; stop what uses it or set {variable} to another port."
            ) from error


def _show_loading(line):
    """Print how far an installation is: every tenth module, and the last one."""
    match = LOADING.search(line)
    if match and (int(match[2]) % 10 == 0 or match[2] == match[3]):
        progress(f"  {match[2]} of {match[3]} modules ({match[1]})")


class OdooInstallation:
    """Odoo's code with our addons, on one PostgreSQL server.

    :param database: connection parameters as ``tools.postgres.database_server`` yields them
    """

    def __init__(self, database):
        self.database = database

    # Configuration

    def write_config(self, name="odoo", addons=(), **options):
        """Write ``.state/<name>.conf`` (odoo.conf plus this machine's settings); return its path."""
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(ROOT / "odoo.conf")
        section = parser["options"]
        section["addons_path"] = ",".join([self.addons_path(), *map(str, addons)])
        section["data_dir"] = str(FILESTORE_DIR)
        for key, value in {**self.database, **options}.items():
            if value not in ("", None):
                section[key] = str(value)
        STATE_DIR.mkdir(parents=True, exist_ok=True)
        path = STATE_DIR / f"{name}.conf"
        # in one step: another process may be reading it
        with tempfile.NamedTemporaryFile("w", dir=STATE_DIR, delete=False) as file:
            parser.write(file)
        return Path(file.name).replace(path)

    def addons_path(self):
        """Return Odoo's addons path: ours, the OCA's of the virtual environment, Odoo's own."""
        home = odoo_home()
        candidates = [
            ADDONS_DIR,
            *venv_python().parent.parent.glob("lib/python3.*/site-packages/odoo/addons"),
            home / "addons",
            home / "odoo/addons",
        ]
        return ",".join(str(path) for path in candidates if path.is_dir())

    def command(self, *arguments, subcommand="server", config=None, script=ODOO_BIN):
        """Return the command line of an Odoo process."""
        return [
            str(venv_python()),
            "-W",
            "ignore::DeprecationWarning",
            str(script),
            subcommand,
            "-c",
            str(config or self.write_config()),
            *map(str, arguments),
        ]

    # Databases

    def databases(self, pattern):
        """Return the names of the databases that match an SQL ``LIKE`` pattern."""
        with contextlib.closing(connect(self.database)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", (pattern,))
            return [name for (name,) in cursor.fetchall()]

    def database_exists(self, name):
        return name in self.databases("%")

    def drop_database(self, name):
        """Drop a database with its filestore, disconnecting whoever is in it."""
        with contextlib.closing(connect(self.database)) as connection, connection.cursor() as cursor:
            # not WITH (FORCE), which refuses while autovacuum, a superuser's process, is in the database;
            # without it PostgreSQL sends autovacuum away and waits for those who are leaving
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
                (name,),
            )
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        shutil.rmtree(FILESTORE_DIR / "filestore" / name, ignore_errors=True)

    def clone_database(self, source, target):
        """Copy a database and its filestore; files are hard links, which Odoo never writes to."""
        self.drop_database(target)
        with contextlib.closing(connect(self.database)) as connection, connection.cursor() as cursor:
            cursor.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                    sql.Identifier(target), sql.Identifier(source)
                )
            )
        with contextlib.closing(connect(self.database, target)) as connection, connection.cursor() as cursor:
            # our copies act: see the model database.home
            cursor.execute("DELETE FROM ir_config_parameter WHERE key = 'base_safeguard.database_home'")
        filestore = FILESTORE_DIR / "filestore"
        if (filestore / source).exists():
            shutil.copytree(filestore / source, filestore / target, copy_function=os.link, dirs_exist_ok=True)

    def quick_options(self):
        """Return ``addons`` and ``options`` of a configuration that hashes passwords in no time, for tests."""
        modules = {"server_wide_modules": "base,rpc,web,quick_passwords"}
        return {"addons": [ROOT / "tools/server_wide"], "options": modules}

    def install(self, name, modules, *, update=False, config=None):
        """Install (or update) modules with demo data in a database, which is made when missing.

        :param config: path of a configuration file other than the usual one
        :raises ToolError: if the installation fails, naming the log
        """
        log = LOG_DIR / f"install-{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        command = self.command(
            *("-d", name, "-u" if update else "-i", ",".join(modules), "--with-demo"),
            *("--stop-after-init", "--no-http", "--max-cron-threads=0"),
            config=config,
        )
        with log.open("w") as file:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            for line in process.stdout:
                file.write(line)
                _show_loading(line)
        text = log.read_text(errors="replace")
        if process.wait() or " CRITICAL " in text or "Traceback (most recent call last)" in text:
            raise ToolError(f"Installing {', '.join(modules)} failed; see {project_path(log)}.")

    def template(self, label, modules, *, fingerprint="", source=None):
        """Return the name of a database with ``modules`` and demo data, made once and then reused.

        :param fingerprint: text that makes the template stale when it changes
        :param source: template database to start from
        """
        key = hashlib.sha256("|".join([*sorted(modules), fingerprint, source or ""]).encode()).hexdigest()[:10]
        name = f"template_{label}_{key}"
        # processes that run side by side need the same one: the first makes it, the others wait
        with (STATE_DIR / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._make_template(name, label, modules, source)
        return name

    def _make_template(self, name, label, modules, source):
        if not self.database_exists(name):
            for stale in self.databases(f"template_{label}_%"):
                self.drop_database(stale)
            building = f"{name}_building"
            if source:
                self.clone_database(source, building)
            quick = self.quick_options()
            self.install(building, modules, config=self.write_config("quick", quick["addons"], **quick["options"]))
            if source:
                command = self.command("-d", building, "--no-http", subcommand="shell")
                subprocess.run(command, input=MAKE_BUNDLES, text=True, check=True, capture_output=True)
            self.rename_database(building, name)

    def base_template(self):
        """Return the template with everything that our addons depend on."""
        return self.template("base", foreign_dependencies())

    def addons_template(self, addon=None):
        """Return the template with all of our addons, or with one of them."""
        addons = [addon] if addon else our_addons()
        fingerprint = code_fingerprint(with_own_dependencies(addons))
        return self.template(addon or "addons", addons, fingerprint=fingerprint, source=self.base_template())

    def rename_database(self, old, new):
        """Rename a database and its filestore."""
        with contextlib.closing(connect(self.database)) as connection, connection.cursor() as cursor:
            cursor.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))
        source = FILESTORE_DIR / "filestore" / old
        if source.exists():
            shutil.rmtree(FILESTORE_DIR / "filestore" / new, ignore_errors=True)
            source.rename(FILESTORE_DIR / "filestore" / new)


class Process:
    """A child process of ours with its log; ended by its own pid, its children with it."""

    def __init__(self, name, command, *, ready=None, env=None, timeout=120):
        self.name = name
        self.log = LOG_DIR / f"{name}.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.log.open("w")
        self.popen = subprocess.Popen(
            ending_with_us(command),
            stdout=self._file,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            cwd=ROOT,
            env={**os.environ, **(env or {})},
        )
        if ready:
            self._wait(ready, timeout)

    def _wait(self, ready, timeout):
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.popen.poll() is not None:
                raise ToolError(f"{self.name} ended right after its start; see {self.log}.")
            if ready():
                return
            time.sleep(0.1)
        self.stop()
        raise ToolError(f"{self.name} did not answer within {timeout} seconds; see {self.log}.")

    def kill(self):
        """End the process at once, as a crash would (SIGKILL)."""
        self._signal(signal.SIGKILL)
        self.popen.wait()

    def stop(self):
        """End the process and wait for it."""
        if self.popen.poll() is None:
            self._signal(signal.SIGTERM)
            try:
                self.popen.wait(15)
            except subprocess.TimeoutExpired:
                self._signal(signal.SIGKILL)
                self.popen.wait()
        self._file.close()

    def _signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, number)


def answers(url):
    """Return whether an HTTP server answers at ``url`` with anything but a server error."""
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def listens(port):
    """Return whether something accepts connections on a loopback port."""
    with contextlib.closing(socket.socket()) as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def start_odoo(
    installation,
    database,
    *,
    name="odoo",
    port=None,
    cron_threads=2,
    smtp_port=None,
    extra=(),
    options=None,
    addons=(),
    env=None,
):
    """Start an Odoo HTTP server on ``database`` and wait until it answers.

    :param extra: further words of the command line
    :param options: further values of the configuration file
    :param addons: further folders of the addons path
    :param env: further variables of the process's environment
    :returns: the ``Process``, with ``url`` and ``port`` attributes
    """
    port = port or free_port()
    values = {"http_port": port, "max_cron_threads": cron_threads, "db_name": database, "dbfilter": f"^{database}$"}
    if smtp_port:
        values.update(smtp_server=HOST, smtp_port=smtp_port)
    config = installation.write_config(name, addons, **{**values, **(options or {})})
    url = f"http://{HOST}:{port}"
    process = Process(
        name,
        installation.command(*extra, config=config),
        ready=lambda: answers(f"{url}/web/health"),
        env=env,
    )
    process.url = url
    process.port = port
    return process


def project_path(path):
    """Return ``path`` relative to the repository where it lies inside, for messages."""
    path = Path(path)
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
