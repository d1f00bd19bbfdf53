from odoo import fields, models

from ..connectors.nordteile import NordteileConnector
from ..connectors.standard import StandardConnector


class SupplierConnection(models.Model):
    """The connectors of this addon. Another addon offers its own in the same way."""

    _inherit = "supplier.connection"

    connector = fields.Selection(
        selection_add=[("standard", "Standard order service"), ("nordteile", "Nordteile")],
        ondelete={"standard": "cascade", "nordteile": "cascade"},
    )
    nordteile_branch_code = fields.Char(
        "Branch Code", help="The branch of yours that the supplier delivers to; part of every order."
    )

    def _standard_get_connector(self):
        return StandardConnector()

    def _nordteile_get_connector(self):
        return NordteileConnector()

    def _nordteile_get_options(self):
        return {"branch_code": self.nordteile_branch_code or ""}
