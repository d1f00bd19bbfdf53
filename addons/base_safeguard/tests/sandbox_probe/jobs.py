"""Jobs that behave well, and jobs that do not."""

import sys
import time
from pathlib import Path


class RefusedError(Exception):
    """Refuses as a job of an addon does."""

    code = "encrypted"
    values = {"page": 3}


def echo(**parameters):
    """Return the parameters, and whether Odoo is imported here."""
    return {**parameters, "odoo": "odoo" in sys.modules}


def refuse():
    """:raises RefusedError: always"""
    raise RefusedError


def crash():
    """:raises KeyError: always, which no sentence knows"""
    raise KeyError("nobody expected this")


def sleep():
    """Take longer than anybody waits."""
    time.sleep(30)


def spin():
    """Use the processor without end."""
    while True:
        pass


def eat():
    """Use memory without end."""
    kept = []
    while True:
        kept.append(bytes(2**24))


def write(target):
    """Write without end."""
    with Path(target).open("wb") as file:
        while True:
            file.write(bytes(2**16))
