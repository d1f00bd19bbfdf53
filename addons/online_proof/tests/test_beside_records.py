"""Files, people and lines beside the ones that are meant: found under the same name, but of something else."""

from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged

from ..engine import const
from ..engine.errors import FileRefusedError
from ..models.online_proof_file_press import profile_path
from .test_beside import BesideCase


@tagged("post_install", "-at_install")
class TestBesideRecords(BesideCase):
    """OP4, OP10: a page's picture is its own, and people are told of what is theirs."""

    def attach(self, record, name, field=False, **values):
        owner = {"res_model": record._name, "res_id": record.id, "res_field": field}
        return self.env["ir.attachment"].create({"name": name, "raw": b"1", **owner, **values})

    def test_pictures(self):
        """OP4: pictures of other records, pages and fields are not shown for a page's."""
        page, other = self.revision.page_ids, self.put(self.make_order()).page_ids
        for record, field in ((other, False), (page, "preview"), (self.revision, False)):
            self.attach(record, "tile.jpg", field, **({"res_id": page.id} if record == self.revision else {}))
        self.attach(page, "else.jpg")
        self.assertFalse(page._find_derived("tile.jpg"))
        own = self.attach(page, "tile.jpg")
        self.assertEqual(page._find_derived("tile.jpg"), own)
        self.attach(self.revision, "preview", "preview", res_id=other.id)
        self.assertFalse(other._get_picture())
        self.assertEqual(page._get_picture().name, "tile.jpg")
        self.attach(page, "watermark", "watermark", res_id=self.revision.id)
        self.attach(other.revision_id, "watermark", "watermark")
        self.assertFalse(self.revision._get_field_attachment("watermark"))

    def test_remembered(self):
        """OP+2: what was recognized once is remembered for the same pages of the same revision alone."""
        made = []

        def remember(revision, key):
            return revision._remember("pages", key, lambda: made.append(key) or key)

        other = self.put(self.make_order())
        for revision, key in ((self.revision, [1]), (self.revision, [2]), (other, [1]), (self.revision, [1])):
            self.assertEqual(remember(revision, key), key)
        self.assertEqual(made, [[1], [2], [1]])

    def test_profiles(self):
        """OP14: a profile is that of the own record."""
        theirs = self.put(self.make_order()).file_ids
        self.attach(self.file, "p", "press_profile")
        self.attach(theirs, "q", "press_profile", raw=b"2")
        self.attach(self.proof, "r", "press_profile", res_id=self.file.id, raw=b"3")
        for file, content in ((self.file, b"1"), (theirs, b"2")):
            with profile_path(file, "press_profile") as path:
                self.assertEqual(Path(path).read_bytes(), content)

    def test_squares(self):
        """OP4: squares lie on the page; plates are those of pages that were drawn with inks."""
        page = self.revision.page_ids
        page.write({"zoom_width": const.TILE, "zoom_height": const.TILE})
        self.assertEqual(page._get_tile_box(0, 0), [0, 0, const.TILE, const.TILE])
        for column, row in ((1, 0), (0, 1), (-1, 0), (0, -1)):
            with self.assertRaises(IndexError):
                page._get_tile_box(column, row)
        for values in ({"renderer": "pdfium", "state": "ready"}, {"renderer": "ghostscript", "state": "failed"}):
            page.write(values)
            with self.assertRaisesRegex(FileRefusedError, "no_plates"):
                page._get_plates()

    def test_checked_again(self):
        """OP5: files that are still being prepared are checked then, and shown places are on their own page."""
        draft = self.put(self.make_order())
        checked = []
        with patch.object(type(self.file), "_run_preflight", lambda files: checked.append(files)):
            draft.file_ids._check_again()
            draft.file_ids.state = "preparing"
            draft.file_ids._check_again()
        self.assertEqual(checked, [draft.file_ids, draft.browse()[:0].file_ids])
        finding = {"file_id": self.file.id, "code": "x", "severity": "info", "box": [0, 0, 1, 1]}
        shown = self.env["online.proof.finding"].create([{**finding, "page": page} for page in (1, 2)])
        self.assertEqual([bool(one.place) for one in shown], [True, False])

    def test_not_delivered(self):
        """OP+9: a mail that did not arrive is that of whose address it is."""
        other = self.env["online.proof.reviewer"]._get_or_create(self.proof, self.colleague)
        self.proof._on_not_delivered(self.buyer.email)
        self.assertEqual((self.person.undelivered, other.undelivered), (True, False))

    def test_waiting_by_mail(self):
        """OP11: of a proof that goes by mail those are reminded who got it and whose link works."""
        self.person._invite_guest("Gina", "gina@example.org")
        other = self.env["online.proof.reviewer"]._get_or_create(self.proof, self.colleague)
        other._revoke_access_link()
        self.order.proof_type = "email"
        self.assertEqual(self.proof._get_waiting(), self.person)

    def test_told_with_the_request(self):
        """OP+1: with a request go the own comments; what others wrote is still to be told."""
        own = self.comment()
        other = self.env["online.proof.reviewer"]._get_or_create(self.proof, self.colleague)
        spot = {"page": 1, "x": 0, "y": 0, "body": "x"}
        theirs = self.env["online.proof.comment"]._add(self.revision, spot, reviewer=other)
        self.decide("changes")
        self.assertEqual((bool(own.date_told), bool(theirs.date_told)), (True, False))
        self.assertEqual(self.person.decision, "changes")
        self.proof._withdraw(self.person)
        self.assertFalse(self.person.decision)

    def test_lines(self):
        """OP2: files are checked against the first product with a format, be it of sides or of pages."""
        products = self.env["product.product"].create(
            [{"name": "Plain", "type": "consu"}, {"name": "Book", "type": "consu", "proof_pages": 8}]
        )
        order = self.make_order()
        order.order_line = [Command.clear(), *(Command.create({"product_id": product.id}) for product in products)]
        proof = self.put(order).proof_id
        order.order_line.proof_id = False
        self.assertEqual(proof._get_default_sale_line().product_id, products[1])
        order.order_line = [Command.create({"product_id": self.product.id})]
        self.assertEqual(proof._get_default_sale_line().product_id, self.product)

    def test_statuses(self):
        """OP7, OP10: columns are those of the own companies; the first moment of production stays."""
        theirs = self.env["sale.production.status"].create(
            {"code": "zz", "name": "Theirs", "company_id": self.elsewhere.id}
        )
        orders = self.env["sale.order"].with_context(allowed_company_ids=self.company.ids)
        self.assertNotIn(theirs, orders._group_expand_production_status(theirs.browse(), []))
        self.assertNotIn(theirs, theirs.search(theirs._get_domain(self.company)))
        before = fields.Datetime.now() - timedelta(days=1)
        self.order.date_production = before
        self.order._begin_production(self.status("081"))
        self.assertEqual(self.order.date_production, before)

    def test_administrators(self):
        """OP16: an administrator without an address is asked nothing."""
        self.buyer.proof_user_level_id = self.env.ref("online_proof.user_level_needs_approval")
        self.colleague.proof_user_level_id = self.env.ref("online_proof.user_level_administrator")
        self.assertEqual(self.buyer._get_proof_administrators(), self.colleague)
        self.colleague.email = False
        self.assertFalse(self.buyer._get_proof_administrators())
