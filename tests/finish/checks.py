"""What is looked at on every screen, in one call to the browser."""

import re

import polib

from tools.settings import ADDONS_DIR, our_addons

#: Where translations of records come from that documents copy, in the language of that moment.
RECORDS = ("model:product.",)
#: Labels that other addons leave in English, too; some of them in these languages only.
FOREIGN = {"E-mail", "Email", "New"}
TICKET = {"Category", "Channel", "Company", "Created on", "Description"}
#: A meeting's "Start" is Odoo's own word in these; ours is a button ("Starten") or a column ("Begin").
MEETING = {"Start"}
FOREIGN_IN = {
    "da": TICKET | {"Address", "Contact"},
    "de": MEETING,
    "nl": MEETING,
    "ro": TICKET | MEETING | {"Purchase", "Team"},
}
TAGS = re.compile(r"<[^>]+>")

#: Texts a person can see or hear, of the visible part of the page.
TEXTS = """() => {
    const found = new Set();
    const add = (text) => text && text.trim() && found.add(text.replace(/\\s+/g, " ").trim());
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        const elsewhere = parent.closest("script, style, noscript, template, .o-mail-Chatter, .o_notification");
        if (!elsewhere && parent.checkVisibility()) {
            add(walker.currentNode.textContent);
        }
    }
    for (const name of ["title", "placeholder", "aria-label", "alt", "data-tooltip"]) {
        for (const el of document.querySelectorAll(`[${name}]`)) {
            el.checkVisibility() && add(el.getAttribute(name));
        }
    }
    return [...found];
}"""

#: Parts of the page that are wider than what shows them; ``allow`` may scroll sideways.
SIDEWAYS = """(allow) => {
    const wide = (el, margin = 1) => el.scrollWidth > el.clientWidth + margin && el.clientWidth > 0;
    const found = [];
    const root = document.documentElement;
    if (wide(root)) {
        const right = root.clientWidth + 1;
        const guilty = [...document.body.querySelectorAll("*")].filter(
            (el) => el.getBoundingClientRect().right > right && el.checkVisibility()
        );
        found.push("the page: " + guilty.slice(0, 4).map((el) => el.outerHTML.slice(0, 150)).join(" < "));
    }
    const panes =
        ".o_content, .o_form_sheet, .o_list_renderer, .o_kanban_record, .modal-body, .card, .o_settings_container";
    for (const el of document.querySelectorAll(panes)) {
        if (!el.matches(allow) && el.checkVisibility() && wide(el, 10)) {
            found.push(`${el.className.slice(0, 60)} (${el.scrollWidth} > ${el.clientWidth})`);
        }
    }
    return found;
}"""

#: Amounts that are not on the right of their column.
MONEY_LEFT = """() => [...document.querySelectorAll(
        "td.o_list_monetary, td.o_list_number, td:has(> .oe_currency_value), td:has(> span > .oe_currency_value)")]
    .filter((el) => el.checkVisibility() && /^[^a-z]*\\d[^a-z]*$/i.test(el.textContent))
    .filter((el) => !["right", "end"].includes(getComputedStyle(el).textAlign))
    .map((el) => el.textContent.trim())"""


def segments(text):
    """Return the pieces of text between the tags of a translatable text."""
    return [" ".join(piece.split()) for piece in TAGS.split(text) if piece.strip()]


def untranslated_texts(language):
    """Return our English texts that read differently in a language: seen there, one was forgotten.

    :param language: a language we translate to, or ``en``, where there is nothing to forget
    """
    if language == "en":
        return frozenset()
    english, translated = set(), set()
    for addon in our_addons():
        for entry in polib.pofile(str(ADDONS_DIR / addon / "i18n" / f"{language}.po")):
            if all(place.startswith(RECORDS) for place, _line in entry.occurrences):
                continue
            translated.update(segments(entry.msgstr))
            if entry.msgstr and entry.msgstr != entry.msgid:
                english.update(segments(entry.msgid))
    foreign = FOREIGN | FOREIGN_IN.get(language, set())
    return {text for text in english - translated - foreign if len(text) > 2 and any(map(str.isalpha, text))}


def look(page, english=frozenset(), allow=".o_never"):
    """Return what is wrong with the page as it is now, a list of sentences."""
    problems = [f"wider than the window: {part}" for part in page.evaluate(SIDEWAYS, allow)]
    problems += [f"not translated: {text}" for text in page.evaluate(TEXTS) if text in english]
    problems += [f"amount on the left: {text}" for text in page.evaluate(MONEY_LEFT)]
    return problems
