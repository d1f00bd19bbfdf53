from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import RULE_CODES, StatusMailCommon


@tagged("post_install", "-at_install")
class TestPreview(StatusMailCommon):
    """Every rule can be looked at on a real order."""

    def test_every_rule_on_a_real_order_without_sending(self):
        """OS+4: the preview shows the mail; nothing is queued, noted or marked."""
        order = self._create_told_order(self.lamp, self.planter)
        user = new_test_user(self.env, "osm_user", groups="sales_team.group_sale_salesman_all_leads")
        before = (len(self.mails(order)), len(self.events(order, told=None)))
        for code in RULE_CODES:
            form = Form(self.env["order.status.preview"].with_user(user))
            form.order_id = order
            form.rule = code
            preview = form.save()
            self.assertIn(order.name, preview.body)
            self.assertIn(order.name, preview.subject)
            self.assertTrue(preview.enabled)
            self.assertEqual(order.name in (preview.odoo_body or ""), code == "status", "the other confirmation")
            self.assertEqual(preview.is_example, code != "status", code)
            label = dict(preview._fields["rule"]._description_selection(self.env))[code]
            self.assertIn(label, preview.body, "the mail says which rule caused it")
        self.commit_marks()
        self.assertEqual(before, (len(self.mails(order)), len(self.events(order, told=None))))
        self.assertFalse(self.env["order.status.mark"].search([("order_id", "=", order.id)]))

    def test_the_preview_does_not_give_the_customers_key_away(self):
        """OS+4: the links of a preview do not work."""
        order = self._create_told_order(self.lamp)
        preview = self.env["order.status.preview"].create({"order_id": order.id, "rule": "status"})
        self.assertNotIn(order.status_snapshot_ids._get_access_token(), preview.body)

    def test_a_stranger_previews_nothing(self):
        """OS+4: whoever may not read the order may not read its mail."""
        order = self._create_told_order(self.lamp)
        order.user_id = self.env.ref("base.user_admin")
        user = new_test_user(self.env, "osm_own", groups="sales_team.group_sale_salesman")
        previews = self.env["order.status.preview"].with_user(user)
        with self.assertRaises(AccessError):
            previews.create({"order_id": order.id, "rule": "status"})
        # made while the order was the user's
        order.user_id = user
        preview = previews.create({"order_id": order.id, "rule": "status"})
        order.user_id = self.env.ref("base.user_admin")
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            preview.body  # noqa: B018 - reading it is what is tested

    def test_from_the_order(self):
        """OS+4: the order opens its preview."""
        order = self._create_told_order(self.lamp)
        action = order.action_preview_status_mail()
        self.assertEqual(action["context"], {"default_order_id": order.id})
