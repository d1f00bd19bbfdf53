"""Which product of an order a file is for, by its size, its name and its number of pages. No Odoo in here."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

#: Millimetres that a page may differ from the product's format.
TOLERANCE = 2
#: What each sign counts for; a size that contradicts outweighs any name.
SIZE, NAME, PAGES = 4, 2, 1


@dataclass(frozen=True)
class Product:
    """An order line: its name and its format, 0 where none is said."""

    key: int
    name: str
    width: float = 0
    height: float = 0
    bleed: float = 0
    pages: int = 0


@dataclass(frozen=True)
class File:
    """What is known of a file when it comes in; sizes are those of the first page."""

    name: str
    width: float
    height: float
    pages: int


def find(file: File, products: Iterable[Product]) -> int | None:
    """Return the key of the one product that the file fits best, None where no one stands out."""
    ranked = sorted(((score(file, product), product.key) for product in products), reverse=True)
    if not ranked or ranked[0][0] <= 0 or (len(ranked) > 1 and ranked[1][0] == ranked[0][0]):
        return None
    return ranked[0][1]


def score(file: File, product: Product) -> int:
    """Return how well a file fits a product; below 0 where it contradicts."""
    points = NAME * bool(_words(file.name) & _words(product.name))
    if product.width and product.height:
        points += SIZE if _has_size(file, product) else -SIZE
    if product.pages:
        points += PAGES if file.pages == product.pages else -PAGES
    return points


def _has_size(file: File, product: Product) -> bool:
    """Return whether the page is the product's format, lying or standing, with or without its bleed."""
    page = sorted((file.width, file.height))
    trim = sorted((product.width, product.height))
    return any(
        all(abs(own - wanted - 2 * edge) <= TOLERANCE for own, wanted in zip(page, trim, strict=True))
        for edge in {0, product.bleed}
    )


def _words(name: str) -> set[str]:
    """Return the words of a name that tell something: no endings, no single letters, no accents."""
    plain = unicodedata.normalize("NFKD", name.rpartition(".")[0] or name).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return {word for word in re.findall(r"[^\W_]+", plain) if len(word) > 2 or word.isdigit()}
