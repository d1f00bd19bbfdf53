"""Orders over SOAP: what Communicate adds to a bare call, and how two workers share a queue."""

import contextlib
import socket
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from zeep import Client
from zeep.transports import Transport

from tests.helpers import load_dialect
from tools.odoo_server import free_port
from tools.sandbox_supplier import CREDENTIALS, running
from tools.settings import HOST, ROOT, venv_python

ROUNDS = 120
QUEUE = 500
CALLS = 4
#: what a supplier without a limit of its own is given: as many as one worker has under way
MANY_CALLS = 32
WORKER = ROOT / "tests/supplier_webservice_order/worker.py"
ADDON = "supplier_webservice_order"


def run(context):
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, running(folder, port=port, approval_delay=3600) as sandbox:
        database = context.clone("supplier_webservice_order")
        with context.env(database) as env:
            _prepare(env)
            with _supplier_process() as own_port:
                _connect(env, own_port)
                _communicate(context, env, own_port)
            _connect(env, port)
            _price_update(context, env, sandbox)
            _parse_once(context, env)
        _queue(context, database, sandbox)


@contextlib.contextmanager
def _supplier_process():
    """Yield the port of a sandbox supplier that does not share this process, its lock and its time."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [venv_python(), "-W", "ignore", "-m", "tools.sandbox_supplier", "--port", port, "--folder", folder]
        process = subprocess.Popen(
            [str(word) for word in [*command, "--approval-delay", 3600]], cwd=ROOT, stderr=subprocess.DEVNULL
        )
        try:
            for _attempt in range(100):
                with contextlib.suppress(OSError), socket.create_connection((HOST, port), 1):
                    break
                time.sleep(0.1)
            yield port
        finally:
            process.terminate()
            process.wait(10)


def _prepare(env):
    connection = env.ref(f"{ADDON}.connection_hemo")
    account = env["credit.account"]._get_for_company(connection.company_id)
    account._book(10_000_000, "correction", "bench", "bench")
    env.cr.commit()


def _connect(env, port):
    env.ref(f"{ADDON}.connection_hemo").endpoint_url = f"http://{HOST}:{port}/standard"
    env.cr.commit()


def _new_purchases(env, count):
    """Return purchase orders of four parts each."""
    products = [env.ref(f"{ADDON}.product_{name}") for name in ("bumper", "grille", "headlight", "bonnet")]
    purchases = env["purchase.order"].create(
        [
            {
                "partner_id": env.ref(f"{ADDON}.partner_hemo").id,
                "company_id": env.ref("base.main_company").id,
                "order_line": [(0, 0, {"product_id": product.id, "product_qty": 1}) for product in products],
            }
            for _number in range(count)
        ]
    )
    env.cr.commit()
    env.invalidate_all()
    return purchases


def _bare_caller(env, port):
    """Return a function that places an order with zeep and nothing else."""
    from requests import Session

    connection = env.ref(f"{ADDON}.connection_hemo")
    session = Session()
    session.auth = CREDENTIALS["standard"]
    connector = load_dialect("standard").StandardConnector()
    client = Client(str(connector.wsdl), transport=Transport(session=session))
    service = client.create_service(next(iter(client.wsdl.bindings)), f"http://{HOST}:{port}/standard")

    def place(purchase, number):
        operation, values = connector.order_message(
            connection._get_account(), purchase._prepare_supplier_order(f"bare-{number}", purchase.order_line)
        )
        started = time.perf_counter()
        service[operation](**values)
        return time.perf_counter() - started

    return place


def _communicate(context, env, port):
    """Median of Communicate (queue, commit, send, settle, commit) beside a bare zeep call, interleaved."""
    place = _bare_caller(env, port)
    purchases = _new_purchases(env, ROUNDS + 5)
    bare, full, queries = [], [], 0
    for number, purchase_id in enumerate(purchases.ids):
        # on its own, as a request gets it: not with the others as its prefetch neighbours
        purchase = purchases.browse(purchase_id)
        seconds_bare = place(purchase, number)
        env.invalidate_all()
        before = env.cr.sql_log_count
        started = time.perf_counter()
        ids = purchase.action_communicate()["params"]["exchange_ids"]
        env.cr.commit()
        queries = env.cr.sql_log_count - before
        env["supplier.exchange"].browse(ids).process_now()
        seconds = time.perf_counter() - started
        env.cr.commit()
        env.invalidate_all()
        if number >= 5:
            bare.append(seconds_bare)
            full.append(seconds)
    peer = statistics.median(bare) * 1000
    added = statistics.median(full) * 1000 - peer
    context.row(
        "Communicate adds to a bare zeep call (median)", added, "ms", target="<= 15 ms", peer=f"bare call {peer:.1f} ms"
    )
    sending = _count(env, lambda: _send_one(env))
    context.row("queries per order: Communicate", queries)
    context.row("queries per order: sending", sending)
    context.row("queries per order, both", queries + sending, target="<= 26")


def _send_one(env):
    [purchase] = _new_purchases(env, 1)
    ids = purchase.action_communicate()["params"]["exchange_ids"]
    env.cr.commit()
    return lambda: env["supplier.exchange"].browse(ids).process_now()


def _count(env, prepare):
    """Return the number of queries, on whatever cursor, of the function that ``prepare()`` returns."""
    from odoo import sql_db

    function = prepare()
    before = sql_db.sql_counter
    function()
    return sql_db.sql_counter - before


def _price_update(context, env, sandbox):
    """Queries and time of an approved order whose prices come in."""
    [purchase] = _new_purchases(env, 1)
    env["supplier.exchange"].browse(purchase.action_communicate()["params"]["exchange_ids"])
    env.cr.commit()
    env["supplier.exchange"]._send_next(purchase.exchange_ids.ids)
    env.cr.commit()
    env.invalidate_all()
    sandbox.store.approve(purchase.name)
    context.row("queries per price update (4 lines)", _count(env, lambda: purchase._fetch_answer))
    env.cr.commit()


def _parse_once(context, env):
    """Parsing the WSDL beside taking it from the process's cache."""
    from zeep.wsdl import Document

    connection = env.ref(f"{ADDON}.connection_hemo")
    wsdl = str(load_dialect("standard").StandardConnector.wsdl)
    started = time.perf_counter()
    Document(wsdl, Transport())
    parsing = (time.perf_counter() - started) * 1000
    started = time.perf_counter()
    for _number in range(100):
        connection._get_service()
    cached = (time.perf_counter() - started) * 10
    context.row("WSDL from the process's cache", cached, "ms", peer=f"parsing {parsing:.1f} ms")


def _queue(context, database, sandbox):
    """A queue of orders to a supplier that takes 200 ms, worked off by one and by two workers."""
    # the supplier takes four calls at once, however many workers there are
    least = QUEUE * 0.2 / CALLS
    seconds = _time_queue(context, database, sandbox, workers=1)
    context.row(
        f"{QUEUE} orders of 200 ms, one worker, {CALLS} calls at once",
        seconds,
        "s",
        target=f"<= {least * 1.1:.1f} s",
        peer=f"least {least} s",
    )
    seconds = _time_queue(context, database, sandbox, workers=2)
    context.row(f"{QUEUE} orders of 200 ms, two workers, {CALLS} calls at once", seconds, "s")
    seconds = _time_queue(context, database, sandbox, workers=1, calls=MANY_CALLS)
    context.row(
        f"{QUEUE} orders of 200 ms, one worker, {MANY_CALLS} calls at once",
        seconds,
        "s",
        target="<= 12 s",
        peer=f"least {QUEUE * 0.2 / MANY_CALLS:.1f} s",
    )


def _time_queue(context, database, sandbox, *, workers, calls=CALLS):
    """Return the seconds that workers take for the queue where the supplier declares so many calls at once."""
    with context.env(database) as env:
        env.ref(f"{ADDON}.connection_hemo").max_calls = calls
        _new_purchases(env, QUEUE).action_communicate()
        env.cr.commit()
    sandbox.behaviours.tell("slow", times=0, seconds=0.2)
    seconds = _work_off(context, database, workers)
    sandbox.behaviours.clear()
    return seconds


def _work_off(context, database, workers):
    """Return the seconds from the first worker's start of work to the end of the last one's."""
    configuration = context.installation.write_config("bench-worker", db_name=database)
    command = [venv_python(), "-W", "ignore", WORKER, configuration, database, "timed"]
    processes = [
        subprocess.Popen([str(word) for word in command], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _number in range(workers)
    ]
    spans = [list(map(float, process.communicate()[0].split()[-2:])) for process in processes]
    if any(process.returncode for process in processes):
        raise RuntimeError(f"a worker failed; see {Path(WORKER).name}")
    return max(end for _start, end in spans) - min(start for start, _end in spans)
