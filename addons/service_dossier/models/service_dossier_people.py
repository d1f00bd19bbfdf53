"""Who has to do with a dossier: the customer's people, the contact person, readers and correspondents."""

from odoo import models
from odoo.addons.phone_validation.tools import phone_validation
from odoo.tools import email_normalize, formataddr

#: Correspondents that are offered for an e-mail.
ADDRESS_BOOK_SIZE = 50


class ServiceDossier(models.Model):
    """People of a dossier."""

    _inherit = "service.dossier"

    def _settings(self):
        """Return the company (superuser): its settings hold for customers, too, who may not read all of it."""
        self_sudo = self.sudo()  # callers have checked the dossier; they take limits and addresses from the company
        return self_sudo.company_id

    def _is_customers(self, user):
        """Return whether a user acts for the customer of this dossier; guests read it, but do not."""
        self_sudo = self.sudo()  # compared only
        return user.share and user.with_env(self_sudo.env).partner_id._acts_for(self_sudo.commercial_partner_id)

    # Contact

    def _get_contact(self):
        """Return the contact person, or the successor of one who left: whom the settings name for new dossiers."""
        self_sudo = self.sudo()  # customers may not read employees
        contact, successor = self_sudo.user_id, self_sudo.company_id.dossier_contact_id
        return contact if contact.active and contact.partner_id.active else successor.filtered("active")

    def _contact_notice(self):
        """Return ``name``, ``phone`` (international) and ``email`` of whom the customer should contact."""
        self.ensure_one()
        company = self._settings()
        partner = self._get_contact().partner_id or company.partner_id
        country = partner.country_id or company.country_id
        phone = partner.phone or company.phone or ""
        if phone:
            phone = phone_validation.phone_format(
                phone, country.code, country.phone_code, force_format="INTERNATIONAL", raise_exception=False
            )
        return {"name": partner.name, "phone": phone, "email": partner.email or company.email or ""}

    # Readers

    def _get_readers(self, audience):
        """Return who can read a message of an audience: dicts of ``label`` and ``names``.

        Only names that the asking person may know: the manufacturer's employees are a group to customers.
        """
        self.ensure_one()
        self._origin.check_access("read")
        dossier_sudo = self.sudo()  # names only, of people who share this dossier
        customer = dossier_sudo.commercial_partner_id
        followers = dossier_sudo.message_partner_ids.filtered("partner_share")
        groups = []
        if audience != "staff":
            label = self.env._("Users of %(company)s", company=customer.name)
            readers = customer._dossier_users().partner_id
            if audience != "internal":
                # by mail, with a login or without
                readers |= (followers | dossier_sudo.partner_id).filtered(lambda partner: partner._acts_for(customer))
            groups.append({"label": label, "names": readers.mapped("name")})
        if audience == "everyone":
            guests = followers.filtered(lambda partner: not partner._acts_for(customer))
            if guests:
                groups.append({"label": self.env._("Guests"), "names": guests.mapped("name")})
        if audience != "internal":
            label = self.env._("Employees of %(company)s", company=dossier_sudo.company_id.name)
            groups.append({"label": label, "names": dossier_sudo.user_id.mapped("name")})
        return groups

    def _readers_text(self, audience, recipients=""):
        """Return the readers of an audience as one line of text."""
        parts = []
        for group in self._get_readers(audience):
            names = ", ".join(group["names"][:10]) + ("…" if len(group["names"]) > 10 else "")
            parts.append(f"{group['label']} ({names})" if names else group["label"])
        if recipients:
            parts.append(self.env._("Recipients: %(addresses)s", addresses=recipients))
        return "; ".join(parts)

    # Correspondents

    def _address_book(self):
        """Return with whom e-mails of this dossier were exchanged: ``{address: name and address}``, the latest first.

        Read as the current user: nobody learns an address from a message that this person may not see.
        """
        self.ensure_one()
        Message = self.env["service.dossier.message"]
        known = {}
        domain = [("dossier_id", "=", self.id), ("message_type", "in", Message._addressed_types())]
        for message in Message.search(domain, limit=500):
            address = email_normalize(message.email_from or "") if message.origin == "mail" else ""
            if address and known.get(address, address) == address:  # a name that comes with an older answer helps, too
                known[address] = formataddr((message.author_name or "", address))
            for recipient in filter(None, message._addressees().split(",")):
                known.setdefault(recipient, recipient)
        own = self.env.user.email_normalized
        found = list(known.items())[:ADDRESS_BOOK_SIZE]
        return {Message._readable(address): Message._readable(label) for address, label in found if address != own}
