from dataclasses import replace
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, LockError, UserError

from ..connectors.base import (
    ACKNOWLEDGED,
    ADDED,
    ALTERED,
    CANCEL,
    CHANGE,
    DROPPED,
    SAME,
    Cancellation,
    Change,
    Part,
)
from ..const import APPROVED_STATES, OPEN_NEWS_STATES
from ..soap.errors import RefusedError
from ..soap.masking import readable

#: ``webservice_state`` of an order that the supplier certainly has
HELD_STATES = (ACKNOWLEDGED, *APPROVED_STATES)


class PurchaseOrder(models.Model):
    """Telling a supplier over the wire what was changed about an order that it has, or that it is cancelled.

    A change takes the same way as the order: written down in one transaction, sent by a worker, once.
    """

    # apart from purchase_order_change.py, which finds out what was changed
    _inherit = "purchase.order"  # pylint: disable=consider-merging-classes-inherited

    can_send_change = fields.Boolean(compute="_compute_can_send")
    can_send_cancellation = fields.Boolean(compute="_compute_can_send")
    pending_news = fields.Char(
        "Message on Its Way",
        compute="_compute_pending_news",
        help="What of a change or a cancellation is still on its way.",
    )

    @api.depends("webservice_state", "state", "connection_id", "unsent_changes")
    def _compute_can_send(self):
        for order in self:
            held = order.webservice_state in HELD_STATES
            # what the supplier's service can do is no secret to those who order there
            abilities = order.connection_id.sudo()._get_abilities() if held else ()
            order.can_send_change = bool(
                CHANGE in abilities
                and order.webservice_state in APPROVED_STATES
                and order.state != "cancel"
                and order.unsent_changes
            )
            order.can_send_cancellation = CANCEL in abilities and order.state == "cancel"

    @api.depends("webservice_state")
    def _compute_pending_news(self):
        at_supplier = self.filtered(lambda order: order.webservice_state in HELD_STATES)
        (self - at_supplier).pending_news = False
        by_order = {exchange_sudo.purchase_id.id: exchange_sudo for exchange_sudo in at_supplier._get_open_news_sudo()}
        for order in at_supplier:
            exchange_sudo = by_order.get(order._origin.id)
            order.pending_news = exchange_sudo and order._describe_pending_news(exchange_sudo)

    def _describe_pending_news(self, exchange):
        change = exchange.operation == "change"
        if exchange.state == "received":
            return (
                self.env._("The supplier has the change of this order and has not decided yet.")
                if change
                else self.env._("The supplier has the cancellation of this order and has not decided yet.")
            )
        if exchange.state == "unknown":
            return (
                self.env._("It is not known yet whether the supplier has the change of this order.")
                if change
                else self.env._("It is not known yet whether the supplier has the cancellation of this order.")
            )
        return (
            self.env._("The change of this order is on its way to the supplier.")
            if change
            else self.env._("The cancellation of this order is on its way to the supplier.")
        )

    def _get_open_news_sudo(self):
        """Return the changes and cancellations whose outcome is open; whoever sees the order may know of them."""
        # which message is open is no secret of the outbox
        exchanges_sudo = self.env["supplier.exchange"].sudo()
        if not self:
            return exchanges_sudo
        return exchanges_sudo.search(
            [
                ("purchase_id", "in", self.ids),
                ("operation", "in", ("change", "cancel")),
                ("state", "in", OPEN_NEWS_STATES),
            ]
        )

    # Actions

    def action_send_change(self):
        """Tell the supplier how the order is to be now; pressing twice tells once."""
        return self._send_news("change")

    def action_send_cancellation(self):
        """Tell the supplier that the order, which is cancelled here, is not wanted any more."""
        return self._send_news("cancel")

    def _send_news(self, kind):
        self.ensure_one()
        self._check_communicate_rights()
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            # a second click while the first one is being served: Odoo tries again, and finds the message
            raise ConcurrencyError("another request is telling the supplier") from error
        self.invalidate_recordset()
        waiting_sudo = self._get_open_news_sudo()
        if waiting_sudo and waiting_sudo.operation != kind:
            raise UserError(self._describe_pending_news(waiting_sudo))
        # users read the outbox, only the system writes it
        exchange_sudo = waiting_sudo or self.sudo()._queue_news(kind)
        return {
            "type": "ir.actions.client",
            "tag": "supplier_webservice_order.follow_exchanges",
            "params": {"exchange_ids": exchange_sudo.ids, "purchase_ids": self.ids, "kind": kind},
        }

    def _queue_news(self, kind):
        """Write a change or a cancellation into the outbox; it costs nothing, the order was paid for."""
        exchanges = self.env["supplier.exchange"]
        sent = exchanges._get_open_order(self)[:1]
        connection = sent.connection_id
        self._check_can_tell(kind, sent)
        message_id = exchanges._new_number()
        prepare = self._prepare_change if kind == "change" else self._prepare_cancellation
        content, parts = prepare(message_id, sent)
        try:
            operation, payload = connection._get_writer().message(kind, content)
        except RefusedError as error:
            raise UserError(exchanges._describe_error(error)) from error
        exchanges.flush_model(["state"])
        return exchanges.create(
            {
                "connection_id": connection.id,
                "operation": kind,
                "purchase_id": self.id,
                "order_exchange_id": sent.id,
                "message_number": message_id,
                "soap_operation": operation,
                "payload": payload.decode(),
                "request_text": readable(payload),
                "sent_lines": [exchanges._prepare_sent_line(part) for part in parts],
            }
        )

    def _check_can_tell(self, kind, sent):
        """:raises UserError: where there is nothing to tell, or nobody to tell it to"""
        if sent.state != "done" or self.webservice_state not in HELD_STATES:
            raise UserError(self.env._("The supplier does not have %(order)s.", order=self.name))
        if kind == "cancel" and self.state != "cancel":
            raise UserError(self.env._("Cancel %(order)s first, and then tell the supplier.", order=self.name))
        if kind == "change" and (self.state == "cancel" or self.webservice_state == ACKNOWLEDGED):
            raise UserError(self.env._("%(order)s can be changed once the supplier has approved it.", order=self.name))
        if sent.connection_id.state != "active" or kind not in sent.connection_id._get_abilities():
            raise UserError(
                self.env._(
                    "The web service of %(supplier)s takes no such message: tell it by phone or e-mail.",
                    supplier=self.partner_id.name,
                )
            )

    # What is told

    def _prepare_change(self, message_id, sent):
        """Return the ``Change``, and the parts of it that are wanted."""
        accepted = self.charge_ids.line_id
        self._fetch_orders()
        lines = self._fetch_lines()[self].filtered(lambda line: line not in accepted)
        # an order of which nothing is left is cancelled instead
        order = replace(self._prepare_supplier_order(message_id, lines), number=sent.order_number or "")
        rows = {row["position"]: row for row in sent.sent_lines or ()}
        wanted = {part.position for part in order.parts}
        steps = {part.position: _find_step(part, rows.get(part.position)) for part in order.parts}
        dropped = [
            Part(position, row["number"], row["number"], Decimal(0), row["unit"])
            for position, row in rows.items()
            if position not in wanted
        ]
        steps |= {part.position: DROPPED for part in dropped}
        if set(steps.values()) == {SAME}:
            raise UserError(self.env._("The supplier knows of everything in this order."))
        earlier = self.env["supplier.exchange"].search_count(
            [("order_exchange_id", "=", sent.id), ("operation", "=", "change")]
        )
        whole = replace(order, parts=(*order.parts, *dropped))
        return Change(sent._get_known_as(), earlier + 1, whole, steps), order.parts

    def _prepare_cancellation(self, message_id, sent):
        """Return the ``Cancellation``, and the parts that it is about."""
        parts = tuple(
            Part(row["position"], row["number"], row["number"], Decimal(row["quantity"]), row["unit"])
            for row in sent.sent_lines or ()
        )
        order = self._prepare_supplier_order_of(message_id, self.order_line.browse(), parts)
        reason = self.env._("%(order)s was cancelled by the buyer.", order=self.name)
        return Cancellation(sent._get_known_as(), replace(order, number=sent.order_number or ""), reason), parts

    # What the outbox reports

    def _log_news(self, text, exchange):
        title = (
            self.env._("Change sent to %(supplier)s.", supplier=exchange.partner_id.name)
            if exchange.operation == "change"
            else self.env._("Cancellation sent to %(supplier)s.", supplier=exchange.partner_id.name)
        )
        self._message_log(body=f"{title} {text}", author_id=exchange.partner_id.id)

    def _set_news_failed(self, error, exchange):
        """Note that a change or a cancellation did not reach the supplier; it can be sent again."""
        self._message_log(
            body=self.env._(
                "This was not sent to %(supplier)s: %(error)s", supplier=exchange.partner_id.name, error=error
            )
        )

    def _set_news_refused(self, error, exchange):
        """Let a person call a supplier that does not agree: it goes on with the order as it was."""
        self._log_news(error, exchange)
        self._ask_review(
            self.env._("Call %(supplier)s about %(order)s", supplier=exchange.partner_id.name, order=self.name),
            self.env._("The supplier refuses the change and goes on with the order as it was: %(error)s", error=error),
        )

    def _set_cancelled_at_supplier(self, answer, exchange):
        """Note that the supplier does not have the order any more."""
        self.write(
            {
                "webservice_state": "cancelled",
                "webservice_error": False,
                "date_next_status": False,
                "receipt_held": False,
            }
        )
        self._log_news(answer.note or self.env._("The supplier cancelled the order."), exchange)


def _find_step(part, row):
    """Return what became of a line since the supplier was told."""
    if row is None:
        return ADDED
    same = (row["number"], Decimal(row["quantity"]), row["unit"]) == (part.number, part.quantity, part.unit)
    return SAME if same else ALTERED
