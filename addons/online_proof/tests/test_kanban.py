from odoo.tests import HttpCase, tagged

from .common import ProofCase, make_pdf

PEOPLE = {"fields": {"display_name": {}}}


@tagged("post_install", "-at_install")
class TestKanban(ProofCase):
    """OP1, OP3: a board of many cards asks the database as often as one of few."""

    def count(self, model, orders_or_proofs, spec):
        records = self.env[model].with_user(self.clerk).browse(orders_or_proofs.ids)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        records.with_context(bin_size=True).web_read(spec)
        return self.cr.sql_log_count - before

    def test_constant(self):
        """OP1, OP3: at most 15 queries for the cards of proofs and of the production board, few or many."""
        first = self.send(content=make_pdf(1)).proof_id
        page = first.latest_revision_id.page_ids
        proofs = first
        for _number in range(20):
            order = self.make_order()
            proof = order._get_or_create_proof()
            draft = proof._get_or_create_draft()
            file = page.file_id.copy({"revision_id": draft.id, "attachment_id": page.file_id.attachment_id.id})
            page.copy({"file_id": file.id})
            proofs |= proof
        cards = {
            "online.proof": {
                **{key: {} for key in ("name", "title", "thumbnail", "open_comment_count", "deadline", "state")},
                "partner_id": PEOPLE,
                "user_id": PEOPLE,
            },
            "sale.order": {
                **{key: {} for key in ("name", "proof_thumbnail", "proof_state")},
                "partner_id": PEOPLE,
                "user_id": PEOPLE,
            },
        }
        for model, spec in cards.items():
            many = proofs if model == "online.proof" else proofs.sale_order_id
            with self.subTest(model):
                self.count(model, many[:1], spec)  # what is asked once for all is known now
                few_count, many_count = (self.count(model, part, spec) for part in (many[:3], many))
                self.assertEqual(few_count, many_count)
                self.assertLessEqual(many_count, 15)


@tagged("post_install", "-at_install")
class TestPageQueries(HttpCase, ProofCase):
    """OP3: the proof page asks the database as often for many pages, comments and people as for few."""

    def opened(self, revision):
        """Return how many statements a visit takes, once what is asked once for all is known."""
        link = self.reviewer(revision).proof_link
        counts = []
        for _visit in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(self.url_open(link).status_code, 200)
            counts.append(self.cr.sql_log_count - before)
        return counts[-1]

    def test_constant(self):
        """OP3, OP+1: twenty times as much on the page, and not one question more."""
        self.authenticate(None, None)
        few = self.send(content=make_pdf(1))
        self.opened(few)
        many = self.send(self.buyer, self.colleague, order=self.make_order(), content=make_pdf(1))
        page, person = many.page_ids, self.reviewer(many)
        for number in range(2, 21):
            page.copy({"file_id": page.file_id.id, "number": number})
        comments = self.env["online.proof.comment"]
        for number in range(20):
            pin = comments._add(many, {"page": 1, "x": 0.5, "y": 0.5, "body": f"{number}"}, reviewer=person)
            comments._add(many, {"parent_id": pin.id, "body": "Answer"}, user=self.clerk)
        few_count, many_count = self.opened(few), self.opened(many)
        self.assertLessEqual(many_count, few_count + 2)
        self.assertLessEqual(many_count, 30)
