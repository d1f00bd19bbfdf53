from unittest.mock import patch

from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import file_open, mute_logger

from ..models.database_home import PARAMETER

CRON = "odoo.addons.base_safeguard.models.ir_cron"


@tagged("post_install", "-at_install")
class TestDatabaseHome(TransactionCase):
    """PR2: a copied database reaches nobody, whatever starts first."""

    def setUp(self):
        super().setUp()
        self.home = self.env["database.home"]
        self.parameters = self.env["ir.config_parameter"].sudo()
        self.cron = self.env["ir.cron"].create(
            {
                "name": "Say that it ran",
                "model_id": self.env.ref("base.model_res_partner").id,
                "code": "env['ir.config_parameter'].sudo().set_param('cron.ran', 'yes')",
            }
        )

    def ran(self):
        self.parameters.set_param("cron.ran", False)
        with mute_logger(CRON), patch.object(self.env.cr, "commit"), patch.object(self.env.cr, "rollback"):
            self.cron._callback(self.cron.name, self.cron.ir_actions_server_id.id)
        return self.parameters.get_param("cron.ran") == "yes"

    def send(self):
        servers = self.env["ir.mail_server"]
        message = servers._build_email__("a@example.com", ["b@example.com"], "subject", "text")
        return servers.send_email(message)

    def copy_from_elsewhere(self):
        self.parameters.set_param(PARAMETER, "7000000000000000000/16384")

    def test_the_original_acts(self):
        """PR2: the database that was set up here is at home from its first start."""
        self.assertTrue(self.parameters.get_param(PARAMETER))
        self.assertTrue(self.home._is_home())
        self.assertTrue(self.ran())

    def test_a_copy_holds_back(self):
        """PR2: neither scheduled actions run nor mails leave, and the log says why."""
        self.copy_from_elsewhere()
        self.assertFalse(self.home._is_home())
        self.assertFalse(self.ran())
        with self.assertRaisesRegex(MailDeliveryException, "copy"):
            self.send()
        with self.assertLogs(CRON, "WARNING") as logged:
            self.cron._callback(self.cron.name, self.cron.ir_actions_server_id.id)
        self.assertIn("is a copy of another database", logged.output[0])

    def test_another_database_of_the_same_server_is_a_copy(self):
        """PR2: createdb --template makes a copy, too: same cluster, another number."""
        cluster = self.home._get_identity().partition("/")[0]
        self.parameters.set_param(PARAMETER, f"{cluster}/1")
        self.assertFalse(self.home._is_home())

    def test_a_start_does_not_move_a_copy_in(self):
        """PR2: starting a server on a copy leaves the note of the original."""
        self.copy_from_elsewhere()
        self.home._register_hook()
        self.parameters.invalidate_model()
        self.env.registry.clear_cache()
        self.assertFalse(self.home._is_home())

    def test_an_administrator_moves_in(self):
        """PR2: after a move to a new server an administrator says so, nobody else."""
        self.copy_from_elsewhere()
        settings = self.env["res.config.settings"]
        user = new_test_user(self.env, "home user", groups="base.group_user,base.group_erp_manager")
        self.assertTrue(settings.create({}).is_database_copy)
        with self.assertRaises(AccessError):
            settings.with_user(user).new({}).action_database_move_in()
        self.assertFalse(self.home._is_home())
        with mute_logger("odoo.addons.base_safeguard.models.database_home"):
            settings.create({}).action_database_move_in()
        self.assertTrue(self.home._is_home())
        self.assertTrue(self.ran())
        self.assertFalse(settings.create({}).is_database_copy)

    def test_neutralized_copies(self):
        """PR2: neutralizing takes the note away: people may try things in a copy that reaches nobody."""
        self.copy_from_elsewhere()
        self.env.flush_all()
        with file_open("base_safeguard/data/neutralize.sql") as file:
            self.env.cr.execute(file.read())
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertTrue(self.home._is_home())
