"""The orders that are looked at in one transaction, and what several rules need to know of them."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Any


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
        """The lines that customers buy: no sections, down payments, or costs of delivery."""
        return self.orders.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment and not line.is_delivery
        )

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
