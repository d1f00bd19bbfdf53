"""Tests of Odoo whose result our addons change on purpose; ``tools.test_core`` accepts these only."""

#: Full name of the test: why it is right that it differs.
EXCEPTIONS = {}
