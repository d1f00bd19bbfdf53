"""People who change employer leave the dossiers and warranties of the old one behind."""

from odoo import fields, models


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

    def write(self, vals):
        """Let go of people who belong to another company now, or act for it no longer."""
        if not {"parent_id", "is_company"} & vals.keys():
            result = super().write(vals)
            if "dossier_customer_ids" in vals:
                # Odoo keeps record rules, with the customers of their user, in a cache of the process
                self.env.registry.clear_cache()
            return result
        # everybody below them, whoever may see them: their documents must not move along
        self_sudo = self.sudo()
        people_sudo = self_sudo | self_sudo.with_context(active_test=False).search([("id", "child_of", self.ids)])
        before = {person: person.commercial_partner_id for person in people_sudo}
        result = super().write(vals)
        moved_sudo = people_sudo.filtered(lambda person: person.commercial_partner_id != before[person])
        if moved_sudo:
            self.env.registry.clear_cache()  # as above
            moved_sudo._leave_dossiers(before)
        return result

    def _leave_dossiers(self, before):
        """Let the former company take the place of people who left it, and unsubscribe them.

        :param before: the former company of each person
        """
        for model in ("service.dossier", "service.warranty"):
            # whoever may edit a contact need not see dossiers; each record says what happened to it
            Model_sudo = self.env[model].sudo().with_context(active_test=False)
            for person in self:
                Model_sudo.search(
                    [("partner_id", "=", person.id), ("commercial_partner_id", "=", before[person].id)]
                )._replace_contact(person)
        Order_sudo = self.env["sale.order"].sudo()  # as above
        for person in self:
            Order_sudo.search(
                [("partner_id", "=", person.id), ("dossier_id.commercial_partner_id", "=", before[person].id)]
            )._leave_to_customer(person)
        # what the former company was granted does not move along
        self.filtered("dossier_administrator").dossier_administrator = False
        self.filtered("dossier_customer_ids").dossier_customer_ids = False
        Ticket_sudo = self.env["helpdesk.ticket"].sudo()  # as above
        Dossier_sudo = self.env["service.dossier"].sudo().with_context(active_test=False)  # as above
        for person in self:
            left = before[person] - person
            Ticket_sudo.search(
                [("partner_id", "=", person.id), ("dossier_id.commercial_partner_id", "in", left.ids)]
            )._leave_to_customer(person)
            Dossier_sudo.search(
                [("message_partner_ids", "in", person.ids), ("commercial_partner_id", "in", left.ids)]
            )._let_go(person)

    # Customers

    def _acts_for(self, customer):
        """Return whether a person belongs to a customer, or acts for it with the own login."""
        partner_sudo = self.sudo()  # compared only; who acts for whom is for managers
        return partner_sudo.commercial_partner_id == customer or customer in partner_sudo.dossier_customer_ids

    def _dossier_customers(self):
        """Return whose dossiers a person opens: the own company first (superuser: names reach the pages)."""
        partner_sudo = self.sudo()  # see above
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
