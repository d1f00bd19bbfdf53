import re
from datetime import timedelta

from odoo import fields, http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ProofCase, make_pdf


@tagged("post_install", "-at_install")
class TestGuests(HttpCase, ProofCase):
    """OP13: colleagues with a link and nothing else; portal users of other customers."""

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        self.revision = self.send(content=make_pdf(2))
        self.person = self.reviewer(self.revision)
        self.guest = self.person._invite_guest("Gina Guest", "Gina@Elsewhere.example.com")

    def get(self, path, token=None):
        return self.url_open(f"{path}?access_token={token or self.guest._get_access_token()}", allow_redirects=False)

    def test_forward(self):
        """OP13: the colleague gets a mail with a link of their own, works without a login, and decides."""
        [mail] = self.mails("gina@elsewhere.example.com")
        self.assertIn(self.guest._get_access_token(), mail.body_html)
        self.assertIn("Bea Buyer", mail.subject)
        self.assertEqual(self.get(f"/proof/{self.guest.id}").status_code, 200)
        proof = self.revision.proof_id
        proof._decide(self.revision, "approved", reviewer=self.guest, channel="online")
        self.assertEqual(proof.state, "approved")
        self.assertIn("Gina Guest", self.mails(self.clerk.email)[0].body_html)
        self.assertIn("Gina Guest", self.mails(self.buyer.email)[0].body_html)

    def test_forward_form(self):
        """OP13: the form on the page sends the proof on; a wrong address gets a sentence."""
        self.get(f"/proof/{self.person.id}", self.person._get_access_token())
        values = {"access_token": self.person._get_access_token(), "csrf_token": http.Request.csrf_token(self)}
        url = f"/proof/{self.person.id}/forward"
        self.assertIn("e-mail address of one person", self.url_open(url, data={**values, "email": "nonsense"}).text)
        self.url_open(url, data={**values, "email": "looker@example.com", "can_comment": "1"})
        looker = self.revision.proof_id.reviewer_ids.filtered(lambda person: person.email == "looker@example.com")
        self.assertEqual((looker.can_comment, looker.can_decide), (True, False))

    def test_rights(self):
        """OP13: a guest without the right can neither decide, nor comment, nor send the proof on."""
        looker = self.person._invite_guest("", "looker@example.com", can_comment=False, can_decide=False)
        page = self.get(f"/proof/{looker.id}", looker._get_access_token()).text
        self.assertNotIn('id="o_proof_approve"', page)
        self.assertNotIn('id="o_proof_forward"', page)
        with self.assertRaisesRegex(UserError, "not decide"):
            self.revision.proof_id._decide(self.revision, "approved", reviewer=looker, channel="online")
        answer = self.make_jsonrpc_request(
            f"/proof/{looker.id}/comment",
            {
                "access_token": looker._get_access_token(),
                "revision": self.revision.id,
                "values": {"page": 1, "x": 0, "y": 0, "body": "a"},
            },
        )
        self.assertIn("error", answer)
        with self.assertRaisesRegex(UserError, "Only the customer"):
            self.guest._invite_guest("", "more@example.com")

    def test_invitations_are_bounded(self):
        """OP13: the same colleague is one guest; there is a limit to how many there are."""
        self.assertEqual(self.person._invite_guest("", "gina@elsewhere.example.com"), self.guest)
        for number in range(19):
            # a limit of an hour is another matter
            self.person.proof_id.reviewer_ids.date_sent = False
            self.person._invite_guest("", f"g{number}@example.com")
        with self.assertRaisesRegex(UserError, "20 colleagues"):
            self.person._invite_guest("", "one.more@example.com")

    def test_wrong_token(self):
        """OP13: a wrong, empty or foreign token gives no answer whatever the record is."""
        other = self.reviewer(self.send(order=self.make_order()))
        page = self.revision.page_ids[0]
        for path in ("", "/pdf", f"/page/{page.id}/preview", f"/tile/{page.id}/0/0", "/certificate"):
            for token in ("x", "None", "False", other._get_access_token()):
                self.assertEqual(self.get(f"/proof/{self.guest.id}{path}", token).status_code, 404, path)
            response = self.url_open(f"/proof/{self.guest.id}{path}", allow_redirects=False)
            self.assertEqual(response.status_code, 404)
        self.assertEqual(self.get(f"/proof/{10**6}").status_code, 404)
        # a page of another proof
        foreign = other.proof_id.revision_ids.page_ids[0]
        self.assertEqual(self.get(f"/proof/{self.guest.id}/page/{foreign.id}/preview").status_code, 404)

    def test_draft_is_not_shown(self):
        """OP10, OP13: what was not sent yet is not there for customers and guests."""
        draft = self.upload(("two.pdf", make_pdf(1)))
        self.assertEqual(self.get(f"/proof/{self.guest.id}/page/{draft.page_ids.id}/preview").status_code, 404)
        url = f"/proof/{self.guest.id}?revision={draft.id}&access_token={self.guest._get_access_token()}"
        self.assertEqual(self.url_open(url).status_code, 404)

    def test_expired_and_revoked(self):
        """OP13: an expired or revoked link says so and shows nothing."""
        self.guest.date_link_expiry = fields.Datetime.now() - timedelta(minutes=1)
        response = self.get(f"/proof/{self.guest.id}")
        self.assertEqual(response.status_code, 410)
        self.assertNotIn(self.order.name, response.text)
        self.guest.date_link_expiry = False
        self.guest.with_user(self.clerk).action_revoke()
        self.assertEqual(self.get(f"/proof/{self.guest.id}").status_code, 410)
        self.assertEqual(self.get(f"/proof/{self.guest.id}/pdf").status_code, 410)

    def test_token_stands_nowhere(self):
        """OP13: neither the link's row nor the thread holds the token; the mail goes once it has arrived."""
        token = self.guest._get_access_token()
        self.env.flush_all()
        self.env.cr.execute("SELECT to_jsonb(r)::text FROM online_proof_reviewer r WHERE id = %s", (self.guest.id,))
        self.assertNotIn(token, self.env.cr.fetchone()[0])
        mail = self.mails(self.guest.email)[:1]
        self.assertIn(token, mail.body_html)
        self.assertNotIn(token, mail.mail_message_id.body)
        self.assertTrue(mail.auto_delete)
        message = mail.mail_message_id
        mail.unlink()
        self.assertTrue(message.exists(), "the thread keeps what was told")

    def test_link_of_the_first_version(self):
        """OP13: an address that an older version gave away opens the page, which writes nothing."""
        self.guest.write(
            {
                "access_link_nonce": False,
                "access_link_digest": False,
                "access_link_previous_digest": self.guest._hash_access_token("an-old-token"),
            }
        )
        page = self.get(f"/proof/{self.guest.id}", "an-old-token")
        self.assertEqual(page.status_code, 200)
        self.assertIn('value="an-old-token"', page.text)
        self.assertFalse(self.guest.access_link_nonce)

    def test_private_answers(self):
        """OP13: addresses with a secret stay out of other sites' logs, search engines, shared caches and frames."""
        for path in ("", f"/page/{self.revision.page_ids[:1].id}/preview", "/pdf"):
            headers = self.get(f"/proof/{self.guest.id}{path}").headers
            self.assertEqual(headers["Referrer-Policy"], "no-referrer", path)
            self.assertEqual(headers["X-Robots-Tag"], "noindex, nofollow", path)
            self.assertEqual(headers["X-Frame-Options"], "DENY", path)
            self.assertTrue(headers["Cache-Control"].startswith("private"), path)

    # pages of other addons may answer a stranger with a server error, which is logged
    @mute_logger("odoo.http")
    def test_nothing_else_of_the_account(self):
        """OP13: no portal address shows anything with a guest's token."""
        secret = self.env["ir.sequence"].next_by_code("sale.order") + "-SECRET"
        self.order.client_order_ref = secret
        ids = {"order_id": self.order.id, "invoice_id": 1, "proof_id": self.revision.proof_id.id}
        rules = self.env["ir.http"].routing_map().iter_rules()
        walked = 0
        for rule in rules:
            if not rule.rule.startswith(("/my", "/proof/staff")) or "GET" not in (rule.methods or {"GET"}):
                continue
            path = re.sub(r"<(?:[^:>]*:)?(\w+)>", lambda match: str(ids.get(match[1], self.order.id)), rule.rule)
            response = self.url_open(
                f"{path}?access_token={self.guest._get_access_token()}", allow_redirects=False, timeout=30
            )
            walked += 1
            self.assertNotIn(secret, response.text, path)
            self.assertNotIn(self.order.name, response.text, path)
            if response.status_code == 200:
                self.assertNotIn("o_proof_viewer", response.text, path)
        self.assertGreater(walked, 10)

    def test_portal_user_of_the_customer(self):
        """OP13: portal users see the sent proofs of their own company only, read only."""
        portal = new_test_user(self.env, "ownportal", groups="base.group_portal", partner_id=self.colleague.id)
        stranger = self.env["res.partner"].create({"name": "Stranger", "email": "s@example.com"})
        foreign = new_test_user(self.env, "foreign", groups="base.group_portal", partner_id=stranger.id)
        proof = self.revision.proof_id
        self.assertEqual(proof.with_user(portal).name, self.order.name)
        with self.assertRaises(AccessError):
            proof.with_user(portal).write({"approval_rule": "all"})
        with self.assertRaises(AccessError):
            proof.with_user(foreign).read(["name"])
        with self.assertRaises(AccessError):
            self.person.with_user(portal).read(["access_link_digest"])
        with self.assertRaises(AccessError):
            self.revision.with_user(portal).read(["number"])

    def test_portal_pages(self):
        """OP13: the portal lists the proofs and leads to the person's own link; others' are not there."""
        stranger = self.env["res.partner"].create({"name": "Stranger", "email": "s@example.com"})
        new_test_user(self.env, "ownportal", groups="base.group_portal", partner_id=self.colleague.id)
        new_test_user(self.env, "foreign", groups="base.group_portal", partner_id=stranger.id)
        proof = self.revision.proof_id
        self.authenticate("ownportal", "ownportal")
        self.assertIn(self.order.name, self.url_open("/my/proofs").text)
        response = self.url_open(f"/my/proofs/{proof.id}")
        self.assertIn("o_proof_viewer", response.text)
        self.assertNotIn('id="o_proof_approve"', response.text, "a colleague may look, the buyer decides")
        self.authenticate("foreign", "foreign")
        self.assertNotIn(self.order.name, self.url_open("/my/proofs").text)
        response = self.url_open(f"/my/proofs/{proof.id}")
        self.assertNotIn("o_proof_viewer", response.text)

    def test_odd_names(self):
        """OP13: a name that strangers enter holds no address of a page; files may be named by machines."""
        read = self.env["online.proof.reviewer"]._read_name
        for name, shown in (
            ("www.evil.example", "www. evil. example"),
            ("J.R.R. Tolkien", "J. R. R. Tolkien"),
            ("O'Neil-Müller Jr.", "O'Neil-Müller Jr."),
        ):
            self.assertEqual(read(name), shown)
        revision = self.upload(("a\0b.pdf", make_pdf()), ("", make_pdf()))
        self.assertEqual(set(revision.file_ids.mapped("name")), {"ab.pdf", "File"})
