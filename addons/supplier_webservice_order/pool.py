"""Many calls under way in one worker: one thread owns the database, the others only wait for suppliers."""

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from .const import CALLS_PER_WORKER

Claim = TypeVar("Claim")
Outcome = TypeVar("Outcome")
#: seconds between looks for more work than the calls that end make room for
FILL_SECONDS = 0.1


def work_off(
    take: Callable[[tuple[Claim, Outcome] | None], Claim | None],
    perform: Callable[[Claim], Outcome],
    settle: Callable[[Claim, Outcome], bool],
    *,
    calls: int = CALLS_PER_WORKER,
) -> None:
    """Do work until there is none, or no time is left.

    A call that ended leaves its place to the next one before its outcome is written: the supplier does not wait for
    our database, and the database not for the supplier.

    :param take: returns the next claim, or None where there is none at this moment; in this thread. It is told of the
        call that just ended, if one did: claim and outcome, which is not written yet
    :param perform: makes the call of a claim, in a thread of its own, and never raises
    :param settle: writes down claim and outcome, in this thread; false where nothing more is to be taken
    """
    with ThreadPoolExecutor(calls, thread_name_prefix="supplier-call") as pool:
        running: dict[Future[Outcome], Claim] = {}

        def start(ended: tuple[Claim, Outcome] | None = None) -> bool:
            claim = take(ended)
            if claim is not None:
                running[pool.submit(perform, claim)] = claim
            return claim is not None

        taking, filled = True, 0.0
        while True:
            if taking and (not running or time.monotonic() - filled > FILL_SECONDS):
                while len(running) < calls and start():
                    continue
                filled = time.monotonic()
            if not running:
                return
            done, _waiting = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                claim, outcome = running.pop(future), future.result()
                if taking:
                    start((claim, outcome))
                taking = settle(claim, outcome) and taking
