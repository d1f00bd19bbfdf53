"""Mails that go out for messages: notifications, answers, and the type E-mail."""

from markupsafe import Markup
from odoo import SUPERUSER_ID, api, models
from odoo.tools import email_normalize, formataddr


class ServiceDossierMessage(models.Model):
    _inherit = "service.dossier.message"  # pylint: disable=consider-merging-classes-inherited

    def _notify(self):
        """Queue the mails for one message, in the transaction that writes it."""
        self.ensure_one()
        internal = self.audience == "internal"
        mails = self._prepare_internal_notices() if internal else self._prepare_notifications()
        if mails:
            # an internal notice does not tell who made it, not even as the creator of the mail
            sender = SUPERUSER_ID if internal else self.env.uid
            self.env["mail.mail"].with_user(sender).sudo()._queue(mails)

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
        own = followers.filtered(lambda p: p.partner_share and p.commercial_partner_id == customer)
        guests = followers.filtered(lambda p: p.partner_share and p.commercial_partner_id != customer)
        partners = staff
        if self.audience != "staff":
            partners |= own
        if self.is_staff and self.audience != "staff":
            partners |= self._present(dossier.partner_id)
        if self.message_type == "warranty_document":
            partners |= self._service_requesters()
        if self.message_type == "order":
            partners |= self.create_uid.partner_id.filtered("partner_share")  # whoever placed it
        if self.audience == "everyone":
            partners |= guests
        if self.message_type == "email":
            partners = partners.browse()  # its recipients were chosen by its author
        if self.parent_id:
            partners -= self.parent_id.author_id
        partners -= self.author_id
        return partners.filtered("email_normalized")

    @api.model
    def _present(self, partners):
        """Return the partners whose mail somebody reads: whoever left has only logins that were archived."""
        Users = self.env["res.users"].sudo().with_context(active_test=False)
        groups = Users._read_group([("partner_id", "in", partners.ids)], ["partner_id"], ["active:bool_or"])
        gone = {partner.id for partner, present in groups if not present}
        return partners.filtered(lambda partner: partner.active and partner.id not in gone)

    def _service_requesters(self):
        """Return the partners of the customer's who asked for service in this dossier."""
        requests = self.search([("dossier_id", "=", self.dossier_id.id), ("message_type", "=", "service_request")])
        customer = self.commercial_partner_id
        return requests.author_id.filtered(lambda p: p.partner_share and p.commercial_partner_id == customer)

    def _colleagues(self):
        """Return the portal users' partners of the author's customer number, without the author."""
        users = self.env["res.users"].search(
            [("share", "=", True), ("partner_id.commercial_partner_id", "=", self.commercial_partner_id.id)]
        )
        return users.partner_id.filtered("email_normalized") - self.author_id

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
                    "recipient_ids": [(6, 0, partners.ids)],
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
        groups = []
        if self.message_type == "email" and self.recipients:
            lang = self.author_id.lang or self.env.lang
            groups.append(("email", lang, False, self.env["res.partner"], self.recipients.split(",")))
        parent = self.parent_id
        if parent and parent._author_email() and parent._author_email() != self._author_email():
            partner = parent.author_id
            portal = bool(partner.user_ids.filtered("share"))
            link = "portal" if portal else "office" if partner.user_ids else False
            lang = partner.lang or self.author_id.lang or self.env.lang
            groups.append(("answer", lang, link, self.env["res.partner"], [parent._author_email()]))
        kind = "answer_other" if parent else "message"
        for lang, partners in self._by_language(self._notified_partners()):
            for link, chosen in (
                ("portal", partners.filtered(lambda p: p.partner_share and p != self.company_id.partner_id)),
                ("office", partners.filtered(lambda p: not p.partner_share or p == self.company_id.partner_id)),
            ):
                if chosen:
                    groups.append((kind, lang, link, chosen, chosen.mapped("email_normalized")))
        mailings = self.env["service.dossier.mail"].create(
            [{"message_id": self.id, "recipients": ",".join(group[4]), "kind": group[0]} for group in groups]
        )
        return [
            self.with_context(lang=group[1])._prepare_mail_values(mailing, *group)
            for mailing, group in zip(mailings, groups, strict=True)
        ]

    def _prepare_mail_values(self, mailing, kind, lang, link, partners, addresses):
        """Return the values of one mail (in the language of the context).

        Where it goes to several partners, ``mail.mail`` gives each copy headers of its own.
        """
        values = {
            "subject": self._mail_subject(kind),
            "email_from": self._sender(),
            **mailing._prepare_headers(mailing.recipients),
            "author_id": self.author_id.id,
            "headers": repr(
                {} if kind == "email" else {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF"}
            ),
            "body_html": self._render_mail(kind, portal=link == "portal", office=link == "office"),
            "auto_delete": True,
            "is_notification": False,
        }
        if partners:
            values["recipient_ids"] = [(6, 0, partners.ids)]
        else:
            values["email_to"] = ", ".join(addresses)
        if kind in ("email", "answer") or self.message_type == "warranty_document":
            values["attachment_ids"] = [(6, 0, self.file_ids.filtered(lambda f: not f.deactivated).attachment_id.ids)]
        return values

    def _mail_subject(self, kind):
        dossier = self.dossier_id.name
        if kind == "email":
            return self.subject or self.env._("Message about dossier %(dossier)s", dossier=dossier)
        root = self.root_id or self
        types = dict(self._fields["message_type"]._description_selection(self.env))
        title = root.subject or types[root.message_type]
        return f"{'Re: ' if self.parent_id else ''}[{dossier}] {title}"

    def _mail_references(self, owner):
        """Return Message-Ids for the threads of the owner's mail program.

        The id of a mailing is the right to answer it: nobody is told another owner's.
        """
        parent = self.parent_id
        headers = [
            f"<dossier-thread-{(self.root_id or self).id}@{self.company_id.alias_domain_id.name or 'localhost'}>"
        ]
        headers += [parent.header_id] if parent.header_id else []
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
        types = dict(self._fields["message_type"]._description_selection(self.env))
        return self.env["ir.qweb"]._render(
            "service_dossier.mail_body",
            {
                "kind": kind,
                "message": self,
                "parent": self.parent_id,
                "dossier": dossier,
                "company": self.company_id,
                "type_label": types[self.message_type],
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
        yield from partners.grouped(lambda partner: partner.lang or self.env.lang or "en_US").items()
