"""The work of each addon: what is put in, what is due, and how it is counted from outside."""

from tests.faults.jobs.status import StatusJob
from tools.surfaces import jobs

JOBS = (StatusJob, *jobs())
