"""Reading the rows of lists as office programs save them: plain Python."""

import io
import zipfile
from datetime import date

from odoo.addons.service_dossier import list_file
from odoo.addons.service_dossier.list_file import Row
from odoo.tests import BaseCase, tagged
from openpyxl import Workbook


def workbook(*rows):
    """Return a book (openpyxl) with rows on its sheet."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return book


def saved(book):
    """Return the bytes of a book."""
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


@tagged("-at_install", "post_install")
class TestListFile(BaseCase):
    """SD+9: files of office programs."""

    def rows_of(self, content, **options):
        """Return the rows of a file as pairs of number and cells."""
        rows, _guessed = list_file.read_rows(content, **options)
        return [(row.number, row.cells) for row in rows]

    def test_text_files(self):
        """SD+9: the encodings and separators of Excel, on Windows and elsewhere, with and without ``sep=``."""
        text = "Klantnummer{0}Artikelcode{0}Kleur\nC1{0}SCR{0}Grün é\n"
        for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"):
            for separator in (";", ",", "\t", "|"):
                for first in ("", f"sep={separator}\n"):
                    content = (first + text.format(separator)).encode(encoding)
                    with self.subTest(encoding=encoding, separator=separator, first=first):
                        rows, guessed = list_file.read_rows(content)
                        self.assertEqual(rows[1], Row(2, ["C1", "SCR", "Grün é"]), "Excel does not show sep=")
                        self.assertEqual(guessed["separator"], separator)
        self.assertEqual(
            self.rows_of(b"a;b\r1;2\r\r\n3;4"),
            [(1, ["a", "b"]), (2, ["1", "2"]), (4, ["3", "4"])],
            "lines may end as on old computers",
        )

    def test_numbers_of_rows(self):
        """SD+9: a row is named by the number that office programs show: blank rows count, line breaks do not."""
        text = b'\n\na;b\n\n;\n"two\nlines";1\n3;4\n'
        self.assertEqual(self.rows_of(text), [(3, ["a", "b"]), (6, ["two\nlines", "1"]), (7, ["3", "4"])])
        book = workbook(["a", "b"], [None, None], ["1", "2"])
        book.active["A9"] = "last"
        self.assertEqual([number for number, _cells in self.rows_of(saved(book))], [1, 3, 9])

    def test_separator_in_texts(self):
        """SD+9: the separator is the one that makes equal rows, however many other signs the names hold."""
        text = b"Klant;Artikel, code;Breedte, mm, ongeveer;Kleur\nC1;SCR;1200,5;RAL 9010, mat\nC2;SCR;900;\n"
        rows, guessed = list_file.read_rows(text)
        self.assertEqual((guessed["separator"], rows[1].cells[2]), (";", "1200,5"))
        rows, guessed = list_file.read_rows(b"a;b;c\n1;2\n1\n")
        self.assertEqual((guessed["separator"], rows[1].cells), (";", ["1", "2"]), "rows without their last cells")
        rows, guessed = list_file.read_rows(b'a,"x;y;z;w",c\n1,2,3\n')
        self.assertEqual((guessed["separator"], rows[0].cells[1]), (",", "x;y;z;w"))

    def test_open_quote(self):
        """SD+9: a quotation mark that is not closed spoils its own row, not all that follow."""
        for broken in ('C1;"Villa;1', '"C1;Villa;1', 'C1;Villa;"'):
            text = f'a;b;c\nC0;x;0\n{broken}\nC2;"y";2\nC3;z;3'
            with self.subTest(broken):
                rows, _guessed = list_file.read_rows(text.encode())
                self.assertEqual([row.number for row in rows], [1, 2, 3, 4, 5])
                self.assertEqual([row.problem for row in rows], ["", "", "quote", "", ""])
                self.assertEqual(rows[3].cells, ["C2", "y", "2"])
        [_header, row] = list_file.read_rows(b'a;b\nC1;"Villa" Roma 5"')[0]
        self.assertEqual((row.cells, row.problem), (["C1", 'Villa Roma 5"'], ""), "signs that are closed spoil nothing")
        with self.assertRaisesRegex(list_file.ListError, "quote"):
            list_file.read_rows(b'a;"b\n1;2')

    def test_workbook(self):
        """SD+9: the first sheet of a workbook that has rows, with dates and numbers as cells."""
        book = workbook()
        sheet = book.create_sheet("List")
        sheet.append(["Customer number", "Start", "Width", "Height", "Depth"])
        sheet.append(["C1", date(2026, 1, 31), 1200.0, 12.125, 1200.0000000002])
        self.assertEqual(
            self.rows_of(saved(book))[1],
            (2, ["C1", "2026-01-31", "1200", "12.1250", "1200.0"]),
            "three decimals of a cell are no thousands",
        )

    def test_size_that_a_program_saved_wrong(self):
        """SD+9: some programs write a wrong size of the sheet; all cells are read."""
        source = io.BytesIO(saved(workbook(["a", "b", "c"], ["1", "2", "3"])))
        target = io.BytesIO()
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
            for name in old.namelist():
                new.writestr(name, old.read(name).replace(b'<dimension ref="A1:C2"', b'<dimension ref="A1"'))
        self.assertEqual(self.rows_of(target.getvalue()), [(1, ["a", "b", "c"]), (2, ["1", "2", "3"])])

    def test_first_rows(self):
        """SD+9: a preview reads no more than it shows."""
        self.assertEqual(len(self.rows_of(b"a\n" + b"1\n" * 50, limit=6)), 6)

    def test_limit(self):
        """SD+9: as many lines as the product promises, and no more; blank ones do not count."""
        most = list_file.MAX_LINES
        self.assertEqual(len(self.rows_of(b"a\n" + b"1\n" * most + b"\n\n\n")), most + 1)
        with self.assertRaisesRegex(list_file.ListError, "many"):
            list_file.read_rows(b"a\n" + b"1\n" * (most + 1))

    def test_no_lists(self):
        """SD+9: what is no list is told apart."""
        open_document = io.BytesIO()
        with zipfile.ZipFile(open_document, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        for content, kind in (
            (b"", "empty"),
            (b"\n\n;;\n", "empty"),
            (saved(Workbook()), "empty"),
            (b"a\0b\xff", "binary"),
            (b"PK\x03\x04broken", "zip"),
            (b"\xd0\xcf\x11\xe0x", "zip"),
            (open_document.getvalue(), "ods"),
            (b"\n<html><table><tr><td>C1</td></tr></table></html>", "markup"),
        ):
            with self.assertRaisesRegex(list_file.ListError, kind):
                list_file.read_rows(content)
        with self.assertRaisesRegex(list_file.ListError, "empty"):
            list_file.decode(b"\0 \r\n")
        for encoding in ("nonsense", "rot13", "undefined", "utf\0", "ascii"):
            with self.assertRaisesRegex(list_file.ListError, "encoding"):
                list_file.read_rows("é;b".encode(), encoding=encoding)
