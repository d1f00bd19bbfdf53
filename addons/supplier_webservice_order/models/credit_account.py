from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import SQL

from ..utils import execute_contended, to_credits, to_units

GUARDED = ("balance_units", "reserved_units", "company_id")


class CreditAccount(models.Model):
    """A company's prepaid credits.

    The balance changes only together with a ledger row, by the methods below; the database
    refuses a balance below zero or below what is reserved.
    """

    _name = "credit.account"
    _description = "System Credits"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade", index=True)
    balance_units = fields.Integer(readonly=True, default=0, aggregator=None)
    reserved_units = fields.Integer(readonly=True, default=0, aggregator=None)
    balance = fields.Float(compute="_compute_balance", digits=(16, 3), help="Credits bought and not used yet.")
    reserved = fields.Float(
        compute="_compute_balance", digits=(16, 3), help="Credits held for messages that are on their way."
    )
    available = fields.Float(compute="_compute_balance", digits=(16, 3), help="What can be spent now.")
    low_balance = fields.Float(
        "Warn Below",
        digits=(16, 3),
        default=2.0,
        tracking=True,
        help="Below this number of credits the responsible person gets an activity.",
    )
    is_low = fields.Boolean(compute="_compute_balance")
    responsible_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        default=lambda self: self.env.ref("base.user_admin", raise_if_not_found=False),
        tracking=True,
        help="Is warned when the credits run low.",
        index="btree_not_null",
    )
    transaction_ids = fields.One2many("credit.transaction", "account_id", string="Transactions", readonly=True)
    transaction_count = fields.Integer(compute="_compute_transaction_count")

    _company_unique = models.Constraint("UNIQUE(company_id)", "A company has one credit account.")
    _balance_positive = models.Constraint("CHECK(balance_units >= 0)", "The balance cannot go below zero.")
    _reserved_covered = models.Constraint(
        "CHECK(reserved_units >= 0 AND reserved_units <= balance_units)",
        "More credits are reserved than there are.",
    )

    @api.depends("company_id")
    def _compute_display_name(self):
        for account in self:
            account.display_name = self.env._("System Credits of %(company)s", company=account.company_id.name or "")

    @api.depends("balance_units", "reserved_units", "low_balance")
    def _compute_balance(self):
        for account in self:
            account.balance = to_credits(account.balance_units)
            account.reserved = to_credits(account.reserved_units)
            account.available = to_credits(account.balance_units - account.reserved_units)
            account.is_low = account.balance_units < to_units(account.low_balance)

    def _compute_transaction_count(self):
        counted = dict(
            self.env["credit.transaction"]._read_group([("account_id", "in", self.ids)], ["account_id"], ["__count"])
        )
        for account in self:
            account.transaction_count = counted.get(account, 0)

    # CRUD: nobody sets a balance

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("balance_units") or vals.get("reserved_units") for vals in vals_list):
            raise UserError(self.env._("Credits are bought, not typed in: use Buy Credits."))
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if any(name in vals for name in GUARDED):
            raise UserError(self.env._("Credits are bought, not typed in: use Buy Credits."))
        return super().write(vals)

    # Actions

    @api.model
    def action_open_company_account(self):
        """Open the account of the current company: the menu *System Credits*."""
        action = self.env["ir.actions.act_window"]._for_xml_id("supplier_webservice_order.credit_account_action")
        account = self._get_for_company(self.env.company)
        return {**action, "res_id": account.id, "views": [(False, "form")], "view_mode": "form"}

    def action_buy(self):
        """Open the window in which credits are bought."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("supplier_webservice_order.credit_purchase_action")
        return {**action, "context": {"default_account_id": self.id}}

    def action_view_transactions(self):
        """Open the ledger."""
        action = self.env["ir.actions.act_window"]._for_xml_id("supplier_webservice_order.credit_transaction_action")
        return {**action, "domain": [("account_id", "in", self.ids)]}

    # Business

    @api.model
    def _get_for_company(self, company):
        """Return the account of a company."""
        account_id = self._get_id_for_company(company.id)
        if not account_id:
            company._create_credit_accounts()
            account_id = self._get_id_for_company(company.id)
        return self.browse(account_id)

    @api.model
    @tools.ormcache("company_id")
    def _get_id_for_company(self, company_id):
        # a company keeps its account for good; the cache is cleared when one is made
        return self.sudo().search([("company_id", "=", company_id)], limit=1).id

    def _check_available(self, units):
        """Refuse what the balance does not cover.

        :raises RedirectWarning: telling why, with the way to buy credits
        """
        self.ensure_one()
        if units > self.balance_units - self.reserved_units:
            self._raise_insufficient(units)

    def _raise_insufficient(self, units):
        self.invalidate_recordset(["balance_units", "reserved_units"])
        raise RedirectWarning(
            self.env._(
                "There are not enough System Credits: this costs %(cost).2f, and %(available).2f are available. "
                "Nothing was sent. Credits are bought in the menu System Credits.",
                cost=to_credits(units),
                available=self.available,
            ),
            self.env.ref("supplier_webservice_order.credit_account_action_server").id,
            self.env._("Go to System Credits"),
        )

    def _reserve(self, keys, units, *, seconds=None):
        """Hold ``units`` for each key, all or nothing.

        :param seconds: time after which a forgotten reservation ends by itself
        :raises RedirectWarning: where the balance does not cover them
        """
        self.ensure_one()
        self.env["credit.reservation"].flush_model()
        self.flush_recordset()
        updated = execute_contended(
            self.env,
            SQL(
                """WITH account AS (
                     UPDATE credit_account SET reserved_units = reserved_units + %(total)s
                      WHERE id = %(id)s AND balance_units - reserved_units >= %(total)s RETURNING id)
                   INSERT INTO credit_reservation
                          (account_id, key, units, expires_at, create_uid, create_date, write_uid, write_date)
                   SELECT account.id, key, %(units)s, %(expires_at)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM account, unnest(%(keys)s) AS key
                RETURNING account_id""",
                id=self.id,
                total=units * len(keys),
                keys=list(keys),
                units=units,
                expires_at=fields.Datetime.now() + timedelta(seconds=seconds) if seconds else None,
                uid=self.env.uid,
                now=self.env.cr.now(),
            ),
        )
        if not updated:
            self._raise_insufficient(units * len(keys))
        self.invalidate_recordset(["balance_units", "reserved_units"])

    def _capture(self, key, kind, description, **links):
        """Spend what was reserved for ``key``; a second call changes nothing.

        :returns: the ledger row
        """
        self.ensure_one()
        booked = self._book(0, kind, key, description, spend_reserved=True, **links)
        if booked:
            return booked
        self._release([key])
        return self.env["credit.transaction"].search([("account_id", "=", self.id), ("key", "=", key)])

    def _release(self, keys):
        """Give back what was reserved for ``keys``."""
        self.ensure_one()
        units = self.env["credit.reservation"]._take(self, keys)
        if units:
            self.flush_recordset()
            self.env.cr.execute(
                "UPDATE credit_account SET reserved_units = reserved_units - %s WHERE id = %s", (units, self.id)
            )
            self.invalidate_recordset(["balance_units", "reserved_units"])

    def _book(
        self, units, kind, key, description, *, spend_reserved=False, exchange_id=None, purchase_id=None, bill_id=None
    ):
        """Change the balance and write the ledger row that explains it.

        :param units: what is added, negative for what is spent
        :param spend_reserved: spend what is reserved for ``key``, too, unless that was done already
        :returns: the ledger row, or none where the reserved units were spent before
        :raises UserError: where the balance would not cover what is spent or reserved
        """
        self.ensure_one()
        transactions = self.env["credit.transaction"]
        transactions.flush_model()
        self.env["credit.reservation"].flush_model()
        self.flush_recordset()
        # balance, reservation and row in one statement: they cannot come apart
        updated = execute_contended(
            self.env,
            SQL(
                """WITH wanted AS (
                     SELECT %(id)s AS account_id, %(key)s AS key
                      WHERE NOT %(spend_reserved)s
                         OR NOT EXISTS (SELECT FROM credit_transaction WHERE account_id = %(id)s AND key = %(key)s)),
                        taken AS (
                     DELETE FROM credit_reservation r USING wanted
                      WHERE %(spend_reserved)s AND r.account_id = wanted.account_id AND r.key = wanted.key
                  RETURNING r.units),
                        amount AS (
                     SELECT %(units)s - COALESCE(sum(units), 0) AS units, COALESCE(sum(units), 0) AS reserved
                       FROM taken),
                        account AS (
                     UPDATE credit_account a
                        SET balance_units = a.balance_units + amount.units,
                            reserved_units = a.reserved_units - amount.reserved
                       FROM wanted, amount
                      WHERE a.id = wanted.account_id
                        AND a.balance_units + amount.units >= a.reserved_units - amount.reserved
                  RETURNING a.id, a.company_id, a.balance_units, a.low_balance, amount.units),
                        booked AS (
                     INSERT INTO credit_transaction
                            (account_id, company_id, balance_units, units, kind, key, description,
                             exchange_id, purchase_id, bill_id, create_uid, create_date, write_uid, write_date)
                     SELECT id, company_id, balance_units, units, %(kind)s, %(key)s, %(description)s,
                            %(exchange_id)s, %(purchase_id)s, %(bill_id)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                       FROM account
                  RETURNING id)
                   SELECT booked.id, account.balance_units, account.units, account.low_balance FROM account, booked""",
                id=self.id,
                units=units,
                spend_reserved=spend_reserved,
                kind=kind,
                key=key,
                description=description,
                exchange_id=exchange_id or None,
                purchase_id=purchase_id or None,
                bill_id=bill_id or None,
                uid=self.env.uid,
                now=self.env.cr.now(),
            ),
        )
        if not updated:
            if spend_reserved:
                return transactions
            raise UserError(
                self.env._(
                    "There are not enough System Credits: %(available).2f are available.", available=self.available
                )
            )
        [(transaction_id, balance_units, changed, low_balance)] = updated
        self.invalidate_recordset(["balance_units", "reserved_units", "transaction_ids"])
        if spend_reserved:
            self.env["credit.reservation"].invalidate_model()
        self.env["supplier.exchange"].browse(exchange_id).invalidate_recordset(["transaction_ids"])
        self._warn_if_low(balance_units - changed, balance_units, to_units(low_balance))
        return transactions.browse(transaction_id)

    def _warn_if_low(self, before, after, threshold):
        """Schedule or remove the activity when the balance crosses the threshold."""
        activity_type = "supplier_webservice_order.mail_activity_type_low_credit"
        if after < threshold <= before and self.responsible_id:
            self.activity_schedule(
                activity_type,
                user_id=self.responsible_id.id,
                note=self.env._(
                    "%(balance).2f credits are left. Without credits nothing can be sent.", balance=to_credits(after)
                ),
            )
        elif after >= threshold > before:
            self.activity_unlink([activity_type])
