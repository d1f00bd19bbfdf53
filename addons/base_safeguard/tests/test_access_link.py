import os
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..models.access_link_mixin import SECRET_VARIABLE
from .common import SafeguardCase


@tagged("post_install", "-at_install")
class TestAccessLink(SafeguardCase):
    """PR5: one implementation of secret links under all addons."""

    def setUp(self):
        super().setUp()
        self.document, self.other = self.documents.create([{"name": "a"}, {"name": "b"}])
        self.token = self.document._get_access_token()

    def find(self, token, record=None):
        return self.documents._find_by_access_token((record or self.document).id, token)

    def test_the_token_is_never_stored(self):
        """PR5: a reader of the table finds a digest of the token, not the token."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT row_to_json(d)::text FROM safeguard_test_document d WHERE id = %s", [self.document.id]
        )
        stored = self.env.cr.fetchone()[0]
        self.assertNotIn(self.token, stored)
        self.assertIn(self.documents._hash_access_token(self.token), stored)

    def test_the_token_opens_its_record_only(self):
        """PR5: the valid token of another record opens nothing."""
        self.assertEqual(self.find(self.token), self.document)
        self.assertFalse(self.find(self.token, self.other))
        self.assertEqual(self.documents._search_by_access_token(self.token), self.document)

    def test_odd_tokens_open_nothing(self):
        """PR5: whatever stands in the place of the token is refused without an error."""
        for odd in (None, "", "x", "\udce4" * 20, "é" * 40, 7, [], {}, "a" * 10_000, self.token + "a", self.token[:-1]):
            self.assertFalse(self.find(odd), odd)
            self.assertFalse(self.documents._search_by_access_token(odd), odd)
        self.assertFalse(self.documents._find_by_access_token(None, self.token))
        self.assertFalse(self.documents._find_by_access_token(2**31 - 1, self.token))

    def test_wrong_expired_and_revoked_links_get_the_same_answer(self):
        """PR5: a stranger does not learn whether a link has ever worked."""
        now = fields.Datetime.now()
        self.document.date_link_expiry = now + timedelta(minutes=1)
        self.assertTrue(self.find(self.token))
        self.document.date_link_expiry = now - timedelta(seconds=1)
        self.assertEqual(self.find(self.token), self.documents.browse())
        self.document.date_link_expiry = False
        self.document._revoke_access_link()
        self.assertEqual(self.find(self.token), self.documents.browse())
        self.assertFalse(self.documents._search_by_access_token(self.token))
        self.assertFalse(self.find("wrong" * 5))

    def test_rotation_ends_the_old_address(self):
        """PR5: a rotated link works under its new address only, a revoked one works again."""
        self.document._revoke_access_link()
        self.document._rotate_access_link()
        token = self.document._get_access_token()
        self.assertNotEqual(token, self.token)
        self.assertFalse(self.find(self.token))
        self.assertEqual(self.find(token), self.document)

    def test_nobody_chooses_the_parts_of_a_link(self):
        """PR5: values given to create are not taken, so that no import makes a known address."""
        known = self.documents._hash_access_token("known" * 8)
        made = self.documents.create({"access_link_digest": known, "access_link_previous_digest": known})
        self.assertFalse(self.find("known" * 8, made))
        user = new_test_user(self.env, "link reader", groups="base.group_user")
        for name in ("access_link_nonce", "access_link_digest", "access_link_previous_digest"):
            with self.assertRaises(AccessError):
                made.with_user(user).read([name])

    def test_addresses_of_the_version_before_go_on_working(self):
        """PR5: tokens that were stored as text are migrated to their digest; asking for the link keeps them alive."""
        old = "old-token-of-the-version-before-0123456789"
        self.document.write(
            {
                "access_link_nonce": False,
                "access_link_digest": False,
                "access_link_previous_digest": self.documents._hash_access_token(old),
            }
        )
        self.assertEqual(self.find(old), self.document)
        new = self.document._get_access_token()
        self.assertEqual(self.find(new), self.document)
        self.assertEqual(self.find(old), self.document)
        self.document._rotate_access_link()
        self.assertFalse(self.find(old))

    def test_the_server_secret_is_part_of_the_token(self):
        """PR5: with the server's own secret a copy of the database does not tell the tokens; given links stay."""
        with patch.dict(os.environ, {SECRET_VARIABLE: "kept outside of the database"}):
            token = self.document._get_access_token()
            self.assertNotEqual(token, self.token)
            self.assertEqual(self.find(token), self.document)
            self.assertEqual(self.find(self.token), self.document)
        self.document._revoke_access_link()
        self.assertNotEqual(self.document._get_access_token(), token)
        self.assertTrue(self.document.link_revoked)

    def test_copies_have_a_link_of_their_own(self):
        """PR5: duplicating a record does not duplicate its address."""
        copy = self.document.copy()
        self.assertNotEqual(copy._get_access_token(), self.token)
        self.assertFalse(self.find(self.token, copy))
