"""One sending worker in a process of its own, which may die at a chosen step.

``python worker.py <odoo.conf> <database> <step> [exchange ids]``; steps: ``none``,
``claimed`` (before the call), ``sent`` (after it), ``settling`` (outcome written, not
committed), ``settled``, ``queueing`` (Communicate written, not committed; the ids are those
of purchase orders), ``queued`` (committed, nothing sent). Without ids: until nothing is due.
"""

import os
import signal
import sys

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config

import odoo.addons


def die(*_args):
    os.kill(os.getpid(), signal.SIGKILL)


def arm(step, exchange_class):
    """Make the process kill itself at ``step``."""
    perform, settle = exchange_class._perform, exchange_class._settle

    def perform_and_die(self, claim):
        if step == "claimed":
            die()
        outcome = perform(self, claim)
        if step == "sent":
            die()
        return outcome

    def settle_and_die(self, claim, outcome):
        settle(self, claim, outcome)
        self.env.flush_all()
        if step == "settling":
            die()

    exchange_class._perform = perform_and_die
    exchange_class._settle = settle_and_die


def main():
    configuration, database, step, *ids = sys.argv[1:]
    config.parse_config(["-c", configuration, "-d", database, "--no-http", "--logfile", ""])
    registry = Registry(database)
    with registry.cursor() as cr:
        env = odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {})
        exchanges = env["supplier.exchange"]
        if step in ("queueing", "queued"):
            env["purchase.order"].browse(map(int, ids)).action_communicate()
            env.flush_all()
            if step == "queued":
                cr.commit()
            die()
        arm(step, type(exchanges))
        done = 0
        while exchanges._send_next(list(map(int, ids)) or None):
            done += 1
        if step == "settled":
            die()
        print(f"sent {done}", flush=True)


if __name__ == "__main__":
    main()
