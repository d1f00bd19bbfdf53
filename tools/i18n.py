"""Translations: ``make i18n`` exports each addon's terms and merges them into its languages.

``python -m tools.i18n untranslated <addon> <language>`` prints the terms without a
translation as JSON, ``... fill <addon> <language> <file>`` takes ``{term: translation}`` back.
"""

import argparse
import json
import re
import subprocess
from pathlib import Path

import polib

from tools.odoo_server import OdooInstallation
from tools.postgres import database_server
from tools.settings import ADDONS_DIR, LOG_DIR, ToolError, our_addons, progress, run_tool, venv_python

LANGUAGES = ("fr", "nl", "ro", "da", "de")
PLACEHOLDER = re.compile(
    r"%\([a-z_0-9]+\)[a-z]|%[sdf%](?![a-z])|\{\{.*?\}\}|\{[a-z_0-9]*\}|<[^>]+>|https?://\S+", re.DOTALL
)
#: words inside placeholders that are translated too: attributes that people read, quoted text of expressions
WORDS = re.compile(r"""(?<=title=)"[^"]*"|(?<=aria-label=)"[^"]*"|(?<=alt=)"[^"]*"|(?<=placeholder=)"[^"]*"|'[^']*'""")


def template_path(addon):
    return ADDONS_DIR / addon / "i18n" / f"{addon}.pot"


def language_path(addon, language):
    return ADDONS_DIR / addon / "i18n" / f"{language}.po"


def export(addon, installation, database):
    """Write ``i18n/<addon>.pot`` from what the addon has installed."""
    path = template_path(addon)
    path.parent.mkdir(exist_ok=True)
    command = [
        *(venv_python(), "-m", "odoo", "i18n", "export", "-c", installation.write_config()),
        *("-d", database, "-l", "pot", "-o", path, addon),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or not path.exists():
        LOG_DIR.mkdir(parents=True, exist_ok=True)
        (LOG_DIR / f"i18n-{addon}.log").write_text(done.stderr + done.stdout)
        raise ToolError(f"The terms of {addon} cannot be exported; see {LOG_DIR / f'i18n-{addon}.log'}.")
    _stable(path)


def _stable(path):
    """Drop the dates of a catalogue, so that exporting twice changes nothing."""
    catalogue = polib.pofile(path, wrapwidth=100)
    for key in ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team"):
        catalogue.metadata.pop(key, None)
    catalogue.save(path)


def merge(addon, language):
    """Bring a language up to date with the exported terms; translations in use are kept.

    So are those of terms that differ in their white space alone, as of a text that was broken into lines.
    """
    path = language_path(addon, language)
    template = polib.pofile(template_path(addon), wrapwidth=100)
    catalogue = polib.pofile(path, wrapwidth=100) if path.exists() else polib.POFile(wrapwidth=100)
    kept = {"".join(entry.msgid.split()): entry.msgstr for entry in catalogue}
    catalogue.metadata = {**template.metadata, "Language": language}
    catalogue.header = template.header
    catalogue.merge(template)
    for entry in [entry for entry in catalogue if entry.obsolete]:
        catalogue.remove(entry)
    for entry in catalogue.untranslated_entries():
        entry.msgstr = kept.get("".join(entry.msgid.split()), "")
    catalogue.save(path)


def placeholders(term):
    """Return what a translation has to keep: placeholders, tags, addresses; not the words in them."""
    found = PLACEHOLDER.findall(term)
    return sorted(WORDS.sub("", part) for part in found)


def problems(addon, language):
    """Return what is wrong with a language: missing terms, placeholders that differ."""
    if not template_path(addon).exists():
        return [f"{addon}: no {addon}.pot"]
    if not language_path(addon, language).exists():
        return [f"{addon}: no {language}.po"]
    entries = {entry.msgid: entry for entry in polib.pofile(language_path(addon, language))}
    found = []
    for term in polib.pofile(template_path(addon)):
        entry = entries.get(term.msgid)
        if not entry or not entry.msgstr or entry.fuzzy:
            found.append(f"{addon} {language}: not translated: {term.msgid[:70]!r}")
        elif placeholders(term.msgid) != placeholders(entry.msgstr):
            found.append(f"{addon} {language}: placeholders or tags differ: {term.msgid[:70]!r}")
    return found


def untranslated(addon, language):
    """Return the terms that have no translation yet, longest placeholders kept as they are."""
    return [entry.msgid for entry in polib.pofile(language_path(addon, language)) if not entry.msgstr or entry.fuzzy]


def fill(addon, language, translations):
    """Enter translations, ``{term: translation}``; return the terms that were not expected."""
    path = language_path(addon, language)
    catalogue = polib.pofile(path, wrapwidth=100)
    entries = {entry.msgid: entry for entry in catalogue}
    for term, translation in translations.items():
        if term in entries and translation:
            entries[term].msgstr = translation
            entries[term].flags = [flag for flag in entries[term].flags if flag != "fuzzy"]
    catalogue.save(path)
    return [term for term in translations if term not in entries]


def _update(addons):
    with database_server() as database:
        installation = OdooInstallation(database)
        template = installation.addons_template()
        for addon in addons:
            progress(f"{addon}: terms")
            export(addon, installation, template)
            for language in LANGUAGES:
                merge(addon, language)
    for addon in addons:
        for language in LANGUAGES:
            progress(f"{addon} {language}: {len(untranslated(addon, language))} terms without translation")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", help="[addon], or: untranslated|fill addon language [file]")
    words = parser.parse_args().words
    if words[:1] == ["untranslated"]:
        print(json.dumps(untranslated(*words[1:3]), ensure_ascii=False, indent=0))
    elif words[:1] == ["fill"]:
        unexpected = fill(words[1], words[2], json.loads(Path(words[3]).read_text()))
        print(f"{len(unexpected)} unknown terms", *unexpected[:10], sep="\n")
    else:
        _update(words or our_addons())


if __name__ == "__main__":
    run_tool(main)
