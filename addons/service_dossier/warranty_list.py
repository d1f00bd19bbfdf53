"""Understanding lists of warranties as people and office programs write them: plain Python, without Odoo."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal

from babel.dates import get_month_names

from .list_file import ListError

COLUMNS = (
    *("number", "customer_number", "order_number", "product_code", "width", "height", "depth"),
    *("color", "side", "elements", "start", "months"),
)
REQUIRED = ("customer_number", "product_code")
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
#: days as Excel counts them, with or without the time
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?\Z")
_DAY_NAME_YEAR = re.compile(r"(?P<day>\d{1,2})(?:er|\.)?[-/. ]*(?P<month>[^\W\d_]{3,})[-/., ]*(?P<year>\d{4}|\d{2})\Z")
_NAME_DAY_YEAR = re.compile(r"(?P<month>[^\W\d_]{3,})[. ]+(?P<day>\d{1,2})(?:st|nd|rd|th)?[, ]+(?P<year>\d{4})\Z")


# Columns


def plain_word(text: str | None) -> str:
    """Return a word in small letters without accents, blanks and signs."""
    letters = unicodedata.normalize("NFKD", (text or "").replace("ß", "ss").replace("ø", "o").replace("Ø", "O"))
    return re.sub(r"[\W_]", "", letters.encode("ascii", "ignore").decode()).lower()


#: the number of a month by its names and their short forms
_MONTHS = {
    plain_word(name): number
    for language in ("en", "fr", "nl", "ro", "da", "de")
    for width in ("wide", "abbreviated")
    for number, name in get_month_names(width, locale=language).items()
}


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
    """Return a date written in numbers or with a month's name, or as Excel counts days.

    :param order: of day and month where the year is last
    :raises ListError: ``date`` (not one), ``year`` (not a sensible one)
    """
    text = (text or "").strip()
    if match := _SERIAL.match(text):
        return _sensible(date.fromordinal(date(1899, 12, 30).toordinal() + int(match[1])))
    match = _DATE.match(_with_month_number(text))
    if not match:
        raise ListError("date")
    first, second, third = (int(part) for part in match.groups())
    if len(match[1]) == 4:
        year, month, day = first, second, third
    else:
        day, month = (first, second) if order == "dmy" else (second, first)
        year = third if len(match[3]) == 4 else _full_year(third)
    if (len(match[1]) == 4 and len(match[3]) > 2) or len(match[3]) == 3:
        raise ListError("date")
    if year not in YEARS:
        raise ListError("year")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ListError("date") from error


def _sensible(day: date) -> date:
    if day.year not in YEARS:
        raise ListError("year")
    return day


def _full_year(year: int) -> int:
    """Return a year of two digits as Excel reads it: up to 29 it is of this century."""
    return year + (2000 if year < 30 else 1900)


def _with_month_number(text: str) -> str:
    """Return a date with the year first where it names its month or has no signs between; else as it is."""
    if re.fullmatch(r"\d{8}", text):
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    match = _DAY_NAME_YEAR.match(text) or _NAME_DAY_YEAR.match(text)
    month = _MONTHS.get(plain_word(match["month"])) if match else None
    if not match or not month:
        return text
    year = int(match["year"])
    return f"{year if len(match['year']) == 4 else _full_year(year):04d}-{month}-{match['day']}"


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


def find_twins(numbers: Iterable[str]) -> list[int | None]:
    """Return for each number of a list (``""``: none) the place of the same number before it, or None."""
    first: dict[str, int] = {}
    twins: list[int | None] = []
    for place, number in enumerate(numbers):
        twins.append(first.get(number) if number else None)
        first.setdefault(number, place)
    return twins


def line_key(values: Mapping[str, Any]) -> str:
    """Return what makes a line the same line in another file, however it is written there."""
    parts = [str(values[column]).upper() for column in COLUMNS]
    parts[COLUMNS.index("order_number")] = re.sub(r"[\W_]", "", values["order_number"])
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]
