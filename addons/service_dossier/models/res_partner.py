"""People who change employer leave the dossiers and warranties of the old one behind."""

from odoo import fields, models

#: what somebody may do for a company, beside belonging to it
GRANTS = ("dossier_administrator", "dossier_customer_ids")


class ResPartner(models.Model):
    """A customer, or a person who acts for one or several."""

    _inherit = "res.partner"

    dossier_administrator = fields.Boolean(
        string="Administrates the Portal Access of the Company",
        help="This person may invite colleagues to the portal and remove them.",
    )
    dossier_customer_ids = fields.Many2many(
        "res.partner",
        "dossier_agent_customer_rel",
        "agent_id",
        "customer_id",
        string="Also Acts For",
        domain="[('parent_id', '=', False)]",
        groups="service_dossier.group_service_dossier_manager",
        copy=False,
        help="This person's login opens the dossiers and warranties of these customers as well, internal messages too.",
    )
    dossier_invited = fields.Boolean(readonly=True, copy=False, help="Invited to the portal by a colleague.")
    date_dossier_invited = fields.Datetime(string="Invited to the Portal On", readonly=True, copy=False)

    def write(self, vals):
        """Let go of people who belong to another company now, or act for it no longer."""
        if "dossier_customer_ids" in vals:
            # Odoo keeps record rules, with the customers of their user, in a cache of the process
            self.env.registry.clear_cache()
        if not {"parent_id", "is_company"} & vals.keys():
            return super().write(vals)
        # everybody below them, whoever may see them: their documents must not move along
        self_sudo = self.sudo()
        people_sudo = self_sudo | self_sudo.with_context(active_test=False).search([("id", "child_of", self.ids)])
        before = {person: person.commercial_partner_id for person in people_sudo}
        result = super().write(vals)
        moved_sudo = people_sudo.filtered(lambda person: person.commercial_partner_id != before[person])
        if moved_sudo:
            self.env.registry.clear_cache()  # as above
        for person in moved_sudo:
            person._leave_documents(before[person])
            # what the former company was granted does not move along; what is granted right now stays
            for name in GRANTS:
                if person[name] and (person not in self or name not in vals):
                    person[name] = False
        return result

    def _leave_documents(self, former):
        """Let a former company take the place of a person who belongs to another one now, in what is that company's.

        (superuser: whoever may edit a contact need not see dossiers; each record says what happened to it)
        """
        self.ensure_one()
        person = self.with_context(active_test=False)
        for model in ("service.dossier", "service.warranty"):
            own = [("partner_id", "=", self.id), ("commercial_partner_id", "=", former.id)]
            person.env[model].search(own)._replace_contact(person)
        orders = [("partner_id", "=", self.id), ("dossier_id.commercial_partner_id", "=", former.id)]
        person.env["sale.order"].search(orders)._leave_to_customer(person)
        if former == self:
            return
        person.env["helpdesk.ticket"].search(orders)._leave_to_customer(person)
        followed = [("message_partner_ids", "in", self.ids), ("commercial_partner_id", "=", former.id)]
        person.env["service.dossier"].search(followed)._let_go(person)

    # Customers

    def _acts_for(self, customer):
        """Return whether a person belongs to a customer, or acts for it with the own login.

        (superuser or a manager's: who acts for whom is for managers)
        """
        return self.commercial_partner_id == customer or customer in self.dossier_customer_ids

    def _dossier_customers(self):
        """Return whose dossiers a person opens: the own company first (superuser: names reach the pages)."""
        partner_sudo = self.sudo()  # who acts for whom is for managers; everybody may know for whom the own login does
        return partner_sudo.commercial_partner_id | partner_sudo.dossier_customer_ids

    def _dossier_users(self):
        """Return the portal users (superuser) who act for a customer."""
        Users_sudo = self.env["res.users"].sudo()  # their names and addresses are shown to their own company
        domain = [
            ("share", "=", True),
            "|",
            ("partner_id.commercial_partner_id", "=", self.id),
            ("partner_id.dossier_customer_ids", "in", self.ids),
        ]
        return Users_sudo.search(domain, order="name")
