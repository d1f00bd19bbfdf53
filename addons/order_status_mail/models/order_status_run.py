"""The scheduled action: find what changed on touched orders and tell the customers."""

import logging
from collections import defaultdict
from datetime import timedelta

import psycopg2.errors
from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..changes import Change, advance, compare, empty_facts, next_look
from ..const import FACTS_OF_TOPIC, HINT_AGAIN, HINT_BASELINE, IMPORT_HOURS, OWED_REASONS, RULE_OF_TOPIC
from ..states import MOVED_STATES, Line, Standing, state_of
from .order_status_facts import SharedSupply

_logger = logging.getLogger(__name__)

#: Somebody else was faster: nothing is wrong with the order, the next run sees how it stands.
_CONFLICTS = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
    psycopg2.errors.UniqueViolation,
)


class OrderStatusRun(models.AbstractModel):
    """Everything about an order happens in one transaction: its marks are deleted, the ledger and
    what was told are written, the mail is queued. A run that is killed leaves the marks."""

    _name = "order.status.run"
    _description = "Web Order Status Run"

    @api.model
    def _cron_tell_customers(self, batch_size=100):
        """Scheduled action."""
        cron = self.env["ir.cron"]
        self._share_out_supply(batch_size)
        self = self.with_context(status_supply=SharedSupply())
        ceiling, remaining = self._count_pending()
        seconds = cron._commit_progress(remaining=remaining)
        seen = set()
        while seconds > 0 and (order_ids := self._next_orders(ceiling, batch_size, seen)):
            seen.update(order_ids)
            self._run_batch(order_ids, ceiling)
            seconds = cron._commit_progress(len(order_ids))
        if seconds > 0:
            # orders that somebody works on right now are left for the next run
            cron._commit_progress(remaining=0)

    def _share_out_supply(self, batch_size):
        seen = set()
        while True:
            news = self.env["order.status.supply"].search([("id", "not in", list(seen))], limit=batch_size)
            if not news:
                return
            seen.update(news.ids)
            self._share_out_batch(news)

    def _share_out_batch(self, news):
        try:
            news.try_lock_for_update()._share_out()
            self.env["ir.cron"]._commit_progress()
        except _CONFLICTS:
            self.env.cr.rollback()
        except Exception:
            self.env.cr.rollback()
            if len(news) == 1:
                _logger.exception("The supply news %s could not be shared out, the next run tries again", news.id)
            else:
                for single in news:
                    self._share_out_batch(single)

    def _count_pending(self):
        """Return the highest mark and how many orders this run has to look at."""
        moment = fields.Datetime.now()
        self.env["order.status.snapshot"].flush_model(["retry_at"])
        self.env.cr.execute(
            """
            SELECT COALESCE(MAX(touch.id), 0), COUNT(DISTINCT touch.order_id) FROM order_status_touch touch
             WHERE COALESCE(touch.date_due, %s) <= %s
               AND NOT EXISTS (SELECT FROM order_status_snapshot snapshot
                                WHERE snapshot.order_id = touch.order_id AND snapshot.retry_at > %s)
            """,
            (moment, moment, moment),
        )
        return self.env.cr.fetchone()

    def _next_orders(self, ceiling, limit, seen):
        """Return touched orders not seen in this run, those waiting for their retry time left out.

        What a person did goes before what one change did to many orders.
        """
        moment = fields.Datetime.now()
        self.env["order.status.snapshot"].flush_model(["retry_at"])
        self.env.cr.execute(
            """
            SELECT touch.order_id FROM order_status_touch touch
             WHERE touch.id <= %s AND touch.order_id != ALL(%s) AND COALESCE(touch.date_due, %s) <= %s
               AND NOT EXISTS (SELECT FROM order_status_snapshot snapshot
                                WHERE snapshot.order_id = touch.order_id AND snapshot.retry_at > %s)
             GROUP BY touch.order_id ORDER BY BOOL_AND(COALESCE(touch.is_mass, FALSE)), MIN(touch.id) LIMIT %s
            """,
            (ceiling, list(seen), moment, moment, moment, limit),
        )
        return [order_id for (order_id,) in self.env.cr.fetchall()]

    def _run_batch(self, order_ids, ceiling):
        """Process the orders in one transaction; where that fails, one by one."""
        try:
            self._process(self.env["sale.order"].browse(order_ids), ceiling)
            self.env.flush_all()
        except _CONFLICTS:
            self.env.cr.rollback()
        except Exception as error:
            self.env.cr.rollback()
            if len(order_ids) > 1:
                for order_id in order_ids:
                    self._run_batch([order_id], ceiling)
                    self.env["ir.cron"]._commit_progress()
            else:
                self._fail(order_ids[0], error)

    def _fail(self, order_id, error):
        order = self.env["sale.order"].browse(order_id)
        _logger.warning("The status mail of web order %s failed, it will be tried again", order.name, exc_info=error)
        self.env["order.status.snapshot"]._record_failure(order, f"{type(error).__name__}: {error}")

    # One batch

    @api.model
    def _process(self, orders, ceiling=None, rules=None):
        """Compare, write the ledger, queue the mails. Nothing is committed here.

        :param ceiling: marks with a higher id are left for the next run
        :param rules: only these rules; the marks then stay for the others
        """
        touches = self._lock(orders, ceiling)
        orders = orders.browse(touches)
        if not orders:
            return
        facts = self.env["order.status.facts"]._gather(orders)
        snapshots = self._snapshots(orders)
        events, news, before = self.env["order.status.event"], [], {}
        judge = self.env["order.status.mailer"]._judge(orders)
        for order in orders:
            snapshot = snapshots.get(order.id)
            told, now = self._told_and_now(snapshot, facts[order.id], order, judge, rules)
            if any(touch["hint"] == HINT_BASELINE for touch in touches[order.id]):
                told = None
            changes = [] if told is None else self._changes(order, told, now, touches[order.id], rules)
            settled = now if told is None else advance(told, now, changes)
            if told is not None and rules is None and self._catches_up(snapshot, changes, touches[order.id], judge):
                told = {**told, **snapshot._owed_facts()}
                changes = self._changes(order, told, now, touches[order.id], rules)
                settled = advance(told, now, changes)
            decided = judge.decide(order, changes, snapshot)
            before[order.id] = self._known_before(told, decided)
            news.append((order, settled, decided))
        values = [self._event_values(order, change, reason) for order, _f, found in news for change, reason in found]
        events = events.create(values)
        self._write_snapshots(news, snapshots, events, facts)
        snapshots = self._snapshots(orders)
        self._forget([touch for rows in touches.values() for touch in rows], rules)
        self._look_again(news)
        mailed = events.filtered(lambda event: not event.reason)
        self._settle_owed(news, before, mailed, snapshots)
        self.env["order.status.mailer"]._queue(mailed, before, snapshots)

    def _catches_up(self, snapshot, changes, touches, judge):
        """Return whether what could not be told before is told now: with other news, or to a mended address."""
        if not snapshot or not snapshot.undelivered or not judge.has_address(snapshot.order_id):
            return False
        asked = any(touch["hint"] == HINT_AGAIN for touch in touches)
        return asked or any(reason is None for _change, reason in judge.decide(snapshot.order_id, changes, snapshot))

    def _known_before(self, told, decided):
        """Return ``{fact: value}`` as the customer knows them of what is told now, or could not be told."""
        before, arrived = {}, defaultdict(float)
        for change, reason in decided:
            if reason is None or reason in OWED_REASONS:
                before.update({fact: told[fact] for fact in FACTS_OF_TOPIC[change.topic]})
                if change.topic == "stock" and change.new:
                    arrived[change.key] += change.new
        if arrived:
            before["arrived"] = dict(arrived)
        return before

    def _settle_owed(self, news, before, mailed, snapshots):
        """After a mail nothing is owed; without one, what lacked an address is."""
        told = mailed.order_id
        for order, _settled, decided in news:
            snapshot = snapshots[order.id]
            if order in told:
                if snapshot.undelivered:
                    snapshot.undelivered = False
                    old = self.env["order.status.event"].search(
                        [("order_id", "=", order.id), ("reason", "in", OWED_REASONS)]
                    )
                    old.reason = "told_later"
            elif any(reason in OWED_REASONS for _change, reason in decided):
                snapshot._owe(before[order.id], fields.Datetime.now())

    def _lock(self, orders, ceiling):
        """Lock the orders nobody else works on and their marks; return ``{order id: marks}``."""
        orders = orders.try_lock_for_update(allow_referencing=True)
        if not orders:
            return {}
        self.env.cr.execute(
            """
            SELECT id, order_id, hint, line_id, quantity FROM order_status_touch
             WHERE order_id = ANY(%s) AND id <= COALESCE(%s, id) ORDER BY id FOR UPDATE SKIP LOCKED
            """,
            (orders.ids, ceiling),
            log_exceptions=False,
        )
        touches = defaultdict(list)
        for row in self.env.cr.dictfetchall():
            touches[row["order_id"]].append(row)
        return {order_id: touches[order_id] for order_id in orders.ids if order_id in touches}

    def _snapshots(self, orders):
        # in the order of something that never changes: to look for it writes nothing down first
        snapshots = self.env["order.status.snapshot"].search([("order_id", "in", orders.ids)], order="id")
        return {snapshot.order_id.id: snapshot for snapshot in snapshots}

    def _told_and_now(self, snapshot, now, order, judge, rules):
        """Return what was told and what is; told is None where this is a baseline."""
        told = snapshot and snapshot.facts
        if told:
            # facts that the version which told did not know yet: how they are now counts as told
            told = {**now, **told}
        elif judge.too_old(order) or self._is_imported(order):
            # an old order from before the addon came in, or from another shop: nobody is told about its past
            told = None
        else:
            told = empty_facts()
        if told is not None and rules is not None:
            topics = [topic for topic, rule in RULE_OF_TOPIC.items() if rule in rules]
            now = {**told, **{fact: now[fact] for topic in topics for fact in FACTS_OF_TOPIC[topic]}}
        return told, now

    def _is_imported(self, order):
        """Return whether the order was placed long before this database knew it."""
        return bool(order.date_order) and order.create_date - order.date_order > timedelta(hours=IMPORT_HOURS)

    def _look_again(self, news):
        """Mark orders from which something was taken back, for the time when the grace of that ends."""
        due = [(order.id, moment) for order, settled, _found in news if (moment := next_look(settled))]
        if due:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO order_status_touch (order_id, date_due) VALUES %s",
                    SQL(", ").join(SQL("(%s, %s)", order_id, moment) for order_id, moment in due),
                )
            )

    def _changes(self, order, told, now, touches, rules):
        changes = compare(told, now, tolerance_days=order.website_id.status_mail_tolerance)
        arrived = defaultdict(float)
        for touch in touches:
            if touch["line_id"] and (rules is None or "stock" in rules):
                arrived[touch["line_id"]] += float(touch["quantity"])
        for key, quantity in told.get("arrived", {}).items():
            arrived[int(key)] += quantity
        changes += [Change("stock", key=str(line_id), old=0.0, new=qty) for line_id, qty in arrived.items()]
        if rules is None:
            found = {RULE_OF_TOPIC[change.topic] for change in changes}
            for hint in {touch["hint"] for touch in touches if touch["hint"]} - found - {HINT_AGAIN, HINT_BASELINE}:
                topic = next(topic for topic, rule in RULE_OF_TOPIC.items() if rule == hint)
                changes.append(Change(topic, reason="changed_back"))
        return changes

    def _event_values(self, order, change, reason):
        of_line = change.topic in ("delivered", "expected", "stock")
        line = self.env["sale.order.line"].browse(int(change.key) if of_line and change.key else False)
        return {
            "order_id": order.id,
            "website_id": order.website_id.id,
            "partner_id": order.partner_id.id,
            "line_id": line.id,
            "product_id": line.product_id.id,
            "picking_id": self._document_id(change, "stock.picking", ("slip", "tracking")),
            "invoice_id": self._document_id(change, "account.move", ("invoice",)),
            "topic": change.topic,
            "rule": RULE_OF_TOPIC[change.topic],
            "old_value": _text(change.old),
            "new_value": _text(change.new),
            "document": change.document,
            "reason": reason,
        }

    def _document_id(self, change, model, topics):
        if not change.key or change.topic not in topics:
            return False
        document = self.env[model].browse(int(change.key))
        # what was taken back may be deleted, too
        return (document if change.new else document.exists()).id

    def _write_snapshots(self, news, snapshots, events, facts):
        found = set(events.order_id.ids)
        now = fields.Datetime.now()
        left = [order.id for order, *_rest in news if self._has_left(facts[order.id], snapshots.get(order.id))]
        returned = self.env["order.status.facts"]._returned(left) if left else {}
        missing = []
        for order, settled, _changes in news:
            values = {
                "facts": settled,
                "status": self._status(order, facts[order.id], returned),
                "error": False,
                "error_count": 0,
                "retry_at": False,
            }
            if order.id in found:
                values["changed_on"] = now
            if snapshot := snapshots.get(order.id):
                for name, value in values.items():
                    if snapshot[name] != value:
                        snapshot[name] = value
            else:
                missing.append({**values, "order_id": order.id})
        self.env["order.status.snapshot"].create(missing)

    def _has_left(self, facts, snapshot):
        """Return whether something of the order may have left the shop: what never left cannot come back."""
        signs = facts["tracking"] or facts["slips"] or any(facts["delivered"].values())
        return bool(signs or (snapshot and snapshot.status in MOVED_STATES))

    def _status(self, order, facts, returned):
        lines = order.order_line.filtered(lambda line: str(line.id) in facts["delivered"])
        return state_of(
            Standing(
                state=order.state,
                lines=tuple(self._line_of(line, facts, returned) for line in lines),
                has_tracking=bool(facts["tracking"]),
                is_prepared=bool(facts["picked"] or facts["slips"]),
                is_paid=facts["payment"] == "paid",
                is_invoiced=order.invoice_status == "invoiced",
            )
        )

    def _line_of(self, line, facts, returned):
        delivered = facts["delivered"][str(line.id)]
        return Line(line.product_uom_qty, delivered, returned.get(line.id, 0.0), line.product_id.type == "consu")

    def _forget(self, touches, rules):
        """Delete the marks; where only some rules were looked at, only what those needed."""
        done = [touch["id"] for touch in touches if rules is None or (touch["line_id"] and "stock" in rules)]
        self.env.cr.execute("DELETE FROM order_status_touch WHERE id = ANY(%s)", (done,))
        if rules is not None:
            self.env.cr.execute(
                "UPDATE order_status_touch SET hint = NULL WHERE id = ANY(%s) AND hint = ANY(%s)",
                ([touch["id"] for touch in touches], list(rules)),
            )

    # The past

    @api.model
    def _take_baseline(self):
        """Take how the existing orders stand as told."""
        [(shortest, oldest)] = self.env["website"]._read_group(
            [], aggregates=["status_mail_max_age:min", "status_mail_max_age:max"]
        )
        domain = [("website_id", "!=", False)]
        if shortest and oldest:
            domain.append(("date_order", ">=", fields.Datetime.now() - timedelta(days=oldest)))
        self._adopt(domain)

    @api.model
    def _adopt_older(self, website, days):
        """Before older orders are mailed about: how they stand counts as told.

        :param days: the new age of the oldest order; 0: no limit
        """
        before, now = website.status_mail_max_age, fields.Datetime.now()
        if not before or (days and days <= before):
            return
        domain = [("website_id", "=", website.id), ("date_order", "<", now - timedelta(days=before))]
        if days:
            domain.append(("date_order", ">=", now - timedelta(days=days)))
        self._adopt(domain)

    def _adopt(self, domain):
        domain = [*domain, ("state", "in", ("sale", "cancel"))]
        for ids in split_every(500, self.env["sale.order"].search(domain, order="id").ids):
            orders = self.env["sale.order"].browse(ids)
            facts = self.env["order.status.facts"]._gather(orders)
            known = self._snapshots(orders)
            news = [(order, facts[order.id], []) for order in orders if order.id not in known]
            self._write_snapshots(news, {}, self.env["order.status.event"], facts)
            self.env.invalidate_all()

    @api.model
    def _adopt_pending(self, website, rules):
        """Before rules are switched on: what is pending for them counts as told, without a mail."""
        self.env.cr.flush()
        self.env["order.status.supply"].search([("product_id", "!=", False)])._share_out()
        self.env.cr.flush()
        self.env.cr.execute(
            """
            SELECT DISTINCT touch.order_id FROM order_status_touch touch
              JOIN sale_order so ON so.id = touch.order_id AND so.website_id = %s
            """,
            (website.id,),
        )
        for ids in split_every(500, [order_id for (order_id,) in self.env.cr.fetchall()]):
            orders = self.env["sale.order"].browse(ids)
            # wait for whoever saves an order at this moment: else its past would stay pending, and be told
            self.env.cr.execute("SELECT id FROM sale_order WHERE id = ANY(%s) FOR NO KEY UPDATE", (list(ids),))
            self._process(orders, rules=rules)


def _text(value):
    if value is None or value is False:
        return False
    return str(value)
