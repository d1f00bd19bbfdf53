"""Fonts and content at their limits: what ends too early, goes too deep, or is just as a shop asks for."""

import struct
from types import SimpleNamespace
from unittest.mock import patch

import pikepdf
from odoo.tests import BaseCase, tagged

from ..engine import boxes, embedded, layers, paint, pictures, rules, usage
from ..engine.content import _DEPTH, Reader
from ..engine.paint import Color, Paint, State
from .test_beside_engine import page_of


@tagged("post_install", "-at_install")
class TestBesideFonts(BaseCase):
    """OP5: programs of fonts that end too early."""

    def test_type1(self):
        """OP5: a PostScript font has its header and a part that is long enough."""
        head, enough = b"%!PS eexec", embedded._LEAST_TYPE1
        self.assertTrue(embedded._is_whole_type1(head + b"x" * enough))
        self.assertFalse(embedded._is_whole_type1(head + b"x" * (enough - 5)))
        self.assertFalse(embedded._is_whole_type1(b"%!PS " + b"x" * 999))

    def index(self, *entries, wide=1):
        offsets = [1]
        for entry in entries:
            offsets.append(offsets[-1] + len(entry))
        places = b"".join(offset.to_bytes(wide, "big") for offset in offsets)
        return struct.pack(">HB", len(entries), wide) + places + b"".join(entries)

    def cff(self, number, head=4):
        """Return a bare CFF with one letter, whose place is written as ``number`` says."""
        names = self.index(b"Font")

        def whole(at):
            top = self.index(number(at) + b"\x11")
            return bytes([1, 0, head, 1]) + names + top + struct.pack(">H", 0)

        at = len(whole(300))
        return whole(at) + self.index(b"letter"), at

    def test_cff(self):
        """OP5: a bare CFF is whole when the list of its letters ends in it, however its place is written."""
        kinds = (
            lambda at: b"\x1c" + at.to_bytes(2, "big"),
            lambda at: b"\x1d" + at.to_bytes(4, "big"),
            lambda at: bytes([139 + 0]) + b"\x0c" + b"\x01" + b"\x1c" + at.to_bytes(2, "big"),
            lambda at: b"\x1e\x1f" + b"\x1c" + at.to_bytes(2, "big"),
            lambda at: b"\xfe\x00" + b"\x1c" + at.to_bytes(2, "big"),
        )
        for kind in kinds:
            data, _at = self.cff(kind)
            self.assertTrue(embedded._is_whole_cff(data))
            self.assertFalse(embedded._is_whole_cff(data[:-1]))
        self.assertFalse(embedded._is_whole_cff(self.cff(kinds[0], head=3)[0]))
        self.assertFalse(embedded._is_whole_cff(b""))

    def test_numbers_of_cff(self):
        """OP5: numbers of a CFF as its specification writes them (Adobe technical note 5176, table 3)."""
        for number, value in ((b"\x20", -107), (b"\xf6", 107), (b"\xf7\x00", 108), (b"\xfa\xff", 1131)):
            self.assertEqual(embedded._letters_at(self.index(number + b"\x11")), value)
        self.assertEqual(embedded._letters_at(self.index(b"\xf6")), 0, "no letters are named")
        for token, size in ((b"\xf7\0", 2), (b"\xfe\0", 2), (b"\xf6", 1), (b"\xff", 1), (b"\x0c\x01", 2)):
            self.assertEqual(embedded._size_of_token(token, 0), size)

    def test_lists_of_cff(self):
        """OP5: offsets of a CFF have one to four bytes, and lie in it."""
        for wide in (1, 4):
            data = self.index(b"abc", wide=wide)
            self.assertEqual(embedded._end_of_index(data, 0), len(data))
        for wide in (0, 5):
            with self.assertRaises(ValueError):
                embedded._end_of_index(struct.pack(">HB", 1, wide) + b"\0" * 20, 0)
        data = self.index(b"")
        self.assertEqual(embedded._end_of_index(data, 0), len(data))
        with self.assertRaises(ValueError):
            embedded._end_of_index(data[:-1], 0)

    def test_tables(self):
        """OP5: an sfnt has its directory and all of the bytes of its tables."""
        head = b"OTTO" + struct.pack(">4H", 1, 0, 0, 0)
        data = head + struct.pack(">4s3I", b"CFF ", 0, 28, 4) + b"abcd"
        self.assertTrue(embedded._has_tables(data, {b"CFF "}))
        self.assertFalse(embedded._has_tables(data[:-1], {b"CFF "}))
        self.assertFalse(embedded._has_tables(head + data[12:20], {b"CFF "}))
        self.assertFalse(embedded._has_tables(b"OTTO\0\1", {b"CFF "}))
        self.assertTrue(embedded._has_tables(b"OTTO" + b"\0" * 8, set()))

    def test_widths(self):
        """OP5: letters have the numbers from 0 to 255, whatever a font says."""
        font = pikepdf.Dictionary(FirstChar=-1, Widths=pikepdf.Array([1, 250, 500]))
        self.assertEqual(embedded.letter_widths(font)[:2], [0.25, 0.5])
        font = pikepdf.Dictionary(FirstChar=255, Widths=pikepdf.Array([250, 500]))
        self.assertEqual(embedded.letter_widths(font)[254:], [0.5, 0.25])

    def test_wavelet(self):
        """OP5: the colors of a JPEG 2000 are read where its first box says them."""
        pdf = pikepdf.new()
        for head, family in ((b"colr\1\0\0" + (16).to_bytes(4, "big"), "RGB"), (b"none" + b"\1" * 20, "other")):
            stream = pdf.make_stream(b"")
            stream.write(head, filter=pikepdf.Name.JPXDecode)
            self.assertEqual(embedded.wavelet_family(stream), family)


@tagged("post_install", "-at_install")
class TestBesideContent(BaseCase):
    """OP5: content that goes too deep, says too little or lies on a limit."""

    def told(self, **values):
        found = []
        reader = Reader(found.append)
        state = State(**values.pop("state", {}))
        reader.tell(Paint("fill", values.pop("color", Color()), values.pop("box", None), state))
        return len(found)

    def test_told(self):
        """OP5: what is seen through wholly, or has no ink, is not painted; what lies on the edge is."""
        self.assertEqual(self.told(), 1)
        self.assertFalse(self.told(state={"alpha_fill": 0.0}))
        self.assertFalse(self.told(color=Color("spot", (1.0,), ("None",))))
        for box in ((-9, 0, 0, 9), (9, 0, 19, 9), (0, -9, 9, 0), (0, 9, 9, 19)):
            self.assertEqual(self.told(box=box, state={"clip": (0, 0, 9, 9)}), 1)
        for box in ((-9, 0, -1, 9), (0, 10, 9, 19)):
            self.assertFalse(self.told(box=box, state={"clip": (0, 0, 9, 9)}))

    def test_depth(self):
        """OP5: forms are followed as deep as renderers do, no deeper."""
        _pdf, page = page_of()
        for depth, faults in ((_DEPTH, 0), (_DEPTH + 1, 1)):
            reader = Reader(lambda _paint: None)
            reader.walk(page.obj, State(), depth)
            self.assertEqual(reader.faults, faults)

    def test_marks(self):
        """OP5: marked content that names no layer is printed."""
        pdf, page = page_of()
        page.obj.Contents = pdf.make_stream(b"/OC BMC 0 0 9 9 re f EMC")
        found = []
        reader = Reader(found.append)
        reader.walk(page.obj, State())
        self.assertEqual((reader.faults, len(found)), (0, 1))

    def test_budget(self):
        """OP5: the last operator that is read leaves nothing for another one."""
        reader = Reader(lambda _paint: None)
        reader.budget = 2
        self.assertEqual([reader.spend(), reader.spend()], [True, False])

    def test_transparent(self):
        """OP5: what covers wholly is not transparent."""
        self.assertFalse(Paint("fill", Color(), None, State()).transparent)
        self.assertTrue(Paint("fill", Color(), None, State(alpha_fill=0.99)).transparent)

    def test_numbers(self):
        """OP5: the greatest number is one, beyond it nothing can be calculated."""
        self.assertEqual(paint.number(paint.MOST), paint.MOST)
        for value in (paint.MOST * 1.1, float("nan")):
            with self.assertRaises(ValueError):
                paint.number(value)
        pattern = pikepdf.Array([pikepdf.Name.Pattern])
        self.assertEqual(paint.color_space(pattern), ("pattern", ()))

    def test_layers(self):
        """OP5: expressions of layers are followed so deep; what is no expression is shown."""
        pdf = pikepdf.new()
        group = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG))
        found = layers.Layers(pdf)
        found.off = {group.objgen}
        self.assertFalse(found._is_true(pikepdf.Array([pikepdf.Name.And, group]), layers._DEPTH))
        self.assertTrue(found._is_true(pikepdf.Array([pikepdf.Name.And, group]), layers._DEPTH + 1))
        self.assertTrue(found._is_true(pikepdf.Array([pikepdf.Name.And]), 0))
        self.assertTrue(found.is_off(group, layers._DEPTH))
        self.assertFalse(found.is_off(group, layers._DEPTH + 1))

    def test_spaces(self):
        """OP5: color spaces in color spaces, as many as there can be, and some that are cut off."""

        def spots(space, depth=0):
            usage_ = usage.Usage()
            usage._take_space(space, usage_, depth)
            return list(usage_.spots)

        function = pikepdf.Dictionary()
        spot = pikepdf.Array([pikepdf.Name.Separation, pikepdf.Name.Gold, pikepdf.Name.DeviceCMYK, function])
        self.assertEqual(spots(spot, 2), ["Gold"])
        self.assertFalse(spots(spot, 3) or spots(spot[:3]))
        self.assertEqual(spots(pikepdf.Array([pikepdf.Name.Pattern, spot])), ["Gold"])
        self.assertFalse(spots(pikepdf.Array([pikepdf.Name.Pattern])))


@tagged("post_install", "-at_install")
class TestBesideRules(BaseCase):
    """OP5: text, lines and pictures of exactly what a shop asks for are in order."""

    def rules(self, **profile):
        _pdf, page = page_of()
        wishes = {**rules.DEFAULTS, **profile}
        return rules.PageRules(1, boxes.Sheet(page), wishes, {}, rules.Inks(wishes))

    def codes(self, look, *args, **profile):
        looker = self.rules(**profile)
        getattr(looker, look)(*args)
        return sorted({one["code"] for one in looker.findings(damaged=False)} - {"empty_page"})

    def text(self, size, color=None, **profile):
        values = {"font": pikepdf.Dictionary(), "size": size}
        color = color or Color("CMYK", (0.0, 0.0, 0.0, 1.0))
        shown = Paint("text", color, (9, 9, 99, 99), State(), overprint=True, values=values)
        with patch.object(rules.embedded, "font_fault", lambda _font: ""):
            return self.codes("_look_at_text", shown, **profile)

    def test_text(self):
        """OP5: letters of exactly the smallest size are not too small, whatever they are printed with."""
        self.assertFalse(self.text(4.0))
        self.assertEqual(self.text(3.9), ["tiny_text"])
        self.assertFalse(self.text(0.0) or self.text(paint.MOST))
        rich = Color("CMYK", (0.5, 0.0, 0.0, 0.85))
        self.assertEqual(self.text(11.9, rich), ["rich_text"])
        self.assertFalse(self.text(12.0, rich))
        three = Color("CMYK", (0.5, 0.5, 0.5, 0.0))
        self.assertEqual(self.text(8.9, three), ["small_text"])
        self.assertFalse(self.text(9.0, three) or self.text(8.9, three, small_text_inks=3))
        trace = Color("CMYK", (rules._TRACE, 0.5, 0.5, 0.0))
        self.assertFalse(self.text(8.9, trace))

    def test_black(self):
        """OP5: black letters of the size that a shop lets knock out are not told of."""
        for size, codes in ((11.9, ["black_knockout"]), (12.0, [])):
            values = {"font": pikepdf.Dictionary(), "size": size}
            shown = Paint("text", Color("CMYK", (0.0, 0.0, 0.0, 1.0)), None, State(), values=values)
            with patch.object(rules.embedded, "font_fault", lambda _font: ""):
                self.assertEqual(self.codes("_look_at_text", shown), codes)

    def test_lines(self):
        """OP5: a line of exactly the thinnest width is none too thin; a rectangle is a line from 9 points on."""
        shown = Paint("stroke", Color("CMYK", (0.0, 0.0, 0.0, 1.0)), (9, 9, 99, 99), State())
        self.assertFalse(self.codes("_look_at_width", shown, 0.14))
        self.assertEqual(self.codes("_look_at_width", shown, 0.13), ["hairline"])
        for long, codes in ((rules._LINE, ["hairline"]), (rules._LINE - 0.1, [])):
            area = Paint("fill", shown.color, (9, 9, 99, 99), State(), values={"parts": [(0, 0, long, 0.1)]})
            self.assertEqual(self.codes("_look_at_area", area), codes)
        self.assertTrue(rules._is_white(Color("CMYK", (0.0, 0.0, 0.0, 0.0))))

    def test_places(self):
        """OP5: faults that touch are one, and so many are kept."""
        near = rules._NEAR
        for second in ((0.5 + near, 0, 1, 1), (0, 0.5 + near, 1, 1)):
            self.assertTrue(rules._touch((0, 0, 0.5, 0.5), second) and rules._touch(second, (0, 0, 0.5, 0.5)))
        places = rules.Places()
        for number in range(rules._MOST_PLACES + 2):
            places.add([0.05 * number, 0, 0.05 * number + 0.01, 0.01])
        self.assertEqual(len(places.boxes), rules._MOST_PLACES)
        one = rules.Places()
        one.add([0, 0, 0.1, 0.1])
        self.assertFalse(one.values())

    def test_pictures(self):
        """OP5: a picture of the resolution that is asked for, to one dot, is fine enough."""

        def look(dpi=300, width=100, height=100, quality=None, **profile):
            looker = pictures.PictureRules(1, SimpleNamespace(unit=1), {**rules.DEFAULTS, **profile})
            values = {"dpi": dpi, "width": width, "height": height, "bits": 8}
            with patch.object(pictures.embedded, "jpeg_quality", lambda _stream: quality):
                looker.look(Paint("picture", Color("RGB"), (0, 0, 9, 9), State(), values=values))
            return len(looker.coarse), len(looker.compressed)

        self.assertEqual(look(), (0, 0))
        self.assertEqual([look(199)[0], look(198.9)[0]], [0, 1])
        self.assertEqual([look(9, 17, 1)[0], look(9, 16, 1)[0]], [1, 0])
        self.assertEqual([look(quality=40)[1], look(quality=39)[1]], [0, 1])

    def test_inks(self):
        """OP5: one name is no two plates for one ink."""
        inks = rules.Inks(rules.DEFAULTS)
        inks.add(["Gold"], 1)
        self.assertNotIn("spot_names", [one["code"] for one in inks.findings()])
        inks.add(["GOLD"], 1)
        self.assertIn("spot_names", [one["code"] for one in inks.findings()])
