from odoo import models

from ..const import SMS_RESERVATION_SECONDS
from ..utils import in_own_transaction


class SmsSms(models.Model):
    """SMS are paid from the same credits, where the company has set a price."""

    _inherit = "sms.sms"

    def _send_with_api(self, sms_api, unlink_failed=False, unlink_sent=True, raise_exception=False):
        if not self.env["database.home"]._is_home():
            # they wait in the queue, as the mails of a copied database do
            return None
        allowed = self._reserve_credits()
        refused = self - allowed
        if refused:
            refused._refuse_for_credit(unlink_failed)
        if not allowed:
            return None
        return super(SmsSms, allowed)._send_with_api(
            sms_api, unlink_failed=unlink_failed, unlink_sent=unlink_sent, raise_exception=raise_exception
        )

    def _handle_call_result_hook(self, results):
        result = super()._handle_call_result_hook(results)
        states = {result["uuid"]: result["state"] for result in results}
        for company, messages in self.grouped(lambda sms: sms._get_sms_company()).items():
            if company._get_credit_units("sms"):
                messages._charge_credits(company, states)
        return result

    def _get_credit_key(self):
        self.ensure_one()
        return f"sms:{self.uuid}"

    def _reserve_credits(self):
        """Hold the price of each SMS, as far as the credits go; return the SMS that may leave.

        In a transaction of its own: what other SMS and orders may still spend has to be
        known to everybody before these leave.
        """
        allowed = self.browse()
        for company, messages in self.grouped(lambda sms: sms._get_sms_company()).items():
            units = company._get_credit_units("sms")
            if not units:
                allowed |= messages
                continue
            keys = [sms._get_credit_key() for sms in messages]

            def reserve(env, company=company, units=units, keys=keys):
                # whoever sends an SMS pays for it, with or without rights on the ledger
                account_sudo = env["credit.account"].sudo()._get_for_company(env["res.company"].browse(company.id))
                # an attempt that was rolled back may have left its reservation behind
                account_sudo._release(keys)
                count = min(len(keys), account_sudo.available_units // units)
                if count > 0:
                    account_sudo._reserve(keys[:count], units, seconds=SMS_RESERVATION_SECONDS)
                return max(count, 0)

            allowed |= messages[: in_own_transaction(self.env, reserve)]
        return allowed

    def _refuse_for_credit(self, unlink_failed):
        # notifications of other people's messages are updated too, as Odoo does it
        refused_sudo = self.sudo().with_context(sms_skip_msg_notification=True)
        refused_sudo._update_sms_state_and_trackers("error", failure_type="sms_credit")
        if unlink_failed:
            refused_sudo.to_delete = True
        refused_sudo.mail_message_id._notify_message_notification_update()

    def _charge_credits(self, company, states):
        """Spend what was reserved for the SMS that left, give back the rest."""
        sent = self.filtered(lambda sms: states.get(sms.uuid) in self.IAP_TO_SMS_STATE_SUCCESS)
        rows = [(sms._get_credit_key(), self.env._("SMS to %(number)s", number=sms.number)) for sms in sent]
        unsent = [sms._get_credit_key() for sms in self - sent]

        def charge(env):
            account_sudo = env["credit.account"].sudo()._get_for_company(env["res.company"].browse(company.id))
            for key, description in rows:
                account_sudo._capture(key, "sms", description)
            account_sudo._release(unsent)

        # the SMS have left: whatever becomes of the transaction around, they are paid
        in_own_transaction(self.env, charge)
