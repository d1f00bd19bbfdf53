"""The words of rules in six languages, without accents: what each stands for.

A word stands for ``(kind, value)``: ``each``; ``unit`` DAY to YEAR; ``workday``; ``day`` 0 (Monday) to 6; ``nth`` 1 to
5 and -1; ``month`` 1 to 12; ``months`` 3 or 6; ``number``; ``not``; ``at``; ``oclock``; ``half`` 0 or 12 (am, pm);
``times``.
"""

from collections.abc import Mapping, Sequence

UNITS = ("DAY", "WEEK", "MONTH", "YEAR")
#: Per language: lists of words, several forms of one thing separated by blanks, in the order of their values.
_WORDS: dict[str, dict[str, str | list[str]]] = {
    "en": {
        "each": "every each",
        "unit": ["day days daily", "week weeks weekly", "month months monthly", "year years yearly annually"],
        "workday": "workday workdays weekday weekdays",
        "day": ["monday mondays", "tuesday tuesdays", "wednesday wednesdays", "thursday thursdays", "friday fridays",
                "saturday saturdays", "sunday sundays"],
        "nth": ["first", "second other", "third", "fourth", "fifth", "last"],
        "month": ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
                  "november", "december"],
        "months": ["quarter quarters quarterly", "halfyearly semiannually"],
        "number": ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
        "not": "not except without excluding", "at": "at", "oclock": "clock", "times": "times",
    },
    "fr": {
        "each": "chaque tous toutes tout",
        "unit": ["jour jours quotidien", "semaine semaines hebdomadaire", "mois mensuel", "an ans annee annees annuel"],
        "workday": "ouvrable ouvrables ouvre ouvres",
        "day": ["lundi lundis", "mardi mardis", "mercredi mercredis", "jeudi jeudis", "vendredi vendredis",
                "samedi samedis", "dimanche dimanches"],
        "nth": ["premier premiere premiers", "deuxieme second seconde", "troisieme", "quatrieme", "cinquieme",
                "dernier derniere derniers"],
        "month": ["janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre",
                  "novembre", "decembre"],
        "months": ["trimestre trimestres trimestriel", "semestre semestres semestriel"],
        "number": ["un une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"],
        "not": "sauf pas hors excepte sans", "at": "a", "oclock": "heure heures", "times": "fois",
    },
    "nl": {
        "each": "elke elk iedere ieder alle",
        "unit": ["dag dagen dagelijks", "week weken wekelijks", "maand maanden maandelijks", "jaar jaren jaarlijks"],
        "workday": "werkdag werkdagen",
        "day": ["maandag maandagen", "dinsdag dinsdagen", "woensdag woensdagen", "donderdag donderdagen",
                "vrijdag vrijdagen", "zaterdag zaterdagen", "zondag zondagen"],
        "nth": ["eerste", "tweede andere", "derde", "vierde", "vijfde", "laatste"],
        "month": ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
                  "november", "december"],
        "months": ["kwartaal kwartalen", "halfjaar halfjaarlijks"],
        "number": ["een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf"],
        "not": "niet behalve uitgezonderd zonder", "at": "om", "oclock": "uur", "times": "keer maal",
    },
    "ro": {
        "each": "fiecare toate",
        "unit": ["zi zile ziua zilnic zilei", "saptamana saptamani saptamanal", "luna lunii lunar lunile",
                 "an ani anual anului"],
        "workday": "lucratoare lucratoarele",
        "day": ["luni lunea", "marti martea", "miercuri miercurea", "joi joia", "vineri vinerea", "sambata",
                "duminica"],
        "nth": ["prima primul prim", "adoua", "treia treilea", "patra patrulea", "cincea cincilea", "ultima ultimul"],
        "month": ["ianuarie", "februarie", "martie", "aprilie", "mai", "iunie", "iulie", "august", "septembrie",
                  "octombrie", "noiembrie", "decembrie"],
        "months": ["trimestru trimestre trimestrul trimestrial", "semestru semestre semestrul semestrial"],
        "number": ["o un", "doua doi doilea", "trei", "patru", "cinci", "sase", "sapte", "opt", "noua", "zece",
                   "unsprezece", "douasprezece"],
        "not": "nu exceptand fara", "at": "ora orele", "oclock": "fix", "times": "ori",
    },
    "da": {
        "each": "hver hvert alle",
        "unit": ["dag dage dagen dagligt", "uge uger ugen ugentligt", "maned maneder maneden manedligt manedens",
                 "ar aret arligt"],
        "workday": "hverdag hverdage arbejdsdag arbejdsdage",
        "day": ["mandag mandage", "tirsdag tirsdage", "onsdag onsdage", "torsdag torsdage", "fredag fredage",
                "lordag lordage", "sondag sondage"],
        "nth": ["forste", "anden andet", "tredje", "fjerde", "femte", "sidste"],
        "month": ["januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober",
                  "november", "december"],
        "months": ["kvartal kvartaler kvartalet kvartalsvis", "halvar halvarligt"],
        "number": ["en et", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv"],
        "not": "ikke undtagen uden", "at": "kl klokken", "oclock": "tiden", "times": "gange",
    },
    "de": {
        "each": "jeder jede jedes jeden jedem alle",
        "unit": ["tag tage tagen taglich", "woche wochen wochentlich", "monat monate monats monatlich monaten",
                 "jahr jahre jahres jahrlich jahren"],
        "workday": "werktag werktage werktags werktagen arbeitstag arbeitstage",
        "day": ["montag montags", "dienstag dienstags", "mittwoch mittwochs", "donnerstag donnerstags",
                "freitag freitags", "samstag samstags sonnabend", "sonntag sonntags"],
        "nth": ["erste ersten erster erstes", "zweite zweiten zweiter zweites", "dritte dritten dritter",
                "vierte vierten vierter", "funfte funften funfter", "letzte letzten letzter letztes"],
        "month": ["januar", "februar", "marz", "april", "mai", "juni", "juli", "august", "september", "oktober",
                  "november", "dezember"],
        "months": ["quartal quartale quartalen quartals vierteljahr vierteljahrlich", "halbjahr halbjahrlich"],
        "number": ["ein eins", "zwei", "drei", "vier", "funf", "sechs", "sieben", "acht", "neun", "zehn", "elf",
                   "zwolf"],
        "not": "nicht ausser ohne", "at": "um", "oclock": "uhr", "times": "mal",
    },
}  # fmt: skip
#: Words that may stand anywhere and say nothing.
FILLERS = {
    "en": frozenset(["on", "the", "of", "in", "and", "a", "an", "o", "th", "st", "nd", "rd"]),
    "fr": frozenset(["le", "la", "les", "l", "du", "de", "des", "d", "en", "et", "au", "aux", "er", "eme", "non"]),
    "nl": frozenset(["de", "het", "op", "van", "in", "en", "den", "der", "ste", "s"]),
    "ro": frozenset(["la", "in", "pe", "a", "al", "ale", "si", "de", "din", "cu", "exceptia"]),
    "da": frozenset(["den", "det", "i", "pa", "og", "om", "af", "de"]),
    "de": frozenset(["der", "die", "das", "den", "dem", "des", "am", "an", "im", "in", "und", "von"]),
}
#: What stands before the first one and before the last one of a range: from Monday to Friday. Patterns.
RANGES = {
    "en": ("from", "to|through|thru"),
    "fr": ("du|de", "au|a|jusqu ?'?au|jusqu ?'?a"),
    "nl": ("van", "tot en met|tot|t/m|tm"),
    "ro": ("de la|de|din", "pana la|pana in|pana|la"),
    "da": ("fra", "til og med|til"),
    "de": ("von|vom", "bis zum|bis"),
}
#: What languages say in several words, or in one that means something else without them: patterns, without accents.
SAID_OTHERWISE: dict[str, Sequence[tuple[str, str]]] = {
    # every other Tuesday is one in two weeks, as in Dutch and Danish
    "en": [(r"\bhalf[- ]year(ly)?\b", "halfyearly"), (r"\bother (?=\w+day)", "other week ")],
    # om de twee dagen is every two days, om de dag every second one, om twee uur at two
    "nl": [
        (r"\bom (?:de|het) (?:andere )?(?=(?:dag|week|maand|jaar|kwartaal)\b)", "elke tweede "),
        (r"\bom de (?:andere )?(?=\w+dag\b)", "elke tweede week "),
        (r"\bom de\b", "elke"),
    ],
    "da": [(r"\bhver (?:anden|2) (?=\w+dag\b)(?!.*\bmaned)", "hver anden uge ")],
    # a doua is the second one, doua are two; trei luni are three months, a treia luni is the third Monday; 20 de zile
    "ro": [
        (r"\ba (doua|2)\b", "adoua"),
        (
            r"\b(\d+|doua|doi|trei|patru|cinci|sase|sapte|opt|noua|zece|unsprezece|douasprezece) (?:de )?luni\b",
            r"\1 lunile",
        ),
        (r"\b(\d+) de (zile|saptamani|ani)\b", r"\1 \2"),
    ],
}
_FIRST: dict[str, Sequence[int | str]] = {
    "unit": UNITS,
    "day": range(7),
    "nth": (1, 2, 3, 4, 5, -1),
    "month": range(1, 13),
    "months": (3, 6),
    "number": range(1, 13),
}


def _vocabulary(words: Mapping[str, str | list[str]]) -> dict[str, tuple[str, int | str | None]]:
    found: dict[str, tuple[str, int | str | None]] = {}
    for kind, forms in words.items():
        if isinstance(forms, str):
            found.update((word, (kind, None)) for word in forms.split())
            continue
        for value, form in zip(_FIRST[kind], forms, strict=True):
            # a day of the week goes before a number: what stands first stays
            found.update((word, (kind, value)) for word in form.split() if word not in found)
    return found


VOCABULARY = {language: _vocabulary(words) for language, words in _WORDS.items()}
VOCABULARY["en"] |= {"am": ("half", 0), "pm": ("half", 12)}
