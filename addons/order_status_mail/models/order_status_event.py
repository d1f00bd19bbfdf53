"""The ledger: every change found on a web order, told or not, and why."""

from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ..const import HIDDEN_REASONS, REASONS, RULES, TOPICS
from ..parcels import split_numbers


class OrderStatusEvent(models.Model):
    """One change of one order, found by one run. Rows are never changed or deleted by people."""

    _name = "order.status.event"
    _description = "Order Status Event"
    _order = "found_at desc, id desc"
    _rec_name = "summary"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    website_id = fields.Many2one("website", readonly=True, ondelete="set null", index="btree_not_null")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, ondelete="set null", index="btree_not_null")
    line_id = fields.Many2one(
        "sale.order.line", "Order Line", readonly=True, ondelete="set null", index="btree_not_null"
    )
    product_id = fields.Many2one("product.product", readonly=True, ondelete="set null", index="btree_not_null")
    picking_id = fields.Many2one(
        "stock.picking", "Delivery", readonly=True, ondelete="set null", index="btree_not_null"
    )
    invoice_id = fields.Many2one("account.move", readonly=True, ondelete="set null", index="btree_not_null")
    rule = fields.Selection(selection=RULES, required=True, readonly=True)
    topic = fields.Selection(selection=TOPICS, required=True, readonly=True)
    old_value = fields.Char("Old", readonly=True)
    new_value = fields.Char("New", readonly=True)
    document = fields.Char(readonly=True)
    found_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    reason = fields.Selection(selection=REASONS, string="Not Mailed Because", readonly=True)
    message_id = fields.Many2one("mail.message", readonly=True, ondelete="set null", index="btree_not_null")
    mail_id = fields.Many2one("order.status.mail", readonly=True, ondelete="set null", index="btree_not_null")
    mail_state = fields.Selection(
        related="mail_id.state",
        string="Mail Delivery",
        store=True,
        help="What became of the mail that told this change.",
    )
    summary = fields.Char("What Changed", compute="_compute_summary")
    explanation = fields.Text("Why", compute="_compute_explanation")

    @api.depends("topic", "old_value", "new_value", "document", "product_id")
    @api.depends_context("lang")
    def _compute_summary(self):
        for event in self:
            description = event._describe()
            event.summary = " · ".join(filter(None, [description["product"], description["text"]]))

    @api.depends("rule", "reason", "mail_id", "partner_id", "found_at")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for event in self:
            event.explanation = event._explain()

    # Words

    def _labels(self, field):
        return dict(self._fields[field]._description_selection(self.env))

    def _describe(self):
        """Return this change in the words of the environment's language.

        :returns: dict with ``topic``, ``title``, ``text``, ``old``, ``new``, ``product``, ``line_id``
            and ``url`` (of the carrier's tracking page)
        """
        self.ensure_one()
        old, new = (
            getattr(self, f"_format_{self.topic}", self._format_plain)(v) for v in (self.old_value, self.new_value)
        )
        return {
            "topic": self.topic,
            "rule": self.rule,
            "title": self._labels("topic")[self.topic],
            "text": self._sentence(old, new),
            "old": old,
            "new": new,
            "product": self.product_id.with_context(display_default_code=False).display_name or "",
            "line_id": self.line_id.id,
            "parcels": self._parcels(),
        }

    def _format_plain(self, value):
        return value or ""

    def _format_state(self, value):
        return {
            "draft": self.env._("not confirmed"),
            "sent": self.env._("not confirmed"),
            "sale": self.env._("confirmed"),
            "cancel": self.env._("cancelled"),
        }.get(value, value or "")

    def _format_payment(self, value):
        return {
            "no": self.env._("not paid"),
            "part": self.env._("partly paid"),
            "paid": self.env._("paid"),
        }.get(value, value or "")

    def _format_quantity(self, value):
        return self.env["order.status.words"]._quantity(self.line_id, value)

    _format_delivered = _format_quantity
    _format_stock = _format_quantity

    def _format_expected(self, value):
        return format_date(self.env, value) if value else ""

    def _format_refund(self, value):
        currency = self.order_id.currency_id
        return formatLang(self.env, float(value), currency_obj=currency) if value else ""

    def _sentence(self, old, new):
        topic = self.topic
        if not self.new_value and not self.old_value:
            return self.env._("Changed and changed back")
        if topic in ("state", "payment"):
            return self._sentence_of_order()
        if topic == "failure":
            return self.env._("The payment %(reference)s did not work, nothing was charged", reference=new)
        if topic == "refund":
            return self.env._("%(amount)s went back to you", amount=new)
        if topic == "invoice":
            return self._sentence_of_invoice(old, new)
        if topic == "slip":
            return self.env._("The packing slip %(number)s is printed", number=new)
        if topic == "picked":
            return self.env._("Your order is picked")
        return self._sentence_of_goods(old, new)

    def _sentence_of_order(self):
        return {
            "draft": self.env._("Your order is not confirmed yet"),
            "sent": self.env._("Your order is not confirmed yet"),
            "sale": self.env._("Your order is confirmed"),
            "cancel": self.env._("Your order is cancelled"),
            "no": self.env._("Your order is not paid yet"),
            "part": self.env._("Your order is partly paid"),
            "paid": self.env._("Your order is paid"),
        }.get(self.new_value, self.env._("News about your order"))

    def _sentence_of_invoice(self, old, new):
        # customers may know what kind of document it is before they may open it
        if self.invoice_id.sudo().move_type == "out_refund":
            if not self.new_value:
                return self.env._("Credit note %(number)s is no longer valid", number=old)
            return self.env._("Credit note: %(number)s", number=new)
        if not self.new_value:
            return self.env._("Invoice %(number)s is no longer valid", number=old)
        return self.env._("Invoiced: %(number)s", number=new)

    def _sentence_of_goods(self, old, new):
        topic = self.topic
        if topic == "tracking":
            return self._sentence_of_parcel(old, new)
        if topic == "delivered":
            if float(self.new_value or 0) < float(self.old_value or 0):
                return self.env._("Returned; delivered now: %(new)s instead of %(old)s", old=old, new=new)
            if not float(self.old_value or 0):
                return self.env._("Delivered: %(new)s", new=new)
            return self.env._("Delivered: %(new)s (before: %(old)s)", old=old, new=new)
        if topic == "expected":
            if not new:
                return self.env._("The expected date %(old)s no longer holds, a new one is not known yet", old=old)
            if not old:
                return self.env._("Expected on %(new)s", new=new)
            return self.env._("Expected on %(new)s instead of %(old)s", old=old, new=new)
        return self.env._("Back in stock, received for you: %(new)s", new=new)

    def _sentence_of_parcel(self, old, new):
        # customers know the carrier, not the delivery order
        carrier = self.picking_id.sudo().carrier_id.name
        if not new:
            return self.env._("Tracking number %(number)s is no longer valid", number=old)
        if old:
            return self.env._("Tracking number %(new)s instead of %(old)s", old=old, new=new)
        if carrier:
            return self.env._("On its way with %(carrier)s: %(number)s", carrier=carrier, number=new)
        return self.env._("Tracking number: %(number)s", number=new)

    def _parcels(self):
        """Return the parcels that this event tells of: dicts with ``number``, ``carrier`` and ``url``."""
        if self.topic != "tracking" or not self.new_value:
            return []
        # portal customers and guests may see where their parcel is, not the delivery order itself
        picking_sudo = self.picking_id.sudo()
        links = picking_sudo._status_tracking_links() if picking_sudo.carrier_tracking_ref else {}
        return [
            {"number": number, "carrier": picking_sudo.carrier_id.name or "", "url": links.get(number, "")}
            for number in split_numbers(self.new_value)
        ]

    def _explain(self):
        rule = self._labels("rule")[self.rule]
        if self.reason:
            return self.env._(
                "Rule “%(rule)s” found this change, and no mail was sent: %(reason)s.",
                rule=rule,
                reason=self._labels("reason")[self.reason],
            )
        return self.env._(
            "Rule “%(rule)s” is switched on for %(website)s, the customer %(customer)s had not refused it, "
            "and this had not been told before. It was found by the run of %(time)s.",
            rule=rule,
            website=self.website_id.name or "",
            customer=self.partner_id.display_name or "",
            time=fields.Datetime.context_timestamp(self, self.found_at).strftime("%Y-%m-%d %H:%M"),
        )

    # Portal

    @api.model
    def _timeline(self, order):
        """Return what the customer's pages show of ``order``: days with their events, latest first."""
        # the caller has checked that this visitor may see the order
        events = self.sudo().search([("order_id", "=", order.id), ("reason", "not in", HIDDEN_REASONS)])
        events = events.filtered(lambda event: event.reason != "not_news" or event.new_value == "cancel")
        return [
            {"day": day, "events": [{**event._describe(), "at": event.found_at} for event in group]}
            for day, group in events.grouped(lambda event: order._status_day(event.found_at)).items()
        ]

    def action_open_order(self):
        """Open the order of this event."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }

    def action_same_mail(self):
        """List everything that the same mail told: why the customer got it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("order_status_mail.order_status_event_action")
        action.update(domain=[("mail_id", "=", self.mail_id.id)], context={})
        return action
