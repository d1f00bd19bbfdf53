"""Bounds that the operating system keeps for us: memory, processor time, size of output."""

import os
import sys

try:
    import resource
except ImportError:  # not on Windows, where only the time limit of the client holds
    resource = None  # type: ignore[assignment]  # asked before each use


def apply_limits(memory: int, cpu: int, output: int) -> None:
    """Limit this process and what it turns into; values in bytes, seconds, bytes."""
    os.nice(5)
    if resource is None:
        return
    for kind, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, output),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, hard))


if __name__ == "__main__":
    # python limits.py MEMORY CPU OUTPUT COMMAND...: become COMMAND under these limits
    apply_limits(*map(int, sys.argv[1:4]))
    os.execvp(sys.argv[4], sys.argv[4:])  # noqa: S606 - a list made by the client, no shell
