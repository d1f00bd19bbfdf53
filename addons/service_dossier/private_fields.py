"""Fields whose values are kept apart for each person who reads them.

Odoo keeps what was read in one cache per transaction: a value that the superuser loaded (constraints,
effects and record names run as superuser) is then given to anybody, without asking whether this person
may read the record. These fields have a cache for each user and for the superuser. Whoever finds
nothing there reads from the database, where access is checked.
"""

from odoo import fields


class PrivateField:
    """What the kinds of private fields have in common."""

    # see Environment.cache_key: the user and whether it acts as superuser
    _depends_context = ("uid",)

    # pylint: disable=missing-return; the write of a field returns nothing
    def write(self, records, value):
        """Forget what others have read, and write at once: there is one value, whoever reads it."""
        own = self._get_cache(records.env)
        for cache in records.env.transaction.field_data[self].values():
            if cache is not own:
                for record_id in records._ids:
                    cache.pop(record_id, None)
        result = super().write(records, value)
        records.flush_recordset([self.name])
        return result


class PrivateChar(PrivateField, fields.Char):
    """A line of text that only its readers have in their cache."""


class PrivateText(PrivateField, fields.Text):
    """Text that only its readers have in their cache."""


class PrivateHtml(PrivateField, fields.Html):
    """HTML that only its readers have in their cache."""
