import json

from odoo import models


class AccountJournal(models.Model):
    """The parts of the dashboard that are read with plain SQL leave patterns out, too."""

    _inherit = "account.journal"

    def _journals_with_moves(self):
        """Return the journals that hold anything but patterns."""
        groups = self.env["account.move"].sudo()._read_group([("journal_id", "in", self.ids)], ["journal_id"])
        return self.browse([journal.id for (journal,) in groups])

    def _compute_has_entries(self):
        result = super()._compute_has_entries()
        doubtful = self.filtered(lambda journal: journal.has_entries and not journal.has_posted_entries)
        if doubtful:
            (doubtful - doubtful._journals_with_moves()).has_entries = False
        return result

    def _get_json_activity_data(self):
        result = super()._get_json_activity_data()
        patterns = set(self.env["account.move"].search([("is_recurring_pattern", "=", True)]).ids)
        for journal in self if patterns else ():
            data = json.loads(journal.json_activity_data)
            data["activities"] = [
                item
                for item in data["activities"]
                if item["res_model"] != "account.move" or item["res_id"] not in patterns
            ]
            journal.json_activity_data = json.dumps(data)
        return result

    def _fill_sale_purchase_dashboard_data(self, dashboard_data):
        result = super()._fill_sale_purchase_dashboard_data(dashboard_data)
        sales = self.filtered(lambda journal: journal.type == "sale")
        filled = sales.filtered(lambda journal: not dashboard_data[journal.id].get("is_sample_data"))
        for journal in filled - filled._journals_with_moves():
            dashboard_data[journal.id].update(is_sample_data=True, has_entries=False)
        return result
