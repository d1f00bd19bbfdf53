"""The work of each addon: what is put in, what is due, and how it is counted from outside."""

from tools.surfaces import jobs

JOBS = tuple(jobs())
