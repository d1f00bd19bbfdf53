from odoo import fields, models


class StockWarehouse(models.Model):
    """When an order of this warehouse counts as picked."""

    _inherit = "stock.warehouse"

    status_mail_picked_when = fields.Selection(
        selection="_selection_status_mail_picked_when",
        string="Tick “Picked” when",
        help="Empty: as the settings of the web shop say.",
    )

    def _selection_status_mail_picked_when(self):
        return self.env["res.company"]._fields["status_mail_picked_when"]._description_selection(self.env)
