from odoo import api, fields, models
from odoo.addons.base_safeguard.health import Check


class HealthMonitor(models.AbstractModel):
    """Messages to suppliers and credits, for monitoring."""

    _inherit = "health.monitor"

    @api.model
    def _get_checks(self):
        return [*super()._get_checks(), *self._check_supplier_exchanges(), *self._check_credits()]

    def _check_supplier_exchanges(self):
        exchanges, now = self.env["supplier.exchange"], fields.Datetime.now()
        [(waiting, oldest)] = exchanges._read_group(
            [("state", "=", "queued")], aggregates=["__count", "create_date:min"]
        )
        age = (now - oldest).total_seconds() if oldest else 0
        doubt = exchanges.search_count([("state", "=", "unknown")])
        return [
            Check("supplier_messages_waiting", self.env._("Messages to suppliers that wait to be sent"), waiting),
            Check("supplier_messages_oldest", self.env._("Age of the oldest of them"), age, "seconds", 3600, 24 * 3600),
            Check(
                "supplier_messages_in_doubt", self.env._("Messages to suppliers whose outcome is unknown"), doubt, "", 1
            ),
        ]

    def _check_credits(self):
        label = self.env._("Credits that can be spent")
        return [
            Check(
                "credits_available",
                label,
                account.available,
                "credits",
                warning=account.low_balance,
                critical=0.001,
                below=True,
                subject=account.company_id.name,
            )
            # companies that never bought any do without
            for account in self.env["credit.account"].search([("transaction_ids", "!=", False)])
        ]
