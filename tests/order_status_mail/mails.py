"""Runs inside ``odoo shell``: a mail with news of every rule, in six languages. ``env`` is the shell's environment.

The last line printed is a JSON object ``{language: {subject, html, text}}``.
"""

import json
import sys

from odoo.addons.order_status_mail.rules import rules_of

LANGUAGES = ("en_US", "fr_FR", "nl_NL", "ro_RO", "da_DK", "de_DE")

order = env.ref("order_status_mail.order_portal")  # noqa: F821 - the shell's
for language in LANGUAGES[1:]:
    env["res.lang"]._activate_lang(language)  # noqa: F821 - the shell's
env["ir.module.module"].search([("name", "=", "order_status_mail")])._update_translations(LANGUAGES[1:])  # noqa: F821
run, mailer = env["order.status.run"], env["order.status.mailer"]  # noqa: F821 - the shell's
mails = {}
for language in LANGUAGES:
    localized = mailer.with_context(lang=language, website_id=order.website_id.id)
    mine = order.with_env(localized.env)
    events = localized.env["order.status.event"]
    for rule in rules_of(localized.env):
        for change in rule.example(mine):
            events |= events.new(run._event_values(mine, change, None))
    values = localized._mail_values(mine, events, env["order.status.snapshot"])  # noqa: F821 - the shell's
    text = localized.env["order.status.words"]._text(values)
    mails[language] = {"subject": values["subject"], "html": str(localized._render(values)), "text": text}
sys.stdout.write("\n" + json.dumps(mails) + "\n")
sys.stdout.flush()
