"""Answers as mail programs write them, made for the tests: six languages, plain text and HTML.

Each case knows which sentences are new and which were sent before; the shapes are those of the fixtures of talon,
email-reply-parser and mail-parser-reply, the words are ours.
"""
# ruff: noqa: E501 - mails look like this

from dataclasses import dataclass

OLD = {
    "en": ("Which width does the left screen have?", "Please answer before Friday, the saw is free then."),
    "nl": ("Welke breedte heeft het linkse screen?", "Antwoord aub voor vrijdag, dan is de zaag vrij."),
    "fr": ("Quelle est la largeur du store de gauche ?", "Merci de répondre avant vendredi, la scie sera libre."),
    "de": ("Wie breit ist die linke Markise genau?", "Bitte vor Freitag antworten, dann ist die Säge frei."),
    "da": ("Hvor bred er den venstre markise egentlig?", "Svar venligst inden fredag, så er saven ledig."),
    "ro": ("Ce lățime are storul din partea stângă?", "Vă rog să răspundeți până vineri, atunci e liber."),
}
NEW = {
    "en": ("It is 1200 mm wide, measured twice.", "On Thursday we are on site from eight."),
    "nl": ("Het is 1200 mm breed, twee keer gemeten.", "Op donderdag zijn we vanaf acht uur ter plaatse."),
    "fr": ("Il fait 1200 mm de large, mesuré deux fois.", "Le jeudi nous sommes sur place dès huit heures."),
    "de": ("Sie ist 1200 mm breit, zweimal gemessen.", "Am Donnerstag sind wir ab acht Uhr vor Ort."),
    "da": ("Den er 1200 mm bred, målt to gange.", "Den torsdag er vi på pladsen fra klokken otte."),
    "ro": ("Are 1200 mm lățime, măsurat de două ori.", "Pe șantier suntem joi de la ora opt."),
}
WROTE = {
    "en": "On Fri, 27 Nov 2026 at 10:00, Els Peeters <els@maker.example> wrote:",
    "nl": "Op vr 27 nov 2026 om 10:00 schreef Els Peeters <els@maker.example>:",
    "fr": "Le ven. 27 nov. 2026 à 10:00, Els Peeters <els@maker.example> a écrit :",
    "de": "Am Fr., 27. Nov. 2026 um 10:00 Uhr schrieb Els Peeters <els@maker.example>:",
    "da": "Den fre. 27. nov. 2026 kl. 10.00 skrev Els Peeters <els@maker.example>:",
    "ro": "Pe vin., 27 nov. 2026 la 10:00, Els Peeters <els@maker.example> a scris:",
}
#: as Thunderbird and Apple Mail write it
WROTE_SHORT = {
    "en": "On 27/11/2026 10:00, Els Peeters wrote:",
    "nl": "Op 27-11-2026 om 10:00 schreef Els Peeters:",
    "fr": "Le 27/11/2026 à 10:00, Els Peeters a écrit :",
    "de": "Am 27.11.26 um 10:00 schrieb Els Peeters:",
    "da": "Den 27.11.2026 kl. 10.00 skrev Els Peeters:",
    "ro": "Pe 27.11.2026 10:00, Els Peeters a scris:",
}
#: as some phones write it
DAY = {
    "en": "On Monday, Els Peeters wrote:",
    "nl": "Op maandag schreef Els Peeters:",
    "fr": "Le lundi, Els Peeters a écrit :",
    "de": "Am Montag schrieb Els Peeters:",
    "da": "Den mandag skrev Els Peeters:",
    "ro": "Pe luni, Els Peeters a scris:",
}
HEADS = {
    "en": ("From", "Sent", "To", "Subject", "Friday, 27 November 2026 10:00"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp", "vrijdag 27 november 2026 10:00"),
    "fr": ("De\xa0", "Envoyé\xa0", "À\xa0", "Objet\xa0", "vendredi 27 novembre 2026 10:00"),
    "de": ("Von", "Gesendet", "An", "Betreff", "Freitag, 27. November 2026 10:00"),
    "da": ("Fra", "Sendt", "Til", "Emne", "27. november 2026 10:00"),
    "ro": ("De la", "Trimis", "Către", "Subiect", "vineri, 27 noiembrie 2026 10:00"),
}
SEPARATORS = {
    "en": "-----Original Message-----",
    "nl": "-----Oorspronkelijk bericht-----",
    "fr": "-----Message d'origine-----",
    "de": "-----Ursprüngliche Nachricht-----",
    "da": "-----Oprindelig meddelelse-----",
    "ro": "-----Mesaj original-----",
}
REGARDS = {
    "en": "Kind regards, Anna",
    "nl": "Met vriendelijke groet, Anna",
    "fr": "Cordialement, Anna",
    "de": "Mit freundlichen Grüßen, Anna",
    "da": "Med venlig hilsen, Anna",
    "ro": "Cu stimă, Anna",
}


@dataclass
class Case:
    """A mail: what is new in it, what was sent before, and whether that is to be folded."""

    name: str
    body: str
    new: tuple
    old: tuple
    html: bool = False
    folds: bool = True
    known: tuple = ()


def wrap(text, width=78):
    """Break a line as mail programs do."""
    lines = [""]
    for word in text.split(" "):
        if len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def head(lang, template="{0}: {1}", joined="\n"):
    """Return From, Sent, To and Subject as Outlook writes them."""
    sender, sent, to, subject, date = HEADS[lang]
    values = (
        (sender, "Els Peeters <els@maker.example>"),
        (sent, date),
        (to, "anna@architect.example"),
        (subject, "Re: screens"),
    )
    return joined.join(template.format(label, value) for label, value in values)


def marked(texts):
    """Return texts behind > signs."""
    return "\n".join(f"> {text}" for text in texts)


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain_cases(lang):
    """Yield answers in plain text."""
    (one, two), old = NEW[lang], OLD[lang]
    new, bottom = (one, two), marked(old)
    top = f"{one}\n{two}"
    quoted = "\n".join(old)
    long = WROTE[lang].replace("Els Peeters", "Els Peeters-Vandenberghe, Screens & Shutters (Maker)")
    yield "gmail", f"{top}\n\n{WROTE[lang]}\n\n{bottom}\n", new, old
    yield "gmail wrapped at 78", f"{top}\n\n{wrap(long)}\n\n{bottom}\n", new, old
    yield "gmail wrapped at 60", f"{top}\n\n{wrap(long, 60)}\n{bottom}\n", new, old
    yield "thunderbird", f"{top}\n\n{WROTE_SHORT[lang]}\n{bottom}\n", new, old
    yield "thunderbird below", f"{WROTE_SHORT[lang]}\n{bottom}\n\n{top}\n", new, old
    weekday = WROTE[lang].split(" ", 1)[1] if lang in ("da", "ro") else WROTE[lang]  # Gmail drops the first word
    yield "gmail below, wrapped", f"{wrap(weekday)}\n\n{bottom}\n\n{top}\n", new, old
    yield "wrapped around", f"{one}\n\n{WROTE_SHORT[lang]}\n{bottom}\n\n{two}\n", new, old
    yield "signature below", f"{top}\n\n{WROTE_SHORT[lang]}\n{bottom}\n\n-- \nAnna, architect\n", (*new, "Anna"), old
    yield "regards below", f"{top}\n\n{WROTE[lang]}\n{bottom}\n\n{REGARDS[lang]}\n", (*new, REGARDS[lang]), old
    yield "day only", f"{top}\n\n{DAY[lang]}\n{bottom}\n", new, old
    yield "nested", f"{top}\n\n{WROTE_SHORT[lang]}\n{marked((old[0], '> > ' + old[1]))}\n", new, old
    yield "outlook", f"{top}\n\n{REGARDS[lang]}\n\n{head(lang)}\n\n{quoted}\n", (*new, REGARDS[lang]), old
    yield "outlook separator", f"{top}\n\n{SEPARATORS[lang]}\n{head(lang)}\n\n{quoted}\n", new, old
    yield "outlook stars", f"{top}\n\n{head(lang, '*{0}:* {1}')}\n\n{quoted}\n", new, old
    yield "outlook rule", f"{top}\n\n{'_' * 32}\n{head(lang)}\n\n{quoted}\n", new, old
    yield "outlook express", f"{top}\n\n{SEPARATORS[lang]}\n{marked((*head(lang).splitlines(), *old))}\n", new, old
    yield "phone", f"{top}\n\nSent from my phone\n\n{WROTE[lang]}\n{bottom}\n", new, old
    yield "aol", f"{top}\n\n\n{SEPARATORS[lang]}\n{head(lang)}\n\n\n{quoted}\n", new, old
    yield "crlf", f"{top}\r\n\r\n{WROTE[lang]}\r\n" + bottom.replace("\n", "\r\n"), new, old


def html_cases(lang):
    """Yield answers in HTML."""
    (one, two), old = NEW[lang], OLD[lang]
    new = (one, two)
    top = f"<div>{one}</div><div>{two}</div>"
    quoted = "".join(f"<p>{text}</p>" for text in old)
    lines = "<br>".join(old)
    wrote = escape(WROTE[lang])
    bold = head(lang, "<b>{0}:</b> {1}", "<br>").replace("<els@maker.example>", "&lt;els@maker.example&gt;")
    yield (
        "gmail",
        (
            f'<div dir="ltr">{top}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{wrote}<br></div>'
            f'<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid #ccc">{quoted}'
            "</blockquote></div>"
        ),
        new,
        old,
    )
    yield (
        "outlook desktop",
        (
            f"<div class=WordSection1><p class=MsoNormal>{one}<o:p></o:p></p><p class=MsoNormal>{two}</p><div><div "
            "style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal>"
            f"{bold}<o:p></o:p></p></div></div><p class=MsoNormal>{old[0]}</p><p class=MsoNormal>{old[1]}</p></div>"
        ),
        new,
        old,
    )
    rows = head(lang, "<tr><td><font size=1>{0}:</font><td><font size=1>{1}</font>", "").replace(
        "<els@maker.example>", "&lt;els@maker.example&gt;"
    )
    yield (
        "lotus table",
        f"<font>{one}<br>{two}</font><br><br><table width=100%>{rows}</table><hr noshade><br><font>{lines}</font>",
        new,
        old,
    )
    # a table of the writer's own stays a table
    cells = f"<table><tr><td>{one}</td><td>{two}</td></tr><tr><td>Width:</td><td>1200</td></tr></table>"
    yield "own table", f"{cells}<div>{wrote}</div><blockquote>{quoted}</blockquote>", (*new, "1200"), old
    yield (
        "outlook 2003",
        (
            f"<div>{top}</div><hr size=2 width='100%' align=center tabindex=-1><p class=MsoNormal><font size=2 "
            f"face=Tahoma>{bold}</font></p><p class=MsoNormal>{old[0]}</p><p>{old[1]}</p>"
        ),
        new,
        old,
    )
    yield (
        "outlook web",
        (
            f'<div>{top}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">'
            f'<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri">{bold}</font><div>&nbsp;</div></div><div>{quoted}</div>'
        ),
        new,
        old,
    )
    yield "outlook separator", (f"<p>{one}<br>{two}</p><p>{SEPARATORS[lang]}<br>{bold}</p><p>{lines}</p>"), new, old
    yield (
        "windows mail",
        (
            f'<div>{top}</div><div style="padding-top: 5px; border-top: 1px solid #E5E5E5;"><div><font>{bold}</font></div>'
            f"</div><div>{quoted}</div>"
        ),
        new,
        old,
    )
    yield "hotmail", (f'<div dir="ltr">{top}<hr id="stopSpelling">{bold}<br><br>{lines}</div>'), new, old
    yield (
        "yahoo",
        (
            f'<div>{top}</div><div id="ydp1" class="yahoo_quoted"><div><div>{wrote}</div><div><br></div><div>{quoted}'
            "</div></div></div>"
        ),
        new,
        old,
    )
    yield (
        "aol",
        (
            f'<div>{top}<br><br><font>{SEPARATORS[lang]}<br>{bold}<br><br></font><div id="AOLMsgPart_1">{quoted}</div></div>'
        ),
        new,
        old,
    )
    yield (
        "comcast",
        (f'<div>{top}<br></div><hr id="zwchr"><div style="color:#000">{bold}<br><br>{lines}</div>'),
        new,
        old,
    )
    yield (
        "thunderbird",
        (
            f'<p>{one}</p><p>{two}</p><div class="moz-cite-prefix">{escape(WROTE_SHORT[lang])}<br></div>'
            f'<blockquote type="cite" cite="mid:1@x.example">{quoted}</blockquote>'
        ),
        new,
        old,
    )
    yield (
        "thunderbird below",
        (
            f'<div class="moz-cite-prefix">{escape(WROTE_SHORT[lang])}<br></div><blockquote type="cite">{quoted}'
            f"</blockquote><p>{one}</p><p>{two}</p>"
        ),
        new,
        old,
    )
    yield (
        "apple",
        (
            f'<div>{one}</div><div>{two}</div><div><br><blockquote type="cite"><div>{wrote}</div><br><div>{quoted}</div>'
            "</blockquote></div>"
        ),
        new,
        old,
    )
    yield (
        "attribution wrapped",
        (f"<p>{one}<br>{two}</p><p>{wrap(wrote, 66).replace(chr(10), '<br>')}</p><blockquote>{quoted}</blockquote>"),
        new,
        old,
    )
    yield "preformatted", (f"<pre>{one}\n{two}\n\n{wrote}\n{escape(marked(old))}\n</pre>"), new, old


def traps(lang):
    """Yield mails in which a hasty reader would hide something new; ``folds`` says whether a quote is left to fold."""
    (one, two), old = NEW[lang], OLD[lang]
    sent = "\n".join(old)
    bold = head(lang, "<b>{0}:</b> {1}", "<br>").replace("<els@maker.example>", "&lt;els@maker.example&gt;")
    asked = {"en": "The owner wrote:", "nl": "De eigenaar schreef:", "fr": "Le propriétaire a écrit :"}
    asked |= {"de": "Am Bau schrieb der Besitzer:", "da": "Den ejer skrev:", "ro": "Pe scurt, proprietarul a scris:"}
    yield Case("inline", f"> {old[0]}\n{one}\n> {old[1]}\n{two}\n", (one, two), (), folds=False)
    yield Case(
        "cited sentence",
        f"<blockquote>{old[0]}</blockquote><p>{one}</p><p>{two}</p>",
        (one, two),
        (),
        html=True,
        folds=False,
    )
    yield Case("somebody else's words", f"{one}\n{asked[lang]}\n{two}\n", (one, two), (), folds=False)
    yield Case("date and words", f"{one}\n{asked[lang].replace(':', ' 3:')}\n{two}\n", (one, two), (), folds=False)
    yield Case(
        "indented",
        f'<p>{one}</p><blockquote style="margin:0 0 0 40px;border:none;padding:0">{two}</blockquote>',
        (one, two),
        (),
        html=True,
        folds=False,
    )
    yield Case(
        "two labels", f"{one}\n{HEADS[lang][0]}: Gent\n{HEADS[lang][2]}: Brugge\n{two}\n", (one, two), (), folds=False
    )
    yield Case("all quote", f"> {old[0]}\n> {old[1]}\n", (), (), folds=False)
    yield Case("below Outlook's head", f"{head(lang)}\n\n{sent}\n\n{one}\n{two}\n", (one, two), old, known=(sent,))
    yield Case(
        "into Outlook's quote",
        f"<p>{one}</p><div style='border-top:solid #E1E1E1 1.0pt'><p>{bold}</p></div><p>{old[0]}</p><p><b>{two}</b></p><p>{old[1]}</p>",
        (one, two),
        (),
        html=True,
        known=(sent,),
    )
    yield Case(
        "into the quoting element",
        f'<p>{one}</p><blockquote type="cite"><p>{old[0]}</p><p>{two}</p><p>{old[1]}</p></blockquote>',
        (one, two),
        (),
        html=True,
        known=(sent,),
    )
    yield Case("after a signature", f"{one}\n\n-- \nAnna\n\n{two}\n", (one, two), (), folds=False)
    yield Case("arrow", f"{one}\n>>> www.example.com <<<\n{two}\n", (one, two), (), folds=False)
    yield Case(
        "table",
        f"<table><tr><td>{one}</td><td>{two}</td></tr></table><blockquote>{old[0]}</blockquote>",
        (one, two),
        (old[0],),
        html=True,
    )
    yield Case(
        "answer to a stranger's mail", f"{one}\n\n{head(lang)}\n\n{two}\n", (one, two), (), folds=False, known=(sent,)
    )
    yield Case(
        "introduction twice",
        f"{WROTE[lang].replace(':', '.')}\n{one}\n{WROTE[lang]}\n> {old[0]}\n\n{two}",
        (one, two),
        (old[0],),
    )


def cases():
    """Return all cases."""
    found = []
    for lang in OLD:
        for name, body, new, old in plain_cases(lang):
            found.append(Case(f"{lang} plain {name}", body, new, old))
            found.append(Case(f"{lang} plain {name}, known", body, new, old, known=("\n".join(old),)))
        for name, body, new, old in html_cases(lang):
            found.append(Case(f"{lang} html {name}", body, new, old, html=True))
            found.append(Case(f"{lang} html {name}, known", body, new, old, html=True, known=("\n".join(old),)))
        for case in traps(lang):
            case.name = f"{lang} trap {case.name}"
            found.append(case)
    return found
