"""People beside the one that is meant: of the same proof, of another customer, without an address, merged."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..const import PAUSE_BETWEEN_MAILS
from .test_beside import BesideCase


@tagged("post_install", "-at_install")
class TestBesideOthers(BesideCase):
    """OP+9, OP13: what holds for one person of a proof holds for no other."""

    def of_another_company(self, **values):
        partner = self.env["res.partner"].create({"name": "Agency", "email": "agency@example.org", **values})
        return partner, self.env["online.proof.reviewer"]._get_or_create(self.proof, partner)

    def test_rule(self):
        """OP6: a rule that changes before anything was sent is no news."""
        draft = self.put(self.make_order()).proof_id
        before = draft.message_ids
        draft.approval_rule = "all"
        self.assertEqual(draft.message_ids, before)
        sent = self.proof.message_ids
        self.proof.approval_rule = "all"
        self.assertEqual(len(self.proof.message_ids - sent), 1)

    def test_done_by_hand(self):
        """OP+9: what somebody has seen to stays in the history where it is needed no more."""
        self.person._revoke_access_link()
        self.proof._tell_stuck()
        activity = self.proof.stuck_activity_id
        self.assertTrue(activity)
        activity.active = False
        self.proof._close_stuck()
        self.assertTrue(activity.exists())
        self.assertFalse(self.proof.stuck_activity_id)

    def test_who_is_told(self):
        """OP11: who decided and who ordered are told where they can still open the proof."""
        other = self.env["online.proof.reviewer"]._get_or_create(self.proof, self.colleague)
        made = self.decide(person=other)
        self.assertEqual(self.proof._get_people_to_tell(made), self.person | other)
        other._revoke_access_link()
        self.assertEqual(self.proof._get_people_to_tell(made), self.person)
        self.buyer.active = False
        self.assertFalse(self.proof._get_people_to_tell(made))

    def test_delivered(self):
        """OP+9: mails that arrived, or are still on their way, are no bad news."""
        self.proof._on_mail_delivery(self.deliveries())
        self.assertFalse(self.person.undelivered)

    def deliveries(self):
        mail = self.proof._queue_mail("online_proof.mail_template_reminder", self.person)
        self.assertTrue(mail.delivery_ids)
        return mail.delivery_ids

    def test_say(self):
        """OP13: a say is given to people of the customer who were asked, never to who was sent it on."""
        self.person.can_decide = False
        guest = self.person._invite_guest("Gina", "gina@example.org", can_decide=False)
        (self.person | guest)._allow_decisions()
        self.assertEqual((self.person.can_decide, guest.can_decide), (True, False))

    def test_mailed_by_the_shop(self):
        """OP13: what the shop mails to an address is not what customers send on to it."""
        partner = self.env["res.partner"].create({"name": "Elsewhere", "email": "there@example.org"})
        self.hand_out(self.put(self.make_order(partner)), partner)
        with patch("odoo.addons.online_proof.models.online_proof_reviewer.MAX_FORWARDS_TO_ADDRESS", 1):
            self.assertEqual(self.person._invite_guest("", "there@example.org").kind, "guest")

    def test_sent_on_again(self):
        """OP13: after just the pause a colleague is mailed again."""
        guest = self.person._invite_guest("Gina", "gina@example.org")
        self.env.flush_all()
        mails = self.mails("gina@example.org")
        now = fields.Datetime.now()
        with patch.object(fields.Datetime, "now", lambda *args: now):
            guest.date_sent = now - PAUSE_BETWEEN_MAILS + timedelta(seconds=1)
            self.person._invite_guest("Gina", "gina@example.org")
            self.assertEqual(self.mails("gina@example.org"), mails)
            guest.date_sent = now - PAUSE_BETWEEN_MAILS
            self.person._invite_guest("Gina", "gina@example.org")
        self.assertEqual(len(self.mails("gina@example.org") - mails), 1)

    def test_restored(self):
        """OP13: a link works again unless the same person has another that works."""
        self.person._revoke_access_link()
        second = self.env["online.proof.reviewer"]._get_or_create(self.proof, self.buyer)
        self.assertNotEqual(second, self.person)
        self.refused("has a link that works", self.person.action_restore)
        second._revoke_access_link()
        self.person.action_restore()
        self.assertTrue(self.person.is_active)

    def test_siblings(self):
        """OP+11: a person's page shows the proofs of the order that were sent, and are not cancelled."""
        self.assertNotIn("/order?", self.person.proof_link)
        other = self.env["online.proof"].create({"sale_order_id": self.order.id})
        self.env["online.proof.reviewer"]._get_or_create(other, self.buyer)
        self.assertEqual(self.person._get_siblings(), self.person)

    def test_closed_link_is_told_nothing(self):
        """OP13: who cannot open the proof any more is not told that it is open again."""
        self.person._revoke_access_link()
        before = self.mails(self.buyer.email)
        self.person._tell_reopened("approved")
        self.assertEqual(self.mails(self.buyer.email), before)

    def test_agency(self):
        """OP13: who got the proof as another company's gets the next one as well."""
        agency = self.of_another_company()[0]
        self.proof._check_recipients(agency)
        self.colleague.parent_id = agency
        self.proof._check_recipients(self.colleague)
        self.buyer.parent_id = agency
        self.refused("works for Agency now", self.proof._check_recipients, self.buyer)

    def test_handed_over(self):
        """OP13: what is in preparation stays so for another customer; what that customer was sent stays sent."""
        draft = self.put(self.make_order())
        stranger = self.of_another_company()[0]
        draft.proof_id.sale_order_id.partner_id = stranger
        self.assertEqual(draft.state, "draft")
        self.revision.customer_id = stranger
        self.order.partner_id = stranger
        self.assertEqual(self.revision.state, "sent")
        self.assertEqual(self.proof.commercial_partner_id, stranger)

    def test_corrected_alone(self):
        """OP-P8: an order that is written otherwise hands nothing over, though its contact works elsewhere by now."""
        self.buyer.parent_id = False
        self.assertTrue(self.proof.customer_moved)
        self.order.client_order_ref = "x"
        self.assertEqual((self.proof.customer_moved, self.revision.state), (True, "sent"))

    def test_labels(self):
        """OP3: who still has to answer is told so though others have; a buyer reads which administrator decides."""
        other = self.env["online.proof.reviewer"]._get_or_create(self.proof, self.colleague)
        self.proof.approval_rule = "all"
        self.decide(person=other)
        self.assertEqual(self.proof._get_waiting_label(self.person)[0], "yours")
        self.assertEqual(self.proof._get_waiting_label(other)[0], "others")
        self.buyer.proof_user_level_id = self.env.ref("online_proof.user_level_needs_approval")
        chief = self.env["res.partner"].create(
            {"name": "Chief", "email": "chief@example.org", "parent_id": self.customer.id}
        )
        chief.proof_user_level_id = self.env.ref("online_proof.user_level_administrator")
        self.hand_out(self.put(self.order), chief)
        label = self.proof._get_waiting_label(self.env["online.proof.reviewer"])
        self.assertEqual(label, ("administrator", {"names": "Chief"}))

    def test_administrator_without_an_address(self):
        """OP16: an administrator whose address cannot be written to is not asked."""
        self.buyer.proof_user_level_id = self.env.ref("online_proof.user_level_needs_approval")
        self.colleague.proof_user_level_id = self.env.ref("online_proof.user_level_administrator")
        self.colleague.email = "no address"
        proof = self.put(self.make_order()).proof_id
        proof.sale_order_id._wait_for_administrator(proof)
        self.assertEqual(proof.reviewer_ids.partner_id, self.buyer)

    def test_merged_contacts(self):
        """OP-P8: of two contacts that are one the link stays that decided, else that may decide, else that works."""
        wizard, reviewers = self.env["base.partner.merge.automatic.wizard"], self.env["online.proof.reviewer"]
        third = reviewers._get_or_create(self.proof, self.colleague)
        twin, second = self.of_another_company()

        def merge(*, working):
            for person in self.person | second:
                person.link_revoked = person not in working
            self.env.flush_all()
            wizard._update_foreign_keys(twin, self.buyer)
            return (self.person | second).filtered(lambda person: not person.link_revoked)

        self.assertEqual(merge(working=second), second)
        self.assertFalse(third.link_revoked)

    def test_merged_deciders(self):
        """OP-P8: the link that may decide is kept, and before it the one that did."""
        wizard = self.env["base.partner.merge.automatic.wizard"]
        twin, second = self.of_another_company()
        self.person.can_decide, second.can_decide = False, True
        wizard._update_foreign_keys(twin, self.buyer)
        self.assertEqual((self.person.link_revoked, second.link_revoked), (True, False))
        third, decided = self.of_another_company(email="third@example.org")
        self.decide(person=decided)
        wizard._update_foreign_keys(third, twin)
        self.assertEqual((second.link_revoked, decided.link_revoked), (True, False))
