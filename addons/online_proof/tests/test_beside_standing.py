"""How a proof stands beside what was said before, of another revision, by another person, or of another proof."""

from unittest.mock import patch

from odoo import Command, fields
from odoo.addons.http_routing.tests.common import MockRequest
from odoo.tests import tagged

from ..controllers.visitor import Visitor
from ..life import sorting
from .test_beside import BesideCase


@tagged("post_install", "-at_install")
class TestBesideStanding(BesideCase):
    """OP6, OP+9: decisions, people who are waited for, and what the shop does about them."""

    def person_of(self, partner, proof=None):
        person = self.env["online.proof.reviewer"]._get_or_create(proof or self.proof, partner)
        person.date_sent = fields.Datetime.now()
        return person

    def test_standing(self):
        """OP6: what was taken back, or said about another revision, stands no more."""
        decisions = self.env["online.proof.decision"]
        made = self.decide()
        self.assertEqual(decisions._get_standing(self.revision), made)
        self.assertEqual(self.proof._get_acceptances(), made)
        self.proof._withdraw(self.person)
        self.assertFalse(decisions._get_standing(self.revision))
        self.assertFalse(self.proof._get_acceptances())
        made = self.decide("changes")
        newer = self.put(self.order)
        self.hand_out(newer)
        self.assertEqual(decisions._get_standing(self.revision), made)
        self.assertFalse(decisions._get_standing(newer))

    def test_decided_too_late(self):
        """OP6, OP7: what is said is the reason: the order was cancelled, the one proof is not approved."""
        words = {"name": "S1", "status": "081"}
        self.refused("the proof is not approved yet", self.order._check_proofs_approved, words)
        self.order._action_cancel()
        self.refused("The order was cancelled", self.decide)

    def test_not_approved(self):
        """OP-F4: where nothing is approved nothing differs from it; a product without a proof does from what is."""
        flyer = self.env["product.product"].create({"name": "Flyer", "type": "consu"})
        self.order.order_line = [Command.create({"product_id": flyer.id})]
        self.assertEqual(self.order._get_proof_differences(), [])
        self.decide()
        self.order.order_line[1].copy({"order_id": self.order.id})
        self.assertTrue(self.order._get_proof_differences())

    def test_handed_over(self):
        """OP13: nothing is handed over, or prepared anew, where the customer is the same or has it already."""
        before = self.proof.message_ids
        self.proof._restart_for_customer()
        self.assertEqual(self.proof.message_ids, before)
        stranger = self.env["res.partner"].create({"name": "Stranger", "email": "stranger@example.org"})
        self.revision.customer_id = stranger
        self.order.partner_id = stranger
        self.assertEqual(self.proof.commercial_partner_id, stranger)
        self.assertFalse(self.proof.draft_revision_id)

    def test_administrator(self):
        """OP3, OP16: the administrator is named who decides, not whom that person sent it on to."""
        self.buyer.proof_user_level_id = self.env.ref("online_proof.user_level_needs_approval")
        self.colleague.proof_user_level_id = self.env.ref("online_proof.user_level_administrator")
        self.colleague.name = "Carl"
        chief = self.person_of(self.colleague)
        chief._invite_guest("Gina", "gina@example.org")
        self.assertEqual(len(self.proof._get_deciders()), 2)
        label = self.proof._get_waiting_label(self.env["online.proof.reviewer"])
        self.assertEqual(label, ("administrator", {"names": "Carl"}))

    def test_given_up(self):
        """OP4: of a file that cannot be prepared those pages stay that could be."""
        draft = self.put(self.make_order())
        file, first = draft.file_ids, draft.page_ids
        second = first.copy({"number": 2, "state": "waiting"})
        with patch.object(self.env.cr, "rollback"):
            file._give_up("gone")
        self.assertEqual((first.state, second.state), ("ready", "failed"))

    def test_empty_draft(self):
        """OP2: the shop sees no revision that has no page yet."""
        self.proof._get_or_create_draft()
        with MockRequest(self.env):
            visitor = Visitor(self.person.browse(), self.proof, self.clerk)
            self.assertEqual(visitor.revisions(), self.revision)

    def test_quotations(self):
        """OP15: a quotation of the shop, which came from no website, is approved by no checkout."""
        taken = []
        with patch.object(type(self.order), "_get_template_lines", lambda order: taken.append(order)):
            self.order._approve_proofs_by_checkout()
        self.assertEqual(taken, [])

    def test_recorded(self):
        """OP+10: the shop records an answer that came by mail, of whomever."""
        self.order.proof_type = "email"
        made = self.proof._decide(self.revision, "approved", channel="recorded", decided_by="Bea")
        self.assertEqual((made.decision, self.proof.state), ("approved", "approved"))
        other = self.hand_out(self.put(self.make_order())).proof_id
        other._decide(other.latest_revision_id, "changes", channel="recorded", decided_by="Bea")
        self.assertEqual(other.state, "changes")

    def test_links_of_a_person(self):
        """OP+9: of a person's links those count that work."""
        self.assertIsNone(self.proof._get_stuck())
        self.person._revoke_access_link()
        self.assertFalse(self.proof._get_deciders())
        self.assertEqual(self.proof._get_stuck(), self.person)
        second = self.person_of(self.buyer)
        self.assertEqual(list(self.proof._get_links().values()), [second])
        self.assertEqual(self.proof._get_deciders(), second)

    def test_mailed_in_the_same_moment(self):
        """OP+9: who was mailed when the revision was sent knows of it."""
        self.person.date_sent = self.revision.date_sent
        self.assertFalse(self.person._get_obstacle())
        self.person.date_sent = fields.Datetime.subtract(self.revision.date_sent, seconds=1)
        self.assertEqual(self.person._get_obstacle(), "unsent")

    def test_missing(self):
        """OP+9: of two links of one guest that one is waited for that can answer."""
        other = self.person_of(self.colleague)
        self.proof.approval_rule = "all"
        first, second = (link._invite_guest("Gina", "gina@example.org") for link in (self.person, other))
        self.assertNotEqual(first, second)
        self.person._revoke_access_link()
        missing = self.proof._get_missing()
        self.assertIn(second, missing)
        self.assertNotIn(first, missing)

    def test_told(self):
        """OP11: a guest who decided nothing is told nothing, nor is whose link is closed."""
        other = self.person_of(self.colleague)
        self.person._invite_guest("Gina", "gina@example.org")
        self.assertEqual(self.proof._get_people_told(), self.person | other)
        other._revoke_access_link()
        self.assertEqual(self.proof._get_people_told(), self.person)

    def test_asked_for_each_reason(self):
        """OP+9: the shop is asked once for each reason."""
        one, two = self.proof._ask_person("One"), self.proof._ask_person("Two")
        self.assertNotEqual(one, two)
        self.assertEqual([self.proof._ask_person(text) for text in ("One", "Two")], [one, two])

    def test_comments_of_another_proof(self):
        """OP+1: open comments of another proof of the same customer are not shown."""
        other = self.put(self.make_order())
        spot = {"page": 1, "x": 0, "y": 0, "body": "x"}
        self.env["online.proof.comment"]._add(other, spot, reviewer=self.hand_out(other))
        own = self.comment()
        newer = self.put(self.order)
        self.hand_out(newer)
        self.assertEqual(own._get_for_revision(newer), own)

    def test_invited(self):
        """OP+11: each person's mail is about what that person is asked."""
        flyer = self.env["product.product"].create({"name": "Flyer", "type": "consu"})
        self.order.order_line = [Command.create({"product_id": flyer.id})]
        other = self.order._get_or_create_proofs() - self.proof
        texts, seen = {"subject": "s", "body_html": "b"}, []
        with patch.object(type(other), "_get_invitation_text", lambda proofs, lang: seen.append(proofs) or texts):
            (self.person | self.person_of(self.colleague, other))._send_invitation()
        self.assertEqual(seen, [self.proof, other])
        self.assertFalse((self.proof | other)._get_mail_attachments())

    def test_lines_of_a_file(self):
        """OP+11: a file is looked for among the products that are printed, and have a proof."""
        lines = [{"product_id": self.company.proof_change_product_id.id}, {"display_type": "line_note", "name": "x"}]
        self.order.order_line = [Command.create(values) for values in lines]
        seen, document = [], {"pages": [{"width_mm": 148, "height_mm": 210}]}
        with patch.object(sorting, "find", lambda file, lines: seen.append(len(lines))):
            self.proof._find_line("a.pdf", document)
        self.assertEqual(seen, [1])

    def test_drawn_once(self):
        """OP4: pages that are drawn already are not drawn again; what PDFium drew is not compared with itself."""
        draft = self.put(self.make_order())
        file, first = draft.file_ids, draft.page_ids
        second = first.copy({"number": 2, "state": "waiting"})
        seen = []
        with (
            patch.object(type(file), "_render", lambda file, pages, path, **options: seen.append(pages)),
            patch.object(type(file), "_run_preflight", lambda files: None),
        ):
            file._make_ready()
        self.assertEqual(seen, [second])
        (first | second).write({"renderer": "pdfium", "state": "ready"})
        self.assertEqual(file._get_disagreements("gone", ""), [])

    def test_statuses(self):
        """OP7: a quotation that was in no production stays in its status; anybody of the shop writes on an order."""
        order = self.make_order(proof_type="none")
        waiting = self.env["sale.production.status"].create({"code": "zzz", "name": "Waiting"})
        order.production_status_id = waiting
        order.action_confirm()
        order._action_cancel()
        order.action_draft()
        self.assertEqual(order.production_status_id, waiting)
        order.with_user(self.clerk).client_order_ref = "x"
        self.assertEqual(order.client_order_ref, "x")

    def test_template_of_another_product(self):
        """OP15: a template's file is no other product's."""
        theirs = self.env["product.template"].create({"name": "Theirs"})
        values = {"res_model": theirs._name, "res_id": theirs.id, "res_field": "proof_template_file"}
        file = self.env["ir.attachment"].create({"name": "t", "raw": b"1", **values})
        self.assertEqual(theirs._get_proof_template_attachment(), file)
        self.assertFalse(self.product.product_tmpl_id._get_proof_template_attachment())
