from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, LockError, UserError

from ..connectors.base import REJECTED, Order, Part
from ..const import PRICE_DIGITS, QUANTITY_DIGITS, UNSENT_STATES
from ..soap.errors import RefusedError, SoapError
from ..soap.masking import readable
from ..utils import to_decimal

#: what is read of an order to send it
ORDER_FIELDS = (
    "name",
    "state",
    "webservice_state",
    "partner_id",
    "company_id",
    "currency_id",
    "date_planned",
    "partner_ref",
)


class PurchaseOrder(models.Model):
    """Orders that are sent to the supplier's web service."""

    _inherit = "purchase.order"

    connection_id = fields.Many2one("supplier.connection", compute="_compute_connection_id")
    exchange_ids = fields.One2many("supplier.exchange", "purchase_id", readonly=True)
    exchange_count = fields.Integer(compute="_compute_exchange_count")
    webservice_state = fields.Selection(
        [
            ("queued", "Being sent"),
            ("unknown", "Fate unknown"),
            ("AB", "Received by supplier"),
            ("AP", "Approved by supplier"),
            ("CA", "Approved with changes"),
            ("RE", "Rejected by supplier"),
            ("failed", "Not sent"),
        ],
        string="Web Service",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    webservice_error = fields.Char(readonly=True, copy=False)
    webservice_note = fields.Char("Supplier's Remark", readonly=True, copy=False)
    supplier_order_ref = fields.Char("Supplier's Order Number", readonly=True, copy=False)
    next_status_at = fields.Datetime(readonly=True, copy=False, index="btree_not_null")
    status_questions = fields.Integer(readonly=True, copy=False)
    photo_count = fields.Integer(compute="_compute_photo_count")
    price_flagged = fields.Boolean(compute="_compute_flagged", search="_search_price_flagged")
    answer_flagged = fields.Boolean("To Review", compute="_compute_flagged", search="_search_answer_flagged")

    @api.depends("partner_id", "company_id")
    def _compute_connection_id(self):
        connections = self.env["supplier.connection"]
        for order in self:
            order.connection_id = (
                connections._get_for_supplier(order.partner_id, order.company_id) if order.partner_id else False
            )

    def _compute_exchange_count(self):
        counted = dict(
            self.env["supplier.exchange"]._read_group([("purchase_id", "in", self.ids)], ["purchase_id"], ["__count"])
        )
        for order in self:
            order.exchange_count = counted.get(order, 0)

    @api.depends("order_line.photo_ids")
    def _compute_photo_count(self):
        counted = dict(
            self.env["purchase.line.photo"]._read_group([("order_id", "in", self.ids)], ["order_id"], ["__count"])
        )
        for order in self:
            order.photo_count = counted.get(order._origin, 0)

    @api.depends("order_line.price_flagged", "order_line.answer_flagged")
    def _compute_flagged(self):
        for order in self:
            order.price_flagged = any(order.order_line.mapped("price_flagged"))
            order.answer_flagged = any(order.order_line.mapped("answer_flagged"))

    def _search_price_flagged(self, operator, value):
        return self._search_flagged("price_flagged", operator, value)

    def _search_answer_flagged(self, operator, value):
        return self._search_flagged("answer_flagged", operator, value)

    def _search_flagged(self, name, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = True in value
        return [("order_line", "any" if wanted else "not any", [(name, "=", True)])]

    def _register_hook(self):
        """Keep reordering rules from raising what the supplier was told, where Odoo's *purchase_stock* is installed.

        A method added here and not an inherited model: the addon works without that module.
        """
        super()._register_hook()
        rules = self.env.registry.get("stock.rule")
        if not hasattr(rules, "_make_po_get_domain"):
            return

        def _make_po_get_domain(self, company_id, values, partner):
            domain = super(rules, self)._make_po_get_domain(company_id, values, partner)
            return (*domain, ("webservice_state", "in", UNSENT_STATES))

        rules._make_po_get_domain = _make_po_get_domain

    # Actions

    def action_communicate(self):
        """Send the orders to their suppliers' web services.

        The messages are written down here and sent by a worker: by the page itself, which
        shows how it goes, or by the scheduled action. Pressing twice sends once.
        """
        self._check_communicate_rights()
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            # a second click while the first one is being served: Odoo tries again, and finds the message
            raise ConcurrencyError("another request is communicating this order") from error
        self.fetch(ORDER_FIELDS)
        known = self.filtered(lambda order: order.webservice_state not in UNSENT_STATES)
        waiting = self.env["supplier.exchange"]._get_open_order(known)
        # users read the outbox, only the system writes it
        exchanges = waiting | (self - waiting.purchase_id).sudo()._queue_order().with_env(self.env)
        if len(exchanges) > 1:
            # a single order is sent by the page itself; should that fail, the next run finds it
            exchanges._wake_workers()
        return {
            "type": "ir.actions.client",
            "tag": "supplier_webservice_order.follow_exchanges",
            "params": {"exchange_ids": exchanges.ids, "purchase_ids": self.ids},
        }

    def _check_communicate_rights(self):
        if not self.env.user.has_group("supplier_webservice_order.group_supplier_webservice_order_user"):
            raise AccessError(self.env._("You are not allowed to send orders to suppliers."))
        self.check_access("write")

    def _queue_order(self):
        """Write the order messages into the outbox and reserve what they cost; return them."""
        lines = self._fetch_for_message()
        vals_list = [order._prepare_exchange_values(lines[order]) for order in self]
        exchanges = self.env["supplier.exchange"]
        # one that was settled in this very transaction is not open any more for the index either
        exchanges.flush_model(["state"])
        exchanges = exchanges.create(vals_list)
        for company, batch in exchanges.grouped("company_id").items():
            account = self.env["credit.account"]._get_for_company(company)
            account._reserve(batch.mapped("message_id"), company._get_credit_units("order"))
        self.filtered(lambda order: order.webservice_state == REJECTED)._forget_answers()
        # nothing of this is tracked, and comparing what is costs a read of the whole order
        self.with_context(mail_notrack=True).write({"webservice_state": "queued", "webservice_error": False})
        return exchanges

    def _fetch_for_message(self):
        """Read what a message is made of, and no more: whole rows of products and companies cost more than sending.

        :returns: the lines to order, by order
        """
        self.fetch(ORDER_FIELDS)
        self.partner_id.fetch(["name", "commercial_partner_id"])
        self.company_id.fetch(["credit_price_order", "po_double_validation", "po_double_validation_amount"])
        lines = self.env["purchase.order.line"].search_fetch(
            [("order_id", "in", self.ids), ("display_type", "=", False), ("product_qty", ">", 0)],
            ["order_id", "product_id", "name", "product_qty", "product_uom_id", "price_unit", "discount"],
            order="sequence, id",
        )
        lines.product_uom_id.fetch(["name"])
        lines.product_id.fetch(["product_tmpl_id", "default_code"])
        lines.product_id.product_tmpl_id.fetch(["name"])
        by_order = lines.grouped("order_id")
        return {order: by_order.get(order, lines.browse()) for order in self}

    def _prepare_exchange_values(self, lines):
        self.ensure_one()
        connection = self.connection_id
        if not connection:
            raise UserError(
                self.env._("%(supplier)s has no active connection to a web service.", supplier=self.partner_id.name)
            )
        if self.state == "cancel":
            raise UserError(self.env._("%(order)s is cancelled.", order=self.name))
        if self.state != "purchase" and not self.with_company(self.company_id)._approval_allowed():
            raise UserError(self.env._("%(order)s has to be approved before it goes to the supplier.", order=self.name))
        connection._check_options()
        message_id = self.env["supplier.exchange"].default_get(["message_id"])["message_id"]
        operation, values = connection._get_connector().order_message(
            connection._get_account(), self._prepare_supplier_order(message_id, lines)
        )
        try:
            payload = self.env["supplier.exchange"]._render(connection._get_service(), operation, values)
        except RefusedError as error:
            raise UserError(self.env["supplier.exchange"]._describe_error(error)) from error
        return {
            "connection_id": connection.id,
            "operation": "order",
            "purchase_id": self.id,
            "message_id": message_id,
            "soap_operation": operation,
            "payload": payload.decode(),
            "request_text": readable(payload),
        }

    def _prepare_supplier_order(self, message_id, lines):
        """Return the order as connectors know it.

        :param lines: what is to be ordered, see ``_fetch_for_message``
        :raises UserError: naming the lines that a supplier cannot understand
        """
        if not lines:
            raise UserError(self.env._("%(order)s has no parts to order.", order=self.name))
        nameless = lines.filtered(lambda line: not line.part_number)
        if nameless:
            raise UserError(
                self.env._(
                    "Without a part number the supplier does not know what is meant: %(products)s.",
                    products=", ".join(nameless.mapped("name")),
                )
            )
        # the active currencies are in a cache
        currency = self.env["res.currency"].get_all_currencies().get(self.currency_id.id)
        return Order(
            message_id=message_id,
            reference=self.name,
            currency=currency["name"] if currency else self.currency_id.name,
            wanted_on=fields.Date.to_date(self.date_planned) if self.date_planned else None,
            note=self.partner_ref or "",
            parts=tuple(
                Part(
                    position=line.id,
                    number=line.part_number,
                    description=(line.product_id.name or line.name).split("\n")[0],
                    quantity=to_decimal(line.product_qty, QUANTITY_DIGITS),
                    unit=line.product_uom_id.name or "",
                    expected_price=to_decimal(line.price_unit_discounted, PRICE_DIGITS)
                    if line.price_unit > 0
                    else None,
                )
                for line in lines
            ),
        )

    def action_ask_supplier(self):
        """Ask the supplier now what became of the order, instead of waiting for the scheduled action."""
        self._check_communicate_rights()
        self.ensure_one()
        try:
            self._fetch_answer()
        except SoapError as error:
            raise UserError(self.env["supplier.exchange"]._describe_error(error)) from error
        return True

    def action_open_supplier_mail(self):
        """Open the classic e-mail to the supplier, the photos attached, ready to send."""
        self.ensure_one()
        action = self.with_context(send_rfq=True).action_rfq_send()
        template = self.env.ref("supplier_webservice_order.mail_template_order_photos", raise_if_not_found=False)
        if template:
            action["context"]["default_template_id"] = template.id
        return action

    def action_open_workshop_link(self):
        """Show the QR code of the workshop page."""
        self.ensure_one()
        self._check_communicate_rights()
        if self.state == "cancel":
            raise UserError(self.env._("%(order)s is cancelled.", order=self.name))
        link = self.env["purchase.photo.link"]._get_or_create(self)
        action = self.env["ir.actions.act_window"]._for_xml_id("supplier_webservice_order.purchase_photo_link_action")
        return {**action, "res_id": link.id}

    def action_view_exchanges(self):
        """Open the messages about the order."""
        action = self.env["ir.actions.act_window"]._for_xml_id("supplier_webservice_order.supplier_exchange_action")
        return {**action, "domain": [("purchase_id", "in", self.ids)], "context": {"create": False}}

    def action_accept_answer(self):
        """Take over what the supplier answered: prices stay, quantities follow, the flags go."""
        self.check_access("write")
        for order in self:
            for line in order.order_line.filtered("answer_flagged"):
                if line.supplier_line_state in ("confirmed", "changed", "discontinued", "rejected"):
                    # as the system: the order may still be waiting for the rest of the answer, and is closed to users
                    line.sudo().product_qty = line.supplier_qty
            order.order_line.write({"answer_flagged": False, "price_flagged": False})
            order._message_log(body=self.env._("%(user)s accepted the supplier's changes.", user=self.env.user.name))
        return True

    def action_create_invoice(self, attachment_ids=False):
        self._check_prices_accepted()
        return super().action_create_invoice(attachment_ids=attachment_ids)

    def _check_prices_accepted(self):
        """:raises UserError: where a bill would be made of prices that nobody has accepted"""
        flagged = self.filtered("price_flagged")
        if flagged:
            raise UserError(
                self.env._(
                    "The supplier's prices differ from the expected ones: %(orders)s. "
                    "Accept them before the bill is made.",
                    orders=", ".join(flagged.mapped("name")),
                )
            )

    def _prepare_grouped_data(self, rfq):
        # one that a supplier knows is merged with no other: its parts would be ordered again, or the others' never
        alone = rfq.id if rfq.webservice_state not in UNSENT_STATES else False
        return (*super()._prepare_grouped_data(rfq), alone)

    def button_cancel(self):
        # the outbox is the system's; whether the order may be cancelled is checked by super
        exchanges_sudo = self.env["supplier.exchange"].sudo()._get_open_order(self)
        for exchange_sudo in exchanges_sudo.filtered(lambda exchange: exchange.state != "done"):
            exchange_sudo._cancel()
        result = super().button_cancel()
        self.next_status_at = False
        taken = exchanges_sudo.filtered(lambda exchange: exchange.state == "done").purchase_id
        for order in self.filtered(lambda order: order in taken):
            order._message_log(body=self.env._("The supplier has this order: tell it that the order is cancelled."))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_communicated(self):
        # somebody who sees the order may not see the messages
        if self.env["supplier.exchange"].sudo().search_count([("purchase_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("Orders that were sent to a supplier are kept, with their messages."))
