"""One sending worker in a process of its own, which may die at a chosen step.

``python worker.py <odoo.conf> <database> <step> [ids]``; steps: ``none``, ``timed`` (tells
when it began and ended), ``claimed`` (dies before the call), ``sent`` (after it),
``settling`` (outcome written, not committed), ``settled``; with ids of purchase orders
``queueing`` (Communicate written, not committed) and ``queued`` (committed, nothing sent).
Without ids it works until nothing is due.
"""

import importlib
import os
import signal
import sys
import time

import odoo
import odoo.addons
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tools import config


def die(*_args):
    os.kill(os.getpid(), signal.SIGKILL)


def arm(step, exchange_class):
    """Make the process kill itself at ``step``; return the list that grows by each message that is settled."""
    # the addon is a module of Odoo's, known once the registry is loaded
    worker = importlib.import_module("odoo.addons.supplier_webservice_order.models.supplier_exchange_worker")
    deliver, settle, settled_ids = worker.deliver, exchange_class._settle, []

    def deliver_and_die(claim):
        if step == "claimed":
            die()
        outcome = deliver(claim)
        if step == "sent":
            die()
        return outcome

    def settle_and_die(self, claim, outcome):
        settled = settle(self, claim, outcome)
        self.env.flush_all()
        if step == "settling":
            die()
        settled_ids.append(claim.id)
        return settled

    worker.deliver = deliver_and_die
    exchange_class._settle = settle_and_die
    return settled_ids


def queue_and_die(env, step, purchases):
    """Communicate as a request does, conflicts retried, and die before or after the commit."""

    def communicate():
        env["purchase.order"].browse(purchases).action_communicate()
        env.flush_all()
        if step == "queueing":
            die()

    retrying(communicate, env)
    die()


def main():
    configuration, database, step, *ids = sys.argv[1:]
    config.parse_config(["-c", configuration, "-d", database, "--no-http", "--logfile", ""])
    registry = Registry(database)
    with registry.cursor() as cr:
        env = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
        exchanges = env["supplier.exchange"]
        if step in ("queueing", "queued"):
            queue_and_die(env, step, list(map(int, ids)))
        settled = arm(step, type(exchanges))
        started = time.time()
        if ids:
            while exchanges._send_next(list(map(int, ids))):
                continue
        else:
            exchanges._cron_send()
        if step == "settled":
            die()
        # when it began and ended, for the benchmark; how many it sent, for the tests
        sys.stdout.write(f"{started} {time.time()}" if step == "timed" else f"sent {len(settled)}")


if __name__ == "__main__":
    main()
