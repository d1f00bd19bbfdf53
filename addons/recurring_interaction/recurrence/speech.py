"""Rules as people say them, in six languages: "every first Tuesday at 9, not in August".

The words of a language are looked up one by one; what they stand for is the same in all of them, and so is the
order in which they may come. A word that is not known is an error, never left out.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from .rules import WEEKDAYS, RuleError
from .speech_words import FILLERS, RANGES, SAID_OTHERWISE, VOCABULARY

#: What a word stands for, as ``speech_words`` has them: the value is a number or a unit's name.
Token = tuple[str, Any]

_CLOCK = re.compile(
    # 9 h 30, 9 Uhr 30; but 9 Uhr 10 mal
    r"(?<![\d.])(\d{1,2})\s?(?:(?:h|u|uur|uhr|heures?)\s?(\d{2})(?!\d|\s*(?:fois|keer|maal|mal)\b)"
    r"|(?:[:hu]|\.(?=\d\d(?!\d)))(\d{2})?)(?!\w)"
)
_ORDINAL = re.compile(r"(?<!\d)(\d{1,2})(?:\.|-?(?:st|nd|rd|th|er|re|eme|e|ste|de|a|lea)(?!\w))")
_WORD = re.compile(r"\d{1,2}:\d{2}|\d+|[^\W\d_]+")


def read(text: str, language: str = "en") -> tuple[str, float | None]:
    """Return the RFC 5545 rule that a text in a language stands for, and the hour of the day it names.

    :param language: two letters
    :returns: tuple of the rule as text and the hour, None where the text names none
    :raises RuleError: with the word that is not understood, or all of the text
    """
    parsed = _Parsed()
    for kind, value, following in _tokens(text, language):
        parsed.take(kind, value, following)
    return parsed.rule(text), parsed.hours


def _plain(text: str) -> str:
    """Return text without accents, in small letters, times of day as ``9:30``."""
    text = text.lower().replace("ß", "ss").replace("ø", "o").replace("æ", "ae").replace("å", "a")
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = _CLOCK.sub(lambda match: f"{match[1]}:{match[2] or match[3] or '00'}", text)
    return _ORDINAL.sub(r"\1 ", text)


def _tokens(text: str, language: str) -> Iterator[tuple[str, Any, Token]]:
    """Yield the tokens that say something, each with the one that follows: ``(kind, value, (kind, value))``."""
    words = VOCABULARY.get(language, VOCABULARY["en"])
    fillers = FILLERS.get(language, FILLERS["en"])
    found: list[Token] = []
    following: list[Token] = []
    is_apart = False
    for word in _WORD.findall(_said_plainly(text, language)):
        if word in fillers and word not in words:
            is_apart = True
            continue
        if ":" in word:
            found.append(("clock", word))
        elif word.isdigit():
            found.append(("number", int(word)))
        elif word in words:
            found.append(words[word])
        else:
            raise RuleError("speech", word)
        # 15 months, but the 15 of the month
        following.append(("of", None) if is_apart and found[-1][0] == "unit" else found[-1])
        is_apart = False
    nothing: Token = ("end", None)
    for token, after in zip(found, [*following, nothing][1:], strict=True):
        yield *token, after


def _said_plainly(text: str, language: str) -> str:
    """Return text with what a language says in several words, or in words that mean something else elsewhere."""
    text = _plain(text)
    for said, meant in SAID_OTHERWISE.get(language, ()):
        text = re.sub(said, meant, text)
    return _without_ranges(text, language if language in RANGES else "en")


def _without_ranges(text: str, language: str) -> str:
    """Return text with each day, or month, of what is said as the first and the last one.

    :raises RuleError: with a range of numbers: of days, or of hours
    """
    pattern, words = _range_of(language)

    def each(match: re.Match[str]) -> str:
        if match["number"]:
            raise RuleError("speech", match[0].strip())
        (kind, first), (other_kind, last) = words[match["from"]], words[match["until"]]
        if kind != other_kind:
            raise RuleError("speech", match[0].strip())
        number, base = (7, 0) if kind == "day" else (12, 1)
        members = [(first - base + step) % number + base for step in range((last - first) % number + 1)]
        names = {value: word for word, (its_kind, value) in reversed(words.items()) if its_kind == kind}
        return " ".join(names[member] for member in members)

    return pattern.sub(each, text)


@functools.cache
def _range_of(language: str) -> tuple[re.Pattern[str], dict[str, tuple[str, int]]]:
    """Return what finds a range in a language, and the days and months it may be of."""
    words = {
        word: (kind, value)
        for word, (kind, value) in VOCABULARY[language].items()
        if kind in ("day", "month") and isinstance(value, int)
    }
    start, until = RANGES[language]
    names = "|".join(sorted(words, key=len, reverse=True))
    pattern = (
        rf"(?:\b(?:{start}) )?\b(?:(?P<from>{names})\s*(?:[-\u2010-\u2015]|\b(?:{until})\b)\s*(?P<until>{names})"
        rf"|(?P<number>\d+) ?(?:[-\u2010-\u2015]|(?:{until})\b) ?\d+)\b(?!:)"
    )
    return re.compile(pattern), words


class _Parsed:
    """What was said so far."""

    def __init__(self) -> None:
        self.unit: str | None = None
        self.interval = 1
        self.count: int | None = None
        self.hours: float | None = None
        self.days: list[tuple[int, int]] = []
        self.ordinals: list[int] = []
        self.month_days: list[int] = []
        self.months: list[int] = []
        self.left_out: list[int] = []
        self.left_out_days: list[int] = []
        self.position: int | None = None
        self.is_not = self.is_time = False
        self.is_unit_replaced = False
        self.turns: list[str] = []

    def take(self, kind: str, value: Any, following: Token) -> None:
        """Note one token; a number means what stands beside it.

        :raises RuleError: for anything but days of the week and months that is to be left out
        """
        if kind == "not":
            self.is_not = True
        elif kind == "at":
            if following[0] not in ("clock", "number"):
                raise RuleError("speech", str(following[1] or ""))
            self.is_time = True
        elif self.is_not and kind not in ("month", "day"):
            raise RuleError("speech", str(value))
        else:
            getattr(self, f"_take_{kind}")(value, following)
            # not in July and August; not on Saturday and Sunday
            self.is_not = self.is_not and following[0] == kind

    def _take_each(self, _value: None, _following: Token) -> None:
        return

    def _take_unit(self, value: str, _following: Token) -> None:
        if self.ordinals:
            self._take_ordinal_of_unit(value)
        elif self.unit in (None, value) or value == "MONTH":
            self.is_unit_replaced = self.unit not in (None, value)
            self.unit = value
        elif self.unit != "MONTH":
            raise RuleError("speech", value.lower())

    def _take_ordinal_of_unit(self, unit: str) -> None:
        """The last day of the month; every second week; the first week is one of a month or year, not each."""
        [ordinal, *others] = self.ordinals
        self.ordinals = []
        if others or (ordinal < 2 and unit != "DAY"):
            raise RuleError("speech", unit.lower())
        if unit == "DAY" and ordinal in (1, -1):
            self.month_days.append(ordinal)
            self.unit = self.unit or "MONTH"
        else:
            self.unit, self.interval = unit, ordinal

    def _take_workday(self, _value: None, _following: Token) -> None:
        """Every one of them, or the first or last one of the month."""
        if self.ordinals or self.month_days in ([1], [-1]):
            [self.position, *others] = self.ordinals or self.month_days
            if others:
                raise RuleError("speech", str(others[0]))
            self.ordinals, self.month_days = [], []
            self.unit = self.unit or "MONTH"
        elif self.unit == "DAY" and self.interval == 1:
            self.unit = None  # tous les jours ouvrables
        self.days += [(0, number) for number in range(5)]

    def _take_months(self, value: int, _following: Token) -> None:
        """A quarter or half of a year."""
        if self.unit not in (None, "MONTH") or self.ordinals:
            raise RuleError("speech", f"{value} months")
        self.unit, self.interval = "MONTH", self.interval * value

    def _take_day(self, value: int, _following: Token) -> None:
        if self.is_not:
            self.left_out_days.append(value)
            return
        self.days += [(ordinal, value) for ordinal in self.ordinals or [0]]
        self.ordinals = []
        self._note_turn("days")

    def _note_turn(self, kind: str) -> None:
        """Remember in which turn days and months were said."""
        if self.turns[-1:] != [kind]:
            self.turns.append(kind)

    def _take_nth(self, value: int, _following: Token) -> None:
        self.ordinals.append(value)

    def _take_month(self, value: int, _following: Token) -> None:
        (self.left_out if self.is_not else self.months).append(value)
        if not self.is_not:
            self._note_turn("months")

    def _take_clock(self, value: str, following: Token) -> None:
        hour, minute = map(int, value.split(":"))
        self._set_time(hour, minute, following)

    def _take_half(self, value: int, following: Token) -> None:
        """Twelve hours more, or not, after the number before."""

    def _take_number(self, value: int, following: Token) -> None:
        kind = following[0]
        if kind == "times":
            self.count = value
        elif kind in ("unit", "months") and not self.is_time:
            self.interval = value
        elif kind == "unit" and following[1] != "DAY":
            self.interval, self.is_time = value, False  # Dutch: om de 2 weken
        elif kind in ("oclock", "half") or self.is_time:
            self._set_time(value, 0, following)
        elif kind == "day" or (kind == "nth" and value < 6):
            self.ordinals.append(value)
        elif 1 <= value <= 31:
            self.month_days.append(value)
            self._note_turn("days")
        else:
            raise RuleError("speech", str(value))

    def _take_times(self, _value: None, _following: Token) -> None:
        """The number before it was the count.

        :raises RuleError: when there was none
        """
        if self.count is None:
            raise RuleError("speech", "")

    def _take_oclock(self, _value: None, _following: Token) -> None:
        return

    def _set_time(self, hour: int, minute: int, following: Token) -> None:
        if following[0] == "half" and (hour <= 12 or not following[1]):
            hour = hour % 12 + following[1] if hour <= 12 else 24  # no 13 in the morning
        if self.hours is not None or hour > 23 or minute > 59:
            raise RuleError("speech", f"{hour}:{minute:02}")
        self.hours, self.is_time = hour + minute / 60, False

    def rule(self, text: str) -> str:
        """Return the rule of what was said.

        :raises RuleError: when it says no days, or contradicts itself
        """
        self._leave_days_out(text)
        frequency = self._frequency()
        if not frequency or self.ordinals or self.is_time or self.interval < 1 or self._is_unclear():
            raise RuleError("speech", text.strip()[:80])
        parts = {"FREQ": frequency}
        if self.interval > 1:
            parts["INTERVAL"] = str(self.interval)
        if self.days:
            parts["BYDAY"] = self._by_day()
        if self.position:
            parts["BYSETPOS"] = str(self.position)
        if self.month_days:
            parts["BYMONTHDAY"] = ",".join(map(str, dict.fromkeys(self.month_days)))
        months = [month for month in self.months or range(1, 13) if month not in self.left_out]
        if not months:
            raise RuleError("speech", text.strip()[:80])
        if len(months) < 12:
            parts["BYMONTH"] = ",".join(map(str, sorted(set(months))))
        if self.count:
            parts["COUNT"] = str(self.count)
        return ";".join(f"{key}={value}" for key, value in parts.items())

    def _is_unclear(self) -> bool:
        """Return whether one rule would be more than what was said, or something else."""
        days = {*self.days, *self.month_days}
        if len(self.turns) > 2 and len(days) > 1 and len({*self.months}) > 1:
            return True  # 1 January and 15 July are two dates, not four
        return self.is_unit_replaced and not days  # every day of the month is none of the month

    def _leave_days_out(self, text: str) -> None:
        """Every day except Sunday; every workday except Friday."""
        if not self.left_out_days:
            return
        if not self.days and self.unit == "DAY" and self.interval == 1 and not self.month_days:
            self.unit, self.days = None, [(0, number) for number in range(7)]
        if {ordinal for ordinal, _day in self.days} != {0} or self.position:
            raise RuleError("speech", text.strip()[:80])
        self.days = [(0, number) for _ordinal, number in self.days if number not in self.left_out_days]
        if not self.days:
            raise RuleError("speech", text.strip()[:80])

    def _by_day(self) -> str:
        return ",".join(f"{ordinal or ''}{WEEKDAYS[day]}" for ordinal, day in dict.fromkeys(self.days))

    def _frequency(self) -> str | None:
        """Return the frequency, None where days and unit do not go together."""
        if self.position:
            return "MONTHLY" if self.unit == "MONTH" and not self.month_days else None
        if self.days and self.unit == "DAY" and self.interval > 1 and self.interval % 7 == 0:
            self.unit, self.interval = "WEEK", self.interval // 7  # every 14 days on Tuesday
        in_month = self.month_days or any(ordinal for ordinal, _day in self.days)
        if in_month and self.days and not all(ordinal for ordinal, _day in self.days):
            return None
        if in_month and self.month_days and self.days:
            return None
        if in_month:
            yearly = self.unit == "YEAR" or (len(self.months) == 1 and not self.left_out and self.unit is None)
            return {"YEAR": "YEARLY", "MONTH": "MONTHLY", None: "YEARLY" if yearly else "MONTHLY"}.get(self.unit)
        if self.days:
            return "WEEKLY" if self.unit in (None, "WEEK") else None
        return {"DAY": "DAILY", "WEEK": "WEEKLY", "MONTH": "MONTHLY", "YEAR": "YEARLY"}.get(self.unit or "")
