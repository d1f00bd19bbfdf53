from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare, formatLang

from ..judge import NOTHING_COMES
from ..utils import check_guarded, guarded_create

GUARDED = ("purchase_id", "key", "number", "name", "quantity", "price", "has_price", "state", "line_id")


class SupplierOrderCharge(models.Model):
    """Something that the supplier added to an order by itself: freight, a deposit, a surcharge; or took off: a rebate.

    It is a proposal until a person accepts it as a line of the order, or declines it.
    """

    _name = "supplier.order.charge"
    _description = "Proposed Order Line"
    _order = "id"

    purchase_id = fields.Many2one("purchase.order", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="purchase_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="purchase_id.currency_id")
    key = fields.Char(
        required=True, readonly=True, help="By this the supplier's next answer is known to mean the same."
    )
    number = fields.Char("Supplier's Number", readonly=True)
    name = fields.Char("Description", required=True, readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    has_price = fields.Boolean(readonly=True)
    price = fields.Float("Net Price", min_display_digits="Product Price", readonly=True)
    state = fields.Selection(
        [("proposed", "Proposed"), ("accepted", "Accepted"), ("declined", "Declined")],
        required=True,
        readonly=True,
        default="proposed",
    )
    product_id = fields.Many2one(
        "product.product", check_company=True, index="btree_not_null", domain=[("purchase_ok", "=", True)]
    )
    line_id = fields.Many2one("purchase.order.line", readonly=True, index="btree_not_null", ondelete="set null")

    _key_unique = models.UniqueIndex("(purchase_id, key)", "This is proposed already.")

    @api.model_create_multi
    def create(self, vals_list):
        model, vals_list = guarded_create(self, vals_list, GUARDED)
        return super(SupplierOrderCharge, model).create(vals_list)

    def write(self, vals):
        check_guarded(self, [vals], GUARDED)
        return super().write(vals)

    def action_accept(self):
        """Make it a line of the order."""
        self.check_access("write")
        self.purchase_id.check_access("write")
        nameless = self.filtered(lambda charge: charge.state == "proposed" and not charge.product_id)
        if nameless:
            raise UserError(
                self.env._(
                    "Choose the product that stands for: %(charges)s. A connection can name it for every order.",
                    charges=", ".join(nameless.mapped("name")),
                )
            )
        for charge_sudo in self.sudo().filtered(lambda charge: charge.state == "proposed"):
            # as the system: the order may be closed to users while the supplier has it
            charge_sudo._accept()
            charge_sudo._log(
                self.env._("%(user)s accepted: %(charge)s", user=self.env.user.name, charge=charge_sudo._describe())
            )
        return True

    def action_decline(self):
        """Leave it out of the order; the supplier has to be told."""
        self.check_access("write")
        self.purchase_id.check_access("write")
        for charge_sudo in self.sudo().filtered(lambda charge: charge.state == "proposed"):
            charge_sudo.state = "declined"
            charge_sudo._log(
                self.env._("%(user)s declined: %(charge)s", user=self.env.user.name, charge=charge_sudo._describe())
            )
        return True

    def _accept(self):
        self.ensure_one()
        values = {"product_qty": self.quantity, "discount": 0.0}
        if not (self.line_id or self.quantity):
            # nothing of it comes: there is nothing to order
            self.state = "accepted"
            return
        if not self.line_id:
            self.line_id = self.env["purchase.order.line"].create(
                {
                    **values,
                    "order_id": self.purchase_id.id,
                    "product_id": self.product_id.id,
                    "product_uom_id": self.product_id.uom_id.id,
                    "name": self.name,
                }
            )
        price = self.line_id._from_net_price(self.price)
        self.line_id.write({**values, "name": self.name, "price_unit": price, "technical_price_unit": 0.0})
        self.state = "accepted"

    def _log(self, text):
        self.purchase_id._message_log(body=text)

    def _describe(self):
        self.ensure_one()
        amount = formatLang(self.env, self.price * self.quantity, currency_obj=self.currency_id)
        return f"{self.name} ({amount})" if self.has_price else self.name

    @api.model
    def _propose(self, purchase, extras, rate, connection, currency=""):
        """Keep what the supplier added to an order as proposals; return those that are new or changed.

        :param extras: ``connectors.base.LineAnswer`` of nothing that was ordered
        :param rate: what one unit of the answer's currency is in the order's, or none
        :param currency: that of the answer
        """
        known = {charge.key: charge for charge in purchase.charge_ids}
        news, seen = self.browse(), Counter()
        for extra in extras:
            values = self._prepare_values(extra, rate, connection, currency)
            seen[values["key"]] += 1
            if seen[values["key"]] > 1:
                # the same words twice are two amounts
                values["key"] = f"{values['key']}|{seen[values['key']]}"
            charge = known.get(values["key"])
            if not charge:
                news |= self.create({**values, "purchase_id": purchase.id})
            elif charge._differs(values):
                charge.write({**values, "product_id": charge.product_id.id, "state": "proposed"})
                news |= charge
        return news

    @api.model
    def _prepare_values(self, extra, rate, connection, currency=""):
        name = extra.description or extra.note or extra.number or self.env._("Line added by the supplier")
        has_price = extra.price is not None and rate is not None
        if extra.price is not None and not has_price:
            # nobody can convert it, and nothing of it is lost
            name = f"{name} ({extra.price} {currency})"
        quantity = 1.0 if extra.quantity is None else float(extra.quantity)
        price = float(extra.price * rate) if has_price else 0.0
        if quantity < 0:
            # a rebate as "-1 at 5": a line of an order with less than nothing of something would be a return
            quantity, price = -quantity, -price
        product = connection._get_charge_product(extra.number, name)
        return {
            "key": f"{extra.position or ''}|{extra.number}|{extra.description}"[:250],
            "number": extra.number or False,
            "name": name[:500],
            "quantity": 0.0 if extra.status in NOTHING_COMES else quantity,
            "has_price": has_price,
            "price": price,
            "product_id": product.id,
        }

    def _differs(self, values):
        self.ensure_one()
        return (
            self.has_price != values["has_price"]
            or float_compare(self.price, values["price"], precision_digits=6) != 0
            or float_compare(self.quantity, values["quantity"], precision_digits=4) != 0
        )
