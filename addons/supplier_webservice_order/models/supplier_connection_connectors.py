from odoo import fields, models

from ..connectors.nordteile import NordteileConnector
from ..connectors.promostandards import PromoStandardsConnector
from ..connectors.standard import StandardConnector
from ..connectors.ubl import UblConnector


class SupplierConnection(models.Model):
    """The connectors of this addon. Another addon offers its own in the same way."""

    _inherit = "supplier.connection"

    connector = fields.Selection(
        selection_add=[
            ("standard", "Standard order service"),
            ("promostandards", "PromoStandards"),
            ("ubl", "UBL 2.1 (PEPPOL BIS Ordering 3)"),
            ("nordteile", "Nordteile"),
        ],
        ondelete={"standard": "cascade", "promostandards": "cascade", "ubl": "cascade", "nordteile": "cascade"},
    )
    nordteile_branch_code = fields.Char(
        "Branch Code", help="The branch of yours that the supplier delivers to; part of every order."
    )
    promostandards_carrier = fields.Char("Carrier", help="As the supplier calls it, for example UPS.")
    promostandards_carrier_service = fields.Char("Carrier's Service", help="For example GROUND.")
    promostandards_fob = fields.Char(
        "FOB Point", help="The place of the supplier that prices are for; the first one where it is empty."
    )
    promostandards_terms = fields.Char("Terms and Conditions")
    ubl_buyer_endpoint = fields.Char("Own Electronic Address", help="Scheme and identifier, as in 0208:0477472701.")
    ubl_seller_endpoint = fields.Char("Supplier's Electronic Address", help="Scheme and identifier.")

    def _standard_get_connector(self):
        return StandardConnector()

    def _nordteile_get_connector(self):
        return NordteileConnector()

    def _nordteile_get_options(self):
        return {"branch_code": self.nordteile_branch_code or ""}

    def _promostandards_get_connector(self):
        return PromoStandardsConnector()

    def _promostandards_get_options(self):
        return {
            "carrier": self.promostandards_carrier or "",
            "carrier_service": self.promostandards_carrier_service or "",
            "fob": self.promostandards_fob or "",
            "terms": self.promostandards_terms or "",
            "country": self.company_id.country_id.code or "",
        }

    def _ubl_get_connector(self):
        return UblConnector()

    def _ubl_get_options(self):
        buyer_scheme, _colon, buyer = (self.ubl_buyer_endpoint or "").rpartition(":")
        seller_scheme, _colon, seller = (self.ubl_seller_endpoint or "").rpartition(":")
        return {
            "buyer_endpoint": buyer,
            "buyer_scheme": buyer_scheme,
            "seller_endpoint": seller,
            "seller_scheme": seller_scheme,
            "seller_name": self.partner_id.commercial_partner_id.name or "",
        }
