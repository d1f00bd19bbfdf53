"""The orders that are looked at in one transaction, and what several rules need to know of them."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from .goods import GOODS, Goods


def is_carried_out(line: Any) -> bool:
    """Return whether an order line is something to deliver or to do.

    Sections, down payments and costs of delivery are not; nor are discounts and gift cards that pay (services of a
    negative price), nor a combo, whose parts have lines of their own: nobody ever delivers them.
    """
    if line.display_type or line.is_downpayment or line.is_delivery:
        return False
    if line.product_id.type == "service" and line.price_unit < 0:
        return False
    return line.product_id.type != "combo"


class Batch:
    """Orders with their facts to be filled in: ``facts[order.id][name] = value``."""

    def __init__(self, orders: Any, facts: dict[int, dict[str, Any]]) -> None:
        self.env = orders.env
        self.orders = orders
        self.facts = facts

    def rows(self, query: str, **params: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        self.env.cr.execute(query, params)
        return self.env.cr.fetchall()

    @cached_property
    def lines(self) -> Any:
        """The lines that customers buy, see :func:`is_carried_out`."""
        return self.orders.order_line.filtered(is_carried_out)

    @cached_property
    def goods(self) -> dict[int, Goods]:
        """``{order line id: goods.Goods}`` of the lines that the warehouse has to do with."""
        return {
            line_id: Goods(float(quantity), float(returned), bool(is_kit), is_bought)
            for line_id, quantity, returned, is_kit, is_bought in self.rows(GOODS, ids=self.orders.ids)
        }

    def short(self, line: Any) -> float:
        """Return how much of a line will not come; nothing is known of lines that nobody has to move."""
        goods = self.goods.get(line.id) if self._travels(line) else None
        return goods.short(line.product_uom_qty, line.qty_delivered) if goods else 0.0

    def to_come(self, line: Any) -> float:
        """Return how much of a line is still to come."""
        if not self._travels(line):
            return 0.0
        goods = self.goods.get(line.id)
        if not goods:
            return max(line.product_uom_qty - line.qty_delivered, 0.0)
        return goods.to_come(line.product_uom_qty, line.qty_delivered)

    def _travels(self, line: Any) -> bool:
        return line.order_id.state == "sale" and line.product_id.type == "consu"

    @cached_property
    def deliveries(self) -> Mapping[int, list[list[Any]]]:
        """``{order id: [(picking id, name, slip is printed, tracking number)]}`` of what left or is to leave."""
        rows = self.rows(
            """
            SELECT picking.sale_id, picking.id, picking.name, picking.date_slip_printed IS NOT NULL,
                   TRIM(COALESCE(picking.carrier_tracking_ref, ''))
              FROM stock_picking picking
              JOIN stock_picking_type type ON type.id = picking.picking_type_id AND type.code != 'incoming'
              JOIN stock_location source ON source.id = picking.location_id AND source.usage != 'customer'
             WHERE picking.sale_id = ANY(%(ids)s) AND picking.state != 'cancel'
               AND (picking.date_slip_printed IS NOT NULL OR picking.carrier_tracking_ref IS NOT NULL)
             ORDER BY picking.id
            """,
            ids=self.orders.ids,
        )
        deliveries: dict[int, list[list[Any]]] = defaultdict(list)
        for order_id, *delivery in rows:
            deliveries[order_id].append(delivery)
        return deliveries
