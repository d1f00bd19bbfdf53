"""Answers of more mail programs, as each introduces a quote in the six languages; see ``quote_corpus``."""

from .quote_corpus import HEADS, NEW, OLD, Case, escape, marked

PERSON = "Els Peeters <els@maker.example>"
#: lines above marked text; {p} is the person with the address, {n} the name alone
ABOVE_MARKS = {
    "apple mail": {
        "en": "On 27 Nov 2026, at 10:00, {p} wrote:",
        "nl": "Op 27 nov. 2026 om 10:00 heeft {p} het volgende geschreven:",
        "fr": "Le 27 nov. 2026 à 10:00, {p} a écrit :",
        "de": "Am 27.11.2026 um 10:00 schrieb {p}:",
        "da": "Den 27. nov. 2026 kl. 10.00 skrev {p}:",
        "ro": "Pe 27 nov. 2026, la 10:00, {p} a scris:",
    },
    "gmail app": {
        "en": "On Fri, Nov 27, 2026, 10:00 AM {p} wrote:",
        "nl": "Op vr 27 nov 2026 10:00 schreef {p}:",
        "fr": "Le ven. 27 nov. 2026, 10:00, {p} a écrit :",
        "de": "{p} schrieb am Fr., 27. Nov. 2026, 10:00:",
        "da": "fre. 27. nov. 2026 10.00 skrev {p}:",
        "ro": "În vin., 27 nov. 2026, 10:00 {p} a scris:",
    },
    "gmail, broken at the address": {
        "en": "On Fri, Nov 27, 2026 at 10:00 AM Els Peeters <\nels@maker.example>\nwrote:",
        "nl": "Op vr 27 nov 2026 om 10:00 schreef Els Peeters <\nels@maker.example\n>:",
        "fr": "Le ven. 27 nov. 2026 à 10:00, Els Peeters <\nels@maker.example>\na écrit :",
        "de": "Am Fr., 27. Nov. 2026 um 10:00 Uhr schrieb Els Peeters <\nels@maker.example\n>:",
        "da": "Den fre. 27. nov. 2026 kl. 10.00 skrev Els Peeters <\nels@maker.example\n>:",
        "ro": "Pe vin., 27 nov. 2026 la 10:00, Els Peeters <\nels@maker.example>\na scris:",
    },
    "thunderbird, name first": {
        "en": "{n} wrote on 27/11/2026 10:00:",
        "nl": "{n} schreef op 27-11-2026 om 10:00:",
        "fr": "{n} a écrit le 27/11/2026 à 10:00 :",
        "de": "{n} schrieb am 27.11.2026 um 10:00:",
        "da": "{n} skrev den 27.11.2026 kl. 10:00:",
        "ro": "{n} a scris pe 27.11.2026 10:00:",
    },
    "roundcube": {
        "en": "On 2026-11-27 10:00, {n} wrote:",
        "nl": "{n} schreef op 2026-11-27 10:00:",
        "fr": "Le 2026-11-27 10:00, {n} a écrit :",
        "de": "Am 2026-11-27 10:00, schrieb {n}:",
        "da": "Den 2026-11-27 10:00, skrev {n}:",
        "ro": "Pe 2026-11-27 10:00, {n} a scris:",
    },
    "proton": {
        "en": "On Friday, November 27th, 2026 at 10:00 AM, {p} wrote:",
        "nl": "Op vrijdag 27 november 2026 om 10:00 schreef {p}:",
        "fr": "Le vendredi 27 novembre 2026 à 10:00, {p} a écrit :",
        "de": "{p} schrieb am Freitag, 27. November 2026 um 10:00:",
        "da": "Den fredag d. 27. november 2026 kl. 10.00 skrev {p}:",
        "ro": "Pe vineri, 27 noiembrie 2026 la 10:00, {p} a scris:",
    },
    "spark": {
        "en": "On 27 Nov 2026, 10:00 +0100, {p}, wrote:",
        "nl": "Op 27 nov. 2026 10:00 +0100 schreef {p}:",
        "fr": "Le 27 nov. 2026, 10:00 +0100, {p}, a écrit :",
        "de": "Am 27. Nov. 2026, 10:00 +0100 schrieb {p}:",
        "da": "Den 27. nov. 2026 10.00 +0100 skrev {p}:",
        "ro": "Pe 27 nov. 2026, 10:00 +0100, {p}, a scris:",
    },
    "yahoo": {
        "en": "On Friday, November 27, 2026 at 10:00:00 AM GMT+1, {p} wrote:",
        "nl": "Op vrijdag 27 november 2026 om 10:00:00 CET schreef {p}:",
        "fr": "Le vendredi 27 novembre 2026 à 10:00:00 UTC+1, {p} a écrit :",
        "de": "Am Freitag, 27. November 2026 um 10:00:00 MEZ hat {p} Folgendes geschrieben:",
        "da": "Den fredag den 27. november 2026 kl. 10.00.00 CET skrev {p}:",
        "ro": "vineri, 27 noiembrie 2026, 10:00:00 EET, {p} a scris:",
    },
    "horde": {
        "en": "Quoting {p}:",
        "nl": "{p} schreef:",
        "fr": "{p} a écrit :",
        "de": "Zitat von {p}:",
        "da": "Citat af {p}:",
        "ro": "Citând {p}:",
    },
    "zoho": dict.fromkeys(OLD, "---- On Fri, 27 Nov 2026 10:00:00 +0100 {p} wrote ----"),
}
#: what phones put under a text
SENT_FROM = {
    "en": "Sent from my iPhone",
    "nl": "Verstuurd vanaf mijn iPhone",
    "fr": "Envoyé de mon iPhone",
    "de": "Von meinem iPhone gesendet",
    "da": "Sendt fra min iPhone",
    "ro": "Trimis de pe iPhone-ul meu",
}
SAMSUNG = {
    "en": "-------- Original message --------",
    "nl": "-------- Oorspronkelijk bericht --------",
    "fr": "-------- Message d'origine --------",
    "de": "-------- Ursprüngliche Nachricht --------",
    "da": "-------- Oprindelig meddelelse --------",
    "ro": "-------- Mesaj original --------",
}
DATES = {"en": "Date", "nl": "Datum", "fr": "Date\xa0", "de": "Datum", "da": "Dato", "ro": "Data"}


def _label_lines(lang, order, date):
    sender, _sent, to, subject, _day = HEADS[lang]
    values = {
        "from": f"{sender}: {PERSON}",
        "date": f"{DATES[lang]}: {date}",
        "to": f"{to}: anna@architect.example",
        "subject": f"{subject}: Re: screens",
    }
    return "\n".join(values[name] for name in order)


def _plain(lang):
    """Yield pairs of a name and a plain text: below, above and around what was asked."""
    top, old = "\n".join(NEW[lang]), OLD[lang]
    for program, lines in ABOVE_MARKS.items():
        wrote = lines[lang].format(p=PERSON, n="Els Peeters")
        yield program, f"{top}\n\n{wrote}\n\n{marked(old)}\n"
        yield f"{program}, answered below", f"{wrote}\n\n{marked(old)}\n\n{top}\n"
    wrote = ABOVE_MARKS["apple mail"][lang].format(p=PERSON)
    yield "iphone", f"{top}\n\n{SENT_FROM[lang]}\n\n> {wrote}\n> \n{marked(old)}\n"
    labels = _label_lines(lang, ("from", "date", "to", "subject"), "27/11/2026  10:00  (GMT+01:00)")
    yield "samsung", f"{top}\n\n{SENT_FROM[lang]}\n\n{SAMSUNG[lang]}\n{labels}\n\n" + "\n".join(old)
    date = "Freitag, 27. November 2026 um 10:00 Uhr"
    yield "gmx", f"{top}\n\n{_label_lines(lang, ('date', 'from', 'to', 'subject'), date)}\n" + "\n".join(old)
    labels = _label_lines(lang, ("to", "from", "date", "subject"), "27-11-2026 10:00")
    yield "em client", f"{top}\n\n------ {SAMSUNG[lang].strip('- ')} ------\n{labels}\n\n" + "\n".join(old)


def _html(lang):
    """Yield pairs of a name and HTML."""
    (one, two), old = NEW[lang], OLD[lang]
    quoted = "".join(f"<div>{text}</div>" for text in old)
    wrote = {name: escape(lines[lang].format(p=PERSON, n="Els Peeters")) for name, lines in ABOVE_MARKS.items()}
    top = f"<div>{one}</div><div>{two}</div>"
    yield (
        "iphone",
        (
            f'<div dir="ltr"></div><div dir="ltr">{one}<div>{two}</div><div><br></div>'
            f"<div>{SENT_FROM[lang]}</div></div>"
            f'<div dir="ltr"><br><blockquote type="cite">{wrote["apple mail"]}<br><br></blockquote></div>'
            f'<blockquote type="cite"><div dir="ltr">\ufeff{quoted}</div></blockquote>'
        ),
    )
    yield (
        "gmail app",
        (
            f'<div dir="auto">{top}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
            f'{wrote["gmail app"]}<br></div><blockquote class="gmail_quote">{quoted}</blockquote></div>'
        ),
    )
    yield "samsung", (
        f'<div dir="auto">{top}</div><div id="composer_signature" dir="auto">{SENT_FROM[lang]}</div><div><br></div>'
        f'<div align="left" dir="auto" style="font-size:100%;color:#000000"><div>{SAMSUNG[lang]}</div>'
        + "".join(f"<div>{escape(line)} </div>" for line in _label_lines(
            lang, ("from", "date", "to", "subject"), "27/11/2026  10:00  (GMT+01:00)").splitlines())
        + f"<div><br></div></div>{quoted}"
    )  # fmt: skip
    yield (
        "proton",
        (
            f'<div style="font-family: Arial">{top}</div><div class="protonmail_signature_block"></div>'
            f'<div class="protonmail_quote">{wrote["proton"]}<br><br><blockquote class="protonmail_quote" type="cite">'
            f"{quoted}</blockquote><br></div>"
        ),
    )
    yield (
        "zoho",
        (
            f'{top}<div class="zmail_extra_hr" style="border-top: 1px solid rgb(204,204,204); height: 0px;"><br></div>'
            f'<div class="zmail_extra"><div><br></div><div id="Zm-_Id_-Sgn1">{wrote["zoho"]}<br></div><br>'
            f'<blockquote id="blockquote_zmail" style="margin: 0px;">{quoted}</blockquote></div>'
        ),
    )
    yield "thunderbird, name first", (
        f'<p>{one}</p><p>{two}</p><div class="moz-cite-prefix">{wrote["thunderbird, name first"]}<br></div>'
        f'<blockquote type="cite" cite="mid:1@x.example"><pre class="moz-quote-pre" wrap="">' + "\n".join(old)
        + "</pre></blockquote>"
    )  # fmt: skip
    yield "yahoo", (
        f'<div class="ydp1">{top}</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div><div>{wrote["yahoo"]}</div>'
        f"<div><br></div><div><br></div><div><div dir=\"ltr\">{quoted}</div></div></div></div>"
    )  # fmt: skip


def program_cases():
    """Yield the cases, with and without what was sent being known."""
    for lang, old in OLD.items():
        for name, body in _plain(lang):
            yield Case(f"{lang} plain {name}", body, NEW[lang], old)
            yield Case(f"{lang} plain {name}, known", body, NEW[lang], old, known=("\n".join(old),))
        for name, body in _html(lang):
            yield Case(f"{lang} html {name}", body, NEW[lang], old, html=True)
            yield Case(f"{lang} html {name}, known", body, NEW[lang], old, html=True, known=("\n".join(old),))


def inline_cases():
    """Yield answers under each question, whose quotes stay where they are, whatever introduces them."""
    for lang, (first, second) in OLD.items():
        one, two = NEW[lang]
        for program, lines in ABOVE_MARKS.items():
            wrote = lines[lang].format(p=PERSON, n="Els Peeters")
            body = f"{wrote}\n> {first}\n{one}\n\n> {second}\n{two}\n"
            yield Case(f"{lang} trap {program}, answered between", body, (one, two), (), folds=False)


#: sentences without a full stop, each long enough to have been wrapped, above an introduction that begins with a name
OPEN_SENTENCES = {
    "en": "On 3 May we are on site with four people again",
    "nl": "Op 3 mei zijn we met vier man terug ter plaatse",
    "fr": "Le 3 mai nous sommes sur place à quatre personnes",
    "de": "Am 3. Mai sind wir mit vier Leuten wieder vor Ort",
    "da": "Den 3. maj er vi fire mand igen på byggepladsen",
    "ro": "Pe 3 mai suntem din nou pe șantier, patru oameni",
}


def sentence_cases():
    """Yield mails whose last sentence looks like the begin of what introduces the quote below it."""
    for lang, old in OLD.items():
        wrote = ABOVE_MARKS["horde"]["nl" if lang == "de" else lang].format(p=PERSON)
        named = ABOVE_MARKS["thunderbird, name first"][lang].format(n="Els Peeters")
        open_one, closed = OPEN_SENTENCES[lang], NEW[lang][1]
        for number, line in enumerate((wrote, named)):
            for sentence in (open_one, closed):
                new, quoted = (NEW[lang][0], sentence), "".join(f"<div>{text}</div>" for text in old)
                plain = f"{new[0]}\n{sentence}\n{line}\n{marked(old)}\n"
                markup = (
                    f"<div>{new[0]}</div><div>{sentence}</div><div>{escape(line)}</div>"
                    f'<blockquote type="cite">{quoted}</blockquote>'
                )
                name = f"{lang} trap {{}} sentence above a name {number} {sentence}"
                yield Case(name.format("plain"), plain, new, old)
                yield Case(name.format("html"), markup, new, old, html=True)
