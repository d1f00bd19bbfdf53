from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import WINDOW, SafeguardCase


@tagged("post_install", "-at_install")
class TestWindowGuards(SafeguardCase):
    """PR5: a window of somebody names a contact of another company, a valid one: by each way that ids come in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # everybody may open the window itself
        cls.classPatch(cls.registry[WINDOW], "_check_access", lambda self, operation: None)
        cls.user = new_test_user(cls.env, "window_user", groups="base.group_user")
        other = cls.env["res.company"].create({"name": "Second Company"})
        cls.hidden = cls.env["res.partner"].create({"name": "Theirs", "company_id": other.id})
        cls.window = cls.windows.with_user(cls.user).create({"partner_id": cls.user.partner_id.id})

    def test_defaults(self):
        """PR5: a default of the context is refused; what the user may read is not."""
        windows, own = self.windows.with_user(self.user), self.user.partner_id.id
        self.assertEqual(windows.with_context(default_partner_id=own).default_get(["partner_id"])["partner_id"], own)
        with self.assertRaises(AccessError):
            windows.with_context(default_partner_id=self.hidden.id).default_get(["partner_id"])

    def test_values(self):
        """PR5: so it is where the window is made, changed, or only looked at in a form."""
        values = {"partner_id": self.hidden.id}
        with self.assertRaises(AccessError):
            self.window.create(values)
        with self.assertRaises(AccessError):
            self.window.write(values)
        with self.assertRaises(AccessError):
            self.window.onchange(values, ["partner_id"], {"partner_id": {}})
        self.assertEqual(self.window.partner_id, self.user.partner_id)
