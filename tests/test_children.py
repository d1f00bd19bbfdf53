"""PR1: whoever starts servers is killed, and none of them stays behind."""

import os
import shutil
import signal
import subprocess
import threading

import psutil
import pytest

from tests.helpers import wait_until
from tools.odoo_server import Process
from tools.run import watch
from tools.settings import ROOT, STATE_DIR, ToolError, venv_python

pytestmark = pytest.mark.plain

SERVER = """
import time
from tools.odoo_server import LOG_DIR, Process

command = ["sh", "-c", "echo up; exec sleep 600"]
server = Process("killed-server", command, ready=lambda: (LOG_DIR / "killed-server.log").read_text())
print(server.popen.pid, flush=True)
time.sleep(600)
"""
DATABASE = """
import time
from tools.postgres import DATA_DIR, database_server

with database_server():
    print((DATA_DIR / "postmaster.pid").read_text().split()[0], flush=True)
    time.sleep(600)
"""


def start(script, **environment):
    """Start a script that starts something; return both processes."""
    parent = subprocess.Popen(
        [venv_python(), "-c", script], cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
    )
    line = next(line for line in parent.stdout if line.strip().isdigit())
    return parent, psutil.Process(int(line))


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def is_gone(process):
    # where the first process of a container waits for nobody's children, they stay as zombies
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_a_server_ends_with_who_started_it():
    """PR1: a killed run leaves no Odoo behind: it is told to end, as by its own stop."""
    parent, server = start(SERVER)
    assert not is_gone(server)
    kill(parent)
    wait_until(lambda: is_gone(server), 10)


def test_the_run_says_who_has_died():
    """PR6: a server that ends, or PostgreSQL that does not answer, ends `make run` with a sentence that names it."""
    with pytest.raises(ToolError, match=r"^short ended with code 3; see .*short\.log\.$"):
        watch([Process("short", ["sh", "-c", "exit 3"])], lambda: True, threading.Event())
    with pytest.raises(ToolError, match=r"^PostgreSQL does not answer"):
        watch([], lambda: False, threading.Event())
    stopped = threading.Event()
    stopped.set()
    assert watch([], lambda: False, stopped) is None


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="the embedded PostgreSQL is not used")
def test_the_database_server_ends_with_the_last_who_uses_it():
    """PR1: of two runs one is killed: PostgreSQL goes on for the other; then that one is killed, too: it ends."""
    folder = STATE_DIR / "killed"
    shutil.rmtree(folder, ignore_errors=True)
    first, server = start(DATABASE, STATE_DIR=str(folder))
    second, same = start(DATABASE, STATE_DIR=str(folder))
    assert same.pid == server.pid
    kill(first)
    assert not is_gone(server)
    kill(second)
    wait_until(lambda: is_gone(server), 30)
    assert not (folder / "postgres/postmaster.pid").exists()
    shutil.rmtree(folder)
