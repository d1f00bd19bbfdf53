from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..utils import to_credits
from .fields import BigInteger


class CreditTransaction(models.Model):
    """The ledger of the credits: rows are added, never changed, never deleted."""

    _name = "credit.transaction"
    _description = "Credit Transaction"
    _order = "id desc"
    _rec_name = "description"
    _check_company_auto = True

    account_id = fields.Many2one("credit.account", required=True, readonly=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="account_id.company_id", store=True, precompute=True, index=True)
    kind = fields.Selection(
        [
            ("block", "Credits bought"),
            ("order", "Order sent"),
            ("sms", "SMS sent"),
            ("correction", "Correction"),
            ("refund", "Credit note"),
        ],
        string="Type",
        required=True,
        readonly=True,
    )
    key = fields.Char(required=True, readonly=True, help="What this row is about; no key is booked twice.")
    description = fields.Char(required=True, readonly=True)
    units = BigInteger(required=True, readonly=True, aggregator=None)
    balance_units = BigInteger(compute="_compute_amounts", aggregator=None)
    amount = fields.Float("Credits", compute="_compute_amounts", digits=(16, 3))
    balance = fields.Float(compute="_compute_amounts", digits=(16, 3), help="Balance after this row.")
    exchange_id = fields.Many2one("supplier.exchange", readonly=True, ondelete="restrict", index="btree_not_null")
    purchase_id = fields.Many2one(
        "purchase.order", string="Purchase Order", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    bill_id = fields.Many2one(
        "account.move", string="Vendor Bill", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    create_date = fields.Datetime("Date", readonly=True)
    create_uid = fields.Many2one("res.users", string="By", readonly=True)

    _key_unique = models.Constraint("UNIQUE(account_id, key)", "This is booked already.")

    def init(self):
        """Let the database itself refuse changes, whoever asks for them."""
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION credit_transaction_append_only() RETURNS trigger AS $$
            BEGIN
                -- a deleted user vanishes from the log columns; nothing else changes, ever
                IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - '{create_uid,write_uid}'::text[]
                    = to_jsonb(OLD) - '{create_uid,write_uid}'::text[] THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'rows of credit_transaction cannot be changed or deleted';
            END $$ LANGUAGE plpgsql;
            DROP TRIGGER IF EXISTS credit_transaction_append_only ON credit_transaction;
            CREATE TRIGGER credit_transaction_append_only
                BEFORE UPDATE OR DELETE ON credit_transaction
                FOR EACH ROW EXECUTE FUNCTION credit_transaction_append_only();
            """
        )

    @api.depends("units", "account_id")
    def _compute_amounts(self):
        """Sum up to each row: no row holds a balance, so that nobody waits for the row before."""
        balances = {}
        if self.ids:
            self.flush_model()
            balances = dict(
                self.env.execute_query(
                    SQL(
                        """SELECT id, balance FROM (
                             SELECT id, sum(units) OVER (PARTITION BY account_id ORDER BY id)::int8 AS balance
                               FROM credit_transaction WHERE account_id IN %s AND id <= %s) AS summed
                            WHERE id IN %s""",
                        tuple(self.account_id.ids),
                        max(self.ids),
                        tuple(self.ids),
                    )
                )
            )
        for row in self:
            row.amount = to_credits(row.units)
            row.balance_units = balances.get(row.id, 0)
            row.balance = to_credits(row.balance_units)

    def write(self, vals):
        if vals:
            raise UserError(self.env._("Credit transactions cannot be changed. Book a correction instead."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Credit transactions cannot be deleted. Book a correction instead."))

    def action_open_origin(self):
        """Open the order or bill behind the row."""
        self.ensure_one()
        origin = self.purchase_id or self.bill_id
        return origin.get_formview_action() if origin else False
