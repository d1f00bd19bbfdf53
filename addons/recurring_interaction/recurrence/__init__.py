"""Dates of recurrences, in plain Python: no Odoo import anywhere in this package."""

from . import holidays, ics, ics_read, pattern, period, public_holidays, reconcile, rule_text, rules, times, zones
