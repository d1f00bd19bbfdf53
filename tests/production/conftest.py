"""A company's installation in a folder: the machine's own PostgreSQL and nginx, two Odoo hosts."""

import contextlib
import os
import re
import shutil
import subprocess

import pytest
from playwright.sync_api import sync_playwright

from tests.conftest import CHROMIUM_FLAGS
from tools.debian_postgres import as_postgres, cluster, installed
from tools.odoo_server import ODOO_BIN, OdooInstallation, Process, answers, free_port, listens
from tools.settings import HOST, ROOT, STATE_DIR, venv_python

FOLDER = STATE_DIR / "production"
DATABASE = "erp"


pytestmark = [
    pytest.mark.skipif(not shutil.which("nginx") or not installed(), reason="make production-check"),
    # the first test waits for the installation, on machines that do other things too
    pytest.mark.timeout(1800),
]


class Company:
    """What ``deploy/install`` set up, and the processes that systemd would start."""

    def __init__(self, stack):
        self.stack = stack
        self.ports = {
            name: free_port() for name in ("postgres", "http", "https", "odoo1", "ws1", "odoo2", "ws2", "smtp")
        }
        self.url = f"https://localhost:{self.ports['https']}"
        self.conf = FOLDER / "etc/odoo/odoo.conf"
        self.environment = {
            **os.environ,
            "POSTGRES_COMMAND": str(FOLDER / "postgres-command"),
            "ODOO_COMMAND": f"{venv_python()} {ODOO_BIN}",
            "ODOO_ADDONS": OdooInstallation({}).addons_path(),
            "ODOO_CONF": str(self.conf),
        }

    def start_postgres(self):
        """Start a cluster of Debian's PostgreSQL and write the command that the scripts reach it by."""
        binaries, port = installed()[max(installed())], self.ports["postgres"]
        socket = self.stack.enter_context(cluster(binaries, port))
        wrapper = FOLDER / "postgres-command"
        command = " ".join(as_postgres(["env", f"PGHOST={socket}", f"PGPORT={port}"]))
        wrapper.write_text(f'#!/bin/sh\nPATH={binaries}:$PATH exec {command} PGUSER=postgres "$@"\n')
        wrapper.chmod(0o755)

    def install(self):
        """Run the command of the manual."""
        ports = self.ports
        options = {
            "root": FOLDER,
            "server-name": "localhost",
            "database": DATABASE,
            "database-port": ports["postgres"],
            "addons": "online_proof",
            "listen": f"{HOST}:",
            "port-http": ports["http"],
            "port-https": ports["https"],
            "http-ports": f"{ports['odoo1']},{ports['odoo2']}",
            "websocket-ports": f"{ports['ws1']},{ports['ws2']}",
            "workers": 2,
        }
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        self.run(ROOT / "deploy/install", *words, "--demo")
        self.password = (FOLDER / "etc/odoo/first-password").read_text().strip()

    def run(self, *command, check=True):
        """Run a script of ``deploy/``."""
        done = subprocess.run(
            list(map(str, command)), env=self.environment, capture_output=True, text=True, check=False, timeout=1500
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def start_hosts(self):
        """Start Odoo on two hosts, which share the database and the files."""
        second = FOLDER / "host2"
        (second / "var/lib").mkdir(parents=True)
        (second / "var/lib/odoo").symlink_to(FOLDER / "var/lib/odoo")
        options = {
            "root": second,
            "join": self.conf.parent,
            "database-host": HOST,
            "http-ports": f"{HOST}:{self.ports['odoo2']}",
            "websocket-ports": f"{HOST}:{self.ports['ws2']}",
            "workers": 2,
        }
        self.run(ROOT / "deploy/install", *(word for name, value in options.items() for word in (f"--{name}", value)))
        confs = (self.conf, second / "etc/odoo/odoo.conf")
        self.hosts = [self.start_host(number, conf) for number, conf in enumerate(confs, 1)]

    def start_host(self, number, conf):
        """Start one host and wait for it."""
        process = Process(
            f"production-odoo{number}",
            [venv_python(), ODOO_BIN, "server", "-c", conf, f"--smtp-port={self.ports['smtp']}"],
            ready=lambda: answers(f"http://{HOST}:{self.ports[f'odoo{number}']}/web/health"),
        )
        self.stack.callback(process.stop)
        return process

    def start_nginx(self):
        """Start nginx with the site that was written, in a folder of its own."""
        main = FOLDER / "etc/nginx/nginx.conf"
        paths = "".join(
            f"{name}_temp_path {FOLDER}/tmp/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (FOLDER / "tmp").mkdir(exist_ok=True)
        main.write_text(
            f"daemon off; pid {FOLDER}/nginx.pid; error_log {FOLDER}/var/log/nginx/error.log; events {{}}\n"
            f"http {{ {paths} include {FOLDER}/etc/nginx/sites-enabled/*; }}\n"
            + ("user root;\n" if os.geteuid() == 0 else "")
        )
        command = ["nginx", "-p", FOLDER, "-c", main]
        subprocess.run([*command, "-t"], check=True, capture_output=True)
        process = Process("production-nginx", command, ready=lambda: listens(self.ports["https"]))
        self.stack.callback(process.stop)

    def query(self, statement, database=DATABASE):
        """Return what PostgreSQL's superuser reads: a line for each row, columns apart by ``|``."""
        return self.run(FOLDER / "postgres-command", "psql", "-AXtc", statement, database).stdout.strip()

    @property
    def access_log(self):
        """The text of nginx's access log."""
        return (FOLDER / "var/log/nginx/odoo.access.log").read_text()


@pytest.fixture(scope="session")
def company():
    """The installation, running."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with contextlib.ExitStack() as stack:
        company = Company(stack)
        company.start_postgres()
        company.install()
        company.start_hosts()
        company.start_nginx()
        yield company


@pytest.fixture(scope="session")
def chromium():
    """A browser that takes the certificate that nobody signed."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(company, chromium):
    """Log somebody in through nginx: ``visit(login, password)`` returns the page."""
    with contextlib.ExitStack() as stack:

        def open_session(login, password):
            context = chromium.new_context(base_url=company.url, ignore_https_errors=True)
            stack.callback(context.close)
            page = context.new_page()
            page.goto("/web/login")
            page.fill("input[name=login]", login)
            page.fill("input[name=password]", password)
            page.click(".oe_login_form button[type=submit]")
            page.wait_for_url(re.compile(r"/(odoo|my)"))
            return page

        yield open_session


@pytest.fixture
def page(company, visit):
    """A page of somebody who logged in as administrator."""
    return visit("admin", company.password)
