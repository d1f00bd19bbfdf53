"""Answers of still more programs, and mails that pass something on; see ``quote_corpus``."""
# ruff: noqa: E501 - mails look like this

from .quote_corpus import HEADS, NEW, OLD, REGARDS, WROTE, WROTE_SHORT, Case, escape, head, marked

NAME = "Els Peeters"
PERSON = f"{NAME} <els@maker.example>"
#: lines above marked text; {p} is the person with the address, {n} the name alone
INTRODUCTIONS = {
    "mutt default": {
        "en": "On Fri, Nov 27, 2026 at 10:00:03AM +0100, {n} wrote:",
        "nl": "On Fri, Nov 27, 2026 at 10:00:03AM +0100, {n} wrote:",
        "fr": "Le Fri, Nov 27, 2026 at 10:00:03AM +0100, {n} a écrit:",
        "de": "Am Fri, Nov 27, 2026 at 10:00:03AM +0100, schrieb {n}:",
        "da": "On Fri, Nov 27, 2026 at 10:00:03AM +0100, {n} wrote:",
        "ro": "On Fri, Nov 27, 2026 at 10:00:03AM +0100, {n} wrote:",
    },
    "mutt star": {
        "en": "* {p} [2026-11-27 10:00]:",
        "nl": "* {p} [2026-11-27 10:00 +0100]:",
        "fr": "* {p} [2026-11-27 10:00]:",
        "de": "* {p} [2026-11-27 10:00]:",
        "da": "* {p} [2026-11-27 10:00]:",
        "ro": "* {p} [2026-11-27 10:00]:",
    },
    "mutt says": {
        "en": "{p} said on Fri Nov 27, 2026 at 10:00 +0100:",
        "nl": "{p} zei op 27 nov. 2026 10:00:",
        "fr": "{p} a dit le 27 nov. 2026 à 10:00 :",
        "de": "{p} sagte am 27.11.2026 10:00:",
        "da": "{p} sagde den 27. nov. 2026 10:00:",
        "ro": "{p} a spus pe 27 nov. 2026 10:00:",
    },
    "kmail": {
        "en": "On Friday, 27 November 2026 10:00:03 CET {n} wrote:",
        "nl": "Op vrijdag 27 november 2026 10:00:03 CET schreef {n}:",
        "fr": "Le vendredi 27 novembre 2026, 10:00:03 CET {n} a écrit :",
        "de": "Am Freitag, 27. November 2026, 10:00:03 CET schrieb {n}:",
        "da": "På fredag 27. november 2026 10.00.03 CET skrev {n}:",
        "ro": "În ziua de vineri, 27 noiembrie 2026, 10:00:03 CET, {n} a scris:",
    },
    "evolution": {
        "en": "On Fri, 2026-11-27 at 10:00 +0100, {n} wrote:",
        "nl": "{n} schreef op vr 27-11-2026 om 10:00 [+0100]:",
        "fr": "Le vendredi 27 novembre 2026 à 10:00 +0100, {n} a écrit :",
        "de": "Am Freitag, dem 27.11.2026 um 10:00 +0100 schrieb {n}:",
        "da": "Den fr, 27 11 2026 kl. 10:00 +0100, skrev {n}:",
        "ro": "În Vi, 27-11-2026 la 10:00 +0100, {n} a scris:",
    },
    "claws": {
        "en": "On Fri, 27 Nov 2026 10:00:03 +0100\n{p} wrote:",
        "nl": "On Fri, 27 Nov 2026 10:00:03 +0100\n{p} wrote:",
        "fr": "Le Fri, 27 Nov 2026 10:00:03 +0100,\n{p} a écrit :",
        "de": "Am Fri, 27 Nov 2026 10:00:03 +0100\nschrieb {p}:",
        "da": "On Fri, 27 Nov 2026 10:00:03 +0100\n{p} wrote:",
        "ro": "On Fri, 27 Nov 2026 10:00:03 +0100\n{p} wrote:",
    },
    "mailspring": {
        "en": "On Nov 27 2026, at 10:00 am, {p} wrote:",
        "nl": "Op nov. 27 2026, om 10:00 am, schreef {p}:",
        "fr": "Le nov. 27 2026, à 10:00 am, {p} a écrit :",
        "de": "Am Nov. 27 2026, um 10:00 am, schrieb {p}:",
        "da": "Den nov. 27 2026, kl. 10:00 am, skrev {p}:",
        "ro": "Pe nov. 27 2026, la 10:00 am, {p} a scris:",
    },
    "hey": dict.fromkeys(OLD, "On November 27, 2026, {p} wrote:"),
    "airmail": {
        "en": "On 27 November 2026 at 10:00:03, {n} (els@maker.example) wrote:",
        "nl": "Op 27 november 2026 om 10:00:03, schreef {n} (els@maker.example):",
        "fr": "Le 27 novembre 2026 à 10:00:03, {n} (els@maker.example) a écrit:",
        "de": "Am 27. November 2026 um 10:00:03, {n} (els@maker.example) schrieb:",
        "da": "Den 27. november 2026 kl. 10.00.03, {n} (els@maker.example) skrev:",
        "ro": "Pe 27 noiembrie 2026 la 10:00:03, {n} (els@maker.example) a scris:",
    },
    "missive": {
        "en": "On Nov 27, 2026 at 10:00, {p}\nwrote:",
        "nl": "Op 27 nov. 2026 om 10:00 schreef\n{p}:",
        "fr": "Le 27 nov. 2026 à 10:00, {p}\na écrit :",
        "de": "Am 27. Nov. 2026 um 10:00 schrieb\n{p}:",
        "da": "Den 27. nov. 2026 kl. 10:00 skrev\n{p}:",
        "ro": "Pe 27 nov. 2026 la 10:00, {p}\na scris:",
    },
    "gnus": {
        "en": "{p} writes:",
        "nl": "{p} schrijft:",
        "fr": "{p} écrit :",
        "de": "{p} schreibt:",
        "da": "{p} skriver:",
        "ro": "{p} scrie:",
    },
    "bluemail": {
        "en": "On 27 Nov 2026, at 10:00, {p} wrote:",
        "nl": "Op 27 nov. 2026, om 10:00 schreef {p}:",
        "fr": "Le 27 nov. 2026, à 10:00, {p} a écrit:",
        "de": "Am 27. Nov. 2026, um 10:00, {p} schrieb:",
        "da": "D. 27. nov. 2026 kl. 10:00 skrev {p}:",
        "ro": "Pe 27 nov. 2026, la 10:00, {p} a scris:",
    },
    "gmail name only": {
        "en": "On Fri, Nov 27, 2026 at 10:00 AM {n} via Screens <\ndossier@maker.example> wrote:",
        "nl": "Op vr 27 nov 2026 om 10:00 schreef {n} via Screens <\ndossier@maker.example>:",
        "fr": "Le ven. 27 nov. 2026 à 10:00, {n} via Screens <dossier@maker.example>\na écrit :",
        "de": "Am Fr., 27. Nov. 2026 um 10:00 Uhr schrieb {n} via Screens <\ndossier@maker.example>:",
        "da": "Den fre. 27. nov. 2026 kl. 10.00 skrev {n} via Screens <\ndossier@maker.example>:",
        "ro": "Pe vin., 27 nov. 2026 la 10:00, {n} via Screens <\ndossier@maker.example> a scris:",
    },
    "outlook mac": {
        "en": 'On 27/11/2026, 10:00, "{n}" <els@maker.example> wrote:',
        "nl": "Op 27/11/2026 10:00 heeft {p} geschreven:",
        "fr": "Le 27/11/2026 10:00, « {n} » <els@maker.example> a écrit :",
        "de": 'Am 27.11.26, 10:00 schrieb "{n}" <els@maker.example>:',
        "da": 'Den 27/11/2026 kl. 10.00 skrev "{n}" <els@maker.example>:',
        "ro": "În 27.11.2026, 10:00, „{n}” <els@maker.example> a scris:",
    },
    "gmail dot order": {
        "en": "27 Nov 2026 10:00 AM, {p} wrote:",
        "nl": "27 nov. 2026 10:00, {p} schreef:",
        "fr": "27 nov. 2026 10:00, {p} a écrit :",
        "de": "27. Nov. 2026 10:00, {p} schrieb:",
        "da": "27. nov. 2026 10:00, {p} skrev:",
        "ro": "27 nov. 2026 10:00, {p} a scris:",
    },
    "lotus notes inline": {
        "en": '"{n}" <els@maker.example> wrote on 11/27/2026 10:00:03 AM:',
        "nl": '"{n}" <els@maker.example> schreef op 27-11-2026 10:00:03:',
        "fr": '"{n}" <els@maker.example> a écrit sur 27/11/2026 10:00:03 :',
        "de": '"{n}" <els@maker.example> schrieb am 27.11.2026 10:00:03:',
        "da": '"{n}" <els@maker.example> skrev den 27-11-2026 10:00:03:',
        "ro": '"{n}" <els@maker.example> a scris pe 27.11.2026 10:00:03:',
    },
    "protonmail old": {
        "en": "------- Original Message -------\nOn Friday, November 27th, 2026 at 10:00, {p} wrote:",
        "nl": "------- Oorspronkelijk bericht -------\nOp vrijdag 27 november 2026 om 10:00 schreef {p}:",
        "fr": "------- Message d'origine -------\nLe vendredi 27 novembre 2026 à 10:00, {p} a écrit :",
        "de": "------- Originalnachricht -------\n{p} schrieb am Freitag, 27. November 2026 um 10:00:",
        "da": "------- Oprindelig besked -------\nDen fredag d. 27. november 2026 kl. 10.00 skrev {p}:",
        "ro": "------- Mesaj original -------\nPe vineri, 27 noiembrie 2026 la 10:00, {p} a scris:",
    },
    "open-xchange": {
        "en": "On 27/11/2026 10:00 CET {p} wrote:",
        "nl": "Op 27-11-2026 10:00 CET schreef {p}:",
        "fr": "Le 27/11/2026 10:00 CET, {p} a écrit :",
        "de": "{p} hat am 27.11.2026 10:00 CET geschrieben:",
        "da": "Den 27-11-2026 10:00 CET skrev {p}:",
        "ro": "În 27.11.2026 10:00 EET, {p} a scris:",
    },
    "rainloop": {
        "en": 'November 27, 2026 10:00 AM, "{n}" <els@maker.example> wrote:',
        "nl": '27 november 2026 10:00, "{n}" <els@maker.example> schreef:',
        "fr": '27 novembre 2026 10:00 "{n}" <els@maker.example> a écrit:',
        "de": '27. November 2026 10:00, "{n}" <els@maker.example> schrieb:',
        "da": '27. november 2026 10:00, "{n}" <els@maker.example> skrev:',
        "ro": '27 noiembrie 2026 10:00, "{n}" <els@maker.example> a scris:',
    },
    "sogo": {
        "en": "On Friday, November 27, 2026 10:00 CET, {p} wrote:",
        "nl": "Op Vrijdag, 27 november, 2026 10:00 CET, schreef {p}:",
        "fr": "Le Vendredi, Novembre 27, 2026 10:00 CET, {p} a écrit:",
        "de": "Am Freitag, November 27, 2026 10:00 CET, schrieb {p}:",
        "da": "Den Fredag, November 27, 2026 10:00 CET, skrev {p}:",
        "ro": "Pe Vineri, Noiembrie 27, 2026 10:00 EET, {p} a scris:",
    },
    "k9": {
        "en": "On 27 November 2026 10:00:03 CET, {p} wrote:",
        "nl": "Op 27 november 2026 10:00:03 CET schreef {p}:",
        "fr": "Le 27 novembre 2026 10:00:03 GMT+01:00, {p} a écrit :",
        "de": "Am 27. November 2026 10:00:03 MEZ schrieb {p}:",
        "da": "Den 27. november 2026 10.00.03 CET skrev {p}:",
        "ro": "Pe 27 noiembrie 2026 10:00:03 EET, {p} a scris:",
    },
    "fairemail": {
        "en": "Nov 27, 2026 10:00:03 {p}:",
        "nl": "27 nov. 2026 10:00:03 {p}:",
        "fr": "27 nov. 2026 10:00:03 {p} :",
        "de": "27.11.2026 10:00:03 {p}:",
        "da": "27. nov. 2026 10:00:03 {p}:",
        "ro": "27 nov. 2026 10:00:03 {p}:",
    },
    "superhuman": dict.fromkeys(OLD, "On Fri, Nov 27, 2026 at 10:00 AM, {n} < els@maker.example > wrote:"),
}
#: heads above unmarked text
LABELED = {
    "nine": {
        "en": "-------- Original Message --------\nFrom: {p}\nSent: 27 Nov 2026 10:00\nTo: anna@architect.example\nSubject: Re: screens",
        "nl": "-------- Oorspronkelijk bericht --------\nVan: {p}\nVerzonden: 27 nov. 2026 10:00\nAan: anna@architect.example\nOnderwerp: Re: screens",
        "fr": "-------- Message original --------\nDe : {p}\nEnvoyé : 27 nov. 2026 10:00\nÀ : anna@architect.example\nObjet : Re: screens",
        "de": "-------- Originalnachricht --------\nVon: {p}\nGesendet: 27. Nov. 2026 10:00\nAn: anna@architect.example\nBetreff: Re: screens",
        "da": "-------- Oprindelig meddelelse --------\nFra: {p}\nSendt: 27. nov. 2026 10:00\nTil: anna@architect.example\nEmne: Re: screens",
        "ro": "-------- Mesaj original --------\nDe la: {p}\nTrimis: 27 nov. 2026 10:00\nCătre: anna@architect.example\nSubiect: Re: screens",
    },
    "ms365 mobile": {
        "en": "Get Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: {p}\nSent: Friday, November 27, 2026 10:00:03 AM\nTo: anna@architect.example <anna@architect.example>\nSubject: Re: screens",
        "nl": "Outlook voor iOS downloaden<https://aka.ms/o0ukef>\n________________________________\nVan: {p}\nVerzonden: Friday, November 27, 2026 10:00:03 AM\nAan: anna@architect.example <anna@architect.example>\nOnderwerp: Re: screens",
        "fr": "Télécharger Outlook pour iOS<https://aka.ms/o0ukef>\n________________________________\nDe : {p}\nEnvoyé : Friday, November 27, 2026 10:00:03 AM\nÀ : anna@architect.example <anna@architect.example>\nObjet : Re: screens",
        "de": "Outlook für iOS herunterladen<https://aka.ms/o0ukef>\n________________________________\nVon: {p}\nGesendet: Friday, November 27, 2026 10:00:03 AM\nAn: anna@architect.example <anna@architect.example>\nBetreff: Re: screens",
        "da": "Hent Outlook til iOS<https://aka.ms/o0ukef>\n________________________________\nFra: {p}\nSendt: Friday, November 27, 2026 10:00:03 AM\nTil: anna@architect.example <anna@architect.example>\nEmne: Re: screens",
        "ro": "Obțineți Outlook pentru iOS<https://aka.ms/o0ukef>\n________________________________\nDe la: {p}\nTrimis: Friday, November 27, 2026 10:00:03 AM\nCătre: anna@architect.example <anna@architect.example>\nSubiect: Re: screens",
    },
    "zimbra plain": {
        "en": '----- Original Message -----\nFrom: "{n}" <els@maker.example>\nTo: "anna" <anna@architect.example>\nCc: "Jan" <jan@maker.example>\nSent: Friday, November 27, 2026 10:00:03 AM\nSubject: Re: screens',
        "nl": '----- Oorspronkelijk bericht -----\nVan: "{n}" <els@maker.example>\nAan: "anna" <anna@architect.example>\nVerzonden: Vrijdag 27 november 2026 10:00:03\nOnderwerp: Re: screens',
        "fr": '----- Mail original -----\nDe: "{n}" <els@maker.example>\nÀ: "anna" <anna@architect.example>\nEnvoyé: Vendredi 27 Novembre 2026 10:00:03\nObjet: Re: screens',
        "de": '----- Ursprüngliche Mail -----\nVon: "{n}" <els@maker.example>\nAn: "anna" <anna@architect.example>\nGesendet: Freitag, 27. November 2026 10:00:03\nBetreff: Re: screens',
        "da": '----- Original meddelelse -----\nFra: "{n}" <els@maker.example>\nTil: "anna" <anna@architect.example>\nSendt: fredag, 27. november 2026 10:00:03\nEmne: Re: screens',
        "ro": '----- Mesaj original -----\nDe la: "{n}" <els@maker.example>\nCătre: "anna" <anna@architect.example>\nTrimis: Vineri, 27 Noiembrie 2026 10:00:03\nSubiect: Re: screens',
    },
    "lotus notes plain": {
        "en": "From:   {n}/Maker/BE\nTo:     Anna/Architect@ARCH\nDate:   27/11/2026 10:00\nSubject:        Re: screens",
        "nl": "Van:    {n}/Maker/BE\nAan:     Anna/Architect@ARCH\nDatum:  27-11-2026 10:00\nOnderwerp:      Re: screens",
        "fr": "De :    {n}/Maker/BE\nPour :  Anna/Architect@ARCH\nDate :  27/11/2026 10:00\nObjet : Re: screens",
        "de": "Von:    {n}/Maker/BE\nAn:     Anna/Architect@ARCH\nDatum:  27.11.2026 10:00\nBetreff:        Re: screens",
        "da": "Fra:    {n}/Maker/BE\nTil:    Anna/Architect@ARCH\nDato:   27-11-2026 10:00\nEmne:   Re: screens",
        "ro": "De la:  {n}/Maker/BE\nCătre:  Anna/Architect@ARCH\nData:   27.11.2026 10:00\nSubiect:        Re: screens",
    },
    "web.de": {
        "en": "Sent: Friday, 27 November 2026 at 10:00\nFrom: {p}\nTo: anna@architect.example\nSubject: Re: screens",
        "nl": "Verzonden: vrijdag 27 november 2026 om 10:00\nVan: {p}\nAan: anna@architect.example\nOnderwerp: Re: screens",
        "fr": "Envoyé: vendredi 27 novembre 2026 à 10:00\nDe: {p}\nÀ: anna@architect.example\nObjet: Re: screens",
        "de": "Gesendet: Freitag, 27. November 2026 um 10:00 Uhr\nVon: {p}\nAn: anna@architect.example\nBetreff: Re: screens",
        "da": "Sendt: fredag 27. november 2026 kl. 10:00\nFra: {p}\nTil: anna@architect.example\nEmne: Re: screens",
        "ro": "Trimis: vineri, 27 noiembrie 2026, 10:00\nDe la: {p}\nCătre: anna@architect.example\nSubiect: Re: screens",
    },
    "t-online": {
        "en": "-----Original-Nachricht-----\nSubject: Re: screens\nDate: 2026-11-27T10:00:03+0100\nFrom: {p}\nTo: anna@architect.example",
        "nl": "-----Oorspronkelijk bericht-----\nOnderwerp: Re: screens\nDatum: 2026-11-27T10:00:03+0100\nVan: {p}\nAan: anna@architect.example",
        "fr": "-----Message d'origine-----\nObjet: Re: screens\nDate: 2026-11-27T10:00:03+0100\nDe: {p}\nÀ: anna@architect.example",
        "de": "-----Original-Nachricht-----\nBetreff: Re: screens\nDatum: 2026-11-27T10:00:03+0100\nVon: {p}\nAn: anna@architect.example",
        "da": "-----Oprindelig meddelelse-----\nEmne: Re: screens\nDato: 2026-11-27T10:00:03+0100\nFra: {p}\nTil: anna@architect.example",
        "ro": "-----Mesaj original-----\nSubiect: Re: screens\nData: 2026-11-27T10:00:03+0100\nDe la: {p}\nCătre: anna@architect.example",
    },
}
FORWARDS = {
    "en": (
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "----- Forwarded by Els/Maker on 27/11/2026 10:00 -----",
    ),
    "nl": (
        "-------- Doorgestuurd bericht --------",
        "Begin doorgestuurd bericht:",
        "----- Doorgestuurd door Els/Maker op 27-11-2026 10:00 -----",
    ),
    "fr": (
        "---------- Message transféré ---------",
        "Début du message réexpédié :",
        "----- Transféré par Els/Maker le 27/11/2026 10:00 -----",
    ),
    "de": (
        "-------- Weitergeleitete Nachricht --------",
        "Anfang der weitergeleiteten E-Mail:",
        "----- Weitergeleitet von Els/Maker am 27.11.2026 10:00 -----",
    ),
    "da": (
        "---------- Videresendt meddelelse ---------",
        "Start på videresendt besked:",
        "----- Videresendt af Els/Maker den 27-11-2026 10:00 -----",
    ),
    "ro": (
        "---------- Mesaj redirecționat ---------",
        "Început mesaj redirecționat:",
        "-------- Mesajul redirecționat --------",
    ),
}


def _filled(lines, lang):
    return lines[lang].format(p=PERSON, n=NAME)


def _plain(lang):
    """Yield name, plain text and what is new in it."""
    top, old, regards = "\n".join(NEW[lang]), OLD[lang], REGARDS[lang]
    bottom, sent = marked(old), "\n".join(old)
    for program, lines in INTRODUCTIONS.items():
        wrote = _filled(lines, lang)
        yield program, f"{top}\n\n{wrote}\n\n{bottom}\n", NEW[lang]
        yield f"{program}, below", f"{wrote}\n{bottom}\n\n{top}\n", NEW[lang]
        yield f"{program}, no line between", f"{top}\n\n{regards}\n{wrote}\n{bottom}\n", (*NEW[lang], regards)
    for program, lines in LABELED.items():
        yield program, f"{top}\n\n{_filled(lines, lang)}\n\n{sent}\n", NEW[lang]
        tight = f"{top}\n\n{regards}\n{_filled(lines, lang)}\n\n{sent}\n"
        yield f"{program}, no line between", tight, (*NEW[lang], regards)
    answers = {
        "orange": f"{top}\n\n\n> Message du 27/11/26 10:00\n> De : {PERSON}\n> A : anna@architect.example\n> Objet : Re: screens\n>\n{bottom}\n",
        "groupwise": f"{top}\n\n>>> {PERSON} 27/11/2026 10:00 >>>\n\n{sent}\n",
    }
    for program, answer in answers.items():
        yield program, answer, NEW[lang]


def _html(lang):
    """Yield name and HTML."""
    (one, two), old = NEW[lang], OLD[lang]
    top, quoted = f"<div>{one}</div><div>{two}</div>", "".join(f"<div>{text}</div>" for text in old)
    bold = head(lang, "<b>{0}:</b> {1}", "<br>").replace(PERSON, escape(PERSON))
    wrote = escape(WROTE[lang])
    evolution, kmail = (escape(_filled(INTRODUCTIONS[program], lang)) for program in ("evolution", "kmail"))
    for program, lines in INTRODUCTIONS.items():
        line = escape(_filled(lines, lang)).replace("\n", "<br>")
        yield program, f'{top}<div><br></div><div>{line}</div><blockquote type="cite">{quoted}</blockquote>'
    for program, lines in LABELED.items():
        yield (
            program,
            f"{top}<br><div>{escape(_filled(lines, lang)).replace(chr(10), '<br>')}</div><br><div>{quoted}</div>",
        )
    yield from {
        "hey": f'<div class="trix-content">{top}</div><br><div class="trix-content"><div>On November 27, 2026, {escape(PERSON)} wrote:</div><blockquote>{quoted}</blockquote></div>',
        "mailspring": f'{top}<img class="mailspring-open" alt="Sent from Mailspring" width="0" height="0" src="https://x.example/x"><div class="gmail_quote_attribution">{wrote}</div><blockquote>{quoted}</blockquote>',
        "spark": f'<div name="messageBodySection"><div dir="auto">{one}<br>{two}</div></div><div name="messageReplySection">{wrote}<br><blockquote type="cite" style="border-left-width: thin; border-left-style: solid">{quoted}</blockquote></div>',
        "new outlook": f'<div class="elementToProof">{one}</div><div class="elementToProof">{two}</div><div id="mail-editor-reference-message-container"><hr style="display: inline-block; width: 98%;"><div id="divRplyFwdMsg" dir="ltr"><span>{bold}</span></div><br><div>{quoted}</div></div>',
        "outlook phone": f'{top}<div id="ms-outlook-mobile-signature">Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div><div dir="auto"><br><hr><div id="divRplyFwdMsg">{bold}</div><br>{quoted}</div>',
        "zimbra": f'<div>{top}<br></div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><blockquote style="border-left:2px solid #1010FF">{bold}<br></blockquote></div><div data-marker="__QUOTED_TEXT__"><blockquote style="border-left:2px solid #1010FF">{quoted}</blockquote></div>',
        "kmail marks": f"<p>{one}</p><p>{two}</p><br /><p>{kmail}</p><p>&gt; {old[0]}</p><p>&gt; {old[1]}</p>",
        "evolution element": f'{top}<div><br></div><div class="-x-evo-paragraph">{evolution}</div><blockquote type="cite" style="margin:0 0 0 .8ex; border-left:2px #729fcf solid">{quoted}</blockquote>',
        "notes verse": f'{top}<div>-----"{NAME}" &lt;<a href="mailto:els@maker.example">els@maker.example</a>&gt; wrote: -----</div><div style="border-left:solid black 2px">To: anna@architect.example<br>From: {escape(PERSON)}<br>Date: 27/11/2026 10:00<br>Subject: Re: screens<br><br>{quoted}</div>',
        "tutanota": f'{top}<br>27 Nov 2026, 10:00 by els@maker.example:<br><blockquote class="tutanota_quote" style="border-left: 1px solid #93A3B8">{quoted}</blockquote>',
        "front": f'{top}<br><div class="front-blockquote"><blockquote type="cite">On November 27, 2026 at 10:00 AM GMT+1 <a href="mailto:els@maker.example">els@maker.example</a> wrote:<br><br>{quoted}</blockquote></div>',
        "open-xchange inside": f'{top}<blockquote type="cite"><div>{escape(_filled(INTRODUCTIONS["open-xchange"], lang))}</div><div>&nbsp;</div><div>{quoted}</div></blockquote>',
        "head in a table": f'{top}<table style="border-top:1px solid #ccc"><tbody><tr><td>{bold}</td></tr><tr><td>{quoted}</td></tr></tbody></table>',
        "head in paragraphs": f"<p>{one}</p><p>{two}</p>"
        + "".join(f"<p class=MsoNormal>{line}</p>" for line in bold.split("<br>"))
        + f"<p>{old[0]}</p><p>{old[1]}</p>",
    }.items()


def more_cases():
    """Yield the cases, with and without what was sent being known."""
    for lang, old in OLD.items():
        known = ("\n".join(old),)
        for name, body, new in _plain(lang):
            yield Case(f"{lang} plain {name}", body, new, old)
            yield Case(f"{lang} plain {name}, known", body, new, old, known=known)
        for name, body in _html(lang):
            yield Case(f"{lang} html {name}", body, NEW[lang], old, html=True)
            yield Case(f"{lang} html {name}, known", body, NEW[lang], old, html=True, known=known)
        for program, lines in INTRODUCTIONS.items():
            (one, two), wrote = NEW[lang], _filled(lines, lang)
            body = f"{wrote}\n> {old[0]}\n{one}\n\n> {old[1]}\n{two}\n"
            yield Case(f"{lang} trap {program}, answered between", body, (one, two), (), folds=False)


def passed_on_cases():
    """Yield mails that pass another one on, which is new to who gets it, and lists that look like a mail's head."""
    for lang, old in OLD.items():
        (one, two), sent, labels = NEW[lang], ("\n".join(OLD[lang]),), head(lang)
        bold = head(lang, "<b>{0}:</b> {1}", "<br>").replace(PERSON, escape(PERSON))
        name = f"{lang} trap {{}} {{}}".format
        for known, line in ((known, line) for known in ((), sent) for line in FORWARDS[lang]):
            plain = f"{one}\n\n{line}\n{labels}\n\n{two}\n"
            yield Case(name(line, known), plain, (one, two), (), folds=False, known=known)
            answer = f"{plain}\n{WROTE[lang]}\n{marked(old)}\n"
            yield Case(name(line, f"in an answer {known}"), answer, (one, two), old, known=known)
            gmail = f'<div dir="ltr">{one}<br><br><div class="gmail_quote"><div class="gmail_attr">{line}<br>{bold}<br></div><br>{two}</div></div>'
            yield Case(name(line, f"html {known}"), gmail, (one, two), (), folds=False, html=True, known=known)
            for apple in (
                f'<div>{one}</div><blockquote type="cite"><div>{line}</div><br><div>{bold}</div><br><div>{two}</div></blockquote>',
                f'<div>{one}</div><div>{line}</div><br><blockquote type="cite"><div>{bold}</div><br><div>{two}</div></blockquote>',
            ):
                yield Case(name(line, f"apple {known}"), apple, (one, two), (), folds=False, html=True, known=known)
            quoted = f"{one}\n{two}\n\n{WROTE_SHORT[lang]}\n> {line}\n{marked(old)}\n"
            yield Case(name(line, f"quoted {known}"), quoted, (one, two), old, known=known)
        labels = f"{HEADS[lang][0]}: Gent\n{HEADS[lang][1]}: 27/11/2026\n{HEADS[lang][2]}: Brugge"
        yield Case(name("a driver's list", ""), f"{one}\n{labels}\n{two}\n", (one, two), (), folds=False)
        log = f"{one}\n27.11.2026 10:00 {PERSON}:\n{two}\n"
        yield Case(name("a log", ""), log, (one, two), (), folds=False)
        size = f"{one}\n> 1200 mm\n{two}\n"
        yield Case(name("a measure behind a mark", ""), size, (one, two, "1200 mm"), (), folds=False)
