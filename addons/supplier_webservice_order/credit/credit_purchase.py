import math
import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..utils import to_units


class CreditPurchase(models.TransientModel):
    """The window in which a manager buys credits, or corrects the balance."""

    _name = "credit.purchase"
    _inherit = ["record.window.mixin"]
    _description = "Buy Credits"

    account_id = fields.Many2one("credit.account", required=True, readonly=True)
    company_id = fields.Many2one(related="account_id.company_id")
    mode = fields.Selection(
        [
            ("bill", "Vendor bill"),
            ("entry", "Ledger entry with a reason"),
            ("correction", "Correction"),
        ],
        required=True,
        default="entry",
    )
    block_id = fields.Many2one(
        "credit.block", domain="[('company_id', 'in', (False, company_id))]", default=lambda self: self._default_block()
    )
    number = fields.Integer("Number of Blocks", default=1)
    credit = fields.Float(
        "Credits", digits=(16, 3), compute="_compute_credit", store=True, readonly=False, precompute=True
    )
    reason = fields.Char()
    partner_id = fields.Many2one("res.partner", "Sold By", check_company=True)
    bill_reference = fields.Char()
    bill_date = fields.Date(default=fields.Date.context_today)
    price = fields.Monetary(compute="_compute_price")
    currency_id = fields.Many2one(related="block_id.currency_id")
    key = fields.Char(default=lambda self: uuid.uuid4().hex, readonly=True)

    def _default_block(self):
        return self.env["credit.block"].search([("company_id", "in", (False, self.env.company.id))], limit=1)

    @api.model_create_multi
    def create(self, vals_list):
        if not all(math.isfinite(vals.get("credit") or 0.0) for vals in vals_list):
            raise UserError(self.env._("Enter a number of credits."))
        return super().create(vals_list)

    @api.depends("block_id", "number", "mode")
    def _compute_credit(self):
        for purchase in self:
            purchase.credit = purchase.block_id.number * purchase.number if purchase.mode != "correction" else 0.0

    @api.depends("block_id", "number")
    def _compute_price(self):
        for purchase in self:
            purchase.price = purchase.block_id.price * purchase.number

    def action_confirm(self):
        """Book the credits; pressing twice books once."""
        self.ensure_one()
        if not self.env.user.has_group("supplier_webservice_order.group_supplier_webservice_order_manager"):
            raise AccessError(self.env._("Only a manager buys credits."))
        self.check_access("write")
        self._check_values()
        # the ledger is written by nobody but the account itself
        account_sudo = self.account_id.sudo()
        if not self._is_booked():
            bill = self._create_bill() if self.mode == "bill" else self.env["account.move"]
            account_sudo._book(
                to_units(self.credit),
                "correction" if self.mode == "correction" else "block",
                f"buy:{self.key}",
                self._get_description(bill),
                bill_id=bill.id,
            )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _is_booked(self):
        return bool(self.env["credit.transaction"].search_count([("key", "=", f"buy:{self.key}")], limit=1))

    def _check_values(self):
        # several companies: the account has to be one that this manager sees
        self.account_id.check_access("read")
        if self.mode == "bill":
            if not (self.block_id and self.partner_id and self.number > 0):
                raise UserError(self.env._("A bill needs a seller, a block and how many of it."))
            return
        if not (self.reason or "").strip():
            raise UserError(self.env._("Write down the reason: the ledger keeps it."))
        if self.mode == "entry" and to_units(self.credit) <= 0:
            raise UserError(self.env._("Choose how many credits are bought."))
        if self.mode == "correction" and not to_units(self.credit):
            raise UserError(self.env._("Enter by how many credits the balance is corrected."))

    def _get_description(self, bill):
        if self.mode == "bill":
            return self.env._(
                "%(number)s x %(block)s, bill %(bill)s", number=self.number, block=self.block_id.name, bill=bill.name
            )
        if self.mode == "entry" and self.block_id:
            return f"{self.number} x {self.block_id.name}: {self.reason.strip()}"
        return self.reason.strip()

    def _create_bill(self):
        """Return the posted vendor bill; access to accounting is checked by Odoo."""
        self.credit = self.block_id.number * self.number
        positions = self.env["account.fiscal.position"].with_company(self.company_id)
        taxes = positions._get_fiscal_position(self.partner_id).map_tax(self.company_id.account_purchase_tax_id)
        bill = (
            self.env["account.move"]
            .with_company(self.company_id)
            .create(
                {
                    "move_type": "in_invoice",
                    "company_id": self.company_id.id,
                    "partner_id": self.partner_id.id,
                    "currency_id": self.currency_id.id,
                    "invoice_date": self.bill_date or fields.Date.context_today(self),
                    "ref": self.bill_reference or False,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": self.block_id.name,
                                "quantity": self.number,
                                "price_unit": self.block_id.price,
                                "tax_ids": [Command.set(taxes.ids)],
                            }
                        )
                    ],
                }
            )
        )
        bill.action_post()
        return bill
