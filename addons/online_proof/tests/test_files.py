from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ProofCase, make_image, make_pdf


@tagged("post_install", "-at_install")
class TestFiles(ProofCase):
    """Files, their order, and revisions."""

    def single_pages(self):
        return [
            ("page 10.tif", make_image("TIFF")),
            ("Page 3.png", make_image("PNG")),
            ("page 1.jpg", make_image()),
            ("page 2.pdf", make_pdf(1)),
            ("page 9.jpg", make_image()),
        ]

    def names(self, revision):
        return [page.file_id.name for page in revision.page_ids.sorted("number")]

    def test_single_files_in_natural_order(self):
        """OP3: several single-page files of all formats show in the order of their numbers."""
        revision = self.upload(*self.single_pages())
        expected = ["page 1.jpg", "page 2.pdf", "Page 3.png", "page 9.jpg", "page 10.tif"]
        self.assertEqual(self.names(revision), expected)
        self.assertEqual(revision.page_ids.sorted("number").mapped("number"), [1, 2, 3, 4, 5])
        self.assertEqual(set(revision.page_ids.mapped("state")), {"ready"})

    def test_later_upload_is_sorted_in(self):
        """OP3: a file that is uploaded later takes its place, unless the order was made by hand."""
        revision = self.upload(("2.jpg", make_image()), ("3.jpg", make_image()))
        self.upload(("1.jpg", make_image()))
        self.assertEqual(self.names(revision), ["1.jpg", "2.jpg", "3.jpg"])
        # dragging in the list writes the sequences
        first = revision.file_ids.filtered(lambda file: file.name == "1.jpg")
        first.sequence = 99
        self.assertEqual(self.names(revision), ["2.jpg", "3.jpg", "1.jpg"])
        self.upload(("0.jpg", make_image()))
        self.assertEqual(self.names(revision), ["2.jpg", "3.jpg", "1.jpg", "0.jpg"])
        revision.action_natural_order()
        self.assertEqual(self.names(revision), ["0.jpg", "1.jpg", "2.jpg", "3.jpg"])

    def test_removed_file_closes_the_gap(self):
        """OP3: pages are numbered without gaps after a file is removed."""
        revision = self.upload(("a.pdf", make_pdf(2)), ("b.pdf", make_pdf(3)))
        attachment = revision.file_ids[0].attachment_id
        revision.file_ids[0].unlink()
        self.assertEqual(revision.page_ids.sorted("number").mapped("number"), [1, 2, 3])
        self.assertFalse(attachment.exists())

    def test_first_page_at_once(self):
        """OP3: the first page can be seen right after the upload, the rest is counted."""
        revision = self.upload(("long.pdf", make_pdf(30)), ready=False)
        progress = revision._get_progress()
        self.assertEqual((progress["ready"], progress["total"], progress["prepared"]), (1, 30, False))
        self.assertTrue(revision.page_ids.sorted("number")[0].preview)
        with self.assertRaisesRegex(UserError, "still being prepared"):
            revision._check_sendable()

    def test_prepared_by_the_scheduled_action(self):
        """OP3: the scheduled action prepares the rest, and makes the documents of what was sent."""
        revision = self.upload(("long.pdf", make_pdf(7)), ready=False)
        self.let_only_wait(revision.file_ids)
        with self.enter_registry_test_mode():
            self.env.ref("online_proof.ir_cron_prepare").method_direct_trigger()
        revision.invalidate_recordset()
        self.assertTrue(revision.is_ready)
        self.assertEqual(revision.progress, 100)

    def test_new_revision_after_sending(self):
        """OP10: every upload after sending makes a new revision; the old one stays with its files."""
        first = self.send(content=make_pdf(2))
        second = self.upload(("corrected.pdf", make_pdf(2)))
        self.assertEqual((first.number, second.number), (1, 2))
        self.assertEqual(first.state, "sent", "the customer decides about the first until the second is sent")
        first.proof_id._send_revision(second, self.buyer)
        self.assertEqual(first.state, "superseded")
        self.assertEqual(first.file_ids.name, "proof.pdf")
        self.assertEqual(len(first.page_ids), 2)

    def test_sent_revision_does_not_change(self):
        """OP10: files of a sent revision can be neither removed, nor replaced, nor ordered."""
        revision = self.send()
        file = revision.file_ids
        with self.assertRaisesRegex(UserError, "does not change"):
            file.unlink()
        with self.assertRaisesRegex(UserError, "does not change"):
            file.sequence = 5
        self.assertEqual(len(file.checksum), 64)

    def test_take_over_other_files(self):
        """OP10: where one of many files was corrected, the others are taken over."""
        first = self.upload(("1.jpg", make_image()), ("2.jpg", make_image()))
        first.proof_id._send_revision(first, self.buyer)
        second = self.upload(("2.jpg", make_image(color=(1, 2, 3))))
        second.action_copy_previous_files()
        self.assertEqual(self.names(second), ["1.jpg", "2.jpg"])
        self.assertTrue(second.is_ready)
        self.assertNotEqual(
            second.file_ids.filtered(lambda file: file.name == "1.jpg").attachment_id,
            first.file_ids.filtered(lambda file: file.name == "1.jpg").attachment_id,
        )

    def test_originals_are_out_of_reach(self):
        """OP5: neither customer nor a plain employee can read an original."""
        from odoo.exceptions import AccessError
        from odoo.tests import new_test_user

        revision = self.send()
        original = revision.file_ids.attachment_id
        portal = new_test_user(self.env, "proofportal", groups="base.group_portal", partner_id=self.buyer.id)
        employee = new_test_user(self.env, "plain", groups="base.group_user")
        for user in (portal, employee, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                original.with_user(user).read(["raw"])
        self.assertFalse(original.public or original.access_token)
