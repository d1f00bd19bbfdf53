from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import float_compare

from ..connectors.base import ACKNOWLEDGED
from ..const import APPROVED_STATES, WITH_SUPPLIER_STATES
from ..utils import check_guarded, guarded_create

#: what only methods write
GUARDED = (
    "webservice_state",
    "webservice_error",
    "webservice_note",
    "webservice_pending_code",
    "webservice_missing",
    "supplier_order_ref",
    "supplier_shipments",
    "date_next_status",
    "status_questions",
    "status_failures",
    "receipt_held",
)
#: what of an order its message and the supplier's answer are about
FIXED = ("partner_id", "currency_id", "company_id")


class PurchaseOrder(models.Model):
    """What is changed about an order that the supplier has."""

    # apart from the other files: changing is a subject of its own
    _inherit = "purchase.order"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        model, vals_list = guarded_create(self, vals_list, GUARDED)
        return super(PurchaseOrder, model).create(vals_list)

    def write(self, vals):
        check_guarded(self, [vals], GUARDED)
        for name in FIXED:
            if name in vals:
                self._check_fixed(name, vals[name])
        return super().write(vals)

    def _check_fixed(self, name, value):
        """:raises UserError: where the supplier has, or may have, the order as it is"""
        changed = self.filtered(
            lambda order: (
                order.webservice_state in (*WITH_SUPPLIER_STATES, *APPROVED_STATES)
                and order[name].id != (value or False)
            )
        )[:1]
        if changed:
            raise UserError(
                self.env._(
                    "%(order)s is with %(supplier)s: its vendor, currency and company stay. Cancel it there, "
                    "and make a new order.",
                    order=changed.name,
                    supplier=changed.partner_id.name,
                )
            )

    # Differences

    @api.depends(
        "webservice_state",
        "order_line.product_id",
        "order_line.product_qty",
        "order_line.product_uom_id",
        "order_line.supplier_qty",
    )
    def _compute_unsent_changes(self):
        at_supplier = self.filtered(lambda order: order.webservice_state in (ACKNOWLEDGED, *APPROVED_STATES))
        (self - at_supplier).unsent_changes = False
        # whoever may see the order may see what was sent of it
        exchanges_sudo = self.env["supplier.exchange"].sudo()._get_open_order(at_supplier)
        by_order = {exchange_sudo.purchase_id.id: exchange_sudo for exchange_sudo in exchanges_sudo}
        for order in at_supplier:
            exchange_sudo = by_order.get(order._origin.id)
            changes = order._describe_unsent_changes(exchange_sudo) if exchange_sudo else []
            order.unsent_changes = "\n".join(changes) or False

    def _get_unsent_lines(self, exchange):
        """Return the lines of which the supplier does not know, and by how much: pairs of line and quantity."""
        accepted = self.sudo().charge_ids.line_id  # which lines were proposed is no secret to readers of the order
        sent = {row["position"]: row for row in exchange.sent_lines or ()}
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        found = []
        for line in self.order_line.filtered(lambda line: not line.display_type and line not in accepted):
            row = sent.get(line._origin.id)
            known = line._get_known_quantities(row)
            if row and row["product_id"] != line.product_id.id and line.part_number != line.substitute_number:
                known = [0.0]
            if all(float_compare(line.product_qty, each, precision_digits=digits) for each in known):
                found.append((line, line.product_qty - max(known)))
        return found

    def _describe_unsent_changes(self, exchange):
        """Return in words what of the order the supplier does not know."""
        changes = []
        for line, more in self._get_unsent_lines(exchange):
            name = line.part_number or line.name or line.product_id.display_name
            known = line.product_qty - more
            if known:
                changes.append(
                    self.env._("%(part)s: %(sent)g sent, %(now)g now", part=name, sent=known, now=line.product_qty)
                )
            else:
                changes.append(self.env._("%(part)s: %(now)g, not sent", part=name, now=line.product_qty))
        present = set(self.order_line._origin.ids)
        changes += [
            self.env._(
                "%(part)s: %(sent)g sent, not in the order any more", part=row["number"], sent=float(row["quantity"])
            )
            for row in exchange.sent_lines or ()
            if row["position"] not in present
        ]
        return changes

    def action_order_rest(self):
        """Put what the supplier does not know of into an order of its own, which can be sent; return that."""
        self.ensure_one()
        self.check_access("write")
        # users read the outbox, only the system writes it
        exchange_sudo = self.env["supplier.exchange"].sudo()._get_open_order(self)[:1]
        more = [(line, by) for line, by in self._get_unsent_lines(exchange_sudo) if by > 0]
        if not more:
            raise UserError(
                self.env._("The supplier knows of everything in this order; less of it has to be told by hand.")
            )
        rest = self.copy({"order_line": [Command.clear()], "origin": self.origin or self.name})
        for line, by in more:
            line.copy({"order_id": rest.id, "product_qty": by, "sale_line_id": line.sale_line_id.id})
            # as the system: the order is closed to users while the supplier has it
            line.sudo().product_qty -= by
        emptied = self.order_line.filtered(lambda line: line in [each for each, _by in more] and not line.product_qty)
        # Odoo keeps the lines of confirmed orders: nothing of it is ordered then
        emptied.sudo().filtered(lambda line: line.state != "purchase").unlink()
        self._message_log(body=self.env._("What the supplier did not know of is in %(order)s now.", order=rest.name))
        return rest.get_formview_action()

    # Cancelled and taken up again

    def button_cancel(self):
        # the outbox is the system's; whether the order may be cancelled is checked by super
        exchanges_sudo = self.env["supplier.exchange"].sudo()._get_open_order(self)
        for exchange_sudo in exchanges_sudo.filtered(lambda exchange: exchange.state != "done"):
            exchange_sudo._cancel()
        queued_sudo = self._get_open_news_sudo().filtered(lambda exchange: exchange.state == "queued")
        queued_sudo.write({"state": "cancelled"})
        result = super().button_cancel()
        # as the system, which asks suppliers
        self.sudo().write({"date_next_status": False, "receipt_held": False})
        taken = exchanges_sudo.filtered(lambda exchange: exchange.state == "done").purchase_id
        for order in self.filtered(lambda order: order in taken):
            order._message_log(body=self.env._("The supplier has this order: tell it that the order is cancelled."))
        return result

    def button_draft(self):
        result = super().button_draft()
        waiting = self.filtered(lambda order: order.webservice_state == ACKNOWLEDGED and not order.date_next_status)
        # as the system, which asks: the supplier still has the order
        waiting.sudo().write({"date_next_status": fields.Datetime.now(), "status_questions": 0})
        return result
