"""What payments and invoices say about the money of orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..invoices import Invoice

if TYPE_CHECKING:
    from ..batch import Batch


class Money:
    """Reads payments and invoices of a batch of orders into the facts of the rule ``status``."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.orders = batch.orders
        self.facts = batch.facts

    def gather(self) -> None:
        """Fill in payment, failures, invoices and refunds."""
        self._gather_payments()
        self._gather_invoices()

    def _gather_payments(self) -> None:
        rows = self.batch.rows(
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
              JOIN sale_order so ON so.id = rel.sale_order_id
                -- whoever ordered after all knows of the attempts before
               AND (tx.state = 'done' OR so.state != 'sale' OR tx.last_state_change IS NULL
                    OR tx.last_state_change >= so.date_order)
             ORDER BY tx.id
            """,
            ids=self.orders.ids,
        )
        paid: dict[int, float] = defaultdict(float)
        for order_id, tx_id, reference, state, amount in rows:
            if state == "done":
                # refunds are transactions of their own, with a negative amount
                paid[order_id] += float(amount)
                if amount < 0:
                    self.facts[order_id]["refunds"][f"tx{tx_id}"] = -float(amount)
            elif amount > 0:
                self.facts[order_id]["failures"][str(tx_id)] = reference
        for order in self.orders:
            amount = paid[order.id]
            if order.currency_id.compare_amounts(amount, 0) > 0:
                full = order.currency_id.compare_amounts(amount, order.amount_total) >= 0
                self.facts[order.id]["payment"] = "paid" if full else "part"

    def _gather_invoices(self) -> None:
        rows = self.batch.rows(
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
            ids=self.orders.ids,
        )
        invoices = [Invoice(*row) for row in rows]
        for invoice in invoices:
            self.facts[invoice.order_id]["invoices"][str(invoice.move_id)] = invoice.name
        self._read_invoice_payments(invoices)

    def _read_invoice_payments(self, invoices: Iterable[Invoice]) -> None:
        """Take from the invoices how much is paid; what a credit note settles is no payment."""
        by_order = defaultdict(list)
        for invoice in invoices:
            by_order[invoice.order_id].append(invoice)
        for order in self.orders.filtered(lambda order: order.id in by_order):
            mine, fact = by_order[order.id], self.facts[order.id]
            bills = [invoice for invoice in mine if invoice.is_bill]
            if any(invoice.has_payment for invoice in bills):
                full = order.invoice_status == "invoiced" and not any(invoice.is_open for invoice in bills)
                if full or fact["payment"] == "no":
                    fact["payment"] = "paid" if full else "part"
            if not fact["refunds"]:
                fact["refunds"] = {
                    f"move{invoice.move_id}": invoice.money for invoice in mine if invoice.gives_money_back
                }
