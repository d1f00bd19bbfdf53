from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import SQL

from ..const import UNITS_PER_CREDIT
from ..utils import execute_contended, pick_person, to_credits, to_units
from .fields import BigInteger

BALANCE_FIELDS = ("available_units", "balance_units", "reserved_units", "balance", "reserved", "available", "is_low")
#: a row of the ledger holds no more: a thousand million credits
MAX_UNITS = 10**12

GUARDED = ("available_units", "low_warned", "company_id")


class CreditAccount(models.Model):
    """A company's prepaid credits.

    What can be spent is counted down when it is reserved, and the database refuses less than
    nothing; the balance is that and what is reserved. Senders only add a row to the ledger and take
    their reservation away: they never wait for each other.
    """

    _name = "credit.account"
    _description = "System Credits"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _check_company_auto = True
    _rec_names_search = ["company_id"]

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade", index=True)
    available_units = BigInteger(readonly=True, default=0, aggregator=None)
    balance_units = BigInteger(compute="_compute_balance", aggregator=None)
    reserved_units = BigInteger(compute="_compute_balance", aggregator=None)
    reservation_ids = fields.One2many("credit.reservation", "account_id", readonly=True)
    low_warned = fields.Boolean(readonly=True, help="The responsible person was told that the credits run low.")
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
    _available_positive = models.Constraint(
        "CHECK(available_units >= 0)", "More credits are spent or reserved than there are."
    )

    @api.depends("company_id")
    def _compute_display_name(self):
        for account in self:
            account.display_name = self.env._("System Credits of %(company)s", company=account.company_id.name or "")

    @api.depends("available_units", "reservation_ids.units", "low_balance")
    def _compute_balance(self):
        # whoever sees the account may see how much of it is reserved
        reserved_sudo = dict(
            self.env["credit.reservation"]
            .sudo()
            ._read_group([("account_id", "in", self.ids)], ["account_id"], ["units:sum"])
        )
        by_id = {account.id: units for account, units in reserved_sudo.items()}
        for account in self:
            account.reserved_units = by_id.get(account._origin.id, 0)
            account.balance_units = account.available_units + account.reserved_units
            account.balance = to_credits(account.balance_units)
            account.reserved = to_credits(account.reserved_units)
            account.available = to_credits(account.available_units)
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
        if any(vals.get("available_units") for vals in vals_list):
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

    def _raise_insufficient(self, units):
        self._forget_balance()
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
                     UPDATE credit_account SET available_units = available_units - %(total)s
                      WHERE id = %(id)s AND available_units >= %(total)s RETURNING id)
                   INSERT INTO credit_reservation
                          (account_id, key, units, date_expiry, create_uid, create_date, write_uid, write_date)
                   SELECT account.id, key, %(units)s, %(date_expiry)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM account, unnest(%(keys)s) AS key
                RETURNING account_id""",
                id=self.id,
                total=units * len(keys),
                keys=list(keys),
                units=units,
                date_expiry=fields.Datetime.now() + timedelta(seconds=seconds) if seconds else None,
                uid=self.env.uid,
                now=self.env.cr.now(),
            ),
        )
        if not updated:
            self._raise_insufficient(units * len(keys))
        self._forget_balance()

    def _forget_balance(self):
        self.invalidate_recordset([*BALANCE_FIELDS, "transaction_ids", "reservation_ids"])
        self.env["credit.reservation"].invalidate_model()

    def _capture(self, key, kind, description, **links):
        """Spend what was reserved for ``key``; a second call changes nothing.

        :returns: the ledger row
        """
        self.ensure_one()
        self._flush_ledger()
        # what was booked before is not taken twice
        taken = SQL(
            "DELETE FROM credit_reservation r WHERE r.account_id = %(id)s AND r.key = %(key)s AND NOT EXISTS ("
            "SELECT FROM credit_transaction WHERE account_id = %(id)s AND key = %(key)s) RETURNING -r.units AS units",
            id=self.id,
            key=key,
        )
        amount = SQL(
            "SELECT COALESCE(sum(units), 0) AS units FROM taken"
            " HAVING NOT EXISTS (SELECT FROM credit_transaction WHERE account_id = %(id)s AND key = %(key)s)",
            id=self.id,
            key=key,
        )
        booked = self._insert_row(taken, amount, kind, key, description, links)
        if not booked:
            self._release([key])
            return self.env["credit.transaction"].search([("account_id", "=", self.id), ("key", "=", key)])
        return booked

    def _release(self, keys):
        """Give back what was reserved for ``keys``."""
        self.ensure_one()
        units = self.env["credit.reservation"]._take(self, keys)
        if units:
            self._flush_ledger()
            execute_contended(
                self.env,
                SQL(
                    "UPDATE credit_account SET available_units = available_units + %s WHERE id = %s RETURNING id",
                    units,
                    self.id,
                ),
            )
            self._forget_balance()

    def _book(self, units, kind, key, description, **links):
        """Change what is available and write the ledger row that explains it.

        :param units: what is added, negative for what is spent
        :returns: the ledger row
        :raises UserError: where the balance would not cover what is spent or reserved
        """
        self.ensure_one()
        if abs(units) > MAX_UNITS:
            raise UserError(self.env._("This is more than can be booked at once."))
        self._flush_ledger()
        changed = SQL(
            "UPDATE credit_account SET available_units = available_units + %(units)s"
            " WHERE id = %(id)s AND available_units + %(units)s >= 0 RETURNING %(units)s::int8 AS units",
            id=self.id,
            units=units,
        )
        booked = self._insert_row(changed, SQL("SELECT units FROM taken"), kind, key, description, links)
        if not booked:
            self._forget_balance()
            raise UserError(
                self.env._(
                    "There are not enough System Credits: %(available).2f are available.", available=self.available
                )
            )
        return booked

    def _flush_ledger(self):
        self.env["credit.transaction"].flush_model()
        self.env["credit.reservation"].flush_model()
        self.flush_recordset()

    def _insert_row(self, taken, amount, kind, key, description, links):
        """Add a row to the ledger in the statement that takes the units; return it, or none if there was one.

        :param taken: the statement that changes a reservation or what is available, returning ``units``
        :param amount: what of ``taken`` goes into the row
        """
        rows = execute_contended(
            self.env,
            SQL(
                """WITH taken AS (%(taken)s), amount AS (%(amount)s)
                   INSERT INTO credit_transaction
                          (account_id, company_id, units, kind, key, description, exchange_id, purchase_id, bill_id,
                           create_uid, create_date, write_uid, write_date)
                   SELECT %(id)s, (SELECT company_id FROM credit_account WHERE id = %(id)s), amount.units, %(kind)s,
                          %(key)s, %(description)s, %(exchange_id)s, %(purchase_id)s, %(bill_id)s,
                          %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
                     FROM amount
                RETURNING id, (
                   -- whether the balance crosses the threshold by this: nearly every row does not
                   SELECT (a.available_units + credit_transaction.units + COALESCE((
                              SELECT sum(r.units) FROM credit_reservation r WHERE r.account_id = a.id), 0)
                           < round(COALESCE(a.low_balance, 0)::numeric * %(scale)s)) != COALESCE(a.low_warned, FALSE)
                     FROM credit_account a WHERE a.id = credit_transaction.account_id)""",
                scale=UNITS_PER_CREDIT,
                taken=taken,
                amount=amount,
                id=self.id,
                kind=kind,
                key=key,
                description=description,
                **{name: links.get(name) or None for name in ("exchange_id", "purchase_id", "bill_id")},
                uid=self.env.uid,
            ),
        )
        self._forget_balance()
        if links.get("exchange_id"):
            self.env["supplier.exchange"].browse(links["exchange_id"]).invalidate_recordset(["transaction_ids"])
        if any(crosses for _row_id, crosses in rows):
            self._warn_if_low()
        return self.env["credit.transaction"].browse([row_id for row_id, _crosses in rows])

    def _warn_if_low(self):
        """Schedule or remove the activity when the balance crosses the threshold: whoever notices it first."""
        [(balance, low_balance, low_warned)] = self.env.execute_query(
            SQL(
                """SELECT available_units + COALESCE((
                              SELECT sum(units) FROM credit_reservation WHERE account_id = %(id)s), 0),
                          low_balance, COALESCE(low_warned, FALSE)
                     FROM credit_account WHERE id = %(id)s""",
                id=self.id,
            )
        )
        low = balance < to_units(float(low_balance or 0))
        if low == low_warned:
            return
        turned = execute_contended(
            self.env,
            SQL(
                "UPDATE credit_account SET low_warned = %(low)s WHERE id = %(id)s"
                " AND COALESCE(low_warned, FALSE) != %(low)s RETURNING id",
                low=low,
                id=self.id,
            ),
        )
        self.invalidate_recordset(["low_warned"])
        activity_type = "supplier_webservice_order.mail_activity_type_low_credit"
        if turned and low and self.responsible_id:
            self.activity_schedule(
                activity_type,
                user_id=pick_person(self.env, self.company_id, self.responsible_id).id,
                note=self.env._(
                    "%(balance).2f credits are left. Without credits nothing can be sent.",
                    balance=to_credits(self.balance_units),
                ),
            )
        elif turned and not low:
            self.activity_unlink([activity_type])
