"""How mail programs introduce what they quote or pass on, in the languages of the addon; no ORM here.

What the library mail-parser-reply knows is taken from it; here is what it leaves open.
"""

from __future__ import annotations

import re
from functools import cache

from mailparser_reply.constants import MAIL_LANGUAGES

#: the languages whose introductions are taken from the library
LANGUAGES = ("en", "nl", "fr", "de", "da", "es", "it", "pl")
WROTE = (
    r"(?:wrote|writes|schreef|geschreven|schrieb|geschrieben|a écrit|a ecrit|écrit|skrev|a scris|ha scritto|escribió"
    r"|napisał\S*)"
)
#: what Emacs, mutt and their like say; a person does, too: only beside an address
SAID = r"(?:said|says|schrijft|zei|schreibt|sagte|a dit|dit|skriver|sagde|scrie|a spus)"
WHEN = r"(?:op|on|am|le|sur|den|pe|la|în)"
DAYS = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:maan|dins|woens|donder|vrij|zater|zon)dag"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend"
    r"|(?:man|tirs|ons|tors|fre|lør|søn)dag|luni|mar[tțţ]i|miercuri|joi|vineri|s[âa]mb[ăa]t[ăa]|duminic[ăa]"
)
ADDRESS_IN_BRACKETS = r"<\s?[^<>\s@]{1,64}@[^<>\s]{1,120}\s?>"
#: figures, and at most a month between them
DATE = r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}\.?\s[^\W\d]{3,10}\.?,?\s\d{4}"
DATE += r"|[^\W\d]{3,10}\.?\s\d{1,2},?\s\d{4})"
TIME = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[ap]\.?m\.?)?(?:\s(?:[+-]\d{4}|[A-Z]{2,4}(?:[+-][\d:]{1,5})?))?"
#: a word, a date, a name, "wrote"
INTRODUCTION = re.compile(
    r"^(?:(?:(?:On|Le|Op|Am|Den|Pe|La|În|Il|El|W dniu|Dnia|På)\b|D\.\s)[^\d\n]{0,40}|"
    r"(?:ma|di|wo|do|vr|za|zo|man|tir|tirs|ons|tor|tors|fre|lør|søn|lun|mar|mie|joi|vin|sâm|sam|dum"
    rf"|{DAYS})\.?,?\s)?"
    rf"\d{{1,4}}.{{4,300}}?\b{WROTE}\b.{{0,120}}:$",
    re.IGNORECASE,
)
#: a name, perhaps with a date before it, an address, "wrote"
NAMED = re.compile(
    rf"^(?:{DATE},?\s(?:{TIME},?\s)?)?[^<>:]{{2,80}}{ADDRESS_IN_BRACKETS}\s?(?:het volgende\s)?(?:{WROTE}|{SAID})\s?:$",
    re.IGNORECASE,
)
#: a name, "wrote", a date; a date and an address; "quoting"; Android's line
WEAK = (
    re.compile(
        rf"^[^<>:.!?]{{2,60}}(?:{ADDRESS_IN_BRACKETS}\s)?\b{WROTE} {WHEN}\b[^\d\n]{{0,30}}\d.{{2,60}}:$", re.IGNORECASE
    ),
    re.compile(rf"^[^<>:.!?]{{2,60}}{ADDRESS_IN_BRACKETS}\shat am {DATE},? {TIME} geschrieben:$", re.IGNORECASE),
    re.compile(rf"^\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}\b.{{0,120}}{ADDRESS_IN_BRACKETS}:?$"),
    re.compile(rf"^\*\s[^<>:.!?]{{2,60}}\s{ADDRESS_IN_BRACKETS}\s\[{DATE}[^\[\]]{{0,20}}\]:$", re.IGNORECASE),
    re.compile(
        rf"^(?:Quoting|Zitat von|Citeren|Citat (?:af|fra|din)|Citând)\s[^<>:]{{0,80}}{ADDRESS_IN_BRACKETS}\s?:$",
        re.IGNORECASE,
    ),
    re.compile(rf"^-{{2,}}\s?.{{2,80}}\b{WROTE}\s?:?\s?-{{2,}}$", re.IGNORECASE),
)
#: only right above marked text: a word, a day or a name, "wrote"; a name, an address, "said", a date; a name, a date,
#: "wrote"; a date and an address
SHORT = (
    re.compile(rf"^(?:On|Le|Op|Am|Den|Pe|La|În)\b.{{2,80}}\b{WROTE}\b.{{0,60}}:$", re.IGNORECASE),
    re.compile(
        rf"^[^<>:.!?]{{2,60}}{ADDRESS_IN_BRACKETS}\s{SAID}\s{WHEN}\b[^\d\n]{{0,30}}\d.{{2,60}}:$", re.IGNORECASE
    ),
    re.compile(rf"^[^<>:.!?]{{2,60}},\s{WHEN}\s[^\d\n]{{0,15}}{DATE}.{{0,20}}\s{WROTE}\s?:$", re.IGNORECASE),
    re.compile(rf"^{DATE},?\s{TIME},?\s[^<>:.!?]{{2,60}}\s{ADDRESS_IN_BRACKETS}\s?:$", re.IGNORECASE),
)
#: the first of two lines: nothing but a moment, and at most "wrote"
MOMENT = re.compile(
    rf"^(?:On|Le|Op|Am|Den|Pe|La|În)\b[^\d\n]{{0,15}}{DATE},?\s(?:(?:at|om|um|à|la|kl\.?)\s)?{TIME}(?:\sUhr)?,?"
    rf"(?:\s{WROTE})?$",
    re.IGNORECASE,
)
SEPARATOR = re.compile(
    r"^-{2,}\s?(?:Original (?:Message|Mail|Email|Appointment)|Reply message|Message d['\u2019]origine"
    r"|(?:Message|Mail) original|Oorspronkelijk bericht|Origineel bericht|Ursprüngliche (?:Nachricht|Mail)"
    r"|Original-?\s?Nachricht|Oprindelig (?:meddelelse|besked)|Original meddelelse|Mesaj original|Mesajul original"
    r")\s?-{2,}$",
    re.IGNORECASE,
)
#: GroupWise marks the head and nothing below it
ARROWS = re.compile(rf"^>>>\s?[^<>]{{2,60}}(?:{ADDRESS_IN_BRACKETS}\s)?{DATE}.{{0,15}}\s>>>$", re.IGNORECASE)
#: what is passed on is new to whom it is passed on
FORWARD = re.compile(
    r"^(?:-{2,}\s?)?(?:(?:Begin )?forwarded message|Forwarded by|(?:Début du )?message (?:transféré|réexpédié)"
    r"|(?:Transféré|Réacheminé) par|(?:Begin )?doorgestuurd bericht|Doorgestuurd door"
    r"|(?:Anfang der )?weitergeleitete[n]? (?:Nachricht|E-?Mail)|Weitergeleitet von"
    r"|(?:(?:Start på|Begynd) )?videresendt (?:meddelelse|besked|e-?mail)|Videresendt af"
    r"|(?:Început(?:ul)? )?mesaj(?:ul|ului)? (?:redirecționat|redirectionat|transmis mai departe))\b.{0,80}$",
    re.IGNORECASE,
)
#: its patterns take long for long lines
LONGEST_FOR_LIBRARY = 160


@cache
def _library_introductions() -> list[re.Pattern[str]]:
    patterns = (MAIL_LANGUAGES[language]["wrote_header"] for language in LANGUAGES)
    return [re.compile(pattern, re.IGNORECASE) for pattern in patterns]


def is_whole(text: str) -> bool:
    """Return whether an introduction begins with this text; one that begins with a name may be the end of another."""
    return bool(INTRODUCTION.match(text)) or any(pattern.match(text) for pattern in WEAK)


def is_short(text: str) -> bool:
    """Return whether a line introduces a quote where it stands right above marked text."""
    return any(pattern.match(text) for pattern in SHORT)


def is_introduction(text: str) -> bool:
    """Return whether a text, of one line or of several joined, introduces a quote."""
    text = " ".join(text.split())
    if is_whole(text) or NAMED.match(text):
        return True
    if len(text) > LONGEST_FOR_LIBRARY or not text.endswith(":") or not re.search(r"\d", text):
        return False
    return any(pattern.match(text) for pattern in _library_introductions())
