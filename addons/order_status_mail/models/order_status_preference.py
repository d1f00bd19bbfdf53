"""Which status mails a customer does not want."""

from odoo import api, fields, models
from odoo.tools.mail import email_normalize_all

from ..rules import rules_of


class OrderStatusPreference(models.Model):
    """A row says no: this address does not want mails of this rule from this website.

    Choices hold for the address, not for a contact: each checkout of a guest makes a new contact.
    """

    _name = "order.status.preference"
    _description = "Status Mail Opt-Out"
    _order = "id desc"
    _rec_name = "email"

    email = fields.Char("Address", required=True, readonly=True, index=True)
    partner_id = fields.Many2one("res.partner", "Customer", ondelete="set null", index="btree_not_null")
    website_id = fields.Many2one("website", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="website_id.company_id", store=True, index="btree_not_null")
    rule = fields.Selection(selection="_selection_rule", required=True)
    source = fields.Selection(
        [("page", "Preferences page"), ("one_click", "Unsubscribe button of the mail program")],
        default="page",
        required=True,
    )

    _choice_unique = models.Constraint(
        "UNIQUE(email, website_id, rule)", "The customer has opted out of this rule already."
    )

    def _selection_rule(self):
        return self.env["order.status.event"]._selection_rule()

    @api.model
    def _addresses(self, partner):
        """Return the addresses of a customer, in lower case."""
        return email_normalize_all(partner.email or "")

    @api.model
    def _opted_out(self, partners, websites):
        """Return the set of ``(partner id, website id, rule)`` that are not wanted.

        Where a customer has several addresses, one that refuses speaks for all.
        """
        addresses = {partner: self._addresses(partner) for partner in partners}
        wanted = {address for each in addresses.values() for address in each}
        rows = self.search_fetch(
            [("email", "in", list(wanted)), ("website_id", "in", websites.ids)], ["email", "website_id", "rule"]
        )
        refused = {}
        for row in rows:
            refused.setdefault(row.email, set()).add((row.website_id.id, row.rule))
        return {
            (partner.id, website_id, rule)
            for partner, each in addresses.items()
            for address in each
            for website_id, rule in refused.get(address, ())
        }

    @api.model
    def _choose(self, partner, website, wanted, source="page"):
        """Keep the customer's choice.

        :param wanted: rule codes the customer wants mails for; those that the shop marked as
            mandatory cannot be refused and are ignored
        """
        codes = {rule.code for rule in rules_of(self.env)}
        refused = {code for code in codes - set(wanted) if not website._status_mail_mandatory(code)}
        addresses = self._addresses(partner)
        existing = self.search([("email", "in", addresses), ("website_id", "=", website.id)])
        existing.filtered(lambda row: row.rule not in refused).unlink()
        values = [
            (address, partner.id, website.id, website.company_id.id, code, source)
            for address in addresses
            for code in sorted(refused)
        ]
        for row in values:
            # two clicks at once are one choice
            self.env.cr.execute(
                """
                INSERT INTO order_status_preference
                       (email, partner_id, website_id, company_id, rule, source, create_date)
                VALUES (%s, %s, %s, %s, %s, %s, NOW() AT TIME ZONE 'UTC')
                ON CONFLICT (email, website_id, rule) DO NOTHING
                """,
                row,
            )
        self.invalidate_model()
