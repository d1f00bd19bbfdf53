"""Many calls under way in one worker: one thread owns the database, the others only wait for suppliers."""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from .const import CALLS_PER_WORKER

Claim = TypeVar("Claim")
Outcome = TypeVar("Outcome")


def work_off(
    take: Callable[[], Claim | None],
    perform: Callable[[Claim], Outcome],
    settle: Callable[[Claim, Outcome], bool],
    *,
    calls: int = CALLS_PER_WORKER,
) -> None:
    """Do work until there is none, or no time is left.

    :param take: returns the next claim, or None where there is none at this moment; in this thread
    :param perform: makes the call of a claim, in a thread of its own, and never raises
    :param settle: writes down claim and outcome, in this thread; false where nothing more is to be taken
    """
    with ThreadPoolExecutor(calls, thread_name_prefix="supplier-call") as pool:
        running: dict[Future[Outcome], Claim] = {}
        taking = True
        while True:
            while taking and len(running) < calls and (claim := take()) is not None:
                running[pool.submit(perform, claim)] = claim
            if not running:
                return
            done, _waiting = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                taking = settle(running.pop(future), future.result()) and taking
