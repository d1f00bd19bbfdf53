from odoo import fields, models

from ..connectors.mapped import MappedConnector, Mapping
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
            ("mapped", "By mapping"),
            ("nordteile", "Nordteile"),
        ],
        ondelete=dict.fromkeys(("standard", "promostandards", "ubl", "mapped", "nordteile"), "cascade"),
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
    ubl_advanced = fields.Boolean(
        "Changes and Cancellations",
        help="The supplier takes part in PEPPOL BIS Advanced Ordering 3: it takes order changes and cancellations.",
    )
    ubl_seller_endpoint = fields.Char("Supplier's Electronic Address", help="Scheme and identifier.")

    mapping_ids = fields.One2many("supplier.mapping.operation", "connection_id", string="Mapped Operations")
    mapping_decimal_comma = fields.Boolean("Decimal Comma", help="Numbers in texts have a comma, as in 1.234,50.")
    mapping_duplicate_codes = fields.Char(
        "Codes for Duplicates", help="Fault codes, separated by commas, that say that the supplier has this message."
    )

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
            "shipments": self._has_address("shipment"),
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
            "advanced": self.ubl_advanced,
            "shipments": self._has_address("shipment"),
        }

    def _has_address(self, kind):
        """Return whether the supplier has a service of this kind at an address of its own."""
        return kind in (self.address_urls or {})

    def _mapped_get_connector(self):
        # a mapping is for managers to change, but every order is written with it
        connection_sudo = self.sudo()
        return connection_sudo._make_mapped_connector(
            {operation.kind: operation._to_plain() for operation in connection_sudo.mapping_ids}
        )

    def _make_mapped_connector(self, operations):
        codes = (self.mapping_duplicate_codes or "").replace(",", " ").split()
        return MappedConnector(Mapping(operations, self.mapping_decimal_comma, frozenset(codes)))
