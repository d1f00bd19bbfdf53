from odoo import Command, api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import PATTERNS_KEY
from .account_move import idle_values, names_records

#: What a line works out from its price; never taken over from a pattern.
DERIVED = ("move_id", "debit", "credit", "balance", "amount_currency", "date_maturity", "discount_date")


class AccountMoveLine(models.Model):
    """Lines of patterns are no journal items."""

    _inherit = "account.move.line"

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Leave lines of patterns out of all searches that do not ask for them."""
        domain = Domain(domain)
        if not self.env.context.get(PATTERNS_KEY) and not names_records(
            domain, "id", "move_id", "move_id.is_recurring_pattern"
        ):
            domain &= Domain.custom(to_sql=self._recurring_hidden_sql)
        return super()._search(domain, *args, **kwargs)

    @api.model
    def _recurring_hidden_sql(self, model, alias, query):
        # a partial index holds exactly the ids of the patterns: a handful among millions of invoices
        self.env["account.move"].flush_model(["is_recurring_pattern"])
        return SQL(
            "%s NOT IN (SELECT id FROM account_move WHERE is_recurring_pattern)", SQL.identifier(alias, "move_id")
        )

    def _recurring_copy_values(self):
        """Return the values that invoice lines made from these lines of patterns start with."""
        result = self.with_context(include_business_fields=False).copy_data()
        for line, values in zip(self, result, strict=True):
            for name in [*DERIVED, *idle_values(line, values)]:
                values.pop(name, None)
        return result

    def _recurring_expected_amounts(self):
        """Return the amounts that Odoo will find for an invoice line like this one.

        Odoo computes the amounts of taxed lines for each invoice all the same and corrects what has
        changed since; it only writes lines whose amounts are not there already, and writing lines is
        a third of the work.
        """
        self.ensure_one()
        if not self.tax_ids or self.currency_id != self.company_currency_id:
            return {}  # without taxes Odoo would take them as they are; elsewhere the rate of the day decides
        return {
            "amount_currency": self.amount_currency,
            "balance": self.balance,
            "tax_tag_ids": [Command.set(self.tax_tag_ids.ids)],
        }
