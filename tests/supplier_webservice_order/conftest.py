"""A sandbox supplier for each module, and an Odoo whose demo connections point to it."""

import json
import sys
import urllib.request

import pytest

from tools.odoo_server import free_port
from tools.sandbox_supplier import running
from tools.settings import ADDONS_DIR, HOST

ADDON = "supplier_webservice_order"


@pytest.fixture(scope="session", autouse=True)
def addons_importable():
    """Let this process import the addon the way Odoo does."""
    import odoo.addons

    paths = list(odoo.addons.__path__)
    if str(ADDONS_DIR) not in paths:
        odoo.addons.__path__ = [*paths, str(ADDONS_DIR)]


@pytest.fixture(scope="module")
def soap():
    """The addon's SOAP package, which needs no Odoo."""
    sys.path.insert(0, str(ADDONS_DIR / ADDON))
    try:
        import soap

        yield soap
    finally:
        sys.path.remove(str(ADDONS_DIR / ADDON))


class SandboxClient:
    """The running sandbox with shortcuts for tests."""

    def __init__(self, sandbox, port):
        self.sandbox = sandbox
        self.port = port

    def url(self, dialect="standard"):
        return f"http://{HOST}:{self.port}/{dialect}"

    def control(self, what, **values):
        """Call the control interface over HTTP, as a person would."""
        data = json.dumps(values).encode() if values else None
        request = urllib.request.Request(self.url(f"control/{what}"), data, method="POST" if data else "GET")
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    def tell(self, behaviour, **values):
        self.sandbox.behaviours.tell(behaviour, **values)

    def orders(self, reference=None):
        return [order for order in self.sandbox.store.all() if reference in (None, order["reference"])]

    def sends(self, reference):
        """Return how many order messages arrived for a reference."""
        return sum(
            request["operation"] == "order" and request.get("reference") == reference
            for request in self.sandbox.store.requests
        )


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    """A sandbox supplier on a free port (``SandboxClient``); approves only when told."""
    port = free_port()
    with running(tmp_path_factory.mktemp("sandbox"), port=port, approval_delay=3600) as served:
        yield SandboxClient(served, port)


@pytest.fixture(scope="module")
def shop(admin, sandbox):
    """XML-RPC session of the administrator; the demo connections go to the module's sandbox."""
    for dialect in ("standard", "nordteile"):
        name = "hemo" if dialect == "standard" else dialect
        admin.call(
            "supplier.connection",
            "write",
            [admin.ref(f"{ADDON}.connection_{name}")],
            {"endpoint_url": sandbox.url(dialect), "read_timeout": 3.0},
        )
    return Shop(admin, sandbox)


class Shop:
    """What tests do in the back office over XML-RPC."""

    def __init__(self, rpc, sandbox):
        self.rpc = rpc
        self.sandbox = sandbox

    def call(self, *args, **kwargs):
        return self.rpc.call(*args, **kwargs)

    def ref(self, name):
        return self.rpc.ref(f"{ADDON}.{name}")

    def make_purchase(self, *parts, supplier="hemo"):
        """Return the id and the name of a new purchase order."""
        purchase = self.call(
            "purchase.order",
            "create",
            {
                "partner_id": self.ref(f"partner_{supplier}"),
                "order_line": [
                    (0, 0, {"product_id": self.ref(f"product_{part}"), "product_qty": 1})
                    for part in parts or ("bumper",)
                ],
            },
        )
        return purchase, self.read(purchase, "name")

    def read(self, purchase, name):
        return self.call("purchase.order", "read", [purchase], [name])[0][name]

    def communicate(self, purchase):
        """Press *Communicate*; return the ids of the messages."""
        return self.call("purchase.order", "action_communicate", [purchase])["params"]["exchange_ids"]

    def exchange(self, purchase):
        """Return the latest order message of a purchase order."""
        fields = ["state", "error", "attempts", "message_number", "duplicate"]
        domain = [("purchase_id", "=", purchase), ("operation", "=", "order")]
        return self.call("supplier.exchange", "search_read", domain, fields, limit=1)[0]

    def charges(self, purchase):
        """Return the ledger rows of a purchase order."""
        domain = [("purchase_id", "=", purchase)]
        return self.call("credit.transaction", "search_read", domain, ["amount", "balance"])

    def balance(self):
        account = self.call("credit.account", "search_read", [], ["balance", "reserved", "available"], limit=1)
        return account[0]

    def run_sender(self):
        self.rpc.run_cron(f"{ADDON}.ir_cron_send_orders")

    def run_fetcher(self):
        self.rpc.run_cron(f"{ADDON}.ir_cron_fetch_answers")
