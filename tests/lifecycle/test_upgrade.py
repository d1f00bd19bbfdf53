"""A database of the first version is updated to the present code and keeps its data.

The dump is made by ``tests.lifecycle.make_dump``, which says how.
"""

import contextlib
import hashlib
import hmac
import json
import lzma
import subprocess

import pytest
from psycopg2 import sql as psycopg2_sql

from tests.lifecycle import first_version
from tests.lifecycle.changes import (
    ADDED,
    EMPTIED,
    LATER,
    RENAMED,
    RENAMED_TABLES,
    STATUS_RULES,
    TRANSFORMED,
    UNCOMPARED,
)
from tests.lifecycle.dump import DUMPS, OUR_MODELS, postgres_program
from tests.lifecycle.first_version import add_recurring_invoice
from tools.manifests import read_manifest
from tools.odoo_server import log_lines
from tools.postgres import connect
from tools.settings import LOG_DIR, ROOT, STATE_DIR, our_addons, venv_python

pytestmark = pytest.mark.timeout(900)
DATABASE = "lifecycle_upgrade"
OUR_TABLES = f"""
    SELECT t.table_name FROM ({OUR_MODELS}) m
    JOIN information_schema.tables t ON t.table_name = replace(m.model, '.', '_') AND t.table_type = 'BASE TABLE'
    ORDER BY 1"""  # noqa: S608 - a constant
OUR_COLUMNS = """
    SELECT DISTINCT replace(f.model, '.', '_'), f.name FROM ir_model_fields f
    JOIN ir_model_data d ON d.model = 'ir.model.fields' AND d.res_id = f.id
    JOIN information_schema.columns c ON c.table_name = replace(f.model, '.', '_') AND c.column_name = f.name
    WHERE d.module = ANY(%(ours)s) AND f.store ORDER BY 1, 2"""


def read_data(cursor):
    """Return all rows of our models, and our columns of the other models: ``{table: {id: {column: value}}}``."""
    cursor.execute(OUR_TABLES, {"ours": our_addons()})
    tables = {table: None for (table,) in cursor.fetchall()}
    cursor.execute(OUR_COLUMNS, {"ours": our_addons()})
    foreign = {}
    for table, column in cursor.fetchall():
        if table not in tables:
            foreign.setdefault(table, {"id"}).add(column)
    data = {}
    for table, columns in {**tables, **foreign}.items():
        cursor.execute(psycopg2_sql.SQL("SELECT to_jsonb(t) FROM {} t").format(psycopg2_sql.Identifier(table)))
        rows = [row for (row,) in cursor.fetchall()]
        data[table] = {
            row["id"]: {name: row[name] for name in (columns or row) if name not in UNCOMPARED}
            for row in rows
            if "id" in row
        }
    return data


@pytest.fixture(scope="module")
def upgraded(installation):
    """Restore the first version, update the five addons; yield the data before and after, and the log."""
    (dump,) = DUMPS.glob("19.0.1.0.0.sql.xz")
    installation.drop_database(DATABASE)
    with contextlib.closing(connect(installation.database)) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8'")
    command = postgres_program("psql", installation.database, DATABASE, "-q", "-v", "ON_ERROR_STOP=1")
    subprocess.run(**command, input=lzma.decompress(dump.read_bytes()), stdout=subprocess.DEVNULL, check=True)
    log = LOG_DIR / f"{DATABASE}.log"
    with contextlib.closing(connect(installation.database, DATABASE)) as connection, connection.cursor() as cursor:
        for statement in ADDED:
            cursor.execute(statement)
        add_recurring_invoice(cursor)
        before = read_data(cursor)
        command = installation.command(
            *("-d", DATABASE, "-u", ",".join(our_addons()), "--stop-after-init", "--no-http", "--max-cron-threads=0"),
            config=installation.write_config(DATABASE),
        )
        with log.open("w") as file:
            code = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, timeout=600, check=False).returncode
        text = log.read_text()
        assert code == 0, text[-4000:]
        yield {"before": before, "after": read_data(cursor), "log": text, "cursor": cursor}
    installation.drop_database(DATABASE)


def test_first_version_has_data_of_each_addon(upgraded):
    """The dump is worth something: each addon has rows of its own in it."""
    upgraded["cursor"].execute(
        """SELECT d.module, replace(m.model, '.', '_') FROM ir_model m
           JOIN ir_model_data d ON d.model = 'ir.model' AND d.res_id = m.id WHERE d.module = ANY(%s)""",
        (our_addons(),),
    )
    filled = {module for module, table in upgraded["cursor"].fetchall() if upgraded["before"].get(table)}
    assert filled - LATER == set(our_addons()) - LATER


def test_update_is_quiet_and_complete(upgraded):
    """The five are at their present version, and nothing was complained about."""
    assert log_lines(upgraded["log"], "WARNING", "ERROR", "CRITICAL") == []
    upgraded["cursor"].execute(
        "SELECT name, state, latest_version FROM ir_module_module WHERE name = ANY(%s)", (our_addons(),)
    )
    expected = {(addon, "installed", read_manifest(addon)["version"]) for addon in our_addons()}
    assert set(upgraded["cursor"].fetchall()) == expected


def test_data_survives(upgraded):
    """Every row of our models and every value of our fields on other models is as it was; an empty Boolean is false."""
    lost = []
    for table in upgraded["before"].keys() - EMPTIED:
        rows = upgraded["before"][table]
        now = upgraded["after"].get(RENAMED_TABLES.get(table, table), {})
        if not now and all((table, name) in TRANSFORMED for row in rows.values() for name in row if name != "id"):
            continue
        for number, row in rows.items():
            if (table, number) == ("account_move", first_version.NUMBER):
                continue  # see test_recurring_invoices_left_the_books
            if number not in now:
                lost.append(f"{table} {number} is gone")
                continue
            kept = {name: now[number].get(RENAMED.get((table, name), name)) for name in row}
            lost += [
                f"{table} {number}: {name} was {value!r}, is {kept[name]!r}"
                for name, value in row.items()
                if kept[name] != value
                and (table, name) not in TRANSFORMED
                and not (value is None and kept[name] is False)
            ]
    assert lost == []


def test_credits_are_as_they_were(upgraded):
    """SW11: what is available and reserved, and the balance after each row of the ledger, are those of before."""
    cursor = upgraded["cursor"]
    cursor.execute(
        """SELECT a.id, a.available_units, COALESCE(sum(r.units), 0) FROM credit_account a
             LEFT JOIN credit_reservation r ON r.account_id = a.id GROUP BY a.id"""
    )
    accounts = {number: (available + reserved, reserved) for number, available, reserved in cursor.fetchall()}
    before = upgraded["before"]["credit_account"]
    assert accounts == {number: (row["balance_units"], row["reserved_units"]) for number, row in before.items()}
    cursor.execute("SELECT id, sum(units) OVER (PARTITION BY account_id ORDER BY id) FROM credit_transaction")
    rows = {number: int(balance) for number, balance in cursor.fetchall()}
    assert rows == {number: row["balance_units"] for number, row in upgraded["before"]["credit_transaction"].items()}


def test_workshop_codes_go_on_working(upgraded):
    """SW2: a code that hangs in the workshop opens its page after the update."""
    cursor = upgraded["cursor"]
    cursor.execute("SELECT id, purchase_id, access_link_previous_digest FROM purchase_photo_link")
    [(link, purchase, digest)] = cursor.fetchall()
    cursor.execute("SELECT value FROM ir_config_parameter WHERE key = 'database.secret'")
    # the address as the first version made it: odoo.tools.hmac over scope and parts
    message = repr(("supplier_webservice_order.workshop", (link, purchase, "nonce-of-the-first-version")))
    token = hmac.new(cursor.fetchone()[0].encode(), message.encode(), hashlib.sha256).hexdigest()[:43]
    assert digest == hashlib.sha256(token.encode()).hexdigest()


def test_orders_know_what_was_sent(upgraded):
    """SW+9: of an order that a supplier has, the lines are known as they were sent."""
    cursor = upgraded["cursor"]
    cursor.execute(
        "SELECT count(*), count(sent_lines) FROM supplier_exchange WHERE operation = 'order'"
        " AND state IN ('queued', 'sending', 'unknown', 'done')"
    )
    orders, known = cursor.fetchone()
    assert orders == known > 0


def test_agenda_is_private(upgraded):
    """RI10: events of interactions are not read by every employee any more; feeds keep their addresses."""
    cursor = upgraded["cursor"]
    cursor.execute(
        "SELECT count(*), count(*) FILTER (WHERE e.privacy = 'private') FROM calendar_event e"
        " JOIN recurring_interaction i ON i.calendar_event_id = e.id"
    )
    events, private = cursor.fetchone()
    assert events == private > 0
    cursor.execute("SELECT count(*) FROM recurring_feed_link")
    assert cursor.fetchone() == (0,), "the first version kept addresses in the rows of its window"


def test_connections_go_on(upgraded):
    """SEC-10: connections into the own network that were in use go on, with an administrator's leave; no others."""
    cursor = upgraded["cursor"]
    cursor.execute(
        "SELECT state, endpoint_url LIKE 'http://127.%', inner_network, strict, auth_source FROM supplier_connection"
    )
    rows = cursor.fetchall()
    assert ("active", True, True, True, "database") in rows
    assert all(inner for state, local, inner, _strict, _source in rows if state == "active" and local)
    assert not any(inner for state, _local, inner, _strict, _source in rows if state != "active")


def test_connectors_that_are_gone_are_mapped(upgraded):
    """SW+5 SW+6: who used a connector that is gone says the same by mapping; no connection and no message is lost."""
    cursor = upgraded["cursor"]
    before = {row["connector"]: number for number, row in upgraded["before"]["supplier_connection"].items()}
    assert {"standard", "nordteile"} <= set(before)
    for connector, operation, constant in (
        ("standard", "PlaceOrder", None),
        ("nordteile", "SubmitPurchase", upgraded["before"]["supplier_connection"][before["nordteile"]]),
    ):
        cursor.execute(
            """SELECT c.connector, c.has_own_wsdl, c.mapping_duplicate_codes, o.operation, branch.constant
                 FROM supplier_connection c JOIN supplier_mapping_operation o ON o.connection_id = c.id
                 LEFT JOIN supplier_mapping_element branch
                   ON branch.operation_id = o.id AND branch.path = 'branchCode' AND branch.direction = 'request'
                WHERE c.id = %s AND o.kind = 'order'""",
            (before[connector],),
        )
        branch = constant["nordteile_branch_code"] if constant else None
        assert cursor.fetchall() == [("mapped", True, "DuplicateMessage", operation, branch)]


def test_dossiers_know_what_was_claimed(upgraded):
    """SD+8: elements became a bill with one of each, and free service lines became claims of their warranties."""
    cursor = upgraded["cursor"]
    cursor.execute("SELECT count(*), min(quantity), max(quantity) FROM product_warranty_element")
    elements, least, most = cursor.fetchone()
    assert elements >= 3
    assert (least, most) == (1, 1)
    free = [row for row in upgraded["before"]["sale_order_line"].values() if row["service_free"]]
    cursor.execute("SELECT count(*) FROM service_warranty_claim")
    assert cursor.fetchone() == (len(free),)
    cursor.execute("SELECT count(*) FROM sale_order WHERE is_delivery_untold")
    assert cursor.fetchone() == (0,), "nobody is told of deliveries of the past"


def test_dossier_rules_are_the_new_ones(upgraded):
    """SD+10: the rules, which Odoo does not update by itself, know of logins with several customers."""
    upgraded["cursor"].execute(
        "SELECT count(*) FROM ir_rule rule JOIN ir_model_data data ON data.res_id = rule.id AND data.model = 'ir.rule'"
        " WHERE data.module = 'service_dossier' AND rule.domain_force LIKE '%dossier_customer_ids%'"
    )
    assert upgraded["cursor"].fetchone()[0] >= 6


def test_configured_parts_have_a_customer(upgraded):
    """SD7: each part knows who configured it, and the rule asks for that: it does not follow a transfer."""
    cursor = upgraded["cursor"]
    assert upgraded["before"]["service_dossier_line"]
    cursor.execute(
        "SELECT count(*) FROM service_dossier_line l JOIN service_dossier d ON d.id = l.dossier_id"
        " WHERE l.commercial_partner_id IS DISTINCT FROM d.commercial_partner_id"
    )
    assert cursor.fetchone() == (0,)
    cursor.execute(
        "SELECT rule.domain_force FROM ir_rule rule JOIN ir_model_data data ON data.res_id = rule.id"
        " WHERE data.model = 'ir.rule' AND data.name = 'service_dossier_line_rule_portal'"
    )
    assert "('commercial_partner_id', 'in'" in cursor.fetchone()[0]


def test_links_of_status_mails_go_on_working(upgraded):
    """OS+5: of the links' keys only digests are kept, and those of the mails sent so far open their orders."""
    after = upgraded["after"]["order_status_snapshot"]
    known = {
        number: hashlib.sha256(row["access_token"].encode()).hexdigest()
        for number, row in upgraded["before"]["order_status_snapshot"].items()
    }
    assert known
    assert {number: after[number]["access_link_digest"] for number in known} == known


def test_switches_of_rules_are_rows(upgraded):
    """OS+8: what was a pair of fields of the website is a row of each rule, switched as it was."""
    upgraded["cursor"].execute("SELECT website_id, code, COALESCE(enabled, false), COALESCE(mandatory, false)"
                               " FROM order_status_rule")  # fmt: skip
    expected = {
        (number, code, bool(row[f"status_mail_{code}"]), bool(row[f"status_mail_{code}_mandatory"]))
        for number, row in upgraded["before"]["website"].items()
        for code in STATUS_RULES
    }
    assert any(on for _website, _code, on, _must in expected)
    assert set(upgraded["cursor"].fetchall()) == expected


def test_status_mails_sent_so_far(upgraded):
    """OS+5: what became of a mail of the first version is known; one that waits is sent until it arrives."""
    upgraded["cursor"].execute(
        """SELECT mail.message_header, mail.state, mail.reason, mail.subject, event.rule, queued.is_owed
             FROM order_status_mail mail JOIN order_status_event event ON event.mail_id = mail.id
             LEFT JOIN mail_mail queued ON queued.mail_message_id = event.message_id
            WHERE mail.message_header LIKE '%@first>' ORDER BY 1"""
    )
    subject = "Your order: what is new"
    assert upgraded["cursor"].fetchall() == [
        ("<came-back@first>", "bounced", "mailbox full", subject, "picked", None),
        ("<waits@first>", "waiting", "mailbox full", subject, "picked", True),
    ]


def test_choices_belong_to_addresses(upgraded):
    """OS+5: who refused status mails before still refuses them, by the address."""
    upgraded["cursor"].execute(
        "SELECT choice.id, lower(partner.email), choice.email FROM order_status_preference choice"
        " JOIN res_partner partner ON partner.id = choice.partner_id"
    )
    choices = {number: (address, email) for number, address, email in upgraded["cursor"].fetchall()}
    assert set(upgraded["before"]["order_status_preference"]) <= set(choices)
    assert all(address == email for address, email in choices.values())


def test_recurring_invoices_left_the_books(upgraded):
    """RI+7: a draft entry with a flag is a recurring invoice now, with lines, terms and messages; the entry is gone."""
    cursor, number = upgraded["cursor"], first_version.NUMBER

    def rows(query):
        cursor.execute(query, {"number": number})
        return cursor.fetchall()

    [(invoice, reference, terms, total)] = rows(
        "SELECT id, ref, narration, amount_total FROM recurring_invoice WHERE recurrence_id = %(number)s"
    )
    assert (reference, str(terms)) == ("PO-1", "<p>Thank you</p>")
    assert total > 0
    lines = rows(
        """SELECT l.name, quantity, price_unit, product_id IS NOT NULL, account_id IS NOT NULL
             FROM recurring_invoice_line l JOIN recurring_invoice i ON i.id = invoice_id
            WHERE recurrence_id = %(number)s"""
    )
    assert lines
    assert set(lines) == {("Care {month_year}", 3, 12.5, True, True)}
    agreed = """SELECT DISTINCT account_tax_id FROM {} JOIN recurring_invoice_line l
                    ON l.id = recurring_invoice_line_id JOIN recurring_invoice i ON i.id = l.invoice_id
                 WHERE recurrence_id = %(number)s"""
    for table in ("account_tax_recurring_invoice_line_rel", "recurring_invoice_line_tax_found_rel"):
        assert rows(agreed.format(table)) == [(number,)], "what the product has now was not seen: a person is asked"
    assert not rows("SELECT id FROM account_move WHERE id >= %(number)s")
    assert not rows("SELECT id FROM account_move_line WHERE move_id >= %(number)s")
    assert rows("SELECT model, res_id FROM mail_message WHERE body = 'Agreed by phone'") == [
        ("recurring.invoice", invoice)
    ]
    assert not rows(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'account_move'"
        " AND column_name IN ('is_recurring_pattern', 'recurring_recurrence_id')"
    )


def test_decisions_are_chained(upgraded):
    """OP+10: decisions of the first version are links of a chain now, withdrawals are rows of their own."""
    cursor = upgraded["cursor"]
    before = upgraded["before"]["online_proof_decision"].values()
    withdrawn = [row for row in before if row["withdrawn_date"]]
    cursor.execute("SELECT count(*), count(digest), count(withdraws_id) FROM online_proof_decision")
    assert cursor.fetchone() == (len(before) + len(withdrawn), len(before) + len(withdrawn), len(withdrawn))
    cursor.execute(
        """SELECT p.id FROM online_proof p JOIN online_proof_decision d ON d.proof_id = p.id
           GROUP BY p.id HAVING count(*) <> p.chain_length
           OR (array_agg(d.digest ORDER BY d.number DESC))[1] <> p.chain_head"""
    )
    assert cursor.fetchall() == []
    cursor.execute("SELECT count(*) FROM online_proof_revision WHERE state <> 'draft' AND customer_id IS NULL")
    assert cursor.fetchone() == (0,)


def test_links_to_proofs_go_on_working(upgraded):
    """OP13: of the links' keys only digests are kept; those of the mails sent so far open their proofs."""
    cursor, before = upgraded["cursor"], upgraded["before"]["online_proof_reviewer"]
    known = {number: hashlib.sha256(row["access_token"].encode()).hexdigest() for number, row in before.items()}
    cursor.execute("SELECT id, access_link_previous_digest, date_link_expiry::date FROM online_proof_reviewer")
    rows = cursor.fetchall()
    assert {number: digest for number, digest, _expiry in rows} == known != {}
    assert all(bool(expiry) == bool(before[number]["expiry_date"]) for number, _digest, expiry in rows)
    cursor.execute(
        "SELECT count(*), count(*) FILTER (WHERE body LIKE '%first-version%') FROM mail_message"
        " WHERE body LIKE '%/proof/%access_token=%'"
    )
    assert cursor.fetchone() == (1, 0), "the thread keeps its messages without the secret"


def test_proofs_are_of_all_products(upgraded):
    """OP+11: the one proof that an order had is for all of its printed products, and nothing else changed."""
    cursor = upgraded["cursor"]
    cursor.execute(
        """SELECT count(*) FROM sale_order_line l JOIN online_proof p ON p.sale_order_id = l.order_id
            WHERE l.product_id IS NOT NULL AND l.display_type IS NULL AND l.proof_id IS DISTINCT FROM p.id"""
    )
    assert cursor.fetchone() == (0,)
    cursor.execute("SELECT count(*) FROM sale_order_line WHERE proof_id IS NOT NULL")
    assert cursor.fetchone()[0] > 0
    cursor.execute("SELECT count(*) FROM online_proof")
    assert cursor.fetchone() == (len(upgraded["before"]["online_proof"]),)


def test_crons_views_and_settings_work(installation, upgraded):
    """After the update every scheduled action runs, every view is built, the settings can be saved."""
    report = STATE_DIR / f"{DATABASE}.json"
    report.unlink(missing_ok=True)
    config = installation.write_config(DATABASE)
    command = [venv_python(), "-W", "ignore", "-m", "tests.lifecycle.after_upgrade", config, DATABASE, report]
    done = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    tried = json.loads(report.read_text())
    assert tried["warnings"] == []
    assert len(tried["run_crons"]) >= len(our_addons())
    assert tried["build_views"]
    assert tried["save_settings"]
