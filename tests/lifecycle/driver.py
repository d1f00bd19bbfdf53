"""Install and uninstall modules in one Odoo process and tell what each step logged and left behind.

``python -m tests.lifecycle.driver CONFIG DATABASE REPORT +addon -addon ...``: ``+`` installs, ``-`` uninstalls.
The report is JSON: for each step its warnings, and for each ``-`` step what differs from the start and from before
the module came (``own``).
"""

import json
import logging
import sys
import threading
from pathlib import Path

from odoo.api import SUPERUSER_ID, Environment
from odoo.cli import server  # noqa: F401  sets Odoo up as its command does
from odoo.modules.registry import Registry
from odoo.tools import SQL, config

#: The price history that stock_account keeps of products that are gone, of whatever addon.
HISTORY = {"product_value"}
#: Tables that every installation or uninstallation writes to and that describe no module ...
VOLATILE = {"bus_bus", "ir_logging", "ir_cron_trigger", "ir_profile", "orm_signaling_registry"}
#: ... and those looked at by name below. Odoo itself forgets the ``ir_model_constraint`` rows of the
#: foreign keys that it drops with a column; the constraints themselves are compared.
NAMED = {"ir_model_data", "ir_model_constraint"}
#: Bundles are made whenever a page is built.
ASSETS = SQL(" WHERE url IS NULL OR url NOT LIKE '/web/assets/%%'")
SCHEMA = {
    "column": "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable"
    " FROM information_schema.columns WHERE table_schema = 'public'",
    "index": "SELECT tablename || ': ' || indexname FROM pg_indexes WHERE schemaname = 'public'",
    "constraint": "SELECT conrelid::regclass || ': ' || conname FROM pg_constraint WHERE conrelid <> 0"
    " AND connamespace = 'public'::regnamespace",
    "sequence": "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'",
    "function": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "trigger": "SELECT tgrelid::regclass || ': ' || tgname FROM pg_trigger WHERE NOT tgisinternal",
    # Odoo gives the parents and selections that a model has from mail.thread external ids in the name of
    # mail, portal, ...; when the model goes, their records go and those external ids stay until these update
    "external id": "SELECT module || '.' || name || ' (' || model || ')' FROM ir_model_data"
    " WHERE module = ANY(%(addons)s) OR model NOT IN ('ir.model.inherit', 'ir.model.fields.selection')",
    "orphaned message": "SELECT model FROM mail_message WHERE model NOT IN (SELECT model FROM ir_model)",
    "orphaned activity": "SELECT res_model FROM mail_activity WHERE res_model NOT IN (SELECT model FROM ir_model)",
    "orphaned follower": "SELECT res_model FROM mail_followers WHERE res_model NOT IN (SELECT model FROM ir_model)",
    "orphaned attachment": "SELECT res_model FROM ir_attachment WHERE res_model NOT IN (SELECT model FROM ir_model)",
    "setting": "SELECT key FROM ir_config_parameter",
}


class Warnings(logging.Handler):
    """Collect what is logged as a warning or worse."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")

    def take(self):
        lines, self.lines = self.lines, []
        return lines


def snapshot(cr, addons):
    """Return what is in the database: ``{kind: set of names}``, of tables the ids of their rows."""
    found = {}
    for kind, statement in SCHEMA.items():
        cr.execute(statement, {"addons": addons})
        found[kind] = {str(name) for (name,) in cr.fetchall()}
    cr.execute(
        "SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_name)"
        " WHERE c.table_schema = 'public' AND t.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
        " AND c.column_name = 'id' AND c.data_type = 'integer'"
    )
    for (table,) in cr.fetchall():
        if table not in VOLATILE | NAMED | HISTORY:
            cr.execute(SQL("SELECT id FROM %s%s", SQL.identifier(table), ASSETS if table == "ir_attachment" else SQL()))
            found[f"rows of {table}"] = {str(number) for (number,) in cr.fetchall()}
    return found


def differences(before, after):
    """Return lines on what is in one snapshot only; rows with their ids."""
    lines = []
    for kind in sorted({*before, *after}):
        for word, left, right in (("left over", after, before), ("lost", before, after)):
            names = sorted(left.get(kind, set()) - right.get(kind, set()))
            if names:
                lines.append(f"{word}: {kind}: {', '.join(names[:40])}{' ...' if len(names) > 40 else ''}")
    return lines


def run_step(database, step):
    """Install (``+name``) or uninstall (``-name``) a module."""
    with Registry(database).cursor() as cr:
        module = Environment(cr, SUPERUSER_ID, {})["ir.module.module"].search([("name", "=", step[1:])])
        if step[0] == "+":
            module.button_immediate_install()
        else:
            module.button_immediate_uninstall()


def main():
    configuration, database, target, *steps = sys.argv[1:]
    config.parse_config(["-c", configuration, "-d", database, "--no-http", "--with-demo"], setup_logging=True)
    threading.current_thread().dbname = database
    warnings = Warnings()
    addons = sorted({step[1:] for step in steps})
    with Registry.new(database).cursor() as cr:
        Environment(cr, SUPERUSER_ID, {})["ir.module.module"].update_list()
    with Registry(database).cursor() as cr:
        start = snapshot(cr, addons)
    logging.getLogger().addHandler(warnings)
    report, now, before = [], start, {}
    for step in steps:
        before.setdefault(step[1:], now)
        run_step(database, step)
        entry = {"step": step, "warnings": warnings.take(), "differences": [], "own": []}
        with Registry(database).cursor() as cr:
            now = snapshot(cr, addons)
        if step[0] == "-":
            entry["differences"], entry["own"] = differences(start, now), differences(before[step[1:]], now)
        report.append(entry)
        Path(target).write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
