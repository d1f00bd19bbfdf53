"""Strangers' files are opened in a process with limits, never in Odoo's own.

A job is a function of a plain-Python package of an addon; Odoo's side calls :func:`run_job`.
"""

from .client import Limits, limited, run_job, start_job
from .errors import JobError
