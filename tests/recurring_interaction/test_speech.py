"""RI+10: rules as people say them, in six languages."""

import pytest
from recurrence import speech
from recurrence.rules import RuleError
from recurrence.speech_words import FILLERS, VOCABULARY

NOT_IN_AUGUST = "BYMONTH=1,2,3,4,5,6,7,9,10,11,12"
#: One sense in six languages: en, fr, nl, ro, da, de.
SAME = {
    (f"FREQ=MONTHLY;BYDAY=1TU;{NOT_IN_AUGUST}", 9.0): (
        "every first Tuesday at 9, not in August",
        "chaque premier mardi à 9 h, sauf en août",
        "elke eerste dinsdag om 9 uur, niet in augustus",
        "în fiecare prima marți la ora 9, nu în august",
        "hver første tirsdag kl. 9, ikke i august",
        "jeden ersten Dienstag um 9 Uhr, außer im August",
    ),
    ("FREQ=WEEKLY;BYDAY=TU,TH", 14.5): (
        "every Tuesday and Thursday at 2:30 pm",
        "tous les mardis et jeudis à 14h30",
        "elke dinsdag en donderdag om 14.30 uur",
        "în fiecare marți și joi la ora 14:30",
        "hver tirsdag og torsdag kl. 14.30",
        "jeden Dienstag und Donnerstag um 14.30 Uhr",
    ),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", None): (
        "every two weeks on Monday",
        "toutes les deux semaines le lundi",
        "om de twee weken op maandag",
        "la fiecare două săptămâni luni",
        "hver anden uge mandag",
        "alle zwei Wochen am Montag",
    ),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", None): (
        "the last day of the month",
        "le dernier jour du mois",
        "de laatste dag van de maand",
        "ultima zi a lunii",
        "den sidste dag i måneden",
        "am letzten Tag des Monats",
    ),
    ("FREQ=MONTHLY;BYMONTHDAY=15", None): (
        "on the 15th of every month",
        "le 15 de chaque mois",
        "op de 15 van elke maand",
        "pe 15 în fiecare lună",
        "den 15. i hver måned",
        "am 15. jedes Monats",
    ),
    ("FREQ=YEARLY;BYDAY=-1FR;BYMONTH=5", None): (
        "the last Friday in May",
        "le dernier vendredi de mai",
        "de laatste vrijdag van mei",
        "ultima vineri din mai",
        "den sidste fredag i maj",
        "der letzte Freitag im Mai",
    ),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", 8.0): (
        "every workday at 8",
        "ouvrables à 8 heures",
        "elke werkdag om 8 uur",
        "lucrătoare la ora 8",
        "hver hverdag kl. 8",
        "jeden Werktag um 8 Uhr",
    ),
    ("FREQ=MONTHLY;INTERVAL=3", None): (
        "every 3 months",
        "tous les 3 mois",
        "elke 3 maanden",
        "fiecare 3 luna",
        "hver 3 måneder",
        "alle 3 Monate",
    ),
    ("FREQ=MONTHLY;BYDAY=2WE", None): (
        "the second Wednesday of the month",
        "le deuxième mercredi du mois",
        "de tweede woensdag van de maand",
        "a doua miercuri a lunii",
        "den anden onsdag i måneden",
        "am zweiten Mittwoch des Monats",
    ),
    ("FREQ=MONTHLY;BYMONTHDAY=1,15", None): (
        "on the 1st and 15th of the month",
        "le 1er et le 15 du mois",
        "op de 1e en de 15e van de maand",
        "pe 1 și pe 15 ale lunii",
        "den 1. og 15. i måneden",
        "am 1. und 15. des Monats",
    ),
    ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", 16.0): (
        "the last workday of the month at 4 pm",
        "le dernier jour ouvrable du mois à 16 h",
        "de laatste werkdag van de maand om 16 uur",
        "ultima zi lucrătoare a lunii la ora 16",
        "den sidste hverdag i måneden kl. 16",
        "am letzten Werktag des Monats um 16 Uhr",
    ),
    ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1", None): (
        "quarterly on the 1st",
        "chaque trimestre le 1er",
        "elk kwartaal op de 1e",
        "în fiecare trimestru pe 1",
        "hvert kvartal den 1.",
        "vierteljährlich am 1.",
    ),
    ("FREQ=MONTHLY;INTERVAL=6", None): (
        "every six months",
        "tous les six mois",
        "om de zes maanden",
        "la fiecare șase luni",
        "hver seks måneder",
        "halbjährlich",
    ),
    ("FREQ=DAILY;INTERVAL=2", None): (
        "every two days",
        "tous les deux jours",
        "om de twee dagen",
        "la fiecare două zile",
        "hver anden dag",
        "jeden 2. Tag",
    ),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA", 7.75): (
        "every day at 7:45 except Sunday",
        "tous les jours sauf le dimanche à 7h45",
        "elke dag behalve zondag om 7.45 uur",
        "zilnic la 7:45, fără duminică",
        "dagligt kl. 7.45 undtagen søndag",
        "täglich um 7:45 Uhr außer Sonntag",
    ),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH", None): (
        "every workday except Friday",
        "tous les jours ouvrables sauf le vendredi",
        "elke werkdag behalve vrijdag",
        "în fiecare zi lucrătoare, fără vineri",
        "hver hverdag undtagen fredag",
        "jeden Werktag außer Freitag",
    ),
    ("FREQ=MONTHLY;BYDAY=2MO", None): (
        "the second Monday of the month",
        "le deuxième lundi du mois",
        "elke 2e maandag van de maand",
        "a doua luni a lunii",
        "den anden mandag i måneden",
        "am 2. Montag des Monats",
    ),
    ("FREQ=DAILY;COUNT=10", None): (
        "every day, 10 times",
        "tous les jours, 10 fois",
        "elke dag, 10 keer",
        "fiecare zi, de 10 ori",
        "hver dag, 10 gange",
        "jeden Tag, 10 mal",
    ),
}
LANGUAGES = ("en", "fr", "nl", "ro", "da", "de")


@pytest.mark.parametrize(("expected", "texts"), SAME.items(), ids=[texts[0] for texts in SAME.values()])
def test_the_same_in_six_languages(expected, texts):
    """What means the same is the same rule, whatever the language; capital letters and accents do not matter."""
    for language, text in zip(LANGUAGES, texts, strict=True):
        assert speech.read(text, language) == expected, text
        assert speech.read(text.upper(), language) == expected, text


WORKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
SUMMER = "FREQ=WEEKLY;BYDAY=MO;BYMONTH=6,7,8"


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        # a range is all that lies in it, not its two ends
        ("en", "Monday-Friday at 8", (WORKDAYS, 8.0)),
        ("en", "from Monday to Friday at 8", (WORKDAYS, 8.0)),
        ("en", "Monday \u2013 Friday", (WORKDAYS, None)),
        ("en", "Friday to Monday", ("FREQ=WEEKLY;BYDAY=FR,SA,SU,MO", None)),
        ("en", "every Monday from June to August", (SUMMER, None)),
        ("en", "every Monday, not November-February", ("FREQ=WEEKLY;BYDAY=MO;BYMONTH=3,4,5,6,7,8,9,10", None)),
        ("fr", "du lundi au vendredi à 8h", (WORKDAYS, 8.0)),
        ("fr", "tous les lundis de juin à août", (SUMMER, None)),
        ("nl", "van maandag tot en met vrijdag om 8 uur", (WORKDAYS, 8.0)),
        ("nl", "maandag t/m vrijdag om 8u30", (WORKDAYS, 8.5)),
        ("ro", "de luni până vineri la ora 8", (WORKDAYS, 8.0)),
        ("da", "fra mandag til fredag kl. 8", (WORKDAYS, 8.0)),
        ("de", "von Montag bis Freitag um 8 Uhr 30", (WORKDAYS, 8.5)),
        ("de", "jeden Montag von Juni bis August", (SUMMER, None)),
        # every other one is one in two, not the second one of the month
        ("en", "every other Tuesday", ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", None)),
        ("nl", "om de maandag", ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", None)),
        ("nl", "om de week op maandag", ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", None)),
        ("nl", "om de dag", ("FREQ=DAILY;INTERVAL=2", None)),
        ("nl", "om het jaar op 1 mei", ("FREQ=YEARLY;INTERVAL=2;BYMONTHDAY=1;BYMONTH=5", None)),
        ("da", "hver anden tirsdag", ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", None)),
        ("da", "hver anden tirsdag i måneden", ("FREQ=MONTHLY;BYDAY=2TU", None)),
        ("da", "den anden tirsdag i måneden", ("FREQ=MONTHLY;BYDAY=2TU", None)),
        # hours
        ("fr", "tous les lundis à 9 h 30", ("FREQ=WEEKLY;BYDAY=MO", 9.5)),
        ("fr", "chaque lundi à neuf heures", ("FREQ=WEEKLY;BYDAY=MO", 9.0)),
        ("da", "hver mandag klokken ni", ("FREQ=WEEKLY;BYDAY=MO", 9.0)),
        ("de", "jeden Tag um 9 Uhr 10 mal", ("FREQ=DAILY;COUNT=10", 9.0)),
        ("en", "on 1 January and 1 July", ("FREQ=MONTHLY;BYMONTHDAY=1;BYMONTH=1,7", None)),
    ],
)
def test_said_as_people_do(language, text, expected):
    """RI+10: what has one sense for people, beside the words that are the same everywhere."""
    assert speech.read(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "on 1 January and 15 July"), ("en", "first Monday of March and last Friday of September"),
        ("en", "every Monday in June and every Tuesday in July"), ("en", "every day of the month"),
        ("fr", "tous les jours du mois"), ("en", "every month 5-10"), ("fr", "du 5 au 10 de chaque mois"),
        ("ro", "de la 1 la 5 ale lunii"), ("de", "jeden Montag 9-10 Uhr"), ("en", "second to last Friday of the month"),
        ("en", "Monday at 13 am"), ("en", "Monday to June"), ("nl", "om maandag op 5"), ("en", "every Monday times"),
    ],
)  # fmt: skip
def test_not_taken_for_something_else(language, text):
    """RI+10: what one rule cannot say, or what is not understood, is refused: nothing like it is planned instead."""
    with pytest.raises(RuleError):
        speech.read(text, language)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("every first and third Tuesday", "FREQ=MONTHLY;BYDAY=1TU,3TU"),
        ("weekly", "FREQ=WEEKLY"),
        ("every other week on Friday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"),
        ("every year on 24 December", "FREQ=YEARLY;BYMONTHDAY=24;BYMONTH=12"),
        ("every Monday in June and July", "FREQ=WEEKLY;BYDAY=MO;BYMONTH=6,7"),
        ("every Monday, except July and August", "FREQ=WEEKLY;BYDAY=MO;BYMONTH=1,2,3,4,5,6,9,10,11,12"),
        ("every month", "FREQ=MONTHLY"),
        ("every 2nd week", "FREQ=WEEKLY;INTERVAL=2"),
        ("every 14 days on Tuesday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("every two quarters", "FREQ=MONTHLY;INTERVAL=6"),
        ("first workday of every quarter", "FREQ=MONTHLY;INTERVAL=3;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1"),
        ("every week, not in August, on Monday", "FREQ=WEEKLY;BYDAY=MO;BYMONTH=1,2,3,4,5,6,7,9,10,11,12"),
        ("every day except Saturday and Sunday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ],
)
def test_other_ways_to_say_it(text, expected):
    """What people say beside the examples."""
    assert speech.read(text)[0] == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "every", "at 9", "every Tuesday at 25", "every Tuesday at 9 at 10", "every fortnightish thing",
        "every month on Tuesday", "Tuesday and the first Friday", "not in August", "every 40", "the last",
        "every Monday in May, not in May", "every 0 weeks", "every day every week every year", "first second week",
        "every day at 9, not on the 24th", "every Monday except Monday", "every first Monday except Monday",
        "every Tuesday before lunch", "the 15th and the first Friday",
    ],
)  # fmt: skip
def test_refused(text):
    """What is not understood, incomplete or contradicts itself is refused; no word is left out in silence."""
    with pytest.raises(RuleError) as error:
        speech.read(text)
    assert error.value.code == "speech"


def test_no_word_means_two_things():
    """A word is a filler or says something, not both, and every language knows everything."""
    for language in LANGUAGES:
        words = VOCABULARY[language]
        assert not FILLERS[language].intersection(words), language
        values = set(words.values())
        assert {("day", number) for number in range(7)} <= values
        assert {("month", number) for number in range(1, 13)} <= values
        assert {("nth", 1), ("nth", 3), ("nth", -1)} <= values
        assert {kind for kind, _value in values} >= {"each", "unit", "workday", "not", "at", "times", "number"}
