"""Addresses and forms beside the usual ones: what was not sent, not ready, not there, too big, or empty."""

import base64
import html
import json
import re
from types import SimpleNamespace
from unittest.mock import patch

from odoo import Command, http
from odoo.exceptions import ValidationError
from odoo.http import root
from odoo.tests import HttpCase, new_test_user, tagged

from ..controllers.viewer import ProofViewer
from ..controllers.visitor import Visitor
from .common import make_image
from .test_beside import BesideCase
from .test_checkout import TestCheckout
from .test_viewer import TestViewer

VIEWER = "odoo.addons.online_proof.controllers.viewer"
CHECKOUT = "odoo.addons.online_proof.controllers.checkout"


@tagged("post_install", "-at_install")
class TestBesidePages(HttpCase, BesideCase):
    """OP2, OP4, OP6: a link opens what was sent, and a form takes what it says."""

    link, post = TestViewer.link, TestViewer.post

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def status(self, path="", **options):
        address = path if path.startswith("/proof/") else self.link(path, **options)
        return self.url_open(address, allow_redirects=False).status_code

    def data(self, **options):
        """Return what the page's script works on."""
        page = self.url_open(self.link(**options)).text
        return json.loads(html.unescape(re.search(r'data-proof="([^"]*)"', page)[1]))

    def next_one(self):
        """Return a newer revision that was sent."""
        newer = self.put(self.order)
        self.hand_out(newer)
        return newer

    def test_compared_revisions(self):
        """OP+2: a revision is compared with an older one, once both are prepared."""
        newer = self.next_one()
        with patch.object(type(newer), "_get_page_pairs", lambda revision, older: []):

            def compared(older, revision):
                return self.status(f"/comparison/{older.id}", revision=revision.id)

            self.assertEqual(compared(self.revision, newer), 200)
            self.assertEqual([compared(newer, newer), compared(newer, self.revision)], [404, 404])
            for revision in (newer, self.revision):
                revision.file_ids.state = "preparing"
                self.assertEqual(compared(self.revision, newer), 404)
                revision.file_ids.state = "ready"

    def test_compared_pages(self):
        """OP+2: pages that cannot be shown have no differences."""
        older, newer = self.revision.page_ids, self.next_one().page_ids
        found = SimpleNamespace(description="{}")
        with patch.object(type(newer), "_get_differences", lambda page, other: found):
            self.assertEqual(self.status(f"/regions/{newer.id}/{older.id}"), 200)
            for page in (newer, older):
                page.state = "failed"
                self.assertEqual(self.status(f"/regions/{newer.id}/{older.id}"), 404)
                page.state = "ready"

    def test_requested_files(self):
        """OP9: of several files that came with a request each is downloaded by its own number."""
        files = self.env["ir.attachment"].create([{"name": name, "raw": name.encode()} for name in ("a.bin", "b.bin")])
        self.decide("changes", attachment_ids=[Command.set(files.ids)])
        self.authenticate("clerk", "clerk")
        base = f"/proof/staff/{self.proof.id}/request"
        self.assertEqual([self.url_open(f"{base}/{file.id}").content for file in files], [b"a.bin", b"b.bin"])
        self.assertEqual(self.status(f"{base}/{max(files.ids) + 1}"), 404)

    def test_counted(self):
        """OP3: the portal counts the proofs that wait for an answer beside all of them."""
        new_test_user(self.env, "op_counting", groups="base.group_portal", partner_id=self.buyer.id)
        self.hand_out(self.put(self.make_order()))
        self.decide()
        self.authenticate("op_counting", "op_counting")
        counters = ["proof_count", "proof_waiting_count"]
        found = self.make_jsonrpc_request("/my/counters", {"counters": counters})
        self.assertEqual([found[name] for name in counters], [2, 1])

    def test_what_is_not_there(self):
        """OP2, OP10: nothing is uploaded to, or shown of, a proof that does not exist, or that has no file."""
        empty = self.make_order()._get_or_create_proof()
        self.authenticate("clerk", "clerk")
        upload = {"csrf_token": http.Request.csrf_token(self)}
        gone = self.proof.search([], order="id desc", limit=1).id + 1
        self.assertEqual(self.url_open(f"/online_proof/upload/{gone}", data=upload).status_code, 404)
        self.assertEqual(self.status(f"/proof/staff/{self.proof.id}"), 200)
        self.assertEqual([self.status(f"/proof/staff/{number}") for number in (empty.id, gone)], [404, 404])
        self.assertEqual(self.status(f"/proof/staff/{gone}/pdf"), 404)

    def test_closed_links(self):
        """OP10: a link says that it is closed where nothing was sent, or the order was cancelled."""
        unsent = self.put(self.make_order()).proof_id
        person = self.env["online.proof.reviewer"]._get_or_create(unsent, self.buyer)
        self.assertEqual(self.status(person=person), 410)
        self.assertEqual(self.status(), 200)
        self.order._action_cancel()
        self.assertEqual(self.status(), 410)

    def test_in_preparation(self):
        """OP2: what is still being prepared is the shop's alone; older revisions are those before the shown one."""
        draft = self.put(self.order)
        self.assertEqual(self.data()["revision"], self.revision.id)
        self.assertEqual(self.status(revision=draft.id), 404)
        self.hand_out(draft)
        self.assertEqual([one["id"] for one in self.data(revision=draft.id)["older"]], self.revision.ids)
        self.assertEqual(self.data(revision=self.revision.id)["older"], [])

    def test_other_proofs(self):
        """OP+11: the page of one proof names no others; the shop sees those that have pages."""
        visitor = Visitor(self.person, self.proof, self.env["res.users"])
        with TestViewer._request_environment(self):
            self.assertEqual(ProofViewer()._prepare_page_values(visitor, self.revision)["siblings"], [])
        self.env["online.proof"].create({"sale_order_id": self.order.id})
        clerk = Visitor(self.person.browse(), self.proof, self.clerk)
        self.assertEqual([proof for proof, _address, _link in clerk.siblings()], [self.proof])

    def test_unknown_decision(self):
        """OP6: a form decides one way or the other."""
        self.assertEqual(self.post("decide", decision="withdrawn", message="x", rate_consent="1").status_code, 404)
        self.assertFalse(self.revision.decision_ids)

    def ask(self, message="", **options):
        return self.post("decide", decision="changes", message=message, rate_consent="1", **options).status_code

    def test_empty_request(self):
        """OP6, OP+1: a request says something: a text, a file, or a comment that is still open."""
        self.assertEqual(self.ask(), 409)
        pin = self.comment()
        pin._resolve(True, "clerk")
        self.assertEqual(self.ask(), 409)
        pin._resolve(False, "clerk")
        answer = self.post("decide", decision="changes", message="", rate_consent="1")
        self.assertEqual(answer.status_code, 303)
        self.assertIn("message=changes", answer.headers["Location"], "there is no next proof of the order")
        self.proof._withdraw(self.person)
        pin._resolve(True, "clerk")
        self.assertEqual(self.ask(files={"file": ("a.txt", b"abc", "text/plain")}), 303)

    def test_size_of_a_request(self):
        """OP9: a file of just the limit is taken, a bigger one refused, whatever else the form says."""
        with patch(f"{VIEWER}.MAX_REQUEST_FILE_BYTES", 3):
            self.assertEqual(self.ask("x", files={"file": ("a.txt", b"abcd", "text/plain")}), 409)
            self.assertFalse(self.revision.decision_ids)
            self.assertEqual(self.ask("x", files={"file": ("a.txt", b"abc", "text/plain")}), 303)
        self.assertEqual(self.revision.decision_ids.attachment_ids.raw, b"abc")

    def test_kept_file(self):
        """OP9: a file that a refused form held goes along where its own number is named."""
        kept = {"name": "a", "raw": b"x", "res_model": "online.proof.reviewer", "res_id": self.person.id}
        [file] = self.env["ir.attachment"].create([kept])
        self.assertEqual(self.ask("x", kept_file=file.id + 1), 303)
        self.assertFalse(self.revision.decision_ids.attachment_ids)
        self.proof._withdraw(self.person)
        self.assertEqual(self.ask("x", kept_file=file.id), 303)
        self.assertEqual(self.revision.decision_ids.attachment_ids, file)


@tagged("post_install", "-at_install")
class TestBesideCart(TestCheckout):
    """OP15: carts and orders with personalised products and others."""

    def mixed(self, name="Ann", **values):
        """Return an order of the personalised card and of a product that is not personalised."""
        chosen = self.card.attribute_line_ids.product_template_value_ids
        own = {"custom_product_template_attribute_value_id": chosen.id, "custom_value": name}
        card = {
            "product_id": self.card.product_variant_id.id,
            "product_no_variant_attribute_value_ids": [Command.set(chosen.ids)],
            "product_custom_attribute_value_ids": [Command.create(own)],
        }
        lines = [Command.create(card), Command.create({"product_id": self.product.id})]
        return self.make_order(website_id=self.website.id, order_line=lines, **values)

    def test_own_cart(self):
        """OP15: without a cart, and of what is not personalised, there is no picture; of the last page there is."""
        order = self.mixed()
        card, plain = order.order_line
        self.authenticate(None, None)
        self.assertEqual(self.url_open(f"/shop/proof/{card.id}").status_code, 404)
        session = self.authenticate(None, None)
        session["sale_order_id"] = order.id
        root.session_store.save(session)
        with (
            patch.object(type(card), "_get_personalised_picture", lambda line, number=1: b"\xff\xd8"),
            patch(f"{CHECKOUT}.MAX_PAGES", 2),
        ):
            pages = [self.url_open(f"/shop/proof/{card.id}?page={number}").status_code for number in (1, 2, 3)]
            self.assertEqual(pages, [200, 200, 404])
            self.assertEqual(self.url_open(f"/shop/proof/{plain.id}").status_code, 404)

    def test_not_personalised(self):
        """OP15: only what is personalised is shown, approved by the order, and checked for what cannot be printed."""
        self.assertFalse(self.order._approves_by_checkout())
        order = self.mixed(name="")
        self.card.proof_template_text_ids.required = True
        digest = order._get_shown_digest()
        self.assertTrue(order._get_personalised_problems())
        order.order_line[1].product_uom_qty = 7
        self.assertEqual(order._get_shown_digest(), digest)
        self.card.proof_template_file = False
        self.assertFalse(order._get_personalised_problems())

    def test_failed_payment(self):
        """OP15: an order whose payment failed is prepared by the shop; a payment approves once it is placed."""
        order = self.mixed()
        payment = self.env["payment.transaction"].create(
            {
                "provider_id": self.env["payment.provider"].search([], limit=1).id,
                "payment_method_id": self.env["payment.method"].with_context(active_test=False).search([], limit=1).id,
                "reference": "beside",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
                "state": "cancel",
            }
        )
        taken, approved = [], []
        with (
            patch.object(type(order), "_take_in_personalised", lambda order, lines: taken.append(order)),
            patch.object(type(order), "_approve_proofs_by_checkout", lambda orders: approved.append(orders)),
        ):
            order._prepare_template_proofs()
            self.assertEqual(taken, [order])
            for state, of_order in (("cancel", "sent"), ("pending", "cancel"), ("pending", "sent")):
                payment.state, order.state = state, of_order
                payment._post_process()
            self.assertEqual(approved, [order.browse(), order.browse(), order])
            order._prepare_template_proofs()
            self.assertEqual(len(taken), 1, "paid by now")

    def test_kind_of_template(self):
        """OP15: a picture is no template."""
        with self.assertRaisesRegex(ValidationError, "has to be a PDF"):
            self.card.proof_template_file = base64.b64encode(make_image())
