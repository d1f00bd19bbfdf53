import datetime

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common import ProofCase, make_pdf


@tagged("post_install", "-at_install")
class TestReopening(ProofCase):
    """What becomes of a proof when people, files or the order change on the way."""

    def test_watermark_of_the_draft(self):
        """OP5: a watermarked PDF that was made of the draft is not what the customer downloads."""
        revision = self.upload(("first.pdf", make_pdf(2)))
        before = revision._get_watermark().checksum
        revision.file_ids.unlink()
        revision = self.upload(("second.pdf", make_pdf(1)))
        revision._get_watermark()
        revision.proof_id._send_revision(revision, self.buyer)
        self.assertFalse(revision.watermark)
        self.assertNotEqual(revision._get_watermark().checksum, before)

    def test_last_missing_approver_leaves(self):
        """OP+4: with *all of*, silence is no consent: only who need not approve any more is not waited for."""
        for values, state in (
            ({"link_revoked": True}, "sent"),
            ({"can_decide": False}, "approved"),
            ({"date_link_expiry": datetime.datetime.now() - datetime.timedelta(days=1)}, "sent"),
        ):
            with self.subTest(values):
                revision = self.send(self.buyer, self.colleague, order=self.make_order(), rule="all")
                proof = revision.proof_id
                proof._decide(revision, "approved", reviewer=self.reviewer(revision), channel="online")
                self.assertEqual(proof.state, "sent")
                self.reviewer(revision, self.colleague).write(values)
                self.assertEqual((proof.state, revision.state), (state, state))

    def test_nobody_approves_by_losing_the_say(self):
        """OP6: taking the only approver away approves nothing."""
        revision = self.send()
        self.reviewer(revision)._revoke_access_link()
        self.assertEqual(revision.proof_id.state, "sent")

    def test_who_looked_first_may_be_asked_later(self):
        """OP+4: a colleague who only looked at the proof gets a say when the shop sends it to them."""
        revision = self.send()
        portal = new_test_user(self.env, "carl", groups="base.group_portal", partner_id=self.colleague.id)
        looking = self.env["online.proof.reviewer"].with_user(portal).sudo()
        looking._get_or_create(revision.proof_id, self.colleague, can_decide=False)
        watching = self.reviewer(revision)
        second = self.send(self.buyer, self.colleague, rule="all")
        self.assertTrue(self.reviewer(second, self.colleague).can_decide)
        watching.can_decide = False
        third = self.send(self.buyer, self.colleague, rule="all")
        self.assertFalse(self.reviewer(third).can_decide, "whom the shop gave no say has none on the next revision")

    def test_proof_by_mail_becomes_online(self):
        """OP11: an order whose proof went by mail and now goes online can be decided online."""
        self.order.proof_type = "email"
        revision = self.send()
        self.assertFalse(self.reviewer(revision).can_decide)
        self.order.proof_type = "online"
        revision = self.send()
        self.assertTrue(self.reviewer(revision).can_decide)

    def test_remind_of_a_proof_by_mail(self):
        """OP+4: customers who answer by mail are reminded, too."""
        self.order.proof_type = "email"
        proof = self.send().proof_id
        proof.action_remind()
        self.assertTrue(self.mails(self.buyer.email).filtered(lambda mail: "Reminder" in mail.subject))

    def test_guest_asked_again(self):
        """OP13: forwarded again with another say, the colleague has that say."""
        revision = self.send()
        buyer = self.reviewer(revision)
        guest = buyer._invite_guest("Gina", "gina@example.com", can_decide=False)
        self.assertEqual(buyer._invite_guest("Gina", "gina@example.com", can_decide=True), guest)
        self.assertTrue(guest.can_decide)

    def test_window_proposes_the_administrator(self):
        """OP16: the next revision goes to the administrator who asked for changes, too."""
        proof = self.send().proof_id
        self.env["online.proof.reviewer"]._get_or_create(proof, self.colleague, kind="administrator")
        wizard = self.env["online.proof.send"].create({"sale_order_id": self.order.id})
        self.assertEqual(wizard.partner_ids, self.buyer + self.colleague)

    def test_unusual_addresses(self):
        """OP15: no address of a customer keeps a paid order from being confirmed."""
        proof = self.order._get_or_create_proof()
        for number, email in enumerate(("sean.o'brien@acme.example", "a@acme.example, b@acme.example")):
            partner = self.env["res.partner"].create({"name": f"Person {number}", "email": email})
            self.assertTrue(self.env["online.proof.reviewer"]._get_or_create(proof, partner).email)

    def test_cancelled_and_taken_up_again(self):
        """OP7: an order that was cancelled by mistake keeps its approval."""
        revision = self.send()
        proof = revision.proof_id
        proof._decide(revision, "approved", reviewer=self.reviewer(revision), channel="online")
        self.order._action_cancel()
        self.assertEqual(proof.state, "cancelled")
        self.order.action_draft()
        self.assertEqual(proof.state, "approved")
        self.order.action_confirm()
        self.order.production_status_id = self.status("081")

    def test_sent_revisions_stay(self):
        """OP10: what was sent cannot be deleted, by the role that prepares drafts neither."""
        revision = self.send()
        with self.assertRaisesRegex(UserError, "was sent"):
            revision.with_user(self.clerk).unlink()

    def test_order_of_a_sent_proof(self):
        """OP10: the order of a proof that was sent is not deleted, answered or not, and somebody is told why."""
        manager = new_test_user(self.env, "manager", groups="sales_team.group_sale_manager")
        sent, decided = self.send(), self.send(order=self.make_order())
        decided.proof_id._decide(decided, "approved", reviewer=self.reviewer(decided), channel="online")
        for revision in (sent, decided):
            order = revision.proof_id.sale_order_id
            order._action_cancel()
            for record in (order.with_user(manager), revision.proof_id):
                with self.assertRaisesRegex(UserError, f"{order.name}.*evidence"):
                    record.unlink()

    def test_order_goes_with_its_draft(self):
        """OP10: an order is deleted with a proof that nobody was sent, its files and their pictures."""
        manager = new_test_user(self.env, "manager", groups="sales_team.group_sale_manager")
        revision = self.upload(("proof.pdf", make_pdf()))
        proof, original = self.order.proof_ids, revision.file_ids.attachment_id
        self.assertTrue(revision.file_ids.sale_line_id)
        self.order._action_cancel()
        self.order.with_user(manager).unlink()
        self.assertFalse(proof.exists())
        self.assertFalse(original.exists())

    def test_pictures_go_with_their_file(self):
        """OP3: a file that is removed from a draft leaves no pictures behind."""
        revision = self.upload(("proof.pdf", make_pdf()))
        pages = revision.page_ids.ids
        domain = [("res_model", "=", "online.proof.page"), ("res_id", "in", pages), ("res_field", "!=", False)]
        attachments = self.env["ir.attachment"].sudo().search(domain)
        self.assertTrue(attachments)
        revision.file_ids.unlink()
        self.assertFalse(attachments.exists())

    def test_duplicated_template_product(self):
        """OP15: a duplicated template product prints the customer's texts, too."""
        template = self.env["product.template"].create({"name": "Card"})
        self.assertTrue(template._fields["proof_template_text_ids"].copy)

    def test_free_changes_stay_free(self):
        """OP9: changes asked for while they were free are billed at no later rate."""
        self.company.proof_hourly_rate = 0
        revision = self.send()
        made = revision.proof_id._decide(
            revision, "changes", reviewer=self.reviewer(revision), channel="online", message="Bigger", hourly_rate=0
        )
        self.company.proof_hourly_rate = 90
        made._create_sale_line()
        self.assertEqual(made.sale_line_id.price_unit, 0)
