import ast
from pathlib import Path

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.service.model import get_public_method
from odoo.tests import new_test_user, tagged

from .common import StatusMailCommon

_MODELS = [
    "order.status.event",
    "order.status.facts",
    "order.status.mailer",
    "order.status.preference",
    "order.status.run",
    "order.status.snapshot",
    "order.status.supply",
    "order.status.mark",
]


@tagged("post_install", "-at_install")
class TestSecurity(StatusMailCommon):
    """Who may see and do what."""

    def test_no_method_sends_a_status_mail_by_hand(self):
        """OS10: no method of the run, the mailer or the ledger that people may call queues a mail."""
        allowed = {
            "action_edit_words",
            "action_open_events",
            "action_open_order",
            "action_preview_status_mail",
            "action_revoke_links",
            "action_retry_now",
            "action_same_mail",
            "action_edit_status_mail",
            "action_view_status_events",
        }
        public = set()
        folder = Path(__file__).parent.parent
        for path in [*folder.glob("models/*.py"), *folder.glob("wizards/*.py")]:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ClassDef) and any(getattr(b, "value", None) for b in node.bases):
                    public |= {
                        f.name for f in node.body if isinstance(f, ast.FunctionDef) and not f.name.startswith("_")
                    }
        self.assertEqual(public - {"create", "write"}, allowed)

    def test_the_scheduled_action_is_not_callable_over_rpc(self):
        """OS10: Odoo refuses to call the private methods that make mails."""
        for model, method in (
            ("order.status.run", "_cron_tell_customers"),
            ("order.status.run", "_process"),
            ("order.status.mailer", "_queue"),
        ):
            with self.assertRaises(AccessError):
                get_public_method(self.env[model], method)

    def test_no_composer_entry(self):
        """OS10: the mail composer of a sales order offers no status mail."""
        templates = self.env["mail.template"].search([("model", "=", "sale.order")])
        self.assertFalse([t for t in templates if (t.get_external_id()[t.id] or "").startswith("order_status_mail.")])
        actions = self.env["ir.actions.server"].search([("model_id.model", "=like", "order.status.%")])
        self.assertFalse(actions.filtered("binding_model_id"))

    def test_no_model_takes_rows_from_people(self):
        """OS10: nobody can write a mark or an event that would become a mail."""
        admin = self.env.ref("base.user_admin")
        order = self._create_told_order(self.lamp)
        for model, values in (
            ("order.status.mark", {"order_id": order.id}),
            ("order.status.supply", {"product_id": self.lamp.id}),
            ("order.status.event", {"order_id": order.id, "rule": "slip", "topic": "slip"}),
            ("order.status.snapshot", {"order_id": order.id}),
        ):
            with self.assertRaises(AccessError):
                self.env[model].with_user(admin).create(values)

    def test_a_role_without_rights(self):
        """OS1: an employee without the role reads nothing of it."""
        employee = new_test_user(self.env, "osm_employee", groups="base.group_user")
        for model in _MODELS:
            if self.env[model]._abstract:
                continue
            with self.assertRaises(AccessError):
                self.env[model].with_user(employee).search([])

    def test_portal_users_have_no_direct_access(self):
        """OS11: customers see the history on their pages only."""
        portal = new_test_user(self.env, "osm_portal", groups="base.group_portal")
        self._create_told_order(self.lamp)
        with self.assertRaises(AccessError):
            self.env["order.status.event"].with_user(portal).search([])

    def test_another_company_sees_nothing(self):
        """OS1: events, statuses and choices belong to a company."""
        order = self._create_told_order(self.lamp)
        self.env["order.status.preference"]._choose(self.customer, self.website, set())
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreigner = new_test_user(
            self.env,
            "osm_foreigner",
            groups="order_status_mail.group_order_status_mail_manager,sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertTrue(self.events(order))
        self.env.flush_all()
        for kind in ("event", "mail", "snapshot", "preference", "report", "rule"):
            records = self.env[f"order.status.{kind}"]
            self.assertTrue(records.search([]), kind)
            self.assertFalse(records.with_user(foreigner).search([]), kind)

    def test_a_salesperson_sees_own_orders(self):
        """OS1: the ledger, its mails and the statuses follow the rule for orders: own documents only."""
        order = self._create_told_order(self.lamp)
        salesman = new_test_user(self.env, "osm_salesman", groups="sales_team.group_sale_salesman")
        for kind in ("event", "mail", "snapshot"):
            order.user_id = self.env.ref("base.user_admin")
            ledger = self.env[f"order.status.{kind}"].with_user(salesman)
            self.assertFalse(ledger.search([("order_id", "=", order.id)]), kind)
            order.user_id = salesman
            self.assertTrue(ledger.search([("order_id", "=", order.id)]), kind)

    def test_what_a_customer_knows_is_nobodys_to_write(self):
        """OS+2: a manager closes links and tries again, and writes down nothing that was told to nobody."""
        snapshot = self._create_told_order(self.lamp).status_snapshot_ids
        groups = "order_status_mail.group_order_status_mail_manager,sales_team.group_sale_manager"
        own = snapshot.with_user(new_test_user(self.env, "osm_manager", groups=groups))
        for values in ({"status": "delivered"}, {"facts": {}}, {"undelivered": False}, {"date_next_try": False}):
            with self.assertRaises(AccessError):
                own.write(values)
        snapshot.date_next_try = "2030-01-01"
        own.action_retry_now()
        self.assertFalse(snapshot.date_next_try)
        token = snapshot._get_access_token()
        own.action_revoke_links()
        self.assertNotEqual(snapshot._get_access_token(), token)

    def test_a_preview_is_its_makers(self):
        """OS+1: what somebody previews, nobody else opens by its number."""
        order = self._create_told_order(self.lamp)
        groups = "order_status_mail.group_order_status_mail_manager,sales_team.group_sale_manager"
        mine, other = (new_test_user(self.env, f"osm_{name}", groups=groups) for name in ("mine", "other"))
        preview = self.env["order.status.preview"].with_user(mine).create({"order_id": order.id, "rule": "slip"})
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            preview.with_user(other).read(["rule"])
        self.assertEqual(preview.read(["rule"])[0]["rule"], "slip")

    def test_keys_are_for_system_administrators(self):
        """OS+3: a salesperson cannot read the key of a customer's links."""
        order = self._create_told_order(self.lamp)
        salesman = new_test_user(self.env, "osm_reader", groups="sales_team.group_sale_salesman_all_leads")
        snapshot = order.status_snapshot_ids.with_user(salesman)
        self.assertTrue(snapshot.read(["status"]))
        with self.assertRaises(AccessError):
            snapshot.read(["access_link_nonce"])
        with self.assertRaises(AccessError):
            snapshot.action_revoke_links()
        kept = self.events(order).mail_id.with_user(salesman)
        self.assertIn("Your order is confirmed", kept.body_html)
        self.assertNotIn(order.status_snapshot_ids._get_access_token(), kept.body_html)

    def test_warehouse_staff_can_do_their_work(self):
        """OS4, OS8: printing and receiving touch sales orders that this user may not write."""
        self.company.status_mail_picked_when = "slip"
        worker = new_test_user(self.env, "osm_worker", groups="stock.group_stock_user")
        order = self._create_told_order(self.lamp)
        self.env["ir.actions.report"].with_user(worker)._render_qweb_pdf(
            "stock.report_deliveryslip", order.picking_ids.ids
        )
        self.assertTrue(order.status_picked)
        waiting = self._create_told_order(self.planter)
        purchase = self._create_purchase(self.planter, 2, "2030-01-01")
        self.receive(purchase.with_user(worker))
        self.run_action()
        self.assertEqual(len(self.events(waiting, "stock")), 1)
