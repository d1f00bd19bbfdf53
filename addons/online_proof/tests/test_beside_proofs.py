"""An order's other proofs, lines, files and pages, beside the one that is meant."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..engine import client, rasteriser
from ..engine.const import MM_PER_POINT
from .test_beside import BesideCase


@tagged("post_install", "-at_install")
class TestBesideProofs(BesideCase):
    """OP+11: an order's other proofs, lines, files and pages."""

    def second(self, order=None):
        """Return another proof of the order, for a product of its own."""
        flyer = self.env["product.product"].create({"name": "Flyer", "type": "consu"})
        order = order or self.order
        order.order_line = [Command.create({"product_id": flyer.id})]
        return order._get_or_create_proofs().filtered(lambda proof: proof.title == "Flyer")

    def test_placed_now(self):
        """OP15: a checkout goes on with what was sent to nobody, not with what is still prepared."""
        draft = self.put(self.make_order()).proof_id
        self.assertFalse((draft | self.proof)._are_placed_now())
        self.person.unlink()
        self.assertTrue((draft | self.proof)._are_placed_now())

    def test_needed(self):
        """OP+11: a proof whose product left the order is not waited for."""
        other = self.second()
        self.assertEqual(self.order._get_needed_proofs(), self.proof | other)
        other.line_ids.proof_id = False
        self.assertEqual(self.order._get_needed_proofs(), self.proof)

    def test_without_files(self):
        """OP+11: what is in preparation without a file is not sent, and not proposed."""
        order = self.make_order()
        draft = self.put(order)
        self.second(order)._get_or_create_draft()
        self.assertEqual(order._get_sendable_drafts(), draft)
        self.assertEqual(self.window("online.proof.send", sale_order_id=order.id).draft_ids, draft)

    def test_sending_what_is_not_ready(self):
        """OP3: pages that are still prepared, or files that nobody uploaded, are said by their names."""
        order = self.make_order()
        window = self.window("online.proof.send", sale_order_id=order.id)
        self.refused("Upload the files of", window.action_send)
        self.put(order).file_ids.state = "preparing"
        self.refused("still being prepared", order._check_proof_files)

    def test_title(self):
        """OP+11: a proof is called by what is printed; facts are of that, and of no note."""
        changes = self.company.proof_change_product_id
        self.order.order_line = [
            Command.create({"product_id": changes.id}),
            Command.create({"display_type": "line_note", "name": "Fold it"}),
        ]
        self.order.order_line.filtered("product_id").proof_id = self.proof
        self.assertEqual(self.proof.title, "Booklet")
        facts = self.order._get_proof_facts()
        self.assertEqual((len(facts["lines"]), facts["notes"]), (1, "Fold it"))

    def test_newer_files(self):
        """OP-F4: files that came after the approval differ from it; those from before, or of that moment, do not."""
        self.decide()
        file = self.put(self.order).file_ids
        moment = self.proof.date_accepted
        for created, differs in ((moment - timedelta(days=1), 0), (moment, 0), (moment + timedelta(seconds=1), 1)):
            self.env.flush_all()
            self.env.cr.execute("UPDATE online_proof_file SET create_date = %s WHERE id = %s", (created, file.id))
            self.env.invalidate_all()
            self.assertEqual(len(self.proof._get_difference_texts()), differs)

    def test_certified(self):
        """OP6: a certificate is of approvals, and of terms that the own company's customers accepted."""
        self.decide("changes")
        self.assertFalse(self.revision._get_certified_decisions())
        self.proof._withdraw(self.person)
        theirs = self.publish(self.elsewhere)
        theirs._accept(self.customer, self.person)
        made = self.decide(terms_id=theirs.id)
        self.assertEqual(self.revision._get_certified_decisions(), made)
        self.assertFalse(self.revision._get_certified_acceptance())

    def test_thumbnails(self):
        """OP7: a revision is shown by its first page."""
        first = self.revision.page_ids
        second = first.copy({"number": 2})
        for page, content in ((first, b"1"), (second, b"2")):
            values = {"res_model": page._name, "res_id": page.id, "res_field": "thumbnail", "raw": content}
            self.env["ir.attachment"].create({"name": "thumbnail", **values})
        self.assertEqual(self.revision._get_thumbnails(), {self.revision.id: b"MQ=="})

    def test_large_pages(self):
        """OP4: the watermark draws the large pages that can be shown, and takes the pictures of the others."""
        page = self.revision.page_ids
        drawn = []
        with patch.object(rasteriser, "render_pages", lambda path, kind, frames, *args: drawn.append(frames) or []):
            for width, state in ((148, "ready"), (3000, "failed"), (3000, "ready")):
                page.write({"width_mm": width, "state": state})
                with client.work_folder() as folder:
                    self.revision._get_watermark_pictures(folder)
        self.assertEqual(drawn, [[page.frame]])

    def test_compared_before(self):
        """OP+2: a revision is compared with the one before it, the first with none."""
        newer = self.put(self.order)
        seen = []
        with patch.object(type(newer), "_get_page_pairs", lambda revision, older: seen.append((revision, older)) or []):
            for revision in (self.revision, newer):
                revision._prepare_comparison()
        self.assertEqual(seen, [(newer, self.revision)])

    def test_remembered_elsewhere(self):
        """OP+2: what is found under the same name but of another model, or of a field, was not remembered."""
        made = []

        def remember():
            self.revision._remember("pages", [1], lambda: made.append(1) or 1)

        remember()
        domain = [("name", "=like", "pages-%"), ("res_id", "=", self.revision.id)]
        for values in ({"res_model": "online.proof"}, {"res_field": "watermark"}):
            found = self.env["ir.attachment"].search(
                [*domain, ("res_model", "=", self.revision._name), ("res_field", "=", False)]
            )
            found.write(values)
            remember()
        self.assertEqual(len(made), 3)
        remember()
        self.assertEqual(len(made), 3)

    def test_prepared(self):
        """OP4: the scheduled action prepares the files that wait, no others."""
        waiting = self.put(self.make_order()).file_ids
        waiting.state = "preparing"
        self.let_only_wait(waiting)
        seen = []
        with (
            patch.object(type(waiting), "_cron_each", lambda files, domain, _method: seen.extend(files.search(domain))),
            patch.object(type(self.revision), "_cron_finish_documents", lambda revisions: None),
        ):
            waiting._cron_prepare()
        self.assertEqual(seen, list(waiting))

    def test_file_for_another_line(self):
        """OP+11: a file that is for another proof leaves the others where they are."""
        order = self.make_order()
        revision = self.put(order)
        other = self.second(order)
        self.put(order, name="second.pdf", content=b"2")
        first, second = revision.file_ids.sorted("sequence")
        with patch.object(type(first), "_run_preflight", lambda files: None):
            second.sale_line_id = other.line_ids
            second._follow_line()
            self.assertEqual((first.revision_id, second.proof_id), (revision, other))
            first.sale_line_id = other.line_ids
            first._follow_line()
        self.assertFalse(revision.exists())

    def test_evidence_of_each(self):
        """OP+10: the weekly check looks at every proof."""
        self.assertFalse(self.proof.date_evidence_checked)
        self.proof._check_evidence_each()
        self.assertTrue(self.proof.date_evidence_checked)

    def test_same_status(self):
        """OP7: a status that an order has already is no move."""
        self.proof._move_order(self.revision)
        status = self.order.production_status_id
        self.assertEqual(status, self.status("038"))
        self.order.write({"production_status_id": status.id})

    def test_back_to_a_quotation(self):
        """OP7: an order that is a quotation again goes back to a status in which nothing is produced."""
        order = self.make_order(proof_type="none")
        order.action_confirm()
        first = self.env["sale.production.status"].create({"code": "000", "name": "Print", "needs_approval": True})
        order.production_status_id = first
        order._action_cancel()
        order.action_draft()
        self.assertFalse(order.production_status_id.needs_approval)

    def test_closed_decisions(self):
        """OP+10: who may not read decisions puts none right."""
        made = self.decide(channel="recorded")
        window = self.window("online.proof.correct", decision_id=made.id, reason="x")
        self.assertTrue(window.decision_id.revision_id)
        self.close("online.proof.decision", mode="read")
        with self.assertRaises(AccessError):
            window.action_correct()
        self.assertFalse(made.withdrawal_ids)

    def test_template_of_another_record(self):
        """OP15: a template's file is that of the product itself."""
        product = self.product.product_tmpl_id
        values = {"name": "t", "raw": b"1", "res_field": "proof_template_file", "res_id": product.id}
        self.env["ir.attachment"].create({**values, "res_model": "online.proof"})
        self.assertFalse(product._get_proof_template_attachment())
        product.proof_template_file = False

    def test_text_that_just_fits(self):
        """OP15: a text as wide as its place is printed."""
        attribute = self.env["product.attribute"].create({"name": "Name", "create_variant": "no_variant"})
        text = self.env["online.proof.template.text"].new({"attribute_id": attribute.id, "size": 10, "font": "roboto"})
        fonts = "odoo.addons.online_proof.models.online_proof_template_text.fonts"
        scale = MM_PER_POINT
        for room, fits in ((10 * scale, True), (9.9 * scale, False)):
            with patch(f"{fonts}.width", lambda *args: 10), patch(f"{fonts}.room", lambda *args, room=room: room):
                self.assertEqual(not text._get_problem("Ann"), fits)
