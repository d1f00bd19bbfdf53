"""Dates of recurrences, in plain Python: no Odoo import anywhere in this package."""

from . import holidays, ics, pattern, reconcile, rule_text, times
