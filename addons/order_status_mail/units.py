"""Numbers of pieces in words, with each language's own plural. Plain Python, no ORM."""

#: By unit and language: one, several, and (Romanian) twenty and more.
WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "unit": {
        "en": ("piece", "pieces"),
        "fr": ("pièce", "pièces"),
        "nl": ("stuk", "stuks"),
        "ro": ("bucată", "bucăți", "de bucăți"),
        "da": ("stk.", "stk."),
        "de": ("Stück", "Stück"),
    },
    "dozen": {
        "en": ("dozen", "dozen"),
        "fr": ("douzaine", "douzaines"),
        "nl": ("dozijn", "dozijn"),
        "ro": ("duzină", "duzini", "de duzini"),
        "da": ("dusin", "dusin"),
        "de": ("Dutzend", "Dutzend"),
    },
}


def plural_form(language: str, quantity: float) -> int:
    """Return which form of a word goes with a quantity: 0 one, 1 several, 2 many (CLDR's plural rules)."""
    if language == "fr":
        return 0 if 0 <= quantity < 2 else 1
    if quantity == 1:
        return 0
    if language == "ro" and (quantity != int(quantity) or (quantity and not 1 <= quantity % 100 <= 19)):
        return 2 if quantity == int(quantity) else 1
    return 1


def unit_word(unit: str | None, language: str, quantity: float) -> str | None:
    """Return the word for a unit, or None where its own name has to do."""
    forms = WORDS.get(unit or "", {}).get(language)
    return forms[min(plural_form(language, quantity), len(forms) - 1)] if forms else None
