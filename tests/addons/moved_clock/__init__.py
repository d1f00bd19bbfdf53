"""A server-wide module for tests: what fields take for now is the moment in a file.

Sessions, time limits and PostgreSQL go on by the real clock.
"""

import datetime
import os
from pathlib import Path

from odoo import fields

FILE = Path(os.environ["MOVED_CLOCK"])
_context_today = fields.Date.context_today


def now(*_args):
    """Return the moment that the file says, in UTC."""
    return datetime.datetime.fromisoformat(FILE.read_text().strip())


def today(*_args):
    """Return the day of that moment."""
    return now().date()


def context_today(record, timestamp=None):
    """Return the day of that moment, or of another one, where the user is."""
    return _context_today(record, timestamp or now())


fields.Datetime.now = staticmethod(now)
fields.Date.today = staticmethod(today)
fields.Date.context_today = staticmethod(context_today)
