"""Records whose fields the rules watch."""

from odoo import models

from ..rules import rules_of


class OrderStatusWatched(models.AbstractModel):
    """Marks the web orders of records of which a watched field gets another value, see ``rules.Rule.watches``."""

    _name = "order.status.watched"
    _description = "Record That Status Rules Watch"

    #: What kind of records these are, see ``order.status.mark._SOURCES``.
    _status_source = None

    def write(self, vals):
        changed = [
            (rule.code, self.filtered(lambda record, name=name: record._status_differs(name, vals[name])))
            for rule in rules_of(self.env)
            for name in rule.watches.get(self._name, ())
            if name in vals
        ]
        result = super().write(vals)
        for code, records in changed:
            self.env["order.status.mark"]._mark(self._status_source, records.ids, code)
        return result

    def _status_differs(self, name, value):
        field = self._fields[name]
        new = field.convert_to_record(field.convert_to_cache(value, self), self)
        # an empty text is none
        return (self[name] or False) != (new or False)
