import io
import json
from unittest.mock import patch

import pikepdf
import psycopg2.errors
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import SQL
from PIL import Image

from .. import const
from ..engine import const as engine
from .common import ProofCase, make_pdf


@tagged("post_install", "-at_install")
class TestPages(ProofCase):
    """Pictures made on request, and documents."""

    def test_tiles(self):
        """OP4: a region is rendered once and then kept; outside of the page there is none."""
        page = self.send().page_ids
        tile = page._get_tile(1, 2)
        image = Image.open(io.BytesIO(tile.raw))
        expected = (
            min(engine.TILE, page.zoom_width - engine.TILE),
            min(engine.TILE, page.zoom_height - 2 * engine.TILE),
        )
        self.assertEqual(image.size, expected)
        self.assertEqual(page._get_tile(1, 2), tile)
        for column, row in ((-1, 0), (9, 0), (0, 9)):
            with self.assertRaises(IndexError):
                page._get_tile(column, row)

    def test_rendering_is_bounded(self):
        """OP4: while all places are taken nothing more is rendered; afterwards it is."""
        page = self.send().page_ids
        with db_connect(self.env.cr.dbname).cursor() as other:
            for slot in range(const.RENDER_SLOTS):
                other.execute(SQL("SELECT pg_try_advisory_lock(%s, %s)", const.LOCK_RENDER, slot))
            try:
                self.assertIsNone(page._get_tile(0, 1))
            finally:
                other.execute("SELECT pg_advisory_unlock_all()")
        self.assertTrue(page._get_tile(0, 1))

    def test_differences(self):
        """OP+2: the changed regions of two revisions' pages are found and kept."""
        first = self.send(content=make_pdf(2))
        second = self.send(content=make_pdf(2, texts={2: "Changed words"}))
        old, new = (revision.page_ids.sorted("number") for revision in (first, second))
        nothing = {"regions": [], "shift": [0, 0], "facts": []}
        self.assertEqual(json.loads(new[0]._get_differences(old[0]).description), nothing)
        found = new[1]._get_differences(old[1])
        [changed] = json.loads(found.description)["regions"]
        self.assertEqual((changed["from"], changed["to"]), ("Page 2", "Changed words"))
        self.assertEqual(new[1]._get_differences(old[1]), found)

    def test_watermark_names(self):
        """OP5: the watermark names order, revision, customer and date; the PDF is made once."""
        revision = self.send(content=make_pdf(2))
        lines = " ".join(revision._get_watermark_lines())
        for text in (self.order.name, "Revision 1", "Printing Customer", str(revision.date_sent.year)):
            self.assertIn(text, lines)
        watermark = revision._get_watermark()
        with pikepdf.open(io.BytesIO(watermark.raw)) as pdf:
            self.assertEqual(len(pdf.pages), 2)
        self.assertEqual(revision._get_watermark(), watermark)

    def test_documents_of_the_scheduled_action(self):
        """OP5: the watermarked PDF is there before somebody asks for it."""
        revision = self.send()
        for _run in range(5):
            # on a slow machine one run ends before it has come to the documents of every proof
            with self.enter_registry_test_mode():
                self.env.ref("online_proof.ir_cron_prepare").method_direct_trigger()
            revision.invalidate_recordset()
            if revision.watermark:
                break
        self.assertTrue(revision.watermark)

    def test_documents_of_a_busy_revision(self):
        """OP5: somebody decides while the PDF is made: it is made anew, and the other proofs do not wait for it."""
        busy, other = self.send(), self.send(order=self.make_order())
        revisions = type(busy)
        make, conflicts = revisions._get_watermark, []

        def make_or_conflict(revision):
            if revision == busy and not conflicts:
                conflicts.append(revision)
                raise psycopg2.errors.SerializationFailure
            return make(revision)

        with patch.object(revisions, "_get_watermark", make_or_conflict), self.enter_registry_test_mode():
            for _run in range(5):
                self.env.ref("online_proof.ir_cron_prepare").method_direct_trigger()
                (busy | other).invalidate_recordset()
                if busy.watermark and other.watermark:
                    break
        self.assertTrue(conflicts)
        self.assertTrue(busy.watermark and other.watermark)
