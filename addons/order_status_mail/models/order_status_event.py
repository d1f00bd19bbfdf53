"""The ledger: every change found on a web order, told or not, and why."""

from odoo import api, fields, models
from odoo.addons.base_safeguard.rows import insert_rows

from ..const import HIDDEN_REASONS, REASONS
from ..rules import rule_of, rules_of


class OrderStatusEvent(models.Model):
    """One change of one order, found by one run. Rows are never changed or deleted by people."""

    _name = "order.status.event"
    _description = "Order Status Event"
    _order = "date_found desc, id desc"
    _rec_name = "summary"
    # what changed is said in the reader's language, and stored in none
    _rec_names_search = ["order_id", "product_id"]

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade", index=True)
    # not related: what is related is looked up again for each row, also where whoever makes it names it
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True, readonly=False, index=True
    )
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
    rule = fields.Selection(selection="_selection_rule", required=True, readonly=True)
    topic = fields.Selection(selection="_selection_topic", required=True, readonly=True)
    old_value = fields.Char("Old", readonly=True)
    new_value = fields.Char("New", readonly=True)
    document = fields.Char(readonly=True)
    date_found = fields.Datetime(required=True, readonly=True, index=True, default=fields.Datetime.now)
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

    @api.depends("order_id.company_id")
    def _compute_company_id(self):
        for event in self:
            event.company_id = event.order_id.company_id

    @api.depends("topic", "old_value", "new_value", "document", "product_id")
    @api.depends_context("lang")
    def _compute_summary(self):
        for event in self:
            description = event._describe()
            event.summary = " · ".join(filter(None, [description["product"], description["text"]]))

    @api.depends("rule", "reason", "mail_id", "partner_id", "date_found")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for event in self:
            event.explanation = event._explain()

    def _write_down(self, rows, mails):
        """Write reserved rows down, with the mails that tell them.

        :param rows: dicts of values, one for each of these records
        :param mails: ``{order id: values}`` of those that name a mail
        """
        for row in rows:
            if not row["reason"]:
                row.update(mails[row["order_id"]])
        insert_rows(self.browse(), rows, self.ids)

    # Words

    def _selection_rule(self):
        return [(rule.code, rule.label(self.env)) for rule in rules_of(self.env)]

    def _selection_topic(self):
        return [(topic, rule.topic_label(self.env, topic)) for rule in rules_of(self.env) for topic in rule.topics]

    def _label(self, field):
        """Return the label of a selection's value; of a rule whose addon is gone, its code."""
        return dict(self._fields[field]._description_selection(self.env)).get(self[field], self[field])

    def _describe(self):
        """Return this change in the words of the environment's language.

        :returns: dict with ``topic``, ``rule``, ``icon``, ``title``, ``text``, ``product``, ``line_id`` and
            ``parcels`` (see ``Rule.parcels``)
        """
        self.ensure_one()
        rule = rule_of(self.env, self.rule)
        return {
            "topic": self.topic,
            "rule": self.rule,
            "icon": rule.icon if rule else "fa-info-circle",
            "title": rule.topic_label(self.env, self.topic) if rule and self.topic in rule.topics else self.topic,
            "text": self._sentence(rule),
            "product": self.env["order.status.words"]._product_name(self.product_id),
            "line_id": self.line_id.id,
            "parcels": rule.parcels(self) if rule else [],
        }

    def _sentence(self, rule):
        if self.reason == "changed_back" or not rule:
            return self.env._("Changed and changed back") if rule else self.new_value or ""
        return rule.sentence(self, rule.format(self, self.old_value), rule.format(self, self.new_value))

    def _explain(self):
        rule = self._label("rule")
        if self.reason:
            return self.env._(
                "Rule “%(rule)s” found this change, and no mail was sent: %(reason)s.",
                rule=rule,
                reason=self._label("reason"),
            )
        return self.env._(
            "Rule “%(rule)s” is switched on for %(website)s, the customer %(customer)s had not refused it, "
            "and this had not been told before. It was found by the run of %(time)s.",
            rule=rule,
            website=self.website_id.name or "",
            customer=self.partner_id.display_name or "",
            time=fields.Datetime.context_timestamp(self, self.date_found).strftime("%Y-%m-%d %H:%M"),
        )

    # Portal

    @api.model
    def _timeline(self, order):
        """Return what the customer's pages show of ``order``: days with their events, latest first."""
        # the caller has checked that this visitor may see the order
        events = self.sudo().search([("order_id", "=", order.id), ("reason", "not in", HIDDEN_REASONS)])
        events = events.filtered(lambda event: event.reason != "not_news" or event.new_value == "cancel")
        return [
            {"day": day, "events": [{**event._describe(), "at": event.date_found} for event in group]}
            for day, group in events.grouped(lambda event: order._status_day(event.date_found)).items()
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
