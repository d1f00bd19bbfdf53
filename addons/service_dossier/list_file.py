"""Reading the rows of lists as office programs save them: plain Python, without Odoo."""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

import chardet
import xlrd
from openpyxl import load_workbook

MAX_LINES = 100_000
#: lines that one cell may go on over; a quotation mark that is closed later than that was forgotten
MAX_SPAN = 100
#: rows that tell which separator a file has
SEPARATOR_ROWS = 20
SEPARATORS = (";", ",", "\t", "|")
ODS_TYPE = b"application/vnd.oasis.opendocument"


class ListError(ValueError):
    """A file or a value cannot be read; the first argument says in one word why."""


@dataclass
class Row:
    """One row: its number as office programs show it, its cells as texts, and in one word what is wrong with it."""

    number: int
    cells: list[str]
    problem: str = ""


def read_rows(content: bytes, encoding: str = "", separator: str = "", limit: int = 0) -> tuple[list[Row], dict]:
    """Return the rows of a file that are not empty, and what was guessed.

    :param encoding: of a text file, "" to guess it
    :param separator: of a text file, "" to guess it
    :param limit: stop after so many rows; 0: read all of them
    :raises ListError: ``zip``, ``ods``, ``markup``, ``empty``, ``binary``, ``encoding``, ``quote`` or ``many``
    """
    guessed = {"encoding": "", "separator": ""}
    if content[:4] == b"PK\x03\x04":
        rows = _read_workbook(content)
    elif content[:4] == b"\xd0\xcf\x11\xe0":
        rows = _read_old_workbook(content)
    else:
        text, encoding = decode(content, encoding)
        rows, separator = _read_text(text, separator)
        guessed = {"encoding": encoding, "separator": separator}
    filled = (row for row in rows if any(row.cells))
    found = list(islice(filled, limit or MAX_LINES + 2))
    if not found:
        raise ListError("empty")
    if len(found) > MAX_LINES + 1:
        raise ListError("many")
    if found[0].problem:
        raise ListError(found[0].problem)
    return found, guessed


# Workbooks


def _read_workbook(content: bytes) -> Iterator[Row]:
    """Yield the rows of the first sheet that has some; formulas by the values that were saved with them."""
    if _is_open_document(content):
        raise ListError("ods")
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # some programs save wrong ones
            filled = False
            for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
                row = Row(number, [_cell_text(value) for value in values])
                filled = filled or any(row.cells)
                yield row
            if filled:
                return
    except Exception as error:  # openpyxl raises whatever a broken file leads to
        raise ListError("zip") from error


def _is_open_document(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open("mimetype") as file:
            return file.read(len(ODS_TYPE)) == ODS_TYPE
    except (KeyError, ValueError, OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile):
        return False


def _read_old_workbook(content: bytes) -> Iterator[Row]:
    """Yield the rows of the first sheet that has some, of a file of Excel 97 to 2003."""
    try:
        book = xlrd.open_workbook(file_contents=content)
        for sheet in book.sheets():
            if sheet.nrows:
                for number in range(sheet.nrows):
                    yield Row(number + 1, [_old_cell_text(cell, book.datemode) for cell in sheet.row(number)])
                return
    except Exception as error:  # xlrd, too
        raise ListError("zip") from error


def _old_cell_text(cell: xlrd.sheet.Cell, datemode: int) -> str:
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#ERROR")
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(cell.value, datemode).date().isoformat()
        except (ValueError, OverflowError):
            return str(cell.value)  # no date; its line says so
    return _cell_text(cell.value)


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, float):
        text = str(round(value, 6))
        # a cell has no thousands: three decimals would be read as such
        return f"{text}0" if re.search(r"\.\d{3}\Z", text) else text
    return str(value).strip()


# Texts


def decode(content: bytes, encoding: str = "") -> tuple[str, str]:
    """Return the text of a file and its encoding.

    What can be proven comes first: a mark at the beginning, zeros in every second byte, valid UTF-8. A
    guess among the one-byte encodings counts only where the guesser is sure; else it is Excel's on
    Windows.
    """
    if not content.strip(b"\0 \r\n\t"):
        raise ListError("empty")
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark) and not encoding:
            encoding = name
    for first, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        start = content[first:200:2]
        if not encoding and start.count(0) > len(start) // 2:
            encoding = name
    for candidate in [encoding] if encoding else ["utf-8", _likely_encoding(content)]:
        try:
            text = content.decode(candidate)
        except (ValueError, LookupError):
            continue
        if "\0" in text:
            raise ListError("binary")
        return text, candidate
    raise ListError("encoding")


def _likely_encoding(content: bytes) -> str:
    guess = chardet.detect(content[:200_000])
    known = {"iso-8859-1": "cp1252", "ascii": "cp1252", "windows-1250": "cp1250", "iso-8859-2": "iso-8859-2"}
    name = (guess["encoding"] or "").lower()
    sure = (guess["confidence"] or 0) > 0.85
    return known.get(name, "cp1252") if sure else "cp1252"


def _read_text(text: str, separator: str) -> tuple[Iterator[Row], str]:
    """Return the rows of a CSV file and its separator; lines may end as on any computer."""
    text = re.sub(r"\r\n?", "\n", text).lstrip("\ufeff")
    if text.lstrip().startswith("<"):
        raise ListError("markup")
    lines = text.split("\n")
    if match := re.match(r'"?sep=(.)"?\s*\Z', lines[0]):
        # for Excel, which does not show it
        separator = separator or match[1]
        del lines[0]
    separator = separator or guess_separator(lines)
    return _read_records(lines, separator), separator


def guess_separator(lines: list[str]) -> str:
    """Return the separator that cuts the first rows into equally many cells, else the names of the columns best."""

    def score(separator: str) -> tuple[bool, int]:
        rows = islice((row for row in _read_records(lines, separator) if any(row.cells)), SEPARATOR_ROWS)
        widths = [len(row.cells) for row in rows] or [1]
        return widths[0] > 1 and len(set(widths)) == 1, widths[0]

    return max(SEPARATORS, key=score)


def _read_records(lines: list[str], separator: str) -> Iterator[Row]:
    """Yield the rows of a text, empty ones, too; a quotation mark that is not closed spoils its own row only."""
    position = number = 0
    while position < len(lines):
        number += 1
        cells, taken, problem = _read_record(lines[position : position + MAX_SPAN], separator)
        yield Row(number, [cell.strip() for cell in cells], problem)
        position += taken


def _read_record(lines: list[str], separator: str) -> tuple[list[str], int, str]:
    """Return the cells of the first row of some lines, how many lines it takes, and what is wrong with it."""
    try:
        if '"' in lines[0]:
            reader = csv.reader((f"{line}\n" for line in lines), delimiter=separator, strict=True)
            return next(reader), reader.line_num, ""
        return next(csv.reader([f"{lines[0]}\n"], delimiter=separator)), 1, ""
    except csv.Error:
        return _read_broken(lines[0], separator)


def _read_broken(line: str, separator: str) -> tuple[list[str], int, str]:
    """Read a line with stray quotation marks as far as it says what it means; see ``_read_record``."""
    # where the quotation mark is closed, the next line is a row of its own
    cells, *rest = csv.reader([f"{line}\n", "next"], delimiter=separator)
    return (cells, 1, "") if rest else (line.split(separator), 1, "quote")
