"""Reading sizes, numbers and dates as people and office programs write them: plain Python."""

from datetime import date

from odoo.addons.service_dossier import dimension_search, warranty_list
from odoo.tests import BaseCase, tagged


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
            ("100000", 100_000),
            ("1200".rjust(16, "0"), 1200),
        ):
            self.assertEqual(warranty_list.read_number(text), number, text)
        for text in ("-5", "x", "9" * 20, "9" * 400, "100001", "1200".rjust(17, "0")):
            with self.assertRaises(warranty_list.ListError):
                warranty_list.read_number(text)

    def test_dates(self):
        """SD+9: dates as Excel writes them; the list itself says whether the day or the month comes first."""
        for text in (
            *("31/01/2026", "31.01.2026", "31-1-26", "2026-01-31", "2026-01-31T00:00:00", "46053", "46053,75"),
            # without signs, as ERPs export; with the month's name, as Excel shows it in the languages of the product
            *("20260131", "31-jan-26", "31 Jan. 2026", "31. Januar 2026", "31 janvier 2026", "January 31, 2026"),
            *("31 ian. 2026", "31 januari 2026", "31.jan.2026"),
        ):
            self.assertEqual(warranty_list.read_date(text), date(2026, 1, 31), text)
        for text, day in (
            ("1er août 2026", date(2026, 8, 1)),
            ("3 März 26", date(2026, 3, 3)),
            ("May 1st, 2026", date(2026, 5, 1)),
            # two digits as Excel reads them
            ("31/12/29", date(2029, 12, 31)),
            ("1/1/98", date(1998, 1, 1)),
        ):
            self.assertEqual(warranty_list.read_date(text), day, text)
        self.assertEqual(warranty_list.guess_date_format(["1/2/2026", "1/31/2026"]), ("mdy", True))
        self.assertEqual(warranty_list.guess_date_format(["12/12/2026", "01/31/2026"]), ("mdy", True))
        self.assertEqual(warranty_list.guess_date_format(["12/12/2026"]), ("dmy", False), "either is possible")
        self.assertEqual(warranty_list.read_date("1/31/2026", "mdy"), date(2026, 1, 31))
        for text, kind in (
            ("9999-12-31", "year"),
            ("99999", "year"),
            ("10000", "year"),
            ("31/02/2026", "date"),
            ("20263101", "date"),
            ("31012026", "year"),
            ("1/1/30", "year"),
            ("2026-01-0031", "date"),
            ("31/01/226", "date"),
            ("31 foo 2026", "date"),
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

    def test_missing(self):
        """SD9: a line says whose it is and of what."""
        for column in warranty_list.REQUIRED:
            row = {"customer_number": "C1", "product_code": "SCR", column: " "}
            with self.assertRaisesRegex(warranty_list.ListError, "missing"):
                warranty_list.read_line(row, "dmy")

    def test_same_line(self):
        """SD+9: a line written in another way is the same line."""
        one = warranty_list.read_line(
            {"customer_number": "c1", "product_code": "SCR", "width": "1200,0", "order_number": "so-1"}, "dmy"
        )
        two = warranty_list.read_line(
            {"customer_number": "C1", "product_code": "scr", "width": "1.200", "order_number": "SO 1"}, "dmy"
        )
        self.assertEqual(warranty_list.line_key(one), warranty_list.line_key(two))
