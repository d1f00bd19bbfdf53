import contextlib
import io
import os
import shutil
import time

import pikepdf
from odoo.tests import BaseCase, tagged
from PIL import Image

from ..engine import ahead, client, const, ghostscript, holding, printed, rasteriser
from ..engine.errors import FileRefusedError
from . import engine_results
from .common import ProofCase, make_image, make_pdf


class AheadCase(BaseCase):
    """Files that somebody draws ahead."""

    def setUp(self):
        super().setUp()
        self.folder = self.enterContext(client.work_folder())
        #: beside which others would draw, see ``engine.holding``
        self.target = self.folder / "all" / "one"
        self.started = []
        start = rasteriser.Source.start

        def note(source, batch):
            process = start(source, batch)
            self.started.append((batch.first, batch.last, batch.tool, process))
            return process

        self.patch(rasteriser.Source, "start", note)

    def save(self, content):
        path = self.folder / "file"
        path.write_bytes(content)
        return path

    def draw_ahead(self, path):
        """Take the first page, and leave the others to the process; return it."""
        with ahead.first_page(path, self.target, "") as drawing:
            self.assertEqual([number for [(number, _path)] in drawing.pages()], [0])
            drawing.leave()
        return self.started.pop()[3]

    def prepare(self, path, numbers):
        """Return the numbers of the pages that became ready, in that order."""
        with ahead.begun(self.target, numbers) as batch:
            drawn = rasteriser.render_together(path, "pdf", numbers, self.folder, "", batch)
            pages = [page for ready in drawn for page in ready]
            self.assertTrue(all(Image.open(picture).size for _number, picture in pages))
        self.assertFalse(self.target.exists())
        return [number for number, _picture in pages]


@tagged("post_install", "-at_install")
class TestAhead(AheadCase):
    """Pages that are drawn before somebody asks for them."""

    def test_first_page(self):
        """OP3: the first page is drawn while the file is looked at; where it is refused, nothing goes on drawing."""
        path = self.save(make_pdf(2))
        with ahead.first_page(path, self.target, "") as drawing:
            [[(number, picture)]] = drawing.pages()
            self.assertEqual(number, 0)
            self.assertEqual(max(Image.open(picture).size), const.PREVIEW_SIDE)
            self.assertEqual(max(Image.open(f"{picture}{const.SMALL_SUFFIX}").size), const.SMALL_SIDE)
        with self.assertRaises(FileRefusedError), ahead.first_page(path, self.target, ""):
            raise FileRefusedError("damaged")
        self.assertEqual([process.poll() is None for *_batch, process in self.started], [False, False])
        self.assertFalse(self.target.exists())
        with ahead.first_page(self.save(make_image("PNG")), self.target, "") as drawing:
            self.assertIsNone(drawing)

    def test_goes_on(self):
        """OP3: the process of the first page draws the next ones; whoever prepares the file starts none for them."""
        path = self.save(make_pdf(5))
        process = self.draw_ahead(path)
        self.assertEqual(self.prepare(path, range(1, 5)), [1, 2, 3, 4])
        self.assertFalse(self.started)
        process.wait(10)

    def test_begun_at_once(self):
        """OP3: Ghostscript begins before the next pages are looked at, and anew where one is drawn in another way."""
        with pikepdf.open(io.BytesIO(make_pdf(4))) as pdf:
            for number in (1, 2):
                pdf.pages[number].MediaBox = pikepdf.Array([0, 0, 300, 400])
            pdf.save(self.folder / "file")
        begun, looked = [], []
        drawing, look = ghostscript.Drawing, printed.Sheets.way_of

        def begin(*values, **options):
            begun.append(len(looked))
            return drawing(*values, **options)

        self.patch(ghostscript, "Drawing", begin)
        self.patch(printed.Sheets, "way_of", lambda sheets, number: looked.append(number) or look(sheets, number))
        sheets = printed.Sheets(self.folder / "file", self.folder, "")
        pages = [(number, picture.size) for number, picture, _press in sheets.draw_all(range(4), 400)]
        self.assertEqual(pages, [(0, (282, 400)), (1, (300, 400)), (2, (300, 400)), (3, (282, 400))])
        self.assertEqual(len(begun), 3)
        self.assertEqual(begun[0], 1)

    def test_beyond_its_share(self):
        """OP3: the pages after those of the first process are drawn by another one meanwhile."""
        path = self.save(make_pdf(5))
        self.patch(const, "PAGES_PER_PROCESS", 3)
        self.draw_ahead(path)
        self.assertEqual(sorted(self.prepare(path, range(1, 5))), [1, 2, 3, 4])
        self.assertEqual([batch[:2] for batch in self.started], [(3, 4)])

    def test_drawn_before(self):
        """OP3: what a process drew that is gone is taken, and the other pages are drawn anew."""
        path = self.save(make_pdf(5))
        process = self.draw_ahead(path)
        process.wait(10)
        (self.target / "0-ghostscript-000003.jpg").unlink()
        self.assertEqual(sorted(self.prepare(path, range(1, 5))), [1, 2, 3, 4])
        self.assertEqual([batch[:2] for batch in self.started], [(2, 2)])

    def test_dies(self):
        """OP3: where the process that draws ahead dies, Ghostscript is asked again for each page that is missing."""
        path = self.save(make_pdf(4))
        self.draw_ahead(path).wait(10)
        (self.target / "0-ghostscript-000003.jpg").unlink()
        with contextlib.closing(holding._hold(self.target / "living")) as lock:
            self.assertTrue(holding.is_alive(self.target))
            with ahead.begun(self.target, range(1, 4)) as batch:
                self.patch(rasteriser.time, "sleep", lambda _seconds: lock.close())
                drawn = rasteriser.render_together(path, "pdf", range(1, 4), self.folder, "", batch)
                pages = [page for ready in drawn for page in ready]
        self.assertEqual([number for number, _picture in pages], [1, 2, 3])
        self.assertEqual({rasteriser.renderer_of(picture) for _number, picture in pages}, {"ghostscript"})
        self.assertEqual([batch[:3] for batch in self.started], [(2, 3, "ghostscript")])

    def test_hangs(self):
        """OP3: a process that shows no page for too long is waited for no longer; the system ends it."""
        path = self.save(make_pdf(3))
        self.draw_ahead(path).wait(10)
        (self.target / "0-ghostscript-000002.jpg").unlink()
        with contextlib.closing(holding._hold(self.target / "living")):
            self.patch(const, "PAGE_SECONDS", 0.05)
            with ahead.begun(self.target, range(1, 3)) as batch:
                running = rasteriser.render_together(path, "pdf", range(1, 3), self.folder, "", batch)
                time.sleep(0.1)
                self.assertTrue(batch.over())
                self.assertFalse(holding.is_alive(self.target))
                running.close()
        alarms = []
        self.patch(holding.signal, "alarm", alarms.append)
        self.target.mkdir()
        holding.Ahead(self.target).begin_page()
        self.assertEqual(alarms, [const.PAGE_SECONDS])

    def test_not_wanted(self):
        """OP3: a process whose pages nobody wants any more ends after the page in work."""
        self.target.mkdir(parents=True)
        process = holding.Ahead(self.target)
        self.patch(holding.signal, "alarm", lambda _seconds: None)
        process.begin_page()
        holding.dismiss(self.target)
        with self.assertRaises(holding.NotWantedError):
            process.begin_page()

    def test_few_at_a_time(self):
        """OP3: many files at once leave few processes behind; the others end after the first page."""
        path = self.save(make_pdf(3))
        others = [self.target.parent / str(number) for number in range(const.PARALLEL_PROCESSES)]
        for other in others:
            other.mkdir(parents=True)
        held = [holding.Ahead(other) for other in others]
        self.assertEqual([process.may_go_on() for process in held], [True] * len(held))
        self.draw_ahead(path).wait(10)
        self.assertFalse(self.target.exists())
        self.assertFalse(self.prepare(path, []))
        del held

    def test_another_database(self):
        """OP3: what was drawn for a database that had the same name is neither taken nor in the way."""
        path = self.save(make_pdf(2))
        self.target.mkdir(parents=True)
        (self.target / "0-ghostscript-000002.jpg").write_bytes(b"of somebody else")
        self.draw_ahead(path)
        self.assertEqual(self.prepare(path, [1]), [1])
        self.assertEqual([each for each in self.target.parent.iterdir() if each.is_dir()], [])


@tagged("post_install", "-at_install")
class TestAheadOfUpload(ProofCase):
    """Uploads whose pages are drawn ahead."""

    def setUp(self):
        super().setUp()
        # not those that the tests share
        self.patch(ahead, "first_page", engine_results.real_first_page)
        self.patch(rasteriser, "render_together", engine_results.real_render_together)

    def test_upload(self):
        """OP3: what was drawn since the upload is kept when the file is prepared, and goes from where it was drawn."""
        revision = self.upload(("three.pdf", make_pdf(3)), ready=False)
        file = revision.file_ids
        folder = file.attachment_id._proof_folder_ahead()
        self.assertTrue(folder.is_dir())
        self.patch(rasteriser.Source, "start", lambda *_values: self.fail("drawn twice"))
        file._make_ready()
        self.assertEqual(revision.page_ids.mapped("state"), ["ready"] * 3)
        self.assertEqual(set(revision.page_ids.mapped("renderer")), {"ghostscript"})
        self.assertFalse(folder.exists())

    def test_undone(self):
        """OP3: what is drawn for an upload that the database undoes ends with it, and nothing of it is left."""
        self.env.cr.postrollback.clear()
        revision = self.upload(("three.pdf", make_pdf(3)), ready=False)
        folder = revision.file_ids.attachment_id._proof_folder_ahead()
        self.assertTrue(folder.is_dir())
        self.env.cr.postrollback.run()
        self.assertFalse(folder.exists())

    def test_nobody_comes(self):
        """OP3: what nobody came for within an hour is cleared away; what is younger stays."""
        parent = self.env["ir.attachment"]._proof_folders_ahead()
        for name, age in (("test-old", 3700), ("test-young", 3500)):
            (parent / name).mkdir(parents=True)
            self.addCleanup(shutil.rmtree, parent / name, ignore_errors=True)
            os.utime(parent / name, (time.time() - age,) * 2)
        self.env["ir.attachment"]._gc_proof_folders_ahead()
        self.assertFalse((parent / "test-old").exists())
        self.assertTrue((parent / "test-young").exists())

    def test_nothing_left(self):
        """OP3: nothing is left of a file of one page, a picture or one that is refused."""
        proof = self.order._get_or_create_proof()
        folder = proof.env["ir.attachment"].create({"name": "any", "raw": b"any"})._proof_folder_ahead().parent
        before = set(folder.glob("*-*"))
        for name, content in (("one.pdf", make_pdf(1)), ("picture.png", make_image("PNG")), ("bad.pdf", b"%PDF-1.4")):
            proof._add_files([(name, content)])
        # the few places of those that go on stay
        left = {path for path in folder.glob("*-*") if not path.name.startswith("place-")}
        self.assertEqual(left - before, set())
