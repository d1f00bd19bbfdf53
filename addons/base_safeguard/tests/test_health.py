from datetime import timedelta
from unittest.mock import patch

from lxml import html
from odoo import fields
from odoo.tests import BaseCase, HttpCase, TransactionCase, new_test_user, tagged

from ..health import Check, prometheus, worst


class TestChecks(BaseCase):
    """PR3: figures and their limits."""

    def test_states(self):
        """PR3: limits are reached from above, or from below where less is worse."""
        cases = {(0, False): "ok", (5, False): "warning", (9, False): "critical", (10, True): "ok"}
        for (value, below), state in cases.items():
            self.assertEqual(Check("a", "A", value, "", 5, 9, below=below).state, state)
        self.assertEqual(Check("a", "A", 10**9).state, "ok")
        self.assertEqual(Check("free", "F", 10, "percent", 15, 5, below=True).state, "warning")
        self.assertEqual(Check("free", "F", 4, "percent", 15, 5, below=True).state, "critical")

    def test_the_worst_counts(self):
        """PR3: the whole is as bad as its worst part."""
        good, bad = Check("a", "A", 0, warning=1), Check("a", "A", 2, warning=1)
        self.assertEqual([worst([]), worst([good]), worst([bad, good])], ["ok", "ok", "warning"])

    def test_prometheus(self):
        """PR3: one family per metric, labels escaped, as the text format 0.0.4 says."""
        checks = [
            Check("late", "Late\nby", 1.5, "seconds", subject='a "b" \\c'),
            Check("late", "Late\nby", 0, "seconds", subject="d"),
            Check("mails", "Mails", 3, warning=2),
        ]
        self.assertEqual(
            prometheus(checks),
            "# HELP odoo_late_seconds Late\\nby\n# TYPE odoo_late_seconds gauge\n"
            'odoo_late_seconds{subject="a \\"b\\" \\\\c"} 1.5\nodoo_late_seconds{subject="d"} 0\n'
            "# HELP odoo_mails Mails\n# TYPE odoo_mails gauge\nodoo_mails 3\n"
            "# HELP odoo_health 0 ok, 1 warning, 2 critical\n# TYPE odoo_health gauge\nodoo_health 1\n",
        )


class TestFigures(TransactionCase):
    """PR3: what is measured."""

    def figures(self, code):
        return [check for check in self.env["health.monitor"].sudo()._get_checks() if check.code == code]

    def test_late_actions(self):
        """PR3: an active scheduled action that should have run is named; a paused one is not."""
        cron = self.env.ref("base.autovacuum_job")
        cron.nextcall = fields.Datetime.now() - timedelta(hours=3)
        late = {check.subject: check for check in self.figures("scheduled_action_late")}
        self.assertEqual(late[cron.cron_name].state, "critical")
        self.assertAlmostEqual(late[cron.cron_name].value, 3 * 3600, delta=60)
        cron.active = False
        self.assertNotIn(cron.cron_name, {check.subject for check in self.figures("scheduled_action_late")})

    def test_mail(self):
        """PR3: what waits in the queue, since when, and what did not arrive."""
        [before] = self.figures("mail_waiting")
        mail = self.env["mail.mail"].create({"email_to": "a@example.com", "state": "outgoing"})
        self.env.cr.execute("UPDATE mail_mail SET create_date = now() - interval '2 days' WHERE id = %s", [mail.id])
        self.env["mail.mail"].create({"email_to": "a@example.com", "scheduled_date": "2999-01-01 00:00:00"})
        self.assertEqual(self.figures("mail_waiting")[0].value, before.value + 1)
        self.assertEqual(self.figures("mail_oldest")[0].state, "critical")
        [undelivered] = self.figures("mail_undelivered")
        self.env["mail.delivery"].create({"address": "a@example.com", "state": "bounced"})
        self.assertEqual(self.figures("mail_undelivered")[0].value, undelivered.value + 1)

    def test_failures_and_disk(self):
        """PR3: records set aside are counted; the disk and the database are measured."""
        [before] = self.figures("set_aside")
        self.env["cron.batch.failure"]._set_aside(self.env.user, "_work", ValueError("bad"))
        self.assertEqual(self.figures("set_aside")[0].value, before.value + 1)
        self.assertGreater(self.figures("database_size")[0].value, 10**6)
        self.assertTrue(0 <= self.figures("filestore_free")[0].value <= 100)
        self.assertEqual(self.figures("database_copy")[0].value, 0)


@tagged("post_install", "-at_install")
class TestHealthRoutes(HttpCase):
    """PR3: page, JSON and Prometheus' text, for administrators only."""

    ROUTES = ("/safeguard/health", "/safeguard/health.json", "/safeguard/metrics")

    def get(self, route, user=None):
        headers = {}
        if user:
            expiry = fields.Datetime.now() + timedelta(days=1)
            key = self.env["res.users.apikeys"].with_user(user).sudo()._generate("rpc", "monitoring", expiry)
            self.env.flush_all()
            headers["Authorization"] = f"Bearer {key}"
        return self.url_open(route, headers=headers)

    def test_administrators(self):
        """PR3: with an administrator's API key every route answers, and keeps the figures private."""
        admin = new_test_user(self.env, "health admin", groups="base.group_system")
        page, data, metrics = (self.get(route, admin) for route in self.ROUTES)
        self.assertIn("Health of the installation", page.text)
        self.assertEqual({"state", "checks"}, set(data.json()))
        self.assertIn("odoo_scheduled_action_late_seconds{", metrics.text)
        self.assertIn("version=0.0.4", metrics.headers["Content-Type"])
        for answer in (page, data, metrics):
            self.assertIn(answer.status_code, (200, 503))
            self.assertEqual(answer.headers["Cache-Control"], "private, no-store")

    def test_the_worst_first(self):
        """PR3: what is broken stands on top, then what needs a look; figures are written out."""
        admin = new_test_user(self.env, "health admin", groups="base.group_system")
        checks = [
            Check("size", "Size", 123_456_789, "bytes"),
            Check("mails", "Mails", 3, warning=2),
            Check("late", "Late", 7300.4, "seconds", 900, 7200),
        ]
        with patch.object(self.registry["health.monitor"], "_get_checks", lambda self: checks):
            page = html.fromstring(self.get(self.ROUTES[0], admin).text)
        rows = [[" ".join(cell.text_content().split()) for cell in row] for row in page.findall(".//tbody/tr")]
        self.assertEqual(
            rows,
            [
                ["Broken", "Late", "", "7,300", "seconds"],
                ["Look", "Mails", "", "3", ""],
                ["OK", "Size", "", "123,456,789", "bytes"],
            ],
        )

    def test_broken_is_503(self):
        """PR3: monitoring that looks at the status only sees that something is broken."""
        admin = new_test_user(self.env, "health admin", groups="base.group_system")
        self.env.ref("base.autovacuum_job").nextcall = fields.Datetime.now() - timedelta(days=2)
        answer = self.get("/safeguard/health.json", admin)
        self.assertEqual((answer.status_code, answer.json()["state"]), (503, "critical"))

    def test_others(self):
        """PR3: nobody without a key, no employee, no manager of access rights."""
        employee = new_test_user(self.env, "health user", groups="base.group_erp_manager")
        for route in self.ROUTES:
            self.assertEqual(self.get(route).status_code, 401, route)
            self.assertEqual(self.get(route, employee).status_code, 403, route)
