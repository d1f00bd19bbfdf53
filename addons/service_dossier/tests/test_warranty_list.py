"""Reading sizes and lists as people and office programs write them: plain Python."""

import io
from datetime import date

from odoo.addons.service_dossier import dimension_search, warranty_list
from odoo.tests import BaseCase, tagged
from openpyxl import Workbook


@tagged("-at_install", "post_install")
class TestWarrantyList(BaseCase):
    """SD10, SD+9."""

    def test_sizes(self):
        """SD10: millimetres unless a unit is given; comma and point as people use them."""
        for text, size in (
            ("1200", 1200),
            ("1200,5", 1200.5),
            ("1.200", 1200),
            ("1 200", 1200),
            ("1.200,5", 1200.5),
            ("1,200.5", 1200.5),
            ("120 cm", 1200),
            ("1,2 m", 1200),
            ("1,200 m", 1200),
            ("2,15m", 2150),
            ("", 0),
            (None, 0),
        ):
            self.assertEqual(dimension_search.read_size(text), size, text)
        for text, kind in (("abc", "text"), ("1e5", "text"), ("-5", "text"), ("0", "range"), ("100001", "range")):
            with self.assertRaisesRegex(dimension_search.SizeError, kind):
                dimension_search.read_size(text)

    def test_readings(self):
        """SD10: as typed first, then what was probably meant, with the reason; big numbers are millimetres."""
        self.assertEqual(
            list(dimension_search.readings((2150, 1200, 95))),
            [((2150, 1200, 95), ()), ((1200, 2150, 95), ("swapped",))],
        )
        self.assertIn(((1200, 2150, 0), ("centimetres",)), list(dimension_search.readings((120, 215, 0))))
        self.assertEqual(list(dimension_search.readings((0, None, 0))), [])

    def test_text_files(self):
        """SD+9: the encodings and separators of Excel, on Windows and elsewhere, with and without ``sep=``."""
        text = "Klantnummer{0}Artikelcode{0}Kleur\nC1{0}SCR{0}Grün é\n"
        for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"):
            for separator in (";", ",", "\t", "|"):
                for first in ("", f"sep={separator}\n"):
                    content = (first + text.format(separator)).encode(encoding)
                    with self.subTest(encoding=encoding, separator=separator, first=first):
                        rows, guessed = warranty_list.read_rows(content)
                        self.assertEqual(rows[1], ["C1", "SCR", "Grün é"])
                        self.assertEqual(guessed["separator"], separator)
        rows, _guessed = warranty_list.read_rows(b"a;b\r1;2\r\r\n3;4")
        self.assertEqual(rows, [["a", "b"], ["1", "2"], ["3", "4"]], "lines may end as on old computers")

    def test_workbook(self):
        """SD+9: a workbook's first sheet, with dates and numbers as cells."""
        book = Workbook()
        book.active.append(["Customer number", "Start", "Width"])
        book.active.append(["C1", date(2026, 1, 31), 1200.0])
        output = io.BytesIO()
        book.save(output)
        rows, _guessed = warranty_list.read_rows(output.getvalue())
        self.assertEqual(rows[1], ["C1", "2026-01-31", "1200"])

    def test_no_lists(self):
        """SD+9: what is no list is told apart."""
        for content, kind in (
            (b"", "empty"),
            (b"a\0b\xff", "binary"),
            (b"PK\x03\x04broken", "zip"),
            (b"\xd0\xcf\x11\xe0x", "zip"),
        ):
            with self.assertRaisesRegex(warranty_list.ListError, kind):
                warranty_list.read_rows(content)

    def test_columns(self):
        """SD+9: columns by their names in six languages, each once."""
        header = [
            "Klantnummer",
            "Artikelcode",
            "Breedte (mm)",
            "Höhe",
            "Højde",
            "Culoare",
            "Data începutului",
            "Côté",
            "x",
        ]
        self.assertEqual(
            warranty_list.guess_columns(header),
            ["customer_number", "product_code", "width", "height", "", "color", "", "side", ""],
        )
        self.assertEqual(warranty_list.guess_columns(warranty_list.COLUMNS), list(warranty_list.COLUMNS))

    def test_numbers(self):
        """SD+9: decimal commas, thousands and units; half a millimetre is rounded up."""
        for text, number in (
            ("1200,0", 1200),
            ("1.200", 1200),
            ("1200,5", 1201),
            ("1 200", 1200),
            ("1200 mm", 1200),
            ("", 0),
        ):
            self.assertEqual(warranty_list.read_number(text), number, text)
        for text in ("-5", "x", "9" * 20, "100001"):
            with self.assertRaises(warranty_list.ListError):
                warranty_list.read_number(text)

    def test_dates(self):
        """SD+9: dates as Excel writes them; the list itself says whether the day or the month comes first."""
        for text in ("31/01/2026", "31.01.2026", "31-1-26", "2026-01-31", "2026-01-31T00:00:00", "46053"):
            self.assertEqual(warranty_list.read_date(text), date(2026, 1, 31), text)
        self.assertEqual(warranty_list.guess_date_format(["1/2/2026", "1/31/2026"]), ("mdy", True))
        self.assertEqual(warranty_list.read_date("1/31/2026", "mdy"), date(2026, 1, 31))
        for text, kind in (
            ("9999-12-31", "year"),
            ("99999", "year"),
            ("10000", "year"),
            ("31/02/2026", "date"),
            ("soon", "date"),
            ("1/31/2026", "date"),
        ):
            with self.assertRaisesRegex(warranty_list.ListError, kind):
                warranty_list.read_date(text)

    def test_sides(self):
        """SD+9: sides in the languages of the product."""
        for text, side in (
            ("links", "left"),
            ("Gauche", "left"),
            ("RECHTS", "right"),
            ("højre", "right"),
            ("beide", "both"),
            ("", False),
        ):
            self.assertEqual(warranty_list.read_side(text), side)
        with self.assertRaises(warranty_list.ListError):
            warranty_list.read_side("up")

    def test_same_line(self):
        """SD+9: a line written in another way is the same line."""
        one = warranty_list.read_line(
            {"customer_number": "c1", "product_code": "SCR", "width": "1200,0", "order_number": "so-1"}, "dmy"
        )
        two = warranty_list.read_line(
            {"customer_number": "C1", "product_code": "scr", "width": "1.200", "order_number": "SO 1"}, "dmy"
        )
        self.assertEqual(warranty_list.line_key(one), warranty_list.line_key(two))
