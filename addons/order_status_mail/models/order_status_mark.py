"""Marks: this order was changed. Writing them is all that happens in a user's request."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import HINT_AGAIN, HINT_BASELINE

_KEY = "order_status_mail.marked"

# How to get from what was written to the orders concerned. Every query yields (order id, hint).
_SOURCES = {
    "order": "SELECT unnest(%(ids)s::int[]) AS order_id",
    "line": "SELECT order_id FROM sale_order_line WHERE id = ANY(%(ids)s)",
    "picking": "SELECT sale_id AS order_id FROM stock_picking WHERE id = ANY(%(ids)s)",
    "transaction": """
        SELECT rel.sale_order_id AS order_id FROM payment_transaction tx
          JOIN sale_order_transaction_rel rel ON rel.transaction_id IN (tx.id, tx.source_transaction_id)
         WHERE tx.id = ANY(%(ids)s)""",
    "invoice": """
        SELECT sol.order_id FROM account_move_line aml
          JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = aml.id
          JOIN sale_order_line sol ON sol.id = rel.order_line_id
         WHERE aml.move_id = ANY(%(ids)s)""",
}


class OrderStatusMark(models.Model):
    """One row per changed order and transaction, deleted by the run that looked at it.

    Rows are only ever inserted, without a unique key, so that two users who change the same
    order at once do not make each other wait or fail.

    Who imports history, or writes something that no customer should be told, sets ``order_status_baseline=True`` in
    the context: how the order is at the next run then counts as told.
    """

    _name = "order.status.mark"
    _description = "Changed Web Order"
    _order = "id"
    _rec_name = "order_id"
    _log_access = False

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade", index=True)
    hint = fields.Char(help="Rule whose value was written by a person, to tell what changed back.")
    line_id = fields.Many2one("sale.order.line", ondelete="cascade", index="btree_not_null")
    quantity = fields.Float(digits="Product Unit", help="Goods that came in for the line.")
    date_due = fields.Datetime(help="Not looked at before: the grace time of something taken back ends then.")
    is_mass = fields.Boolean(help="One of many that one change marked: what people did goes first.")

    @api.model
    def _mark(self, source, ids, hint=None):
        """Have the orders behind ``ids`` looked at by the next run.

        The marks are written with the commit, all of a transaction in one statement. That the
        orders are web orders is checked there.

        :param source: a key of ``_SOURCES``: what kind of records ``ids`` are
        """
        ids = {record_id for record_id in ids if isinstance(record_id, int)}
        if not ids:
            return
        if self.env.context.get("order_status_baseline"):
            hint = HINT_BASELINE
        precommit = self.env.cr.precommit
        if _KEY not in precommit.data:
            precommit.data[_KEY] = {}
            precommit.add(self._write_marks)
        precommit.data[_KEY].setdefault((source, hint), set()).update(ids)

    @api.model
    def _mark_owing(self, orders):
        """Have those of the orders looked at whose customers could not be told something."""
        # whoever mends an address need not see what customers were told
        snapshots_sudo = self.env["order.status.snapshot"].sudo()
        owing = snapshots_sudo.search([("order_id", "in", orders.ids), ("undelivered", "!=", False)])
        self._mark("order", owing.order_id.ids, HINT_AGAIN)

    def _write_marks(self):
        marks = self.env.cr.precommit.data.pop(_KEY, {})
        if not marks:
            return
        selects = [
            SQL(
                "SELECT order_id, %(hint)s AS hint FROM (%(source)s) AS changed",
                hint=SQL("%s::varchar", hint),
                source=SQL(_SOURCES[source], ids=list(ids)),
            )
            for (source, hint), ids in marks.items()
        ]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO order_status_mark (order_id, hint)
                SELECT DISTINCT so.id, marks.hint
                  FROM (%s) AS marks
                  JOIN sale_order so ON so.id = marks.order_id
                 WHERE so.website_id IS NOT NULL AND so.state != 'draft'
                """,
                SQL(" UNION ALL ").join(selects),
            )
        )
