"""PromoStandards Order Shipment Notification 1.0.0: the parcels of an order."""

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from .base import Message, OrderAnswer, Shipment

#: asked for by the number of our order
BY_ORDER = 1
#: the service looked, and there is no such order, or nothing of it was shipped yet
NOTHING_YET = {"160", "301"}


def message(access: Mapping[str, Any], number: str) -> Message:
    """Return the operation and the values that ask for the parcels of an order."""
    return "getOrderShipmentNotification", {**access, "queryType": BY_ORDER, "referenceNumber": number}


def answer(value: Any) -> OrderAnswer:
    """Return the ``OrderAnswer`` with the parcels.

    :raises ValueError: where the service names an error, or speaks of several orders
    """
    array = value.OrderShipmentNotificationArray
    rows = array.OrderShipmentNotification if array else []
    if not rows:
        _check_error(value)
        return OrderAnswer(known=True)
    [number] = {row.purchaseOrderNumber for row in rows}
    return OrderAnswer(
        known=True,
        message_id=number,
        shipments=tuple(_shipment(package) for row in rows for package in _packages(row)),
        complete=all(row.complete for row in rows),
    )


def _check_error(value: Any) -> None:
    """:raises ValueError: for an error that is another one than that nothing was shipped yet"""
    found = getattr(value, "_value_1", None)
    elements = found if isinstance(found, list) else [found]
    for element in elements:
        if isinstance(element, etree._Element):
            code = (element.findtext("{*}code") or "").strip()
            if code not in NOTHING_YET:
                raise ValueError(" ".join(" ".join(element.itertext()).split()) or "an error without a text")


def _packages(row: Any) -> Iterator[Any]:
    for order in row.SalesOrderArray.SalesOrder if row.SalesOrderArray else ():
        for place in order.ShipmentLocationArray.ShipmentLocation if order.ShipmentLocationArray else ():
            yield from place.PackageArray.Package if place.PackageArray else ()


def _shipment(package: Any) -> Shipment:
    items = package.ItemArray.Item if package.ItemArray else ()
    return Shipment(
        shipped_on=package.shipmentDate.date(),
        carrier=" ".join(filter(None, (package.carrier, package.shipmentMethod))),
        tracking=package.trackingNumber or "",
        positions=tuple(item.purchaseOrderLineNumber for item in items if item.purchaseOrderLineNumber),
    )
