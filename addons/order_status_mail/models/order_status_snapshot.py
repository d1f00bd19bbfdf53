"""What a customer was last told about an order."""

from datetime import timedelta

from odoo import api, fields, models

from ..const import LINK_DAYS, RETRY_MINUTES, RETRY_MINUTES_MAX


class OrderStatusSnapshot(models.Model):
    """One row per web order: the facts as told, what could not be told, the mail's links, the last failure."""

    _name = "order.status.snapshot"
    _description = "Web Order Status"
    _inherit = ["access.link.mixin"]
    _order = "date_changed desc, id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    website_id = fields.Many2one(related="order_id.website_id", store=True, index="btree_not_null")
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    facts = fields.Json(readonly=True, help="The order as the ledger knows it.")
    undelivered = fields.Json(
        readonly=True, help="Facts that changed and reached nobody: when, and how the customer knows them."
    )
    status = fields.Selection(
        [
            ("open", "Not confirmed"),
            ("confirmed", "Confirmed"),
            ("prepared", "Being prepared"),
            ("shipped", "On its way"),
            ("partial", "Partly delivered"),
            ("delivered", "Delivered"),
            ("short", "Delivered in part, closed"),
            ("dropped", "Will not be delivered"),
            ("partly_returned", "Partly returned"),
            ("returned_open", "Partly returned, more to come"),
            ("returned", "Returned"),
            ("done", "Completed"),
            ("cancelled", "Cancelled"),
        ],
        readonly=True,
        help="Where the order is, as the customer's pages show it.",
    )
    date_changed = fields.Datetime("Last Change", readonly=True)
    root_message = fields.Char(readonly=True, help="Message-Id of the first mail; later ones refer to it.")
    last_message = fields.Char(readonly=True)
    error = fields.Text("Last Error", readonly=True)
    error_count = fields.Integer("Failures", readonly=True)
    date_next_try = fields.Datetime("Try Again", readonly=True)

    _order_unique = models.Constraint("UNIQUE(order_id)", "There is one status per order.")
    _failed_idx = models.Index("(date_next_try) WHERE date_next_try IS NOT NULL")

    def write(self, vals):
        """Managers close links and try again, by the actions below; what a customer knows is nobody's to write.

        :raises AccessError: when a person writes it
        """
        if not self.env.su:
            raise self.env["ir.rule"]._make_access_error("write", self)
        return super().write(vals)

    # Links

    @api.model
    def _find_by_token(self, order_id, token):
        """Return the order's snapshot if ``token`` opens it, in superuser mode; else an empty record."""
        # guests have no rights of their own: the token is what lets them in
        snapshot_sudo = self.sudo().search([("order_id", "=", order_id)])
        return self._find_by_access_token(snapshot_sudo.id, token)

    @api.model
    def _link_expiry(self):
        return fields.Datetime.now() + timedelta(days=LINK_DAYS)

    @api.model
    def _renew_links(self, orders):
        """Give the orders new links: whoever got the mails so far need not be their customer any more."""
        # whoever changes a contact or an order need not see what customers were told
        snapshots_sudo = self.sudo().search([("order_id", "in", orders.ids)])
        waiting = snapshots_sudo._waiting_mails()
        old = {snapshot: snapshot._get_access_token() for snapshot in waiting}
        snapshots_sudo._rotate_access_link()
        for snapshot, token in old.items():
            snapshot._put_links(waiting[snapshot], token)

    def _waiting_mails(self):
        """Return ``{snapshot: mails}`` of the mails that still wait and go to the customer of now."""
        mails = self.env["mail.mail"].search(
            [
                ("model", "=", "sale.order"),
                ("res_id", "in", self.order_id.ids),
                ("state", "in", ("outgoing", "exception")),
            ]
        )
        by_order = self.grouped("order_id")
        customers = {order.id: order.partner_id for order in by_order}
        mails = mails.filtered(lambda mail: mail.recipient_ids == customers[mail.res_id])
        return {by_order[self.order_id.browse(order_id)]: each for order_id, each in mails.grouped("res_id").items()}

    def _put_links(self, mails, old):
        """Put the links of now in place of those of the token ``old``."""
        new = self._get_access_token()
        for mail in mails:
            texts = {name: mail[name] for name in ("body_html", "body_text", "headers")}
            mail.write({name: text.replace(old, new) for name, text in texts.items() if text})

    def action_revoke_links(self):
        """Make the links of all mails sent so far stop working."""
        self.check_access("write")
        self._rotate_access_link()

    def action_retry_now(self):
        """Let the next run try the failed orders again."""
        self.check_access("write")
        # the note is the scheduled action's own
        self.sudo().write({"date_next_try": False})

    # What is owed

    def _owe(self, facts, moment):
        """Note facts that changed at ``moment`` and reached nobody; where one is owed already, the older counts.

        :param facts: how the customer still knows them; quantities under ``arrived`` add up
        """
        moment = fields.Datetime.to_string(moment)
        owed = dict(self.undelivered or {})
        for fact, value in facts.items():
            if fact == "arrived":
                known = owed.get(fact, [moment, {}])[1]
                value = {key: known.get(key, 0.0) + value.get(key, 0.0) for key in {**known, **value}}
            elif fact in owed and owed[fact][0] <= moment:
                continue
            owed[fact] = [moment, value]
        self.undelivered = owed or False

    def _owed_facts(self):
        """Return ``{fact: value}`` of what the customer still knows otherwise."""
        return {fact: value for fact, (_moment, value) in (self.undelivered or {}).items()}

    # Failures

    @api.model
    def _record_failure(self, order, error):
        """Note that ``order`` could not be told, and when to try again."""
        snapshot = self.search([("order_id", "=", order.id)]) or self.create({"order_id": order.id})
        minutes = min(RETRY_MINUTES * 2 ** min(snapshot.error_count, 10), RETRY_MINUTES_MAX)
        snapshot.write(
            {
                "error": error,
                "error_count": snapshot.error_count + 1,
                "date_next_try": fields.Datetime.now() + timedelta(minutes=minutes),
            }
        )
        return snapshot
