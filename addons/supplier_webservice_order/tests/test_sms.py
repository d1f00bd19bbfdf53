from unittest.mock import patch

from odoo.addons.sms.tools.sms_api import SmsApi
from odoo.tests import tagged

from .common import SupplierCase


@tagged("post_install", "-at_install")
class TestSms(SupplierCase):
    """SW10 SW11 SW12: SMS are paid from the same balance."""

    def setUp(self):
        super().setUp()
        self.company.credit_price_sms = 0.05
        self.sent = []
        self.outcome = "success"

        def send(api, messages, **kwargs):
            numbers = [number for message in messages for number in message["numbers"]]
            self.sent += numbers
            return [{"uuid": number["uuid"], "state": self.outcome, "credit": 1} for number in numbers]

        self.startPatcher(patch.object(SmsApi, "_send_sms_batch", send))

    def _send(self, count):
        messages = (
            self.env["sms.sms"]
            .with_company(self.company)
            .create([{"number": f"+3247000000{index}", "body": "Your car is ready"} for index in range(count)])
        )
        with self._worker():
            messages.with_company(self.company)._send(unlink_sent=False)
        return messages

    def test_charged(self):
        """SW10 SW11: each SMS costs its price and is a row of the ledger."""
        self._buy(1_000)
        messages = self._send(2)
        self.assertEqual(messages.mapped("state"), ["pending", "pending"])
        self.assertEqual(self.account.balance, 0.9)
        rows = self.account.transaction_ids.filtered(lambda row: row.kind == "sms")
        self.assertEqual(rows.mapped("units"), [-50, -50])
        self.assertEqual(set(rows.mapped("key")), {f"sms:{uuid}" for uuid in messages.mapped("uuid")})
        self.assertEqual(self.account.reserved_units, 0)

    def test_refused_without_credit(self):
        """SW12: what the balance does not cover is not sent, and says why."""
        self._buy(120)
        messages = self._send(3)
        self.assertEqual(len(self.sent), 2)
        self.assertEqual(sorted(messages.mapped("state")), ["error", "pending", "pending"])
        self.assertEqual(messages.filtered(lambda sms: sms.state == "error").failure_type, "sms_credit")
        self.assertEqual(self.account.balance_units, 20)

    def test_refused_with_less_than_one(self):
        """SW12: a balance that pays for none sends none."""
        self._buy(10)
        messages = self._send(2)
        self.assertFalse(self.sent)
        self.assertEqual(messages.mapped("state"), ["error", "error"])
        self.assertEqual(self.account.reserved_units, 0)

    def test_failed_is_free(self):
        """SW10: an SMS that the provider refuses costs nothing."""
        self._buy(1_000)
        self.outcome = "wrong_number_format"
        self._send(1)
        self.assertEqual((self.account.balance_units, self.account.reserved_units), (1_000, 0))

    def test_rolled_back_sending_is_charged_once(self):
        """SW+1: an SMS that Odoo sends again after a conflict is charged once."""
        self._buy(1_000)
        messages = self._send(1)
        messages.state = "outgoing"
        with self._worker():
            messages.with_company(self.company)._send(unlink_sent=False)
        self.assertEqual((self.account.balance_units, self.account.reserved_units), (950, 0))

    def test_free_unless_priced(self):
        """SW10: companies that set no price send SMS as without this addon."""
        self.company.credit_price_sms = 0
        self.assertEqual(self._send(1).state, "pending")
        self.assertFalse(self.account.transaction_ids)
