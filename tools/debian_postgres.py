"""A cluster of one of the PostgreSQL versions that Debian installs, with fsync on as it comes."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tools.odoo_server import Process
from tools.settings import HOST


def installed():
    """Return ``{version: folder of its programs}`` of the PostgreSQL versions of the machine."""
    found = {path.parts[-3]: path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")}
    return {int(version): folder for version, folder in sorted(found.items()) if version.isdigit()}


def as_postgres(command):
    """Return a command as PostgreSQL's own user, which no superuser of the machine may be."""
    words = list(map(str, command))
    return ["runuser", "-u", "postgres", "--", *words] if os.geteuid() == 0 else words


def _answers(binaries, folder, port):
    """Return whether a server takes sessions: it listens some time before it does."""
    asked = [binaries / "pg_isready", "--quiet", "-h", folder, "-p", str(port)]
    return subprocess.run(asked, check=False).returncode == 0


@contextlib.contextmanager
def cluster(binaries, port):
    """Make and run a cluster; yields the folder of its socket, which lets everybody of this machine in."""
    # not below the repository: another user has to reach it
    folder = Path(tempfile.mkdtemp(prefix="cluster-"))
    folder.chmod(0o755)
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        data = folder / "data"
        how = ["--auth-local=trust", "--auth-host=scram-sha-256", "--username=postgres", "-D", data]
        subprocess.run(as_postgres([binaries / "initdb", *how]), check=True, stdout=subprocess.DEVNULL)
        options = ["-D", data, "-k", folder, "-p", port, "-c", f"listen_addresses={HOST}"]
        command = as_postgres([binaries / "postgres", *options])
        process = Process(f"postgres-{port}", command, ready=lambda: _answers(binaries, folder, port))
        try:
            yield folder
        finally:
            process.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
