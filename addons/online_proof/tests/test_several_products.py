from odoo import Command
from odoo.exceptions import RedirectWarning, UserError, ValidationError
from odoo.tests import Form, HttpCase, tagged

from ..life import sorting
from .common import ProofCase, make_pdf


@tagged("post_install", "-at_install")
class TestSeveralProducts(HttpCase, ProofCase):
    """OP+11: an order of several products has a proof for each: one page, one mail, decided one by one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.flyer = cls.env["product.product"].create(
            {"name": "Flyer", "type": "consu", "proof_width": 99, "proof_height": 210, "proof_bleed": 3}
        )
        cls.service = cls.env["product.product"].create({"name": "Design", "type": "service"})
        cls.order = cls.make_order(
            order_line=[
                Command.create({"product_id": product.id, "product_uom_qty": 10})
                for product in (cls.product, cls.flyer, cls.service)
            ]
        )
        cls.order.action_confirm()

    def send_all(self, *partners):
        """Upload a file for each product to the first proof, and send both through the window."""
        first, second = self.order._get_or_create_proofs()
        results = first._add_files([("a.pdf", make_pdf(1)), ("b.pdf", make_pdf(1, size=(99, 210)))])
        self.assertEqual([bool(result["note"]) for result in results], [False, True])
        for proof in (first, second):
            self.prepare(proof.draft_revision_id)
        context = self.order.action_set_production_status(self.status("038").id)["context"]
        form = Form(self.env["online.proof.send"].with_user(self.clerk).with_context(**context))
        for partner in partners:
            form.partner_ids.add(partner)
        form.save().action_send()
        return first, second

    def person(self, proof, partner=None):
        return proof.reviewer_ids.filtered(lambda one: one.partner_id == (partner or self.buyer))

    def decide(self, proof, decision="approved", partner=None):
        revision = proof.latest_revision_id
        return proof._decide(revision, decision, reviewer=self.person(proof, partner), channel="online")

    def test_a_proof_for_each(self):
        """OP+11: each printed product has a proof, a service none; asked again, nothing is made twice."""
        proofs = self.order._get_or_create_proofs()
        self.assertEqual(proofs.mapped("title"), ["Booklet", "Flyer"])
        self.assertEqual(self.order._get_or_create_proofs(), proofs)
        self.assertEqual(self.order.action_view_proof()["domain"], [("sale_order_id", "=", self.order.id)])
        self.assertEqual(proofs[0].display_name, f"{self.order.name}: Booklet")
        self.assertEqual(self.order.copy().order_line.proof_id, self.env["online.proof"])

    def test_one_mail_one_page(self):
        """OP+11: one mail to each person leads to one page with the state of each proof."""
        first, second = self.send_all()
        mails = self.mails(self.buyer.email)
        self.assertEqual(len(mails), 1)
        self.assertIn("Booklet", mails.body_html)
        self.assertIn("Flyer", mails.body_html)
        self.assertIn(f"/proof/{self.person(first).id}/order?access_token=", mails.body_html)
        self.assertEqual(self.order.production_status_id.code, "038")
        page = self.url_open(self.person(first).proof_link).text
        self.assertIn("2 of 2 proofs wait for your answer", page)
        self.decide(first)
        page = self.url_open(self.person(first).proof_link).text
        self.assertIn("1 of 2 proofs wait for your answer", page)
        for proof in (first, second):
            self.assertIn(self.person(proof)._get_address().replace("&", "&amp;"), page)
        viewer = self.url_open(self.person(second)._get_address()).text
        self.assertIn("o_proof_siblings", viewer)
        self.assertIn("Flyer", viewer)
        self.assertNotIn("Booklet, 10", viewer, "the other product is decided on its own")

    def test_page_of_a_guest(self):
        """OP+11, OP13: a colleague who was sent one of the proofs sees no other."""
        first, _second = self.send_all()
        guest = self.person(first)._invite_guest("Gus", "gus@example.com")
        self.assertNotIn("/order", guest.proof_link)
        page = self.url_open(guest._get_address("/order")).text
        self.assertIn("Booklet", page)
        self.assertNotIn("Flyer", page)
        self.assertEqual(self.url_open(f"/proof/{guest.id}/order?access_token=x").status_code, 404)

    def test_decided_one_by_one(self):
        """OP+11, OP7: the order goes on when all that need it are approved."""
        first, second = self.send_all()
        self.decide(first)
        self.assertEqual((first.state, second.state, self.order.proof_state), ("approved", "sent", "sent"))
        with self.assertRaisesRegex(UserError, "not approved yet: Flyer"):
            self.order.production_status_id = self.status("081")
        self.decide(second, "changes")
        self.assertEqual((first.state, self.order.proof_state), ("approved", "changes"))
        self.assertIn("Flyer", self.mails(self.clerk.email)[:1].subject)
        second._add_files([("c.pdf", make_pdf(1, size=(99, 210)))])
        self.prepare(second.draft_revision_id)
        second._send_revision(second.draft_revision_id, self.buyer)
        self.assertEqual(first.state, "approved", "a new revision of one proof leaves the other alone")
        self.decide(second)
        self.assertEqual(self.order.proof_state, "approved")
        self.order.production_status_id = self.status("081")

    def test_one_reminder(self):
        """OP+4, OP+11: one reminder for all proofs of an order, by hand and by the scheduled action."""
        first, second = self.send_all(self.colleague)
        self.decide(first, partner=self.colleague)
        before = len(self.mails(self.colleague.email)), len(self.mails(self.buyer.email))
        (first | second).with_user(self.clerk).action_remind()
        after = len(self.mails(self.colleague.email)), len(self.mails(self.buyer.email))
        self.assertEqual([now - then for then, now in zip(before, after, strict=True)], [1, 1])
        self.assertEqual((first.reminder_count, second.reminder_count), (0, 1), "any one approval is enough")

    def test_only_some_are_ready(self):
        """OP+11: what is ready can be sent; the window names what is missing."""
        first, _second = self.order._get_or_create_proofs()
        first._add_files([("a.pdf", make_pdf(1))])
        self.prepare(first.draft_revision_id)
        window = self.env["online.proof.send"].with_user(self.clerk).create({"sale_order_id": self.order.id})
        self.assertEqual((window.missing, window.revision_ids), ("Flyer", first.draft_revision_id))
        window.action_send()
        self.decide(first)
        with self.assertRaisesRegex(UserError, "Flyer"):
            self.order.production_status_id = self.status("081")

    def test_proofs_of_other_orders(self):
        """OP+11: the window of one order sends no proofs of another."""
        other = self.upload(("a.pdf", make_pdf(1)), order=self.make_order())
        first = self.order._get_or_create_proof()
        first._add_files([("a.pdf", make_pdf(1))])
        window = self.env["online.proof.send"].with_user(self.clerk).create({"sale_order_id": self.order.id})
        window.revision_ids = other
        with self.assertRaisesRegex(UserError, "of this order"):
            window.action_send()

    def test_printed_together(self):
        """OP+11: lines that are printed together share a proof; proofs of other orders are refused."""
        first, second = self.order._get_or_create_proofs()
        _booklet, flyer, _service = self.order.order_line
        flyer.with_user(self.clerk).proof_id = first
        self.assertFalse(second.exists(), "nothing is left to show of it")
        self.assertEqual(first.title, "Booklet, Flyer")
        with self.assertRaises(ValidationError):
            flyer.proof_id = self.make_order()._get_or_create_proof()

    def test_product_added_later(self):
        """OP+11, OP7: a product that is added after the approval needs a proof of its own, or a reason."""
        order = self.make_order()
        order.action_confirm()
        revision = self.send(order=order)
        revision.proof_id._decide(revision, "approved", reviewer=self.reviewer(revision), channel="online")
        order.order_line = [Command.create({"product_id": self.flyer.id})]
        with self.assertRaisesRegex(RedirectWarning, "Flyer has no proof of its own"):
            order.production_status_id = self.status("081")
        keep = (
            self.env["online.proof.keep"].with_user(self.clerk).create({"sale_order_id": order.id, "reason": "Blank"})
        )
        keep.action_keep()
        order.production_status_id = self.status("081")
        self.assertEqual(len(order.proof_ids), 1)

    def test_product_that_needs_none(self):
        """OP+11: a product that needs no proof holds nothing up."""
        self.flyer.proof_needed = False
        self.assertEqual(self.order._get_or_create_proofs().mapped("title"), ["Booklet"])

    def test_file_goes_with_its_line(self):
        """OP+11: a file that is put on another line moves to that line's proof."""
        first, second = self.order._get_or_create_proofs()
        first._add_files([("scan.pdf", make_pdf(1, size=(70, 70)))])
        file = first.draft_revision_id.file_ids
        self.assertEqual(file.sale_line_id.product_id, self.product, "which product it is for cannot be told")
        self.prepare(first.draft_revision_id)
        file.with_user(self.clerk).sale_line_id = self.order.order_line[1]
        self.assertEqual((file.proof_id, second.draft_revision_id.file_ids), (second, file))
        self.assertFalse(first.draft_revision_id)
        self.assertEqual(file.page_ids.revision_id, second.draft_revision_id)

    def test_sorting(self):
        """OP+11: size outweighs name, name outweighs pages; where two fit alike, nobody guesses."""
        booklet = sorting.Product(1, "Booklet A5", 148, 210, 3, 8)
        flyer = sorting.Product(2, "Flyer DL", 99, 210, 3)
        plain = sorting.Product(3, "Beermat")
        for name, width, height, pages, expected in (
            ("x.pdf", 154, 216, 8, 1),
            ("x.pdf", 210, 148, 8, 1),
            ("flyer.pdf", 148, 210, 8, 1),
            ("x.pdf", 99, 210, 2, 2),
            ("Beermat-final.pdf", 90, 90, 1, 3),
            ("x.pdf", 90, 90, 1, None),
        ):
            with self.subTest(name=name, width=width):
                found = sorting.find(sorting.File(name, width, height, pages), [booklet, flyer, plain])
                self.assertEqual(found, expected)
        twins = [booklet, sorting.Product(4, "Map", 148, 210, 3, 8)]
        self.assertIsNone(sorting.find(sorting.File("x.pdf", 148, 210, 8), twins))
