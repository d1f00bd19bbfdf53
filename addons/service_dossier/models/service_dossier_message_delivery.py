"""Whether the mails of a message arrived, who is told when not, and sending them again."""

from markupsafe import Markup
from odoo import api, fields, models
from odoo.addons.base_safeguard.languages import installed_language
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime, plaintext2html

from ..notices import Notice

LOST = ("failed", "bounced")


class ServiceDossierMessage(models.Model):
    """A message whose mails may not arrive."""

    _inherit = "service.dossier.message"  # pylint: disable=consider-merging-classes-inherited

    delivery_status = fields.Html(
        string="Delivery",
        compute="_compute_delivery_status",
        groups="service_dossier.group_service_dossier_user",
        help="What became of the mails of this message, by address.",
    )

    def _compute_delivery_status(self):
        states = self._get_deliveries()
        item = Markup("<li>%(shown)s: <b>%(label)s</b> %(reason)s</li>")
        for message in self:
            items = Markup().join(item % values for values in states.get(message.id, ()))
            message.delivery_status = Markup("<ul>%s</ul>") % items if items else False

    def _get_deliveries(self, kinds=None):
        """Return for each message what became of its mails.

        :param kinds: only mailings of these kinds
        :returns: ``{message id: [dict of mailing, address, state, label and reason]}``
        """
        # the mailings of what somebody reads are no secret where the caller shows them; their signatures stay here
        mailings_sudo = self.sudo().mailing_ids.filtered(lambda mailing: not kinds or mailing.kind in kinds)
        rows_sudo = mailings_sudo._get_deliveries()
        labels = dict(rows_sudo._fields["state"]._description_selection(self.env))
        found = {}
        for row in rows_sudo.sorted("id"):
            mailing_sudo = mailings_sudo.browse(row.res_id)
            found.setdefault(mailing_sudo.message_id.id, []).append(
                {
                    "mailing": mailing_sudo.id,
                    "address": row.address or row.partner_id.name or "",
                    "shown": self._readable(row.address) or row.partner_id.name or "",
                    "state": row.state,
                    "label": labels[row.state],
                    "reason": self._short_reason(row.reason) if row.state in LOST else "",
                }
            )
        return found

    @api.model
    def _short_reason(self, reason):
        return " ".join((reason or "").split())[:300]

    # Telling

    def _tell_undelivered(self, mailing, deliveries):
        """Tell somebody who can do something about it that mails of this message did not arrive.

        The author hears of the addresses that the author chose or answers to; what colleagues and employees miss is a
        matter for the dossier's contact person, who gets an activity.
        """
        if mailing.kind in ("email", "answer") and self._author_email():
            self._mail_undelivered(deliveries)
            return
        user = self.dossier_id._get_contact() or self.env.ref("base.user_admin")
        env = self.with_context(lang=user.lang).env
        for row in deliveries:
            self.dossier_id.with_context(lang=user.lang).activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=env._(
                    "A mail to %(address)s did not arrive",
                    address=self._readable(row.address) or row.partner_id.name or "",
                ),
                note=plaintext2html(self._short_reason(row.reason) or ""),
            )

    def _mail_undelivered(self, deliveries):
        partner = self.author_id
        message = self.with_context(lang=installed_language(self.env, partner.lang))
        portal = bool(partner.user_ids.filtered("share"))
        values = {
            "subject": message.env._("Not delivered: [%(dossier)s]", dossier=self.dossier_id.name),
            "email_from": self._sender(anonymous=True),
            "email_to": self._author_email(),
            "author_id": self.company_id.partner_id.id,
            "headers": {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
            "body_html": message._render_undelivered(deliveries, self._link(portal=portal, office=not portal)),
            "auto_delete": True,
            "is_notification": False,
        }
        self._queue_mails([values])

    def _render_undelivered(self, deliveries, url):
        return self.env["ir.qweb"]._render(
            "service_dossier.mail_undelivered",
            {
                "intro": self.env._(
                    "Your message of %(date)s in dossier %(dossier)s did not arrive everywhere:",
                    date=format_datetime(self.env, self.date, tz=self.author_id.tz or "UTC", dt_format="short"),
                    dossier=self.dossier_id.name,
                ),
                "company": self.company_id,
                "deliveries": [(self._readable(row.address), self._short_reason(row.reason)) for row in deliveries],
                "url": url,
            },
            lang=self.env.lang,
            minimal_qcontext=True,
        )

    # Sending again

    def _check_send_again(self):
        """:raises AccessError: for whoever is neither the author nor handles dossiers"""
        self.check_access("read")
        handles = self.env.user.has_group("service_dossier.group_service_dossier_user")
        if not handles and self.author_id != self.env.user.partner_id:
            raise AccessError(self.env._("Only the author can send this message again."))

    def _send_again(self, address, new_address):
        """Send an e-mail once more to one address that it did not reach, or to the right one in its place.

        :raises UserError: where there is no such address, or the new one is none
        """
        self.ensure_one()
        self._check_send_again()
        sent = self._get_deliveries(kinds=("email",)).get(self.id, [])
        if not any(row["address"] == address and row["state"] in LOST for row in sent):
            raise UserError(self.env._("No mail to this address failed."))
        recipients = self._parse_recipients(self.dossier_id, new_address or address)
        if len(recipients) != 1:
            raise UserError(self.env._("Fill in one address."))
        if self.env.user.share:
            self._check_mail_volume(recipients[0])
        message_sudo = self.sudo()  # checked above; nobody creates mailings by hand
        lang = message_sudo.author_id.lang or self.env.lang
        mailing_sudo = message_sudo.mailing_ids.create(
            {"message_id": self.id, "recipients": recipients[0], "kind": "email"}
        )
        notice = Notice("email", lang, self.env["res.partner"], tuple(recipients))
        self._queue_mails([message_sudo.with_context(lang=lang)._prepare_mail_values(mailing_sudo, notice)])

    def action_send_again(self):
        """Choose the address that a message is sent to again (back office)."""
        self.ensure_one()
        self._check_send_again()
        lost = [row["address"] for row in self._get_deliveries(("email",)).get(self.id, []) if row["state"] in LOST]
        if not lost:
            raise UserError(self.env._("Every mail of this message arrived, or is on its way."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send again"),
            "res_model": "service.dossier.resend",
            "view_mode": "form",
            "target": "new",
            "context": {"default_message_id": self.id, "default_address": lost[-1], "default_new_address": lost[-1]},
        }
