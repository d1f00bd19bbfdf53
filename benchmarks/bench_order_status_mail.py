"""Measure the scheduled action of order_status_mail beside Odoo's mail templates.

100 changed orders among 1,000 and among 100,000; mails per second of the whole run (finding
the changes, ledger, mails) beside ``mail.template.send_mail_batch`` with a template of the same
content on the same orders; what marking an order costs the write that touches it. One purchase for
20,000 waiting orders: how long somebody's own change waits behind it, and what a batch costs then.
"""

import time

from odoo import fields
from odoo.tools import html2plaintext

CHANGED = 100
ROUNDS = 5
CUSTOMERS = 50
#: Orders that wait for one product.
MASS = 20_000


def run(context):
    """Entry point of ``make bench``."""
    figures, mass = {}, {}
    for size in (1_000, 100_000):
        database = context.clone(f"bench_order_status_mail_{size}")
        with context.env(database) as env:
            shop = Shop(env)
            shop.fill(size)
            figures[size] = shop.measure_runs()
            if size == 1_000:
                _report_mails(context, shop, figures[size])
                _report_marks(context, shop)
                mass[size] = shop.measure_mass()
    with context.env(context.clone(f"bench_order_status_mail_{MASS}")) as env:
        shop = Shop(env)
        shop.fill(MASS)
        mass[MASS] = shop.measure_mass()
    _report_growth(context, figures)
    _report_mass(context, mass)


def _report_growth(context, figures):
    small, large = figures[1_000], figures[100_000]
    context.row(f"run, {CHANGED} changed of 1,000", small["seconds"] * 1000, "ms")
    context.row(f"run, {CHANGED} changed of 100,000", large["seconds"] * 1000, "ms")
    context.row("time, 100,000 to 1,000", large["seconds"] / small["seconds"], "times", target="<= 1.3")
    context.row("queries, of 1,000", small["queries"], "")
    context.row("queries, of 100,000", large["queries"], "", target=f"= {small['queries']}")


def _report_mass(context, mass):
    small, large = mass[1_000], mass[MASS]
    context.row(f"one purchase marks {large['marks']:,.0f} orders in", large["share"], "s")
    context.row("somebody's own change after it is told in", large["own"], "s", target="<= 30")
    context.row("each further batch of 100", large["batch"] * 1000, "ms")
    context.row(f"a batch, {MASS:,} waiting to 1,000", large["batch"] / small["batch"], "times", target="<= 1.3")


def _report_mails(context, shop, figures):
    half = shop.measure_run(CHANGED // 2)
    per_mail = (figures["queries"] - half["queries"]) / (CHANGED - CHANGED // 2)
    context.row("queries per mail on top of a fixed number", per_mail, "", target="<= 2")
    ours = CHANGED / figures["seconds"]
    only_mails = CHANGED / shop.measure_mails()
    peer = CHANGED / shop.measure_peer()
    context.row("whole run", ours, "mails/s", target=f">= 1.5 x {peer:.1f}, send_mail_batch")
    context.row("rendering and queueing only", only_mails, "mails/s", target=f">= 3 x {peer:.1f}, send_mail_batch")
    context.row("whole run to send_mail_batch", ours / peer, "times", target=">= 1.5")
    context.row("rendering and queueing to send_mail_batch", only_mails / peer, "times", target=">= 3")


def _report_marks(context, shop):
    first, second = shop.measure_marks()
    context.row("queries that a mark adds to a write", first, "", target="<= 1")
    context.row("queries that a second mark adds", second, "", target="= 0")


class Shop:
    """A web shop in a database of its own."""

    def __init__(self, env):
        self.env = env
        self.website = env["website"].search([], limit=1)
        self.website.status_mail_tolerance = 0
        self.website.status_mail_rule_ids.filtered(lambda row: row.code in ("picked", "date")).enabled = True
        env.cr.execute("DELETE FROM order_status_mark")
        self.orders = env["sale.order"]

    def fill(self, size):
        """Make ``size`` confirmed orders of two lines; one by the ORM, the others its copies by SQL."""
        env = self.env
        products = env["product.product"].create(
            [{"name": f"Bench {number}", "is_storable": True, "taxes_id": False} for number in range(2)]
        )
        customers = env["res.partner"].create(
            [
                {"name": f"Customer {number}", "email": f"customer{number}@example.com", "lang": "en_US"}
                for number in range(CUSTOMERS)
            ]
        )
        order = env["sale.order"].create(
            {
                "partner_id": customers[0].id,
                "website_id": self.website.id,
                "commitment_date": fields.Datetime.now(),
                "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 3}) for product in products],
            }
        )
        order.action_confirm()
        env["order.status.past"]._take_baseline()
        env.cr.commit()
        self._copy("sale_order", "id", order.ids, size, "partner_id", customers.ids)
        env.cr.commit()
        # else the checks of foreign keys still take the table for a small one
        env.cr.execute("ANALYZE sale_order")
        env.cr.execute("SELECT id FROM sale_order WHERE name = %s ORDER BY id", (order.name,))
        ids = [row[0] for row in env.cr.fetchall()]
        self._copy_children("sale_order_line", order.id, ids[1:])
        self._copy_children("order_status_snapshot", order.id, ids[1:])
        env.cr.execute(
            """
            UPDATE order_status_snapshot snapshot
               SET facts = jsonb_set(snapshot.facts, '{delivered}', lines.delivered)
              FROM (SELECT order_id, jsonb_object_agg(id::text, 0.0) AS delivered
                      FROM sale_order_line GROUP BY order_id) AS lines
             WHERE lines.order_id = snapshot.order_id AND snapshot.order_id = ANY(%s)
            """,
            (ids,),
        )
        env.cr.commit()
        env.cr.execute("ANALYZE")
        env.cr.commit()
        env.invalidate_all()
        self.orders = env["sale.order"].browse(ids)
        # what the making of the shop itself left to tell
        env["order.status.run"]._cron_tell_customers()

    def _columns(self, table, *left_out):
        self.env.cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public'",
            (table,),
        )
        return [name for (name,) in self.env.cr.fetchall() if name not in ("id", *left_out)]

    def _copy(self, table, key, ids, times, spread, values):
        names = self._columns(table, spread, "access_token")
        listed = ", ".join(f'"{name}"' for name in names)
        self.env.cr.execute(
            f"INSERT INTO {table} ({listed}, {spread}) "  # noqa: S608 - column names from the catalogue
            f"SELECT {listed}, (%s::int[])[1 + n %% %s] FROM {table}, generate_series(1, %s) n WHERE {key} = %s",
            (values, len(values), times - 1, ids[0]),
        )

    def _copy_children(self, table, parent_id, order_ids):
        names = self._columns(table, "order_id")
        listed = ", ".join(f'"{name}"' for name in names)
        self.env.cr.execute(
            f"WITH source AS MATERIALIZED (SELECT * FROM {table} WHERE order_id = %s) "  # noqa: S608 - catalogue names
            f"INSERT INTO {table} ({listed}, order_id) "
            f"SELECT {listed}, copy.id FROM source, unnest(%s::int[]) AS copy (id)",
            (parent_id, order_ids),
        )

    def _change(self, count):
        """Touch ``count`` orders spread over all of them as users do."""
        step = max(1, len(self.orders) // count)
        changed = self.env["sale.order"].browse(self.orders.ids[::step][:count])
        for order in changed:
            order.status_picked = True
            order.commitment_date = fields.Datetime.add(order.commitment_date, days=5)
        self.env.cr.commit()
        self.env.invalidate_all()
        return changed

    def _restore(self, changed):
        """Bring the changed orders back to how they were told."""
        self.env.cr.execute(
            """
            UPDATE order_status_snapshot SET facts = jsonb_set(facts, '{picked}', 'false') WHERE order_id = ANY(%s)
            """,
            (changed.ids,),
        )
        self.env.cr.execute("UPDATE sale_order SET status_picked = false WHERE id = ANY(%s)", (changed.ids,))
        # a mail server took the mails: what waits would be replaced by the next
        self.env.cr.execute("UPDATE order_status_mail SET state = 'sent' WHERE state = 'waiting'")
        self.env.cr.execute("UPDATE mail_mail SET state = 'sent' WHERE state = 'outgoing'")
        self.env.cr.commit()
        self.env.invalidate_all()

    def measure_run(self, count):
        """Return seconds and queries of one run with ``count`` changed orders."""
        changed = self._change(count)
        cursor = self.env.cr
        mails = self.env["mail.mail"].search_count([])
        self.env.invalidate_all()
        queries, started = cursor.sql_log_count, time.perf_counter()
        self.env["order.status.run"]._cron_tell_customers()
        seconds, queries = time.perf_counter() - started, cursor.sql_log_count - queries
        made = self.env["mail.mail"].search_count([]) - mails
        if made != count:
            raise AssertionError(f"{made} mails for {count} changed orders")
        self._restore(changed)
        return {"seconds": seconds, "queries": queries}

    def measure_runs(self):
        """Return the best of some runs with ``CHANGED`` orders; the first one warms the caches."""
        runs = [self.measure_run(CHANGED) for _round in range(ROUNDS + 1)][1:]
        return {"seconds": min(run["seconds"] for run in runs), "queries": min(run["queries"] for run in runs)}

    def measure_mass(self):
        """Confirm one purchase for all orders; return the number of marks, and seconds.

        ``share`` it takes to mark them, ``own`` until the change that a person made after it is told, ``batch`` a batch
        of the others takes.
        """
        env, run = self.env, self.env["order.status.run"]
        env.cr.execute("UPDATE sale_order SET commitment_date = NULL")
        env.cr.execute("UPDATE order_status_snapshot SET facts = jsonb_set(facts, '{expected}', '{}')")
        env.cr.commit()
        env.invalidate_all()
        share = self._buy_for_all()
        own = self.orders[-1:]
        own.status_picked = True
        env.cr.commit()
        ceiling, marks, _has_supply = run._count_pending()
        orders = run._orders_of_run(ceiling)
        seconds, seen = [], set()
        for _batch in range(4):
            started = time.perf_counter()
            ids = run._next_orders(ceiling, 100, seen)
            seen.update(ids)
            orders._cron_work(ids, [], "_tell_status")
            env.cr.commit()
            seconds.append(time.perf_counter() - started)
        if not own.status_event_ids.filtered(lambda event: event.rule == "picked" and event.mail_id):
            raise AssertionError("what a person did was not told first")
        return {"marks": marks, "share": share, "own": share + seconds[0], "batch": min(seconds[1:])}

    def _buy_for_all(self):
        """Confirm a purchase of what all orders wait for; return the seconds in which the orders are marked."""
        env, line = self.env, self.orders[:1].order_line[:1]
        values = {"product_id": line.product_id.id, "product_qty": 3 * len(self.orders), "price_unit": 1}
        purchase = env["purchase.order"].create(
            {
                "partner_id": self.orders[:1].partner_id.id,
                "picking_type_id": self.orders[:1].warehouse_id.in_type_id.id,
                "order_line": [fields.Command.create({**values, "date_planned": "2031-01-01 12:00:00"})],
            }
        )
        purchase.button_confirm()
        env.cr.commit()
        started = time.perf_counter()
        env["order.status.supply"].search([])._share_out()
        env.cr.commit()
        env.invalidate_all()
        return time.perf_counter() - started

    def _told(self):
        changed = self._change(CHANGED)
        self.env["order.status.run"]._cron_tell_customers()
        self.env.cr.execute(
            "SELECT MAX(message_id) FROM order_status_event WHERE order_id = ANY(%s) GROUP BY order_id", (changed.ids,)
        )
        messages = [row[0] for row in self.env.cr.fetchall()]
        self._restore(changed)
        return changed, self.env["order.status.event"].search([("message_id", "in", messages)])

    def _best(self, work):
        seconds = []
        for _round in range(ROUNDS):
            self.env.invalidate_all()
            started = time.perf_counter()
            work()
            self.env.flush_all()
            seconds.append(time.perf_counter() - started)
            self.env.cr.rollback()
        return min(seconds)

    def measure_mails(self):
        """Return the seconds to render and queue the mails of changes that are in the ledger."""
        _changed, events = self._told()
        return self._best(lambda: self.env["order.status.mailer"]._queue(events))

    def measure_peer(self):
        """Return the seconds ``send_mail_batch`` takes for a template of the same content.

        It ends with what we end with: mails that wait, with their text part, their headers, and a row per address. The
        ledger, the mail as the service desk keeps it and the note in the chatter are ours alone.
        """
        changed, _events = self._told()
        template = self.env["mail.template"].create(
            {
                "name": "The same mail",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "subject": "Your order {{ object.name }}: what is new",
                "email_from": "shop@example.com",
                "partner_to": "{{ object.partner_id.id }}",
                "lang": "{{ object.partner_id.lang }}",
                "body_html": self._peer_body(),
                "auto_delete": True,
            }
        )
        self.env.cr.commit()
        template = template.with_context(mail_owed=True)
        return self._best(lambda: self._complete(changed, template.send_mail_batch(changed.ids, force_send=False)))

    def _complete(self, orders, mails):
        """Give the peer's mails what no template can: text part and headers."""
        mailer = self.env["order.status.mailer"]
        base = self.website.get_base_url()
        for order, mail in zip(orders, mails, strict=True):
            token = order.status_snapshot_ids._get_access_token()
            headers = mailer._headers(f"{base}/order-status/{order.id}/{token}/unsubscribe")
            mail.write({"body_text": html2plaintext(mail.body_html), "headers": repr(headers)})

    def _peer_body(self):
        """Return our template's own markup as the body of a mail template."""
        arch = self.env.ref("order_status_mail.status_mail").with_context(lang="en_US").arch
        body = arch[arch.index("<body") : arch.index("</body>")]
        markup = body[body.index(">") + 1 :]
        names = self.env["order.status.mailer"]._mail_values(
            self.orders[:1], self.env["order.status.event"], self.orders[:1].status_snapshot_ids
        )
        sets = "".join(f'<t t-set="{name}" t-value="values[\'{name}\']"/>' for name in names)
        return (
            '<div><t t-set="values" t-value="object.env[\'order.status.mailer\']._mail_values('
            "object, object.status_event_ids.filtered('message_id')[:3], object.status_snapshot_ids)\"/>"
            f"{sets}{markup}</div>"
        )

    def measure_marks(self):
        """Return the queries a mark adds to a write: the first, and each further one of the transaction."""
        order = self.orders[:1]
        marks = self.env["order.status.mark"]

        def queries(*sources):
            self.env.cr.flush()
            start = self.env.cr.sql_log_count
            for source in sources:
                marks._mark(source, order.ids)
            self.env.cr.flush()
            return self.env.cr.sql_log_count - start

        once, twice = queries("order"), queries("order", "order")
        self.env.cr.rollback()
        return once, twice - once
