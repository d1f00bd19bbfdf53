"""Gather how orders stand, many at once, in a fixed number of queries."""

from collections import defaultdict

from odoo import api, models

from ..allocation import expected_dates
from ..changes import empty_facts
from ..invoices import Invoice

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
_SUPPLY = """
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
           FILTER (WHERE po.state = 'purchase' AND COALESCE(pol.qty_received, 0) < pol.product_qty)
      FROM bought
      JOIN purchase_order_line pol ON pol.id = bought.purchase_line_id
      JOIN purchase_order po ON po.id = pol.order_id
     WHERE po.state != 'cancel'
     GROUP BY bought.line_id
"""


class SharedSupply:
    """What a run has found out about the waiting line of each product: it is read once, not in every batch."""

    def __init__(self):
        self.moments = {}


class OrderStatusFacts(models.AbstractModel):
    """The facts of an order as plain values, see ``changes.empty_facts``."""

    _name = "order.status.facts"
    _description = "Web Order Facts"

    @api.model
    def _gather(self, orders):
        """Return ``{order id: facts}``; the number of queries does not depend on the number of orders."""
        self.env.flush_all()
        facts = {order.id: empty_facts() for order in orders}
        for order in orders:
            facts[order.id].update(state=order.state, picked=order.status_picked)
        self._gather_payments(orders, facts)
        self._gather_invoices(orders, facts)
        self._gather_deliveries(orders, facts)
        self._gather_lines(orders, facts)
        return facts

    def _rows(self, query, **params):
        self.env.cr.execute(query, params)
        return self.env.cr.fetchall()

    def _gather_invoices(self, orders, facts):
        rows = self._rows(
            """
            SELECT DISTINCT sol.order_id, am.id, am.name, am.move_type, am.payment_state, am.currency_id,
                   am.amount_total, am.amount_residual, COALESCE(credit.amount, 0)
              FROM sale_order_line sol
              JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sol.id
              JOIN account_move_line aml ON aml.id = rel.invoice_line_id
              JOIN account_move am ON am.id = aml.move_id
              LEFT JOIN LATERAL (
                   SELECT SUM(CASE WHEN mine.id = part.debit_move_id THEN part.debit_amount_currency
                                   ELSE part.credit_amount_currency END) AS amount
                     FROM account_move_line mine
                     JOIN account_partial_reconcile part ON mine.id IN (part.debit_move_id, part.credit_move_id)
                     JOIN account_move_line other
                       ON other.id IN (part.debit_move_id, part.credit_move_id) AND other.id != mine.id
                     JOIN account_move document
                       ON document.id = other.move_id AND document.move_type IN ('out_invoice', 'out_refund')
                    WHERE mine.move_id = am.id
                   ) AS credit ON TRUE
             WHERE sol.order_id = ANY(%(ids)s) AND am.state = 'posted'
               AND am.move_type IN ('out_invoice', 'out_refund')
             ORDER BY am.id
            """,
            ids=orders.ids,
        )
        invoices = [Invoice(*row) for row in rows]
        for invoice in invoices:
            facts[invoice.order_id]["invoices"][str(invoice.move_id)] = invoice.name
        self._read_invoice_payments(orders, invoices, facts)

    def _read_invoice_payments(self, orders, invoices, facts):
        """Take from the invoices how much is paid; what a credit note settles is no payment."""
        by_order = defaultdict(list)
        for invoice in invoices:
            by_order[invoice.order_id].append(invoice)
        for order in orders.filtered(lambda order: order.id in by_order):
            mine, fact = by_order[order.id], facts[order.id]
            bills = [invoice for invoice in mine if invoice.is_bill]
            if any(invoice.has_payment for invoice in bills):
                full = order.invoice_status == "invoiced" and not any(invoice.is_open for invoice in bills)
                if full or fact["payment"] == "no":
                    fact["payment"] = "paid" if full else "part"
            if not fact["refunds"]:
                fact["refunds"] = {
                    f"move{invoice.move_id}": invoice.money for invoice in mine if invoice.gives_money_back
                }

    def _gather_payments(self, orders, facts):
        rows = self._rows(
            """
            SELECT DISTINCT rel.sale_order_id, tx.id, tx.reference, tx.state, tx.amount
              FROM (SELECT sale_order_id, transaction_id FROM sale_order_transaction_rel
                     WHERE sale_order_id = ANY(%(ids)s)
                     UNION
                    SELECT origin.sale_order_id, child.id
                      FROM sale_order_transaction_rel origin
                      JOIN payment_transaction child ON child.source_transaction_id = origin.transaction_id
                     WHERE origin.sale_order_id = ANY(%(ids)s)) AS rel
              JOIN payment_transaction tx ON tx.id = rel.transaction_id AND tx.state IN ('done', 'error')
             ORDER BY tx.id
            """,
            ids=orders.ids,
        )
        paid = defaultdict(float)
        for order_id, tx_id, reference, state, amount in rows:
            if state == "done":
                # refunds are transactions of their own, with a negative amount
                paid[order_id] += float(amount)
                if amount < 0:
                    facts[order_id]["refunds"][f"tx{tx_id}"] = -float(amount)
            elif amount > 0:
                facts[order_id]["failures"][str(tx_id)] = reference
        for order in orders:
            amount = paid[order.id]
            if order.currency_id.compare_amounts(amount, 0) > 0:
                full = order.currency_id.compare_amounts(amount, order.amount_total) >= 0
                facts[order.id]["payment"] = "paid" if full else "part"

    def _gather_deliveries(self, orders, facts):
        rows = self._rows(
            """
            SELECT picking.sale_id, picking.id, picking.name, picking.slip_printed_on IS NOT NULL,
                   picking.carrier_tracking_ref
              FROM stock_picking picking
              JOIN stock_picking_type type ON type.id = picking.picking_type_id AND type.code != 'incoming'
              JOIN stock_location source ON source.id = picking.location_id AND source.usage != 'customer'
             WHERE picking.sale_id = ANY(%(ids)s) AND picking.state != 'cancel'
               AND (picking.slip_printed_on IS NOT NULL OR picking.carrier_tracking_ref IS NOT NULL)
             ORDER BY picking.id
            """,
            ids=orders.ids,
        )
        for order_id, picking_id, name, printed, tracking in rows:
            if printed:
                facts[order_id]["slips"][str(picking_id)] = name
            if tracking and tracking.strip():
                facts[order_id]["tracking"][str(picking_id)] = tracking.strip()

    @api.model
    def _returned(self, order_ids):
        """Return ``{sale order line id: quantity}`` of goods that came back to be refunded, in the product's unit."""
        return {
            line_id: float(quantity)
            for line_id, quantity in self._rows(
                """
                SELECT move.sale_line_id, SUM(move.quantity * uom.factor / product_uom.factor)
                  FROM sale_order_line line
                  JOIN stock_move move ON move.sale_line_id = line.id AND move.state = 'done' AND move.to_refund
                  JOIN stock_location source ON source.id = move.location_id AND source.usage = 'customer'
                  JOIN uom_uom uom ON uom.id = move.product_uom
                  JOIN product_product product ON product.id = move.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  JOIN uom_uom product_uom ON product_uom.id = template.uom_id
                 WHERE line.order_id = ANY(%(ids)s)
                 GROUP BY move.sale_line_id
                """,
                ids=list(order_ids),
            )
        }

    def _gather_lines(self, orders, facts):
        goods = orders.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment and not line.is_delivery
        )
        for line in goods:
            facts[line.order_id.id]["delivered"][str(line.id)] = line.qty_delivered
        waiting = goods.filtered(
            lambda line: (
                line.order_id.state == "sale"
                and line.product_id.type == "consu"
                and line.qty_delivered < line.product_uom_qty
            )
        )
        dates = self._expected_dates(waiting)
        for line in waiting:
            facts[line.order_id.id]["expected"][str(line.id)] = dates.get(line)

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

    def _allocated_dates(self, lines):
        """Share the purchases without a customer among the open lines, by order date."""
        rows = self._rows(
            """
            SELECT pol.product_id, type.warehouse_id, COALESCE(pol.date_planned, po.date_planned),
                   (pol.product_qty - COALESCE(pol.qty_received, 0)) * uom.factor / product_uom.factor
              FROM purchase_order_line pol
              JOIN purchase_order po ON po.id = pol.order_id AND po.state = 'purchase'
              JOIN stock_picking_type type ON type.id = po.picking_type_id
              JOIN uom_uom uom ON uom.id = pol.product_uom_id
              JOIN product_product product ON product.id = pol.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom product_uom ON product_uom.id = template.uom_id
             WHERE pol.product_id = ANY(%(products)s) AND COALESCE(pol.qty_received, 0) < pol.product_qty
               AND pol.sale_line_id IS NULL
               AND NOT EXISTS (SELECT FROM stock_move_created_purchase_line_rel rel
                                WHERE rel.created_purchase_line_id = pol.id)
            """,
            products=lines.product_id.ids,
        )
        supplies = defaultdict(list)
        for product_id, warehouse_id, moment, quantity in rows:
            supplies[product_id, warehouse_id].append((moment, float(quantity)))
        dates = {}
        for (product, warehouse), group in lines.grouped(
            lambda line: (line.product_id, line.order_id.warehouse_id)
        ).items():
            if supply := supplies.get((product.id, warehouse.id)):
                dates.update(self._dates_of_group(group, product, warehouse, supply))
        return dates

    def _dates_of_group(self, lines, product, warehouse, supply):
        shared = self.env.context.get("status_supply") or SharedSupply()
        moments = shared.moments.get((product.id, warehouse.id))
        if moments is None:
            moments = shared.moments[product.id, warehouse.id] = self._share_out_supplies(product, warehouse, supply)
        return {line: line.order_id._status_day(moments[line.id]).isoformat() for line in lines if line.id in moments}

    def _share_out_supplies(self, product, warehouse, supply):
        """Return ``{line id: moment}`` of all lines that wait for the product."""
        open_lines = self._open_lines(product, warehouse)
        linked = dict(self._rows(_SUPPLY, ids=[line_id for line_id, _order, _quantity in open_lines]))
        demands = [(line_id, quantity) for line_id, _order, quantity in open_lines if line_id not in linked]
        on_hand = self._on_hand(product, warehouse)
        return expected_dates(demands, on_hand, supply)

    def _on_hand(self, product, warehouse):
        rows = self._rows(
            """
            SELECT COALESCE(SUM(quant.quantity), 0)
              FROM stock_quant quant JOIN stock_location location ON location.id = quant.location_id
             WHERE quant.product_id = %(product)s AND location.warehouse_id = %(warehouse)s
               AND location.usage = 'internal'
            """,
            product=product.id,
            warehouse=warehouse.id,
        )
        return float(rows[0][0])

    def _open_lines(self, product, warehouse):
        """Return ``(line id, order id, quantity)`` of the lines that still wait for ``product``, oldest first.

        Quantities are in the product's own unit. Orders from elsewhere wait in the same queue as web orders.
        """
        rows = self._rows(
            """
            SELECT sol.id, so.id,
                   (sol.product_uom_qty - COALESCE(sol.qty_delivered, 0)) * uom.factor / product_uom.factor
              FROM sale_order_line sol
              JOIN sale_order so ON so.id = sol.order_id AND so.state = 'sale'
              JOIN uom_uom uom ON uom.id = sol.product_uom_id
              JOIN product_product product ON product.id = sol.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom product_uom ON product_uom.id = template.uom_id
             WHERE sol.product_id = %(product)s AND so.warehouse_id = %(warehouse)s
               AND COALESCE(sol.qty_delivered, 0) < sol.product_uom_qty
             ORDER BY so.date_order, so.id, sol.id
            """,
            product=product.id,
            warehouse=warehouse.id,
        )
        return [(line_id, order_id, float(quantity)) for line_id, order_id, quantity in rows]

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
