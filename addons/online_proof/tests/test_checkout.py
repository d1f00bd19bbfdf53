import base64

from lxml import etree
from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.http import root
from odoo.tests import HttpCase, tagged

from .common import ProofCase, make_pdf


@tagged("post_install", "-at_install")
class TestCheckout(HttpCase, ProofCase):
    """Template products: placing the order is the approval, unless an administrator has to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.attribute = cls.env["product.attribute"].create({"name": "Name", "create_variant": "no_variant"})
        cls.value = cls.env["product.attribute.value"].create(
            {"name": "Your name", "attribute_id": cls.attribute.id, "is_custom": True}
        )
        cls.card = cls.env["product.template"].create(
            {
                "name": "Card",
                "type": "consu",
                "proof_template_file": base64.b64encode(make_pdf(1, size=(85, 55))),
                "attribute_line_ids": [
                    Command.create({"attribute_id": cls.attribute.id, "value_ids": [Command.set(cls.value.ids)]})
                ],
                "proof_template_text_ids": [Command.create({"attribute_id": cls.attribute.id, "x": 10, "y": 20})],
            }
        )
        cls.website = cls.env["website"].search([], limit=1)

    def place(self, partner=None, name="Ștefan", *, seen=True):
        """Place a web shop order of the personalised card.

        :param seen: as the checkout does, after its last step has shown what is printed
        """
        chosen = self.card.attribute_line_ids.product_template_value_ids
        line = {
            "product_id": self.card.product_variant_id.id,
            "product_no_variant_attribute_value_ids": [Command.set(chosen.ids)],
            "product_custom_attribute_value_ids": [
                Command.create({"custom_product_template_attribute_value_id": chosen.id, "custom_value": name})
            ],
        }
        order = self.env["sale.order"].create(
            {"partner_id": (partner or self.buyer).id, "website_id": self.website.id, "order_line": [(0, 0, line)]}
        )
        if seen and order._approves_by_checkout():
            order._show_proofs()
        order._validate_order()
        return order

    def test_checkout_is_the_approval(self):
        """OP15: the personalised file is the proof, approved by the customer who placed the order."""
        order = self.place()
        proof = order.proof_ids
        revision = proof.latest_revision_id
        self.assertEqual((proof.state, revision.state), ("approved", "approved"))
        made = revision.decision_ids
        self.assertEqual((made.channel, made.decided_by), ("checkout", "Bea Buyer"))
        self.assertEqual(order.production_status_id.code, "038")
        order.production_status_id = self.status("081")
        self.assertNotEqual(
            revision.file_ids.checksum, self.place(name="Other").proof_ids.latest_revision_id.file_ids.checksum
        )

    def test_text_comes_from_the_customer(self):
        """OP15: what the customer filled in is what is printed."""
        line = self.place(name="Țuțu Ionescu").order_line
        [text] = line._get_personalised_texts()
        self.assertEqual((text["text"], text["x_mm"], text["y_mm"]), ("Țuțu Ionescu", 10, 20))
        self.assertTrue(line._get_personalised_picture().startswith(b"\xff\xd8"))

    def test_every_page_is_shown(self):
        """OP15: who approves by placing the order sees every page of the template, not only the first."""
        self.card.proof_template_file = base64.b64encode(make_pdf(3, size=(85, 55)))
        order = self.place()
        order.state = "draft"
        line = order.order_line
        pages = line._get_personalised_pages()
        self.assertEqual([page["number"] for page in pages], [1, 2, 3])
        self.assertEqual((pages[0]["width"], pages[0]["height"]), (700, 453))
        self.assertIn(f"/shop/proof/{line.id}?page=3", self.checkout_page(order))
        session = self.authenticate(None, None)
        session["sale_order_id"] = order.id
        root.session_store.save(session)
        pictures = [self.url_open(f"/shop/proof/{line.id}?page={number}") for number in (1, 2, 3)]
        self.assertEqual(len({picture.content for picture in pictures}), 3)
        self.assertEqual(self.url_open(f"/shop/proof/{line.id}").content, pictures[0].content)
        for number in ("4", "501", "-1", "x"):
            self.assertEqual(self.url_open(f"/shop/proof/{line.id}?page={number}").status_code, 404)

    def checkout_page(self, order):
        """Return what our part of the payment page says about an order."""
        arch = self.env.ref("online_proof.payment_proof").arch
        section = arch[arch.index("<t t-set=") : arch.index("</xpath>")]
        values = {"website_sale_order": order, "errors": []}
        return str(self.env["ir.qweb"]._render(etree.fromstring(f"<t>{section}</t>"), values))

    def test_once(self):
        """OP15: a payment that is processed twice makes one proof."""
        order = self.place()
        order._approve_proofs_by_checkout()
        self.assertEqual(len(order.proof_ids.revision_ids), 1)

    def test_salesperson_approves_nothing(self):
        """OP15: an order that the shop confirms itself gets its proof, ready to be sent, but no approval."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.buyer.id,
                "order_line": [Command.create({"product_id": self.card.product_variant_id.id})],
            }
        )
        order.action_confirm()
        proof = order.proof_ids
        self.assertEqual((proof.state, proof.draft_revision_id.file_ids.mapped("name")), ("draft", ["Card.pdf"]))
        self.assertFalse(proof.revision_ids.decision_ids)

    def test_salesperson_without_proof(self):
        """OP15: an order that needs no proof gets none."""
        line = {"product_id": self.card.product_variant_id.id}
        order = self.env["sale.order"].create({"partner_id": self.buyer.id, "order_line": [(0, 0, line)]})
        order.proof_type = "none"
        order.action_confirm()
        self.assertFalse(order.proof_ids)

    def test_paid_quotation(self):
        """OP15: a quotation of the shop that the customer accepts online has a proof to be sent, not an approval."""
        line = {"product_id": self.card.product_variant_id.id}
        order = self.env["sale.order"].create({"partner_id": self.buyer.id, "order_line": [(0, 0, line)]})
        order._validate_order()
        self.assertEqual(order.proof_ids.state, "draft")

    def test_signed_without_checkout(self):
        """OP15: an order that is signed or paid elsewhere approves nothing: nobody saw a page, terms, or the texts.

        Signing a quotation and payment links call ``_validate_order`` as the checkout does
        (``sale/controllers/portal.py``: ``portal_quote_accept``).
        """
        order = self.place(seen=False)
        proof = order.proof_ids
        self.assertEqual((order.state, proof.state), ("sale", "draft"))
        self.assertFalse(proof.revision_ids.decision_ids)
        self.assertEqual(proof.draft_revision_id.file_ids.mapped("name"), ["Card.pdf"])
        self.assertIn("not seen", proof.activity_ids.summary)
        with self.assertRaisesRegex(UserError, "not approved"):
            order.production_status_id = self.status("081")

    def test_changed_after_the_checkout_page(self):
        """OP15: what was not what the page showed, or cannot be printed, is no approval."""
        for change in (
            lambda order: order.order_line.write({"product_uom_qty": 7}),
            lambda order: order.order_line.product_custom_attribute_value_ids.write({"custom_value": "Other"}),
            lambda order: order.order_line.product_custom_attribute_value_ids.write({"custom_value": "\u200b"}),
            lambda order: self.card.write({"proof_template_file": base64.b64encode(make_pdf(2, size=(85, 55)))}),
        ):
            order = self.order_to_pay()
            order._show_proofs()
            change(order)
            order._validate_order()
            self.assertEqual(order.proof_ids.state, "draft")
        # an empty text is nobody's approval, and no administrator's either
        self.buyer.proof_user_level_id = self.env.ref("online_proof.user_level_needs_approval")
        order = self.place(name="")
        self.assertEqual(order.proof_ids.state, "draft")
        self.assertIn("fill in", order.proof_ids.activity_ids.note)

    def test_administrator_has_to_approve(self):
        """OP16: an order of a level that needs approval waits for the customer's administrator."""
        self.buyer.proof_user_level_id = self.env.ref("online_proof.user_level_needs_approval")
        self.colleague.proof_user_level_id = self.env.ref("online_proof.user_level_administrator")
        order = self.place()
        proof = order.proof_ids
        self.assertEqual(proof.state, "sent")
        self.assertIn("waits for your approval", self.mails(self.colleague.email).subject)
        with self.assertRaisesRegex(UserError, "not approved"):
            order.production_status_id = self.status("081")
        revision = proof.latest_revision_id
        buyer, boss = (
            proof.reviewer_ids.filtered(lambda r, p=p: r.partner_id == p) for p in (self.buyer, self.colleague)
        )
        self.assertEqual((buyer.can_decide, boss.can_decide, boss.kind), (False, True, "administrator"))
        proof._decide(revision, "approved", reviewer=boss, channel="online")
        order.production_status_id = self.status("081")

    def test_administrator_orders_alone(self):
        """OP16: an administrator's own order needs nobody else."""
        self.buyer.proof_user_level_id = self.env.ref("online_proof.user_level_administrator")
        self.assertEqual(self.place().proof_ids.state, "approved")

    def test_no_administrator(self):
        """OP16: where nobody can approve, the order waits and the shop gets a task."""
        self.buyer.proof_user_level_id = self.env.ref("online_proof.user_level_needs_approval")
        order = self.place()
        self.assertEqual(order.proof_ids.state, "sent")
        self.assertTrue(order.proof_ids.activity_ids)

    def test_what_cannot_be_printed(self):
        """OP15: the customer is told before paying which text cannot be printed, and why."""
        text = self.card.proof_template_text_ids
        text.write({"max_width": 30, "max_length": 40, "size": 10, "smallest": 8})
        order = self.place()
        line, value = order.order_line, order.order_line.product_custom_attribute_value_ids
        for written, problem in (
            ("Ștefan", ""),
            ("", "Please fill in Name."),
            ("北京 🙂", "cannot be printed: 北京🙂"),
            ("محمد", "cannot be printed"),
            ("A name of thirty-eight letters, at least", "too long for its place"),
            ("x" * 41, "up to 40 letters"),
            ("\u200b\u00ad\u200e\u2060", "Please fill in Name."),
            ("A\u0301\u0301\u0301", "cannot be printed"),
            ("A\u0301nn\u200b\u00ad\u200e", ""),
        ):
            with self.subTest(written):
                value.custom_value = written
                found = line._get_personalised_problems()
                self.assertEqual(len(found), bool(problem))
                self.assertIn(problem, "".join(found))
                if problem:
                    with self.assertRaisesRegex(ValidationError, "Card"):
                        order._check_cart_is_ready_to_be_paid()

    def test_up_to_the_edge(self):
        """OP15: *Maximum Width* 0 means up to the edge of the page, as its help says."""
        text = self.card.proof_template_text_ids
        text.write({"size": 10, "smallest": 8, "x": 10, "align": "left"})
        # 8 pt Roboto: a small "n" is 0.55 em, 1.55 mm; the card is 85 mm wide, 75 mm from there
        self.assertFalse(text._get_problem("n" * 48))
        self.assertIn("too long", text._get_problem("n" * 49))
        text.align = "right"
        self.assertIn("too long", text._get_problem("n" * 7))
        text.write({"align": "center", "x": 80, "max_width": 500})
        self.assertIn("too long", text._get_problem("n" * 7))
        text.write({"size": 4, "smallest": 4, "x": 0, "align": "left", "max_width": 0})
        self.card.proof_template_file = base64.b64encode(make_pdf(1, size=(2000, 55)))
        self.assertIn("up to 500 letters", text._get_problem("i" * 501))

    def test_text_beside_the_template(self):
        """OP15: a text on a page that the template does not have, or beside it, is refused when it is made."""
        text = self.card.proof_template_text_ids
        for values in ({"page": 2}, {"x": 86}, {"y": 56}, {"x": -1}):
            with self.subTest(values), self.assertRaises(ValidationError), self.env.cr.savepoint():
                text.write(values)
        with self.assertRaises(ValidationError):
            self.card.proof_template_file = base64.b64encode(make_pdf(1, size=(9, 15)))

    def test_terms_at_checkout(self):
        """OP8, OP15: placing the order accepts the terms that were shown; the approval carries them."""
        terms = self.env["online.proof.terms"].create({"body": "<p>Payment within 30 days</p>"})
        terms.action_publish()
        order = self.order_to_pay()
        page = self.checkout_page(order)
        self.assertIn("accept our terms of sale", page)
        self.assertIn("Payment within 30 days", page)
        order._validate_order()
        made = order.proof_ids.latest_revision_id.decision_ids
        self.assertEqual(made.terms_id, terms)
        self.assertTrue(terms._is_accepted_by(self.customer))
        self.assertNotIn("accept our terms", self.checkout_page(self.order_to_pay()), "accepted once")

    def order_to_pay(self):
        """Return a cart as the last step of the checkout has it."""
        return self.place(seen=False).copy({"website_id": self.website.id})

    def test_bad_template_is_refused(self):
        """OP15: a template that is no PDF is refused when it is uploaded."""
        with self.assertRaises(ValidationError):
            self.card.proof_template_file = base64.b64encode(b"<html></html>")
