from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import ProofCase


@tagged("post_install", "-at_install")
class TestCircle(ProofCase):
    """Whose approval is asked for: what was approved stays, changes leave a trace, one person has one voice."""

    def decide(self, revision, partner=None, decision="approved", reviewer=None):
        return revision.proof_id._decide(
            revision, decision, reviewer=reviewer or self.reviewer(revision, partner), channel="online"
        )

    def approved(self, *partners, rule="any"):
        revision = self.send(self.buyer, self.colleague, rule=rule)
        for partner in partners or (self.buyer,):
            self.decide(revision, partner)
        self.assertEqual(revision.proof_id.state, "approved")
        return revision

    def notes(self, proof):
        return " ".join(proof.message_ids.mapped("preview"))

    # An approval stays

    def test_rule_after_the_approval(self):
        """OP+10: nobody takes an approval away by changing the rule: by RPC, import, or as administrator."""
        revision = self.approved()
        proof = revision.proof_id
        before = revision.date_approved, proof.date_decided
        for user in (self.clerk, self.env.ref("base.user_admin"), self.env.user):
            with self.assertRaisesRegex(UserError, "is approved: whose approval"):
                proof.with_user(user).approval_rule = "all"
        self.order._action_cancel()
        with self.assertRaisesRegex(UserError, "is approved"):
            proof.with_user(self.clerk).write({"approval_rule": "all"})
        self.order.action_draft()
        self.assertEqual((proof.state, revision.state), ("approved", "approved"))
        self.assertEqual((revision.date_approved, proof.date_decided), before)
        proof.with_user(self.clerk).approval_rule = "any"  # the same is no change
        with Form(proof.with_user(self.clerk)) as form, self.assertRaises(AssertionError):
            form.approval_rule = "all"  # read only
        second = self.send(self.buyer, self.colleague, rule="all")
        self.assertEqual((proof.approval_rule, second.state), ("all", "sent"), "asked anew, under another rule")

    def test_asked_after_the_approval(self):
        """OP+10: under *all of*, nobody is asked in addition once everybody has approved."""
        revision = self.send(self.buyer, self.colleague, rule="all")
        watching = self.reviewer(revision, self.colleague)
        watching.can_decide = False
        self.decide(revision)
        proof = revision.proof_id
        with self.assertRaisesRegex(UserError, "Send a new revision to ask Carl"):
            watching.with_user(self.clerk).can_decide = True
        with self.assertRaisesRegex(UserError, "Send a new revision"):
            proof.with_user(self.clerk).write({"reviewer_ids": [Command.update(watching.id, {"can_decide": True})]})
        guest = self.reviewer(revision)._invite_guest("Gus", "gus@example.org", can_decide=True)
        self.assertFalse(guest.can_decide)
        self.assertEqual(proof._get_present_state(), "approved")

    def test_levels_after_the_approval(self):
        """OP+10: an approval does not depend on what its people may do today."""
        needs = self.env.ref("online_proof.user_level_needs_approval")
        self.colleague.proof_user_level_id = needs
        revision = self.approved(rule="all")
        self.colleague.proof_user_level_id = False
        self.assertTrue(self.reviewer(revision, self.colleague)._has_say())
        revision.proof_id._follow_decisions()
        self.assertEqual(revision.proof_id.state, "approved")

    def test_certificate_without_who_withdrew(self):
        """OP+5: a proof that stays approved without one of its approvers gets a certificate that does not name them."""
        revision = self.approved(self.buyer, self.colleague, rule="all")
        revision.write({"certificate": "eA==", "certificate_digest": "x"})
        self.reviewer(revision, self.colleague).with_user(self.clerk).can_decide = False
        revision.proof_id._withdraw(self.reviewer(revision, self.colleague))
        self.assertEqual(revision.proof_id.state, "approved")
        self.assertFalse(revision.certificate)
        self.assertEqual(revision._get_certified_circle()[1], f"Bea Buyer <{self.buyer.email}>")

    # Changes leave a trace

    def test_may_decide_is_noted(self):
        """OP+10: who takes the last missing approver away approves the proof; that is a note and a row of evidence."""
        revision = self.send(self.buyer, self.colleague, rule="all")
        self.decide(revision)
        proof = revision.proof_id
        self.reviewer(revision, self.colleague).with_user(self.clerk).write({"can_decide": False})
        self.assertEqual(proof.state, "approved")
        self.assertIn("Carl Colleague may not decide about the proof any more.", self.notes(proof))
        approval, change = revision.decision_ids.sorted("number")
        self.assertEqual((change.decision, change.user_id, change.decided_by), ("asked", self.clerk, self.clerk.name))
        people = [f"Bea Buyer <{self.buyer.email}>", f"Carl Colleague <{self.colleague.email}>"]
        self.assertEqual(approval.asked_facts, {"rule": "all", "asked": people})
        self.assertEqual(change.asked_facts, {"rule": "all", "asked": people[:1]})
        self.assertIn("Carl Colleague", approval.record)
        self.assertEqual(proof._get_evidence_faults(), [])
        self.assertEqual(revision._get_certified_circle(), ("All of the approvers", people[0]))
        report = self.env["ir.actions.report"]
        html = report._render_qweb_html("online_proof.certificate", revision.ids)[0].decode()
        self.assertIn("All of the approvers", html)
        self.assertIn("Who is asked was changed", html)

    def test_rule_is_noted(self):
        """OP+10: a rule that is made easier while an approval stands approves the proof, with the same trace."""
        revision = self.send(self.buyer, self.colleague, rule="all")
        self.decide(revision)
        proof = revision.proof_id
        proof.with_user(self.clerk).approval_rule = "any"
        self.assertEqual(proof.state, "approved")
        self.assertIn("any one of the approvers is enough now", self.notes(proof))
        self.assertEqual(revision.decision_ids.sorted("number").mapped("decision"), ["approved", "asked"])

    def test_other_rights_are_noted(self):
        """OP+10: links that are revoked, given back or may not comment any more leave a note, too."""
        revision = self.send(self.buyer, self.colleague)
        person = self.reviewer(revision, self.colleague).with_user(self.clerk)
        person.can_comment = False
        person.action_revoke()
        person.action_restore()
        notes = self.notes(revision.proof_id)
        for text in ("may not comment", "link of Carl Colleague was revoked", "link of Carl Colleague works again"):
            self.assertIn(text, notes)
        self.assertFalse(revision.decision_ids, "no evidence where nothing was decided")

    def test_older_records_verify(self):
        """OP+10: decisions of before the rule was written down verify as they were recorded."""
        revision = self.approved()
        made = revision.decision_ids
        record = made._prepare_record()
        self.assertIn("asked", record)
        made.env.cache.set(made, made._fields["asked_facts"], None)
        self.assertNotIn("asked", made._prepare_record())

    # Nobody gives more than they have

    def test_guest_of_who_lost_the_say(self):
        """OP13: a guest's say ends with the inviter's, for whatever reason that ended."""
        past = fields.Datetime.now() - timedelta(hours=1)
        for end in (
            lambda person: person.write({"can_decide": False}),
            lambda person: person.write({"date_link_expiry": past}),
            lambda person: person._revoke_access_link(),
            lambda person: person.partner_id.write({"active": False}),
            lambda person: person.partner_id.write({"parent_id": False}),
        ):
            savepoint = self.env.cr.savepoint()
            revision = self.send(self.buyer, self.colleague)
            person = self.reviewer(revision)
            guest = person._invite_guest("Gus", "gus@example.org")
            self.assertTrue(guest._may_decide())
            end(person)
            self.assertFalse(guest._may_decide())
            with self.assertRaisesRegex(UserError, "not decide"):
                self.decide(revision, reviewer=guest)
            self.assertNotIn(guest, revision.proof_id._get_waiting())
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_revoked_inviter_is_no_consent(self):
        """OP+4: under *all of*, a guest who cannot answer for the inviter's link is waited for all the same."""
        revision = self.send(self.buyer, self.colleague, rule="all")
        person = self.reviewer(revision)
        guest = person._invite_guest("Gus", "gus@example.org")
        self.decide(revision)
        self.decide(revision, self.colleague)
        person._revoke_access_link()
        self.assertEqual(revision.proof_id.state, "sent")
        self.assertIn("the link of Bea Buyer, who sent it on", revision.proof_id.waiting_for)
        self.assertTrue(guest._has_say())

    # One person, one voice

    def test_no_second_link(self):
        """OP13, OP+4: who has a link of the shop is not invited once more, be it by themselves."""
        revision = self.send(self.buyer, self.colleague, rule="all")
        for address in (self.colleague.email, self.buyer.email.upper()):
            with self.assertRaisesRegex(UserError, "has a link to the proof already"):
                self.reviewer(revision)._invite_guest("Carl", address)

    def test_contact_and_address(self):
        """OP+4: a guest whom the shop asks later, too, is one person with two links: one approval is enough."""
        revision = self.send(self.buyer, rule="all")
        guest = self.reviewer(revision)._invite_guest("Carl", self.colleague.email)
        proof = revision.proof_id
        second = self.send(self.buyer, self.colleague, rule="all")
        self.assertEqual(len(proof._get_asked()), 2)
        self.decide(second)
        self.decide(second, reviewer=guest)
        self.assertEqual(proof.state, "approved")
        with self.assertRaises(UserError):
            self.decide(second, self.colleague, "changes")

    def test_looking_takes_no_say(self):
        """OP+4: the guest's say stays when the same person opens the proof in the portal, as a contact who looks."""
        revision = self.send(self.buyer, rule="all")
        self.reviewer(revision)._invite_guest("Carl", self.colleague.email)
        self.decide(revision)
        self.env["online.proof.reviewer"]._get_or_create(revision.proof_id, self.colleague, can_decide=False)
        self.assertEqual(revision.proof_id._get_present_state(), "sent")

    def test_two_inviters(self):
        """OP13: sent on by a second person, or once more without it, a guest keeps the say that was given."""
        revision = self.send(self.buyer, self.colleague, rule="all")
        first = self.reviewer(revision)._invite_guest("Gus", "gus@example.org")
        other = self.reviewer(revision, self.colleague)._invite_guest("Gus", "gus@example.org", can_decide=False)
        self.assertNotEqual(first, other)
        self.reviewer(revision)._invite_guest("Gus", "gus@example.org", can_decide=False)
        self.assertEqual(len(revision.proof_id._get_asked()), 3)
        self.decide(revision)
        self.decide(revision, self.colleague)
        self.assertEqual(revision.proof_id.state, "sent")

    # What was told and holds no more

    def subjects(self, partner, since):
        mails = self.mails(partner.email).filtered(lambda mail: mail.id > since)
        return [mail.subject.partition(": ")[2] for mail in mails.sorted("id")]

    def last_mail(self):
        return self.env["mail.mail"].search([], order="id desc", limit=1).id

    def test_withdrawal_is_told(self):
        """OP14: who was told *approved, will be printed* is told that it is not, and by whom."""
        revision = self.approved(self.buyer, self.colleague, rule="all")
        since = self.last_mail()
        revision.proof_id._withdraw(self.reviewer(revision))
        for partner in (self.buyer, self.colleague):
            self.assertEqual(self.subjects(partner, since), ["the proof is not approved any more"])
        self.assertIn("Bea Buyer", self.mails(self.colleague.email)[0].body_html)
        self.assertIn("Nothing is printed", self.mails(self.colleague.email)[0].body_html)

    def test_withdrawn_before_it_counted(self):
        """OP14: an approval that others were not told of is withdrawn without a word to them."""
        revision = self.send(self.buyer, self.colleague, rule="all")
        self.decide(revision)
        since = self.last_mail()
        revision.proof_id._withdraw(self.reviewer(revision))
        self.assertEqual(self.subjects(self.buyer, since), ["your decision is withdrawn"])
        self.assertEqual(self.subjects(self.colleague, since), [])

    def test_put_right_is_told(self):
        """OP14: a decision that the shop recorded by mistake is put right before everybody who was told of it."""
        revision = self.send(self.buyer, self.colleague)
        record = self.env["online.proof.record"].with_user(self.clerk)
        values = {"revision_id": revision.id, "decided_by": "Bea", "message": "By telephone"}
        for decision, subject in (
            ("approved", "the proof is not approved any more"),
            ("changes", "the request for changes was taken back"),
        ):
            record.create({**values, "decision": decision}).action_record()
            since = self.last_mail()
            made = revision.decision_ids.sorted("number")[-1:]
            correct = self.env["online.proof.correct"].with_user(self.clerk)
            correct.create({"decision_id": made.id, "reason": "Wrong order"}).action_correct()
            for partner in (self.buyer, self.colleague):
                self.assertEqual(self.subjects(partner, since), [subject])
                self.assertIn("by mistake", self.mails(partner.email)[0].body_html)
                self.assertNotIn("Wrong order", self.mails(partner.email)[0].body_html)

    def test_replaced_is_told(self):
        """OP14: who does not get the new revision is told that the approved one is not printed."""
        revision = self.approved()
        since = self.last_mail()
        self.send(self.buyer)
        self.assertEqual(self.subjects(self.colleague, since), ["the proof is not approved any more"])
        self.assertEqual(len(self.mails(self.buyer.email).filtered(lambda mail: mail.id > since)), 1, "the invitation")
        self.assertEqual(revision.state, "superseded")

    def test_more_time_is_told(self):
        """OP+4: a deadline that is moved after it passed is told to who is waited for, by button and by hand."""
        for extend in (
            lambda proof: proof.action_extend(),
            lambda proof: proof.write({"deadline": fields.Date.today() + timedelta(days=4)}),
        ):
            proof = self.send(order=self.make_order()).proof_id
            proof.deadline = fields.Date.today() - timedelta(days=1)
            self.assertEqual(proof.state, "expired")
            since = self.last_mail()
            extend(proof.with_user(self.clerk))
            self.assertEqual(
                (proof.state, self.subjects(self.buyer, since)), ("sent", ["you have more time to answer"])
            )
        proof.deadline = fields.Date.today() - timedelta(days=1)
        since = self.last_mail()
        self.send(order=proof.sale_order_id)
        self.assertNotIn("you have more time to answer", self.subjects(self.buyer, since), "they are invited anew")

    def test_taken_up_again_is_not_told_twice(self):
        """OP14: an order that is cancelled by mistake and taken up again announces no approval anew."""
        self.approved()
        since = self.last_mail()
        self.order._action_cancel()
        self.order.action_draft()
        self.assertEqual(self.last_mail(), since)
