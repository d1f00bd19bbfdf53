from odoo import fields, models


class MailDeliveryMixin(models.AbstractModel):
    """A document that owes mails and knows what became of them; see ``mail.delivery``.

    Show ``mail_delivery_problem`` on its form.
    """

    _name = "mail.delivery.mixin"
    _description = "Document with Mails That Must Arrive"

    mail_delivery_problem = fields.Char(
        "Mail Not Delivered",
        compute="_compute_mail_delivery_problem",
        help="Why the last mail about this document did not arrive.",
    )

    def _compute_mail_delivery_problem(self):
        # whoever may see the document sees what became of its mails
        deliveries_sudo = self.env["mail.delivery"].sudo()
        rows = deliveries_sudo.search([("res_model", "=", self._name), ("res_id", "in", self.ids)], order="id")
        problems = {}
        for (res_id, _recipient), each in rows.grouped(
            lambda row: (row.res_id, row.partner_id.id or row.address)
        ).items():
            last = each.filtered(lambda row, each=each: row.message_header == each[-1].message_header)
            sentences = (self._mail_delivery_sentence(row) for row in last._troubled())
            problems.setdefault(res_id, []).extend(filter(None, sentences))
        for record in self:
            record.mail_delivery_problem = " ".join(problems.get(record._origin.id, ())) or False

    def _mail_delivery_sentence(self, delivery):
        values = {"address": delivery.address or delivery.partner_id.name or "", "reason": delivery.reason or ""}
        if delivery.state == "bounced":
            return self.env._("The mail to %(address)s came back: %(reason)s", **values)
        if delivery.state == "failed":
            return self.env._("The mail to %(address)s could not be delivered: %(reason)s", **values)
        if delivery.attempt_count:
            time = fields.Datetime.context_timestamp(self, delivery.date_next_try or delivery.date_state)
            return self.env._(
                "The mail to %(address)s could not be sent yet and is tried again at %(time)s: %(reason)s",
                time=time.strftime("%Y-%m-%d %H:%M"),
                **values,
            )
        return False

    def _on_mail_delivery(self, deliveries):
        """Hook: mails of this document were sent, failed or came back, as the rows ``deliveries`` say.

        Called as superuser, some moments later, in a transaction of its own; called again if it raises.
        """
