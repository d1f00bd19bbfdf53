from dataclasses import replace

from odoo import api, fields, models
from odoo.addons.base_safeguard.domains import either
from odoo.exceptions import AccessError, ConcurrencyError, LockError, UserError
from odoo.fields import Domain

from .. import stock_glue
from ..connectors.base import ACKNOWLEDGED, REJECTED
from ..const import APPROVED_STATES, UNSENT_STATES
from ..reading import fetch_along, fetch_lines, fetch_linked, rows_of
from ..soap.errors import RefusedError, SoapError
from ..soap.masking import readable

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
    "date_order",
    "dest_address_id",
    "user_id",
)
LINE_FIELDS = (
    "order_id",
    "company_id",
    "product_id",
    "display_type",
    "name",
    "product_qty",
    "product_uom_id",
    "price_unit",
    "discount",
    "sale_line_id",
    "photo_ids",
)
COMPANY_FIELDS = (
    *("partner_id", "credit_price_order", "po_double_validation", "po_double_validation_amount"),
    # what a tax asks that leaves to its company whether prices hold it
    "account_price_include",
)
TAX_FIELDS = ("amount_type", "price_include_override", "company_id")
#: what a vendor's row of a price list is chosen by
VENDOR_FIELDS = ("commercial_partner_id", "parent_id", "active")
PARTNER_FIELDS = (
    *("name", "street", "street2", "zip", "city", "state_id", "country_id", "vat", "phone", "email"),
    *VENDOR_FIELDS,
)
SELLER_FIELDS = (
    *("product_id", "company_id", "partner_id", "product_code", "sequence", "min_qty"),
    *("product_uom_id", "price", "discount", "currency_id", "date_start", "date_end"),
)
#: an order, and what it points at
ORDER_PATHS = {"": ORDER_FIELDS, "company_id": COMPANY_FIELDS, "user_id": ("partner_id",)}
LINE_PATHS = {
    "": LINE_FIELDS,
    "product_id": ("product_tmpl_id", "default_code", "barcode"),
    "product_id.product_tmpl_id": ("name",),
}


class PurchaseOrder(models.Model):
    """Orders that are sent to the supplier's web service."""

    _inherit = "purchase.order"

    connection_id = fields.Many2one("supplier.connection", compute="_compute_connection_id")
    exchange_ids = fields.One2many("supplier.exchange", "purchase_id", readonly=True)
    exchange_count = fields.Integer(compute="_compute_exchange_count")
    webservice_state = fields.Selection(
        [
            ("queued", "Being sent"),
            ("unknown", "In Doubt"),
            ("AB", "Received by supplier"),
            ("AP", "Approved by supplier"),
            ("CA", "Approved with changes"),
            ("RE", "Rejected by supplier"),
            ("cancelled", "Cancelled at supplier"),
            ("failed", "Not sent"),
        ],
        string="Web Service",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    webservice_error = fields.Char(readonly=True, copy=False)
    webservice_note = fields.Char("Supplier's Remark", readonly=True, copy=False)
    webservice_pending_code = fields.Char(
        readonly=True, copy=False, help="What an answer said that leaves something open."
    )
    webservice_missing = fields.Char(
        "Still Open", readonly=True, copy=False, help="What the supplier has not said yet, by part."
    )
    supplier_order_ref = fields.Char("Supplier's Order Number", readonly=True, copy=False)
    supplier_shipments = fields.Text("Shipments", readonly=True, copy=False)
    date_next_status = fields.Datetime("Next Status At", readonly=True, copy=False, index="btree_not_null")
    status_questions = fields.Integer(readonly=True, copy=False)
    status_failures = fields.Integer(readonly=True, copy=False, help="Questions in a row without a usable answer.")
    receipt_held = fields.Boolean(
        readonly=True, copy=False, help="The supplier changed its mind: nothing is received before a person has looked."
    )
    charge_ids = fields.One2many(
        "supplier.order.charge",
        "purchase_id",
        string="Proposed Lines",
        copy=False,
        groups="purchase.group_purchase_user,account.group_account_invoice,account.group_account_readonly",
    )
    charge_count = fields.Integer(compute="_compute_flagged")
    unsent_changes = fields.Text(compute="_compute_unsent_changes")
    photo_count = fields.Integer(compute="_compute_photo_count")
    price_flagged = fields.Boolean(compute="_compute_flagged", search="_search_price_flagged")
    answer_flagged = fields.Boolean("To Review", compute="_compute_flagged", search="_search_answer_flagged")
    review_summary = fields.Text(compute="_compute_review_summary", help="What is to be reviewed, by part.")

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

    @api.depends("order_line.price_flagged", "order_line.answer_flagged", "charge_ids.state", "receipt_held")
    def _compute_flagged(self):
        for order in self:
            # sudo: whether something is proposed is for everybody who may read the order
            charges_sudo = order.sudo().charge_ids
            proposed = charges_sudo.filtered(lambda charge: charge.state == "proposed")
            order.charge_count = len(charges_sudo)
            order.price_flagged = any(order.order_line.mapped("price_flagged"))
            order.answer_flagged = bool(proposed) or any(order.order_line.mapped("answer_flagged"))

    @api.depends(
        "order_line.price_flagged",
        "order_line.answer_flagged",
        "order_line.review_reason",
        "order_line.substitute_number",
    )
    def _compute_review_summary(self):
        for order in self:
            flagged = order.order_line.filtered(
                lambda line: line.review_reason and (line.price_flagged or line.answer_flagged)
            )
            order.review_summary = "\n".join(line._describe_review() for line in flagged) or False

    def _search_price_flagged(self, operator, value):
        if operator != "in":
            return NotImplemented
        return either(Domain("order_line", "any", [("price_flagged", "=", True)]), value)

    def _search_answer_flagged(self, operator, value):
        if operator != "in":
            return NotImplemented
        proposed = Domain("charge_ids", "any", [("state", "=", "proposed")])
        return either(Domain("order_line", "any", [("answer_flagged", "=", True)]) | proposed, value)

    def _register_hook(self):
        super()._register_hook()
        stock_glue.patch(self.env.registry)

    def _unregister_hook(self):
        stock_glue.unpatch(self.env.registry)
        return super()._unregister_hook()

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
        # whoever may write the orders may read them; what they point at goes into the message
        self.sudo()._fetch_orders()
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
        lines = self._fetch_lines()
        vals_list = [order._prepare_exchange_values(lines[order]) for order in self]
        exchanges = self.env["supplier.exchange"]
        # one that was settled in this very transaction is not open any more for the index either
        exchanges.flush_model(["state"])
        exchanges = exchanges.create(vals_list)
        for company, batch in exchanges.grouped("company_id").items():
            account = self.env["credit.account"]._get_for_company(company)
            account._reserve(batch.mapped("message_number"), company._get_credit_units("order"))
        self.filtered(lambda order: order.webservice_state in (REJECTED, "cancelled"))._forget_answers()
        # nothing of this is tracked, and comparing what is costs a read of the whole order
        self.with_context(mail_notrack=True).write({"webservice_state": "queued", "webservice_error": False})
        return exchanges

    def _fetch_orders(self):
        """Read the orders and what they point at, as far as that is needed to send them."""
        fetch_along(self.browse(), rows_of(self), ORDER_PATHS)
        partners = self.partner_id | self.dest_address_id | self.company_id.partner_id | self.user_id.partner_id
        # on their own: each table more in a statement costs more to plan than asking once more
        fetch_along(partners.browse(), rows_of(partners), {"": PARTNER_FIELDS})

    def _fetch_lines(self):
        """Read the lines of a message, and no more: whole rows, one model after the other, cost more than sending.

        :returns: the lines to order, by order
        """
        lines = self.env["purchase.order.line"]
        wanted = [("order_id", "in", self.ids), ("display_type", "=", False), ("product_qty", ">", 0)]
        lines = fetch_along(lines, lines._search(wanted, order="sequence, id"), LINE_PATHS)
        for company, company_lines in lines.grouped("company_id").items():
            # which rows of the vendors' price lists there are depends on who asks
            templates = company_lines.product_id.product_tmpl_id.with_company(company)
            fetch_lines(templates, "seller_ids", {"": SELLER_FIELDS, "partner_id": VENDOR_FIELDS})
        fetch_linked(lines, "tax_ids", {"": TAX_FIELDS})
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
        message_id = self.env["supplier.exchange"]._new_number()
        order = self._prepare_supplier_order(message_id, lines)
        writer = connection._get_writer()
        if writer.connector.known_by_number:
            order = replace(order, number=self._get_number_at_supplier())
        try:
            operation, payload = writer.order_message(order)
        except RefusedError as error:
            raise UserError(self.env["supplier.exchange"]._describe_error(error)) from error
        return {
            "connection_id": connection.id,
            "operation": "order",
            "purchase_id": self.id,
            "message_number": message_id,
            "order_number": order.number or False,
            "soap_operation": operation,
            "payload": payload.decode(),
            "request_text": readable(payload),
            "sent_lines": [self.env["supplier.exchange"]._prepare_sent_line(part) for part in order.parts],
        }

    def _get_number_at_supplier(self):
        """Return the order's number; one that goes out anew under the same would be taken for a repetition."""
        earlier = self.env["supplier.exchange"].search_count(
            [("purchase_id", "=", self.id), ("operation", "=", "order")]
        )
        return f"{self.name}-{earlier + 1}" if earlier else self.name

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
        # sent until it arrives: see mail.delivery
        action["context"]["mail_owed"] = True
        template = self.env.ref("supplier_webservice_order.mail_template_order_photos", raise_if_not_found=False)
        if template:
            action["context"]["default_template_id"] = template.id
        if self._is_transferred():
            # the supplier has the order: it is neither asked for a quotation, nor is that what was sent
            action["context"].pop("mark_rfq_as_sent", None)
            action["context"]["model_description"] = self.env._("Purchase Order")
        return action

    def _is_transferred(self):
        """Return whether the supplier has this as an order, whatever Odoo still calls it."""
        self.ensure_one()
        return self.webservice_state in (ACKNOWLEDGED, *APPROVED_STATES)

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        groups = super()._notify_get_recipients_groups(message, model_description, msg_vals=msg_vals)
        if self and self._is_transferred():
            for name, _filter, values in groups:
                if name == "portal_customer":
                    values.setdefault("button_access", {}).update(
                        title=self.env._("View Order"), url=self.get_base_url() + self.get_portal_url()
                    )
        return groups

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

    @api.ondelete(at_uninstall=False)
    def _unlink_except_communicated(self):
        # somebody who sees the order may not see the messages
        if self.env["supplier.exchange"].sudo().search_count([("purchase_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("Orders that were sent to a supplier are kept, with their messages."))
