"""Stops the embedded PostgreSQL when the last of those who use it was killed and could not.

``tools.postgres`` starts it beside the server; it waits for the lock that every user holds.
"""

import contextlib
import fcntl

from tools import postgres
from tools.settings import STATE_DIR


def main():
    with contextlib.ExitStack() as stack:
        mine, starting, using = (stack.enter_context((STATE_DIR / name).open("w")) for name in postgres.LOCKS)
        try:
            fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        gone = False
        while not gone:
            # let go at once: who comes meanwhile holds the first lock, and waits for nobody
            fcntl.flock(using, fcntl.LOCK_EX)
            fcntl.flock(using, fcntl.LOCK_UN)
            with postgres.locked(starting):
                gone = postgres.stop_unused(using)
                if gone:
                    # whoever starts the server next starts a guard, too
                    fcntl.flock(mine, fcntl.LOCK_UN)


if __name__ == "__main__":
    main()
