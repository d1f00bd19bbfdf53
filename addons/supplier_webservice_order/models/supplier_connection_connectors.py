import base64
import io
import json
import zipfile
from pathlib import Path

from odoo import api, fields, models, tools
from odoo.tools import file_path

from ..connectors.mapped import MappedConnector, Mapping
from ..connectors.promostandards import PromoStandardsConnector
from ..connectors.ubl import UblConnector


class SupplierConnection(models.Model):
    """The connectors of this addon. Another addon offers its own in the same way."""

    _inherit = "supplier.connection"

    connector = fields.Selection(
        selection_add=[
            ("promostandards", "PromoStandards"),
            ("ubl", "UBL 2.1 (PEPPOL BIS Ordering 3)"),
            ("mapped", "By mapping"),
        ],
        ondelete=dict.fromkeys(("promostandards", "ubl", "mapped"), "cascade"),
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
        return MappedConnector(self._get_mapping())

    @tools.ormcache("self.id")
    def _get_mapping(self):
        """Return the stored ``Mapping``: every message is written and read with it, and it hardly ever changes."""
        # a mapping is for managers to change, but every order is written with it
        connection_sudo = self.sudo()
        return connection_sudo._make_mapping({each.kind: each._to_plain() for each in connection_sudo.mapping_ids})

    def _make_mapping(self, operations):
        codes = (self.mapping_duplicate_codes or "").replace(",", " ").split()
        return Mapping(operations, self.mapping_decimal_comma, frozenset(codes))

    def write(self, vals):
        """Forget the WSDL, and the mapping where what is entered beside its operations changes."""
        if {"wsdl_file", "mapping_ids", "mapping_decimal_comma", "mapping_duplicate_codes"} & set(vals):
            self._forget_mapping()
        return super().write(vals)

    @api.model
    def _forget_mapping(self):
        """Read mappings anew: now, and once this is there for others, who may read the old one in the meantime."""
        self.env.registry.clear_cache()
        self.env.cr.postcommit.add(self.env.registry.clear_cache)

    def _load_mapping(self, source, *, with_wsdl=True):
        """Enter the mapping that a folder holds, and its WSDL, as a manager does on the screens.

        :param source: the folder below ``demo/suppliers``
        """
        folder = Path(file_path(f"supplier_webservice_order/demo/suppliers/{source}"))
        mapping = json.loads((folder / "mapping.json").read_text())
        values = {"connector": "mapped", "mapping_duplicate_codes": mapping["duplicate_codes"]}
        if with_wsdl:
            values.update(wsdl_file=_pack(folder), wsdl_filename=f"{source}.zip")
        self.write(values)
        for kind, entered in mapping["operations"].items():
            operation = self.env["supplier.mapping.operation"].create(
                {"connection_id": self.id, "kind": kind, "operation": entered["operation"]}
            )
            operation._enter(entered["message"], entered["answer"])


def _pack(folder):
    """Return a WSDL with its schemas as an upload."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted((*folder.glob("*.wsdl"), *folder.glob("*.xsd"))):
            # the same bytes every time: they are parsed once
            archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes())
    return base64.b64encode(packed.getvalue())
