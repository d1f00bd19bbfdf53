import base64
import io
import json
import unittest
from pathlib import Path

import pikepdf
from odoo.exceptions import ValidationError
from odoo.tests import BaseCase, tagged
from PIL import Image, ImageCms

from ..engine import client, delta, images, ink, press, rasteriser
from ..engine.errors import FileRefusedError
from . import patches
from .common import ProofCase, make_pdf

COATED, UNCOATED = str(press.SHIPPED["coated"]), str(press.SHIPPED["uncoated"])
#: Another RGB than the screen's, from Ghostscript's own files.
OTHER_RGB = "/usr/share/color/icc/ghostscript/a98.icc"
#: Pairs and values of the paper of Sharma, Wu and Dalal (2005), table 1.
SHARMA = [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0),
    ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@tagged("post_install", "-at_install")
@unittest.skipUnless(client.ghostscript(), "needs Ghostscript")
class TestColor(BaseCase):
    """OP+8: the page shows what the press prints."""

    def setUp(self):
        super().setUp()
        self.folder = self.enterContext(client.work_folder())

    def draw(self, content, profile=COATED, number=0, **options):
        path = self.folder / "file.pdf"
        path.write_bytes(content)
        drawn = dict(rasteriser.render_pages(path, "pdf", [number], self.folder, press=profile, **options))[number]
        self.assertEqual(rasteriser.renderer_of(drawn), "ghostscript")
        return Image.open(drawn)

    def test_difference_of_colors(self):
        """OP+8: dE2000 as in the table of Sharma, Wu and Dalal (2005)."""
        for first, second, expected in SHARMA:
            self.assertAlmostEqual(delta.delta_e(first, second), expected, 4)

    def test_patches(self):
        """OP+8: patches of every color space are within dE2000 of 2 of what LittleCMS says of the profile."""
        if not Path(OTHER_RGB).exists():
            self.skipTest("needs the profiles of Ghostscript")
        found = patches.colors(OTHER_RGB, UNCOATED)
        self.assertGreaterEqual(len(found), 40)
        for intent, overprint in ((None, False), (None, True), (UNCOATED, False), (UNCOATED, True)):
            self.check_patches(found, intent, overprint)
        mixtures = [patch for patch in found if not patch[0].startswith(("Spot of", "DeviceN"))]
        self.check_patches(mixtures, None, True)  # Ghostscript itself simulates overprint then

    def test_pictures(self):
        """OP+8: a TIFF or JPEG is shown as the press prints it: with its profile, inks and gray without one, RGB."""
        screen = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        own = Path(UNCOATED).read_bytes()
        cases = [("CMYK", color, ("cmyk", color), None) for color in patches.CMYK]
        cases += [("CMYK", color, (UNCOATED, color), own) for color in patches.CMYK]
        cases += [("RGB", color, ("rgb", color), profile) for color in patches.RGB for profile in (None, screen)]
        cases += [("L", (gray,), ("cmyk", (0, 0, 0, 1 - gray)), None) for gray in patches.GRAY]
        path = self.folder / "picture.tif"
        for mode, color, source, profile in cases:
            levels = tuple(round(value * 255) for value in color)
            picture = Image.new(mode, (90, 90), levels if len(levels) > 1 else levels[0])
            picture.save(path, icc_profile=profile)
            drawn = self.folder / "drawn.jpg"
            for draw in (
                lambda target: images.render_pages(path, [0], 60, lambda _number: target, COATED),
                lambda target: images.render_region(path, 0, (90, 90), (10, 10, 80, 80), target, COATED),
            ):
                draw(drawn)
                expected, shown = patches.expected(source, COATED), Image.open(drawn).getpixel((30, 30))
                with self.subTest(mode, color=color, profile=bool(profile)):
                    self.assertLess(delta.between(expected, shown), 2, (expected, shown))
        # the same numbers, whatever the press takes: inks of nobody in particular are those of offset on coated paper
        Image.new("CMYK", (90, 90), (0, 255, 0, 0)).save(path)
        images.render_pages(path, [0], 60, lambda _number: drawn, "")
        expected = patches.expected(("cmyk", (0, 1, 0, 0)), COATED)
        self.assertLess(delta.between(expected, Image.open(drawn).getpixel((30, 30))), 2)

    def test_ink_of_pictures(self):
        """OP+9: too much ink in a TIFF or JPEG is told with its place; an edge is no more ink than its sides."""
        picture = Image.new("CMYK", (600, 800), (153, 153, 153, 255))
        picture.paste((0, 0, 0, 0), (300, 0, 600, 800))
        for name, options in (("picture.tif", {}), ("picture.jpg", {"quality": 95, "subsampling": 0})):
            picture.save(self.folder / name, **options)
            self.assertEqual(ink.check(self.folder / name, 300, COATED), [])
            [found] = ink.check(self.folder / name, 260, COATED)
            self.assertEqual(
                (found["code"], found["page"], found["values"]), ("total_ink", 1, {"ink": 280, "limit": 260})
            )
            self.assertAlmostEqual(found["box"][2], 0.5, delta=0.02)
        Image.new("RGB", (60, 60)).save(self.folder / "picture.png")
        self.assertEqual(ink.check(self.folder / "picture.png", 200, COATED), [])

    def check_patches(self, found, intent, overprint):
        options = {"intent": intent, "overprint": overprint}
        picture = self.draw(patches.make_patches(found, OTHER_RGB, UNCOATED, **options), side=1200)
        for index, (name, _operators, source) in enumerate(found):
            expected, shown = patches.expected(source, intent or COATED), patches.shown(picture, index)
            with self.subTest(name, **options):
                self.assertLess(delta.between(expected, shown), 2, (expected, shown))

    def test_spot_overprints(self):
        """OP+8: a spot color of Lab that overprints lies on what is below: yellow under it stays, and is mixed in."""

        def paint(pdf):
            page = pdf.pages[0].obj
            lab = pikepdf.Array(
                [pikepdf.Name.Lab, pikepdf.Dictionary(WhitePoint=[0.9642, 1, 0.8249], Range=[-128, 127, -128, 127])]
            )
            tint = pikepdf.Dictionary(FunctionType=2, Domain=[0, 1], C0=[100, 0, 0], C1=[60, -40, -40], N=1)
            space = pikepdf.Array([pikepdf.Name.Separation, pikepdf.Name("/Sea"), lab, tint])
            page.Resources.ColorSpace = pikepdf.Dictionary(S=space)
            page.Resources.ExtGState = pikepdf.Dictionary(O=pikepdf.Dictionary(OP=True, op=True, OPM=1))
            page.Contents = pikepdf.Stream(
                pdf, b"0 0 1 0 k 0 0 170 85 re f /S cs 0.5 scn 0 85 85 85 re f /O gs 0 0 85 85 re f"
            )

        picture = self.draw(make_pdf(1, size=(60, 60), extra=paint), side=600)
        alone, mixed, yellow = (picture.getpixel(place) for place in ((150, 150), (150, 450), (450, 450)))
        self.assertLess(delta.between(alone, patches.expected(("lab", (80, -20, -20)), COATED)), 2)
        self.assertLess(delta.between(yellow, patches.expected(("cmyk", (0, 0, 1, 0)), COATED)), 2)
        # a green: as dark as both together, nothing knocked out
        self.assertLess(mixed[2], 120)
        self.assertLess(mixed[0], yellow[0] - 60)

    def test_intent_of_a_page(self):
        """OP+8: a page with an output intent of its own (PDF 2.0) is shown on that press, the others on the file's."""

        def name_press(holder_of):
            def extra(pdf):
                profile = pikepdf.Stream(pdf, Path(UNCOATED).read_bytes())
                profile.N = 4
                intent = pikepdf.Dictionary(S=pikepdf.Name.GTS_PDFX, DestOutputProfile=pdf.make_indirect(profile))
                holder_of(pdf).OutputIntents = pikepdf.Array([intent])

            return extra

        plain = make_pdf(2, size=(60, 60))
        of_page = make_pdf(2, size=(60, 60), extra=name_press(lambda pdf: pdf.pages[1].obj))
        of_file = make_pdf(2, size=(60, 60), extra=name_press(lambda pdf: pdf.Root))
        for number, same, other in ((0, plain, of_file), (1, of_file, plain)):
            shown, wanted, wrong = (self.draw(content, number=number).tobytes() for content in (of_page, same, other))
            self.assertEqual(shown, wanted)
            self.assertNotEqual(shown, wrong)

    def test_digital_press(self):
        """OP+8: a digital press that takes RGB shows RGB as it is."""
        picture = self.draw(make_pdf(1, size=(60, 60), rgb=True), "")
        red, green, blue = picture.getpixel((picture.width // 4, picture.height * 3 // 4))
        for shown, written in ((red, 0.9), (green, 0.1), (blue, 0.1)):
            self.assertAlmostEqual(shown / 255, written, 1)

    def test_paper(self):
        """OP+8: with the paper, white is the white of the paper: Lab 95, 0, -2 in FOGRA39L."""
        target = self.folder / "paper.jpg"
        path = self.folder / "file.pdf"
        path.write_bytes(make_pdf(1, size=(60, 60)))
        options = {"renderer": "ghostscript", "press": COATED, "paper": True}
        client.render_region(path, "pdf", 0, [300, 300], [0, 0, 300, 300], target, **options)
        self.assertLess(delta.delta_e(delta.lab_of(Image.open(target).getpixel((150, 10))), (95, 0, -2)), 2)

    def test_broken_output_intent(self):
        """OP+8: a file with a broken profile is shown with the shop's."""

        def spoil(pdf):
            profile = pikepdf.Stream(pdf, b"no profile")
            profile.N = 4
            intent = pikepdf.Dictionary(S=pikepdf.Name.GTS_PDFX, DestOutputProfile=pdf.make_indirect(profile))
            pdf.Root.OutputIntents = pikepdf.Array([intent])

        plain, spoilt = (self.draw(make_pdf(1, size=(60, 60), extra=extra)) for extra in (None, spoil))
        self.assertEqual(plain.tobytes(), spoilt.tobytes())

    def test_annotations(self):
        """OP+8: an annotation that does not print is not shown, one that prints is."""

        def annotate(flags):
            def extra(pdf):
                form = pikepdf.Stream(pdf, b"0 0 0 1 k 0 0 60 60 re f")
                form.update({"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Form, "/BBox": [0, 0, 60, 60]})
                annotation = pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Square, Rect=[60, 100, 120, 160], F=flags
                )
                annotation.AP = pikepdf.Dictionary(N=pdf.make_indirect(form))
                pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(annotation)])

            return extra

        for flags, expected in ((0, 255), (4, 40)):
            picture = self.draw(make_pdf(1, size=(60, 60), extra=annotate(flags)))
            scale = picture.width / (60 * 72 / 25.4)
            pixel = picture.convert("L").getpixel((int(90 * scale), picture.height - int(130 * scale)))
            self.assertAlmostEqual(pixel, expected, delta=12)

    def test_no_program_is_run(self):
        """OP+8: what begins as PostScript and calls itself a PDF is not run; what it could try is in test_escapes."""
        trace = self.folder / "trace"
        attacks = [
            f"%!PS\n%PDF-1.4\n({trace}) (w) file (x) writestring\nshowpage\n",
            f"%!PS\n%PDF-1.4\n(%pipe%touch {trace}) (w) file closefile\nshowpage\n",
        ]
        for attack in attacks:
            for content in (attack.encode(), attack.encode() + make_pdf(1, size=(60, 60))):
                path = self.folder / "attack.pdf"
                path.write_bytes(content)
                for _number, _picture in rasteriser.render_pages(path, "pdf", [0], self.folder, press=COATED):
                    pass
                self.assertFalse(trace.exists(), attack)


@tagged("post_install", "-at_install")
@unittest.skipUnless(client.ghostscript(), "needs Ghostscript")
class TestPlates(ProofCase):
    """OP+6: the inks of a page, for those who ask."""

    def test_plates(self):
        """OP+6: each process ink and each spot color by its name, with its amounts and how it looks alone."""

        def paint(pdf):
            page = pdf.pages[0].obj
            space = patches.spot("PANTONE 021 C", [0, 0.6, 1, 0])
            page.Resources.ColorSpace = pikepdf.Dictionary(S=space)
            drawing = b"/S cs 0.5 scn 0 0 85 170 re f 0.2 0.4 0 0.1 k 85 0 85 170 re f"
            page.Contents = pikepdf.Stream(pdf, drawing)

        page = self.send(content=make_pdf(1, size=(60, 60), extra=paint)).page_ids
        plates = page._get_plates()
        values = json.loads(plates.description)
        names = [ink["name"] for ink in values["inks"]]
        self.assertEqual(names, ["Cyan", "Magenta", "Yellow", "Black", "PANTONE 021 C"])
        sheet = Image.open(io.BytesIO(plates.raw))
        self.assertEqual(sheet.size, (values["width"], values["height"] * 5))
        for x, amounts in ((0.25, (0, 0, 0, 0, 50)), (0.75, (20, 40, 0, 10, 0))):
            for index, amount in enumerate(amounts):
                pixel = sheet.getpixel((int(x * values["width"]), int((index + 0.5) * values["height"])))
                self.assertAlmostEqual(pixel / 2.55, amount, delta=1)
        yellow = values["inks"][2]["color"]
        self.assertLess(delta.between(tuple(yellow), patches.expected(("cmyk", (0, 0, 1, 0)), COATED)), 1)
        self.assertEqual(page._get_plates(), plates, "made once")

    def test_plates_enlarged(self):
        """OP+6: a square at full zoom has the same inks in the same order, those it does not print, too."""

        def paint(pdf):
            page = pdf.pages[0].obj
            page.Resources.ColorSpace = pikepdf.Dictionary(S=patches.spot("PANTONE 021 C", [0, 0.6, 1, 0]))
            # each ink in a corner of its own
            page.Contents = pikepdf.Stream(pdf, b"/S cs 1 scn 500 10 60 60 re f 0 0.4 0 0 k 10 500 60 60 re f")

        page = self.send(content=make_pdf(1, size=(200, 200), extra=paint)).page_ids
        inks = json.loads(page._get_plates().description)["inks"]
        squares = {}
        for place in ((0, 0), (2, 2)):
            sheet = Image.open(io.BytesIO(page._get_plate_tile(*place).raw))
            side = min(1024, page.zoom_width - place[0] * 1024)
            self.assertEqual(sheet.size, (side, side * len(inks)))
            squares[place] = [sheet.crop((0, side * row, side, side * row + side)).getextrema() for row in range(5)]
        self.assertEqual([round(high / 2.55) for _low, high in squares[0, 0]], [0, 40, 0, 0, 0])
        self.assertEqual([round(high / 2.55) for _low, high in squares[2, 2]], [0, 0, 0, 0, 100])
        self.assertEqual(page._get_plate_tile(0, 0), page._get_plate_tile(0, 0), "made once")
        for place in ((3, 0), (0, 3), (-1, 0)):
            with self.assertRaises(IndexError):
                page._get_plate_tile(*place)

    def test_digital_press_has_none(self):
        """OP+6: a page for a press that takes RGB has no plates; its paper is the screen's white."""
        self.company.proof_press = "rgb"
        page = self.send().page_ids
        with self.assertRaises(FileRefusedError):
            page._get_plates()

    def test_paper_of_a_page(self):
        """OP+8: the page on its paper is made for those who ask, in whole and in parts."""
        page = self.send().page_ids
        for picture in (page._get_paper(), page._get_tile(0, 0, paper=True)):
            red, green, blue = Image.open(io.BytesIO(picture.raw)).getpixel((5, 5))
            self.assertTrue(all(220 < value < 250 for value in (red, green, blue)), (red, green, blue))


@tagged("post_install", "-at_install")
class TestPress(ProofCase):
    """OP+8: the shop's press."""

    def test_own_profile(self):
        """OP+8: a profile of one's own is checked when it is uploaded, and kept with the files that came with it."""
        profile = base64.b64encode(Path(UNCOATED).read_bytes())
        with self.assertRaises(ValidationError):
            self.company.proof_press = "own"
        with self.assertRaises(ValidationError):
            self.company.write({"proof_press": "own", "proof_press_profile": base64.b64encode(b"no profile" * 50)})
        self.company.write({"proof_press": "own", "proof_press_profile": profile})
        file = self.upload(("proof.pdf", make_pdf(1))).file_ids
        self.company.proof_press = "coated"
        with file._press_path() as path:
            self.assertEqual(Path(path).read_bytes(), Path(UNCOATED).read_bytes())
