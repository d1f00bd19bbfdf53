"""The scheduled action: find what changed on marked orders and tell the customers."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.base_safeguard.rows import reserve_rows
from odoo.tools import SQL

from ..changes import Change, advance, compare, next_look
from ..const import HINT_AGAIN, HINT_BASELINE, IMPORT_HOURS, OWED_REASONS
from ..facts import Facts
from ..rules import rule_of, rules_of
from ..states import Line, Standing, state_of
from .order_status_facts import SharedSupply


@dataclass(frozen=True)
class Look:
    """What one look at an order found.

    ``told`` are the facts told before (None: a baseline), ``settled`` those that count as told from now on, ``decided``
    the ``[(change, reason)]``; where it ``catches_up``, what could not be told before is among them.
    """

    told: Facts | None
    settled: Facts
    decided: list
    catches_up: bool = False

    @property
    def silence(self):
        """Why nothing is told of it: nothing is different any more, or the reason of what is."""
        reasons = (reason for change, reason in self.decided if not _is_idle(change))
        return next(reasons, "changed_back")


class OrderStatusRun(models.AbstractModel):
    """Everything about an order happens in one transaction: its marks are deleted, the ledger and
    what was told are written, the mail is queued. A run that is killed leaves the marks."""

    _name = "order.status.run"
    _description = "Web Order Status Run"

    @api.model
    def _cron_tell_customers(self, batch_size=100):
        """Scheduled action."""
        cron = self.env["ir.cron"]
        ceiling, remaining, has_supply = self._count_pending()
        if has_supply:
            self.env["order.status.supply"]._cron_each([], "_share_out", batch_size=batch_size)
            ceiling, remaining, has_supply = self._count_pending()
        # supplies that time was too short for count, too: Odoo goes on at once
        seconds = cron._commit_progress(remaining=remaining + has_supply)
        orders = self._orders_of_run(ceiling)
        seen = set()
        while seconds > 0 and len(seen) < remaining:
            order_ids = self._next_orders(ceiling, batch_size, seen)
            if not order_ids:
                break
            seen.update(order_ids)
            orders._cron_work(order_ids, [], "_tell_status")
            seconds = cron._commit_progress(len(order_ids))
        if seconds > 0:
            # orders that somebody works on right now are left for the next run
            cron._commit_progress(remaining=0)

    def _orders_of_run(self, ceiling):
        """Return the model of the orders of one run: it looks at no later marks, and reads each waiting line once."""
        return self.env["sale.order"].with_context(status_supply=SharedSupply(), status_ceiling=ceiling)

    def _count_pending(self):
        """Return the highest mark, how many orders this run has to look at, and whether there is news of supplies."""
        moment = fields.Datetime.now()
        self.env["order.status.snapshot"].flush_model(["date_next_try"])
        self.env.cr.execute(
            """
            SELECT COALESCE(MAX(mark.id), 0), COUNT(DISTINCT mark.order_id),
                   EXISTS (SELECT FROM order_status_supply)
              FROM order_status_mark mark
             WHERE COALESCE(mark.date_due, %s) <= %s
               AND NOT EXISTS (SELECT FROM order_status_snapshot snapshot
                                WHERE snapshot.order_id = mark.order_id AND snapshot.date_next_try > %s)
            """,
            (moment, moment, moment),
        )
        return self.env.cr.fetchone()

    def _next_orders(self, ceiling, limit, seen):
        """Return marked orders not seen in this run, those waiting for their retry time left out.

        What a person did goes before what one change did to many orders.
        """
        moment = fields.Datetime.now()
        self.env["order.status.snapshot"].flush_model(["date_next_try"])
        self.env.cr.execute(
            """
            SELECT mark.order_id FROM order_status_mark mark
             WHERE mark.id <= %s AND mark.order_id != ALL(%s) AND COALESCE(mark.date_due, %s) <= %s
               AND NOT EXISTS (SELECT FROM order_status_snapshot snapshot
                                WHERE snapshot.order_id = mark.order_id AND snapshot.date_next_try > %s)
             GROUP BY mark.order_id ORDER BY BOOL_AND(COALESCE(mark.is_mass, FALSE)), MIN(mark.id) LIMIT %s
            """,
            (ceiling, list(seen), moment, moment, moment, limit),
        )
        return [order_id for (order_id,) in self.env.cr.fetchall()]

    # One batch

    @api.model
    def _process(self, orders, ceiling=None, codes=None):
        """Lock those of the orders that nobody else works on, and tell what is new of them; see :meth:`_tell`."""
        orders = orders.try_lock_for_update(allow_referencing=True)
        if orders:
            self._tell(orders, ceiling, codes)

    @api.model
    def _tell(self, orders, ceiling=None, codes=None):
        """Compare, write the ledger, queue the mails; the caller has locked the orders. Nothing is committed here.

        :param ceiling: marks with a higher id are left for the next run
        :param codes: only these rules; the marks then stay for the others
        """
        marks = self._lock_marks(orders, ceiling)
        orders = orders.browse(marks)
        if not orders:
            return
        facts = self.env["order.status.facts"]._gather(orders)
        snapshots = self._snapshots(orders)
        policy = self.env["order.status.mailer"]._get_policy(orders)
        looks = self._look_at_all(orders, facts, snapshots, marks, policy, codes)
        before = {order.id: self._known_before(look.told, look.decided) for order, look in looks.items()}
        news = [(order, look.settled, look.decided) for order, look in looks.items()]
        rows = [self._event_values(order, change, reason) for order, _f, found in news for change, reason in found]
        events = reserve_rows(self.env["order.status.event"], rows)
        snapshots = self._write_snapshots(news, snapshots, events, facts)
        self._forget([mark for rows in marks.values() for mark in rows], codes)
        self._look_again(news)
        mailed = events.filtered(lambda event: not event.reason)
        self._settle_owed(looks, before, mailed, snapshots)
        mails = self.env["order.status.mailer"]._queue(mailed, before, snapshots)
        events._write_down(rows, mails)
        unconfirmed = [order.id for order, _settled, decided in news if policy.unconfirmed(decided)]
        orders.browse(unconfirmed)._status_confirm_after_all()

    def _look_at_all(self, orders, facts, snapshots, marks, policy, codes):
        """Return ``{order: Look}``; mails that wait and say something that is no longer so are taken back."""

        def look(order, **options):
            known = (facts[order.id], snapshots.get(order.id), marks[order.id])
            return self._look_at(order, *known, policy, codes, **options)

        looks = {order: look(order) for order in orders}
        changed = orders.filtered(lambda order: any(not _is_idle(change) for change, _reason in looks[order].decided))
        if codes is None and changed:
            reason = self.env._("There was newer news before this mail left.")
            stale = self.env["order.status.mail"]._take_back(changed, reason)
            looks.update({order: look(order, is_owed_at_once=True) for order in stale})
        return looks

    def _look_at(self, order, now, snapshot, marks, policy, codes, is_owed_at_once=False):
        """Return the ``Look`` at one order."""
        told, now = self._told_and_now(snapshot, now, order, policy, codes)
        if told is None or any(mark["hint"] == HINT_BASELINE for mark in marks):
            return Look(None, now, [])
        rules = rules_of(self.env)
        changes = self._changes(order, told, now, marks, codes)
        settled = advance(rules, told, now, changes)
        catches_up = codes is None and self._catches_up(snapshot, changes, marks, policy, is_owed_at_once)
        if catches_up:
            told = told.with_values(snapshot._owed_facts())
            changes = self._changes(order, told, now, marks, codes)
            settled = advance(rules, told, now, changes)
        return Look(told, settled, policy.decide(order, changes, snapshot), catches_up)

    def _catches_up(self, snapshot, changes, marks, policy, is_owed_at_once):
        """Return whether what could not be told before is told now: with other news, or to a mended address."""
        if not snapshot or not snapshot.undelivered or not policy.has_address(snapshot.order_id):
            return False
        asked = is_owed_at_once or any(mark["hint"] == HINT_AGAIN for mark in marks)
        return asked or any(reason is None for _change, reason in policy.decide(snapshot.order_id, changes, snapshot))

    def _known_before(self, told, decided):
        """Return ``{fact: value}`` as the customer knows them of what is told now, or could not be told."""
        before, arrived = {}, defaultdict(float)
        for change, reason in decided:
            if reason is None or reason in OWED_REASONS:
                rule = rule_of(self.env, change.rule)
                before.update({fact: told[fact] for fact in rule.topics[change.topic]})
                if change.topic in rule.marked and change.new:
                    # what only marks say is gone with them
                    arrived[change.key] += change.new
        if arrived:
            before["arrived"] = dict(arrived)
        return before

    def _settle_owed(self, looks, before, mailed, snapshots):
        """After a mail nothing is owed, nor where all of it changed back; what lacked an address is."""
        settled, told = self.env["sale.order"], mailed.order_id
        for order, look in looks.items():
            snapshot = snapshots[order.id]
            if order not in told and any(reason in OWED_REASONS for _change, reason in look.decided):
                snapshot._owe(before[order.id], fields.Datetime.now())
            elif snapshot.undelivered and (order in told or look.catches_up):
                snapshot.undelivered = False
                settled |= order
        if settled:
            old = self.env["order.status.event"].search(
                [("order_id", "in", settled.ids), ("reason", "in", OWED_REASONS)]
            )
            for order, events in old.grouped("order_id").items():
                events.reason = "told_later" if order in told else looks[order].silence

    def _lock_marks(self, orders, ceiling):
        """Lock the marks of these orders; return ``{order id: marks}``."""
        self.env.cr.execute(
            """
            SELECT id, order_id, hint, line_id, quantity FROM order_status_mark
             WHERE order_id = ANY(%s) AND id <= COALESCE(%s, id) ORDER BY id FOR UPDATE SKIP LOCKED
            """,
            (orders.ids, ceiling),
            log_exceptions=False,
        )
        marks = defaultdict(list)
        for row in self.env.cr.dictfetchall():
            marks[row["order_id"]].append(row)
        return {order_id: marks[order_id] for order_id in orders.ids if order_id in marks}

    def _snapshots(self, orders):
        snapshots = self.env["order.status.snapshot"]
        names = [name for name, field in snapshots._fields.items() if field.column_type and field.prefetch]
        # in the order of something that never changes: to look for it writes nothing down first
        snapshots = snapshots.search_fetch([("order_id", "in", orders.ids)], names, order="id")
        return {snapshot.order_id.id: snapshot for snapshot in snapshots}

    def _told_and_now(self, snapshot, now, order, policy, codes):
        """Return the facts that were told and those that are; told is None where this is a baseline."""
        if stored := snapshot and snapshot.facts:
            told = Facts.load(stored, now)
        elif policy.too_old(order) or self._is_imported(order):
            # an old order from before the addon came in, or from another shop: nobody is told about its past
            return None, now
        else:
            told = Facts.empty(rules_of(self.env))
        if codes is not None:
            rules = [rule for rule in rules_of(self.env) if rule.code in codes]
            now = told.with_values({fact: now[fact] for rule in rules for fact in rule.facts})
        return told, now

    def _is_imported(self, order):
        """Return whether the order was placed long before this database knew it, and nobody confirms it here."""
        if order.status_confirmed_by == "ours":
            return False
        return bool(order.date_order) and order.create_date - order.date_order > timedelta(hours=IMPORT_HOURS)

    def _look_again(self, news):
        """Mark orders that nothing need touch before there is something to tell, for the time when that is."""
        rules, now = rules_of(self.env), fields.Datetime.now()
        due = [(order.id, moment) for order, settled, _found in news if (moment := next_look(rules, settled, now))]
        if due:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO order_status_mark (order_id, date_due) VALUES %s",
                    SQL(", ").join(SQL("(%s, %s)", order_id, moment) for order_id, moment in due),
                )
            )

    def _changes(self, order, told, now, marks, codes):
        rules = rules_of(self.env)
        changes = compare(rules, told, now, tolerance_days=order.website_id.status_mail_tolerance)
        for rule in rules:
            if codes is None or rule.code in codes:
                changes += [replace(change, rule=rule.code) for change in rule.read_marks(marks, told, now)]
        if codes is None:
            found = {change.rule for change in changes}
            hinted = {mark["hint"] for mark in marks if mark["hint"]} - found
            changes += [
                Change(next(iter(rule.topics)), reason="changed_back", rule=rule.code)
                for rule in rules
                # what is gone for less than the grace time did not change back
                if rule.code in hinted and not any(rule.missing(told, now))
            ]
        return changes

    def _event_values(self, order, change, reason):
        return {
            "order_id": order.id,
            "company_id": order.company_id.id,
            "website_id": order.website_id.id,
            "partner_id": order.partner_id.id,
            "topic": change.topic,
            "rule": change.rule,
            "old_value": _text(change.old),
            "new_value": _text(change.new),
            "document": change.document,
            "reason": reason,
            "date_found": fields.Datetime.now(),
            # what changed back is about nothing in particular
            **(rule_of(self.env, change.rule).links(self.env, change) if change.key else {}),
        }

    def _write_snapshots(self, news, snapshots, events, facts):
        """Write down what counts as told; return ``{order id: snapshot}`` with those that are new."""
        found = set(events.order_id.ids)
        now = fields.Datetime.now()
        missing = []
        for order, settled, _changes in news:
            values = {
                "facts": settled.dump(),
                "status": self._status(order, facts[order.id], settled),
                "error": False,
                "error_count": 0,
                "date_next_try": False,
            }
            if order.id in found:
                values["date_changed"] = now
            if snapshot := snapshots.get(order.id):
                # the facts of what was found are others, and to compare them takes a copy
                known = ("facts",) if order.id in found else ()
                changed = {name: value for name, value in values.items() if name in known or snapshot[name] != value}
                if changed:
                    snapshot.write(changed)
            else:
                missing.append({**values, "order_id": order.id})
        made = self.env["order.status.snapshot"].create(missing)
        return {**snapshots, **{snapshot.order_id.id: snapshot for snapshot in made}}

    def _status(self, order, facts, settled):
        lines = order.order_line.filtered(lambda line: str(line.id) in facts["delivered"])
        return state_of(
            Standing(
                state=order.state,
                lines=tuple(self._line_of(line, facts, settled) for line in lines),
                has_tracking=bool(facts["tracking"]),
                is_prepared=bool(facts["picked"] or facts["slips"]),
                is_paid=facts["payment"] == "paid",
                is_invoiced=order.invoice_status == "invoiced",
            )
        )

    def _line_of(self, line, facts, settled):
        key = str(line.id)
        return Line(
            line.product_uom_qty,
            facts["delivered"][key],
            facts["returned"].get(key, 0.0),
            line.product_id.type == "consu",
            # what may be made anew within the grace time is not given up yet
            settled["short"].get(key, 0.0),
            facts["waiting"].get(key, 0.0),
        )

    def _forget(self, marks, codes):
        """Delete the marks; where only some rules were looked at, only what those needed."""
        rules = [rule for rule in rules_of(self.env) if codes is None or rule.code in codes]
        done = [mark["id"] for mark in marks if codes is None or any(rule.uses_mark(mark) for rule in rules)]
        self.env.cr.execute("DELETE FROM order_status_mark WHERE id = ANY(%s)", (done,))
        if codes is not None:
            self.env.cr.execute(
                "UPDATE order_status_mark SET hint = NULL WHERE id = ANY(%s) AND hint = ANY(%s)",
                ([mark["id"] for mark in marks], list(codes)),
            )


def _is_idle(change):
    """Return whether a change is one that was undone before anybody looked."""
    return change.reason == "changed_back"


def _text(value):
    if value is None or value is False:
        return False
    return str(value)
