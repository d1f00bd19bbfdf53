"""SW+5 SW+6: a supplier by mapping and one by PromoStandards order, are asked and give prices, over real HTTP."""

import base64
import io
import re
import zipfile

import pytest
from lxml import etree

from tools.sandbox_supplier import CREDENTIALS
from tools.settings import ADDONS_DIR

from .wire import http, serving

WSDL_DIR = ADDONS_DIR / "supplier_webservice_order/demo/suppliers/standard"
STATES = "confirmed = Confirmed\nchanged = QuantityChanged\nbackordered = BackOrdered\npending = Pending\nrejected = *"
#: kind of operation: its name, what stands in the message, what the answer means
MAPPING = {
    "order": (
        "PlaceOrder",
        {
            "messageId": "message_id", "customerNumber": "customer_number", "buyerReference": "reference",
            "currency": "currency", "line": True, "line/position": "part.position", "line/partNumber": "part.number",
            "line/description": "part.description", "line/quantity": "part.quantity",
            "line/expectedPrice": "part.expected_price",
        },
        {},
    ),
    "status": ("GetOrderStatus", {"customerNumber": "customer_number", "messageId": "message_id"}, {"known": "known"}),
    "offer": (
        "CheckAvailability",
        {"customerNumber": "customer_number", "currency": "currency", "part": True, "part/partNumber": "part.number",
         "part/quantity": "part.quantity"},
        {"currency": "currency", "offer": True, "offer/partNumber": "line.number", "offer/price": "line.price",
         "offer/available": "line.quantity"},
    ),
}  # fmt: skip
ORDER_ANSWER = {
    "order/messageId": "message_id", "order/responseCode": "code", "order/supplierReference": "reference",
    "order/currency": "currency", "order/line": True, "order/line/position": "line.position",
    "order/line/status": "line.status", "order/line/quantity": "line.quantity", "order/line/price": "line.price",
}  # fmt: skip


@pytest.fixture
def connect(shop):
    """Return a function that makes a connection to a new supplier of a demo part."""

    def make(name, connector, **values):
        partner = shop.call("res.partner", "create", {"name": name, "is_company": True})
        product = shop.ref("product_bumper")
        [row] = shop.call("product.product", "read", [product], ["product_tmpl_id"])
        shop.call(
            "product.supplierinfo",
            "create",
            {
                "partner_id": partner,
                "product_tmpl_id": row["product_tmpl_id"][0],
                "product_code": "511.17.01",
                "price": 120.0,
            },
        )
        values = {"name": name, "partner_id": partner, "connector": connector, "customer_number": "M-1", **values}
        connection = shop.call("supplier.connection", "create", {**values, "contact_email": "parts@garage.example.com"})
        purchase = shop.call(
            "purchase.order",
            "create",
            {"partner_id": partner, "order_line": [(0, 0, {"product_id": product, "product_qty": 2})]},
        )
        return connection, purchase

    return make


def fill(shop, operation, field, wanted):
    """Fill in the elements of an operation as a manager does on the screen."""
    direction = "request" if field == "value" else "answer"
    domain = [("operation_id", "=", operation), ("direction", "=", direction)]
    for element in shop.call("supplier.mapping.element", "search_read", domain, ["path"]):
        value = wanted.get(element["path"])
        if value is True:
            shop.call("supplier.mapping.element", "write", [element["id"]], {"is_lines": True})
        elif value:
            values = {field: value, **({"table_text": STATES} if value == "line.status" else {})}
            shop.call("supplier.mapping.element", "write", [element["id"]], values)


def test_by_mapping(connect, shop, sandbox, visit):
    """SW+5: the sandbox's WSDL is mapped on a screen; the order is placed, approved and priced as through code."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in (WSDL_DIR / "supplier_order.wsdl", WSDL_DIR / "supplier_order.xsd"):
            archive.writestr(f"service/{path.name}", path.read_bytes())
    username, password = CREDENTIALS["standard"]
    connection, purchase = connect(
        "Unknown Ltd",
        "mapped",
        endpoint_url=sandbox.url("standard"),
        auth="basic",
        username=username,
        password=password,
        wsdl_file=base64.b64encode(packed.getvalue()).decode(),
    )
    operations = {}
    for kind, (name, request, answer) in MAPPING.items():
        values = {"connection_id": connection, "kind": kind, "operation": name, "preview_purchase_id": purchase}
        operations[kind] = shop.call("supplier.mapping.operation", "create", values)
        fill(shop, operations[kind], "value", request)
        fill(shop, operations[kind], "meaning", answer if kind == "offer" else {**ORDER_ANSWER, **answer})
    [seen] = shop.call("supplier.mapping.operation", "read", [operations["order"]], ["preview", "preview_problems"])
    assert "511.17.01" in seen["preview"]
    assert not seen["preview_problems"]
    look(visit(), shop, operations["order"])
    shop.call("supplier.mapping.operation", "action_try", [operations["offer"]])
    [tried] = shop.call("supplier.mapping.operation", "read", [operations["offer"]], ["last_try_text"])
    assert re.search(r"^number: 511.17.01, price: [\d.]+, currency: [A-Z]{3}, available: \d+", tried["last_try_text"])
    shop.call("supplier.connection", "action_activate", [connection])
    [outcome] = shop.call("supplier.exchange", "process_now", shop.communicate(purchase))
    assert outcome["state"] == "done"
    name = shop.read(purchase, "name")
    assert sandbox.sends(name) == 1
    sandbox.control("approve", reference=name)
    shop.call("purchase.order", "action_ask_supplier", [purchase])
    assert shop.read(purchase, "webservice_state") in ("AP", "CA")
    [line] = shop.call("purchase.order.line", "search_read", [("order_id", "=", purchase)], ["supplier_line_state"])
    assert line["supplier_line_state"] == "confirmed"


def look(office, shop, operation):
    """Look at the screen of a mapped operation."""
    # the first page of a database waits for its assets to be compiled, longer than other pages where others work, too
    office.page.set_default_timeout(120_000)
    page = office.login("admin")
    # a start page that is left while it is being built ends in errors of its own
    page.wait_for_selector(".o_action_manager > *")
    page.goto(f"/odoo/supplier.mapping.operation/{operation}")
    page.wait_for_selector(".o_field_widget[name=request_ids] .o_data_row")
    assert page.locator(".o_field_widget[name=request_ids] .o_data_row").count() > 10
    office.screenshot("mapping-message")
    page.click("a.nav-link:has-text('Preview')")
    page.wait_for_selector(".o_field_widget[name=preview]:has-text('511.17.01')")
    page.wait_for_timeout(300)
    office.screenshot("mapping-preview")
    assert not office.errors


def test_promostandards(connect, shop):
    """SW+6: order and status go to the addresses of their own services; what is not understood stays in doubt."""
    base = "http://www.promostandards.org/WSDL/"

    def envelope(content):
        soap = "http://schemas.xmlsoap.org/soap/envelope/"
        return http(f"<e:Envelope xmlns:e='{soap}'><e:Body>{content}</e:Body></e:Envelope>".encode())

    taken = envelope(f"<SendPOResponse xmlns='{base}PO/1.0.0/'><transactionId>4711</transactionId></SendPOResponse>")
    status = f"{base}OrderStatus/2.0.0/"
    missing = envelope(
        f"<GetOrderStatusResponse xmlns='{status}' xmlns:s='{status}SharedObjects/'><s:ServiceMessageArray>"
        "<s:ServiceMessage><s:code>999</s:code><s:description>Down</s:description><s:severity>Error</s:severity>"
        "</s:ServiceMessage></s:ServiceMessageArray></GetOrderStatusResponse>"
    )
    with serving(taken) as orders, serving(missing) as states:
        connection, purchase = connect(
            "Promo Ltd",
            "promostandards",
            endpoint_url=orders.url,
            auth="body",
            username="garage",
            password="promo-secret",
            promostandards_carrier="UPS",
            promostandards_carrier_service="GROUND",
            address_ids=[(0, 0, {"kind": "status", "url": states.url})],
        )
        shop.call("supplier.connection", "action_activate", [connection])
        [outcome] = shop.call("supplier.exchange", "process_now", shop.communicate(purchase))
        assert outcome["state"] == "done"
        shop.run_fetcher()
    sent = etree.fromstring(orders.requests[0].partition(b"\r\n\r\n")[2]).find("{*}Body")[0]
    assert (sent.findtext("{*}id"), sent.findtext("{*}password")) == ("garage", "promo-secret")
    assert sent.findtext(".//{*}productId") == "511.17.01"
    assert shop.read(purchase, "webservice_state") == "AB"
    assert shop.read(purchase, "supplier_order_ref") == "4711"
    kept = shop.call(
        "supplier.exchange", "search_read", [("connection_id", "=", connection)], ["request_text", "error"]
    )
    assert "promo-secret" not in str(kept)
