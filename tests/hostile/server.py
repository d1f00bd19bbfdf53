"""The server under attack: a database with all addons and two customers' records, a mail sink, one Odoo."""

import contextlib
import functools
import json
import os
import subprocess

from psycopg2 import sql

from tests.conftest import Mailbox
from tests.helpers import start_quick_odoo
from tools.odoo_server import free_port
from tools.postgres import connect
from tools.rpc import Rpc, configure_server
from tools.settings import ALIAS_DOMAIN, LOG_DIR, ROOT, STATE_DIR, our_addons
from tools.surfaces import merged

DATABASE = "e2e_hostile"
#: tables of Odoo's that our routes write to, next to all of ours
CORE_TABLES = [
    *("sale_order", "sale_order_line", "purchase_order", "purchase_order_line", "account_move", "account_move_line"),
    *("helpdesk_ticket", "res_partner", "res_users", "mail_message", "mail_mail", "mail_activity", "calendar_event"),
    *("mail_followers", "product_template"),
]
#: tables of the seeded records that belong to one customer, by their names in the world
OWNED = {
    "partner": "res_partner",
    "order": "sale_order",
    "order_line": "sale_order_line",
    "cart_line": "sale_order_line",
    **merged("OWNED"),
}
#: columns that say when somebody looked, not what anybody did
CLOCKS = merged("CLOCKS")


def _timeless(table):
    row = sql.SQL("to_jsonb(t)")
    for column in CLOCKS.get(table, ()):
        row += sql.SQL(" - ") + sql.Literal(column)
    return row


class Target:
    """What the tests attack, and what they look at afterwards."""

    def __init__(self, installation, known, server, mailbox):
        self.installation, self.server, self.mailbox = installation, server, mailbox
        self.url = server.url
        self.known = known
        self.world = known["world"]
        self.rpc = Rpc(server.url, DATABASE)
        self._connection = connect(installation.database, DATABASE)
        self._tables = [*known["tables"], *CORE_TABLES]
        self._log_position = 0
        #: what was read last, see ``_digests``
        self._known = {}

    def close(self):
        self._connection.close()

    def run_sql(self, statement, parameters=()):
        """Run one SQL statement and return its rows."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def checksums(self):
        """Return ``{table: (rows, digest)}`` of everything that our addons keep."""
        parts = {}
        for table in self._tables:
            row = _timeless(table)
            parts[table] = sql.SQL(
                "SELECT {}, count(*), md5(string_agg(md5(({})::text), '' ORDER BY t.id)) FROM {} t"
            ).format(sql.Literal(table), row, sql.Identifier(table))
        # what visitors leave in the attachments; Odoo itself keeps style sheets and scripts there
        parts["ir_attachment"] = sql.SQL(
            "SELECT 'ir_attachment', count(*), md5(string_agg(md5(t::text), '' ORDER BY t.id))"
            " FROM ir_attachment t WHERE url IS NULL AND res_model IS NOT NULL AND res_model <> 'ir.ui.view'"
        )
        return self._digests("all", parts)

    def _digests(self, what, parts):
        """Return ``{table: (rows, digest)}`` by the statement of each table; what nobody wrote to is not read again.

        The transactions that wrote a table's rows tell that: each update has a later one than what it replaces.
        """
        stamp = sql.SQL("SELECT {0}, count(*), sum(xmin::text::bigint) FROM {1}")
        stamps = sql.SQL(" UNION ALL ").join(stamp.format(sql.Literal(table), sql.Identifier(table)) for table in parts)
        known = self._known.setdefault(what, {})
        written = {table: written for table, *written in self.run_sql(stamps)}
        stale = [part for table, part in parts.items() if table not in known or known[table][0] != written[table]]
        for table, *digest in self.run_sql(sql.SQL(" UNION ALL ").join(stale)) if stale else ():
            known[table] = written[table], tuple(digest)
        return {table: known[table][1] for table in parts}

    def changes(self, before):
        """Return the names of the tables that differ from ``before``."""
        now = self.checksums()
        return sorted(table for table in now if now[table] != before[table])

    def rows_of(self, side):
        """Return ``{table: (rows, digest)}`` of a customer's seeded records and of everything that refers to them."""
        ids = {}
        for name, table in OWNED.items():
            ids.setdefault(table, []).append(self.world[side][name])
        conditions = {table: [("id", own)] for table, own in ids.items()}
        for table, column, parent in self._references:
            conditions.setdefault(table, []).append((column, ids[parent]))
        parts = {}
        for table, columns in conditions.items():
            row = _timeless(table)
            which = sql.SQL(" OR ").join(
                sql.SQL("t.{} = ANY({})").format(sql.Identifier(column), sql.Literal(own)) for column, own in columns
            )
            parts[table] = (
                sql.SQL(
                    "SELECT {0}, count(*), md5(string_agg(({1})::text, '' ORDER BY ({1})::text)) FROM {2} t"
                ).format(sql.Literal(table), row, sql.Identifier(table))
                + sql.SQL(" WHERE ")
                + which
            )
        return self._digests(f"rows of {side}", parts)

    @functools.cached_property
    def _references(self):
        """Return ``[(table, column, parent)]`` of all foreign keys to the tables of ``OWNED``."""
        return self.run_sql(
            "SELECT child.relname, a.attname, parent.relname FROM pg_constraint c"
            " JOIN pg_class child ON child.oid = c.conrelid JOIN pg_class parent ON parent.oid = c.confrelid"
            " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
            " WHERE c.contype = 'f' AND parent.relname = ANY(%s)",
            (list(set(OWNED.values())),),
        )

    def record_of(self, model, seeded):
        """Return the id of customer A's record of a model: the seeded one, one of a seeded one, or None."""
        if model in seeded:
            return self.world["a"][seeded[model]]
        for table, column, parent in self._references:
            if table == model.replace(".", "_") and table in self.known["tables"]:
                owners = [self.world["a"][name] for name, owned in OWNED.items() if owned == parent]
                found = self.run_sql(
                    sql.SQL("SELECT min(id) FROM {} WHERE {} = ANY(%s)").format(
                        sql.Identifier(table), sql.Identifier(column)
                    ),
                    (owners,),
                )
                if found[0][0]:
                    return found[0][0]
        return None

    def new_log(self):
        """Return what the server logged since the last call."""
        with self.server.log.open(errors="replace") as file:
            file.seek(self._log_position)
            text = file.read()
            self._log_position = file.tell()
        return text


def _seed(installation):
    """Fill the database in an ``odoo shell`` and return what it tells."""
    target = STATE_DIR / "hostile.json"
    target.unlink(missing_ok=True)
    script = f"from tests.hostile import seed\nseed.run(env, {our_addons()!r}, {str(target)!r})\n"
    command = installation.command("-d", DATABASE, "--no-http", subcommand="shell")
    log = LOG_DIR / "hostile-seed.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as file:
        done = subprocess.run(
            command,
            input=script,
            text=True,
            stdout=file,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
            timeout=240,
        )
    assert not done.returncode and target.exists(), f"the records cannot be made; see {log}"
    return json.loads(target.read_text())


@contextlib.contextmanager
def running_target(installation, template):
    """Yield a ``Target``; everything is stopped and dropped afterwards."""
    installation.clone_database(template, DATABASE)
    known = _seed(installation)
    with contextlib.ExitStack() as stack:
        stack.callback(installation.drop_database, DATABASE)
        mailbox = stack.enter_context(Mailbox(STATE_DIR / "test-mail" / "hostile", port=free_port()))
        mailbox.clear()
        server = start_quick_odoo(installation, DATABASE, name=DATABASE, cron_threads=0, smtp_port=mailbox.port)
        stack.callback(server.stop)
        configure_server(Rpc(server.url, DATABASE), ALIAS_DOMAIN)
        target = Target(installation, known, server, mailbox)
        stack.callback(target.close)
        yield target
