from odoo.tests import tagged

from .common import SupplierCase


@tagged("post_install", "-at_install")
class TestHealth(SupplierCase):
    """PR3: messages in doubt and credits are told to monitoring."""

    def figures(self):
        checks = self.env["health.monitor"].sudo()._get_checks()
        return {check.code: check for check in checks if check.subject in ("", self.env.company.name)}

    def test_credits(self):
        """PR3: few credits want a look, none is broken; a company that never bought any is not asked about."""
        self.account.low_balance = 5
        self.assertNotIn("credits_available", self.figures())
        self._buy(1_000)
        self.assertEqual(self.figures()["credits_available"].state, "warning")
        self._buy(100_000)
        self.assertEqual(self.figures()["credits_available"].state, "ok")
        self._buy(-101_000)
        self.assertEqual(self.figures()["credits_available"].state, "critical")

    def test_messages(self):
        """PR3: what waits to be sent is counted."""
        self._buy()
        before = self.figures()["supplier_messages_waiting"].value
        purchase = self._new_purchase(self._new_product("Mirror", "M-1", 10))
        purchase.action_communicate()
        after = self.figures()
        self.assertEqual(after["supplier_messages_waiting"].value, before + 1)
        self.assertEqual(after["supplier_messages_in_doubt"].state, "ok")
