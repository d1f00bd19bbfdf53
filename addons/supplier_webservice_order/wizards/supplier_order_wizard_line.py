from odoo import api, fields, models
from odoo.tools import format_datetime, formatLang


class SupplierOrderWizardLine(models.TransientModel):
    """One part of the job file that can be ticked."""

    _name = "supplier.order.wizard.line"
    _inherit = ["record.window.mixin"]
    _description = "Part to Order"
    _order = "id"

    wizard_id = fields.Many2one("supplier.order.wizard", required=True, ondelete="cascade")
    sale_line_id = fields.Many2one("sale.order.line", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="wizard_id.company_id")
    product_id = fields.Many2one(related="sale_line_id.product_id")
    image = fields.Image(related="product_id.image_128")
    name = fields.Char("Part", compute="_compute_name")
    product_uom_id = fields.Many2one(related="sale_line_id.product_uom_id")
    file_quantity = fields.Float("In File", related="sale_line_id.product_uom_qty")
    ordered_quantity = fields.Float("On Order", readonly=True, digits="Product Unit")
    selected = fields.Boolean("Order")
    quantity = fields.Float(digits="Product Unit")
    partner_id = fields.Many2one("res.partner", string="Supplier", check_company=True)
    connection_id = fields.Many2one("supplier.connection", compute="_compute_connection_id")
    part_number = fields.Char(compute="_compute_part_number")
    currency_id = fields.Many2one(related="company_id.currency_id")
    expected_price = fields.Monetary(compute="_compute_part_number")
    offer_ids = fields.One2many("supplier.order.wizard.offer", "line_id", readonly=True)
    has_offer = fields.Boolean(compute="_compute_offer")
    offer_price = fields.Float("Supplier's Price", compute="_compute_offer", min_display_digits="Product Price")
    availability = fields.Char(compute="_compute_offer")
    availability_state = fields.Char(compute="_compute_offer")
    best_supplier = fields.Char("Best Offer", compute="_compute_offer")

    @api.depends("sale_line_id")
    def _compute_name(self):
        for line in self:
            line.name = line.product_id.name or line.sale_line_id.name

    @api.depends("partner_id", "company_id")
    def _compute_connection_id(self):
        for line in self:
            line.connection_id = (
                self.env["supplier.connection"]._get_for_supplier(line.partner_id, line.company_id)
                if line.partner_id
                else False
            )

    @api.depends("partner_id", "product_id", "quantity", "product_uom_id", "company_id")
    def _compute_part_number(self):
        today = fields.Date.context_today(self)
        for line in self:
            product = line.product_id.with_company(line.company_id)
            known = line.partner_id and product  # a form names one before the other
            line.part_number = line._get_part_number(line.partner_id) if known else product.default_code or ""
            seller = known and product._select_seller(
                partner_id=line.partner_id, quantity=line.quantity or None, uom_id=line.product_uom_id
            )
            line.expected_price = (
                seller.currency_id._convert(seller.price_discounted, line.currency_id, line.company_id, today)
                if seller
                else product.standard_price
            )

    def _get_part_number(self, partner):
        """Return what a supplier calls the part, by the row of its price list that an order would take."""
        self.ensure_one()
        return self.product_id._get_supplier_part_number(
            partner, self.company_id, quantity=self.quantity, uom=self.product_uom_id
        )

    @api.depends("offer_ids.is_best", "partner_id", "quantity")
    def _compute_offer(self):
        for line in self:
            offer = line.offer_ids.filtered(lambda offer, line=line: offer.partner_id == line.partner_id)[:1]
            line.has_offer = offer.has_price
            line.offer_price = offer.price
            line.availability = offer.availability
            line.availability_state = offer.availability_state
            best = line.offer_ids.filtered("is_best")[:1]
            compared = len(line.offer_ids.filtered("has_price")) > 1
            line.best_supplier = best._get_summary() if best and compared else False

    def _prepare_offer_values(self, connection, chosen):
        """Return the values of the record that shows an ``offers.Chosen``."""
        self.ensure_one()
        offer = chosen.offer
        own = self.currency_id
        foreign = connection._get_currency(offer.currency, own)
        has_price = offer.price is not None and bool(foreign)
        price = float(offer.price) if has_price else 0.0
        return {
            "line_id": self.id,
            "connection_id": connection.id,
            "part_number": offer.number,
            "has_price": has_price,
            "price": foreign._convert(price, own, self.company_id, fields.Date.context_today(self), round=False),
            "available": float(offer.available),
            "available_on": offer.available_on or False,
            "substitute_number": offer.substitute or False,
            "note": offer.note or False,
            "offer_count": chosen.count,
            "least": float(offer.least or 0),
            "other_unit": chosen.other_unit or False,
            "foreign_price": f"{offer.price} {offer.currency}" if offer.price is not None and not foreign else False,
        }

    def _mark_best_offers(self):
        """Mark per part the cheapest offer among those with enough in stock, else among all.

        A price that holds from a greater quantity is none for this one.
        """
        for line in self:
            priced = line.offer_ids.filtered(
                lambda offer, line=line: offer.has_price and offer.least <= max(line.quantity, 0.0)
            )
            enough = priced.filtered(lambda offer, line=line: offer.available >= line.quantity)
            best = (enough or priced).sorted("price")[:1]
            best.is_best = True

    def _get_offer(self):
        """Return what the chosen supplier asks for the part, or none."""
        self.ensure_one()
        return self.offer_ids.filtered(
            lambda offer: offer.partner_id == self.partner_id and offer.has_price and offer.least <= self.quantity
        )[:1]

    def _carry_offer(self):
        """Put the price that was shown into the order, so that the same price in the approval is no deviation."""
        self.ensure_one()
        offer = self._get_offer()
        if not offer:
            return
        order = self.wizard_id.purchase_ids.filtered(lambda order: order.partner_id == self.partner_id)
        line = order.order_line.filtered(lambda line: line.sale_line_id == self.sale_line_id)[:1]
        day = offer.create_date
        price = offer.currency_id._convert(
            offer.price, line.currency_id, line.company_id, fields.Date.to_date(day), round=False
        )
        line.write({"price_unit": line._from_net_price(price), "technical_price_unit": 0.0, "discount": 0.0})
        order._message_log(
            body=self.env._(
                "%(part)s: the supplier's offer of %(date)s, %(price)s.",
                part=self.name,
                date=format_datetime(self.env, day),
                price=formatLang(self.env, price, currency_obj=line.currency_id),
            )
        )

    def _prepare_purchase_line_values(self):
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "product_qty": self.quantity,
            "product_uom_id": self.product_uom_id.id,
            "sale_line_id": self.sale_line_id.id,
        }
