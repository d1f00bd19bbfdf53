from datetime import timedelta

from odoo import fields, http
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .common import ProofCase


@tagged("post_install", "-at_install")
class TestRights(HttpCase, ProofCase):
    """Who may decide is asked where the decision falls; rights end when their reason ends."""

    def decide(self, revision, partner=None, decision="approved"):
        reviewer = self.reviewer(revision, partner).filtered(lambda person: not person.link_revoked)
        return revision.proof_id._decide(revision, decision, reviewer=reviewer, channel="online")

    def require_administrator(self):
        self.buyer.proof_user_level_id = self.env.ref("online_proof.user_level_needs_approval")
        self.colleague.proof_user_level_id = self.env.ref("online_proof.user_level_administrator")

    def test_customer_is_fixed(self):
        """OP12: the customer is the one that the proof was made for; handing it over is an act with a trace."""
        revision = self.send()
        proof, other = revision.proof_id, self.env["res.partner"].create({"name": "Next Employer", "is_company": True})
        self.buyer.parent_id = other
        self.order.write({"partner_id": self.buyer.id})
        self.env.flush_all()
        self.assertEqual((proof.commercial_partner_id, proof.state), (self.customer, "sent"))
        self.assertEqual(self.order._get_proof_facts()["customer"], self.customer.id)
        self.assertTrue(proof.customer_moved)
        with self.assertRaises(AccessError):
            proof.with_user(self.clerk).commercial_partner_id = other
        proof.with_user(self.clerk).action_transfer()
        self.assertEqual((proof.commercial_partner_id, proof.state), (other, "draft"))
        self.assertIn("Next Employer", "".join(proof.message_ids.mapped("body")))
        self.assertFalse(proof.customer_moved)

    def test_page_view_grants_nothing(self):
        """SEC-06, OP16: a buyer who was not asked gets no say by opening the proof in the portal."""
        self.require_administrator()
        revision = self.send(self.colleague)
        new_test_user(self.env, "buying", groups="base.group_portal", partner_id=self.buyer.id)
        self.authenticate("buying", "buying")
        page = self.url_open(f"/my/proofs/{revision.proof_id.id}")
        self.assertIn("o_proof_viewer", page.text)
        self.assertNotIn('id="o_proof_approve"', page.text)
        own = self.reviewer(revision)
        self.assertFalse(own.can_decide)
        values = {"access_token": own._get_access_token(), "csrf_token": http.Request.csrf_token(self)}
        values |= {"revision": revision.id, "decision": "approved", "checked": "1", "shown": "{}"}
        self.assertEqual(self.url_open(f"/proof/{own.id}/decide", data=values).status_code, 409)
        self.assertEqual(revision.state, "sent")
        # the shop's choice of who decides holds for buyers without a level, too
        self.buyer.proof_user_level_id = False
        with self.assertRaisesRegex(UserError, "not decide"):
            self.decide(revision)

    def test_administrator_for_every_order(self):
        """OP16: an ordinary product's buyer with that level decides as little as a template product's."""
        self.require_administrator()
        self.upload(("proof.pdf", self.content()))
        wizard = self.env["online.proof.send"].create({"sale_order_id": self.order.id})
        self.assertEqual(wizard.partner_ids, self.buyer + self.colleague, "the administrator is proposed")
        wizard.partner_ids = self.buyer
        with self.assertRaisesRegex(UserError, "administrator"):
            wizard.action_send()
        wizard.partner_ids += self.colleague
        wizard.action_send()
        revision = self.order.proof_ids.latest_revision_id
        self.reviewer(revision).can_decide = True
        with self.assertRaisesRegex(UserError, "not decide"):
            self.decide(revision)
        labels = [revision.proof_id._get_reader_label(partner) for partner in (self.buyer, self.colleague)]
        self.assertEqual(labels, ["Waits for Carl Colleague", "Waits for your approval"])
        self.decide(revision, self.colleague)
        self.assertEqual(revision.state, "approved")

    def content(self):
        from .common import make_pdf

        return make_pdf()

    def test_customer_corrected(self):
        """OP-P5: the wrong customer's link ends, nothing counts for the right one, the proof is sent anew."""
        wrong = self.env["res.partner"].create({"name": "Wrong", "email": "wrong@example.org"})
        self.order.partner_id = wrong
        revision = self.send(wrong)
        guest = self.reviewer(revision, wrong)._invite_guest("Gina", "gina@example.org")
        self.order.partner_id = self.buyer
        proof = revision.proof_id
        self.assertEqual((proof.state, proof.commercial_partner_id), ("draft", self.customer))
        self.assertTrue(proof.draft_revision_id.file_ids, "the files are there to be sent again")
        self.assertTrue(proof.activity_ids)
        for person in (self.reviewer(revision, wrong), guest):
            self.assertFalse(person.is_active)
            self.assertEqual(self.url_open(person.proof_link).status_code, 410)
            with self.assertRaises(UserError):
                proof._decide(revision, "approved", reviewer=person, channel="online")
        self.prepare(proof.draft_revision_id)
        proof._send_revision(proof.draft_revision_id, self.buyer)
        own = self.reviewer(revision)
        self.assertEqual(self.url_open(f"{own.proof_link}&revision={revision.id}").status_code, 404)
        self.decide(proof.latest_revision_id)
        self.assertEqual(proof.state, "approved")

    def test_reason_ends(self):
        """OP13: a contact who left, and guests of a revoked link, have no link any more."""
        revision = self.send(self.buyer, self.colleague)
        person, other = self.reviewer(revision), self.reviewer(revision, self.colleague)
        guest = person._invite_guest("Gina", "gina@example.org")
        self.colleague.parent_id = False
        self.assertFalse(other.is_active)
        self.assertEqual(revision.proof_id.commercial_partner_id, self.customer)
        person.with_user(self.clerk).action_revoke()
        self.assertFalse(guest.is_active)

    def test_deadline_by_itself(self):
        """OP+4: after its day nobody decides, whether or not a scheduled action came by; the past is refused."""
        with self.assertRaisesRegex(UserError, "past"):
            self.send(deadline=fields.Date.today() - timedelta(days=2))
        revision = self.send()
        proof = revision.proof_id
        with self.assertRaisesRegex(UserError, "past"):
            proof.with_user(self.clerk).deadline = fields.Date.today() - timedelta(days=2)
        proof.flush_recordset()
        self.env.cr.execute("UPDATE online_proof SET deadline = current_date - 2 WHERE id = %s", [proof.id])
        proof.invalidate_recordset()
        self.assertEqual(proof.state, "sent")
        with self.assertRaisesRegex(UserError, "deadline"):
            self.decide(revision)
        self.assertNotIn('id="o_proof_approve"', self.url_open(self.reviewer(revision).proof_link).text)

    def test_another_proof_type(self):
        """OP11: what is answered by mail now is not decided on a page that is still open."""
        revision = self.send()
        for kind in ("email", "none", "printed"):
            self.order.proof_type = kind
            with self.assertRaisesRegex(UserError, "not decided online"):
                self.decide(revision)

    def test_forwarding_is_bounded(self):
        """SEC-08, OP13: thirty times the same colleague is one mail; one link mails ten people in an hour."""
        revision = self.send()
        person = self.reviewer(revision)
        for _press in range(30):
            person._invite_guest("Gina", "gina@example.org")
        self.assertEqual(len(self.mails("gina@example.org")), 1)
        for number in range(9):
            person._invite_guest("", f"g{number}@example.org")
        with self.assertRaisesRegex(UserError, "Too many"):
            person._invite_guest("", "one.more@example.org")
        for _number in range(4):
            other = self.send(order=self.make_order())
            self.reviewer(other)._invite_guest("Gina", "gina@example.org")
        with self.assertRaisesRegex(UserError, "Too many"):
            self.reviewer(self.send(order=self.make_order()))._invite_guest("Gina", "gina@example.org")

    def test_name_of_a_colleague(self):
        """OP13: a name is a name, no address of a page in a mail from the shop."""
        revision = self.send()
        guest = self.reviewer(revision)._invite_guest("Claim your prize at http://evil.example/x", "v@example.org")
        self.assertNotIn("/", guest.name)
        self.assertNotIn(":", guest.name)

    def test_terms_bind_by_the_customers_own(self):
        """OP8, OP13: a guest approves the picture, not the contract."""
        terms = self.env["online.proof.terms"].create({"body": "<p>Own</p>"})
        terms.action_publish()
        revision = self.send()
        guest = self.reviewer(revision)._invite_guest("Agency", "agency@elsewhere.example")
        page = self.url_open(guest.proof_link).text
        self.assertNotIn('name="terms"', page)
        self.assertNotIn("Total of the order", page)
        self.assertIn("Total of the order", self.url_open(self.reviewer(revision).proof_link).text)
        revision.proof_id._decide(revision, "approved", reviewer=guest, channel="online")
        self.assertFalse(terms.acceptance_ids)
        self.assertFalse(terms._is_accepted_by(self.buyer))

    def test_one_open_link_of_a_person(self):
        """OP-P7: the index holds; a link is not restored beside another one."""
        revision = self.send()
        first = self.reviewer(revision)
        first.with_user(self.clerk).action_revoke()
        self.send()
        with self.assertRaisesRegex(UserError, "works already"):
            first.with_user(self.clerk).action_restore()

    def test_one_guest_beside_another(self):
        """OP-P7: guests are nobody's contacts; one gets the link back while another's works, but not a second one."""
        inviter = self.reviewer(self.send())
        first = inviter._invite_guest("Gus", "gus@example.org")
        inviter._invite_guest("Gil", "gil@example.org")
        first.with_user(self.clerk).action_revoke()
        first.with_user(self.clerk).action_restore()
        self.assertTrue(first.is_active)
        first.with_user(self.clerk).action_revoke()
        inviter._invite_guest("Gus", "gus@example.org")
        with self.assertRaisesRegex(UserError, "works already"):
            first.with_user(self.clerk).action_restore()

    def test_merged_contacts(self):
        """OP-P8: merging contacts deletes no acceptance and no person, and keeps what was decided."""
        terms = self.env["online.proof.terms"].create({"body": "<p>Own</p>"})
        terms.action_publish()
        twin = self.env["res.partner"].create({"name": "Bea B.", "email": "bea2@example.org"})
        revision = self.send(self.buyer, twin, rule="all")
        for partner in (self.buyer, twin):
            terms._accept(partner, self.reviewer(revision, partner))
        self.decide(revision)
        people = revision.proof_id.reviewer_ids
        self.env["base.partner.merge.automatic.wizard"]._merge((twin | self.buyer).ids, self.buyer)
        self.assertEqual(people.exists(), people)
        self.assertEqual(people.filtered(lambda person: not person.link_revoked), people[:1])
        self.assertEqual(len(terms.acceptance_ids), 2)
        self.assertEqual(revision.proof_id.state, "approved", "the one person that both are has approved")

    def test_withdrawn_over_a_standing_no(self):
        """OP-P1: a withdrawn approval opens nothing that somebody else's change request closed."""
        revision = self.send(self.buyer, self.colleague, rule="all")
        self.decide(revision)
        self.decide(revision, self.colleague, "changes")
        revision.proof_id._withdraw(self.reviewer(revision))
        self.assertEqual(revision.proof_id.state, "changes")
        self.reviewer(revision).with_user(self.clerk).action_revoke()
        self.assertEqual(revision.proof_id.state, "changes")

    def test_after_other_statuses(self):
        """OP6: production that has begun has begun, whatever status comes behind it."""
        revision = self.send()
        self.decide(revision)
        self.order.production_status_id = self.status("081")
        behind = self.env["sale.production.status"].create({"code": "085", "name": "Finishing"})
        self.order.production_status_id = behind
        with self.assertRaisesRegex(UserError, "too late"):
            revision.proof_id._withdraw(self.reviewer(revision))

    def test_put_right(self):
        """OP+10: the shop takes back what it recorded, with a trace; what customers decided it cannot touch."""
        revision = self.send()
        record = self.env["online.proof.record"].with_user(self.clerk)
        values = {"decided_by": "Bea", "message": "By telephone"}
        record.create({"revision_id": revision.id, **values}).action_record()
        correct = self.env["online.proof.correct"].with_user(self.clerk)
        correct.create({"decision_id": revision.decision_ids.id, "reason": "Wrong order"}).action_correct()
        self.assertEqual(revision.proof_id.state, "sent")
        record.create({"revision_id": revision.id, "decision": "changes", **values}).action_record()
        self.assertEqual(revision.proof_id.state, "changes")
        second = self.send()
        made = self.decide(second)
        with self.assertRaisesRegex(UserError, "the shop recorded"):
            correct.create({"decision_id": made.id, "reason": "x"}).action_correct()

    def test_order_changes_after_the_approval(self):
        """OP-F4: the order shows what is not as it was approved; production asks for a reason."""
        revision = self.send()
        self.decide(revision)
        self.assertFalse(self.order.proof_difference)
        self.order.order_line.product_uom_qty = 5000
        self.order.invalidate_recordset(["proof_difference"])
        self.assertIn("5000", self.order.proof_difference)
        with self.assertRaisesRegex(RedirectWarning, "not what was approved"):
            self.order.production_status_id = self.status("081")
        keep = Form(
            self.env["online.proof.keep"].with_user(self.clerk).with_context(default_sale_order_id=self.order.id)
        )
        keep.reason = "The customer ordered more by telephone"
        keep.save().action_keep()
        self.order.production_status_id = self.status("081")
        self.assertEqual(revision.decision_ids.sorted("number").mapped("decision"), ["approved", "kept"])
        self.assertEqual(revision.state, "approved")

    def test_newer_files_after_the_approval(self):
        """OP-P49: files that nobody saw are not printed by mistake."""
        revision = self.send()
        self.decide(revision)
        self.env.flush_all()
        self.upload(("new.pdf", self.content()))
        # now() is when the class began
        self.env.cr.execute("UPDATE online_proof_file SET create_date = now() + interval '1 day' WHERE id > 0")
        self.env.invalidate_all()
        with self.assertRaisesRegex(RedirectWarning, "has not seen"):
            self.order.production_status_id = self.status("081")
