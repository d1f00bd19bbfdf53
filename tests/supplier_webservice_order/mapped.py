"""What the tests of mapped suppliers share: WSDLs as suppliers have them, a served answer, a mapping's rules."""

import contextlib
import datetime
from decimal import Decimal

from .wire import http, serving

SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"


def wsdl(types, messages, operations, *, style="document", soap="http://schemas.xmlsoap.org/wsdl/soap/", header=""):
    """Return a WSDL of the namespace ``urn:x``."""
    message = "".join(f'<message name="{name}">{parts}</message>' for name, parts in messages.items())
    ports = "".join(
        f'<operation name="{name}"><input message="t:{name}In"/><output message="t:{name}Out"/></operation>'
        for name in operations
    )
    space = ' namespace="urn:x"' if style == "rpc" else ""
    bound = "".join(
        f'<operation name="{name}"><s:operation soapAction="urn:x/{name}"/><input>{header}'
        f'<s:body use="literal"{space}/></input><output><s:body use="literal"{space}/></output></operation>'
        for name in operations
    )
    return (
        '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema" '
        f'xmlns:s="{soap}" xmlns:t="urn:x" targetNamespace="urn:x"><types>{types}</types>{message}'
        f'<portType name="P">{ports}</portType><binding name="B" type="t:P"><s:binding style="{style}" '
        f'transport="http://schemas.xmlsoap.org/soap/http"/>{bound}</binding><service name="S"><port name="P" '
        'binding="t:B"><s:address location="https://x.example.com/"/></port></service></definitions>'
    ).encode()


#: as older Java and PHP servers have them: rpc, unqualified
RPC = wsdl(
    """<xs:schema targetNamespace="urn:x"><xs:complexType name="Item"><xs:sequence><xs:element name="code"
    type="xs:string"/><xs:element name="stock" type="xs:string"/><xs:element name="price" type="xs:string"/>
    </xs:sequence></xs:complexType></xs:schema>""",
    {
        "stockIn": '<part name="customer" type="xs:string"/><part name="code" type="xs:string"/>'
        '<part name="quantity" type="xs:int"/>',
        "stockOut": '<part name="item" type="t:Item"/>',
    },
    ["stock"],
    style="rpc",
)


@contextlib.contextmanager
def supplier(document, operations, *answers, **values):
    """Serve answers; yields the client of a mapped connection and the server."""
    from odoo.addons.supplier_webservice_order.connectors.base import Account
    from odoo.addons.supplier_webservice_order.connectors.client import SupplierClient
    from odoo.addons.supplier_webservice_order.connectors.mapped import MappedConnector, Mapping
    from odoo.addons.supplier_webservice_order.soap.client import Endpoint, Service

    connector = MappedConnector(Mapping(operations, **values))
    service = Service(document, credentials=connector.credentials, raw=True)
    with serving(*answers) as wire:
        endpoint = Endpoint(wire.url, "body", "garage", "p&ss<1")
        yield SupplierClient(connector, service, endpoint, Account("C-7", "parts@garage.example.com")), wire


def envelope(content, space="http://schemas.xmlsoap.org/soap/envelope/"):
    text = f"<e:Envelope xmlns:e='{space}'><e:Body>{content}</e:Body></e:Envelope>"
    return http(text.encode(), content_type="application/soap+xml" if space == SOAP_12 else "text/xml")


def rule(path, value="", constant="", **values):
    from odoo.addons.supplier_webservice_order.connectors.mapped import Rule

    return Rule(path, value, constant, **values)


def two_parts():
    """Return an order of two parts as connectors get it."""
    from odoo.addons.supplier_webservice_order.connectors.base import Order, Part

    parts = (Part(11, "A-1", "Bumper", Decimal("2.50"), "C62"), Part(12, "B-2", "Foil", Decimal(3), "MTR"))
    return Order("P00012-ab", "P00012", "EUR", parts, datetime.date(2026, 12, 24))
