"""What payments and invoices say about the money of orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from odoo.tools import float_round

from ..invoices import Invoice

if TYPE_CHECKING:
    from ..batch import Batch

#: The payments of orders. Where a payment is captured in parts, the parts are the money; a refund is a transaction of
#: its own, with a negative amount. Whoever ordered after all knows of the attempts before.
_TRANSACTIONS = """
    SELECT DISTINCT rel.sale_order_id, tx.id, tx.reference, tx.state, tx.amount, tx.currency_id
      FROM (SELECT sale_order_id, transaction_id FROM sale_order_transaction_rel
             WHERE sale_order_id = ANY(%(ids)s)
             UNION
            SELECT origin.sale_order_id, child.id
              FROM sale_order_transaction_rel origin
              JOIN payment_transaction child ON child.source_transaction_id = origin.transaction_id
             WHERE origin.sale_order_id = ANY(%(ids)s)) AS rel
      JOIN payment_transaction tx ON tx.id = rel.transaction_id AND tx.state IN ('done', 'error')
      JOIN sale_order so ON so.id = rel.sale_order_id
       AND (tx.state = 'done' OR so.state != 'sale' OR tx.last_state_change IS NULL
            OR tx.last_state_change >= so.date_order)
     WHERE NOT EXISTS (SELECT FROM payment_transaction part
                        WHERE part.source_transaction_id = tx.id AND part.state = 'done' AND part.amount > 0)
     ORDER BY tx.id
"""
#: Whether a payment comes from a transaction of the order: its money is counted there.
_IS_ONLINE = """
    EXISTS (SELECT FROM account_payment payment
              JOIN payment_transaction tx ON tx.id = payment.payment_transaction_id
              JOIN sale_order_transaction_rel rel ON rel.transaction_id IN (tx.id, tx.source_transaction_id)
             WHERE payment.id = {payment} AND rel.sale_order_id = document.order_id)
"""
#: The posted invoices and credit notes of orders: what settles them, and which part is for the order.
_INVOICES = f"""
    SELECT document.order_id, am.id, am.name, am.move_type, am.payment_state, am.currency_id,
           am.amount_total, am.amount_residual, COALESCE(settled.credited, 0), COALESCE(loose.amount, 0),
           COALESCE(settled.online, 0) + COALESCE(loose.online, 0),
           CASE WHEN whole.amount = 0 THEN 1 ELSE document.amount / whole.amount END
      FROM (SELECT sol.order_id, aml.move_id, SUM(aml.price_total) AS amount
              FROM sale_order_line sol
              JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sol.id
              JOIN account_move_line aml ON aml.id = rel.invoice_line_id
             WHERE sol.order_id = ANY(%(ids)s)
             GROUP BY sol.order_id, aml.move_id) AS document
      JOIN account_move am ON am.id = document.move_id AND am.state = 'posted'
       AND am.move_type IN ('out_invoice', 'out_refund')
      JOIN LATERAL (
           SELECT SUM(aml.price_total) AS amount
             FROM account_move_line aml JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = aml.id
            WHERE aml.move_id = am.id
           ) AS whole ON TRUE
      LEFT JOIN LATERAL (
           SELECT SUM(part.amount) FILTER (WHERE other.move_type IN ('out_invoice', 'out_refund')) AS credited,
                  SUM(part.amount) FILTER (WHERE {_IS_ONLINE.format(payment="other.origin_payment_id")}) AS online
             FROM (SELECT credit_move_id AS other_id, debit_amount_currency AS amount
                     FROM account_move_line own JOIN account_partial_reconcile ON debit_move_id = own.id
                    WHERE own.move_id = am.id
                    UNION ALL
                   SELECT debit_move_id, credit_amount_currency
                     FROM account_move_line own JOIN account_partial_reconcile ON credit_move_id = own.id
                    WHERE own.move_id = am.id) AS part
             JOIN account_move_line other_line ON other_line.id = part.other_id
             JOIN account_move other ON other.id = other_line.move_id
           ) AS settled ON TRUE
      LEFT JOIN LATERAL (
           SELECT SUM(loose_payment.amount) AS amount,
                  SUM(loose_payment.amount) FILTER (WHERE {_IS_ONLINE.format(payment="loose_payment.id")}) AS online
             FROM account_move__account_payment rel
             JOIN account_payment loose_payment ON loose_payment.id = rel.payment_id
              AND loose_payment.move_id IS NULL AND loose_payment.state IN ('in_process', 'paid')
            WHERE rel.invoice_id = am.id
           ) AS loose ON TRUE
     ORDER BY am.id
"""  # noqa: S608 - constants


class Money:
    """Reads payments and invoices of a batch of orders into the facts of the rule ``status``.

    ``payment`` is how much of the order is paid, ``received`` all the money that ever came in, in the order's currency,
    ``refunds`` what went back: ``{"tx5": "12.5 EUR"}``, by transaction or credit note (``move7``).
    """

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.orders = batch.orders
        self.facts = batch.facts

    def gather(self) -> None:
        """Fill in payment, failures, invoices and refunds."""
        self._gather_payments()
        self._gather_invoices()
        for order in self.orders:
            facts = self.facts[order.id]
            facts["acknowledged"] = facts["payment"]
            facts["received"] = order.currency_id.round(facts["received"])

    def _gather_payments(self) -> None:
        paid: dict[int, float] = defaultdict(float)
        orders = {order.id: order for order in self.orders}
        for order_id, tx_id, reference, state, amount, currency_id in self.batch.rows(
            _TRANSACTIONS, ids=self.orders.ids
        ):
            if state == "done":
                value = self._in_currency_of(orders[order_id], float(amount), currency_id)
                paid[order_id] += value
                self.facts[order_id]["received"] += max(value, 0.0)
                if amount < 0:
                    self._note_refund(order_id, f"tx{tx_id}", -float(amount), currency_id)
            elif amount > 0:
                self.facts[order_id]["failures"][str(tx_id)] = reference
        for order in self.orders:
            amount = paid[order.id]
            if order.currency_id.compare_amounts(amount, 0) > 0:
                full = order.currency_id.compare_amounts(amount, order.amount_total) >= 0
                self.facts[order.id]["payment"] = "paid" if full else "part"

    def _gather_invoices(self) -> None:
        invoices = [Invoice(*row) for row in self.batch.rows(_INVOICES, ids=self.orders.ids)]
        by_order: dict[int, list[Invoice]] = defaultdict(list)
        for invoice in invoices:
            self.facts[invoice.order_id]["invoices"][str(invoice.move_id)] = invoice.name
            by_order[invoice.order_id].append(invoice)
        for order in self.orders.filtered(lambda order: order.id in by_order):
            self._read_invoice_payments(order, by_order[order.id])

    def _read_invoice_payments(self, order: Any, invoices: Iterable[Invoice]) -> None:
        """Take from the invoices how much is paid; what a credit note settles is no payment."""
        fact = self.facts[order.id]
        bills = [invoice for invoice in invoices if invoice.is_bill]
        if any(invoice.has_payment for invoice in bills):
            full = order.invoice_status == "invoiced" and not any(invoice.is_open for invoice in bills)
            if full or fact["payment"] == "no":
                fact["payment"] = "paid" if full else "part"
        for invoice in invoices:
            if invoice.is_bill:
                fact["received"] += self._in_currency_of(order, invoice.money_beside, invoice.currency_id)
            elif invoice.money_beside > 0:
                self._note_refund(order.id, f"move{invoice.move_id}", invoice.money_beside, invoice.currency_id)

    def _note_refund(self, order_id: int, key: str, amount: float, currency_id: int) -> None:
        currency = self._currency(currency_id)
        amount = float_round(amount, precision_rounding=currency.rounding)
        self.facts[order_id]["refunds"][key] = f"{amount} {currency.name}"

    def _in_currency_of(self, order: Any, amount: float, currency_id: int) -> float:
        if currency_id == order.currency_id.id:
            return amount
        return self._currency(currency_id)._convert(amount, order.currency_id, order.company_id, order.date_order)

    def _currency(self, currency_id: int) -> Any:
        return self.batch.env["res.currency"].browse(currency_id)


def amount_of(value: object) -> tuple[float, str]:
    """Return ``(amount, name of the currency)`` of a refund; the first version kept no currency."""
    amount, _blank, currency = str(value or 0).partition(" ")
    return float(amount), currency
