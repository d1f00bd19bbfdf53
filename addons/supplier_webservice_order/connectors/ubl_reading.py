"""What UBL documents hold: texts, amounts, and what is added or taken off."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from lxml import etree

from .base import CONFIRMED, PIECES, LineAnswer

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CAC, CBC = f"{_UBL}CommonAggregateComponents-2", f"{_UBL}CommonBasicComponents-2"
PATHS = {"cac": CAC, "cbc": CBC}


def text_of(element: etree._Element, path: str) -> str:
    """Return the text at a path, or nothing."""
    return (element.findtext(path, "", PATHS) or "").strip()


def buyer_of(document: etree._Element) -> str:
    """Return scheme and electronic address of whom a document is for, or nothing."""
    endpoint = document.find("cac:BuyerCustomerParty/cac:Party/cbc:EndpointID", PATHS)
    if endpoint is None or not endpoint.get("schemeID") or not (endpoint.text or "").strip():
        return ""
    return f"{endpoint.get('schemeID')}:{(endpoint.text or '').strip()}"


def orders_of(document: etree._Element) -> set[str]:
    """Return the numbers of the orders that a document, or one of its lines, is about."""
    paths = ("cac:OrderReference/cbc:ID", "cac:OrderLine/cac:OrderLineReference/cac:OrderReference/cbc:ID")
    found = (each.text or "" for path in paths for each in document.findall(path, PATHS))
    return {number.strip() for number in found} - {""}


def unit_of(item: etree._Element) -> str:
    """Return the code of the unit that the supplier counts in, with that of its price, where that is another one."""
    elements = (item.find(path, PATHS) for path in ("cbc:Quantity", "cac:Price/cbc:BaseQuantity"))
    counted, priced = ((each.get("unitCode") or "").strip() if each is not None else "" for each in elements)
    if not (counted and priced) or counted == priced or {counted, priced} <= PIECES:
        return counted or priced
    # whichever of them was ordered, the price is not for it
    return f"{counted}/{priced}"


def decimal_of(text: str) -> Decimal | None:
    """Return a number, or none where there is no text."""
    return Decimal(text) if text else None


def promised_of(element: etree._Element) -> date | None:
    """Return the day by which the supplier promises the whole order, or one of its lines."""
    period = "cac:PromisedDeliveryPeriod"
    paths = (f"{period}/cbc:EndDate", f"{period}/cbc:StartDate", "cbc:LatestDeliveryDate")
    texts = [text_of(element, f"cac:Delivery/{path}") for path in paths]
    text = next(filter(None, texts), "")
    return date.fromisoformat(text[:10]) if text else None


def allowances_of(element: etree._Element, part: str = "") -> Iterator[LineAnswer]:
    """Return what is added to, or taken off, the order or one of its lines, each as a line of its own.

    PEPPOL's response has no room for them, UBL's has.

    :param part: what the line is about, for people
    """
    for each in element.findall("cac:AllowanceCharge", PATHS):
        amount = decimal_of(text_of(each, "cbc:Amount"))
        charge = text_of(each, "cbc:ChargeIndicator")
        if amount is None or charge not in ("true", "1", "false", "0"):
            raise ValueError("an allowance or charge without amount or direction")
        yield LineAnswer(
            position=None,
            status=CONFIRMED,
            quantity=Decimal(1),
            price=amount if charge in ("true", "1") else -amount,
            number=text_of(each, "cbc:AllowanceChargeReasonCode"),
            description=" ".join(filter(None, (text_of(each, "cbc:AllowanceChargeReason"), part))),
        )


def price_of(item: etree._Element) -> Decimal | None:
    """Return the price of one unit: UBL names it for a base quantity."""
    amount = decimal_of(text_of(item, "cac:Price/cbc:PriceAmount"))
    base = decimal_of(text_of(item, "cac:Price/cbc:BaseQuantity"))
    return amount / base if amount is not None and base is not None else amount
