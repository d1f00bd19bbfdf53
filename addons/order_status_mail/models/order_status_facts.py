"""Gather how orders stand, many at once, in a fixed number of queries; find out when bought goods are expected."""

from collections import defaultdict

from odoo import api, models

from ..allocation import allocate, complete_dates
from ..batch import Batch
from ..facts import Facts
from ..goods import COMING, OPEN_MOVES
from ..rules import rules_of

# Purchase lines and stock moves lead to the sale order lines they were made for: directly, or along the
# chain of moves (receipt, storage, picking, delivery).
_CHAIN = """
    WITH RECURSIVE chain (source_id, move_id, depth) AS (
        %(start)s
      UNION
        SELECT chain.source_id, rel.move_dest_id, chain.depth + 1
          FROM chain JOIN stock_move_move_rel rel ON rel.move_orig_id = chain.move_id
         WHERE chain.depth < 8
    )
    SELECT DISTINCT chain.source_id, move.sale_line_id
      FROM chain JOIN stock_move move ON move.id = chain.move_id
     WHERE move.sale_line_id IS NOT NULL AND move.state != 'cancel'
"""
_START_PURCHASES = """
    SELECT rel.created_purchase_line_id, rel.move_id, 0
      FROM stock_move_created_purchase_line_rel rel WHERE rel.created_purchase_line_id = ANY(%(ids)s)
    UNION
    SELECT move.purchase_line_id, move.id, 0 FROM stock_move move WHERE move.purchase_line_id = ANY(%(ids)s)
"""
_START_MOVES = """
    SELECT rel.move_orig_id, rel.move_dest_id, 0
      FROM stock_move_move_rel rel WHERE rel.move_orig_id = ANY(%(ids)s)
"""
# The way back: from open sale order lines to the purchase lines that bring their goods.
_SUPPLY = f"""
    WITH RECURSIVE chain (line_id, move_id, depth) AS (
        SELECT sale_line_id, id, 0 FROM stock_move WHERE sale_line_id = ANY(%(ids)s) AND state != 'cancel'
      UNION
        SELECT chain.line_id, rel.move_orig_id, chain.depth + 1
          FROM chain JOIN stock_move_move_rel rel ON rel.move_dest_id = chain.move_id
         WHERE chain.depth < 8
    ), bought (line_id, purchase_line_id) AS (
        SELECT chain.line_id, rel.created_purchase_line_id
          FROM chain JOIN stock_move_created_purchase_line_rel rel ON rel.move_id = chain.move_id
      UNION
        SELECT chain.line_id, move.purchase_line_id
          FROM chain JOIN stock_move move ON move.id = chain.move_id AND move.purchase_line_id IS NOT NULL
      UNION
        SELECT sale_line_id, id FROM purchase_order_line WHERE sale_line_id = ANY(%(ids)s)
    )
    SELECT bought.line_id, MAX(COALESCE(pol.date_planned, po.date_planned))
           FILTER (WHERE po.state = 'purchase' AND EXISTS (SELECT FROM ({COMING}) AS coming))
      FROM bought
      JOIN purchase_order_line pol ON pol.id = bought.purchase_line_id
      JOIN purchase_order po ON po.id = pol.order_id
     WHERE po.state != 'cancel'
     GROUP BY bought.line_id
"""  # noqa: S608 - constants
#: What kits wait for: their lines' own product is never moved, its parts are.
_KIT_PARTS = f"""
    SELECT open.sale_line_id, open.product_id, SUM(open.product_qty)
      FROM ({OPEN_MOVES}) AS open
      JOIN sale_order_line sol ON sol.id = open.sale_line_id AND sol.product_id != open.product_id
     WHERE open.sale_line_id = ANY(%(lines)s)
     GROUP BY open.sale_line_id, open.product_id
"""  # noqa: S608 - constants
#: What waits for a product: open moves, kits' parts among them; lines that no move was made for yet. A line's route may
#: lead to another warehouse than its order's.
_OPEN_LINES = f"""
    SELECT waiting.line_id, so.id, SUM(waiting.quantity)
      FROM (SELECT open.sale_line_id AS line_id, open.product_qty AS quantity
              FROM ({OPEN_MOVES}) AS open WHERE open.product_id = %(product)s
             UNION ALL
            SELECT sol.id,
                   (sol.product_uom_qty - COALESCE(sol.qty_delivered, 0)) * uom.factor / product_uom.factor
              FROM sale_order_line sol
              JOIN uom_uom uom ON uom.id = sol.product_uom_id
              JOIN product_product product ON product.id = sol.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom product_uom ON product_uom.id = template.uom_id
             WHERE sol.product_id = %(product)s AND COALESCE(sol.qty_delivered, 0) < sol.product_uom_qty
               AND NOT EXISTS (SELECT FROM stock_move move WHERE move.sale_line_id = sol.id)) AS waiting
      JOIN sale_order_line sol ON sol.id = waiting.line_id
      JOIN sale_order so ON so.id = sol.order_id AND so.state = 'sale'
     WHERE COALESCE(sol.warehouse_id, so.warehouse_id) = %(warehouse)s
     GROUP BY waiting.line_id, so.id
     ORDER BY so.date_order, so.id, waiting.line_id
"""  # noqa: S608 - constants


class SharedSupply:
    """What a run has found out about the waiting line of each product: it is read once, not in every batch."""

    def __init__(self):
        self.moments = {}


class OrderStatusFacts(models.AbstractModel):
    """The facts of orders, and the supply side of them; each rule gathers its own part, see ``rules``."""

    _name = "order.status.facts"
    _description = "Web Order Facts"

    @api.model
    def _gather(self, orders):
        """Return ``{order id: Facts}``; the number of queries does not depend on the number of orders."""
        self.env.flush_all()
        rules = rules_of(self.env)
        batch = Batch(orders, {order.id: Facts.empty(rules).values for order in orders})
        for rule in rules:
            rule.gather(batch)
        return {order_id: Facts(values) for order_id, values in batch.facts.items()}

    def _rows(self, query, **params):
        self.env.cr.execute(query, params)
        return self.env.cr.fetchall()

    # Expected dates

    def _expected_dates(self, lines):
        """Return ``{line: ISO date}``: the line's own date, else the order's, else that of the purchase."""
        dates, unknown = {}, lines.browse()
        for line in lines:
            if line.status_expected_date:
                dates[line] = line.status_expected_date.isoformat()
            elif line.order_id.commitment_date:
                dates[line] = line.order_id._status_day(line.order_id.commitment_date).isoformat()
            else:
                unknown |= line
        supply = dict(self._rows(_SUPPLY, ids=unknown.ids)) if unknown else {}
        for line in unknown.filtered(lambda line: supply.get(line.id)):
            dates[line] = line.order_id._status_day(supply[line.id]).isoformat()
        loose = unknown.filtered(lambda line: line.id not in supply)
        if loose:
            dates.update(self._allocated_dates(loose))
        return dates

    def _in_stock(self, lines):
        """Return those of the lines whose goods are in their warehouse: they wait for no date any more."""
        rows = self._rows(
            f"""
            SELECT move.sale_line_id
              FROM ({OPEN_MOVES}) AS move
              JOIN sale_order_line sol ON sol.id = move.sale_line_id
              JOIN sale_order so ON so.id = sol.order_id
              LEFT JOIN LATERAL (
                   SELECT SUM(quant.quantity) AS on_hand
                     FROM stock_quant quant JOIN stock_location location ON location.id = quant.location_id
                    WHERE quant.product_id = move.product_id AND location.usage = 'internal'
                      AND location.warehouse_id = COALESCE(sol.warehouse_id, so.warehouse_id)
                   ) AS stock ON TRUE
             WHERE move.sale_line_id = ANY(%(ids)s)
             GROUP BY move.sale_line_id
            HAVING BOOL_AND(COALESCE(stock.on_hand, 0) >= move.product_qty)
            """,  # noqa: S608 - constants
            ids=lines.ids,
        )
        return lines.browse(line_id for (line_id,) in rows)

    def _allocated_dates(self, lines):
        """Share the purchases without a customer among the open lines, by order date.

        A line is complete when all of its parts are: a kit's parts are what is bought and moved.
        """
        shared = self.env.context.get("status_supply") or SharedSupply()
        parts = self._parts(lines)
        places = {line: (line.warehouse_id or line.order_id.warehouse_id).id for line in lines}
        needs = {line: [(part, places[line]) for part in parts[line.id]] for line in lines}
        supplies = self._supplies({part for each in parts.values() for part in each})
        dates = {}
        for line in lines.filtered(lambda line: any(need in supplies for need in needs[line])):
            found = [self._moments(shared, *need, supplies.get(need, [])).get(line.id) for need in needs[line]]
            # one part that nothing brings leaves the whole without a date; what is in stock needs none
            if all(moment is not None for moment in found) and any(found):
                dates[line] = line.order_id._status_day(max(filter(None, found))).isoformat()
        return dates

    def _parts(self, lines):
        """Return ``{line id: product ids}`` of what has to come for a line: its product, or the parts of its kit."""
        parts = {line.id: [line.product_id.id] for line in lines}
        kits = defaultdict(list)
        for line_id, product_id, _quantity in self._rows(_KIT_PARTS, lines=lines.ids):
            kits[line_id].append(product_id)
        return {**parts, **kits}

    def _supplies(self, product_ids):
        """Return ``{(product id, warehouse id): [(moment, quantity)]}`` of purchases that are for no certain order."""
        rows = self._rows(
            f"""
            SELECT pol.product_id, type.warehouse_id, COALESCE(pol.date_planned, po.date_planned), coming.quantity
              FROM purchase_order_line pol
              JOIN purchase_order po ON po.id = pol.order_id AND po.state = 'purchase'
              JOIN stock_picking_type type ON type.id = po.picking_type_id
              JOIN LATERAL (SELECT SUM(product_qty) AS quantity FROM ({COMING}) AS each) AS coming
                ON coming.quantity > 0
             WHERE pol.product_id = ANY(%(products)s) AND pol.sale_line_id IS NULL
               AND NOT EXISTS (SELECT FROM stock_move_created_purchase_line_rel rel
                                WHERE rel.created_purchase_line_id = pol.id)
            """,  # noqa: S608 - constants
            products=list(product_ids),
        )
        supplies = defaultdict(list)
        for product_id, warehouse_id, moment, quantity in rows:
            supplies[product_id, warehouse_id].append((moment, float(quantity)))
        return supplies

    def _moments(self, shared, product_id, warehouse_id, supply):
        """Return ``{line id: moment}`` of all lines that wait for a product; False where the stock covers them."""
        moments = shared.moments.get((product_id, warehouse_id))
        if moments is None:
            open_lines = self._open_lines(product_id, warehouse_id)
            linked = dict(self._rows(_SUPPLY, ids=[line_id for line_id, _order, _quantity in open_lines]))
            demands = [(line_id, quantity) for line_id, _order, quantity in open_lines if line_id not in linked]
            moments = complete_dates(demands, self._on_hand(product_id, warehouse_id), supply)
            shared.moments[product_id, warehouse_id] = moments
        return moments

    def _on_hand(self, product_id, warehouse_id):
        rows = self._rows(
            """
            SELECT COALESCE(SUM(quant.quantity), 0)
              FROM stock_quant quant JOIN stock_location location ON location.id = quant.location_id
             WHERE quant.product_id = %(product)s AND location.warehouse_id = %(warehouse)s
               AND location.usage = 'internal'
            """,
            product=product_id,
            warehouse=warehouse_id,
        )
        return float(rows[0][0])

    def _open_lines(self, product_id, warehouse_id):
        """Return ``(line id, order id, quantity)`` of the lines that still wait for a product, oldest first.

        Quantities are in the product's own unit. Orders from elsewhere wait in the same queue as web orders, and
        kits for their parts.
        """
        rows = self._rows(_OPEN_LINES, product=product_id, warehouse=warehouse_id)
        return [(line_id, order_id, float(quantity)) for line_id, order_id, quantity in rows]

    def _lacks_parts(self, line_ids, warehouse_id):
        """Return those of the lines that are kits of which another part is not in stock yet."""
        needs = defaultdict(set)
        for line_id, product_id, _quantity in self._rows(_KIT_PARTS, lines=list(line_ids)):
            needs[product_id].add(line_id)
        lacking = set()
        for product_id, waiting in needs.items():
            demands = [(line_id, quantity) for line_id, _order, quantity in self._open_lines(product_id, warehouse_id)]
            given = allocate(demands, self._on_hand(product_id, warehouse_id))
            wanted = dict(demands)
            lacking |= {line for line in waiting if given.get(line, 0.0) + 1e-6 < wanted.get(line, 0.0)}
        return lacking

    # Links between buying, moving and selling

    def _linked(self, start, ids):
        linked = defaultdict(list)
        for source_id, line_id in self._rows(_CHAIN % {"start": start}, ids=list(ids)):
            linked[source_id].append(line_id)
        return linked

    @api.model
    def _sale_lines_of_purchases(self, purchase_line_ids):
        """Return ``{purchase line id: sale line ids}`` of the purchases made for certain orders."""
        linked = self._linked(_START_PURCHASES, purchase_line_ids)
        for purchase_line_id, line_id in self._rows(
            "SELECT id, sale_line_id FROM purchase_order_line WHERE id = ANY(%(ids)s) AND sale_line_id IS NOT NULL",
            ids=list(purchase_line_ids),
        ):
            linked[purchase_line_id].append(line_id)
        return linked

    @api.model
    def _sale_lines_of_moves(self, move_ids):
        """Return ``{move id: sale line ids}`` of receipts whose goods are meant for certain orders."""
        return self._linked(_START_MOVES, move_ids)
