"""What the engine refuses, and where it stops, when a program beside it gives up: without a database."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pikepdf
from odoo.tests import BaseCase, tagged
from PIL import Image

from ..engine import (
    barcodes,
    claims,
    client,
    compare,
    const,
    content,
    difference,
    documents,
    facts,
    ghostscript,
    ink,
    mend,
    pdfium,
    preflight,
    press,
    rasteriser,
    rules,
    separation,
    sides,
    spots,
    usage,
    words,
)
from ..engine.errors import FileRefusedError
from ..engine.paint import State
from ..life import signature
from .test_beside_engine import page_of


def broken_intent():
    """Return a PDF whose output intent says four inks and is no profile."""
    pdf, page = page_of()
    profile = pdf.make_stream(b"no profile")
    profile.N = 4
    intent = pikepdf.Dictionary(Type=pikepdf.Name.OutputIntent, S=pikepdf.Name.GTS_PDFX, DestOutputProfile=profile)
    pdf.Root.OutputIntents = pikepdf.Array([intent])
    return pdf, page


class PlainCase(BaseCase):
    """Base class: a folder that goes away."""

    def setUp(self):
        super().setUp()
        stack = ExitStack()
        self.addCleanup(stack.close)
        self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))

    def keep(self, content_, name="file"):
        path = self.folder / name
        path.write_bytes(content_)
        return path

    def refused(self, code, work, *args, **values):
        with self.assertRaisesRegex(FileRefusedError, code):
            work(*args, **values)


@tagged("post_install", "-at_install")
class TestBesideRefusals(PlainCase):
    """OP2, OP4, OP+8: what programs could not draw, write or read is refused."""

    def test_first_look(self):
        """OP2: what is empty, too large, or counted and not there is no document."""
        self.refused("empty", documents.kind_of, self.keep(b""))
        poster = self.folder / "poster.png"
        Image.new("L", (3000, 9)).save(poster, dpi=(10, 10))
        self.refused("page_too_large", documents.inspect, poster)
        pdf, _page = page_of((0, 0, 15_000, 400))
        pdf.save(self.folder / "large.pdf")
        self.refused("page_too_large", documents.inspect, self.folder / "large.pdf")
        self.refused("no_pages", documents._pdf_pages, pikepdf.new())
        pdf, _page = page_of()
        pdf.save(self.folder / "plain.pdf")
        with patch.object(documents, "_pdf_pages", side_effect=FileRefusedError("too_heavy")):
            self.refused("too_heavy", documents.inspect, self.folder / "plain.pdf")

    def test_counted_pages(self):
        """OP2: PDFium's pages are limited, too; where it finds none, the first refusal stands."""
        refusal = FileRefusedError("no_pages")
        sheets = SimpleNamespace(get_page_size=lambda _number: (99, 99), number=0)
        for number, limit, code in ((0, 2, "no_pages"), (2, 2, ""), (3, 2, "too_many_pages")):
            document = type("Document", (), {"__len__": lambda _self, number=number: number})()
            document.get_page_size = sheets.get_page_size
            with (
                patch.object(pdfium, "open_document", lambda _path, document=document: document),
                patch.object(const, "MAX_PAGES", limit),
            ):
                if code:
                    self.refused(code, documents._pages_by_pdfium, "x", refusal)
                else:
                    self.assertEqual(len(documents._pages_by_pdfium("x", refusal)), 2)

    def test_no_size(self):
        """OP4: a page of no size is shown whole, where anything of it is there."""
        found = []
        for whole in ((9, 9), (0, 0)):
            page = SimpleNamespace(size=(0, 0), get_mediabox=lambda: (0, 0, 9, 9))
            page.get_size = lambda page=page: page.size
            page.set_cropbox = lambda *_box, page=page, whole=whole: setattr(page, "size", whole)
            with patch.object(pdfium, "draw", lambda _page, scale: found.append(scale)):
                if any(whole):
                    pdfium.draw_page(page, 18)
                else:
                    self.refused("damaged", pdfium.draw_page, page, 18)
        self.assertEqual(found, [2.0])

    def test_regions(self):
        """OP4: a region that no renderer can draw is refused; several pairs are shared between two processes."""
        with patch.object(client, "run_job", side_effect=FileRefusedError("damaged")):
            place = ("x", "image", 0, [9, 9], [0, 0, 9, 9], "target")
            self.refused("damaged", client.render_region, *place, renderer=client.renderers("image")[0])
        target = self.folder / "part.jpg"
        for code, there in ((1, True), (0, False)):
            (target.write_bytes(b"x") if there else target.unlink(missing_ok=True))
            with patch.object(
                client.subprocess, "run", lambda *_args, code=code, **_values: SimpleNamespace(returncode=code)
            ):
                self.refused("damaged", client._render_region_by_poppler, "x", 0, [9, 9], [0, 0, 9, 9], target)
        for number, jobs in ((const.WORTH_A_PROCESS, 2), (const.WORTH_A_PROCESS - 1, 1)):
            started = []
            with patch.object(client, "run_job", lambda *_args, started=started, **_values: started.append(1) or []):
                client.compare([({}, {})] * number, self.folder, 2.0)
            self.assertEqual(len(started), jobs)

    def test_converted(self):
        """OP+8: what Ghostscript did not write, or wrote with other pages, mends nothing."""
        target = self.folder / "mended.pdf"
        opened = SimpleNamespace(press=SimpleNamespace(mode="CMYK", path="p"), path="x")
        for code, there in ((1, True), (0, False)):
            (target.write_bytes(b"x") if there else target.unlink(missing_ok=True))
            process = SimpleNamespace(communicate=lambda timeout: None, returncode=code)
            with (
                patch.object(ghostscript, "Opened", lambda *_args: opened),
                patch.object(ghostscript, "start", lambda *_args, process=process: process),
                patch.object(mend, "_keep_boxes", lambda *_args: None),
            ):
                self.refused("mend_failed", mend._to_press, "x", str(target), "p")
                opened.press.mode = "RGB"
                self.refused("mend_no_press", mend._to_press, "x", str(target), "p")
                opened.press.mode = "CMYK"
        pdf, _page = page_of()
        pdf.save(target)
        pdf.add_blank_page()
        pdf.save(self.folder / "two.pdf")
        self.refused("mend_failed", mend._keep_boxes, str(self.folder / "two.pdf"), str(target))

    def test_plates(self):
        """OP+6: without the plates of the four inks there are none; presses of light have none."""
        for mode, alone in (("CMYK", [("x", {})]), ("RGB", AssertionError("it is not drawn"))):
            with (
                patch.object(separation, "_alone", side_effect=alone),
                patch.object(ghostscript, "run", lambda *_args: None),
            ):
                shop = SimpleNamespace(mode=mode, path="p")
                self.refused("no_plates", separation.draw_plates, "x", 0, (9, 9, 72.0), self.folder, shop)
        curve = [separation._STRAIGHT, 99, *[0] * 254]
        self.assertEqual(separation._from_nothing([curve])[0][:2], [0, 99])

    def test_profiles(self):
        """OP5, OP14: a broken profile is told, and not used; one that makes white dark is none."""
        pdf, page = broken_intent()
        found = claims._check_intents(pdf, rules.DEFAULTS, "")
        self.assertEqual([one["code"] for one in found], ["intent_broken"])
        shop = self.keep(b"shop")
        self.assertEqual(facts._press_of(pdf, page, str(shop)), b"shop")
        for level, code in ((199, "profile"), (200, "")):
            picture = Image.new("RGB", (1, 1), (255, 255, level))
            with (
                patch.object(press, "mode_of", lambda _path: "CMYK"),
                patch.object(press, "Press", lambda _path, picture=picture: SimpleNamespace(shown=lambda _p: picture)),
                patch.object(press.ImageCms, "getProfileDescription", lambda _path: "Own"),
            ):
                if code:
                    self.refused(code, press.check, shop)
                else:
                    self.assertEqual(press.check(shop), {"mode": "CMYK", "name": "Own"})
        stream = pdf.make_stream(b"x")
        for distance, is_other in ((claims.OTHER, False), (claims.OTHER + 1, True)):
            with (
                patch.object(press, "mode_of", lambda _path: "CMYK"),
                patch.object(press, "distance", lambda *_args, distance=distance: distance),
            ):
                self.assertEqual(claims._is_other(stream, str(shop)), is_other)
        with patch.object(press, "distance", lambda *_args: facts.SAME_PRESS):
            self.assertFalse(facts._same_press(b"x", b"y"))

    def test_keys(self):
        """OP+10: a key file that holds something else, or no key, is refused as one."""
        for pair in ((object(), object()), (None, object())):
            with patch.object(signature.pkcs12, "load_key_and_certificates", lambda *_args, pair=pair: (*pair, [])):
                with self.assertRaises(ValueError):
                    signature.open_key(b"x")
                if pair[0] is None:
                    with self.assertRaises(ValueError):
                        signature._make_signer(b"x")


@tagged("post_install", "-at_install")
class TestBesideLevels(PlainCase):
    """OP5, OP+2: what lies exactly on a level."""

    def test_content(self):
        """OP5: a picture without a width has no resolution; time that is just used up is not too much."""
        pdf, page = page_of()
        picture = pdf.make_stream(b"\0")
        names = {"Type": "XObject", "Subtype": "Image", "ColorSpace": "DeviceGray"}
        picture.update({f"/{key}": pikepdf.Name(f"/{value}") for key, value in names.items()})
        picture.Width = picture.Height = 1
        picture.BitsPerComponent = 8
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=picture))
        for matrix in ("0 0 0 9", "9 0 0 0", "9 0 0 9"):
            page.obj.Contents = pdf.make_stream(f"q {matrix} 0 0 cm /P Do Q".encode())
            found = []
            reader = content.Reader(found.append)
            reader.walk(page.obj, State())
            self.assertEqual((reader.faults, [one.kind for one in found]), (0, ["picture"]))
            self.assertEqual("dpi" in found[0].values, matrix == "9 0 0 9")
        reader.budget = content._LOOK_AT_CLOCK * 2 + 1
        with patch.object(content.time, "process_time", lambda: reader.end):
            self.assertTrue(reader.spend())
        _plain, plain = page_of()
        for most, unread in ((1, True), (2, False)):
            with patch.object(usage, "_MOST", most):
                self.assertEqual(usage.of_page(plain).overprint, unread)

    def test_barcodes(self):
        """OP5: a contrast, and a size, of exactly what readers need are enough."""
        corner = SimpleNamespace(x=0, y=0)
        position = SimpleNamespace(
            top_left=corner, top_right=SimpleNamespace(x=1, y=0), bottom_right=corner, bottom_left=corner
        )
        code = SimpleNamespace(position=position, format=SimpleNamespace(name="EAN13"), text="x")
        picture = Image.new("RGB", (9, 9))
        for share, told in ((barcodes._LEAST_CONTRAST, None), (barcodes._LEAST_CONTRAST - 0.01, "barcode_contrast")):
            with (
                patch.object(barcodes, "_extremes", lambda _band: (0, 1)),
                patch.object(barcodes, "_reflectance", lambda level, share=share: share * level),
            ):
                fault = barcodes._weakness(picture, code, 0)
                self.assertEqual(fault and fault[0], told)
        for dpi, told in ((25.4, None), (26, "barcode_small")):
            with (
                patch.object(barcodes, "_extremes", lambda _band: (0, 255)),
                patch.multiple(barcodes, _MODULES={"EAN13": 1}, _SMALLEST_MM=1 / 25.4 * 25.4, _SLACK=0.0),
            ):
                fault = barcodes._weakness(picture, code, dpi)
                self.assertEqual(fault and fault[0], told)

    def test_ink(self):
        """OP5: as much ink as a shop takes, to what measuring may miss, is not too much."""
        with (
            patch.object(ink, "_total_of", lambda _picture: None),
            patch.object(ink, "_cut", lambda *_args: None),
            patch.object(ink, "_most", lambda _total: 300 + ink._SLACK),
        ):
            self.assertFalse(ink._check_picture(None, 1, 300, None))

    def test_pictures(self):
        """OP5: a picture of the resolution asked for is fine; codes are read in so many pictures of a file."""
        path = self.folder / "two.tif"
        frame = Image.new("L", (99, 99))
        frame.save(path, save_all=True, append_images=[frame], dpi=(200, 200))
        read = []
        with (
            patch.object(preflight, "_PICTURES_READ", 1),
            patch.object(preflight, "_check_codes_of_picture", lambda *args: read.append(args) or []),
        ):
            for minimum, codes in ((200, []), (201, ["low_resolution"] * 2)):
                found = preflight._check_image(path, {}, {**rules.DEFAULTS, "minimum_dpi": minimum})
                self.assertEqual([one["code"] for one in found], codes)
        self.assertEqual(len(read), 2, "the first of each look")

    def test_differences(self):
        """OP+2: letters, inks and points that differ by just what renderers differ by are the same."""
        gray = Image.new("L", (40, 40), 100)
        more = {level: Image.new("L", (40, 40), 100 + level) for level in (8, 9, difference.AREA, difference.PARTLY)}
        self.assertEqual((difference.MEAN, difference.LETTERS), (8, 8))
        self.assertTrue(difference._same_letters(gray, more[8]))
        self.assertFalse(difference._same_letters(gray, more[9]))
        self.assertFalse(difference.evens_out(gray, more[difference.AREA], (15, 15, 25, 25)))
        self.assertTrue(difference.evens_out(gray, gray, (15, 15, 25, 25)))
        self.assertTrue(difference._is_moved(gray, more[difference.PARTLY], (0, 0)))
        side = SimpleNamespace(shown=lambda picture: picture.convert("RGB"))
        sheets = [Image.new("CMYK", (9, 9), (level, 0, 0, 0)) for level in (0, difference.AREA)]
        with patch.object(compare.delta, "between", lambda *_pair: 2.0):
            for limit, kind in ((2.0, "color"), (2.1, "ink")):
                region = compare._described((0, 0, 9, 9), tuple(sheets), [side, side], (9, 9), limit)
                self.assertEqual((region["kind"], list(region["inks"])), (kind, ["cyan"]))
        pair = SimpleNamespace(sides=[SimpleNamespace(page={"frame": 1})] * 2)
        self.assertFalse(sides._follows(pair, pair), "no page follows itself")

    def test_words(self):
        """OP+2: words on a sheet of no size, and letters of no width, are nowhere; a hair is no move."""
        found = object.__new__(words.Words)
        found.found = [("a", 0, 1)]
        for letter, sheet, shown in (
            ((0, 0, 1, 1), (0, 0, 9, 9), True),
            ((0, 0, 1, 1), (0, 0, 0, 9), False),
            ((0, 0, 1, 1), (0, 0, 9, 0), False),
            ((1, 0, 1, 1), (0, 0, 9, 9), False),
        ):
            found.text = SimpleNamespace(get_charbox=lambda _index, letter=letter: letter)
            found.sheet = SimpleNamespace(get_cropbox=lambda sheet=sheet: sheet, get_rotation=lambda: 0)
            self.assertEqual(found.box(0, 1) is not None, shown)
        old = SimpleNamespace(box=lambda *_word: [0.0] * 4)
        page = {"width_mm": 1, "height_mm": 1}
        for move, stands in ((words.PLACE_MM, 1), (words.PLACE_MM * 2, 0)):
            new = SimpleNamespace(box=lambda *_word, move=move: [move] * 4)
            same = words._unmoved(old, new, [(0, 0)], page, (0, 0), lambda _place: True)
            self.assertEqual(len([*same]), stands)

    def test_spots(self):
        """OP+1: a comment goes with words that are just near and like enough."""
        pair = object.__new__(spots._Pair)
        pair.old, pair.new = SimpleNamespace(texts=["a", "b"]), SimpleNamespace(texts=["a", "b", "c"])
        self.assertEqual([pair._neighbors(0, 0), pair._neighbors(1, 1)], [1, 1])
        other = object.__new__(spots._Pair)
        other.old, other.new = pair.new, pair.old
        self.assertEqual(other._neighbors(0, 0), 1)
        pair.near_mm = 5
        with (
            patch.object(pair, "_old_box", lambda _word: (0, 0, 1, 1), create=True),
            patch.object(spots, "_distance", lambda *_args: 5.0),
        ):
            self.assertEqual(len(pair._near((0, 0))), 2)
        with patch.object(type(pair), "_neighbors", lambda *_args: spots.ELSEWHERE):
            self.assertEqual(pair._same_context(1, [1]), 1)
        with patch.object(type(pair), "_near", lambda *_args: [(0, 0), (0, 1), (0, 2)]):
            for far, alike in ((0.5, True), (1, False)):
                ways = iter([(9, 9), (9, 9 + far), (9, 9)])
                with patch.object(type(pair), "_carried", lambda *_args, ways=ways: next(ways)):
                    self.assertEqual(pair._with_words((0, 0)), (9, 9) if alike else (0, 0))

    def test_shared(self):
        """OP4: what is just worth another process is shared with one, while there is room for one."""
        with patch.object(rasteriser.Batch, "seconds_left", lambda batch: batch.seconds_left()):
            for left, seconds, shared in (
                (const.WORTH_A_PROCESS, const.WORTH_SECONDS, ["half"]),
                (const.WORTH_A_PROCESS - 1, const.WORTH_SECONDS, []),
                (const.WORTH_A_PROCESS, const.WORTH_SECONDS / 2, []),
            ):
                batch = SimpleNamespace(
                    missing=lambda left=left: [0] * left,
                    seconds_left=lambda seconds=seconds: seconds,
                    halve=lambda: "half",
                )
                self.assertEqual(rasteriser._second_halves([batch]), shared)
                self.assertFalse(rasteriser._second_halves([batch] * const.PARALLEL_PROCESSES))
        batch = object.__new__(rasteriser.Batch)
        ended = []
        batch.process = SimpleNamespace(poll=lambda: None)
        batch.last_sign = 0
        with (
            patch.object(rasteriser.Batch, "missing", lambda _batch: [1]),
            patch.object(rasteriser.Batch, "stop", lambda _batch: ended.append(1)),
        ):
            for seconds, stopped in ((const.PAGE_SECONDS, 0), (const.PAGE_SECONDS + 1, 1)):
                with patch.object(rasteriser.time, "monotonic", lambda seconds=seconds: seconds):
                    batch.over()
                self.assertEqual(len(ended), stopped)
            batch.first_sign, batch.started, batch.first_count, batch.done = None, 0, 0, [1, 2]
            with patch.object(rasteriser.time, "monotonic", lambda: const.WORTH_SECONDS):
                self.assertEqual(batch.seconds_left(), const.WORTH_SECONDS / 2)
