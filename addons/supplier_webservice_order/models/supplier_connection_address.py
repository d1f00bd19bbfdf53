from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SupplierConnectionAddress(models.Model):
    """The address of one service of a supplier that has several."""

    _name = "supplier.connection.address"
    _description = "Address of a Supplier's Service"
    _order = "connection_id, kind"
    _rec_name = "kind"
    _rec_names_search = ["connection_id"]

    connection_id = fields.Many2one("supplier.connection", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id", store=True, precompute=True, index=True)
    kind = fields.Selection(
        [
            ("order", "Orders"),
            ("status", "Order status"),
            ("stock", "Stock"),
            ("price", "Prices"),
            ("shipment", "Shipments"),
        ],
        string="Service",
        required=True,
    )
    url = fields.Char("Address", required=True)

    _kind_unique = models.Constraint("UNIQUE(connection_id, kind)", "Each service has one address.")

    @api.constrains("url")
    def _check_url(self):
        for address in self:
            parts = urlsplit(address.url.strip())
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
                raise ValidationError(
                    self.env._("The address has to begin with https:// or http://, without user name and password.")
                )
        self.connection_id._check_inner_network()

    @api.model_create_multi
    def create(self, vals_list):
        addresses = super().create(vals_list)
        addresses._forget_inner_network()
        return addresses

    def write(self, vals):
        result = super().write(vals)
        if "url" in vals or "connection_id" in vals:
            self._forget_inner_network()
        return result

    def _forget_inner_network(self):
        """What an administrator allowed were the addresses that stood there."""
        if not self.env.is_system():
            # managers may not see, and thereby not keep, what an administrator decided
            self.sudo().connection_id.filtered("inner_network").inner_network = False
