from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import ProofCase, make_pdf


@tagged("post_install", "-at_install")
class TestComments(ProofCase):
    """OP+1: comments pinned on the pages."""

    def pin(self, revision, page=1, x=0.5, y=0.25, body="Here", partner=None):
        return self.env["online.proof.comment"]._add(
            revision, {"page": page, "x": x, "y": y, "body": body}, reviewer=self.reviewer(revision, partner)
        )

    def shown(self, revision):
        return self.env["online.proof.comment"]._get_for_revision(revision)

    def test_thread(self):
        """OP+1: a pinned comment is answered by the shop, in one thread on the same spot."""
        revision = self.send(content=make_pdf(3))
        root = self.pin(revision, page=2, x=0.1, y=0.9)
        answer = root._add(revision, {"parent_id": root.id, "body": "Done"}, user=self.clerk)
        self.assertEqual((answer.page_number, answer.x, answer.y), (2, 0.1, 0.9))
        [values] = self.shown(revision)._prepare_viewer_values(revision)
        self.assertEqual([entry["body"] for entry in values["answers"]], ["Done"])
        self.assertEqual((values["author"], values["answers"][0]["staff"]), ("Bea Buyer", True))

    def test_carried_to_the_next_revision(self):
        """OP+1: open comments show on the next revision, resolved ones do not."""
        first = self.send()
        kept, done = self.pin(first, body="Still open"), self.pin(first, body="Done")
        done.with_user(self.clerk).action_resolve()
        second = self.send()
        self.assertEqual(self.shown(second), kept)
        self.assertEqual(self.shown(first), kept | done, "the old revision keeps its own")
        kept.action_resolve()
        self.assertEqual(self.shown(second), kept, "resolved on this revision: shown as resolved")
        third = self.send()
        self.assertFalse(self.shown(third))
        kept.action_reopen()
        self.assertEqual(self.shown(third), kept)

    def test_wrong_spots_and_texts(self):
        """OP+1: what is not on a page, or has no text, is refused."""
        revision = self.send()
        # JSON can say these, and what is no number is not below 0 nor above 1
        no_spots = ({"page": float("inf"), "x": 0, "y": 0}, {"page": 1, "x": float("nan"), "y": 0})
        for values in ({"page": 2, "x": 0, "y": 0}, {"page": "x", "x": 0, "y": 0}, {"x": 0}, *no_spots):
            with self.assertRaises(UserError):
                self.env["online.proof.comment"]._add(
                    revision, {**values, "body": "a"}, reviewer=self.reviewer(revision)
                )
        for body in ("", "   ", "a" * 5000):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.pin(revision, body=body)

    def test_no_answer_across_proofs(self):
        """OP+1: an answer cannot be put under a comment of another proof."""
        revision = self.send()
        other = self.send(order=self.make_order())
        root = self.pin(other)
        with self.assertRaises(ValidationError):
            root._add(revision, {"parent_id": root.id, "body": "Hello"}, reviewer=self.reviewer(revision))
