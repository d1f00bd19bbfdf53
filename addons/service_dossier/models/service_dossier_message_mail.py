"""Mails that go out for messages: notifications, answers, and the type E-mail."""

from markupsafe import Markup
from odoo import SUPERUSER_ID, Command, api, models
from odoo.addons.base_safeguard.languages import installed_language
from odoo.tools import email_normalize, formataddr

from .. import message_types
from ..notices import Notice


class ServiceDossierMessage(models.Model):
    """A message that others are told of."""

    _inherit = "service.dossier.message"  # pylint: disable=consider-merging-classes-inherited

    def _notify(self):
        """Queue the mails for one message, in the transaction that writes it."""
        self.ensure_one()
        internal = self.audience == "internal"
        mails = self._prepare_internal_notices() if internal else self._prepare_notifications()
        if mails:
            # an internal notice does not tell who made it, not even as the creator of the mail
            self._queue_mails(mails, sender=SUPERUSER_ID if internal else self.env.uid)

    @api.model
    def _queue_mails(self, vals_list, *, sender=None):
        """Put mails of dossiers into the queue.

        :param sender: whose mails they are; the current user's where that is left out
        """
        Mail_sudo = self.env["mail.mail"].with_user(sender or self.env.uid).sudo()  # no user may make mails
        Mail_sudo._queue(vals_list)

    # Who

    def _notified_partners(self):
        """Return the partners to tell about a message that is not internal, its author excepted."""
        dossier = self.dossier_id
        contact = dossier._get_contact().partner_id
        if dossier.user_id and not contact:
            # who left has no successor: the company's own mailbox
            contact = dossier.company_id.partner_id
        customer = dossier.commercial_partner_id
        followers = self._present(dossier.message_partner_ids)
        staff = followers.filtered(lambda p: not p.partner_share) | contact
        own = followers.filtered(lambda p: p.partner_share and p._acts_for(customer))
        guests = followers.filtered("partner_share") - own
        partners = staff | self._type().also_told(self)
        if self.audience != "staff":
            partners |= own
        if self.is_staff and self.audience != "staff":
            partners |= self._present(dossier.partner_id) or self._present(customer)
        if self.audience == "everyone":
            partners |= guests
        if self._type().is_addressed:
            partners = partners.browse()  # its recipients were chosen by its author
        if self.parent_id:
            partners -= self.parent_id.author_id
        partners -= self.author_id
        return partners.filtered("email_normalized")

    @api.model
    def _present(self, partners):
        """Return the partners whose mail somebody reads."""
        return (partners - self._removed(partners)).filtered("active")

    @api.model
    def _removed(self, partners):
        """Return the partners who had logins of which none is left: people who left, or whose access was taken away."""
        Users = self.env["res.users"].with_context(active_test=False)
        groups = Users._read_group([("partner_id", "in", partners.ids)], ["partner_id"], ["active:bool_or"])
        gone = {partner.id for partner, present in groups if not present}
        return partners.filtered(lambda partner: partner.id in gone)

    def _service_requesters(self):
        """Return the partners of the customer's who asked for service in this dossier."""
        asking = message_types.codes(asks_for_service=True)
        requests = self.search([("dossier_id", "=", self.dossier_id.id), ("message_type", "in", asking)])
        customer = self.commercial_partner_id
        return requests.author_id.filtered(lambda p: p.partner_share and p._acts_for(customer))

    def _colleagues(self):
        """Return the portal users' partners of the author's customer number, without the author."""
        users_sudo = self.commercial_partner_id._dossier_users()
        return users_sudo.partner_id.filtered("email_normalized") - self.author_id

    # What

    def _prepare_internal_notices(self):
        """Return values of mails that only say that there is something to read, not what or by whom."""
        values = []
        for lang, partners in self._by_language(self._colleagues()):
            message = self.with_context(lang=lang)
            subject = message.env._("[%(dossier)s] There is a new message", dossier=message.dossier_id.name)
            values.append(
                {
                    "subject": subject,
                    "email_from": self._sender(anonymous=True),
                    "reply_to": self.company_id.email or "",
                    "recipient_ids": [Command.set(partners.ids)],
                    "author_id": self.company_id.partner_id.id,
                    "headers": repr({"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}),
                    "body_html": message._render_mail("notice", portal=True),
                    "auto_delete": True,
                    "is_notification": False,
                }
            )
        return values

    def _prepare_notifications(self):
        """Return values of the mails for a message that is not internal."""
        notices = [*self._author_notices(), *self._reader_notices()]
        mailings = self.env["service.dossier.mail"].create(
            [{"message_id": self.id, "recipients": notice.recipients, "kind": notice.kind} for notice in notices]
        )
        return [
            self.with_context(lang=notice.lang)._prepare_mail_values(mailing, notice)
            for mailing, notice in zip(mailings, notices, strict=True)
        ]

    def _author_notices(self):
        """Return the mails to those whom the author chose, or answers."""
        nobody, notices = self.env["res.partner"], []
        if self.recipients:
            copies = tuple(self.cc.split(",")) if self.cc else ()
            lang = installed_language(self.env, self.author_id.lang)
            notices.append(Notice("email", lang, nobody, tuple(self.recipients.split(",")), copies))
        address = self.parent_id._author_email() if self.parent_id else ""
        if address and address != self._author_email():
            partner = self.parent_id.author_id
            portal = bool(partner.user_ids.filtered("share"))
            link = "portal" if portal else "office" if partner.user_ids else ""
            lang = installed_language(self.env, partner.lang, self.author_id.lang)
            notices.append(Notice("answer", lang, nobody, (address,), link=link))
        return notices

    def _reader_notices(self):
        """Return the mails to those who are told because they belong to the dossier, by language and kind of access."""
        kind = "answer_other" if self.parent_id else "message"
        company = self.company_id.partner_id
        notices = []
        for lang, partners in self._by_language(self._notified_partners()):
            outside = partners.filtered(lambda partner: partner.partner_share and partner != company)
            for link, chosen in (("portal", outside), ("office", partners - outside)):
                if chosen:
                    notices.append(Notice(kind, lang, chosen, tuple(chosen.mapped("email_normalized")), link=link))
        return notices

    def _prepare_mail_values(self, mailing, notice):
        """Return the values of one mail (in the language of the context).

        Where it goes to several partners, ``mail.mail`` gives each copy headers of its own.
        """
        kind = notice.kind
        values = {
            "subject": self._mail_subject(kind),
            "email_from": self._sender(),
            **mailing._prepare_headers(mailing.recipients),
            "author_id": self.author_id.id,
            "headers": repr(
                {} if kind == "email" else {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF"}
            ),
            "body_html": self._render_mail(kind, portal=notice.link == "portal", office=notice.link == "office"),
            "auto_delete": True,
            "is_notification": False,
        }
        if notice.partners:
            values["recipient_ids"] = [Command.set(notice.partners.ids)]
        else:
            values["email_to"] = ", ".join(notice.addresses)
            values["email_cc"] = ", ".join(notice.copies)
        if kind in ("email", "answer") or self._type().attaches_files:
            files = self.file_ids.filtered(lambda file: not file.deactivated)
            values["attachment_ids"] = [Command.set(files.attachment_id.ids)]
        return values

    def _mail_subject(self, kind):
        dossier = self.dossier_id.name
        if kind == "email":
            return self.subject or self.env._("Message about dossier %(dossier)s", dossier=dossier)
        root = self.root_id or self
        title = root.subject or self._type_labels()[root.message_type]
        return f"{'Re: ' if self.parent_id else ''}[{dossier}] {title}"

    def _mail_references(self, owner):
        """Return Message-Ids for the threads of the owner's mail program.

        The id of a mailing is the right to answer it: nobody is told another owner's.
        """
        parent = self.parent_id
        headers = [
            f"<dossier-thread-{(self.root_id or self).id}@{self.company_id.alias_domain_id.name or 'localhost'}>"
        ]
        headers += [parent.mail_header] if parent.mail_header else []
        for mailing in parent.mailing_ids:
            known = [other for other in mailing._owners() if set(owner.split(",")) <= set(other.split(","))]
            headers += [mailing._message_header_id(other) for other in known]
        return " ".join(headers)

    def _sender(self, *, anonymous=False):
        company = self.company_id
        address = company.alias_domain_id.default_from_email or email_normalize(company.email) or self._author_email()
        name = company.name if anonymous else f"{self.author_name} ({company.name})"
        return formataddr((name.replace("\r", " ").replace("\n", " "), address))

    def _render_mail(self, kind, *, portal=False, office=False):
        dossier = self.dossier_id
        return self.env["ir.qweb"]._render(
            "service_dossier.mail_body",
            {
                "kind": kind,
                "message": self,
                "parent": self.parent_id,
                "dossier": dossier,
                "company": self.company_id,
                "type_label": self._type_labels()[self.message_type],
                "type_text": self._type().mail_text(self.env),
                "body": Markup("") if kind == "notice" else self._body_preview(),
                "url": self._link(portal=portal, office=office),
            },
            lang=self.env.lang,
            minimal_qcontext=True,
        )

    def _link(self, *, portal=False, office=False):
        """Return the address at which somebody reads this very message, empty for people without access."""
        base = self.dossier_id.get_base_url()
        if portal:
            thread = (self.root_id or self).id
            return f"{base}/my/dossiers/{self.dossier_id.id}?thread={thread}#message-{self.id}"
        return f"{base}/odoo/service.dossier.message/{self.id}" if office else ""

    @api.model
    def _by_language(self, partners):
        """Yield ``(language, partners)``."""
        yield from partners.grouped(lambda partner: installed_language(self.env, partner.lang)).items()
