"""Telling what is new in a mail from what it quotes; no ORM here.

One rule stands above all: a new sentence is never folded away. A text is folded because somebody's mail program
marked it (``>``, a quoting element) or because it follows a head that only mail programs write (``From: Sent: To:
Subject:``, ``On ... wrote:``). Where it is known what was sent (``known``), unmarked text must be part of that.

How mail programs introduce quotes: ``mail_introductions``. Odoo marks elements with ``data-o-mail-quote``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .mail_introductions import ARROWS, FORWARD, MOMENT, SEPARATOR, WROTE, is_introduction, is_short, is_whole

if TYPE_CHECKING:
    from lxml import etree

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
    passed_on = False
    while number < len(lines):
        if FORWARD.match(lines[number].text.lstrip("> ")):
            number, passed_on = _show_passed_on(lines, number, quoted), True
            continue
        start, end, sure = _head_at(lines, number)
        if end is None:
            number += 1
            continue
        sure = sure and not passed_on
        if _takes_rest(lines, start, end, sure, last_known if known else None):
            _quote_rest(lines, start, end, known, quoted)
            heads.update(range(start, end))
            break
        if _followed_by_mark(lines, end):
            quoted[start:end] = [True] * (end - start)
            heads.update(range(start, end))
            end = _end_of_marks(lines, end)
        number = end
    _show_unknown(lines, known, quoted, heads)
    _show_additions(lines, known, quoted)
    return quoted, heads


def _show_passed_on(lines: Sequence[Line], number: int, quoted: list[bool]) -> int:
    """Keep a mail that is passed on: its head, and the marks that some programs put on it.

    :returns: number of the line to go on with
    """
    following = _next_text(lines, number + 1)
    if following is None:
        return len(lines)
    if not lines[following].marked:
        end, _sure = _read_labels(lines, following)
        return end or following
    end = _end_of_marks(lines, following)
    quoted[number:end] = [False] * (end - number)
    return end


def _head_at(lines: Sequence[Line], number: int) -> tuple[int, int | None, bool]:
    """Return begin, end and whether only a mail program writes such a head; the end is none where there is none."""
    line = lines[number]
    if ARROWS.match(line.text):
        return number, number + 1, True
    if line.marked or not line.text or len(line.text) > LONGEST:
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
    if following is None:
        return number + 1, True
    ends = (reader(lines, following)[0] for reader in (_read_labels, _read_introduction))
    return next(filter(None, ends), number + 1), True


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
    # a driver's list has the same words
    mail = "subject" in found or any(map(ADDRESS.search, found.values()))
    enough = "from" in found and len(found) >= 3 and dated and mail
    return (end, True) if enough else (None, False)


def _read_introduction(lines: Sequence[Line], number: int) -> tuple[int | None, bool]:
    """Return the end of ``On ... wrote:``, which may be wrapped over four lines."""
    if is_short(lines[number].text) and _followed_by_mark(lines, number + 1):
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
            later = any(is_whole(" ".join(texts[n:])) for n in range(1, len(texts)))
            if wrapped and not later and is_introduction(joined):
                signs = (DATE_OR_TIME.search(joined), ADDRESS.search(joined), joined.endswith("-"))
                return position + 1, sum(map(bool, signs)) >= 2
            if text.endswith(":") and not wrapped:
                break
    return None, False


def _may_be_wrapped(text: str) -> bool:
    """Return whether a mail program may have broken its introduction at the end of this line."""
    long = len(text) >= WRAPPED or bool(AT_ADDRESS.search(text)) or bool(MOMENT.match(text))
    return long and not SENTENCE_END.search(text)


def _next_text(lines: Sequence[Line], number: int) -> int | None:
    return next((n for n in range(number, len(lines)) if lines[n].text), None)


def _followed_by_mark(lines: Sequence[Line], end: int) -> bool:
    following = _next_text(lines, end)
    return following is not None and lines[following].marked


def _end_of_marks(lines: Sequence[Line], number: int) -> int:
    """Return the number of the first line behind marked text."""
    return next((n for n in range(number, len(lines)) if lines[n].text and not lines[n].marked), len(lines))


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


def _show_unknown(lines: Sequence[Line], known: Known, quoted: list[bool], heads: set[int]) -> None:
    """Show marked text that nothing introduces and of which nothing was sent: a list, or "more than" (> 5 mm)."""
    if not known:
        return
    for first, last in _runs([number for number, line in enumerate(lines) if line.text], quoted):
        run = range(first, last + 1)
        if heads.isdisjoint(run) and not any(lines[number].text in known for number in run):
            quoted[first : last + 1] = [False] * len(run)


def _show_additions(lines: Sequence[Line], known: Known, quoted: list[bool]) -> None:
    """Show what somebody wrote into a quoting element: it surrounds text that was sent, but was not sent itself."""
    if not known or not any(line.cited and line.text in known for line in lines if line.text):
        return
    for number, line in enumerate(lines):
        if line.cited and line.text and line.text not in known and not _head_at_cited(lines, number):
            quoted[number] = False


def _head_at_cited(lines: Sequence[Line], number: int) -> bool:
    text = lines[number].text
    return bool(LABEL.match(text) or SEPARATOR.match(text) or is_introduction(text))


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
