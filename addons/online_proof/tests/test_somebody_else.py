"""Valid ids of somebody else: of another proof, another person, another company, another cart."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.http import root
from odoo.tests import new_test_user, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from .common import make_pdf
from .test_checkout import TestCheckout
from .test_viewer import TestViewer

SPOT = {"page": 1, "x": 0.5, "y": 0.5}
COMMENTS = "odoo.addons.online_proof.models.online_proof_comment"


@tagged("post_install", "-at_install")
class TestSomebodyElse(TestViewer):
    """One proof's link opens that proof, and what one person may do is no other person's right."""

    def setUp(self):
        super().setUp()
        stranger = self.env["res.partner"].create({"name": "Stranger", "email": "stranger@example.org"})
        self.theirs = self.send(stranger, order=self.make_order(stranger))
        self.other = self.reviewer(self.theirs, stranger)

    def _comment(self, revision, reviewer):
        return self.env["online.proof.comment"]._add(revision, {"body": "Look", **SPOT}, reviewer=reviewer)

    @mute_logger("odoo.http")
    def test_comment_of_another_proof(self):
        """OP+1, PR4: who may resolve the own threads resolves none of another proof."""
        comment = self._comment(self.theirs, self.other)
        with self.assertRaises(JsonRpcException):
            self.call("resolve", comment=comment.id, resolved=True)
        self.assertFalse(comment.resolved)

    def test_who_may_not(self):
        """OP+1, OP13, PR4: a guest who looks resolves nothing and writes nothing; nor does anybody on an old page."""
        looker = self.person._invite_guest("", "looker@example.com", can_comment=False, can_decide=False)
        comment = self._comment(self.revision, self.person)
        self.call("resolve", person=looker, comment=comment.id, resolved=True)
        self.assertFalse(comment.resolved)
        self.assertIn("error", self.call("comment", person=looker, values={"body": "No", **SPOT}))
        newer = self.send()
        self.assertIn("error", self.call("comment", values={"body": "Too late", **SPOT}))
        self.assertIn("comments", self.call("comment", revision=newer.id, values={"body": "In time", **SPOT}))
        self.call("resolve", revision=newer.id, comment=comment.id, resolved=True)
        self.assertTrue(comment.resolved)

    def test_comments_are_bounded_for_each(self):
        """OP+1, PR4: the limit is one person's on one revision."""
        guest = self.person._invite_guest("", "guest@example.com", can_comment=True, can_decide=False)
        with patch(f"{COMMENTS}.MAX_COMMENTS", 2):
            for _number in range(2):
                self._comment(self.revision, self.person)
            with self.assertRaises(UserError):
                self._comment(self.revision, self.person)
            self._comment(self.revision, guest)
            self._comment(self.send(), self.person)

    def test_pages_of_another_proof(self):
        """OP4, OP13, PR4: no picture, plate, difference or document of another proof by this proof's link."""
        own, their = self.revision.page_ids[:1].id, self.theirs.page_ids[:1].id
        paths = [f"/page/{their}/preview", f"/page/{their}/thumbnail", f"/page/{their}/paper", f"/tile/{their}/0/0"]
        paths += [f"/inks/{their}", f"/plates/{their}", f"/differences/{own}/{their}", f"/differences/{their}/{own}"]
        paths += [f"/regions/{own}/{their}", f"/comparison/{self.theirs.id}", f"/plates/{their}/0/0"]
        for path in paths:
            with self.subTest(path):
                self.assertEqual(self.url_open(self.link(path)).status_code, 404)
        for path in ("", "/pdf", "/certificate"):
            with self.subTest(path):
                self.assertEqual(self.url_open(self.link(path, revision=self.theirs.id)).status_code, 404)
        self.assertEqual(self.url_open(self.link(f"/page/{own}/preview")).status_code, 200)

    def test_staff_page_of_another_company(self):
        """OP10, PR4: an employee opens the proofs of the own companies, a customer none by that address."""
        company = self.env["res.company"].create({"name": "Second Company"})
        order = self.make_order(company_id=company.id)
        proof = self.upload(("theirs.pdf", make_pdf()), order=order).proof_id
        new_test_user(self.env, "ownportal", groups="base.group_portal", partner_id=self.buyer.id)
        self.authenticate("ownportal", "ownportal")
        self.assertEqual(self.url_open(f"/proof/staff/{self.revision.proof_id.id}").status_code, 404)
        self.authenticate("clerk", "clerk")
        self.assertEqual(self.url_open(f"/proof/staff/{self.revision.proof_id.id}").status_code, 200)
        self.assertEqual(self.url_open(f"/proof/staff/{proof.id}").status_code, 404)
        self.clerk.company_ids += company
        self.assertEqual(self.url_open(f"/proof/staff/{proof.id}").status_code, 200)

    def test_file_of_another_person(self):
        """OP9, PR4: a form takes along the file that its own reader posted, whatever number it names."""
        files = self.env["ir.attachment"]
        kept = {"name": "kept.bin", "raw": b"x", "res_model": "online.proof.reviewer"}
        theirs = files.create({**kept, "res_id": self.other.id})
        alike = files.create({**kept, "res_model": "res.partner", "res_id": self.person.id})
        own = files.create({**kept, "res_id": self.person.id})
        self.company.proof_hourly_rate = 0
        for file in (theirs, alike):
            self.post("decide", decision="changes", message="Other colors", kept_file=file.id)
            self.assertTrue(self.revision.decision_ids)
            self.assertFalse(self.revision.decision_ids.attachment_ids)
            self.post("withdraw")
        upload = {"file": ("page.html", b"<script>alert(1)</script>", "text/html")}
        self.post("decide", decision="changes", message="Other colors", files=upload)
        [file] = self.revision.decision_ids.attachment_ids
        self.assertEqual(file.name, "page.html")
        self.assertNotIn("html", file.mimetype, "it is no page of ours")
        self.assertFalse(own.exists(), "one file at a time")
        self.assertEqual((theirs + alike).exists(), theirs + alike, "the files of others stay")
        self.authenticate("clerk", "clerk")
        address = f"/proof/staff/{self.theirs.proof_id.id}/request/{file.id}"
        self.assertEqual(self.url_open(address).status_code, 404)
        answer = self.url_open(f"/proof/staff/{self.revision.proof_id.id}/request/{file.id}")
        self.assertEqual(answer.status_code, 200)
        self.assertTrue(answer.headers["Content-Disposition"].startswith("attachment"))

    def test_decision_of_another_person(self):
        """OP6, OP13, PR4: nobody withdraws what somebody else decided, or gives a say that is not the own."""
        revision = self.send(self.buyer, self.colleague, order=self.make_order())
        buyer, colleague = self.reviewer(revision), self.reviewer(revision, self.colleague)
        revision.proof_id._decide(revision, "approved", reviewer=buyer, channel="online")
        with self.assertRaises(UserError):
            revision.proof_id._withdraw(colleague)
        self.assertEqual(revision.proof_id.state, "approved")
        colleague.sudo().can_decide = False
        guest = colleague._invite_guest("", "guest@example.com", can_comment=True, can_decide=True)
        self.assertFalse(guest.can_decide)


@tagged("post_install", "-at_install")
class TestSomebodyElsesCart(TestCheckout):
    """The pictures of a cart are those of the visitor's own."""

    def test_line_of_another_cart(self):
        """OP15, PR4: the line of another cart shows nothing; the own one does."""
        orders = [self.place() for _cart in range(2)]
        for order in orders:
            order.state = "draft"
        session = self.authenticate(None, None)
        session["sale_order_id"] = orders[0].id
        root.session_store.save(session)
        answers = [self.url_open(f"/shop/proof/{order.order_line.id}").status_code for order in orders]
        self.assertEqual(answers, [200, 404])
