"""Which status mails a customer does not want."""

from odoo import api, fields, models

from ..const import RULE_CODES, RULES


class OrderStatusPreference(models.Model):
    """A row says no: this person does not want mails of this rule from this website."""

    _name = "order.status.preference"
    _description = "Status Mail Opt-Out"
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, ondelete="cascade", index=True)
    website_id = fields.Many2one("website", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="website_id.company_id", store=True, index="btree_not_null")
    rule = fields.Selection(selection=RULES, required=True)
    source = fields.Selection(
        [("page", "Preferences page"), ("one_click", "Unsubscribe button of the mail program")],
        default="page",
        required=True,
    )

    _choice_unique = models.Constraint(
        "UNIQUE(partner_id, website_id, rule)", "The customer has opted out of this rule already."
    )

    @api.model
    def _opted_out(self, partners, websites):
        """Return the set of ``(partner id, website id, rule)`` that are not wanted."""
        rows = self.search_fetch(
            [("partner_id", "in", partners.ids), ("website_id", "in", websites.ids)],
            ["partner_id", "website_id", "rule"],
        )
        return {(row.partner_id.id, row.website_id.id, row.rule) for row in rows}

    @api.model
    def _choose(self, partner, website, wanted, source="page"):
        """Keep the customer's choice.

        :param wanted: rule codes the customer wants mails for; those that the shop marked as
            mandatory cannot be refused and are ignored
        """
        refused = {code for code in RULE_CODES if code not in wanted and not website._status_mail_mandatory(code)}
        existing = self.search([("partner_id", "=", partner.id), ("website_id", "=", website.id)])
        existing.filtered(lambda row: row.rule not in refused).unlink()
        for code in refused.difference(existing.exists().mapped("rule")):
            # two clicks at once are one choice
            self.env.cr.execute(
                """
                INSERT INTO order_status_preference (partner_id, website_id, company_id, rule, source, create_date)
                VALUES (%s, %s, %s, %s, %s, NOW() AT TIME ZONE 'UTC')
                ON CONFLICT (partner_id, website_id, rule) DO NOTHING
                """,
                (partner.id, website.id, website.company_id.id, code, source),
            )
        self.invalidate_model()
