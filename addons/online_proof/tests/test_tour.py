from odoo.tests import HttpCase, tagged

from .common import ProofCase, make_pdf


@tagged("post_install", "-at_install")
class TestTour(HttpCase, ProofCase):
    """The main story in a browser."""

    def test_customer_pins_and_approves(self):
        """OP3, OP4, OP6, OP8, OP+1: a customer looks, zooms, pins a comment, accepts the terms, approves."""
        self.env["online.proof.terms"].create({"body": "<p>Terms</p>"}).action_publish()
        revision = self.send(content=make_pdf(3))
        reviewer = self.reviewer(revision)
        self.start_tour(reviewer.proof_link.replace(self.order.get_base_url(), ""), "online_proof_approve")
        self.assertEqual(revision.state, "approved")
        self.assertEqual(revision.comment_ids.body, "Please check this")
        self.assertTrue(revision.view_ids.count)
