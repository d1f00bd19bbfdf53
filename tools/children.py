"""Processes that do not outlive whoever started them, however that one ends."""

import shutil

#: of util-linux, which every Debian has
SETPRIV = shutil.which("setpriv")


def ending_with_us(command):
    """Return a command that gets SIGTERM when the thread that starts it is gone: killed, too, or out of memory.

    It must not be started by a thread that ends before it should.
    """
    words = [str(word) for word in command]
    return [SETPRIV, "--pdeathsig", "TERM", "--", *words] if SETPRIV else words
