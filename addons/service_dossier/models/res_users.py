"""A customer's own administrator: who of the customer's people has access to the portal."""

from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize

#: Invitations of one customer in a day: the manufacturer's mail server is no relay.
MAX_INVITATIONS = 20


class ResUsers(models.Model):
    """A portal user who may administrate the own company's access."""

    _inherit = "res.users"

    def _is_dossier_administrator(self):
        """Return whether this user may invite and remove the customer's people."""
        self.ensure_one()
        return self.share and self.partner_id.dossier_administrator

    def _dossier_colleagues(self):
        """Return the portal users of this user's customer (superuser: names and addresses of the own company)."""
        self.ensure_one()
        return self.partner_id.commercial_partner_id._dossier_users()

    def _check_dossier_administrator(self):
        if not self._is_dossier_administrator():
            raise AccessError(self.env._("Only your administrator can invite and remove colleagues."))

    def _invite_dossier_colleague(self, name, email):
        """Give somebody of the own company access to the portal, with Odoo's own invitation mail.

        :raises UserError: where the name or the address cannot be used; a known address is not told apart
        """
        self._check_dossier_administrator()
        name, address = " ".join((name or "").split())[:100], email_normalize(email or "")
        if not name or not address:
            raise UserError(self.env._("Fill in a name and an e-mail address."))
        customer_sudo = self.sudo().partner_id.commercial_partner_id  # checked above; portal users write no contacts
        self._take_turns()
        self._check_invitations(customer_sudo, Domain("id", "child_of", customer_sudo.id), MAX_INVITATIONS)
        invited = {"dossier_invited": True, "date_dossier_invited": fields.Datetime.now()}
        person_sudo = self._known_dossier_colleague(customer_sudo, address)
        if person_sudo:
            self._check_invitations(customer_sudo, Domain("id", "=", person_sudo.id), 1)
            person_sudo.write(invited)
        else:
            values = {"name": name, "email": address, "parent_id": customer_sudo.id, "lang": self.lang}
            person_sudo = customer_sudo.create(values | invited)
        access = self._prepare_portal_access(person_sudo)
        if access.is_portal:
            # an employee archived the login, which then still counts as one with access
            access.action_revoke_access()
        access.action_grant_access()
        person_sudo.message_post(body=self.env._("Invited to the portal by %(name)s.", name=self.name))
        return person_sudo.user_ids

    def _take_turns(self):
        """Let of two invitations at once the second one begin anew, when it can see what the first has made."""
        main_company = self.env.ref("base.main_company")
        self.env.cr.execute(SQL("UPDATE res_company SET write_date = write_date WHERE id = %s", main_company.id))

    def _check_invitations(self, customer_sudo, people, limit):
        """:raises UserError: where so many of some people were invited within a day, new ones or once more"""
        since = fields.Datetime.now() - timedelta(days=1)
        today = Domain("date_dossier_invited", ">=", since)
        today |= Domain("date_dossier_invited", "=", False) & Domain("create_date", ">=", since)
        if customer_sudo.search_count(people & Domain("dossier_invited", "=", True) & today) >= limit:
            raise UserError(self.env._("You invited many people today. Please go on tomorrow, or contact us."))

    def _known_dossier_colleague(self, customer_sudo, address):
        """Return whom of the customer's people an address belongs to: who had access, or never had; or none.

        :raises UserError: where it is anybody else's: two people with one address answer each other's mail
        """
        everybody_sudo = self.sudo().with_context(active_test=False)  # one answer, whosever the address is
        known_sudo = everybody_sudo.search(["|", ("login", "=", address), ("email_normalized", "=", address)])
        former_sudo = known_sudo.filtered(
            lambda user: user.share and not user.active and user.partner_id.commercial_partner_id == customer_sudo
        )
        if known_sudo - former_sudo or len(former_sudo) > 1:
            raise UserError(self.env._("This address cannot be invited here. Please contact us."))
        if former_sudo:
            return former_sudo.partner_id
        # the manufacturer knows this person; the name is as it is written there
        contacts = [
            ("commercial_partner_id", "=", customer_sudo.id),
            ("email_normalized", "=", address),
            ("is_company", "=", False),
            ("type", "=", "contact"),
            ("user_ids", "=", False),
        ]
        return customer_sudo.search(contacts, order="id", limit=1)

    def _remove_dossier_colleague(self, user_id):
        """Take the access to the portal away from somebody of the own company.

        :raises UserError: for oneself
        """
        self._check_dossier_administrator()
        user_sudo = self._dossier_colleagues().filtered(lambda user: user.id == user_id)
        if not user_sudo:
            raise AccessError(self.env._("This is nobody of your company."))
        if user_sudo == self:
            raise UserError(self.env._("You cannot remove yourself."))
        person_sudo, customer = user_sudo.partner_id, self.partner_id.commercial_partner_id
        dossiers = Domain("message_partner_ids", "in", person_sudo.ids)
        if person_sudo.commercial_partner_id == customer:
            self._prepare_portal_access(person_sudo).action_revoke_access()
        else:
            # somebody of another company, who acted for this customer as well
            person_sudo.dossier_customer_ids -= customer
            dossiers &= Domain("commercial_partner_id", "=", customer.id)
        dossiers_sudo = self.env["service.dossier"].sudo()  # nothing more is mailed to who has left
        dossiers_sudo.search(dossiers)._let_go(person_sudo)
        person_sudo.message_post(body=self.env._("Removed from the portal by %(name)s.", name=self.name))

    def _prepare_portal_access(self, person_sudo):
        """Return a line of Odoo's own wizard for portal access."""
        # checked by the callers; portal users open no wizards
        wizard_sudo = self.env["portal.wizard"].sudo().create({"partner_ids": [fields.Command.set(person_sudo.ids)]})
        return wizard_sudo.user_ids
