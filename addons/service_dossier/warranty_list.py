"""Reading lists of warranties as office programs save them: plain Python, without Odoo."""

import codecs
import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Literal

import chardet
import xlrd
from openpyxl import load_workbook

COLUMNS = (
    *("number", "customer_number", "order_number", "product_code", "width", "height", "depth"),
    *("color", "side", "elements", "start", "months"),
)
REQUIRED = ("customer_number", "product_code")
MAX_LINES = 100_000
MAX_SIZE = 100_000
MAX_MONTHS = 1200
YEARS = range(1950, 2101)
#: How people call these columns (letters and digits only), in the languages of the product.
ALIASES = {
    "number": "number warrantynumber warrantyno warranty garantienummer garantiekaartnummer numerogarantie"
    " numerodegarantie numardegarantie garantienummer garantinummer garantiescheinnummer nr serialnumber",
    "customer_number": "customernumber customerno customer clientnumber klantnummer klantnr klant numeroclient"
    " client codeclient numarclient kundennummer kundennr kunde kundenummer debtornumber debiteurnummer",
    "order_number": "ordernumber orderno order ordernummer bestelnummer bestelling numerocommande commande"
    " numarcomanda comanda auftragsnummer auftrag bestellnummer ordrenummer ordre salesorder",
    "product_code": "productcode product item itemcode article articlecode artikelcode artikelnummer artikel"
    " productcode codeproduit produit codearticle codprodus produs produktcode produkt varenummer sku defaultcode",
    "width": "width widthmm breedte breedtemm largeur largeurmm latime latimemm breite breitemm bredde breddemm b w",
    "height": "height heightmm hoogte hoogtemm hauteur hauteurmm inaltime inaltimemm hoehe hohe hohemm hojde hoejde"
    " hojdemm h",
    "depth": "depth depthmm diepte dieptemm profondeur profondeurmm adancime adancimemm tiefe tiefemm dybde dybdemm d",
    "color": "color colour kleur couleur culoare farbe farve ral",
    "side": "side zijde kant cote parte seite bedieningszijde bedienseite",
    "elements": "elements parts articlecodes onderdelen elementen pieces composants piese teile elemente dele",
    "start": "start startdate date deliverydate leverdatum startdatum begindatum datum debut datedebut datelivraison"
    " datainceput data beginn lieferdatum startdato leveringsdato dato",
    "months": "months duration warrantymonths maanden duur garantiemaanden mois duree luni durata monate dauer"
    " maneder varighed",
}
SIDES = {
    "left": "left l links gauche g stanga st venstre v li",
    "right": "right r rechts droite dr dreapta hojre hoejre h re",
    "both": "both bothsides lr rl beide beidezijden lesdeux deux ambele beideseiten begge beggesider",
}
_ALIAS = {word: column for column, words in ALIASES.items() for word in words.split()} | {c: c for c in COLUMNS}
_SIDE = {word: side for side, words in SIDES.items() for word in words.split()}
_NUMBER = re.compile(r"\d{1,3}(?:[ .,'\u00a0\u202f]\d{3})*(?:[.,]\d{1,2})?\Z|\d+(?:[.,]\d+)?\Z")
_DATE = re.compile(r"(\d{1,4})[-/. ](\d{1,2})[-/. ](\d{1,4})(?:[T ]\d{1,2}[:.]\d{2}.*)?\Z")
FORMATS = ("dmy", "mdy")


class ListError(ValueError):
    """A file or a value cannot be read; the first argument says in one word why."""


# Files


def read_rows(content: bytes, encoding: str = "", separator: str = "") -> tuple[list[list[str]], dict[str, str]]:
    """Return the rows of a file as lists of text, and what was guessed.

    :param encoding: of a text file, "" to guess it
    :param separator: of a text file, "" to guess it
    :raises ListError: ``zip``, ``empty``, ``binary``, ``encoding``, ``csv`` or ``many``
    """
    if content[:4] == b"PK\x03\x04":
        rows, guessed = _read_workbook(content), {"encoding": "", "separator": ""}
    elif content[:4] == b"\xd0\xcf\x11\xe0":
        rows, guessed = _read_old_workbook(content), {"encoding": "", "separator": ""}
    else:
        text, encoding = decode(content, encoding)
        rows, separator = _read_text(text, separator)
        guessed = {"encoding": encoding, "separator": separator}
    rows = [row for row in rows if any(row)]
    if not rows:
        raise ListError("empty")
    if len(rows) - 1 > MAX_LINES:
        raise ListError("many")
    return rows, guessed


def _read_workbook(content: bytes) -> list[list[str]]:
    """Return the rows of the first sheet; formulas by the values that were saved with them."""
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = []
        for row in book.worksheets[0].iter_rows(values_only=True):
            rows.append([_cell_text(value) for value in row])
            if len(rows) > MAX_LINES + 1:
                raise ListError("many")
    except ListError:
        raise
    except Exception as error:  # openpyxl raises whatever a broken file leads to
        raise ListError("zip") from error
    return rows


def _read_old_workbook(content: bytes) -> list[list[str]]:
    """Return the rows of the first sheet of a file of Excel 97 to 2003."""
    try:
        book = xlrd.open_workbook(file_contents=content)
        sheet = book.sheet_by_index(0)
        if sheet.nrows > MAX_LINES + 1:
            raise ListError("many")
        return [
            [
                xlrd.xldate_as_datetime(cell.value, book.datemode).date().isoformat()
                if cell.ctype == xlrd.XL_CELL_DATE
                else _cell_text(cell.value)
                for cell in sheet.row(number)
            ]
            for number in range(sheet.nrows)
        ]
    except ListError:
        raise
    except Exception as error:  # xlrd, too
        raise ListError("zip") from error


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


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
    if not encoding and content[1:200:2].count(0) > len(content[1:200:2]) // 2:
        encoding = "utf-16-le"
    for candidate in [encoding] if encoding else ["utf-8", _likely_encoding(content)]:
        try:
            text = content.decode(candidate)
        except (UnicodeDecodeError, LookupError):
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


def _read_text(text: str, separator: str) -> tuple[list[list[str]], str]:
    """Return the rows of a CSV file and its separator; lines may end as on any computer."""
    lines = re.sub(r"\r\n?", "\n", text).lstrip("\ufeff")
    first, _end, rest = lines.partition("\n")
    if match := re.match(r'"?sep=(.)"?\s*\Z', first):
        separator = separator or match[1]
        lines = rest
    separator = separator or max(";,\t|", key=lines.partition("\n")[0].count)
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(lines), delimiter=separator)]
    except csv.Error as error:
        raise ListError("csv") from error
    return rows, separator


# Columns


def plain_word(text: str | None) -> str:
    """Return a word in small letters without accents, blanks and signs."""
    letters = unicodedata.normalize("NFKD", (text or "").replace("ß", "ss").replace("ø", "o").replace("Ø", "O"))
    return re.sub(r"[\W_]", "", letters.encode("ascii", "ignore").decode()).lower()


def guess_columns(header: Iterable[str]) -> list[str]:
    """Return for each column of a file which of ours it is, or ``""``; each of ours once."""
    found, used = [], set()
    for cell in header:
        column = _ALIAS.get(plain_word(re.sub(r"\(.*?\)", "", cell))) or _ALIAS.get(plain_word(cell)) or ""
        found.append("" if column in used else column)
        used.add(column)
    return found


# Values


def read_number(text: str | None, most: int = MAX_SIZE) -> int:
    """Return a whole number; decimals are rounded, a point or comma before three digits separates thousands.

    :raises ListError: ``number``
    """
    text = (text or "").strip().lower().removesuffix("mm").strip()
    if not text:
        return 0
    if len(text) > 16 or not _NUMBER.match(text):
        raise ListError("number")
    parts = re.split(r"[ .,'\u00a0\u202f]", text)
    decimals = parts.pop() if len(parts) > 1 and len(parts[-1]) != 3 else "0"
    value = int(float("".join(parts) + "." + decimals) + 0.5)
    if value > most:
        raise ListError("number")
    return value


def read_side(text: str | None) -> str | Literal[False]:
    """Return a side by its name in one of our languages.

    :raises ListError: ``side``
    """
    word = plain_word(text)
    if word and word not in _SIDE:
        raise ListError("side")
    return _SIDE.get(word, False)


def guess_date_format(texts: Iterable[str]) -> tuple[str, bool]:
    """Return ``dmy`` or ``mdy``, and whether the dates themselves say so."""
    for text in texts:
        match = _DATE.match(text.strip())
        if match and len(match[1]) <= 2:
            if int(match[1]) > 12:
                return "dmy", True
            if int(match[2]) > 12:
                return "mdy", True
    return "dmy", False


def read_date(text: str | None, order: str = "dmy") -> date:
    """Return a date written in numbers, or as Excel counts days.

    :param order: of day and month where the year is last
    :raises ListError: ``date`` (not one), ``year`` (not a sensible one)
    """
    text = (text or "").strip()
    if re.fullmatch(r"\d{5}", text):
        counted = date.fromordinal(date(1899, 12, 30).toordinal() + int(text))
        if counted.year not in YEARS:
            raise ListError("year")
        return counted
    match = _DATE.match(text)
    if not match:
        raise ListError("date")
    first, second, third = (int(part) for part in match.groups())
    if len(match[1]) == 4:
        year, month, day = first, second, third
    else:
        day, month = (first, second) if order == "dmy" else (second, first)
        year = third if len(match[3]) == 4 else 2000 + third
    if (len(match[1]) == 4 and len(match[3]) > 2) or len(match[3]) == 3:
        raise ListError("date")
    if year not in YEARS:
        raise ListError("year")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ListError("date") from error


def read_line(row: Mapping[str, str], date_format: str) -> dict[str, Any]:
    """Return the values of one line as plain data: texts tidied, numbers and dates read.

    :raises ListError: which value is wrong: ``(kind, column, text)``
    """
    values: dict[str, Any] = {column: row.get(column, "").strip() for column in COLUMNS}
    for column in REQUIRED:
        if not values[column]:
            raise ListError("missing", column, "")
    for column, read in (
        *((name, read_number) for name in ("width", "height", "depth")),
        ("months", lambda text: read_number(text, MAX_MONTHS)),
        ("side", read_side),
        ("start", lambda text: read_date(text, date_format).isoformat() if text else ""),
    ):
        try:
            values[column] = read(values[column])
        except ListError as error:
            raise ListError(error.args[0], column, values[column][:30]) from error
    values["elements"] = [code.strip() for code in re.split(r"[|,;]", values["elements"]) if code.strip()]
    values["order_number"] = " ".join(values["order_number"].upper().split())
    return values


def line_key(values: Mapping[str, Any]) -> str:
    """Return what makes a line the same line in another file, however it is written there."""
    parts = [str(values[column]).upper() for column in COLUMNS]
    parts[COLUMNS.index("order_number")] = re.sub(r"[\W_]", "", values["order_number"])
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]
