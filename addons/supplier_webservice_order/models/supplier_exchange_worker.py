import logging
import time
import uuid
from dataclasses import dataclass

import psycopg2
from odoo import api, fields, models
from odoo.tools import SQL

from ..connectors.client import SupplierClient
from ..const import LEASE_MARGIN
from ..delivery import deliver
from ..pool import work_off
from ..reading import composite_columns, keep_columns
from ..soap.errors import SoapError
from ..utils import execute_contended, in_own_transaction
from .supplier_connection_client import CLIENT_FIELDS

_logger = logging.getLogger(__name__)

MAX_CLAIM_ATTEMPTS = 20
#: seconds that a page waits for its turn at a busy supplier; after that the scheduled action sends
PLACE_SECONDS = 10
#: stands for a message that was taken and could not be prepared; the next one may be
SET_ASIDE = object()


@dataclass(frozen=True)
class Claim:
    """A message that one worker has taken, with all it needs while it holds no transaction."""

    id: int
    token: str
    ask_first: bool
    may_send: bool
    kind: str
    known_as: str
    soap_operation: str
    payload: bytes
    connection_id: int
    client: SupplierClient
    purchase_id: int
    attempts: int = 1
    #: whether the connection failed before: then an answer ends that
    failing: bool = False
    #: whether the supplier said before that it has the message
    received: bool = False


class SupplierExchange(models.Model):
    """Sending: claim, commit, call with nothing open; the outcome is written by ``supplier_exchange_settle.py``."""

    _inherit = "supplier.exchange"

    # Entry points

    @api.model
    def _cron_send(self):
        """Send what is queued and ask about what is unknown: many calls at once, and several workers where wanted.

        no batch: the calls of many suppliers are under way together, and no transaction is open meanwhile; each
        message is taken, settled and committed by itself, and one that cannot be prepared is set aside.
        """
        remaining = self._count_due()
        self.env["ir.cron"]._commit_progress(remaining=remaining)

        def settle(claim, outcome):
            nonlocal remaining
            self._settle_safely(claim, outcome)
            remaining = max(remaining - 1, 0)
            return self.env["ir.cron"]._commit_progress(1, remaining=remaining)

        work_off(lambda ended: self._take(None, ended), deliver, settle)

    def process_now(self):
        """Send these messages in this very request, so that the person sees the outcome.

        For each message its id, state and error. Nothing is uncommitted while the supplier
        is called, and a re-run of the request finds the message taken.
        """
        self._check_user()
        outcomes = [self._send_soon(exchange.ids) for exchange in self]
        if not all(outcomes):
            # the outbox is the system's
            in_own_transaction(self.env, lambda env: env["supplier.exchange"].sudo().browse(self.ids)._tell_pause())
        if all(outcomes):
            return outcomes
        return in_own_transaction(
            self.env, lambda env: env["supplier.exchange"].browse(self.ids).read(["state", "error"])
        )

    @api.model
    def _send_soon(self, ids):
        """Send a message, if need be as soon as one of the calls that are under way ends."""
        deadline = time.monotonic() + PLACE_SECONDS
        while True:
            outcome = self._send_next(ids)
            waits = outcome is None and in_own_transaction(
                # the outbox is the system's
                self.env,
                lambda env: env["supplier.exchange"].sudo().browse(ids)._waits_for_place(),
            )
            if not waits or time.monotonic() > deadline:
                return outcome
            time.sleep(0.1)

    def _waits_for_place(self):
        connection = self.connection_id
        due = self.state == "queued" and self.date_next_try <= fields.Datetime.now()
        return due and connection.state == "active" and not connection.is_paused

    def _tell_pause(self):
        """Say of messages that wait for a resting connection why they do."""
        for exchange in self.filtered(lambda exchange: exchange.state == "queued" and exchange.connection_id.is_paused):
            exchange = exchange._in_sender_language()
            exchange.error = exchange.connection_id._describe_pause()
            exchange.purchase_id._set_order_waiting(exchange)

    def _due_condition(self):
        return SQL(
            """(x.operation IN ('order', 'change', 'cancel')
                AND (x.state IN ('queued', 'unknown', 'received') AND x.date_next_try <= %(now)s
                     OR x.state = 'sending' AND x.date_lease_end < %(now)s)
                AND (c.state = 'active' OR c.state = 'suspended' AND x.state != 'queued'))""",
            now=fields.Datetime.now(),
        )

    @api.model
    def _count_due(self):
        self.flush_model()
        [[count]] = self.env.execute_query(
            SQL(
                """SELECT count(*) FROM supplier_exchange x
                     JOIN supplier_connection c ON c.id = x.connection_id WHERE %s""",
                self._due_condition(),
            )
        )
        return count

    @api.model
    def _send_next(self, ids=None):
        """Send the next due message, or the given one; return its id, state and error, or None if there is none."""
        claim = self._take(ids)
        return self._settle_safely(claim, deliver(claim)) if claim else None

    # Claim

    @api.model
    def _take(self, ids, ended=None):
        """Claim one due message in a transaction of its own, or return None; a copied database takes none.

        :param ended: claim and outcome of a call of this worker that just ended: what was answered makes room at the
            supplier, and what failed keeps its place until it is known whether the connection rests
        """
        if not self.env["database.home"]._is_home():
            return None
        answered = ended and not isinstance(ended[1][0], SoapError)
        if ended and not answered:
            return None

        def claim_next(env):
            # the outbox is the system's
            exchanges_sudo = env["supplier.exchange"].sudo()
            if answered:
                exchanges_sudo._leave_place(ended[0])
            return exchanges_sudo._claim(ids)

        for _attempt in range(MAX_CLAIM_ATTEMPTS):
            try:
                claim = in_own_transaction(self.env, claim_next)
                if claim is not SET_ASIDE:
                    return claim
            except psycopg2.errors.UniqueViolation:
                # another worker took the same place in the connection's calls at the same moment
                continue
        return None

    @api.model
    def _leave_place(self, claim):
        """Let the next message have the place of one whose call has ended; it is held until its outcome is written."""
        execute_contended(
            self.env,
            SQL(
                "UPDATE supplier_exchange SET slot = NULL WHERE id = %s AND attempt_token = %s RETURNING id",
                claim.id,
                claim.token,
            ),
        )

    @api.model
    def _claim(self, ids):
        """Take one due message for this worker and return its ``Claim``, or None, or ``SET_ASIDE``.

        One statement finds, locks and takes it, as many workers ask at the same moment. Who has the fewest calls
        under way comes first, so that no supplier waits for another. A connection takes as many calls as it has
        places (a unique index holds that), one as long as it fails, none while it rests.
        """
        self.flush_model()
        token = uuid.uuid4().hex
        connections = self.env["supplier.connection"]
        rows = execute_contended(
            self.env,
            SQL(
                """WITH flight AS (
                     SELECT connection_id, count(*) AS calls, array_agg(slot) AS slots
                       FROM supplier_exchange WHERE slot > 0 GROUP BY connection_id),
                        due AS (
                     SELECT x.id, x.state, x.slot, c.state = 'active' AS active,
                            c.connect_timeout + c.read_timeout AS seconds, c.max_calls, c.failures > 0 AS failing,
                            flight.slots, c AS connection
                       FROM supplier_exchange x JOIN supplier_connection c ON c.id = x.connection_id
                       LEFT JOIN flight ON flight.connection_id = c.id
                      WHERE %(due)s AND %(wanted)s
                        AND (c.date_pause_end IS NULL OR c.date_pause_end <= %(now)s)
                        AND (x.slot > 0
                             OR COALESCE(flight.calls, 0) < CASE WHEN c.failures > 0 THEN 1 ELSE c.max_calls END)
                      ORDER BY COALESCE(flight.calls, 0), x.date_next_try, x.id LIMIT 1
                        FOR NO KEY UPDATE OF x SKIP LOCKED)
                   UPDATE supplier_exchange x
                      SET state = 'sending', attempt_token = %(token)s, attempts = COALESCE(x.attempts, 0) + 1,
                          date_sent = COALESCE(x.date_sent, %(now)s), write_date = %(now)s, write_uid = %(uid)s,
                          slot = CASE WHEN due.slot > 0 THEN due.slot ELSE (
                              SELECT min(free) FROM generate_series(1, due.max_calls) AS free
                               WHERE free != ALL (COALESCE(due.slots, ARRAY[]::int[]))) END,
                          -- asking and sending each may take both time-outs
                          date_lease_end = %(now)s + make_interval(secs => 2 * due.seconds + %(margin)s)
                     FROM due WHERE x.id = due.id
                RETURNING x.id, due.state, due.active, x.operation,
                          COALESCE(x.order_number, x.message_number), x.soap_operation, x.payload, x.connection_id,
                          x.purchase_id, x.attempts, due.failing, %(connection)s""",
                connection=composite_columns(connections, SQL("due.connection"), CLIENT_FIELDS),
                due=self._due_condition(),
                wanted=SQL("x.id IN %s", tuple(ids)) if ids else SQL("TRUE"),
                token=token,
                now=fields.Datetime.now(),
                uid=self.env.uid,
                margin=LEASE_MARGIN,
            ),
        )
        if not rows:
            return None
        self.invalidate_model()
        [row] = rows
        try:
            return self._new_claim(token, row)
        except Exception as error:
            # a connection that cannot be used keeps its own messages waiting, and nobody else's
            exchange_id, state, *_rest = row
            _logger.exception("Exchange %s could not be prepared", exchange_id)
            self.browse(exchange_id)._set_aside(error, state)
            return SET_ASIDE

    @api.model
    def _new_claim(self, token, row):
        exchange_id, state, active, kind, known_as, operation, payload, connection_id, *rest = row
        purchase_id, attempts, failing, *columns = rest
        connection = self.env["supplier.connection"].browse(connection_id)
        keep_columns(connection.with_context(bin_size=False), CLIENT_FIELDS, columns)
        return Claim(
            id=exchange_id,
            token=token,
            # whoever had it before may have reached the supplier
            ask_first=state != "queued",
            may_send=active and state != "received",
            received=state == "received",
            kind=kind,
            known_as=known_as,
            soap_operation=operation,
            payload=payload.encode(),
            connection_id=connection_id,
            client=connection._get_client(),
            purchase_id=purchase_id,
            attempts=attempts,
            failing=bool(failing),
        )
