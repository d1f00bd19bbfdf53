"""Try what an upgrade could have broken: ``python -m tests.lifecycle.after_upgrade CONFIG DATABASE REPORT``.

Runs every scheduled action of our addons, builds every view of theirs, and saves the settings. The
report is JSON: what was tried, and what was logged as a warning or worse or raised.
"""

import json
import logging
import sys
import threading
from pathlib import Path

from odoo.api import SUPERUSER_ID, Environment
from odoo.cli import server  # noqa: F401  sets Odoo up as its command does
from odoo.modules.registry import Registry
from odoo.tools import config

from tests.lifecycle.driver import Warnings
from tools.settings import our_addons


def records(env, model):
    """Return our addons' records of a model."""
    found = env["ir.model.data"].search([("module", "in", our_addons()), ("model", "=", model)])
    return env[model].with_context(active_test=False).browse(found.mapped("res_id")).exists()


def run_crons(env):
    """Run each scheduled action, as its *Run Manually* button does."""
    crons = records(env, "ir.cron")
    for cron in crons:
        cron.method_direct_trigger()
    return crons.mapped("cron_name")


def build_views(env):
    """Combine each view with those that extend it, as the web client and the pages get it."""
    views = records(env, "ir.ui.view")
    for view in views:
        view._check_xml()
        if view.type != "qweb":
            primary = view
            while primary.mode != "primary":
                primary = primary.inherit_id
            env[view.model].get_view(primary.id, view.type)
    return views.mapped("xml_id")


def save_settings(env):
    """Open the settings and save them as they are; their values must stay."""
    settings = env["res.config.settings"].create({})
    fields = env["ir.model.fields"].search([("model", "=", settings._name)])
    names = [field.name for field in fields if set(field.modules.split(", ")) <= set(our_addons())]
    before = settings.read(names)[0]
    settings.execute()
    after = env["res.config.settings"].create({}).read(names)[0]
    changed = [name for name in names if before[name] != after[name]]
    if changed:
        raise ValueError(f"settings changed by saving them: {changed}")
    return names


def main():
    configuration, database, target = sys.argv[1:]
    config.parse_config(["-c", configuration, "-d", database, "--no-http"], setup_logging=True)
    threading.current_thread().dbname = database
    report = {}
    registry = Registry(database)
    handler = Warnings()
    logging.getLogger().addHandler(handler)
    for action in (build_views, save_settings, run_crons):
        with registry.cursor() as cr:
            report[action.__name__] = action(Environment(cr, SUPERUSER_ID, {}))
    report["warnings"] = handler.take()
    Path(target).write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
