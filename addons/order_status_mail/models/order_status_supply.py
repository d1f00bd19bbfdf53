"""News from purchasing and the warehouse that the next run shares out among the orders."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ..allocation import allocate
from ..goods import EPSILON

_KEY = "order_status_mail.purchases"


class OrderStatusSupply(models.Model):
    """A purchase line whose date may have moved, or goods that came in.

    Which customers wait for them is found out by the scheduled action, not by the person who
    receives the goods.
    """

    _name = "order.status.supply"
    _inherit = ["cron.batch.mixin"]
    _description = "Supply News for Web Orders"
    _order = "id"
    _rec_name = "product_id"
    _log_access = False

    purchase_line_id = fields.Many2one("purchase.order.line", ondelete="cascade", index="btree_not_null")
    move_id = fields.Many2one("stock.move", ondelete="cascade", index="btree_not_null")
    product_id = fields.Many2one("product.product", required=True, ondelete="cascade", index=True)
    warehouse_id = fields.Many2one("stock.warehouse", ondelete="cascade", index="btree_not_null")
    quantity = fields.Float(digits="Product Unit")

    @api.model
    def _mark_purchases(self, orders=(), lines=()):
        """Have the sale orders that wait for these purchases looked at by the next run."""
        precommit = self.env.cr.precommit
        if _KEY not in precommit.data:
            precommit.data[_KEY] = {"orders": set(), "lines": set()}
            precommit.add(self._write_purchase_marks)
        precommit.data[_KEY]["orders"].update(id_ for id_ in orders if isinstance(id_, int))
        precommit.data[_KEY]["lines"].update(id_ for id_ in lines if isinstance(id_, int))

    def _write_purchase_marks(self):
        marks = self.env.cr.precommit.data.pop(_KEY, {})
        if not any(marks.values()):
            return
        self.env.cr.execute(
            """
            INSERT INTO order_status_supply (purchase_line_id, product_id)
            SELECT id, product_id FROM purchase_order_line
             WHERE (order_id = ANY(%(orders)s) OR id = ANY(%(lines)s)) AND product_id IS NOT NULL
            """,
            {key: list(ids) for key, ids in marks.items()},
        )

    @api.model
    def _mark_arrivals(self, moves):
        """Note goods that came into a warehouse from outside of it."""
        incoming = moves.filtered(
            lambda move: move.state == "done" and move.is_storable and move.location_dest_id.usage == "internal"
        )
        incoming = incoming.filtered(
            lambda move: (
                move.location_id.warehouse_id != move.location_dest_id.warehouse_id
                or move.location_id.usage not in ("internal", "transit")
            )
        )
        if not incoming:
            return
        incoming.flush_recordset()
        self.env.cr.execute(
            """
            INSERT INTO order_status_supply (move_id, product_id, warehouse_id, quantity)
            SELECT move.id, move.product_id, dest.warehouse_id, move.quantity * uom.factor / product_uom.factor
              FROM stock_move move
              JOIN stock_location dest ON dest.id = move.location_dest_id AND dest.warehouse_id IS NOT NULL
              JOIN uom_uom uom ON uom.id = move.product_uom
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom product_uom ON product_uom.id = template.uom_id
             WHERE move.id = ANY(%s)
            """,
            (incoming.ids,),
        )

    # What the run does with it

    def _share_out(self):
        """Mark the web orders that these news concern and delete the news; one transaction."""
        facts = self.env["order.status.facts"]
        dated = self.filtered("purchase_line_id")
        if dated:
            linked = facts._sale_lines_of_purchases(dated.purchase_line_id.ids)
            self._mark_lines({line_id for line_ids in linked.values() for line_id in line_ids}, "")
            loose = dated.purchase_line_id.filtered(lambda line: not linked.get(line.id))
            if loose:
                self._mark_waiting(loose.product_id)
        for (product, warehouse), news in (
            self.filtered("move_id").grouped(lambda news: (news.product_id, news.warehouse_id)).items()
        ):
            news._share_out_arrival(product, warehouse)
        # nobody has the right to delete them; the scheduled action is done with these
        self.sudo().unlink()

    def _mark_lines(self, line_ids, hint):
        self.env["order.status.mark"]._mark("line", line_ids, hint or None)

    def _mark_waiting(self, products):
        """Mark the web orders with goods of these products still to come."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO order_status_mark (order_id, is_mass)
                SELECT DISTINCT so.id, TRUE
                  FROM sale_order_line sol JOIN sale_order so ON so.id = sol.order_id
                 WHERE (sol.product_id = ANY(%(products)s)
                        OR sol.id IN (SELECT sale_line_id FROM stock_move
                                       WHERE product_id = ANY(%(products)s) AND sale_line_id IS NOT NULL
                                         AND state NOT IN ('done', 'cancel')))
                   AND so.state = 'sale' AND so.website_id IS NOT NULL
                   AND COALESCE(sol.qty_delivered, 0) < sol.product_uom_qty
                """,
                products=products.ids,
            )
        )

    def _share_out_arrival(self, product, warehouse):
        """Tell the orders for which there was nothing and now is something, oldest order first.

        Goods bought for a certain order are that order's. The rest is shared out twice: the stock as
        it was without these goods, and as it is with them.
        """
        facts = self.env["order.status.facts"]
        linked = facts._sale_lines_of_moves(self.move_id.ids)
        returned_by = self.move_id.sale_line_id.order_id.ids
        open_lines = facts._open_lines(product.id, warehouse.id)
        wanted = {line_id: quantity for line_id, _order_id, quantity in open_lines}
        given = defaultdict(float)
        for news in self:
            line_ids = [line_id for line_id in linked.get(news.move_id.id, ()) if line_id in wanted]
            demands = [(line_id, wanted[line_id] - given.get(line_id, 0.0)) for line_id in line_ids]
            for line_id, quantity in allocate(demands, news.quantity).items():
                given[line_id] += quantity
        others = [
            (line_id, quantity)
            for line_id, order_id, quantity in open_lines
            if line_id not in given and order_id not in returned_by
        ]
        on_hand = facts._on_hand(product.id, warehouse.id)
        before = allocate(others, on_hand - sum(self.mapped("quantity")))
        after = allocate(others, on_hand - sum(given.values()))
        served = [line_id for line_id in after if before.get(line_id, 0.0) + EPSILON < wanted[line_id]]
        # a kit that had some of its parts was not there
        new = self.env["sale.order.line"].browse(served)
        new = new.filtered(lambda line: line.id not in before or line.product_id != product)
        # who ordered when the goods were there already waited for none
        came = max(filter(None, (*self.move_id.mapped("date"), *self.move_id.mapped("write_date"))))
        given.update({line.id: after[line.id] for line in new if line.order_id.date_order <= came})
        self._tell_arrival(self._of_bought_lines(given, product, warehouse))

    def _of_bought_lines(self, given, product, warehouse):
        """Return what came in, told for what was bought: a kit is there when all of its parts are."""
        lines = self.env["sale.order.line"].browse(given)
        kits = lines.filtered(lambda line: line.product_id != product)
        if not kits:
            return given
        lacking = self.env["order.status.facts"]._lacks_parts(kits.ids, warehouse.id)
        told = {line_id: quantity for line_id, quantity in given.items() if line_id not in kits.ids}
        for line in kits.filtered(lambda line: line.id not in lacking):
            wanted = line.product_uom_qty - line.qty_delivered
            told[line.id] = line.product_uom_id._compute_quantity(wanted, line.product_id.uom_id)
        return told

    def _tell_arrival(self, given):
        if not given:
            return
        rows = [SQL("(%s::int, %s::numeric)", line_id, quantity) for line_id, quantity in given.items()]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO order_status_mark (order_id, line_id, quantity, is_mass)
                SELECT so.id, sol.id, given.quantity * product_uom.factor / uom.factor, TRUE
                  FROM (VALUES %s) AS given (line_id, quantity)
                  JOIN sale_order_line sol ON sol.id = given.line_id
                  JOIN uom_uom uom ON uom.id = sol.product_uom_id
                  JOIN product_product product ON product.id = sol.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  JOIN uom_uom product_uom ON product_uom.id = template.uom_id
                  JOIN sale_order so ON so.id = sol.order_id AND so.website_id IS NOT NULL
                """,
                SQL(", ").join(rows),
            )
        )
