from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from ..connectors.base import Address, Contact, Order, Part, Vehicle
from ..const import PRICE_DIGITS, QUANTITY_DIGITS
from ..utils import to_decimal


class PurchaseOrder(models.Model):
    """The order as connectors know it: plain values, those that the screen shows."""

    # apart from purchase_order.py: what a message holds is a subject of its own
    _inherit = "purchase.order"  # pylint: disable=consider-merging-classes-inherited

    def _prepare_supplier_order(self, message_id, lines):
        """Return the order as connectors know it.

        :param lines: what is to be ordered, see ``_fetch_lines``
        :raises UserError: naming the lines that a supplier cannot understand
        """
        self._check_lines(lines)
        return self._prepare_supplier_order_of(message_id, lines, tuple(self._prepare_part(line) for line in lines))

    def _prepare_supplier_order_of(self, message_id, lines, parts):
        """Return the order as connectors know it, with these ``connectors.base.Part``."""
        sale = lines.sale_order_id[:1]
        return Order(
            message_id=message_id,
            reference=self.name,
            currency=self._get_currency_name(),
            wanted_on=fields.Date.to_date(self.date_planned) if self.date_planned else None,
            note=self.partner_ref or "",
            ordered_on=fields.Date.to_date(self.date_order),
            job=sale.name or "",
            buyer=self._prepare_address(self.company_id.partner_id),
            delivery=self._prepare_address(self.dest_address_id or self.company_id.partner_id),
            contact=self._prepare_contact(),
            vehicle=Vehicle(sale.vehicle_vin or "", sale.vehicle_plate or ""),
            parts=parts,
        )

    def _get_currency_name(self):
        # the active currencies are in a cache
        currency = self.env["res.currency"].get_all_currencies().get(self.currency_id.id)
        return currency["name"] if currency else self.currency_id.name

    def _check_lines(self, lines):
        if not lines:
            raise UserError(self.env._("%(order)s has no parts to order.", order=self.name))
        nameless = lines.filtered(lambda line: not line.part_number)
        if nameless:
            raise UserError(
                self.env._(
                    "Without a part number the supplier does not know what is meant: %(products)s.",
                    products=", ".join(nameless.mapped("name")),
                )
            )

    def _prepare_part(self, line):
        return Part(
            position=line.id,
            number=line.part_number,
            description=(line.product_id.product_tmpl_id.name or line.name).split("\n")[0],
            quantity=to_decimal(line.product_qty, QUANTITY_DIGITS),
            unit=self.connection_id._get_unit_code(line.product_uom_id),
            expected_price=to_decimal(line._to_net_price(line.price_unit_discounted), PRICE_DIGITS)
            if line.price_unit > 0
            else None,
            own_number=line.product_id.default_code or "",
            barcode=line.product_id.barcode or "",
            photos=tuple(line.photo_ids.mapped("name")) if line.photo_ids else (),
        )

    def _prepare_address(self, partner):
        return Address(
            name=partner.name or "",
            street=partner.street or "",
            street2=partner.street2 or "",
            zip=partner.zip or "",
            city=partner.city or "",
            state=self._get_state_code(partner.state_id.id) if partner.state_id else "",
            country=self._get_country_code(partner.country_id.id) if partner.country_id else "",
            vat=partner.vat or "",
        )

    @api.model
    @tools.ormcache("country_id")
    def _get_country_code(self, country_id):
        return self.env["res.country"].browse(country_id).code or ""

    @api.model
    @tools.ormcache("state_id")
    def _get_state_code(self, state_id):
        return self.env["res.country.state"].browse(state_id).code or ""

    def _prepare_contact(self):
        buyer = self.user_id
        return Contact(
            name=buyer.name or "", phone=buyer.phone or "", email=buyer.email or self.connection_id.contact_email or ""
        )
