"""What of an order line is still to come, what came back, and what will not come. Plain Python, no ORM."""

from dataclasses import dataclass

#: Smaller quantities are rounding.
EPSILON = 1e-6

#: The open moves that bring goods to customers. Where goods go in several steps it is the last that there is so far:
#: the next ones are made as they go (push), or all are there from the start (pull).
OPEN_MOVES = """
    SELECT move.id, move.sale_line_id, move.product_id, move.product_qty
      FROM stock_move move
      JOIN stock_location source ON source.id = move.location_id AND source.usage != 'customer'
      JOIN stock_location goal ON goal.id = COALESCE(move.location_final_id, move.location_dest_id)
                              AND goal.usage IN ('customer', 'transit')
     WHERE move.state NOT IN ('done', 'cancel') AND move.sale_line_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM stock_move_move_rel rel
                         JOIN stock_move further ON further.id = rel.move_dest_id AND further.state != 'cancel'
                        WHERE rel.move_orig_id = move.id)
"""

#: The open moves that bring what a purchase line ``pol`` bought: what its supplier took back, or a receipt that was
#: closed or cancelled left out, is not received, and does not come.
COMING = """
    SELECT move.product_qty
      FROM stock_move move
      JOIN stock_location goal ON goal.id = move.location_dest_id AND goal.usage != 'supplier'
     WHERE move.purchase_line_id = pol.id AND move.product_id = pol.product_id AND move.state NOT IN ('done', 'cancel')
"""

#: What the warehouse knows of order lines: what is open and what came back to be refunded, in the line's unit; whether
#: other products are moved than was bought; whether a purchase that goes straight to the customer is still open.
GOODS = f"""
    SELECT line.id,
           COALESCE(SUM(move.product_qty) FILTER (WHERE open.id IS NOT NULL), 0) * product_uom.factor / uom.factor,
           COALESCE(SUM(move.quantity * move_uom.factor) FILTER (
               WHERE move.state = 'done' AND move.to_refund AND source.usage = 'customer'), 0) / uom.factor,
           BOOL_OR(move.product_id != line.product_id),
           EXISTS (SELECT FROM purchase_order_line pol
                     JOIN purchase_order po ON po.id = pol.order_id AND po.state != 'cancel'
                    WHERE pol.sale_line_id = line.id AND COALESCE(pol.qty_received, 0) < pol.product_qty
                      AND (po.state != 'purchase' OR EXISTS (SELECT FROM ({COMING}) AS coming)))
      FROM sale_order_line line
      JOIN uom_uom uom ON uom.id = line.product_uom_id
      JOIN product_product product ON product.id = line.product_id
      JOIN product_template template ON template.id = product.product_tmpl_id
      JOIN uom_uom product_uom ON product_uom.id = template.uom_id
      JOIN stock_move move ON move.sale_line_id = line.id
      JOIN uom_uom move_uom ON move_uom.id = move.product_uom
      JOIN stock_location source ON source.id = move.location_id
      LEFT JOIN ({OPEN_MOVES}) AS open ON open.id = move.id
     WHERE line.order_id = ANY(%(ids)s)
     GROUP BY line.id, product_uom.factor, uom.factor
"""  # noqa: S608 - constants


@dataclass(frozen=True)
class Goods:
    """What the warehouse knows of an order line; see :data:`GOODS`."""

    open: float = 0.0
    returned: float = 0.0
    is_kit: bool = False
    is_bought: bool = False

    def short(self, ordered: float, delivered: float) -> float:
        """Return how much will not come: neither delivered nor given back, and nobody brings it any more."""
        missing = ordered - delivered
        if self.is_bought or missing <= EPSILON:
            return 0.0
        if self.is_kit:
            # parts are counted in other units
            return 0.0 if self.open > 0 or self.returned > 0 else missing
        short = round(missing - self.returned - self.open, 6)
        return short if short > EPSILON else 0.0

    def to_come(self, ordered: float, delivered: float) -> float:
        """Return how much is still to come."""
        missing = max(ordered - delivered, 0.0)
        if self.is_bought:
            return missing
        if self.is_kit:
            return missing if self.open > 0 else 0.0
        return min(missing, self.open)
