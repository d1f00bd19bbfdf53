"""Service requests and service orders, as the dossier's timeline tells them."""

from markupsafe import Markup
from odoo import models
from odoo.tools import formatLang

from .. import message_types


class ServiceDossier(models.Model):
    """What happens to a dossier's orders and warranties."""

    _inherit = "service.dossier"

    # Customers

    def _transfer(self, partner, *, with_warranties=False):
        """Hand dossiers over to another customer; what was said to the old one alone stays its own."""
        for dossier in self:
            old = dossier.commercial_partner_id
            dossier._hand_over(partner)
            dossier._let_go(dossier.message_partner_ids.filtered(lambda p, old=old: p._acts_for(old)))
            if with_warranties:
                dossier.warranty_ids.filtered(lambda w, old=old: w.commercial_partner_id == old)._hand_over(partner)

    def _basket(self):
        """Return the parts that are not ordered yet; what a former customer configured is ordered by nobody."""
        parts = self.line_ids.sorted("id")
        return parts.filtered(
            lambda line: not line.is_placed and line.commercial_partner_id == line.dossier_id.commercial_partner_id
        )

    def _let_go(self, partners):
        """Unsubscribe customers' people who have no business in these dossiers any more."""
        gone = partners.filtered("partner_share")
        if gone:
            self.message_unsubscribe(partner_ids=gone.ids)

    def _get_report_base_filename(self):
        """Name the document as the dossier."""
        self.ensure_one()
        return self.env._("Dossier %(number)s", number=self.name.replace("/", "-"))

    # Warranties and deliveries

    def _update_warranties(self):
        orders_sudo = self.env["sale.order"].sudo()  # the mover of a stage may not see sales
        domain = [("dossier_id", "in", self.ids), ("is_service_order", "=", False), ("state", "=", "sale")]
        orders_sudo.search(domain).order_line._update_warranties()

    def _after_delivery(self):
        """Move dossiers (superuser) on whose original orders are delivered completely."""
        for dossier in self.filtered(lambda d: d.stage_id.kind in ("ordered", "production")):
            lines = dossier.order_ids.filtered(lambda o: not o.is_service_order).order_line
            goods = lines.filtered(lambda line: not line.display_type and line.product_uom_qty)
            if goods and all(line.qty_delivered >= line.product_uom_qty for line in goods):
                dossier._move_to_kind("delivered")

    # Service requests

    def _service_refusal(self):
        """Return why no service can be asked for, naming the contact person; empty where the dossier is finished."""
        self.ensure_one()
        if self.stage_id.kind == "finished":
            return ""
        notice = self._contact_notice()
        parts = [notice["name"], notice["phone"], notice["email"]]
        return self.env._(
            "A service request is possible for finished dossiers only; this one is in the stage “%(stage)s”. "
            "Please contact %(contact)s.",
            stage=self.stage_id.name,
            contact=", ".join(filter(None, parts)),
        )

    def _claim_day(self, warranty):
        """Return the day on which service was asked for, under this warranty or without naming one.

        That day counts, not the day of ordering: the manufacturer may need days to answer. A request is
        not kept open for ever: after the days of the setting, today counts. So it does for a warranty that began
        after the request: whoever has it now is not worse off for having asked before.
        """
        self.ensure_one()
        today = self.company_id._dossier_day()
        request = self.env["service.dossier.message"].search(
            [
                ("dossier_id", "=", self.id),
                ("message_type", "in", message_types.codes(asks_for_service=True)),
                ("parent_id", "=", False),
                ("warranty_id", "in", [False, warranty.id]),
            ],
            order="date desc",
            limit=1,
        )
        moment = request.date or (self.create_date if self.is_service else False)
        day = self.company_id._dossier_day(moment) if moment else today
        if warranty.date_start and day < warranty.date_start:
            return today
        return day if (today - day).days <= self.company_id.dossier_claim_days else today

    # The timeline

    def _post_event(self, subject, body, *, message_type="order", parent=None):
        """Write down what happened in a dossier (superuser), in the manufacturer's name, and mail it to the customer.

        :param parent: the message that this is the end of
        """
        self.ensure_one()
        company = self.company_id
        values = {
            "dossier_id": self.id,
            "commercial_partner_id": self.commercial_partner_id.id,
            "message_type": message_type,
            "audience": parent.audience if parent else "company",
            "author_id": company.partner_id.id,
            "author_name": company.name,
            "is_staff": True,
            "subject": subject,
            "body": body,
            "parent_id": parent.id if parent else False,
            "root_id": parent._root_id() if parent else False,
        }
        message = self.env["service.dossier.message"].create(values)
        message._notify()
        return message

    def _in_language_of_customer(self):
        return self.with_context(lang=self.partner_id.lang or self.commercial_partner_id.lang or self.env.lang)

    def _tell_orders(self, orders_sudo, waiting_sudo):
        """Confirm placed service orders to the customer."""
        dossier = self._in_language_of_customer()
        for order in orders_sudo.with_context(lang=dossier.env.lang):
            if order in waiting_sudo:
                text = dossier.env._(
                    "We have received your service order %(number)s. The warranty has paid for what it covers: we look "
                    "at this order and tell you here whether it is free of charge.",
                    number=order.name,
                )
            elif order.state == "sale":
                text = dossier.env._("Your service order %(number)s is placed.", number=order.name)
            else:
                text = dossier.env._(
                    "We have received your service order %(number)s and will confirm it.", number=order.name
                )
            dossier._post_event(
                dossier.env._("Service order %(number)s", number=order.name), dossier._order_text(text, order)
            )

    def _order_text(self, text, order):
        """Return a sentence with what was ordered under it."""
        rows = Markup().join(
            Markup("<li>%s</li>") % self._order_line_text(line)
            for line in order.order_line.filtered(lambda line: not line.display_type)
        )
        total = self.env._(
            "Total: %(amount)s", amount=formatLang(self.env, order.amount_total, currency_obj=order.currency_id)
        )
        return Markup("<p>%s</p><ul>%s</ul><p>%s</p>") % (text, rows, total)

    def _order_line_text(self, line):
        quantity = formatLang(self.env, line.product_uom_qty, digits=0 if line.product_uom_qty % 1 == 0 else 2)
        values = {
            "quantity": quantity,
            "product": line.product_id.display_name,
            "number": line.service_warranty_id.name,
            "price": formatLang(self.env, line.price_total, currency_obj=line.currency_id),
        }
        if line.service_free:
            return self.env._("%(quantity)s x %(product)s (warranty %(number)s): free of charge", **values)
        return self.env._("%(quantity)s x %(product)s (warranty %(number)s): %(price)s", **values)

    def _tell_decision(self, order_sudo):
        """Tell the customer whether the warranty pays for what was ordered beyond its limit."""
        for record in self:
            dossier = record._in_language_of_customer()
            order = order_sudo.with_context(lang=dossier.env.lang)
            if all(claim.state == "approved" for claim in order.order_line.warranty_claim_ids):
                text = dossier.env._("Your service order %(number)s is free of charge and goes on.", number=order.name)
            else:
                text = dossier.env._(
                    "The warranty does not pay for service order %(number)s. We go on with it when you have agreed to "
                    "the price; please answer here.",
                    number=order.name,
                )
            dossier._post_event(
                dossier.env._("Service order %(number)s", number=order.name), dossier._order_text(text, order)
            )

    def _tell_delivery(self, order_sudo):
        """Tell the customer that a service order was delivered, with the numbers of new warranties."""
        for record in self:
            dossier = record._in_language_of_customer()
            text = Markup("<p>%s</p>") % dossier.env._(
                "Service order %(number)s was delivered.", number=order_sudo.name
            )
            for warranty in order_sudo.order_line.warranty_ids:
                text += Markup("<p>%s</p>") % (
                    dossier.env._(
                        "The new unit has the warranty number %(number)s, which takes the place of %(old)s.",
                        number=warranty.name,
                        old=warranty.replaces_id.name,
                    )
                    if warranty.replaces_id
                    else dossier.env._("The new unit has the warranty number %(number)s.", number=warranty.name)
                )
            dossier._post_event(dossier.env._("Service order %(number)s", number=order_sudo.name), text)
