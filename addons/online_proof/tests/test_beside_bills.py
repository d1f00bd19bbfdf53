"""What is billed and recorded of a proof, beside what belongs to others."""

from odoo import Command
from odoo.tests import tagged

from .test_beside import BesideCase


@tagged("post_install", "-at_install")
class TestBesideBills(BesideCase):
    """OP9: what is billed, once, where something can be billed."""

    def test_billing(self):
        """OP9: a change that stands is billed once, with the product for it, on an order that is open."""
        made = self.decide("changes")
        self.company.proof_change_product_id = False
        self.refused("Choose the product", made.action_bill_changes)
        self.company.proof_change_product_id = self.env.ref("online_proof.product_changes")
        for values in ({"locked": True}, {"locked": False, "state": "cancel"}):
            self.order.write(values)
            self.refused("locked or cancelled", made._create_sale_line)
        self.order.state = "sale"
        other = self.hand_out(self.put(self.make_order()))
        theirs = self.decide("changes", person=other)
        approved = self.decide(person=self.hand_out(self.put(self.make_order())))
        self.assertFalse(self.env["online.proof.decision"]._get_unbilled(approved.proof_id))
        self.assertEqual(self.env["online.proof.decision"]._get_unbilled(self.proof), made)
        self.proof.action_bill_changes()
        lines = len(self.order.order_line)
        made.action_bill_changes()
        self.assertEqual(len(self.order.order_line), lines)
        self.assertFalse(theirs.sale_line_id)
        self.proof.invalidate_recordset()
        self.assertFalse(self.env["online.proof.decision"]._get_unbilled(self.proof))
        other.proof_id._withdraw(other)
        self.assertFalse(self.env["online.proof.decision"]._get_unbilled(other.proof_id))

    def test_decisions_stay(self):
        """OP+10: a decision is written once; what bills it is all that is added."""
        made = self.decide("changes")
        for values in ({"message": "x"}, {"digest": "x"}, {"digest": "x", "message": "y"}):
            self.refused("never changed", made.write, values)
        made.sale_line_id = self.order.order_line[:1]
        standing = self.env["online.proof.decision"]._get_standing
        self.assertEqual(standing(self.revision), made)
        self.proof.company_id.proof_grace_minutes = 60
        self.assertFalse(standing(self.put(self.order)))

    def test_counts(self):
        """OP1: each proof counts its own revisions, comments and files, drafts left out."""
        self.put(self.order)
        other = self.hand_out(self.put(self.make_order())).proof_id
        self.comment()
        both = self.proof | other
        both.invalidate_recordset()
        self.assertEqual(both.mapped("revision_count"), [1, 1])
        self.assertEqual(both.mapped("open_comment_count"), [1, 0])
        self.assertEqual((self.order | other.sale_order_id).mapped("proof_file_count"), [1, 1])
        self.order.order_line = [Command.create({"display_type": "line_note", "name": "x", "proof_id": self.proof.id})]
        self.assertEqual(self.proof.title, "Booklet")
        self.assertEqual(self.proof.display_name, self.order.name)

    def test_broken_evidence(self):
        """OP+10: what is broken is said, of the own proof alone."""
        self.decide()
        self.proof.action_check_evidence()
        other = self.hand_out(self.put(self.make_order()))
        self.decide(person=other)
        self.env.flush_all()
        self.env.cr.execute("UPDATE online_proof_decision SET record = 'x' WHERE proof_id = %s", [self.proof.id])
        self.env.invalidate_all()
        self.refused("is broken", self.proof.action_check_evidence)
        other.proof_id.action_check_evidence()
        self.proof.activity_ids.unlink()
        self.proof._check_evidence_each()
        self.assertTrue(self.proof.activity_ids)
