"""The rules: each file has one, everything about it is there. The next one goes here, or into an addon of its own."""

from . import date, delivered, picked, slip, status, stock, tracking
from .base import Rule, rule_of, rules_of

__all__ = ["Rule", "rule_of", "rules_of"]
