from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import ProofCase, make_pdf


@tagged("post_install", "-at_install")
class TestStatuses(ProofCase):
    """Production statuses and what the proof allows."""

    def test_first_status(self):
        """OP1: a new order has the first status."""
        self.assertEqual(self.order.production_status_id.code, "010")

    def test_files_first(self):
        """OP1: 038 needs files."""
        with self.assertRaisesRegex(UserError, "Upload the files"):
            self.order.production_status_id = self.status("038")
        with self.assertRaisesRegex(UserError, "Upload the files"):
            self.order.action_set_production_status(self.status("038").id)

    def test_038_opens_the_window(self):
        """OP1: choosing 038 opens the window; two recipients, an edited mail; then the status is 038."""
        self.upload(("proof.pdf", make_pdf(2)))
        order = self.order.with_user(self.clerk)
        action = order.action_set_production_status(self.status("038").id)
        self.assertEqual(action["res_model"], "online.proof.send")
        self.assertEqual(order.production_status_id.code, "010", "not before it is sent")
        form = Form(self.env["online.proof.send"].with_user(self.clerk).with_context(**action["context"]))
        self.assertEqual(form.partner_ids[:], self.buyer)
        form.partner_ids.add(self.colleague)
        form.subject = "Look at this"
        form.body = "<p>Dear both</p>"
        form.save().action_send()
        self.assertEqual(order.production_status_id.code, "038")
        self.assertEqual(order.proof_state, "sent")
        for address in (self.buyer.email, self.colleague.email):
            [mail] = self.mails(address)
            self.assertEqual(mail.subject, "Look at this")
            self.assertIn("Dear both", mail.body_html)
            self.assertIn("/proof/", mail.body_html)

    def test_dragging_to_038(self):
        """OP1: dragging an order to 038 in the kanban view leads to the window."""
        self.upload(("proof.pdf", make_pdf()))
        with self.assertRaises(RedirectWarning) as caught:
            self.order.write({"production_status_id": self.status("038").id})
        self.assertEqual(caught.exception.args[1], self.env.ref("online_proof.online_proof_send_action").id)

    def test_production_needs_approval(self):
        """OP7: 081 can be chosen only once the proof is approved."""
        with self.assertRaisesRegex(UserError, "not approved"):
            self.order.production_status_id = self.status("081")
        revision = self.send()
        with self.assertRaisesRegex(UserError, "not approved"):
            self.order.action_set_production_status(self.status("081").id)
        revision.proof_id._decide(revision, "changes", reviewer=self.reviewer(revision), channel="online")
        with self.assertRaisesRegex(UserError, "not approved"):
            self.order.production_status_id = self.status("081")
        second = self.send()
        second.proof_id._decide(second, "approved", reviewer=self.reviewer(second), channel="online")
        self.order.action_set_production_status(self.status("081").id)
        self.assertEqual(self.order.production_status_id.code, "081")

    def test_new_revision_closes_production_again(self):
        """OP7, OP10: an approval counts for its revision only."""
        revision = self.send()
        revision.proof_id._decide(revision, "approved", reviewer=self.reviewer(revision), channel="online")
        self.send()
        with self.assertRaisesRegex(UserError, "not approved"):
            self.order.production_status_id = self.status("081")

    def test_no_proof_needed(self):
        """OP7, OP11: an order without a proof goes straight to production, and has no 038."""
        self.order.proof_type = "none"
        with self.assertRaisesRegex(UserError, "needs no proof"):
            self.order.production_status_id = self.status("038")
        self.order.production_status_id = self.status("081")

    def test_own_statuses(self):
        """OP1: the shop adds its own statuses, also such that need the approval."""
        manager = new_test_user(self.env, "boss", groups="online_proof.group_online_proof_manager")
        own = (
            self.env["sale.production.status"]
            .with_user(manager)
            .create({"code": "085", "name": "Cutting", "needs_approval": True})
        )
        with self.assertRaises(UserError):
            self.order.production_status_id = own
        with self.assertRaises(AccessError):
            self.env["sale.production.status"].with_user(self.clerk).create({"code": "086", "name": "x"})

    def test_kanban_columns(self):
        """OP1: the kanban view has a column for every status, with orders or not, in the shop's order."""
        self.order.production_status_id = self.env.ref("online_proof.production_status_030")
        groups = (
            self.env["sale.order"]
            .with_context(read_group_expand=True)
            .web_read_group([("id", "=", self.order.id)], ["production_status_id"], ["__count"])["groups"]
        )
        codes = [group["production_status_id"][1][:3] for group in groups if group["production_status_id"]]
        self.assertEqual([code for code in codes if code in ("010", "030", "038", "081")], ["010", "030", "038", "081"])

    def test_role_without_rights(self):
        """OP1: a salesperson without the role sees the status, but no proof's content."""
        self.upload(("proof.pdf", make_pdf()))
        seller = new_test_user(self.env, "seller", groups="sales_team.group_sale_salesman_all_leads")
        order = self.order.with_user(seller)
        self.assertEqual(order.production_status_id.code, "010")
        with self.assertRaises(AccessError):
            order.proof_ids.revision_ids.read(["number"])
        with self.assertRaises(AccessError):
            self.env["online.proof.send"].with_user(seller).create({"sale_order_id": order.id})

    def test_own_documents_only(self):
        """OP1: who sells without the role sees the proofs of the own orders and of those of nobody, no others."""
        seller = new_test_user(self.env, "seller", groups="sales_team.group_sale_salesman")
        others = self.order._get_or_create_proof()
        own = self.make_order(user_id=seller.id)._get_or_create_proof()
        nobodys = self.make_order(user_id=False)._get_or_create_proof()
        seen = self.env["online.proof"].with_user(seller).search([])
        self.assertFalse(seen & others)
        self.assertLessEqual(own | nobodys, seen)
        self.assertEqual(own.sale_order_id.with_user(seller).proof_ids, own)
        with self.assertRaises(AccessError):
            others.with_user(seller).read(["state"])

    def test_order_of_a_colleague(self):
        """OP1: prepress sends the proof of any salesperson's order, and bills the changes there."""
        seller = new_test_user(self.env, "seller", groups="sales_team.group_sale_salesman", email="s@example.com")
        self.order.user_id = seller
        revision = self.upload(("proof.pdf", make_pdf()))
        proof = self.order.proof_ids
        order = self.order.with_user(self.clerk)
        action = order.action_set_production_status(self.status("038").id)
        wizard = self.env["online.proof.send"].with_user(self.clerk).with_context(**action["context"])
        Form(wizard).save().action_send()
        self.assertEqual(order.production_status_id.code, "038")
        proof._decide(revision, "changes", channel="recorded", decided_by="Bea", message="Larger")
        proof.with_user(self.clerk).action_bill_changes()
        self.assertEqual(len(order.order_line), 2)

    def test_two_companies(self):
        """OP1: proofs of one company are not there for employees of another."""
        self.upload(("proof.pdf", make_pdf()))
        other = self.env["res.company"].create({"name": "Other shop"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="online_proof.group_online_proof_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        proofs = self.env["online.proof"].with_user(stranger)
        self.assertFalse(proofs.search([("id", "=", self.order.proof_ids.id)]))
        with self.assertRaises(AccessError):
            self.order.proof_ids.with_user(stranger).read(["name"])
        for model in ("revision", "page", "file", "finding"):
            self.assertFalse(self.env[f"online.proof.{model}"].with_user(stranger).search([]))

    def test_proof_type_is_noted(self):
        """OP7: a salesperson who chooses *no proof* after it was sent leaves a note; installing writes none."""
        seller = new_test_user(self.env, "seller", groups="sales_team.group_sale_salesman")
        order = self.make_order(user_id=seller.id)
        order.with_user(seller).proof_type = "email"
        before = order.message_ids
        self.send(order=order)
        order.with_user(seller).proof_type = "none"
        notes = " ".join((order.message_ids - before).mapped("preview"))
        self.assertIn("The proof type is “No proof” now; it was “PDF by e-mail”.", notes)
        self.assertNotIn("PDF by e-mail” now", notes)
        # and where it follows from another customer
        other = self.env["res.partner"].create({"name": "Printed", "proof_type": "printed", "email": "p@example.org"})
        order.partner_id = other
        self.env.flush_all()
        self.assertIn("“Printed proof” now", " ".join(order.message_ids.mapped("preview")))

    def test_cancelled_in_production(self):
        """OP7: an order that was cancelled in production is a quotation afterwards, and not in production."""
        revision = self.send()
        revision.proof_id._decide(revision, "approved", reviewer=self.reviewer(revision), channel="online")
        self.order.production_status_id = self.status("081")
        self.order._action_cancel()
        self.order.action_draft()
        self.assertEqual(self.order.production_status_id, self.status("038"))
        self.assertTrue(self.order.date_production, "that it had begun stays")
        plain = self.make_order(proof_type="none")
        plain.action_confirm()
        plain.production_status_id = self.status("081")
        plain._action_cancel()
        plain.action_draft()
        self.assertEqual(plain.production_status_id, self.status("010"))
