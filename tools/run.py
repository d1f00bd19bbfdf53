"""``make run``: Odoo with all addons and demo data, the sandbox supplier and the mail sink.

The first start makes the database; when an addon's code has changed since, the next start
updates it. Ctrl-C ends everything that was started here.
"""

import contextlib
import re
import secrets
import signal
import threading

from tools.manifests import code_fingerprint
from tools.odoo_server import OdooInstallation, Process, check_port, listens, start_odoo
from tools.postgres import database_server, is_up, missing_extensions
from tools.rpc import Rpc, configure_server
from tools.settings import (
    ALIAS_DOMAIN,
    DB_NAME,
    HOST,
    HTTP_PORT,
    LOG_DIR,
    MAIL_DIR,
    ROOT,
    SANDBOX_PORT,
    SMTP_PORT,
    START_PORT,
    STATE_DIR,
    ToolError,
    our_addons,
    progress,
    run_tool,
    venv_python,
)
from tools.surfaces import logins


def prepare_database(installation):
    """Make the demo database, or bring it up to date with the addons' code."""
    addons = our_addons()
    stamp = STATE_DIR / f"{DB_NAME}.fingerprint"
    fingerprint = code_fingerprint(addons)
    if not installation.database_exists(DB_NAME):
        # under another name until it is complete: an interrupted installation leaves no half-made database
        building = f"{DB_NAME}_building"
        progress("installing Odoo's own addons (some minutes, once)")
        base = installation.base_template()
        progress(f"installing {', '.join(addons)}")
        installation.clone_database(base, building)
        installation.install(building, addons)
        installation.rename_database(building, DB_NAME)
    elif not stamp.exists() or stamp.read_text() != fingerprint:
        progress("the addons have changed: updating the database")
        installation.install(DB_NAME, addons, update=True)
    stamp.write_text(fingerprint)


def point_to_sandbox(rpc):
    """Give the demo connections the port on which the sandbox supplier listens."""
    domain = [("model", "=", "supplier.connection"), ("module", "=", "supplier_webservice_order")]
    demo = [row["res_id"] for row in rpc.call("ir.model.data", "search_read", domain, ["res_id"])]
    local = [("id", "in", demo), ("endpoint_url", "=like", f"http://{HOST}:%")]
    for connection in rpc.call("supplier.connection", "search_read", local, ["endpoint_url"]):
        url = re.sub(r":\d+/", f":{SANDBOX_PORT}/", connection["endpoint_url"], count=1)
        if url != connection["endpoint_url"]:
            rpc.call("supplier.connection", "write", [connection["id"]], {"endpoint_url": url})


def extension_lines(missing):
    """Say what this PostgreSQL cannot do that a production server can."""
    if not missing:
        return []
    return [
        f"PostgreSQL        lacks {' and '.join(missing)}: searches in names read whole tables and see accents;",
        "                  a server with postgresql-contrib has them (DATABASE_URL)",
    ]


def start_services(installation, stack):
    """Start the servers; return them, and the list of lines that say where they are."""
    progress("starting the mail sink, the sandbox supplier, the start page and Odoo")
    url = f"http://{HOST}:{HTTP_PORT}"
    sink = ["--port", SMTP_PORT, "--odoo", url, "--database", DB_NAME]
    sandbox = ["--port", SANDBOX_PORT]
    processes = []
    for name, module, arguments, port in (
        ("mail-sink", "tools.mail_sink", sink, SMTP_PORT),
        ("sandbox-supplier", "tools.sandbox_supplier", sandbox, SANDBOX_PORT),
        ("start-page", "tools.start_page", ["--port", START_PORT, "--odoo", url], START_PORT),
    ):
        process = Process(
            name, [venv_python(), "-m", module, *arguments], ready=lambda port=port: listens(port), timeout=30
        )
        stack.callback(process.stop)
        processes.append(process)
    odoo = start_odoo(
        installation,
        DB_NAME,
        port=HTTP_PORT,
        smtp_port=SMTP_PORT,
        # nobody needs the database manager here, and pages of other sites must not reach it by another name
        options={"admin_passwd": secrets.token_urlsafe(24), "server_wide_modules": "base,rpc,web,localhost_only"},
        addons=[ROOT / "tools/server_wide"],
    )
    stack.callback(odoo.stop)
    processes.append(odoo)
    configure_server(Rpc(url, DB_NAME), ALIAS_DOMAIN)
    point_to_sandbox(Rpc(url, DB_NAME))
    return processes, [
        f"Start here        http://localhost:{START_PORT}",
        f"Odoo              http://localhost:{HTTP_PORT}",
        f"Web shop          http://localhost:{HTTP_PORT}/shop",
        *(f"  login           {login} / {login}  ({role})" for login, role in logins().items()),
        f"Sandbox supplier  http://localhost:{SANDBOX_PORT}/standard?wsdl",
        f"Mail              http://localhost:{START_PORT}/mail, files in {MAIL_DIR}"
        f" (SMTP on port {SMTP_PORT}; mail to @{ALIAS_DOMAIN} comes back to Odoo)",
        f"Logs              {LOG_DIR}",
        *extension_lines(missing_extensions(installation.database)),
        "Ctrl-C stops all of it.",
    ]


def watch(processes, is_database_up, stop):
    """Wait until somebody stops the run.

    :raises ToolError: as soon as something that was started is gone, naming it
    """
    while not stop.wait(2):
        for process in processes:
            if process.popen.poll() is not None:
                raise ToolError(f"{process.name} ended with code {process.popen.returncode}; see {process.log}.")
        if not is_database_up():
            raise ToolError("PostgreSQL does not answer any more; everything else is stopped.")


def main():
    for port, purpose, variable in (
        (HTTP_PORT, "Odoo", "HTTP_PORT"),
        (SMTP_PORT, "the mail sink", "SMTP_PORT"),
        (SANDBOX_PORT, "the sandbox supplier", "SANDBOX_PORT"),
        (START_PORT, "the start page", "START_PORT"),
    ):
        check_port(port, purpose, variable)
    stop = threading.Event()
    with database_server() as database, contextlib.ExitStack() as stack:
        installation = OdooInstallation(database)
        prepare_database(installation)
        processes, lines = start_services(installation, stack)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        print("\n" + "\n".join(lines) + "\n", flush=True)
        watch(processes, lambda: is_up(database), stop)
        progress("stopping")


if __name__ == "__main__":
    run_tool(main)
