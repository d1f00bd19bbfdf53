"""What the end-to-end tests of several addons do alike."""

import importlib.util
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from tools.odoo_server import start_odoo
from tools.rpc import RpcError
from tools.settings import ADDONS_DIR


def start_quick_odoo(installation, database, **options):
    """Start a server as ``start_odoo`` does, one that hashes passwords in no time: suites log in all the time."""
    return start_odoo(installation, database, **installation.quick_options(), **options)


def at_once(calls):
    """Make the calls at the same moment; return their results, or the refusal that a person would see."""
    gate = threading.Barrier(len(calls))

    def run(call):
        gate.wait()
        try:
            return call()
        except RpcError as refusal:
            return refusal

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def wait_until(condition, seconds=60):
    """Wait until ``condition()`` is true and return its value."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s: {condition.__name__}")


def load_dialect(name):
    """Return the module with the connector of a supplier that was made up for the tests.

    By its file: as a module of the addon's tests it would bring all of them along.
    """
    path = ADDONS_DIR / f"supplier_webservice_order/tests/dialects/{name}.py"
    spec = importlib.util.spec_from_file_location(f"supplier_dialect_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
