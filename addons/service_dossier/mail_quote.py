"""Telling what is new in a mail from what it quotes; no ORM here.

One rule stands above all: a new sentence is never folded away. A text is folded because somebody's mail program
marked it (``>``, a quoting element) or because it follows a head that only mail programs write (``From: Sent: To:
Subject:``, ``On ... wrote:``). Where it is known what was sent (``known``), unmarked text must be part of that.

How people's mail programs introduce quotes is known to the library mail-parser-reply and to Odoo, which marks
elements with ``data-o-mail-quote``; here is what both leave open.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from mailparser_reply.constants import MAIL_LANGUAGES

if TYPE_CHECKING:
    from lxml import etree

#: the languages whose introductions are taken from the library
LANGUAGES = ("en", "nl", "fr", "de", "da", "es", "it", "pl")
WROTE = (
    r"(?:wrote|writes|schreef|geschreven|schrieb|geschrieben|a écrit|a ecrit|écrit|skrev|a scris|ha scritto|escribió"
    r"|napisał\S*)"
)
DAYS = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:maan|dins|woens|donder|vrij|zater|zon)dag"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend"
    r"|(?:man|tirs|ons|tors|fre|lør|søn)dag|luni|mar[tțţ]i|miercuri|joi|vineri|s[âa]mb[ăa]t[ăa]|duminic[ăa]"
)
ADDRESS_IN_BRACKETS = r"<[^<>\s@]{1,64}@[^<>\s]{1,120}>"
#: a word, a date, a name, "wrote"
INTRODUCTION = re.compile(
    r"^(?:(?:On|Le|Op|Am|Den|Pe|La|În|Il|El|W dniu|Dnia|På)\b[^\d\n]{0,40}|"
    r"(?:ma|di|wo|do|vr|za|zo|man|tir|tirs|ons|tor|tors|fre|lør|søn|lun|mar|mie|joi|vin|sâm|sam|dum"
    rf"|{DAYS})\.?,?\s)?"
    rf"\d{{1,4}}.{{4,300}}?\b{WROTE}\b.{{0,120}}:$",
    re.IGNORECASE,
)
#: a name, an address, "wrote"
NAMED = re.compile(rf"^[^<>:]{{2,80}}{ADDRESS_IN_BRACKETS}\s?(?:het volgende\s)?{WROTE}\s?:$", re.IGNORECASE)
#: a name, "wrote", a date; a date and an address; "quoting"; Android's line
WEAK = (
    re.compile(
        rf"^[^<>:.!?]{{2,60}}(?:{ADDRESS_IN_BRACKETS}\s)?\b{WROTE} (?:op|on|am|le|den|pe|la|în)\b"
        r"[^\d\n]{0,30}\d.{2,60}:$",
        re.IGNORECASE,
    ),
    re.compile(rf"^\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}\b.{{0,120}}{ADDRESS_IN_BRACKETS}:?$"),
    re.compile(
        rf"^(?:Quoting|Zitat von|Citeren|Citat (?:af|fra|din)|Citând)\s[^<>:]{{0,80}}{ADDRESS_IN_BRACKETS}\s?:$",
        re.IGNORECASE,
    ),
    re.compile(rf"^-{{2,}}\s?.{{2,80}}\b{WROTE}\s?-{{2,}}$", re.IGNORECASE),
)
#: a word, a day or a name, "wrote": only right above marked text
SHORT = re.compile(rf"^(?:On|Le|Op|Am|Den|Pe|La|În)\b.{{2,80}}\b{WROTE}\b.{{0,60}}:$", re.IGNORECASE)
SEPARATOR = re.compile(
    r"^-{2,}\s?(?:Original (?:Message|Mail|Email|Appointment)|Reply message|Message d['\u2019]origine|Message original"
    r"|Oorspronkelijk bericht|Origineel bericht|Ursprüngliche (?:Nachricht|Mail)|Original-?Nachricht"
    r"|Oprindelig (?:meddelelse|besked)|Original meddelelse|Mesaj original|Mesajul original)\s?-{2,}$",
    re.IGNORECASE,
)
#: what is passed on is new to whom it is passed on
FORWARD = re.compile(
    r"^(?:-{2,}\s?)?(?:Begin forwarded message|Forwarded message|Message transféré"
    r"|Début du message (?:transféré|réexpédié)"
    r"|Doorgestuurd bericht|Begin doorgestuurd bericht|Weitergeleitete Nachricht|Anfang der weitergeleiteten Nachricht"
    r"|Videresendt (?:meddelelse|besked)|Mesaj redirecționat|Mesaj redirectionat)\b.{0,40}$",
    re.IGNORECASE,
)
RULE = re.compile(r"^[_=*\u2013\u2014-]{10,}$")
#: the heads of Outlook and its relatives
LABELS = {
    "from": "From|Van|Von|De|Fra|De la|Expéditeur",
    "sent": "Sent|Date|Sent on|Verzonden|Verzonden op|Datum|Gesendet|Envoyé|Envoyé le|Sendt|Dato|Trimis|Data",
    "to": "To|Aan|An|À|A|Pour|Til|Către|Catre",
    "cc": "Cc|CC|Kopie|Copie|Kopi|Bcc|Reply-To|Antwort an|Importance|Prioriteit|Organization|Attachments",
    "subject": "Subject|Onderwerp|Betreff|Objet|Sujet|Emne|Subiect",
}
LABEL = re.compile(
    r"^[* ]{0,3}(?:" + "|".join(f"(?P<{kind}>{words})" for kind, words in LABELS.items()) + r")[*\s]{0,2}:[* ]{0,2}",
    re.IGNORECASE,
)
DATE_OR_TIME = re.compile(r"\d{4}|\d{1,2}[:.]\d{2}")
ADDRESS = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{1,200}")
#: a line that a mail program wrapped was at least this long, or was broken at an address
WRAPPED = 40
AT_ADDRESS = re.compile(r"<$|^<?[^\s<>@]{1,64}@[^\s<>@]{1,200}>?$")
#: the rest of an introduction that was broken before the bracket: no mark of a quote
CLOSING = re.compile(rf"^>\s?(?:het volgende\s)?(?:{WROTE}\s?)?:$", re.IGNORECASE)
#: mail programs put them at the begin of what they quote
UNSEEN = re.compile("[\u200b\u2060\ufeff]")
#: a longer word before a full stop is no abbreviation of a month or a day
SENTENCE_END = re.compile(r"(?:[!?…]|(?!\b(?:févr|juill)\.)\b[^\W\d]{5,}\.)$")
LONGEST = 500
#: its patterns take long for long lines
LONGEST_FOR_LIBRARY = 160
#: nobody writes more; such a mail is shown as it is
MOST_LINES = 20_000
#: a shorter line must be a whole line of what is known
SURE = 20

#: an element of a tree and which part of it: ``text``, ``tail`` or its tag
Slot = tuple["etree._Element", str]


@dataclass
class Line:
    """A line of a mail, and where its text sits in the tree of an HTML mail."""

    text: str = ""
    marked: bool = False
    #: the element that quotes it does nothing but quote
    cited: bool = False
    #: Odoo's reading of the mail calls it a quote (or a signature)
    hinted: bool = False
    #: it begins an element of its own, in which no mail program goes on with a line of text
    block: bool = False
    #: where it sits in a tree: an element, and which part of it
    slots: list[Slot] = field(default_factory=list)


class Known:
    """What was sent before, to recognise it where it comes back without marks."""

    def __init__(self, texts: Collection[str]) -> None:
        self._lines = {_plain(line) for text in texts for line in text.splitlines()} - {""}
        self._all = " ".join(_plain(text) for text in texts)

    def __bool__(self) -> bool:
        return bool(self._lines)

    def __contains__(self, text: str) -> bool:
        plain = _plain(text)
        return plain in self._lines or (len(plain) >= SURE and plain in self._all)


def seen(text: str) -> str:
    """Return a line without what nobody sees in it."""
    return " ".join(UNSEEN.sub("", text).split())


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


@cache
def _library_introductions() -> list[re.Pattern[str]]:
    patterns = (MAIL_LANGUAGES[language]["wrote_header"] for language in LANGUAGES)
    return [re.compile(pattern, re.IGNORECASE) for pattern in patterns]


def fold(lines: Sequence[Line], known: Collection[str] = ()) -> list[bool]:
    """Return for each line whether it belongs to the quote that is folded away.

    :param lines: list of :class:`Line`
    :param known: texts that were sent before; empty where that is not known
    """
    if len(lines) > MOST_LINES:
        return [False] * len(lines)
    quoted, heads = _find_quotes(lines, Known(known))
    return _choose(lines, quoted, heads)


def _find_quotes(lines: Sequence[Line], known: Known) -> tuple[list[bool], set[int]]:
    """Return per line whether it is quoted, and the numbers of the lines that introduce a quote."""
    quoted = [line.marked for line in lines]
    heads: set[int] = set()
    last_known = max(
        (n for n, line in enumerate(lines) if line.text and not line.marked and line.text in known), default=-1
    )
    number = 0
    while number < len(lines):
        start, end, sure = _head_at(lines, number)
        if end is None:
            number += 1
            continue
        if _takes_rest(lines, start, end, sure, last_known if known else None):
            _quote_rest(lines, start, end, known, quoted)
            heads.update(range(start, end))
            break
        if _followed_by_mark(lines, end):
            quoted[start:end] = [True] * (end - start)
            heads.update(range(start, end))
        number = end
    _show_additions(lines, known, quoted)
    return quoted, heads


def _head_at(lines: Sequence[Line], number: int) -> tuple[int, int | None, bool]:
    """Return begin, end and whether only a mail program writes such a head; the end is none where there is none."""
    line = lines[number]
    if line.marked or not line.text or len(line.text) > LONGEST:
        return number, None, False
    if FORWARD.match(line.text):
        # what is passed on runs to the end
        return number, None, False
    for reader in (_read_separator, _read_labels, _read_introduction):
        end, sure = reader(lines, number)
        if end:
            return _with_rule(lines, number), end, sure
    return number, None, False


def _with_rule(lines: Sequence[Line], number: int) -> int:
    """Return the number of the line drawn above a head, or the head's own."""
    above = number - 1
    while above >= 0 and not lines[above].text and not _is_rule(lines[above]):
        above -= 1
    return above if above >= 0 and _is_rule(lines[above]) and not lines[above].marked else number


def _is_rule(line: Line) -> bool:
    return bool(RULE.match(line.text)) or (not line.text and any(slot[1] == "hr" for slot in line.slots))


def _read_separator(lines: Sequence[Line], number: int) -> tuple[int | None, bool]:
    if not SEPARATOR.match(lines[number].text):
        return None, False
    following = _next_text(lines, number + 1)
    end, _sure = _read_labels(lines, following) if following is not None else (None, False)
    return end or number + 1, True


def _read_labels(lines: Sequence[Line], number: int) -> tuple[int | None, bool]:
    """Return the end of ``From: ... Sent: ... To: ... Subject: ...``; values may be wrapped."""
    found, end, loose = {}, None, 0
    for position in range(number, min(number + 14, len(lines))):
        text = lines[position].text
        match = LABEL.match(text) if len(text) <= LONGEST else None
        if match and match.lastgroup not in found:
            found[match.lastgroup] = text[match.end() :]
            end, loose = position + 1, 0
        elif position == number or not text:
            break
        else:
            loose += 1
            # only names and addresses are wrapped; a sentence is none
            if loose > 2 or match or not (ADDRESS.search(text) or text.endswith((";", ","))):
                break
    dated = bool(DATE_OR_TIME.search(found.get("sent", "")))
    enough = "from" in found and len(found) >= 3 and dated
    return (end, True) if enough else (None, False)


def _read_introduction(lines: Sequence[Line], number: int) -> tuple[int | None, bool]:
    """Return the end of ``On ... wrote:``, which may be wrapped over four lines."""
    if SHORT.match(lines[number].text) and _followed_by_mark(lines, number + 1):
        return number + 1, False
    texts: list[str] = []
    for position in range(number, min(number + 4, len(lines))):
        text = lines[position].text
        closes = bool(texts) and CLOSING.match(text) and AT_ADDRESS.search(texts[-1])
        elsewhere = (lines[position].marked and not closes) or (bool(texts) and lines[position].block)
        if not text or elsewhere or sum(map(len, texts)) > LONGEST:
            break
        texts.append(text)
        if text.endswith((":", ">", "-")):
            joined = " ".join(texts)
            wrapped = len(texts) == 1 or (all(map(_may_be_wrapped, texts[:-1])) and bool(DATE_OR_TIME.search(joined)))
            # a sentence may begin with the same word: the introduction is what begins last
            later = any(_is_whole(" ".join(texts[n:])) for n in range(1, len(texts)))
            if wrapped and not later and _is_introduction(joined):
                sure = bool(DATE_OR_TIME.search(joined)) and bool(ADDRESS.search(joined) or joined.endswith("-"))
                return position + 1, sure
            if text.endswith(":") and not wrapped:
                break
    return None, False


def _may_be_wrapped(text: str) -> bool:
    """Return whether a mail program may have broken its introduction at the end of this line."""
    return (len(text) >= WRAPPED or bool(AT_ADDRESS.search(text))) and not SENTENCE_END.search(text)


def _is_whole(text: str) -> bool:
    """Return whether an introduction begins with this text; one that begins with a name may be the end of another."""
    return bool(INTRODUCTION.match(text)) or any(pattern.match(text) for pattern in WEAK)


def _is_introduction(text: str) -> bool:
    text = " ".join(text.split())
    if _is_whole(text) or NAMED.match(text):
        return True
    if len(text) > LONGEST_FOR_LIBRARY or not text.endswith(":") or not re.search(r"\d", text):
        return False
    return any(pattern.match(text) for pattern in _library_introductions())


def _next_text(lines: Sequence[Line], number: int) -> int | None:
    return next((n for n in range(number, len(lines)) if lines[n].text), None)


def _followed_by_mark(lines: Sequence[Line], end: int) -> bool:
    following = _next_text(lines, end)
    return following is not None and lines[following].marked


def _takes_rest(lines: Sequence[Line], start: int, end: int, sure: bool, last_known: int | None) -> bool:
    """Return whether the unmarked text below a head is quoted.

    :param last_known: number of the last unmarked line that was sent before; none where that cannot be told
    """
    following = _next_text(lines, end)
    if following is None or lines[following].marked:
        return False
    if last_known is not None:
        return last_known >= end
    return sure or lines[start].hinted or lines[following].hinted


def _quote_rest(lines: Sequence[Line], start: int, end: int, known: Known, quoted: list[bool]) -> None:
    """Mark a head and the rest of the mail as quoted, without what was not sent before."""
    quoted[start:end] = [True] * (end - start)
    number = end
    while number < len(lines):
        line = lines[number]
        begin, finish, _sure = _head_at(lines, number)
        if finish:
            quoted[begin:finish] = [True] * (finish - begin)
            number = finish
            continue
        quoted[number] = line.marked or not known or not line.text or line.text in known
        number += 1


def _show_additions(lines: Sequence[Line], known: Known, quoted: list[bool]) -> None:
    """Show what somebody wrote into a quoting element: it surrounds text that was sent, but was not sent itself."""
    if not known or not any(line.cited and line.text in known for line in lines if line.text):
        return
    for number, line in enumerate(lines):
        if line.cited and line.text and line.text not in known and not _head_at_cited(lines, number):
            quoted[number] = False


def _head_at_cited(lines: Sequence[Line], number: int) -> bool:
    text = lines[number].text
    return bool(LABEL.match(text) or SEPARATOR.match(text) or _is_introduction(text))


def _choose(lines: Sequence[Line], quoted: Sequence[bool], heads: set[int]) -> list[bool]:
    """Return per line whether it is folded: a quote at the end always, one before new text where it is whole."""
    texts = [number for number, line in enumerate(lines) if line.text or (line.slots and _has_picture(line))]
    new = [number for number in texts if not quoted[number]]
    if not new or len(new) == len(texts):
        return [False] * len(lines)
    last = new[-1]
    folded = [number > last and texts[-1] > last for number in range(len(lines))]
    runs = _runs([number for number in texts if number <= last], quoted)
    if len(runs) == 1 and heads & set(range(runs[0][0], runs[0][1] + 1)):
        # answered below or around one quote; several are answered one by one and stay where they are
        folded = [folded[n] or (quoted[n] and runs[0][0] <= n <= runs[0][1]) for n in range(len(lines))]
    return folded


def _runs(numbers: Iterable[int], quoted: Sequence[bool]) -> list[list[int]]:
    """Return first and last number of each quote among lines with text."""
    runs: list[list[int]] = []
    previous = False
    for number in numbers:
        if quoted[number] and previous:
            runs[-1][1] = number
        elif quoted[number]:
            runs.append([number, number])
        previous = quoted[number]
    return runs


def _has_picture(line: Line) -> bool:
    return any(slot[1] == "img" for slot in line.slots)


def fold_text(text: str, known: Collection[str] = ()) -> tuple[str, str]:
    """Split a plain text into what is new and what is quoted; the second is empty where nothing is."""
    raw = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines = [Line(text=seen(line), marked=line.lstrip().startswith(">")) for line in raw]
    folded = fold(lines, known)
    new = "\n".join(line for line, hide in zip(raw, folded, strict=True) if not hide).strip("\n")
    quote = "\n".join(line for line, hide in zip(raw, folded, strict=True) if hide).strip("\n")
    return (new.strip(), quote) if quote.strip() else (text.strip(), "")
