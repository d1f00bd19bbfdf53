"""People who change employer leave the dossiers and warranties of the old one behind."""

from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    dossier_administrator = fields.Boolean(
        string="Administrates the portal access of the company",
        help="This person may invite colleagues to the portal and remove them.",
    )
    dossier_invited = fields.Boolean(readonly=True, copy=False, help="Invited to the portal by a colleague.")

    def write(self, vals):
        """Let go of people who belong to another company now."""
        if not {"parent_id", "is_company"} & vals.keys():
            return super().write(vals)
        # everybody below them, whoever may see them: their documents must not move along
        everybody_sudo = self.sudo().with_context(active_test=False)
        people_sudo = self.sudo() | everybody_sudo.search([("id", "child_of", self.ids)])
        before = {person: person.commercial_partner_id for person in people_sudo}
        result = super().write(vals)
        moved_sudo = people_sudo.filtered(lambda person: person.commercial_partner_id != before[person])
        if moved_sudo:
            # Odoo keeps record rules, with the customer of their user, in a cache of the process
            self.env.registry.clear_cache()
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
        self.filtered("dossier_administrator").dossier_administrator = False  # of the former company
        Dossier_sudo = self.env["service.dossier"].sudo().with_context(active_test=False)
        for person in self:
            left = before[person] - person
            self.env["helpdesk.ticket"].sudo().search(
                [("partner_id", "=", person.id), ("dossier_id.commercial_partner_id", "in", left.ids)]
            )._leave_to_customer(person)
            Dossier_sudo.search(
                [("message_partner_ids", "in", person.ids), ("commercial_partner_id", "in", left.ids)]
            )._let_go(person)
