from odoo import api, models
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
