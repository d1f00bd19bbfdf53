from odoo import models
from odoo.exceptions import UserError
from odoo.tools import float_round, plaintext2html

from ..utils import pick_person, to_credits


class AccountMove(models.Model):
    """Vendor bills by which credits are bought."""

    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        for note in posted.filtered(lambda move: move.move_type == "in_refund" and move.reversed_entry_id):
            note._take_credits_back()
        return posted

    def write(self, vals):
        # whichever way it comes: a button, RPC, an import
        if vals.get("state") in ("draft", "cancel"):
            self._check_credits_not_booked()
        return super().write(vals)

    def _check_credits_not_booked(self):
        booked = self.filtered(lambda move: move.state == "posted")
        # whether credits were booked matters to accountants who do not see the ledger
        if booked and self.env["credit.transaction"].sudo().search_count([("bill_id", "in", booked.ids)], limit=1):
            raise UserError(
                self.env._(
                    "The credits of this bill have been booked. Enter a credit note: it takes them back as far as they "
                    "are still there."
                )
            )

    def _take_credits_back(self):
        """Book back the credits that a credited bill has bought: its share of them, as far as they are there."""
        self.ensure_one()
        # the ledger is written by nobody but the account itself
        rows_sudo = self.env["credit.transaction"].sudo().search([("bill_id", "=", self.reversed_entry_id.id)])
        bought = sum(rows_sudo.mapped("units"))
        # of a credit note in another currency than the bill the company's own says what share it is
        name = "amount_untaxed" if self.currency_id == self.reversed_entry_id.currency_id else "amount_untaxed_signed"
        amount, total = abs(self[name]), abs(self.reversed_entry_id[name])
        if bought <= 0 or not total:
            return
        account_sudo = rows_sudo.account_id
        notes = self.reversed_entry_id.reversal_move_ids - self
        back_sudo = self.env["credit.transaction"].sudo().search([("bill_id", "in", notes.ids)])
        left = bought + sum(back_sudo.mapped("units"))
        share = min(int(float_round(bought * amount / total, precision_digits=0)), left)
        units = min(share, account_sudo.available_units)
        if units > 0:
            account_sudo._book(
                -units,
                "refund",
                f"refund:{self.id}",
                self.env._("Credit note %(note)s of bill %(bill)s", note=self.name, bill=self.reversed_entry_id.name),
                bill_id=self.id,
            )
        if units < share:
            self._tell_spent_credits(account_sudo, share - units)

    def _tell_spent_credits(self, account, units):
        """Tell whoever is responsible that credits were spent for which the money comes back."""
        text = self.env._(
            "Credit note %(note)s takes back credits of which %(units).2f are spent already.",
            note=self.name,
            units=to_credits(units),
        )
        account._message_log(body=text)
        self._message_log(body=text)
        if account.responsible_id:
            person, note = pick_person(self.env, account.company_id, account.responsible_id), plaintext2html(text)
            account.activity_schedule("mail.mail_activity_data_todo", user_id=person.id, note=note)
