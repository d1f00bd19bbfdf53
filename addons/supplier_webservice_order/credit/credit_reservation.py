from odoo import api, fields, models
from odoo.tools import SQL

from .fields import BigInteger


class CreditReservation(models.Model):
    """Credits held for one message that is on its way."""

    _name = "credit.reservation"
    _description = "Reserved Credits"
    _rec_name = "key"

    account_id = fields.Many2one("credit.account", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="account_id.company_id")
    key = fields.Char(required=True, readonly=True)
    units = BigInteger(required=True, readonly=True)
    date_expiry = fields.Datetime("Expires At", readonly=True, index="btree_not_null")

    _key_unique = models.Constraint("UNIQUE(account_id, key)", "Credits are reserved once per message.")

    @api.model
    def _take(self, account, keys):
        """Remove the reservations of some keys and return the sum of their units."""
        if not keys:
            return 0
        self.flush_model()
        taken = self.env.execute_query(
            SQL(
                "DELETE FROM credit_reservation WHERE account_id = %s AND key IN %s RETURNING units",
                account.id,
                tuple(keys),
            )
        )
        self.invalidate_model()
        return sum(units for [units] in taken)

    @api.autovacuum
    def _gc_expired(self):
        expired = self.search([("date_expiry", "<", fields.Datetime.now())])
        for account, reservations in expired.grouped("account_id").items():
            account._release(reservations.mapped("key"))
