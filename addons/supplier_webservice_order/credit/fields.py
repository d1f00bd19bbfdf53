"""Fields that Odoo does not have."""

from odoo import fields


class BigInteger(fields.Integer):
    """A whole number of eight bytes: two million credits do not fit into four."""

    _column_type = ("int8", "int8")
