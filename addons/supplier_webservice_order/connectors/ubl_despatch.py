"""UBL 2.1 DespatchAdvice as PEPPOL BIS Despatch Advice 3 (T16) has it: what left the supplier.

The number of the document is that of the delivery note; the parcel's number is the shipment's or its
consignment's. https://docs.peppol.eu/poacc/upgrade-3/
"""

from datetime import date

from lxml import etree

from .base import Message, OrderAnswer, Shipment

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
DESPATCH = f"{_UBL}DespatchAdvice-2"
TNS = "urn:supplier-webservice-order:ubl:1"
_PATHS = {
    "cac": f"{_UBL}CommonAggregateComponents-2",
    "cbc": f"{_UBL}CommonBasicComponents-2",
    "d": DESPATCH,
    "tns": TNS,
}
#: where suppliers write the number by which a parcel is followed
TRACKING = (
    "cac:Shipment/cac:Consignment/cbc:CarrierAssignedID",
    "cac:Shipment/cac:Consignment/cbc:ID",
    "cac:Shipment/cac:Delivery/cbc:TrackingID",
    "cac:Shipment/cbc:ID",
)
#: what stands there where there is none: the schema wants an element
NOTHING = ("", "1", "NA", "N/A")


def message(message_id: str) -> Message:
    """Return the operation and the element that asks for the despatch advices of an order."""
    root = etree.Element(f"{{{TNS}}}DespatchAdviceRequest", nsmap={None: TNS})
    etree.SubElement(root, f"{{{TNS}}}OrderID").text = message_id
    return "GetDespatchAdvice", root


def answer(value: etree._Element) -> OrderAnswer:
    """Return the ``OrderAnswer`` with what is in the despatch advices.

    :raises ValueError: where it is no answer to this question, or about several orders
    """
    complete = (value.findtext("tns:Complete", "", _PATHS) or "").strip()
    if complete not in ("true", "1", "false", "0"):
        raise ValueError("the supplier does not say whether the order is shipped completely")
    documents = value.findall("d:DespatchAdvice", _PATHS)
    orders = {_text(document, "cac:OrderReference/cbc:ID") for document in documents} - {""}
    if len(orders) > 1:
        raise ValueError("despatch advices of several orders")
    return OrderAnswer(
        known=True,
        message_id=next(iter(orders), ""),
        shipments=tuple(_shipment(document) for document in documents),
        complete=complete in ("true", "1") and bool(documents),
    )


def _shipment(document: etree._Element) -> Shipment:
    shipped = _text(document, "cac:Shipment/cac:Delivery/cac:Despatch/cbc:ActualDespatchDate") or _text(
        document, "cbc:IssueDate"
    )
    references = document.findall("cac:DespatchLine/cac:OrderLineReference", _PATHS)
    orders = dict.fromkeys(filter(None, (_text(each, "cac:OrderReference/cbc:ID") for each in references)))
    # the same position stands in every order: of several, whose it is cannot be told by that alone
    positions = (_text(each, "cbc:LineID") for each in references) if len(orders) <= 1 else ()
    return Shipment(
        shipped_on=date.fromisoformat(shipped[:10]) if shipped else None,
        carrier=_text(document, "cac:Shipment/cac:Consignment/cac:CarrierParty/cac:PartyName/cbc:Name"),
        tracking=next((text for path in TRACKING if (text := _text(document, path)) not in NOTHING), ""),
        delivery_note=_text(document, "cbc:ID"),
        positions=tuple(int(position) for position in positions if position),
        orders=tuple(orders),
    )


def _text(element: etree._Element, path: str) -> str:
    return (element.findtext(path, "", _PATHS) or "").strip()
